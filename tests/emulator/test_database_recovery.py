"""Recovering an emulated database: what a restore drops, who is who after a rename, a promotion, a failover."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.regions import HERE, THERE, Region, code, create_instance, described

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.emulator import EmulatedAws

SECONDARY = f"arn:aws:rds:{THERE}:123456789012:cluster:secondary"


def restore(region: Region, target: str, **source: Any) -> dict[str, Any]:
    options = {"UseLatestRestorableTime": True} if "RestoreTime" not in source else {}
    restored: dict[str, Any] = region.rds.restore_db_instance_to_point_in_time(
        TargetDBInstanceIdentifier=target, **options, **source
    )["DBInstance"]
    return restored


def test_a_restored_instance_has_the_data_settings_of_its_source_and_none_of_its_protection(here: Region) -> None:
    source = create_instance(
        here, "guarded", MultiAZ=True, DeletionProtection=True, EnableIAMDatabaseAuthentication=True,
        EnableCloudwatchLogsExports=["postgresql"], EnablePerformanceInsights=True, CopyTagsToSnapshot=True,
        MonitoringInterval=60, MonitoringRoleArn="arn:aws:iam::123456789012:role/monitoring",
        Tags=[{"Key": "team", "Value": "shop"}],
    )  # fmt: skip

    restore(here, "guarded-restored", SourceDBInstanceIdentifier="guarded")

    restored = described(here, "guarded-restored")
    for kept in ("Engine", "EngineVersion", "DBInstanceClass", "AllocatedStorage", "KmsKeyId", "MasterUsername"):
        assert restored[kept] == source[kept]
    assert restored["DbiResourceId"] != source["DbiResourceId"]
    for dropped in ("MultiAZ", "DeletionProtection", "IAMDatabaseAuthenticationEnabled", "CopyTagsToSnapshot"):
        assert restored[dropped] is False
    assert restored["BackupRetentionPeriod"] == 1
    assert restored["DBParameterGroups"][0]["DBParameterGroupName"] == "default.postgres16"
    assert not restored.get("EnabledCloudwatchLogsExports")
    assert not restored.get("TagList")
    assert restored["MonitoringInterval"] == 0
    assert not restored.keys() & {"ReadReplicaSourceDBInstanceIdentifier", "MasterUserSecret"}
    assert not restored.get("PerformanceInsightsEnabled")


def test_a_restore_takes_what_the_call_gives(here: Region) -> None:
    create_instance(here, "given")

    restore(
        here, "given-restored", SourceDBInstanceIdentifier="given", MultiAZ=True, DeletionProtection=True,
        BackupRetentionPeriod=7, DBSubnetGroupName=here.subnets, DBParameterGroupName=here.parameters,
        VpcSecurityGroupIds=[here.group], Tags=[{"Key": "drctl:operation", "Value": "one"}],
    )  # fmt: skip

    restored = described(here, "given-restored")
    assert (restored["MultiAZ"], restored["DeletionProtection"], restored["BackupRetentionPeriod"]) == (True, True, 7)
    assert restored["DBSubnetGroup"]["DBSubnetGroupName"] == here.subnets
    assert restored["TagList"] == [{"Key": "drctl:operation", "Value": "one"}]


def test_groups_that_every_account_has_may_be_named(here: Region) -> None:
    """moto tells `default:postgres-16` of an instance, and knew no such group where a restore named it."""
    source = create_instance(here, "plain")
    options = source["OptionGroupMemberships"][0]["OptionGroupName"]
    assert options.startswith("default:postgres-")

    restore(
        here, "plain-restored", SourceDBInstanceIdentifier="plain", OptionGroupName=options,
        DBParameterGroupName="default.postgres16",
    )  # fmt: skip

    assert described(here, "plain-restored")["OptionGroupMemberships"] == source["OptionGroupMemberships"]


@pytest.mark.parametrize(
    ("moment", "error"),
    [
        ({"RestoreTime": datetime.now(tz=UTC) + timedelta(hours=1)}, "InvalidParameterValue"),
        ({"RestoreTime": datetime.now(tz=UTC) - timedelta(days=40)}, "InvalidParameterValue"),
        ({}, "InvalidParameterCombination"),
        ({"RestoreTime": datetime.now(tz=UTC), "UseLatestRestorableTime": True}, "InvalidParameterCombination"),
    ],
)
def test_a_restore_outside_the_window_is_refused(here: Region, moment: dict[str, Any], error: str) -> None:
    if not here.rds.describe_db_instances(Filters=[{"Name": "db-instance-id", "Values": ["windowed"]}])["DBInstances"]:
        create_instance(here, "windowed")

    with pytest.raises(ClientError) as failure:
        here.rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="windowed", TargetDBInstanceIdentifier="windowed-restored", **moment
        )

    assert code(failure) == error


def test_an_instance_without_backups_has_no_restorable_time_and_cannot_be_restored(here: Region) -> None:
    create_instance(here, "no-backups", BackupRetentionPeriod=0)

    with pytest.raises(ClientError) as failure:
        restore(here, "no-backups-restored", SourceDBInstanceIdentifier="no-backups")

    assert code(failure) == "PointInTimeRestoreNotEnabled"
    assert "LatestRestorableTime" not in described(here, "no-backups")
    backups = here.rds.describe_db_instance_automated_backups(DBInstanceIdentifier="no-backups")
    assert backups["DBInstanceAutomatedBackups"] == []


def test_replicated_backups_are_restored_in_their_region_with_its_key(here: Region, there: Region) -> None:
    source = create_instance(here, "far", MultiAZ=True, DeletionProtection=True)
    backup = there.rds.start_db_instance_automated_backups_replication(
        SourceDBInstanceArn=source["DBInstanceArn"], KmsKeyId=there.key
    )["DBInstanceAutomatedBackup"]

    restore(there, "far-restored", SourceDBInstanceAutomatedBackupsArn=backup["DBInstanceAutomatedBackupsArn"])

    restored = described(there, "far-restored")
    assert restored["DBInstanceArn"] == f"arn:aws:rds:{THERE}:123456789012:db:far-restored"
    assert (restored["KmsKeyId"], restored["MultiAZ"], restored["DeletionProtection"]) == (there.key, False, False)
    assert (restored["Engine"], restored["DBInstanceClass"]) == ("postgres", "db.r6g.large")


def test_what_is_restorable_elsewhere_stops_with_the_region_and_lags_by_the_delay(
    aws: EmulatedAws, here: Region, there: Region
) -> None:
    source = create_instance(here, "lagging")
    arn = there.rds.start_db_instance_automated_backups_replication(
        SourceDBInstanceArn=source["DBInstanceArn"], KmsKeyId=there.key
    )["DBInstanceAutomatedBackup"]["DBInstanceAutomatedBackupsArn"]

    def latest() -> datetime:
        (backup,) = there.rds.describe_db_instance_automated_backups(DBInstanceAutomatedBackupsArn=arn)[
            "DBInstanceAutomatedBackups"
        ]
        moment: datetime = backup["RestoreWindow"]["LatestTime"]
        return moment

    before = latest()
    time.sleep(0.01)
    assert latest() > before
    with aws.fail_region(HERE):
        lost = latest()
        time.sleep(0.01)
        assert latest() == lost
        restore(there, "lagging-restored", SourceDBInstanceAutomatedBackupsArn=arn)
    aws.configure(replication_delay=3600)
    try:
        assert latest() < lost
    finally:
        aws.configure(replication_delay=0)


def test_backups_of_a_deleted_instance_are_restored_by_its_resource_id_where_they_were_kept(here: Region) -> None:
    kept, gone = create_instance(here, "kept"), create_instance(here, "gone")
    here.rds.delete_db_instance(DBInstanceIdentifier="kept", SkipFinalSnapshot=True, DeleteAutomatedBackups=False)
    here.rds.delete_db_instance(DBInstanceIdentifier="gone", SkipFinalSnapshot=True)

    restore(here, "kept", SourceDbiResourceId=kept["DbiResourceId"])

    assert described(here, "kept")["DbiResourceId"] != kept["DbiResourceId"]
    with pytest.raises(ClientError) as failure:
        restore(here, "gone", SourceDbiResourceId=gone["DbiResourceId"])
    assert code(failure) == "DBInstanceAutomatedBackupNotFound"


def test_a_snapshot_is_restored_with_its_class_and_without_protection(here: Region) -> None:
    create_instance(here, "snapped", MultiAZ=True, DeletionProtection=True)
    here.rds.create_db_snapshot(DBInstanceIdentifier="snapped", DBSnapshotIdentifier="snapshot")

    here.rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier="snapped-restored", DBSnapshotIdentifier="snapshot"
    )

    restored = described(here, "snapped-restored")
    assert (restored["DBInstanceClass"], restored["KmsKeyId"]) == ("db.r6g.large", here.key)
    assert (restored["MultiAZ"], restored["DeletionProtection"]) == (False, False)


def test_a_resource_id_survives_a_rename_and_its_name_can_be_taken_by_another(here: Region) -> None:
    source = create_instance(here, "app")
    restored = restore(here, "app-restored", SourceDBInstanceIdentifier="app")

    here.rds.modify_db_instance(DBInstanceIdentifier="app", NewDBInstanceIdentifier="app-old", ApplyImmediately=True)
    here.rds.modify_db_instance(
        DBInstanceIdentifier="app-restored", NewDBInstanceIdentifier="app", ApplyImmediately=True
    )

    assert described(here, "app-old")["DbiResourceId"] == source["DbiResourceId"]
    assert described(here, "app")["DbiResourceId"] == restored["DbiResourceId"]
    by_id = here.rds.describe_db_instances(Filters=[{"Name": "dbi-resource-id", "Values": [source["DbiResourceId"]]}])
    assert [found["DBInstanceIdentifier"] for found in by_id["DBInstances"]] == ["app-old"]


def test_replica_and_source_know_each_other_through_renames_until_the_one_promotion(
    here: Region, there: Region
) -> None:
    arn = create_instance(here, "leader")["DBInstanceArn"]
    there.rds.create_db_instance_read_replica(
        DBInstanceIdentifier="follower", SourceDBInstanceIdentifier=arn, KmsKeyId=there.key,
    )  # fmt: skip
    here.rds.modify_db_instance(
        DBInstanceIdentifier="leader", NewDBInstanceIdentifier="leader-2", ApplyImmediately=True
    )
    there.rds.modify_db_instance(
        DBInstanceIdentifier="follower", NewDBInstanceIdentifier="follower-2", ApplyImmediately=True
    )

    assert described(there, "follower-2")["ReadReplicaSourceDBInstanceIdentifier"] == f"{arn}-2"
    assert described(here, "leader-2")["ReadReplicaDBInstanceIdentifiers"] == [
        described(there, "follower-2")["DBInstanceArn"]
    ]
    there.rds.promote_read_replica(DBInstanceIdentifier="follower-2")
    with pytest.raises(ClientError) as failure:
        there.rds.promote_read_replica(DBInstanceIdentifier="follower-2")
    assert code(failure) == "InvalidDBInstanceState"
    assert described(here, "leader-2")["ReadReplicaDBInstanceIdentifiers"] == []


def create_cluster(region: Region, identifier: str, **more: Any) -> dict[str, Any]:
    primary = {} if "GlobalClusterIdentifier" in more else {"MasterUsername": "dbadmin", "MasterUserPassword": "-" * 8}
    cluster: dict[str, Any] = region.rds.create_db_cluster(
        DBClusterIdentifier=identifier, Engine="aurora-postgresql", EngineVersion="16.4", **(primary | more)
    )["DBCluster"]
    return cluster


def test_a_restored_cluster_keeps_backups_and_tags_and_drops_protection_and_network(here: Region) -> None:
    create_cluster(
        here, "orders", DeletionProtection=True, BackupRetentionPeriod=14, DBSubnetGroupName=here.subnets,
        VpcSecurityGroupIds=[here.group], Tags=[{"Key": "team", "Value": "shop"}],
        EnableCloudwatchLogsExports=["postgresql"], EnableIAMDatabaseAuthentication=True,
    )  # fmt: skip

    here.rds.restore_db_cluster_to_point_in_time(
        DBClusterIdentifier="orders-restored", SourceDBClusterIdentifier="orders", UseLatestRestorableTime=True,
        Tags=[{"Key": "drctl:operation", "Value": "one"}],
    )  # fmt: skip

    (restored,) = here.rds.describe_db_clusters(DBClusterIdentifier="orders-restored")["DBClusters"]
    assert (restored["DeletionProtection"], restored["BackupRetentionPeriod"]) == (False, 14)
    assert {tag["Key"] for tag in restored["TagList"]} == {"team", "drctl:operation"}
    assert here.group not in [group["VpcSecurityGroupId"] for group in restored["VpcSecurityGroups"]]
    assert restored["IAMDatabaseAuthenticationEnabled"] is False
    assert not restored.get("EnabledCloudwatchLogsExports")
    with pytest.raises(ClientError) as failure:
        here.rds.restore_db_cluster_to_point_in_time(
            DBClusterIdentifier="orders-future", SourceDBClusterIdentifier="orders",
            RestoreToTime=datetime.now(tz=UTC) + timedelta(hours=1),
        )  # fmt: skip
    assert code(failure) == "InvalidParameterValue"


def test_a_cluster_that_is_renamed_keeps_its_instances_and_leaves_its_name_to_another(here: Region) -> None:
    create_cluster(here, "named")
    here.rds.create_db_instance(
        DBInstanceIdentifier="named-1", DBInstanceClass="db.r6g.large", Engine="aurora-postgresql",
        DBClusterIdentifier="named",
    )  # fmt: skip
    here.rds.restore_db_cluster_to_point_in_time(
        DBClusterIdentifier="named-restored", SourceDBClusterIdentifier="named", UseLatestRestorableTime=True
    )

    for old, new in (("named", "named-old"), ("named-restored", "named")):
        here.rds.modify_db_cluster(DBClusterIdentifier=old, NewDBClusterIdentifier=new, ApplyImmediately=True)

    shown = {
        name: here.rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]["DBClusterMembers"]
        for name in ("named", "named-old")
    }
    assert [member["DBInstanceIdentifier"] for member in shown["named-old"]] == ["named-1"]
    assert shown["named"] == []
    assert described(here, "named-1")["DBClusterIdentifier"] == "named-old"


def test_a_multi_az_cluster_may_have_iam_authentication_and_keeps_its_monitoring(here: Region) -> None:
    """AWS's page of what these clusters lack does not name it; moto refuses the one, and forgets the other."""
    made = here.rds.create_db_cluster(
        DBClusterIdentifier="in-three-zones", Engine="postgres", DBClusterInstanceClass="db.r6gd.large",
        AllocatedStorage=100, StorageType="io1", Iops=1000, MasterUsername="master",
        MasterUserPassword="not-a-secret", EnableIAMDatabaseAuthentication=True,
        MonitoringInterval=60, MonitoringRoleArn="arn:aws:iam::123456789012:role/monitoring",
    )  # fmt: skip

    (shown,) = here.rds.describe_db_clusters(DBClusterIdentifier="in-three-zones")["DBClusters"]
    assert made["DBCluster"]["IAMDatabaseAuthenticationEnabled"] is True
    assert (shown["MonitoringInterval"], shown["MonitoringRoleArn"]) == (
        60,
        "arn:aws:iam::123456789012:role/monitoring",
    )


@pytest.fixture(name="world_database")
def _world_database(here: Region, there: Region) -> Iterator[str]:
    """A global database whose secondary has an instance; the ARN of its primary."""
    primary: str = create_cluster(here, "primary")["DBClusterArn"]
    here.rds.create_global_cluster(GlobalClusterIdentifier="world", SourceDBClusterIdentifier=primary)
    create_cluster(there, "secondary", GlobalClusterIdentifier="world")
    for region, cluster in ((here, "primary"), (there, "secondary")):
        region.rds.create_db_instance(
            DBInstanceIdentifier=f"{cluster}-1", DBInstanceClass="db.r6g.large", Engine="aurora-postgresql",
            DBClusterIdentifier=cluster,
        )  # fmt: skip
    yield primary
    for arn in (SECONDARY, primary, SECONDARY):
        if arn in members(here):
            writes = members(here)[arn]
            if not writes or len(members(here)) == 1:
                here.rds.remove_from_global_cluster(GlobalClusterIdentifier="world", DbClusterIdentifier=arn)
    here.rds.delete_global_cluster(GlobalClusterIdentifier="world")
    for region, cluster in ((here, "primary"), (there, "secondary")):
        region.rds.delete_db_instance(DBInstanceIdentifier=f"{cluster}-1", SkipFinalSnapshot=True)
        region.rds.delete_db_cluster(DBClusterIdentifier=cluster, SkipFinalSnapshot=True)


def members(region: Region) -> dict[str, bool]:
    (database,) = region.rds.describe_global_clusters(GlobalClusterIdentifier="world")["GlobalClusters"]
    return {member["DBClusterArn"]: member["IsWriter"] for member in database["GlobalClusterMembers"]}


def test_members_of_a_global_database_swap_roles_there_and_back(
    here: Region, there: Region, world_database: str
) -> None:
    assert members(there) == {world_database: True, SECONDARY: False}

    here.rds.switchover_global_cluster(GlobalClusterIdentifier="world", TargetDbClusterIdentifier=SECONDARY)
    assert members(there) == {world_database: False, SECONDARY: True}
    (old,) = here.rds.describe_db_clusters(DBClusterIdentifier="primary")["DBClusters"]
    assert old["ReplicationSourceIdentifier"] == SECONDARY

    there.rds.failover_global_cluster(
        GlobalClusterIdentifier="world", TargetDbClusterIdentifier=world_database, AllowDataLoss=True
    )
    assert members(there) == {world_database: True, SECONDARY: False}
    with pytest.raises(ClientError) as failure:
        there.rds.failover_global_cluster(
            GlobalClusterIdentifier="world", TargetDbClusterIdentifier=world_database, AllowDataLoss=True
        )
    assert code(failure) == "InvalidDBClusterStateFault"


def test_a_switchover_needs_the_primarys_region_and_a_failover_does_not(
    aws: EmulatedAws, there: Region, world_database: str
) -> None:
    target = {"GlobalClusterIdentifier": "world", "TargetDbClusterIdentifier": SECONDARY}
    with aws.fail_region(HERE):
        with pytest.raises(ClientError) as failure:
            there.rds.switchover_global_cluster(**target)
        assert code(failure) == "InvalidGlobalClusterStateFault"

        there.rds.failover_global_cluster(**target, AllowDataLoss=True)

        assert members(there) == {world_database: False, SECONDARY: True}
        (database,) = there.rds.describe_global_clusters(GlobalClusterIdentifier="world")["GlobalClusters"]
        states = {one["DBClusterArn"]: one.get("SynchronizationStatus") for one in database["GlobalClusterMembers"]}
        assert states[world_database] == "pending-resync"


def test_a_detached_member_is_on_its_own_and_a_member_cannot_be_deleted(
    here: Region, there: Region, world_database: str
) -> None:
    with pytest.raises(ClientError, match="part of a global cluster"):
        there.rds.delete_db_cluster(DBClusterIdentifier="secondary", SkipFinalSnapshot=True)

    there.rds.remove_from_global_cluster(GlobalClusterIdentifier="world", DbClusterIdentifier=SECONDARY)

    assert members(here) == {world_database: True}
    (alone,) = there.rds.describe_db_clusters(DBClusterIdentifier="secondary")["DBClusters"]
    assert "ReplicationSourceIdentifier" not in alone


def test_a_secondary_without_instances_cannot_take_over(here: Region, there: Region) -> None:
    primary = create_cluster(here, "headed")["DBClusterArn"]
    here.rds.create_global_cluster(GlobalClusterIdentifier="half", SourceDBClusterIdentifier=primary)
    headless = create_cluster(there, "headless", GlobalClusterIdentifier="half")["DBClusterArn"]

    with pytest.raises(ClientError) as failure:
        there.rds.failover_global_cluster(
            GlobalClusterIdentifier="half", TargetDbClusterIdentifier=headless, AllowDataLoss=True
        )

    assert code(failure) == "InvalidDBClusterStateFault"
