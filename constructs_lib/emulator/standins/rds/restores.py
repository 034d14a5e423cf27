"""RDS: restores, which moto fills with all settings of the source. AWS keeps the data and drops most of them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode

from constructs_lib.emulator.calls.call import Reply
from constructs_lib.emulator.standins.rds import reply as rds_reply
from constructs_lib.emulator.standins.rds.windows import RestoreWindow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from xml.etree.ElementTree import Element

    from constructs_lib.emulator.calls.call import Call
    from constructs_lib.emulator.standins import Forward
    from constructs_lib.emulator.standins.rds.backups import RdsAutomatedBackups

#: What a restored instance has from its source, as the parameter that makes one and the field that shows it.
_KEPT_BY_AN_INSTANCE: Final = {
    "DBInstanceClass": "DBInstanceClass",
    "Engine": "Engine",
    "EngineVersion": "EngineVersion",
    "AllocatedStorage": "AllocatedStorage",
    "StorageType": "StorageType",
    "Iops": "Iops",
    "StorageThroughput": "StorageThroughput",
    "MasterUsername": "MasterUsername",
    "DBName": "DBName",
    "LicenseModel": "LicenseModel",
    "CharacterSetName": "CharacterSetName",
    "StorageEncrypted": "StorageEncrypted",
    "KmsKeyId": "KmsKeyId",
}
_KEPT_BY_A_CLUSTER: Final = {
    "Engine": "Engine",
    "EngineVersion": "EngineVersion",
    "EngineMode": "EngineMode",
    "MasterUsername": "MasterUsername",
    "DatabaseName": "DatabaseName",
    "StorageEncrypted": "StorageEncrypted",
    "KmsKeyId": "KmsKeyId",
    "BackupRetentionPeriod": "BackupRetentionPeriod",
    "PreferredBackupWindow": "PreferredBackupWindow",
    "DBClusterInstanceClass": "DBClusterInstanceClass",
    "AllocatedStorage": "AllocatedStorage",
    "StorageType": "StorageType",
    "Iops": "Iops",
}
#: A snapshot's names where they differ from those of what it was made of.
_OF_A_SNAPSHOT: Final = {"StorageEncrypted": "Encrypted"}
_SAYS_WHAT_TO_RESTORE: Final = frozenset(
    {
        "Action",
        "DBClusterIdentifier",
        "DBInstanceIdentifier",
        "DBSnapshotIdentifier",
        "RestoreTime",
        "RestoreToTime",
        "RestoreType",
        "SnapshotIdentifier",
        "SourceDBClusterIdentifier",
        "SourceDBInstanceAutomatedBackupsArn",
        "SourceDBInstanceIdentifier",
        "SourceDbClusterResourceId",
        "SourceDbiResourceId",
        "TargetDBInstanceIdentifier",
        "UseLatestRestorableTime",
    }
)


class RdsRestores:
    """Makes what a restore makes: a new database with what AWS keeps, what the call gives, and defaults for the rest.

    A restored instance is Single-AZ, unprotected, in the default network and parameter group, without monitoring, log
    exports, managed password and tags, unless the call says otherwise. A cluster keeps backups and tags.
    A restore outside the window, or of what has no backups, is refused.
    """

    service = "rds"

    def __init__(self, backups: RdsAutomatedBackups) -> None:
        self._backups = backups
        self._classes: dict[str, str] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Answer restores; pass on the rest."""
        match call.operation:
            case "RestoreDBInstanceToPointInTime":
                return await self._instance_to_point_in_time(call, forward)
            case "RestoreDBInstanceFromDBSnapshot":
                return await self._instance_from_snapshot(call, forward)
            case "RestoreDBClusterToPointInTime":
                return await self._cluster_to_point_in_time(call, forward)
            case "RestoreDBClusterFromSnapshot":
                return await self._cluster_from_snapshot(call, forward)
            case "CreateDBSnapshot" | "CopyDBSnapshot" | "DeleteDBInstance":
                return await self._snapshot(call, forward)
            case _:
                return await forward(call)

    async def _instance_to_point_in_time(self, call: Call, forward: Forward) -> Reply:
        if arn := call.form.get("SourceDBInstanceAutomatedBackupsArn"):
            found = self._backups.restorable(arn, call.region)
        elif resource_id := call.form.get("SourceDbiResourceId"):
            found = await self._instance(call, forward, _by_resource_id(call, resource_id), resource_id)
        else:
            identifier = call.form.get("SourceDBInstanceIdentifier", "")
            found = await self._instance(call, forward, rds_reply.describing(call, identifier), identifier)
        if isinstance(found, Reply):
            return found
        source, window = found
        if isinstance(moment := window.moment(call.form, "RestoreTime"), Reply):
            return moment
        target = call.form.get("TargetDBInstanceIdentifier", "")
        kept = _kept(source, _KEPT_BY_AN_INSTANCE) | _port_and_options(source)
        return await _create(call, forward, "CreateDBInstance", {"DBInstanceIdentifier": target}, kept)

    async def _instance(
        self, call: Call, forward: Forward, describing: Call, named: str
    ) -> tuple[Element, RestoreWindow] | Reply:
        described = await forward(describing)
        if not described.succeeded:
            return described
        source = next(iter(rds_reply.resources(rds_reply.document(described), "DBInstance")), None)
        if source is None:
            return self._backups.retained(named, call.region)
        retention = rds_reply.value(source, "BackupRetentionPeriod")
        if retention in ("", "0"):
            return rds_reply.failure("PointInTimeRestoreNotEnabled", f"Automated backups of {named} are not enabled.")
        since = rds_reply.value(source, "InstanceCreateTime")
        return source, RestoreWindow.of(since=since, retention_days=retention)

    async def _instance_from_snapshot(self, call: Call, forward: Forward) -> Reply:
        name = _own_name(call.form.get("DBSnapshotIdentifier", ""))
        described = await forward(rds_reply.asking(call, "DescribeDBSnapshots", DBSnapshotIdentifier=name))
        if not described.succeeded:
            return described
        snapshot = next(iter(rds_reply.resources(rds_reply.document(described), "DBSnapshot")))
        kept = _kept(snapshot, {name: _OF_A_SNAPSHOT.get(name, field) for name, field in _KEPT_BY_AN_INSTANCE.items()})
        arn = rds_reply.value(snapshot, "DBSnapshotArn")
        kept |= {"DBInstanceClass": self._classes[arn]} if arn in self._classes else {}
        kept |= {"Port": port} if (port := rds_reply.value(snapshot, "Port")) else {}
        target = call.form.get("DBInstanceIdentifier", "")
        return await _create(call, forward, "CreateDBInstance", {"DBInstanceIdentifier": target}, kept)

    async def _cluster_to_point_in_time(self, call: Call, forward: Forward) -> Reply:
        name = call.form.get("SourceDBClusterIdentifier") or call.form.get("SourceDbClusterResourceId", "")
        source = await _cluster(call, forward, name)
        if isinstance(source, Reply):
            return source
        if call.form.get("RestoreType") == "copy-on-write" and "RestoreToTime" in call.form:
            message = "RestoreToTime cannot be given with the restore type copy-on-write."
            return rds_reply.failure("InvalidParameterCombination", message)
        retention = rds_reply.value(source, "BackupRetentionPeriod") or "1"
        since = rds_reply.value(source, "ClusterCreateTime")
        window = RestoreWindow.of(since=since, retention_days=retention)
        if isinstance(moment := window.moment(call.form, "RestoreToTime"), Reply):
            return moment
        return await self._restored_cluster(call, forward, source, _kept(source, _KEPT_BY_A_CLUSTER))

    async def _cluster_from_snapshot(self, call: Call, forward: Forward) -> Reply:
        name = _own_name(call.form.get("SnapshotIdentifier", ""))
        described = await forward(
            rds_reply.asking(call, "DescribeDBClusterSnapshots", DBClusterSnapshotIdentifier=name)
        )
        if not described.succeeded:
            return described
        snapshot = next(iter(rds_reply.resources(rds_reply.document(described), "DBClusterSnapshot")))
        return await self._restored_cluster(call, forward, snapshot, _kept(snapshot, _KEPT_BY_A_CLUSTER))

    async def _restored_cluster(self, call: Call, forward: Forward, source: Element, kept: dict[str, str]) -> Reply:
        tags = rds_reply.shown_tags(source) | rds_reply.tags(call.form)
        target = {
            "DBClusterIdentifier": call.form.get("DBClusterIdentifier", ""),
            # It is that of the source, which cannot be read; moto wants one and uses none.
            "MasterUserPassword": secrets.token_hex(16),
        } | rds_reply.tag_parameters(tags)
        return await _create(call, forward, "CreateDBCluster", target, kept)

    async def _snapshot(self, call: Call, forward: Forward) -> Reply:
        # A snapshot does not show the class of its instance, which a restore takes unless it is given another.
        reply = await forward(call)
        if not reply.succeeded:
            return reply
        root = rds_reply.document(reply)
        for snapshot in rds_reply.resources(root, "DBSnapshot"):
            arn = rds_reply.value(snapshot, "DBSnapshotArn")
            if call.operation == "CopyDBSnapshot":
                named = call.form.get("SourceDBSnapshotIdentifier", "")
                origin = named if named.startswith("arn:") else arn.rpartition(":")[0] + f":{named}"
                self._classes[arn] = self._classes.get(origin, "")
                continue
            instance = await forward(rds_reply.describing(call, call.form.get("DBInstanceIdentifier", "")))
            for source in rds_reply.resources(rds_reply.document(instance), "DBInstance"):
                self._classes[arn] = rds_reply.value(source, "DBInstanceClass")
        if final := call.form.get("FinalDBSnapshotIdentifier"):
            for source in rds_reply.resources(root, "DBInstance"):
                arn = rds_reply.value(source, "DBInstanceArn").rpartition(":db:")[0] + f":snapshot:{final}"
                self._classes[arn] = rds_reply.value(source, "DBInstanceClass")
        return reply


async def _cluster(call: Call, forward: Forward, name: str) -> Element | Reply:
    everything = await forward(rds_reply.asking(call, "DescribeDBClusters"))
    found: Iterable[Element] = rds_reply.resources(rds_reply.document(everything), "DBCluster")
    shows = ("DBClusterIdentifier", "DBClusterArn", "DbClusterResourceId")
    for cluster in found:
        if name in [rds_reply.value(cluster, field) for field in shows]:
            return cluster
    return rds_reply.failure("DBClusterNotFoundFault", f"DBCluster {name} not found.", status=404)


def _own_name(snapshot: str) -> str:
    # moto finds snapshots by name alone.
    return snapshot.split(":", 6)[6] if snapshot.startswith("arn:") else snapshot


def _by_resource_id(call: Call, resource_id: str) -> Call:
    filters = {"Filters.Filter.1.Name": "dbi-resource-id", "Filters.Filter.1.Values.Value.1": resource_id}
    return rds_reply.asking(call, "DescribeDBInstances", **filters)


def _kept(source: Element, fields: Mapping[str, str]) -> dict[str, str]:
    kept = {name: shown for name, field in fields.items() if (shown := rds_reply.value(source, field))}
    if kept.get("StorageEncrypted") != "true":
        kept.pop("KmsKeyId", None)
    return kept


def _port_and_options(source: Element) -> dict[str, str]:
    kept = {}
    endpoint = rds_reply.child(source, "Endpoint")
    if endpoint is not None and (port := rds_reply.value(endpoint, "Port")):
        kept["Port"] = port
    for group in rds_reply.children(source, "OptionGroupMemberships"):
        if not (name := rds_reply.value(group, "OptionGroupName")).startswith("default:"):
            kept["OptionGroupName"] = name
    return kept


async def _create(call: Call, forward: Forward, operation: str, target: dict[str, str], kept: dict[str, str]) -> Reply:
    asked = parse_qsl(call.body.decode(), keep_blank_values=True)
    given = [pair for pair in asked if pair[0] not in _SAYS_WHAT_TO_RESTORE | target.keys()]
    names = {name for name, _ in given}
    parameters = {"Action": operation} | target | {name: text for name, text in kept.items() if name not in names}
    reply = await forward(call.instead(body=urlencode([*parameters.items(), *given]).encode()))
    return rds_reply.renamed(reply, call.operation) if reply.succeeded else reply
