"""RDS: replication of automated backups, and restores to a point in time."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rds import databases
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_GUIDE: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"
_RESTORE: Final = "rds:RestoreDBInstanceToPointInTime"


@cache
def _destinations() -> Mapping[str, list[str]]:
    return tomllib.loads(Path(__file__).with_name("backup_replication_pairs.toml").read_text())


@rule(
    "rds.replicated-backups-between-these-regions",
    "rds:StartDBInstanceAutomatedBackupsReplication",
    code="InvalidParameterValue",
    code_from="seen",
    source=f"{_GUIDE}/USER_ReplicateBackups.html, source and destination Region support"
    "; the code in https://github.com/boto/boto3/issues/3201",
)
async def _pair(asked: Asked, _: Inquiry) -> str | None:
    source = databases.region_of(asked.parameters["SourceDBInstanceArn"], asked.region)
    if source == asked.region or asked.region in _destinations().get(source, []):
        return None
    return f"Automated backups of {source} cannot be replicated to {asked.region}"


@rule(
    "rds.replicated-backups-of-cluster",
    "rds:StartDBInstanceAutomatedBackupsReplication",
    code="InvalidDBInstanceState",
    code_from="api",
    source=f"{_GUIDE}/USER_ReplicateBackups.html: not for Multi-AZ DB clusters; for no Aurora instance",
)
async def _of_cluster(asked: Asked, inquiry: Inquiry) -> str | None:
    named = asked.parameters["SourceDBInstanceArn"]
    found = await databases.instance(inquiry, asked.region, named)
    if not found or not found.get("DBClusterIdentifier"):
        return None
    return f"{named} belongs to the cluster {found['DBClusterIdentifier']}, whose backups are not replicated"


@rule(
    "rds.restore-without-backups",
    _RESTORE,
    code="PointInTimeRestoreNotEnabled",
    code_from="api",
    source="botocore rds PointInTimeRestoreNotEnabledFault: BackupRetentionPeriod equal to 0",
)
async def _without_backups(asked: Asked, inquiry: Inquiry) -> str | None:
    found = await _source(asked, inquiry)
    if not found or found.get("BackupRetentionPeriod", 0) > 0:
        return None
    return f"{found['DBInstanceIdentifier']} has no automated backups: its BackupRetentionPeriod is 0"


@rule(
    "rds.restore-outside-window",
    _RESTORE,
    code="InvalidParameterValue",
    code_from="seen",
    source="botocore rds RestoreDBInstanceToPointInTime.RestoreTime: before the latest restorable time"
    "; code and message in public reports of it",
)
async def _outside(asked: Asked, inquiry: Inquiry) -> str | None:
    wanted = asked.parameters.get("RestoreTime")
    if not wanted or asked.parameters.get("UseLatestRestorableTime"):
        return None
    return _outside_window(wanted, await _source(asked, inquiry) or {}, "InstanceCreateTime")


@rule(
    "rds.cluster-restore-outside-window",
    "rds:RestoreDBClusterToPointInTime",
    code="InvalidParameterValue",
    code_from="memory",
    source="botocore rds RestoreDBClusterToPointInTime.RestoreToTime: before the latest restorable time",
)
async def _cluster_outside(asked: Asked, inquiry: Inquiry) -> str | None:
    wanted = asked.parameters.get("RestoreToTime")
    named = asked.parameters.get("SourceDBClusterIdentifier", "")
    found = await databases.cluster(inquiry, asked.region, named) if named else None
    return _outside_window(wanted, found or {}, "ClusterCreateTime") if wanted else None


async def _source(asked: Asked, inquiry: Inquiry) -> Mapping[str, Any] | None:
    named = asked.parameters.get("SourceDBInstanceIdentifier")
    return await databases.instance(inquiry, asked.region, named) if named else None


def _outside_window(wanted: datetime, source: Mapping[str, Any], created: str) -> str | None:
    moment = (wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC)).replace(microsecond=0)
    earliest = source.get("EarliestRestorableTime") or source.get(created)
    latest = source.get("LatestRestorableTime") or datetime.now(UTC)
    if earliest is None or earliest.replace(microsecond=0) <= moment <= latest:
        return None
    return f"{moment.isoformat()} is not between {earliest.isoformat()} and {latest.isoformat()}"


@rule(
    "rds.replicated-backups-of-source-without",
    "rds:StartDBInstanceAutomatedBackupsReplication",
    code="InvalidDBInstanceState",
    code_from="api",
    source=f"{_GUIDE}/USER_ReplicateBackups.html: automated backups must be enabled on the source",
)
async def _of_nothing(asked: Asked, inquiry: Inquiry) -> str | None:
    named = asked.parameters["SourceDBInstanceArn"]
    found = await databases.instance(inquiry, asked.region, named)
    if not found or found.get("BackupRetentionPeriod", 0) > 0:
        return None
    return f"Automated backups of {named} are not enabled"


_MOST_DAYS: Final = 35


@rule(
    "rds.backups-kept-35-days",
    "rds:CreateDBInstance ModifyDBInstance CreateDBCluster ModifyDBCluster CreateDBInstanceReadReplica"
    " StartDBInstanceAutomatedBackupsReplication",
    code="InvalidParameterValue",
    code_from="seen",
    source="botocore rds CreateDBInstance.BackupRetentionPeriod: 0 to 35; the message in"
    " https://github.com/badmintoncryer/cdk-preflight, rules/rds/pf-rds-backup-retention-range, the code in its"
    " api-probe of the same parameter for Neptune",
)
async def _kept(asked: Asked, _: Inquiry) -> str | None:
    days = asked.parameters.get("BackupRetentionPeriod", 1)
    least = 0 if asked.operation in ("CreateDBInstance", "ModifyDBInstance", "CreateDBInstanceReadReplica") else 1
    if least <= days <= _MOST_DAYS:
        return None
    return f"Invalid backup retention period: {days}. Retention period must be between {least} and {_MOST_DAYS}."


@rule(
    "rds.backups-off-under-a-replica",
    "rds:ModifyDBInstance",
    code="InvalidDBInstanceState",
    code_from="api",
    source="botocore rds ModifyDBInstance.BackupRetentionPeriod: can't be 0 for a source of read replicas",
)
async def _needed(asked: Asked, inquiry: Inquiry) -> str | None:
    if asked.parameters.get("BackupRetentionPeriod") != 0:
        return None
    found = await databases.instance(inquiry, asked.region, asked.parameters["DBInstanceIdentifier"])
    replicas = (found or {}).get("ReadReplicaDBInstanceIdentifiers") or []
    return f"Backups cannot be disabled: {', '.join(replicas)} is a read replica of it" if replicas else None


@rule(
    "rds.deletion-without-final-snapshot",
    "rds:DeleteDBInstance DeleteDBCluster",
    code="InvalidParameterCombination",
    code_from="seen",
    source="botocore rds DeleteDBInstance.SkipFinalSnapshot; code and message in public reports of DeleteDBInstance",
)
async def _final(asked: Asked, inquiry: Inquiry) -> str | None:
    given = asked.parameters
    if given.get("SkipFinalSnapshot") and given.get("FinalDBSnapshotIdentifier"):
        return "FinalDBSnapshotIdentifier can not be specified when SkipFinalSnapshot is enabled."
    if given.get("SkipFinalSnapshot") or given.get("FinalDBSnapshotIdentifier"):
        return None
    if asked.operation == "DeleteDBInstance":
        found = await databases.instance(inquiry, asked.region, given["DBInstanceIdentifier"])
        # A replica and a member of a cluster leave none.
        if not found or found.get("DBClusterIdentifier") or found.get("ReadReplicaSourceDBInstanceIdentifier"):
            return None
    elif not await databases.cluster(inquiry, asked.region, given["DBClusterIdentifier"]):
        return None
    return "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."


@rule(
    "rds.copy-of-a-multi-az-cluster-snapshot",
    "rds:CopyDBClusterSnapshot",
    code="InvalidParameterCombination",
    code_from="memory",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/multi-az-db-clusters-concepts.Limitations.html:"
    " copying a snapshot of a Multi-AZ DB cluster is not supported",
)
async def _copied(asked: Asked, inquiry: Inquiry) -> str | None:
    source = asked.parameters["SourceDBClusterSnapshotIdentifier"]
    identifier = {"DBClusterSnapshotIdentifier": source.partition("snapshot:")[2] or source}
    region = databases.region_of(source, asked.region)
    found = await inquiry("rds", "DescribeDBClusterSnapshots", region, **identifier)
    snapshot: Mapping[str, Any] = next(iter((found or {}).get("DBClusterSnapshots", [])), {})
    if snapshot.get("Engine", "aurora").startswith("aurora"):
        return None
    return f"The snapshot {source} is of a Multi-AZ DB cluster, which cannot be copied"


RULES: Final = (
    _pair,
    _of_cluster,
    _of_nothing,
    _without_backups,
    _outside,
    _cluster_outside,
    _kept,
    _needed,
    _final,
    _copied,
)
