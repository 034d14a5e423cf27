"""States that last: a client that waits sees them for as many polls as are set, and what has to wait is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from constructs_lib.errors import ConfigurationError
from tests.emulator.regions import HERE, THERE, Region, code, create_instance, described
from tests.emulator.test_database_recovery import create_cluster
from tests.emulator.test_table_recovery import create_table, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.emulator import EmulatedAws


@pytest.fixture(name="polls")
def _polls(aws: EmulatedAws) -> Iterator[int]:
    aws.configure(polls=2)
    yield 2
    aws.configure(polls=0)


def test_a_restored_instance_is_creating_for_as_many_polls_as_are_set(here: Region, polls: int) -> None:
    create_instance(here, "waited")
    waiting = [described(here, "waited")["DBInstanceStatus"] for _ in range(polls + 1)]
    assert waiting == ["creating"] * polls + ["available"]

    here.rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="waited", TargetDBInstanceIdentifier="waited-2", UseLatestRestorableTime=True
    )

    with pytest.raises(ClientError) as failure:
        here.rds.modify_db_instance(DBInstanceIdentifier="waited-2", BackupRetentionPeriod=7)
    assert code(failure) == "InvalidDBInstanceState"
    states = [described(here, "waited-2")["DBInstanceStatus"] for _ in range(polls + 1)]
    assert states == ["creating"] * polls + ["available"]
    here.rds.modify_db_instance(DBInstanceIdentifier="waited-2", BackupRetentionPeriod=7)


def test_a_promotion_shows_its_source_while_it_lasts(aws: EmulatedAws, here: Region, there: Region) -> None:
    arn = create_instance(here, "before")["DBInstanceArn"]
    there.rds.create_db_instance_read_replica(
        DBInstanceIdentifier="after", SourceDBInstanceIdentifier=arn, KmsKeyId=there.key,
    )  # fmt: skip
    aws.configure(polls=1)
    try:
        there.rds.promote_read_replica(DBInstanceIdentifier="after")

        during, ended = described(there, "after"), described(there, "after")
    finally:
        aws.configure(polls=0)

    assert (during["DBInstanceStatus"], during["ReadReplicaSourceDBInstanceIdentifier"]) == ("modifying", arn)
    assert ended["DBInstanceStatus"] == "available"
    assert "ReadReplicaSourceDBInstanceIdentifier" not in ended


def test_a_failover_is_under_way_before_the_roles_change(aws: EmulatedAws, here: Region, there: Region) -> None:
    primary = create_cluster(here, "slow")["DBClusterArn"]
    here.rds.create_global_cluster(GlobalClusterIdentifier="slowly", SourceDBClusterIdentifier=primary)
    secondary = create_cluster(there, "slow", GlobalClusterIdentifier="slowly")["DBClusterArn"]
    there.rds.create_db_instance(
        DBInstanceIdentifier="slow-1", DBInstanceClass="db.r6g.large", Engine="aurora-postgresql",
        DBClusterIdentifier="slow",
    )  # fmt: skip
    failover = {
        "GlobalClusterIdentifier": "slowly",
        "TargetDbClusterIdentifier": secondary,
        "AllowDataLoss": True,
    }

    def shown() -> tuple[Any, str]:
        (database,) = there.rds.describe_global_clusters(GlobalClusterIdentifier="slowly")["GlobalClusters"]
        (writer,) = [one["DBClusterArn"] for one in database["GlobalClusterMembers"] if one["IsWriter"]]
        return database.get("FailoverState"), writer

    aws.configure(polls=1)
    try:
        there.rds.failover_global_cluster(**failover)
        with pytest.raises(ClientError) as failure:
            there.rds.failover_global_cluster(**failover)
        during, ended = shown(), shown()
    finally:
        aws.configure(polls=0)

    assert code(failure) == "InvalidGlobalClusterStateFault"
    assert during == (
        {
            "Status": "failing-over",
            "FromDbClusterArn": primary,
            "ToDbClusterArn": secondary,
            "IsDataLossAllowed": True,
        },
        primary,
    )
    assert ended == (None, secondary)


def test_a_restored_table_is_creating_and_holds_nothing_yet(aws: EmulatedAws) -> None:
    table = create_table(aws, "slow-table")
    aws.configure(polls=2)
    try:
        table.restore_table_to_point_in_time(
            SourceTableName="slow-table", TargetTableName="slow-restored", UseLatestRestorableTime=True
        )
        with pytest.raises(ClientError) as too_early:
            put(table, "slow-restored", "one")
        with pytest.raises(ClientError) as busy:
            table.update_table(TableName="slow-restored", DeletionProtectionEnabled=True)
        shown = [table.describe_table(TableName="slow-restored")["Table"] for _ in range(3)]
        put(table, "slow-restored", "one")
    finally:
        aws.configure(polls=0)

    assert (code(too_early), code(busy)) == ("ResourceNotFoundException", "ResourceInUseException")
    assert [one["TableStatus"] for one in shown] == ["CREATING", "CREATING", "ACTIVE"]
    assert [one["RestoreSummary"]["RestoreInProgress"] for one in shown] == [True, True, False]


def test_backups_of_a_new_table_are_enabled_after_it(aws: EmulatedAws, polls: int) -> None:
    """As DynamoDB does it: whoever waits for the table alone is refused point-in-time recovery."""
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(
        TableName="new", BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )  # fmt: skip

    def switch_on() -> str | None:
        try:
            dynamodb.update_continuous_backups(
                TableName="new", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
            )
        except dynamodb.exceptions.ContinuousBackupsUnavailableException as error:
            return str(error.response["Error"]["Code"])
        return None

    early = switch_on()
    while dynamodb.describe_table(TableName="new")["Table"]["TableStatus"] != "ACTIVE":
        pass
    after = [switch_on() for _ in range(polls + 1)]

    assert early == "ContinuousBackupsUnavailableException"
    assert after == [early] * polls + [None]


def test_settings_below_zero_are_refused(aws: EmulatedAws) -> None:
    with pytest.raises(ConfigurationError, match="polls is -1"):
        aws.configure(polls=-1)


def test_regions_do_not_wait_for_each_other(aws: EmulatedAws, polls: int) -> None:
    for region in (HERE, THERE):
        assert aws.client("rds", region).describe_global_clusters()["ResponseMetadata"]["HTTPStatusCode"] == 200
