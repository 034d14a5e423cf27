"""What the constructs build is not called wrong once it is live: a plan's arguments are more than AWS tells."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.declaration.declaration import parse_declaration
from constructs_lib.operations.auditing.audit import audit
from constructs_lib.operations.auditing.policy import audit_policy
from tests.operations.seeded import HOME, RECOVERY
from tests.operations.test_audit import AUDITOR, Session
from tests.operations.test_live_routing import route

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.emulator import EmulatedAws

pytestmark = pytest.mark.emulator

LIVE: list[tuple[str, dict[str, Any]]] = [
    ("bucket", {"pattern": "two_way_replication"}),
    ("table", {"pattern": "global_table"}),
    ("table", {"pattern": "global_table_strong"}),
    ("table", {"pattern": "global_table_strong_witness"}),
    ("database", {"engine": "postgres", "pattern": "multi_az_cluster"}),
    ("database", {"engine": "postgres", "pattern": "multi_az_read_replica"}),
    ("database", {"engine": "aurora-postgresql", "pattern": "global_database"}),
    ("database", {"engine": "dsql", "pattern": "dsql_multi_region"}),
    ("filesystem", {"pattern": "replication"}),
    ("service", {"pattern": "in_full"}),
]


@pytest.mark.parametrize("case", LIVE, ids=lambda case: case[1]["pattern"])
def test_what_is_live_as_built_has_no_error(
    case: tuple[str, dict[str, Any]], aws: EmulatedAws, built: Callable[..., DocumentedWorkload]
) -> None:
    workload = built(case[0], **case[1])
    today = datetime.now(UTC).date()
    declaration = parse_declaration("version: 1\n", file="recovery.yaml", today=today)

    found = audit((HOME, RECOVERY), declaration, today=today, session=Session(aws))

    own = [item for item in found.review.findings if f"{workload.name}-" in item.address]
    assert [(item.id, item.message) for item in own if item.severity.value == "error"] == []


IDLE = {
    # An audit reads the tags in descriptions; https://github.com/aws/aws-cli/issues/6392 is of one without them, and
    # nothing says whether AWS leaves them out for who may not list them.
    "rds:ListTagsForResource",
    # Where the listing told no Region.
    "s3:GetBucketLocation",
}
"""What the policy allows and an audit of everything does not ask for."""


def test_each_action_of_the_policy_is_asked_for_and_none_besides(
    aws: EmulatedAws, built: Callable[..., DocumentedWorkload]
) -> None:
    workloads = {
        kind: built(kind, **options).name
        for kind, options in (
            ("bucket", {"pattern": "replication"}),
            ("table", {"pattern": "global_table"}),
            ("database", {"engine": "dsql", "pattern": "dsql"}),
            ("filesystem", {"pattern": "backup_copy"}),
            ("service", {"pattern": "definitions"}),
        )
    }
    backup = aws.client("backup", HOME)
    backup.create_backup_vault(BackupVaultName="asked")
    rule = {"RuleName": "daily", "TargetBackupVaultName": "asked", "ScheduleExpression": "cron(0 5 * * ? *)"}
    plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": "asked", "Rules": [rule]})["BackupPlanId"]
    role = "arn:aws:iam::123456789012:role/asked"
    selection = {"SelectionName": "asked", "IamRoleArn": role, "Resources": ["arn:aws:dynamodb:*:*:table/asked"]}
    backup.create_backup_selection(BackupPlanId=plan, BackupSelection=selection)
    # A zone is looked into only where one of its health checks is found.
    route(aws, workloads["table"], "audited-policy.net")
    # What follows an alarm has that looked up.
    edge = aws.client("route53", "us-east-1")
    follows = {
        "Type": "CLOUDWATCH_METRIC",
        "AlarmIdentifier": {"Region": RECOVERY, "Name": "audited"},
        "InsufficientDataHealthStatus": "LastKnownStatus",
    }
    aws.client("cloudwatch", RECOVERY).put_metric_alarm(
        AlarmName="audited",
        Namespace="Recovery",
        MetricName="Latch",
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    check = edge.create_health_check(CallerReference="audited", HealthCheckConfig=follows)["HealthCheck"]["Id"]
    tag = {"Key": "recovery:workload", "Value": workloads["table"]}
    edge.change_tags_for_resource(ResourceType="healthcheck", ResourceId=check, AddTags=[tag])
    today = datetime.now(UTC).date()
    declaration = parse_declaration("version: 1\n", file="recovery.yaml", today=today)
    aws.hold(AUDITOR, json.loads(audit_policy()))

    found = audit((HOME, RECOVERY), declaration, today=today, session=Session(aws))

    asked = {item["action"]: item["allowed"] for item in aws.asked_of(AUDITOR)}
    allowed = {action for item in json.loads(audit_policy())["Statement"] for action in item["Action"]}
    assert found.unasked == ()
    assert all(asked.values())
    assert allowed - set(asked) == IDLE
