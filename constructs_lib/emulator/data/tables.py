"""DynamoDB: point-in-time recovery from a log of writes, where ministack restores today's items to any time."""

from __future__ import annotations

import copy
import time
from collections import defaultdict
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import attrs

from constructs_lib.emulator.data.replacing import replace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from constructs_lib.emulator.data.links import Links
    from constructs_lib.emulator.data.table_replication import TableReplication

    Item: TypeAlias = dict[str, Any]
    Items: TypeAlias = dict[str, dict[str, Item]]
    #: Status, headers and body, as ministack's handlers return them.
    Answer: TypeAlias = tuple[int, dict[str, str], Any]

_SECONDS_PER_DAY: Final = 86_400
_DEFAULT_RECOVERY_DAYS: Final = 35


@attrs.define
class _Log:
    """The items of a table when recovery was switched on, and every write since; no item stands for a deletion."""

    since: float
    days: int
    items: Items
    writes: list[tuple[float, str, str, Item | None]] = attrs.Factory(list)

    @property
    def earliest(self) -> float:
        """The first moment that can be restored."""
        return max(self.since, time.time() - self.days * _SECONDS_PER_DAY)

    def at(self, moment: float) -> Items:
        """Return the items of a moment."""
        items: Items = defaultdict(dict, copy.deepcopy(self.items))
        for written, partition, sort, item in self.writes:
            if written > moment:
                break
            if item is not None:
                items[partition][sort] = copy.deepcopy(item)
            elif partition in items:
                items[partition].pop(sort, None)
                if not items[partition]:
                    del items[partition]
        return items


class TableHistory:
    """Keeps the writes of every table with point-in-time recovery, by the table's ARN, and restores from them."""

    def __init__(self, links: Links, replication: TableReplication) -> None:
        self._dynamodb = import_module("ministack.services.dynamodb")
        self._responses = import_module("ministack.core.responses")
        self._lost = links.lost
        self._replication = replication
        self._logs: dict[str, _Log] = {}

    def install(self) -> None:
        """Take the place of ministack's own storage and recovery calls."""
        dynamodb = self._dynamodb
        self._set, self._remove, self._replaced = dynamodb._set_item, dynamodb._remove_item, dynamodb._items_replaced
        self._describe_table, self._delete = dynamodb._table_description, dynamodb._delete_table
        ours = {
            "_set_item": self._set_item,
            "_remove_item": self._remove_item,
            "_items_replaced": self._items_replaced,
            "_table_description": self._table_description,
            "_delete_table": self._delete_table,
            "_update_continuous_backups": self._update_continuous_backups,
            "_describe_continuous_backups": self._describe_continuous_backups,
            "_restore_table_to_point_in_time": self._restore,
        }
        replace(dynamodb, ours)

    def _set_item(self, table: dict[str, Any], partition: str, sort: str, item: Item) -> Item | None:
        self._write(table, partition, sort, item)
        before: Item | None = self._set(table, partition, sort, item)
        self._replication.written(table, partition, sort, item)
        return before

    def _remove_item(self, table: dict[str, Any], partition: str, sort: str) -> Item | None:
        self._write(table, partition, sort, None)
        before: Item | None = self._remove(table, partition, sort)
        self._replication.written(table, partition, sort, None)
        return before

    def _write(self, table: dict[str, Any], partition: str, sort: str, item: Item | None) -> None:
        if (log := self._logs.get(table["TableArn"])) is not None:
            log.writes.append((time.time(), partition, sort, copy.deepcopy(item)))

    def _items_replaced(self, table: dict[str, Any]) -> None:
        # A transaction that failed half-way: what is written back differs from the log where it had got to.
        if (log := self._logs.get(table["TableArn"])) is not None:
            now, logged, actual = time.time(), log.at(time.time()), table["items"]
            for partition in {*logged, *actual}:
                before, after = logged.get(partition, {}), actual.get(partition, {})
                for sort in {*before, *after}:
                    if before.get(sort) != after.get(sort):
                        log.writes.append((now, partition, sort, copy.deepcopy(after.get(sort))))
        self._replaced(table)

    def _table_description(self, name: str) -> dict[str, Any]:
        description: dict[str, Any] = self._describe_table(name)
        if summary := self._dynamodb._tables[name].get("RestoreSummary"):
            description["RestoreSummary"] = summary | {"RestoreInProgress": False}
        for strong in ("MultiRegionConsistency", "GlobalTableWitnesses"):
            if shown := self._dynamodb._tables[name].get(strong):
                description[strong] = shown
        return description

    def _delete_table(self, data: dict[str, Any]) -> Answer:
        table = self.table(data.get("TableName"))
        answer: Answer = self._delete(data)
        if answer[0] < 300 and table is not None:
            self._logs.pop(table["TableArn"], None)
        return answer

    def _update_continuous_backups(self, data: dict[str, Any]) -> Answer:
        table = self.table(data.get("TableName"))
        if table is None:
            return self._error("TableNotFoundException", f"Table not found: {data.get('TableName')}")
        asked = data.get("PointInTimeRecoverySpecification", {})
        arn, days = table["TableArn"], asked.get("RecoveryPeriodInDays")
        if not asked.get("PointInTimeRecoveryEnabled"):
            self._logs.pop(arn, None)
        elif (log := self._logs.get(arn)) is not None:
            log.days = days or log.days
        else:
            self._logs[arn] = _Log(time.time(), days or _DEFAULT_RECOVERY_DAYS, copy.deepcopy(dict(table["items"])))
        return self._describe_continuous_backups(data)

    def _describe_continuous_backups(self, data: dict[str, Any]) -> Answer:
        table = self.table(data.get("TableName"))
        if table is None:
            return self._error("TableNotFoundException", f"Table not found: {data.get('TableName')}")
        recovery: dict[str, Any] = {"PointInTimeRecoveryStatus": "DISABLED"}
        if (log := self._logs.get(table["TableArn"])) is not None:
            recovery = {
                "PointInTimeRecoveryStatus": "ENABLED",
                "RecoveryPeriodInDays": log.days,
                "EarliestRestorableDateTime": log.earliest,
                "LatestRestorableDateTime": time.time(),
            }
        described = {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery}
        return self._answer({"ContinuousBackupsDescription": described})

    def _restore(self, data: dict[str, Any]) -> Answer:
        dynamodb = self._dynamodb
        named, target = data.get("SourceTableArn") or data.get("SourceTableName"), data["TargetTableName"]
        source = self.table(named)
        if source is None:
            return self._error("TableNotFoundException", f"Table not found: {named}")
        region = source["TableArn"].split(":")[3]
        if region in self._lost:
            return self._error("ServiceUnavailable", f"The service is unavailable in {region}.", 503)
        if target in dynamodb._tables:
            return self._error("TableAlreadyExistsException", f"Table already exists: {target}")
        if region != self._responses.get_region() and not data.get("SSESpecificationOverride"):
            return self._error("ValidationException", "SSESpecificationOverride is needed to restore to another Region")
        if (log := self._logs.get(source["TableArn"])) is None:
            return self._error(
                "PointInTimeRecoveryUnavailableException",
                f"Point in time recovery is not enabled for table '{source['TableName']}'",
            )
        latest = time.time()
        moment = data.get("RestoreDateTime", latest)
        if ("RestoreDateTime" in data) == bool(data.get("UseLatestRestorableTime")):
            return self._error("ValidationException", "Give either RestoreDateTime or UseLatestRestorableTime")
        # Clients send whole seconds: the one in which recovery was switched on is the earliest.
        if not int(log.earliest) <= moment <= latest:
            window = f"between {log.earliest:.0f} and {latest:.0f}"
            return self._error("InvalidRestoreTimeException", f"The restore time {moment} is not {window}")
        return self.restored(data, source, target, moment, log.at(moment))

    def restored(
        self, data: dict[str, Any], source: dict[str, Any], target: str, moment: float, items: Items
    ) -> Answer:
        """Make the table `target` like `source` in the Region of the request, with what the call overrides."""
        dynamodb = self._dynamodb
        request = dynamodb._restore_create_request(
            target,
            source["KeySchema"],
            source["AttributeDefinitions"],
            data.get("BillingModeOverride")
            or (source.get("BillingModeSummary") or {}).get("BillingMode", "PROVISIONED"),
            data.get("ProvisionedThroughputOverride") or source.get("ProvisionedThroughput"),
            data,
            source.get("GlobalSecondaryIndexes"),
            source.get("LocalSecondaryIndexes"),
            [],
        )
        if encryption := data.get("SSESpecificationOverride") or _specification(source.get("SSEDescription")):
            request["SSESpecification"] = encryption
        answer: Answer = dynamodb._create_table(request)
        if answer[0] >= 300:
            return answer
        table = dynamodb._tables[target]
        table["items"] = items
        dynamodb._items_replaced(table)
        table["RestoreSummary"] = {"SourceTableArn": source["TableArn"], "RestoreDateTime": moment}
        return self._answer({"TableDescription": self._table_description(target)})

    def table(self, named: str | None) -> dict[str, Any] | None:
        """Return the table with this name or ARN, in the Region the ARN names."""
        if named is None or not named.startswith("arn:"):
            found: dict[str, Any] | None = self._dynamodb._tables.get(named)
            return found
        _, _, _, region, account, table = named.split(":", 5)
        found = self._dynamodb._tables.get_scoped(account, region, table.removeprefix("table/"))
        return found

    def _answer(self, document: dict[str, Any]) -> Answer:
        answer: Answer = self._responses.json_response(document)
        return answer

    def _error(self, code: str, message: str, status: int = 400) -> Answer:
        answer: Answer = self._responses.error_response_json(code, message, status)
        return answer


def _specification(description: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not description:
        return None
    return {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": description["KMSMasterKeyArn"]}
