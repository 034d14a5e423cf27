"""Point-in-time recovery of a table: the items of that moment, and only where it was switched on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.regions import HERE, THERE, Region, code

if TYPE_CHECKING:
    from constructs_lib.emulator import EmulatedAws


def create_table(aws: EmulatedAws, name: str, *, recovery: bool = True, **more: Any) -> Any:
    table = aws.client("dynamodb", HERE)
    table.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )
    if recovery:
        table.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
    return table


def put(table: Any, name: str, key: str, value: str = "-") -> None:
    table.put_item(TableName=name, Item={"pk": {"S": key}, "value": {"S": value}})


def keys(table: Any, name: str) -> list[str]:
    return sorted(item["pk"]["S"] for item in table.scan(TableName=name)["Items"])


def next_second() -> int:
    """Wait until the second in which everything so far happened is over; clients send whole seconds."""
    second = int(time.time()) + 1
    time.sleep(second - time.time())
    return second


def test_a_restore_shows_the_items_of_the_moment(aws: EmulatedAws) -> None:
    table = create_table(aws, "orders", recovery=False)
    put(table, "orders", "before-recovery")
    table.update_continuous_backups(
        TableName="orders", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    put(table, "orders", "kept", "old")
    put(table, "orders", "deleted")
    moment = next_second()
    time.sleep(0.01)
    put(table, "orders", "later")
    table.execute_statement(Statement="INSERT INTO orders VALUE {'pk': 'by-statement'}")
    table.delete_item(TableName="orders", Key={"pk": {"S": "deleted"}})
    table.update_item(
        TableName="orders", Key={"pk": {"S": "kept"}}, UpdateExpression="SET #v = :v",
        ExpressionAttributeNames={"#v": "value"}, ExpressionAttributeValues={":v": {"S": "new"}},
    )  # fmt: skip

    table.restore_table_to_point_in_time(
        SourceTableName="orders", TargetTableName="orders-then", RestoreDateTime=moment
    )
    table.restore_table_to_point_in_time(
        SourceTableName="orders", TargetTableName="orders-now", UseLatestRestorableTime=True
    )

    assert keys(table, "orders-then") == ["before-recovery", "deleted", "kept"]
    kept = table.get_item(TableName="orders-then", Key={"pk": {"S": "kept"}})["Item"]
    assert kept["value"]["S"] == "old"
    assert keys(table, "orders-now") == ["before-recovery", "by-statement", "kept", "later"]


def test_a_restored_table_drops_what_aws_drops_and_says_where_it_came_from(aws: EmulatedAws, here: Region) -> None:
    table = create_table(
        aws, "full", DeletionProtectionEnabled=True, Tags=[{"Key": "team", "Value": "shop"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": here.key},
    )  # fmt: skip
    table.update_time_to_live(TableName="full", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})

    table.restore_table_to_point_in_time(
        SourceTableName="full", TargetTableName="full-restored", UseLatestRestorableTime=True
    )

    restored = table.describe_table(TableName="full-restored")["Table"]
    assert restored["SSEDescription"]["KMSMasterKeyArn"] == here.key
    assert restored["DeletionProtectionEnabled"] is False
    assert "StreamSpecification" not in restored
    assert restored["RestoreSummary"]["SourceTableArn"] == table.describe_table(TableName="full")["Table"]["TableArn"]
    assert restored["RestoreSummary"]["RestoreInProgress"] is False
    assert table.list_tags_of_resource(ResourceArn=restored["TableArn"])["Tags"] == []
    ttl = table.describe_time_to_live(TableName="full-restored")["TimeToLiveDescription"]
    assert ttl["TimeToLiveStatus"] == "DISABLED"
    backups = table.describe_continuous_backups(TableName="full-restored")["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "DISABLED"


@pytest.mark.parametrize(
    ("name", "moment", "error"),
    [
        ("unprotected", {"UseLatestRestorableTime": True}, "PointInTimeRecoveryUnavailableException"),
        ("protected", {"RestoreDateTime": 4_000_000_000}, "InvalidRestoreTimeException"),
        ("protected", {"RestoreDateTime": 1_000_000_000}, "InvalidRestoreTimeException"),
        ("protected", {}, "ValidationException"),
        ("nowhere", {"UseLatestRestorableTime": True}, "TableNotFoundException"),
    ],
)
def test_a_restore_that_cannot_be_is_refused(aws: EmulatedAws, name: str, moment: dict[str, Any], error: str) -> None:
    table = aws.client("dynamodb", HERE)
    for protected in ("protected", "unprotected"):
        if protected not in table.list_tables()["TableNames"]:
            create_table(aws, protected, recovery=protected == "protected")

    with pytest.raises(ClientError) as failure:
        table.restore_table_to_point_in_time(SourceTableName=name, TargetTableName="never", **moment)

    assert code(failure) == error
    assert "never" not in table.list_tables()["TableNames"]


def test_a_restore_into_another_region_reads_the_source_region(aws: EmulatedAws, there: Region) -> None:
    arn = create_table(aws, "far").describe_table(TableName="far")["Table"]["TableArn"]
    put(aws.client("dynamodb", HERE), "far", "one")
    elsewhere = aws.client("dynamodb", THERE)
    asked = {
        "SourceTableArn": arn,
        "TargetTableName": "far-restored",
        "UseLatestRestorableTime": True,
        "SSESpecificationOverride": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": there.key},
    }
    with pytest.raises(ClientError, match="SSESpecificationOverride"):
        elsewhere.restore_table_to_point_in_time(
            **{name: value for name, value in asked.items() if name != "SSESpecificationOverride"}
        )
    with aws.fail_region(HERE), pytest.raises(ClientError, match="ServiceUnavailable"):
        elsewhere.restore_table_to_point_in_time(**asked)

    elsewhere.restore_table_to_point_in_time(**asked)

    assert keys(elsewhere, "far-restored") == ["one"]


def test_history_is_gone_once_recovery_was_switched_off(aws: EmulatedAws) -> None:
    table = create_table(aws, "switched")
    moment = next_second()
    next_second()
    for enabled in (False, True):
        table.update_continuous_backups(
            TableName="switched", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": enabled}
        )

    with pytest.raises(ClientError) as failure:
        table.restore_table_to_point_in_time(
            SourceTableName="switched", TargetTableName="switched-restored", RestoreDateTime=moment
        )

    assert code(failure) == "InvalidRestoreTimeException"
