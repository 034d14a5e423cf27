"""Restore testing of AWS Backup: plans and selections are kept, refused as AWS refuses them, and run by the clock."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from constructs_lib.emulator import emulated_aws
from tests.emulator.regions import HERE, code, create_instance, prepared
from tests.emulator.roles import make_roles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.emulator import EmulatedAws

ROLE = "arn:aws:iam::123456789012:role/backup"
POINTS = {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"]}
TABLES = {"IamRoleArn": ROLE, "ProtectedResourceType": "DynamoDB", "ProtectedResourceArns": ["*"]}


def make(backup: Any, name: str, **more: Any) -> str:
    arn: str = backup.create_restore_testing_plan(
        RestoreTestingPlan={
            "RestoreTestingPlanName": name,
            "ScheduleExpression": "cron(0 5 ? * SUN *)",
            "RecoveryPointSelection": POINTS,
            **more,
        },
        Tags={"team": "shop"},
    )["RestoreTestingPlanArn"]
    return arn


def select(backup: Any, plan: str, name: str, **more: Any) -> None:
    backup.create_restore_testing_selection(
        RestoreTestingPlanName=plan, RestoreTestingSelection={"RestoreTestingSelectionName": name, **TABLES, **more}
    )


def test_a_plan_and_its_selections_are_shown_changed_and_deleted(aws: EmulatedAws) -> None:
    backup = aws.client("backup", HERE)
    arn = make(backup, "weekly", StartWindowHours=8)
    select(backup, "weekly", "tables", ValidationWindowHours=4)

    plan = backup.get_restore_testing_plan(RestoreTestingPlanName="weekly")["RestoreTestingPlan"]
    assert (plan["RestoreTestingPlanArn"], plan["StartWindowHours"], plan["RecoveryPointSelection"]) == (arn, 8, POINTS)
    (listed,) = backup.list_restore_testing_selections(RestoreTestingPlanName="weekly")["RestoreTestingSelections"]
    assert (listed["RestoreTestingSelectionName"], listed["ValidationWindowHours"]) == ("tables", 4)
    backup.tag_resource(ResourceArn=arn, Tags={"more": "tags"})
    backup.untag_resource(ResourceArn=arn, TagKeyList=["team"])
    assert backup.list_tags(ResourceArn=arn)["Tags"] == {"more": "tags"}

    backup.update_restore_testing_plan(RestoreTestingPlanName="weekly", RestoreTestingPlan={"StartWindowHours": 2})
    backup.update_restore_testing_selection(
        RestoreTestingPlanName="weekly",
        RestoreTestingSelectionName="tables",
        RestoreTestingSelection={"ValidationWindowHours": 1},
    )
    shown = backup.get_restore_testing_selection(RestoreTestingPlanName="weekly", RestoreTestingSelectionName="tables")
    assert shown["RestoreTestingSelection"]["ValidationWindowHours"] == 1
    assert [one["StartWindowHours"] for one in backup.list_restore_testing_plans()["RestoreTestingPlans"]] == [2]

    with pytest.raises(ClientError) as failure:
        backup.delete_restore_testing_plan(RestoreTestingPlanName="weekly")
    assert code(failure) == "InvalidRequestException"
    backup.delete_restore_testing_selection(RestoreTestingPlanName="weekly", RestoreTestingSelectionName="tables")
    backup.delete_restore_testing_plan(RestoreTestingPlanName="weekly")
    assert backup.list_restore_testing_plans()["RestoreTestingPlans"] == []


@pytest.mark.parametrize(
    ("wrong", "refused"),
    [
        ({"StartWindowHours": 169}, "InvalidParameterValueException"),
        ({"RecoveryPointSelection": {"Algorithm": "LATEST_WITHIN_WINDOW"}}, "InvalidParameterValueException"),
        ({"RestoreTestingPlanName": "with-dashes"}, "InvalidParameterValueException"),
        ({"RestoreTestingPlanName": "there"}, "AlreadyExistsException"),
    ],
)
def test_a_plan_that_aws_refuses_is_refused(aws: EmulatedAws, wrong: dict[str, Any], refused: str) -> None:
    backup = aws.client("backup", "eu-west-2")
    if "there" not in [
        one["RestoreTestingPlanName"] for one in backup.list_restore_testing_plans()["RestoreTestingPlans"]
    ]:
        make(backup, "there")

    with pytest.raises(ClientError) as failure:
        make(backup, "other", **wrong)
    assert code(failure) == refused


@pytest.mark.parametrize(
    ("plan", "wrong", "refused"),
    [
        ("nowhere", {}, "ResourceNotFoundException"),
        ("selected", {"ProtectedResourceArns": []}, "InvalidParameterValueException"),
    ],
)
def test_a_selection_that_aws_refuses_is_refused(
    aws: EmulatedAws, plan: str, wrong: dict[str, Any], refused: str
) -> None:
    backup = aws.client("backup", "eu-west-3")
    if not backup.list_restore_testing_plans()["RestoreTestingPlans"]:
        make(backup, "selected")

    with pytest.raises(ClientError) as failure:
        select(backup, plan, "tables", **wrong)
    assert code(failure) == refused


EVERY_MINUTE = "cron(* * * * ? *)"


@pytest.fixture(name="tested", scope="module")
def _tested(extra: None) -> Iterator[EmulatedAws]:
    """An account of its own, whose clock nobody else puts forward, with a backup of a table of one item."""
    with emulated_aws(region=HERE) as aws:
        make_roles(aws)
        dynamodb, backup = aws.client("dynamodb", HERE), aws.client("backup", HERE)
        dynamodb.create_table(
            TableName="orders",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        dynamodb.put_item(TableName="orders", Item={"pk": {"S": "1"}})
        backup.create_backup_vault(BackupVaultName="kept")
        arn = f"arn:aws:dynamodb:{HERE}:123456789012:table/orders"
        backup.start_backup_job(BackupVaultName="kept", ResourceArn=arn, IamRoleArn=ROLE)
        yield aws


def jobs(backup: Any, plan: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = backup.list_restore_jobs(ByRestoreTestingPlanArn=plan)["RestoreJobs"]
    return found


def test_a_restore_test_restores_by_its_schedule_is_judged_and_removed_when_its_window_ends(
    tested: EmulatedAws,
) -> None:
    backup, dynamodb = tested.client("backup", HERE), tested.client("dynamodb", HERE)
    hourly = make(backup, "hourly", ScheduleExpression="cron(0 * ? * * *)")
    select(backup, "hourly", "tables", ValidationWindowHours=1)

    tested.let_pass(3600)
    job = jobs(backup, hourly)[0]
    restored = job["CreatedResourceArn"].rpartition("/")[2]
    assert (job["Status"], job["ValidationStatus"]) == ("COMPLETED", "VALIDATING")
    assert dynamodb.scan(TableName=restored)["Items"] == [{"pk": {"S": "1"}}]

    backup.put_restore_validation_result(RestoreJobId=job["RestoreJobId"], ValidationStatus="SUCCESSFUL")
    backup.delete_restore_testing_selection(RestoreTestingPlanName="hourly", RestoreTestingSelectionName="tables")
    tested.let_pass(3700)
    shown = backup.describe_restore_job(RestoreJobId=job["RestoreJobId"])
    assert (shown["ValidationStatus"], shown["DeletionStatus"]) == ("SUCCESSFUL", "SUCCESSFUL")
    assert restored not in dynamodb.list_tables()["TableNames"]


def test_a_role_that_may_not_restore_fails_the_restore_test(tested: EmulatedAws) -> None:
    backup = tested.client("backup", HERE)
    plan = make(backup, "refused", ScheduleExpression=EVERY_MINUTE)
    select(backup, "refused", "tables", IamRoleArn="arn:aws:iam::123456789012:role/monitoring")

    tested.let_pass(60)
    backup.delete_restore_testing_selection(RestoreTestingPlanName="refused", RestoreTestingSelectionName="tables")
    job = jobs(backup, plan)[0]
    assert (job["Status"], "cannot be assumed by AWS Backup" in job["StatusMessage"]) == ("FAILED", True)


def test_no_restore_test_runs_in_a_region_that_is_gone(tested: EmulatedAws) -> None:
    backup = tested.client("backup", HERE)
    plan = make(backup, "gone", ScheduleExpression=EVERY_MINUTE)
    select(backup, "gone", "tables")
    with tested.fail_region(HERE):
        tested.let_pass(300)
    backup.delete_restore_testing_selection(RestoreTestingPlanName="gone", RestoreTestingSelectionName="tables")

    assert len(jobs(backup, plan)) <= 1, "but for a minute that began after the Region had returned"


def test_a_database_is_restored_into_the_network_it_is_told_and_nowhere_without_a_default_vpc(
    tested: EmulatedAws,
) -> None:
    backup, rds, ec2 = (tested.client(service, HERE) for service in ("backup", "rds", "ec2"))
    here = prepared(tested, HERE)
    create_instance(here, "ledger")
    arn = f"arn:aws:rds:{HERE}:123456789012:db:ledger"
    backup.start_backup_job(BackupVaultName="kept", ResourceArn=arn, IamRoleArn=ROLE)
    for subnet in ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    overrides = {"dbSubnetGroupName": here.subnets, "vpcSecurityGroupIds": json.dumps([here.group])}
    found = {}
    for name, told in (("nowhere", {}), ("network", overrides)):
        plan = make(backup, name, ScheduleExpression=EVERY_MINUTE)
        select(backup, name, "rds", ProtectedResourceType="RDS", RestoreMetadataOverrides=told,
                   ValidationWindowHours=1)  # fmt: skip
        tested.let_pass(60)
        backup.delete_restore_testing_selection(RestoreTestingPlanName=name, RestoreTestingSelectionName="rds")
        found[name] = jobs(backup, plan)[0]

    assert found["nowhere"]["Status"] == "FAILED"
    assert "No default subnet detected" in found["nowhere"]["StatusMessage"]
    assert found["network"]["Status"] == "COMPLETED"
    restored = found["network"]["CreatedResourceArn"].rpartition(":")[2]
    (shown,) = rds.describe_db_instances(DBInstanceIdentifier=restored)["DBInstances"]
    assert shown["DBSubnetGroup"]["DBSubnetGroupName"] == here.subnets
    assert [one["VpcSecurityGroupId"] for one in shown["VpcSecurityGroups"]] == [here.group]


@pytest.mark.parametrize(
    ("expression", "minutes"),
    [
        ("cron(0 5 ? * SUN *)", [5 * 60]),
        ("cron(30 5/12 ? * 1 *)", [5 * 60 + 30, 17 * 60 + 30]),
        ("cron(0,15 0-1 1 FEB ? 2026)", [0, 15, 60, 75]),
        ("cron(0 0 ? * MON-FRI *)", []),
    ],
)
def test_a_schedule_fires_in_its_minutes(expression: str, minutes: list[int]) -> None:
    from constructs_lib.emulator.cron import fires

    day = datetime(2026, 2, 1, tzinfo=UTC).timestamp()  # a Sunday
    assert [minute for minute in range(24 * 60) if fires(expression, day + 60 * minute)] == minutes
    assert fires("cron(0 5 ? * SUN *)", day + 4 * 3600, "Europe/Berlin")
