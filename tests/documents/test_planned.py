"""Documents of any Terraform, from a real plan and a declaration that matches it."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from constructs_lib.assessment.evidence import design_of
from constructs_lib.declaration.declaration import parse_declaration
from constructs_lib.documents.documented_workload import DocumentedWorkload
from constructs_lib.documents.documents import contradicted, render_documents
from constructs_lib.documents.evidence import evidence_page
from constructs_lib.documents.read.plans import read_plans
from constructs_lib.documents.runbook import runbook
from constructs_lib.errors import EvaluationError, PlanError
from constructs_lib.objectives import Disruption
from tests.assessment.test_evidence import record
from tests.review.made import backup, bucket, instance, plan, table, versioned
from tests.review.recorded import PLANS as RECORDED
from tests.review.recorded import ROLES, TODAY, WORKLOADS, declaration, recorded, reviewed

if TYPE_CHECKING:
    from collections.abc import Sequence

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


# ---------------------------------------------------------------- as a review and the stacks tell it


def recorded_plans(workload: str, roles: Sequence[str] = ROLES) -> list[Path]:
    return [RECORDED / f"{workload}-{role}.deployed.json" for role in roles]


@pytest.mark.parametrize("workload", WORKLOADS)
def test_the_plans_of_a_workload_promise_what_a_review_of_them_does(workload: str) -> None:
    """What was accepted of a part in writing was a breach, and two buckets that copy each other were paid for twice."""
    (found,) = read_plans(recorded_plans(workload), declaration())
    result = reviewed(recorded(workload))
    promised = {item.address: str(item.objective) for item in result.components}
    tags = [dict(item.component.tags)["recovery:component"] for item in found.components]

    assert len(set(tags)) == len(tags)
    assert [dict(item.component.tags).get("recovery:holds") for item in found.components] == [None] * len(tags)
    assert found.whole.verdict == result.verdict == "met"
    for item in found.components:
        assert promised[item.name.replace(".deployed/", "/")] == str(item.objective)
    assert contradicted([found]) == ()


def test_an_address_is_as_it_is_in_its_own_plan() -> None:
    """Joined, the name of a stack may stand before it; a review matched it, and the documents did not."""
    text = "version: 1\nworkloads: {shop: {objective: {rto: 2h, rpo: 1h}, components: [{match: aws_s3_bucket.site}]}}"
    (found,) = read_plans(recorded_plans("storefront"), parse_declaration(text))

    assert [item.name for item in found.components] == ["storefront-primary.deployed/aws_s3_bucket.site"]


def planned_bill(tmp_path: Path, *resources: dict[str, Any]) -> DocumentedWorkload:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan(*resources)), encoding="utf-8")
    text = "version: 1\nworkloads: {shop: {objective: {rto: 2d, rpo: 2d}, components: [{match: '*'}]}}"
    (found,) = read_plans([file], parse_declaration(text))
    return found


def test_a_bill_is_of_the_class_size_and_capacity_that_a_plan_tells(tmp_path: Path) -> None:
    """Every database was billed as the smallest that has a price, with 100 GB."""
    index = {"read_capacity": 50, "write_capacity": 10}
    (database, orders) = planned_bill(
        tmp_path,
        instance(instance_class="db.m6g.4xlarge", allocated_storage=500),
        table(replica=[], read_capacity=100, write_capacity=20, global_secondary_index=[index]),
    ).components

    assert (database.usage.instance_class, str(database.usage.size_gb)) == ("db.m6g.4xlarge", "500")
    assert (str(orders.usage.read_capacity), str(orders.usage.write_capacity)) == ("150", "30")
    assert len(render_documents([planned_bill(tmp_path, instance(), table(replica=[]))])) == 8


def test_a_cluster_is_billed_by_the_class_of_its_instances() -> None:
    catalogue = next(
        item for item in read_plans(recorded_plans("storefront"), declaration())[0].components if "rds" in item.name
    )

    assert catalogue.usage.instance_class == "db.r5.large"
    # AWS tells of every Aurora cluster that it has allocated 1 GB.
    assert (catalogue.component.size_gb, str(catalogue.usage.size_gb)) == (100, "100")


def test_what_watches_a_workload_is_on_the_bill_of_its_plans() -> None:
    (found,) = read_plans(recorded_plans("storefront"), declaration())

    assert found.watched["cloudwatch.alarm"] == {"us-east-1": 2, "eu-west-1": 7, "eu-central-1": 9}


def test_what_was_not_found_is_noted(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan(instance(), complete=False)), encoding="utf-8")
    text = """
version: 1
workloads:
  shop: {objective: {rto: 2d, rpo: 2d}, components: [{match: aws_db_instance.db}, {match: aws_s3_bucket.gone}]}
  other: {objective: {rto: 2d, rpo: 2d}}
"""
    notes: list[str] = []
    read_plans([file], parse_declaration(text), notes)

    assert [note.partition(",")[0] for note in notes] == [
        "a plan leaves something out",
        "other is declared",
        "recovery.yaml",
    ]
    assert notes[2].endswith("line 4: nothing in the plans answers to aws_s3_bucket.gone of shop")


def test_a_plan_that_failed_half_way_is_not_documented(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan(instance(), errored=True)), encoding="utf-8")

    with pytest.raises(EvaluationError, match="failed half way"):
        read_plans([file], parse_declaration("version: 1"))


def test_a_promise_of_a_parts_own_is_said_in_the_summary_and_the_memo() -> None:
    text = """
version: 1
workloads:
  shop:
    objective: {rto: 2h, rpo: 1h}
    components: [{match: aws_s3_bucket.good, objective: {rto: 4h, rpo: 1d}}]
"""
    (found,) = read_plans([PLANS / "buckets" / "plan.json"], parse_declaration(text))
    texts = {item.kind: item.text for item in render_documents([found], formats=["markdown"])}

    for kind in ("summary", "cost"):
        assert "hardware, zone, region: RTO 4h, RPO 1d" in texts[kind]


def test_a_drill_of_the_stacks_stands_beside_what_their_plans_tell() -> None:
    (found,) = read_plans(recorded_plans("reporting"), declaration())
    item = next(item for item in found.components if "aws_db_instance" in item.name)
    mechanism = str(item.assessment.estimates[Disruption.REGION].mechanism)
    drill = record(workload="reporting", disruption="region", design=design_of(item.component, mechanism))
    tried = msgspec.structs.replace(drill.components[0], name="warehouse", address=None, mechanism=mechanism)
    page = evidence_page(
        [(msgspec.structs.replace(drill, components=[tried]), "0" * 64)], today=TODAY, workloads=[found]
    )

    assert "Measured beside estimated" in page
    assert "nothing that counts" not in page


@pytest.mark.parametrize("workload", WORKLOADS)
def test_the_figures_of_the_summary_add_up_to_what_is_built(workload: str) -> None:
    """A reader saw USD 1,365 a month, and USD 133 more than the 222 of one Region."""
    (found,) = read_plans(recorded_plans(workload), declaration())
    (page,) = render_documents([found], ["summary"], ["markdown"])
    (line,) = [line for line in page.text.splitlines() if "a month at list prices" in line]
    shown = [Decimal(text.replace(",", "")) for text in re.findall(r"USD ([\d,.]+\d)", line)]
    built, more, one_region = shown[:3]
    beyond, watched = shown[-2:]

    assert built == one_region + more + beyond
    assert watched <= beyond


def test_what_is_kept_for_good_is_billed_as_a_year_of_it(tmp_path: Path) -> None:
    """A bucket with versions and no lifecycle, as most are, came to USD 48 million a month."""
    found = planned_bill(
        tmp_path,
        bucket("data"),
        versioned("data"),
        *backup({"lifecycle": [], "schedule": "cron(0 5 * * ? *)"}),
        table(replica=[]),
    )
    (memo,) = render_documents([found], ["cost"], ["markdown"])
    built = [Decimal(text.replace(",", "")) for text in re.findall(r"Built: USD ([\d,.]+\d) a month", memo.text)]

    assert len(built) == len(found.components)
    # Backups of DynamoDB are full each time: a year of them is a lot, and all of them for ever no number.
    assert all(usd < 10_000 for usd in built), built
    assert "noncurrent versions, kept for good: what 365 days of changes make" in memo.text
    assert "backups, kept for good: what 365 days of changes make" in memo.text


def test_what_has_no_price_keeps_no_document_from_the_rest(tmp_path: Path) -> None:
    """RDS Custom is no engine of the catalog."""
    found = planned_bill(tmp_path, instance(engine="custom-oracle-ee"), bucket("data"), versioned("data"))
    texts = {item.kind: item.text for item in render_documents([found], formats=["markdown"])}

    assert "Not priced: aws" in texts["cost"]
    assert "Not priced, and not in these figures: aws" in texts["summary"]
