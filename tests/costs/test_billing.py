"""What is synthesized is billed, free or named as left out: in the reference stacks, and for every pattern."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.prices import load_prices
from constructs_lib.catalog.prices.billing import load_billing, not_counted
from constructs_lib.components import Kind
from constructs_lib.constructs.bucket.bucket import Bucket
from constructs_lib.constructs.distribution.distribution import Distribution
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.costs import MonthlyCost, monthly_cost, together, watching_cost
from constructs_lib.documents.read.gather import gather
from constructs_lib.objectives import Objective, Target
from constructs_lib.terraform import engine
from constructs_lib.terraform.engine import App
from stacks.application import build
from stacks.documents import DIRECTORY
from tests.constructs import test_database, test_filesystem, test_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
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


def _check(built: Counter[str], bill: MonthlyCost) -> None:
    unknown = built.keys() - BILLING.billed.keys() - BILLING.free.types - LEFT_OUT
    assert not unknown, f"say in billing.toml what {sorted(unknown)} cost"
    dimensions = {line.price.dimension for line in bill.lines}
    for name in built.keys() & BILLING.billed.keys():
        starts = tuple(start for start in BILLING.billed[name] if start.endswith("."))
        assert any(item.startswith(starts) or item in BILLING.billed[name] for item in dimensions), name
    amounts = {line.price.dimension: 0 for line in bill.lines} | {"kms.key": 0, "route53.health_check.aws": 0}
    for line in bill.lines:
        amounts[line.price.dimension] += int(line.amount)
    assert amounts["kms.key"] == built["aws_kms_key"]
    assert amounts["route53.health_check.aws"] == built["aws_route53_health_check"]


def test_every_type_is_in_one_place_and_every_dimension_exists() -> None:
    assert not BILLING.billed.keys() & BILLING.free.types
    assert not (BILLING.billed.keys() | BILLING.free.types) & LEFT_OUT
    known = load_prices().dimensions
    for names in BILLING.billed.values():
        for name in names:
            assert name == "rds.instance." or any(
                item == name or (name[-1] == "." and item.startswith(name)) for item in known
            )


def test_what_leaves_for_the_internet_is_named_as_left_out() -> None:
    assert any("to the internet" in what for what in not_counted())


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
        counted = Counter({line.price.dimension: 0 for line in watching.lines})
        for line in watching.lines:
            counted[line.price.dimension] += int(line.amount)
        assert counted == {
            "cloudwatch.composite_alarm": built["aws_cloudwatch_composite_alarm"],
            "cloudwatch.dashboard": built["aws_cloudwatch_dashboard"],
        }
        _check(built, bill)


@pytest.mark.parametrize("pattern", [item.name for item in load_catalog().patterns["bucket"]])
def test_a_bucket_of_every_pattern_pays_for_what_is_built(pattern: str) -> None:
    sites = Sites.per_region(engine.Testing.app(), "shop", primary="eu-west-1", recovery="eu-central-1")
    bucket = Bucket(sites, "assets", objective=ANYTHING, pattern=pattern)  # type: ignore[arg-type]
    _check(_built(_stacks(sites)), bucket.decision.choice.chosen.cost)


@pytest.mark.parametrize("pattern", [item.name for item in load_catalog().patterns["table"]])
def test_a_table_of_every_pattern_pays_for_what_is_built(pattern: str) -> None:
    table = test_table.build(pattern)
    _check(_built(list(test_table.stacks_of(table).values())), table.decision.choice.chosen.cost)


@pytest.mark.parametrize("pattern", [item.name for item in load_catalog().patterns["database"]])
def test_a_database_of_every_pattern_pays_for_what_is_built(pattern: str) -> None:
    database = test_database.build(pattern)
    _check(_built(list(test_database.stacks_of(database).values())), database.decision.choice.chosen.cost)


@pytest.mark.parametrize("pattern", [item.name for item in load_catalog().patterns["filesystem"]])
def test_a_file_system_of_every_pattern_pays_for_what_is_built(pattern: str) -> None:
    system = test_filesystem.build(pattern)
    _check(_built(list(test_filesystem.stacks_of(system).values())), system.decision.choice.chosen.cost)


def test_a_distribution_over_two_buckets_pays_for_what_is_built() -> None:
    sites = Sites.per_region(engine.Testing.app(), "shop", primary="eu-west-1", recovery="eu-central-1")
    bucket = Bucket(sites, "assets", objective=ANYTHING, pattern="replication")
    distribution = Distribution(sites, "cdn", bucket=bucket, objective=Objective(region=Target("1h", "1h")))
    costs = [item.decision.choice.chosen.cost for item in (bucket, distribution)]
    _check(_built(_stacks(sites)), together(costs))


def _stacks(sites: Sites) -> list[dict[str, Any]]:
    assert sites.recovery is not None
    places = (sites.primary, sites.recovery, sites.global_)
    return [json.loads(engine.Testing.synth(stack)) for stack in dict.fromkeys(site.stack for site in places)]
