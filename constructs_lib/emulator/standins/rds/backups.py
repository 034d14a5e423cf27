"""RDS: automated backups, what can be restored from them until when, and their replication to another Region."""

from __future__ import annotations

import copy
import re
import time
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import attrs

from constructs_lib.emulator.calls.call import Reply
from constructs_lib.emulator.standins.rds import reply as rds_reply
from constructs_lib.emulator.standins.rds.windows import RestoreWindow, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from constructs_lib.emulator.calls.call import Call
    from constructs_lib.emulator.standins import Forward
    from constructs_lib.emulator.world import World

_INSTANCE_ARN: Final = re.compile(
    r"arn:(?P<partition>[^:]+):rds:(?P<region>[^:]+):(?P<account>\d{12}):db:(?P<identifier>[^:]+)"
)
_DEFAULT_RETENTION_DAYS: Final = "7"
_SHOWN: Final = (
    "DBInstanceArn",
    "DBInstanceIdentifier",
    "DbiResourceId",
    "Engine",
    "EngineVersion",
    "MasterUsername",
    "LicenseModel",
    "StorageType",
    "AllocatedStorage",
    "InstanceCreateTime",
)
_FILTERS: Final = {"db-instance-id": "DBInstanceIdentifier", "dbi-resource-id": "DbiResourceId", "status": "Status"}


@attrs.define(kw_only=True)
class _Backup:
    """Backups that are kept apart from their instance: replicated to another Region, or retained after it is gone.

    `ended` is when the last of them was taken, once nothing is added any more.
    """

    arn: str
    region: str
    source: Element
    source_region: str
    since: str
    retention_days: str
    key: str
    status: str
    ended: float | None = None


class RdsAutomatedBackups:
    """Describes automated backups with the window that can be restored, and replicates them to another Region.

    The source of a replication must exist, in another Region, with backups of its own; an encrypted one needs a key of
    the destination. What is replicated lags by the delay that is set and stops where the source's Region is gone.
    Backups are retained when a replication is stopped, and when an instance is deleted but its backups are not.
    """

    service = "rds"

    def __init__(self, world: World) -> None:
        self._world = world
        self._backups: dict[str, _Backup] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Answer what concerns automated backups; pass on the rest."""
        match call.operation:
            case "StartDBInstanceAutomatedBackupsReplication":
                return await self._start(call, forward)
            case "StopDBInstanceAutomatedBackupsReplication":
                return self._stop(call)
            case "DescribeDBInstanceAutomatedBackups":
                return await self._describe(call, forward)
            case "DeleteDBInstanceAutomatedBackup":
                return self._forget(call)
            case "DescribeDBInstances":
                return self._with_replications(await forward(call), call.region)
            case "DeleteDBInstance":
                return await self._delete(call, forward)
            case _:
                return await forward(call)

    def restorable(self, arn: str, region: str) -> tuple[Element, RestoreWindow] | Reply:
        """Return what replicated or retained backups were made of, with this Region's key, and their window."""
        backup = self._backups.get(arn)
        if backup is None or backup.region != region:
            return _not_found(arn)
        source = copy.deepcopy(backup.source)
        if backup.key:
            rds_reply.put(source, "KmsKeyId", backup.key)
        return source, self._window(backup)

    def source_of(self, arn: str) -> str:
        """Return the resource id of the instance whose backups these are."""
        return rds_reply.value(self._backups[arn].source, "DbiResourceId") if arn in self._backups else ""

    def retained(self, named: str, region: str) -> tuple[Element, RestoreWindow] | Reply:
        """Return the same of the retained backups of a deleted instance, by its resource id."""
        for backup in self._in(region):
            if backup.source_region == region and rds_reply.value(backup.source, "DbiResourceId") == named:
                return backup.source, self._window(backup)
        return _not_found(named)

    def _window(self, backup: _Backup) -> RestoreWindow:
        until = backup.ended if backup.ended is not None else self._world.arrived_until(backup.source_region)
        return RestoreWindow.of(since=backup.since, retention_days=backup.retention_days, until=until)

    async def _start(self, call: Call, forward: Forward) -> Reply:
        source_arn = call.form.get("SourceDBInstanceArn", "")
        named = _INSTANCE_ARN.fullmatch(source_arn)
        if named is None or named["region"] == call.region:
            return rds_reply.failure("InvalidParameterValue", f"{source_arn} is not an instance of another Region")
        if any(self._replicates(backup, source_arn) for backup in self._backups.values()):
            return rds_reply.failure(
                "InvalidDBInstanceState", f"automated backups of {source_arn} are already replicated"
            )
        described = await forward(rds_reply.describing(call, named["identifier"], region=named["region"]))
        if not described.succeeded:
            return described
        source = next(iter(rds_reply.resources(rds_reply.document(described), "DBInstance")))
        encrypted = rds_reply.value(source, "StorageEncrypted") == "true"
        key = call.form.get("KmsKeyId", "")
        if encrypted and f":kms:{call.region}:" not in key:
            return rds_reply.failure(
                "KMSKeyNotAccessibleFault", f"{source_arn} is encrypted; give a key of {call.region}"
            )
        backup = self._kept(source, call, status="replicating", key=key, source_region=named["region"])
        return self._answered(call, backup)

    def _stop(self, call: Call) -> Reply:
        source_arn = call.form.get("SourceDBInstanceArn", "")
        found = next((backup for backup in self._in(call.region) if self._replicates(backup, source_arn)), None)
        if found is None:
            return rds_reply.failure(
                "DBInstanceNotFound", f"no automated backups of {source_arn} are replicated here", status=404
            )
        found.status, found.ended = "retained", self._world.arrived_until(found.source_region)
        return self._answered(call, found)

    def _forget(self, call: Call) -> Reply:
        """Delete what is retained of an instance that is gone, or is no longer replicated."""
        arn, resource = call.form.get("DBInstanceAutomatedBackupsArn", ""), call.form.get("DbiResourceId", "")
        if not arn and not resource:
            message = "Either DbiResourceId or DBInstanceAutomatedBackupsArn must be specified."
            return rds_reply.failure("InvalidParameterCombination", message)
        meant = (
            one for one in self._in(call.region) if resource in ("", self.source_of(one.arn)) and arn in ("", one.arn)
        )
        found = next(meant, None)
        if found is None:
            return _not_found(arn or resource)
        if found.status != "retained":
            message = f"The automated backup {found.arn} is {found.status}, not retained."
            return rds_reply.failure("InvalidDBInstanceAutomatedBackupState", message)
        answer = self._answered(call, found)
        del self._backups[found.arn]
        return answer

    def _replicates(self, backup: _Backup, source_arn: str) -> bool:
        return backup.status == "replicating" and rds_reply.value(backup.source, "DBInstanceArn") == source_arn

    def _answered(self, call: Call, backup: _Backup) -> Reply:
        root, result = rds_reply.answered(call.operation)
        self._show(rds_reply.put(result, "DBInstanceAutomatedBackup"), backup)
        return rds_reply.success(root)

    async def _delete(self, call: Call, forward: Forward) -> Reply:
        reply = await forward(call)
        if not reply.succeeded:
            return reply
        for source in rds_reply.resources(rds_reply.document(reply), "DBInstance"):
            for backup in self._backups.values():
                if self._replicates(backup, rds_reply.value(source, "DBInstanceArn")):
                    backup.status, backup.ended = "retained", self._world.arrived_until(call.region)
            has_backups = rds_reply.value(source, "BackupRetentionPeriod") not in ("", "0")
            if call.form.get("DeleteAutomatedBackups") == "false" and has_backups:
                kept = self._kept(source, call, status="retained", source_region=call.region)
                kept.since, kept.ended = rds_reply.value(source, "InstanceCreateTime"), time.time()
        return reply

    def _kept(self, source: Element, call: Call, *, status: str, source_region: str, key: str = "") -> _Backup:
        own = rds_reply.value(source, "BackupRetentionPeriod")
        asked = call.form.get("BackupRetentionPeriod", _DEFAULT_RETENTION_DAYS)
        arn = _INSTANCE_ARN.sub(
            rf"arn:\g<partition>:rds:{call.region}:\g<account>:auto-backup:ab-{uuid.uuid4().hex}",
            rds_reply.value(source, "DBInstanceArn"),
        )
        self._backups[arn] = _Backup(
            arn=arn,
            region=call.region,
            source=source,
            source_region=source_region,
            since=shown(datetime.now(tz=UTC)),
            retention_days=asked if status == "replicating" else own,
            key=key,
            status=status,
        )
        return self._backups[arn]

    async def _describe(self, call: Call, forward: Forward) -> Reply:
        own = await forward(rds_reply.asking(call, "DescribeDBInstances"))
        if not own.succeeded:
            return own
        root, result = rds_reply.answered(call.operation)
        listed = rds_reply.put(result, "DBInstanceAutomatedBackups")
        for instance in rds_reply.resources(rds_reply.document(own), "DBInstance"):
            of_a_cluster = rds_reply.value(instance, "DBClusterIdentifier")
            if not of_a_cluster and rds_reply.value(instance, "BackupRetentionPeriod") not in ("", "0"):
                _show_active(rds_reply.append(listed, "DBInstanceAutomatedBackup", {}), instance, call.region)
        for backup in self._in(call.region):
            self._show(rds_reply.append(listed, "DBInstanceAutomatedBackup", {}), backup)
        wanted = dict(_wanted(call))
        for element in list(listed):
            if any(rds_reply.value(element, field) not in values for field, values in wanted.items()):
                listed.remove(element)
        if (arn := call.form.get("DBInstanceAutomatedBackupsArn")) and not len(listed):
            return _not_found(arn)
        return rds_reply.success(root)

    def _show(self, element: Element, backup: _Backup) -> None:
        _fill(element, backup.source)
        fields = {
            "DBInstanceAutomatedBackupsArn": backup.arn,
            "Region": backup.source_region,
            "Status": backup.status,
            "BackupRetentionPeriod": backup.retention_days,
        }
        if backup.key:
            fields["KmsKeyId"] = backup.key
        rds_reply.filled(element, fields)
        _show_window(element, self._window(backup))

    def _with_replications(self, reply: Reply, region: str) -> Reply:
        here = [one for one in self._backups.values() if one.source_region == region and one.status == "replicating"]
        if not reply.succeeded or not here:
            return reply
        root = rds_reply.document(reply)
        for instance in rds_reply.resources(root, "DBInstance"):
            arn = rds_reply.value(instance, "DBInstanceArn")
            for backup in (one for one in here if self._replicates(one, arn)):
                backup.source = copy.deepcopy(instance)
                listed = rds_reply.put(instance, "DBInstanceAutomatedBackupsReplications")
                rds_reply.append(
                    listed, "DBInstanceAutomatedBackupsReplication", {"DBInstanceAutomatedBackupsArn": backup.arn}
                )
        return rds_reply.rewritten(reply, root)

    def _in(self, region: str) -> list[_Backup]:
        return [backup for backup in self._backups.values() if backup.region == region]


def _show_active(element: Element, instance: Element, region: str) -> None:
    _fill(element, instance)
    retention = rds_reply.value(instance, "BackupRetentionPeriod")
    rds_reply.filled(element, {"Region": region, "Status": "active", "BackupRetentionPeriod": retention})
    since = rds_reply.value(instance, "InstanceCreateTime")
    _show_window(element, RestoreWindow.of(since=since, retention_days=retention))


def _fill(element: Element, instance: Element) -> None:
    rds_reply.filled(element, {name: text for name in _SHOWN if (text := rds_reply.value(instance, name))})
    rds_reply.put(element, "Encrypted", rds_reply.value(instance, "StorageEncrypted"))
    if key := rds_reply.value(instance, "KmsKeyId"):
        rds_reply.put(element, "KmsKeyId", key)


def _show_window(element: Element, window: RestoreWindow) -> None:
    times = {"EarliestTime": shown(window.earliest), "LatestTime": shown(window.latest)}
    rds_reply.filled(rds_reply.put(element, "RestoreWindow"), times)


def _wanted(call: Call) -> Iterator[tuple[str, list[str]]]:
    for field in ("DBInstanceAutomatedBackupsArn", "DBInstanceIdentifier", "DbiResourceId"):
        if field in call.form:
            yield field, [call.form[field]]
    for name, values in rds_reply.filters(call.form).items():
        if name in _FILTERS:
            yield _FILTERS[name], values


def _not_found(named: str) -> Reply:
    return rds_reply.failure("DBInstanceAutomatedBackupNotFound", f"there is no automated backup {named}", status=404)
