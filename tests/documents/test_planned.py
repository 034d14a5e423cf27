"""Documents of any Terraform, from a real plan and a declaration that matches it."""

from __future__ import annotations

from pathlib import Path

import pytest

from constructs_lib.declaration.declaration import parse_declaration
from constructs_lib.documents.documented_workload import DocumentedWorkload
from constructs_lib.documents.documents import render_documents
from constructs_lib.documents.read.plans import read_plans
from constructs_lib.documents.runbook import runbook
from constructs_lib.errors import EvaluationError, PlanError
from constructs_lib.objectives import Disruption

PLANS = Path(__file__).parents[1] / "plan" / "fixtures"


def planned(fixture: str, match: str) -> DocumentedWorkload:
    text = f"version: 1\nworkloads: {{shop: {{objective: {{rto: 2h, rpo: 1h}}, components: [{{match: {match}}}]}}}}"
    (workload,) = read_plans([PLANS / fixture / "plan.json"], parse_declaration(text))
    return workload


@pytest.mark.parametrize(
    ("fixture", "address"),
    [
        ("buckets", "aws_s3_bucket.good"),
        ("tables", "aws_dynamodb_table.good"),
        ("clusters", "aws_rds_cluster.good"),
        ("instances", "aws_db_instance.good"),
        ("dsql", "aws_dsql_cluster.good"),
        ("distributions", "aws_cloudfront_distribution.good"),
        ("backups", "aws_dynamodb_table.good"),
    ],
)
def test_every_kind_has_all_documents(fixture: str, address: str) -> None:
    workload = planned(fixture, address)

    assert [item.name for item in workload.components] == [address]
    assert len(render_documents([workload])) == 8


def test_a_runbook_of_a_plan_names_what_is_in_the_recovery_region() -> None:
    book = runbook(planned("clusters", "aws_rds_cluster.good"))
    region = next(item for item in book.scenarios if item.disruption is Disruption.REGION)
    commands = " ".join(command for step in region.recoveries[0].steps for command in step.action.commands)

    assert "failover-global-cluster --region eu-central-1" in commands
    assert "$RECOVERY_CLUSTER" not in commands
    assert "$GLOBAL_CLUSTER" not in commands


def test_a_bucket_that_is_the_copy_of_another_is_named_in_its_runbook_and_not_a_component() -> None:
    workload = planned("buckets", '"aws_s3_bucket.good*"')

    assert [item.name for item in workload.components] == ["aws_s3_bucket.good"]
    assert {member.region for member in workload.components[0].members} == {"eu-west-1", "eu-central-1"}


def test_a_plan_that_matches_nothing_cannot_be_documented() -> None:
    with pytest.raises(EvaluationError, match="no resource of the plan belongs to a declared workload"):
        planned("buckets", "aws_s3_bucket.nothing")


def test_what_is_no_plan_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("{}", encoding="utf-8")

    with pytest.raises(PlanError):
        read_plans([tmp_path / "plan.json"], parse_declaration("version: 1"))
