"""What is synthesized is billed, free or named as left out: in the reference stacks, and for every pattern."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.prices import load_prices
from constructs_lib.catalog.prices.billing import load_billing, not_counted
from constructs_lib.components import Kind
from constructs_lib.constructs.bucket.bucket import Bucket
from constructs_lib.constructs.distribution.distribution import Distribution
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.table.key_attribute import KeyAttribute
from constructs_lib.constructs.table.table import Table
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.costs import MonthlyCost, monthly_cost, together, watching_cost
from constructs_lib.costs.watching import counted_together
from constructs_lib.documents.read.gather import gather
from constructs_lib.objectives import Objective, Target
from constructs_lib.objectives.acceptance import Acceptance
from constructs_lib.plan.document.stack import Stack
from constructs_lib.terraform import engine
from constructs_lib.terraform.engine import App, TerraformStack
from constructs_lib.terraform.resource import AwsResource
from constructs_lib.testing import explanation_of
from stacks.application import build
from stacks.documents import DIRECTORY
from tests.constructs import test_database, test_filesystem, test_table
from tests.constructs.test_workload import ROUTING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

BILLING = load_billing()
LEFT_OUT = {name for item in BILLING.left_out for name in item.types}
ANYTHING = Objective(software=Target("30d", "30d"))


def _built(stacks: Iterable[Mapping[str, Any]]) -> Counter[str]:
    return Counter(
        {
            name: sum(len(stack.get("resource", {}).get(name, {})) for stack in stacks)
            for stack in stacks
            for name in stack.get("resource", {})
            # Terraform's own are nothing that anybody bills.
            if name.startswith("aws_")
        }
    )


def _all(stack: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    return [(type_, item) for type_, named in stack.get("resource", {}).items() for item in named.values()]


def _check(built: Counter[str], bill: MonthlyCost) -> None:
    unknown = built.keys() - BILLING.billed.keys() - BILLING.free.types - LEFT_OUT
    assert not unknown, f"say in billing.toml what {sorted(unknown)} cost"
    dimensions = {line.price.dimension for line in bill.lines}
    for name in built.keys() & BILLING.billed.keys():
        starts = tuple(start for start in BILLING.billed[name] if start.endswith("."))
        assert any(item.startswith(starts) or item in BILLING.billed[name] for item in dimensions), name
    amounts: Counter[str] = Counter()
    for line in bill.lines:
        amounts[line.price.dimension] += int(line.amount)
    assert amounts["kms.key"] == built["aws_kms_key"]
    assert amounts["route53.health_check.aws"] == built["aws_route53_health_check"]
    assert amounts["nat.hour"] == built["aws_nat_gateway"] * 730


def _check_stacks(stacks: Sequence[Mapping[str, Any]], cost: MonthlyCost) -> None:
    beside = counted_together(counts for stack in stacks for _, counts in Stack(name="", content=stack).watched())
    _check(_built(stacks), together([cost, watching_cost(beside)]))


def test_every_type_is_in_one_place_and_every_dimension_exists() -> None:
    assert not BILLING.billed.keys() & BILLING.free.types
    assert not (BILLING.billed.keys() | BILLING.free.types) & LEFT_OUT
    known = load_prices().dimensions
    for names in BILLING.billed.values():
        for name in names:
            assert name == "rds.instance." or any(
                item == name or (name[-1] == "." and item.startswith(name)) for item in known
            )


def test_what_is_billed_for_being_there_is_not_left_out() -> None:
    """What these types cost is decided by how much they are used, which nobody has told."""
    assert {
        "aws_backup_framework",
        "aws_backup_restore_testing_plan",
        "aws_backup_restore_testing_selection",
        "aws_cloudwatch_log_group",
        "aws_ecr_repository",
        "aws_route53_zone",
        "aws_s3_bucket_metric",
        "aws_sns_topic",
        "aws_sns_topic_subscription",
        "aws_sqs_queue",
    } == LEFT_OUT


def test_what_a_table_or_its_storage_may_be_and_is_not_billed_as_is_named() -> None:
    """A memo said what a provisioned table costs, and had billed it on demand without a word."""
    said = " ".join(not_counted(("table",)))
    for words in ("secondary indexes", "provisioned throughput", "infrequent access", "on demand"):
        assert words in said, words


def test_a_bill_does_not_list_what_only_others_have() -> None:
    """The cost of a table ended in ten lines about services, distributions and file systems."""
    said = " ".join(not_counted(("table",)))
    for words in (
        "distribution fails over",
        "NAT gateways",
        "container insights",
        "elastic throughput",
        "images",
        "IPv4",
    ):
        assert words not in said, words
    assert set(not_counted(Kind)) == {item.what for item in BILLING.left_out}
    assert {kind for item in BILLING.left_out for kind in item.kinds} <= set(Kind)


@pytest.mark.parametrize(("kind", "from_"), [("bucket", "50 TB"), ("distribution", "10 TB")])
def test_that_large_amounts_cost_less_is_named_as_left_out(kind: str, from_: str) -> None:
    """A petabyte was billed at 8 % more than S3 takes for it, and 120 TB at 21 % more than CloudFront does."""
    assert any("lower prices" in what and from_ in what for what in not_counted((kind,)))
    assert not any("lower prices" in what for what in not_counted(("table",)))


def test_what_leaves_for_the_internet_is_named_as_left_out() -> None:
    assert any("to the internet" in what for what in not_counted(()))


def test_each_reference_workload_pays_for_what_is_built(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    build(app)
    app.synth()
    stacks = {
        path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in tmp_path.glob("*/*/cdk.tf.json")
    }
    for workload in gather(DIRECTORY.parent / "recovery.yaml", stacks=tmp_path).workloads:
        billed = [item for item in workload.components if item.component.kind is not Kind.EXTERNAL]
        watching = watching_cost(workload.watched)
        bill = together([watching, *(monthly_cost(item.component, item.usage) for item in billed)])
        built = _built([stack for name, stack in stacks.items() if name.startswith(f"{workload.name}-")])
        assert built["aws_kms_key"] >= 2
        counted: Counter[str] = Counter()
        for line in watching.lines:
            counted[line.price.dimension] += int(line.amount)
        assert counted["cloudwatch.composite_alarm"] == built["aws_cloudwatch_composite_alarm"]
        assert counted["cloudwatch.alarm"] == built["aws_cloudwatch_metric_alarm"] > 0
        assert counted["cloudwatch.dashboard"] == built["aws_cloudwatch_dashboard"]
        # Each in two subnets, by the hour; that of S3 is a gateway's and costs nothing.
        given = [item for name, stack in stacks.items() if name.startswith(f"{workload.name}-") for item in _all(stack)]
        interfaces = [item for type_, item in given if type_ == "aws_vpc_endpoint" and "subnet_ids" in item]
        assert counted["vpc.endpoint.hour"] == len(interfaces) * 2 * 730
        assert bool(interfaces) is any(item.component.kind is Kind.SERVICE for item in billed)
        _check(built, bill)


@pytest.mark.parametrize("pattern", [item.name for item in load_catalog().patterns["bucket"]])
def test_a_bucket_of_every_pattern_pays_for_what_is_built(pattern: str) -> None:
    sites = Sites.per_region(engine.Testing.app(), "shop", primary="eu-west-1", recovery="eu-central-1")
    bucket = Bucket(sites, "assets", objective=ANYTHING, pattern=pattern)  # type: ignore[arg-type]
    _check_stacks(_stacks(sites), bucket.decision.choice.chosen.cost)


@pytest.mark.parametrize("pattern", [item.name for item in load_catalog().patterns["table"]])
def test_a_table_of_every_pattern_pays_for_what_is_built(pattern: str) -> None:
    table = test_table.build(pattern)
    _check_stacks(list(test_table.stacks_of(table).values()), table.decision.choice.chosen.cost)


@pytest.mark.parametrize("pattern", [item.name for item in load_catalog().patterns["database"]])
def test_a_database_of_every_pattern_pays_for_what_is_built(pattern: str) -> None:
    database = test_database.build(pattern)
    _check_stacks(list(test_database.stacks_of(database).values()), database.decision.choice.chosen.cost)


@pytest.mark.parametrize("pattern", [item.name for item in load_catalog().patterns["filesystem"]])
def test_a_file_system_of_every_pattern_pays_for_what_is_built(pattern: str) -> None:
    system = test_filesystem.build(pattern)
    _check_stacks(list(test_filesystem.stacks_of(system).values()), system.decision.choice.chosen.cost)


def test_a_distribution_over_two_buckets_pays_for_what_is_built() -> None:
    sites = Sites.per_region(engine.Testing.app(), "shop", primary="eu-west-1", recovery="eu-central-1")
    bucket = Bucket(sites, "assets", objective=ANYTHING, pattern="replication")
    distribution = Distribution(sites, "cdn", bucket=bucket, objective=Objective(region=Target("1h", "1h")))
    costs = [item.decision.choice.chosen.cost for item in (bucket, distribution)]
    _check_stacks(_stacks(sites), together(costs))


@pytest.mark.parametrize(
    ("changed", "checks", "options"),
    [
        ({}, 3, 1),
        ({"fast": True}, 3, 2),
        ({"by_latch": True}, 2, 1),
        ({"data_path": "/data", "data_alarms": ["ledger-fails"]}, 5, 2),
        ({"data_path": "/data", "moves_when": "all", "fast": True}, 5, 4),
        ({"data_path": "/data", "recovery_share_percent": 20}, 7, 4),
    ],
)
@pytest.mark.parametrize("pattern", ["global_table", "backup_copy"])
def test_every_health_check_of_a_routing_is_paid_for_whatever_counts_on_it(
    pattern: str, changed: dict[str, Any], checks: int, options: int
) -> None:
    """A component that people repoint has no part of the routing in its own bill."""
    sites = Sites.per_region(engine.Testing.app(), "shop", primary="eu-west-1", recovery="eu-central-1")
    shop = Workload(sites, objective=Objective("7d", "2d"), routing=attrs.evolve(ROUTING, **changed))
    accepted = Acceptance(owner="shop", reason="written to at home alone", region=Target("7d", "2d"))
    Table(shop, "orders", partition_key=KeyAttribute("id"), pattern=pattern, accept=accepted)  # type: ignore[arg-type]

    bill = together([explanation_of(shop).watching, *(item.choice.chosen.cost for item in shop.decisions)])

    amounts = {line.price.dimension: line.amount for line in bill.lines}
    assert amounts["route53.health_check.aws"] == checks
    assert amounts["route53.health_check_option.aws"] == options


def test_what_a_team_builds_around_a_workload_is_in_its_bill_where_its_tags_say_whose_it_is() -> None:
    app = engine.Testing.app()
    shop, desk = (
        Sites.in_one_stack(TerraformStack(app, name), name, primary="eu-west-1", recovery="eu-central-1")
        for name in ("shop", "desk")
    )
    assert shop.recovery is not None
    for id, site, tags in (("one", shop.primary, {}), ("two", shop.recovery, {"recovery:workload": "shop"})):
        AwsResource(
            site.scope, f"nat-{id}", "aws_nat_gateway", {"subnet_id": "subnet-1", "tags": tags}, provider=site.provider
        )
    named = {"vpc_id": "vpc-1", "service_name": "com.amazonaws.eu-central-1.logs", "vpc_endpoint_type": "Interface"}
    AwsResource(
        shop.primary.scope,
        "logs",
        "aws_vpc_endpoint",
        {**named, "subnet_ids": ["subnet-1", "subnet-2", "subnet-3"]},
        provider=shop.primary.provider,
    )
    AwsResource(
        shop.primary.scope,
        "s3",
        "aws_vpc_endpoint",
        {"vpc_id": "vpc-1", "service_name": "com.amazonaws.eu-west-1.s3"},
        provider=shop.primary.provider,
    )

    watching = {"comparison_operator": "GreaterThanThreshold", "evaluation_periods": 1, "threshold": 1}
    metrics = [{"id": name, "metric": {"metric_name": name, "namespace": "AWS/ECS", "period": 60}} for name in "ab"]
    rate = {"id": "rate", "expression": "a / b", "return_data": True}
    for name, asked in (("joined", {"metric_query": [rate, *metrics]}), ("fast", {"metric_name": "a", "period": 10})):
        alarm = {"alarm_name": name, **watching, **asked}
        AwsResource(shop.primary.scope, name, "aws_cloudwatch_metric_alarm", alarm, provider=shop.primary.provider)

    lines = {(line.price.dimension, line.price.region): line.amount for line in watching_cost(shop.watched).lines}

    assert lines == {
        ("cloudwatch.alarm", "eu-west-1"): 2,
        ("cloudwatch.alarm.high_resolution", "eu-west-1"): 1,
        ("nat.hour", "eu-west-1"): 730,
        ("nat.hour", "eu-central-1"): 730,
        ("vpc.endpoint.hour", "eu-central-1"): 3 * 730,
    }
    assert watching_cost(desk.watched).lines == ()


def _stacks(sites: Sites) -> list[dict[str, Any]]:
    assert sites.recovery is not None
    places = (sites.primary, sites.recovery, sites.global_)
    return [json.loads(engine.Testing.synth(stack)) for stack in dict.fromkeys(site.stack for site in places)]
