"""DynamoDB global tables: writes that take their time, meet others on the way, and yield to the later one."""

from __future__ import annotations

import copy
import time
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from constructs_lib.emulator.data.links import Link
from constructs_lib.emulator.data.replacing import replace

if TYPE_CHECKING:
    from constructs_lib.emulator.data.links import Links

    Table = dict[str, Any]
    Item = dict[str, Any]


class TableReplication:
    """Sends every write to the other replicas; the last writer wins, whichever arrives last.

    ministack's own replication is at once, leaves out what PartiQL writes, and lets the last arrival win. A table with
    strong consistency is replicated before the write returns.
    """

    def __init__(self, links: Links) -> None:
        self._dynamodb = import_module("ministack.services.dynamodb")
        self._scope = import_module("ministack.core.responses").request_scope
        self._links = links
        self._written: dict[tuple[str, str, str], float] = {}
        self._applying = False

    def install(self) -> None:
        """Take the place of ministack's replication."""
        self._update = self._dynamodb._update_table
        replace(self._dynamodb, {"_update_table": self._update_table, "_replicate_write": lambda *_: None})

    def written(self, table: Table, partition: str, sort: str, item: Item | None) -> None:
        """Send a write on; no item stands for a deletion."""
        regions = self._dynamodb._replica_group(table)
        if self._applying or not regions:
            return
        now, name = time.time(), table["TableName"]
        _, _, _, home, account, _ = table["TableArn"].split(":", 5)
        self._written[table["TableArn"], partition, sort] = now
        for region in regions:
            if region != home:
                link = Link(service="dynamodb", name=name, copy=name, source=home, destination=region)
                deliver = partial(self._apply, account, region, name, partition, sort, copy.deepcopy(item), now)
                strong = table.get("MultiRegionConsistency") == "STRONG"
                self._links.send(link, deliver, at_once=strong)

    def _apply(
        self, account: str, region: str, name: str, partition: str, sort: str, item: Item | None, written: float
    ) -> None:
        dynamodb = self._dynamodb
        with self._scope(account, region):
            replica = dynamodb._tables.get(name)
            if replica is None or region not in dynamodb._replica_group(replica):
                return
            key = (replica["TableArn"], partition, sort)
            if self._written.get(key, 0.0) > written:
                return
            self._written[key] = written
            before = replica["items"].get(partition, {}).get(sort)
            if item is None and before is None:
                return
            self._applying = True
            try:
                if item is None:
                    dynamodb._remove_item(replica, partition, sort)
                else:
                    dynamodb._set_item(replica, partition, sort, item)
            finally:
                self._applying = False
            event = "REMOVE" if item is None else "MODIFY" if before else "INSERT"
            dynamodb._emit_stream_event(name, event, before, copy.deepcopy(item), replicate=False)

    def _update_table(self, data: dict[str, Any]) -> Any:
        answer = self._update(data)
        if answer[0] < 300 and data.get("MultiRegionConsistency"):
            dynamodb = self._dynamodb
            name = dynamodb._normalize_table_name(data["TableName"])
            responses = import_module("ministack.core.responses")
            witnesses = [
                one["Create"]["RegionName"] for one in data.get("GlobalTableWitnessUpdates") or [] if "Create" in one
            ]
            for region in dynamodb._replica_group(dynamodb._tables[name]):
                member = dynamodb._tables.get_scoped(responses.get_account_id(), region, name)
                member["MultiRegionConsistency"] = data["MultiRegionConsistency"]
                member["GlobalTableWitnesses"] = [
                    {"RegionName": witness, "WitnessStatus": "ACTIVE"} for witness in witnesses
                ]
            description = dynamodb._table_description(name)
            return responses.json_response({"TableDescription": description})
        return answer
