"""Restore testing of AWS Backup: plans and selections are kept as they are given, and refused as AWS refuses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.regions import HERE, code

if TYPE_CHECKING:
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
