"""Choosing for a whole workload: what its parts keep together, at the lowest price, and what its neighbours cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product
from math import inf
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from constructs_lib.assessment import Verdict, assess_workload
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.prices import load_prices
from constructs_lib.components import Kind
from constructs_lib.components.external import built_elsewhere
from constructs_lib.costs import together
from constructs_lib.errors import ConfigurationError, InfeasibleError
from constructs_lib.objectives import Disruption, Objective, Target
from constructs_lib.selection import Request, choose
from constructs_lib.selection.built import BuiltWorkload
from constructs_lib.selection.whole import WorkloadChoice, choose_workload
from constructs_lib.selection.workload_menu import Elsewhere, ways_to_build
from tests.examples_of_properties import examples

HOME, AWAY = "eu-west-1", "eu-central-1"
LOOSE = Objective("8h", "24h")


def part(kind: str, objective: Objective = LOOSE, **more: object) -> Request:
    return Request(kind=Kind(kind), objective=objective, region=HOME, recovery_region=AWAY, **more)  # type: ignore[arg-type]


def three(objective: Objective = LOOSE) -> dict[str, Request | Elsewhere]:
    return {
        "warehouse": part("database", objective, engine="postgres"),
        "reports": part("bucket", objective),
        "viewer": part("service", objective),
    }


def search(rto: str, objective: Objective = LOOSE) -> Elsewhere:
    said = built_elsewhere(
        "search", Target(rto, "0"), None, region=HOME, recovery_region=AWAY,
        owner="search team", evidence="game day 7", expires=date(2027, 3, 31),
    )  # fmt: skip
    return Elsewhere(component=said, objective=objective)


def patterns(choice: WorkloadChoice) -> list[str]:
    return [item.pattern for item in choice.chosen.parts]


def test_where_each_part_alone_is_enough_the_cheapest_of_each_is_taken() -> None:
    choice = choose_workload("reporting", LOOSE, three())

    alone = [choose(item).chosen for item in three().values() if isinstance(item, Request)]
    assert patterns(choice) == [item.pattern.name for item in alone]
    # The two Regions' keys are in the bill of each part, and once in the workload's.
    assert choice.chosen.usd == together(item.cost for item in alone).usd
    assert choice.chosen.met


def test_each_second_of_the_longest_path_is_accounted_for() -> None:
    region = choose_workload("reporting", LOOSE, three()).chosen.whole.estimates[Disruption.REGION]

    assert [(leg.step, leg.part, leg.seconds) for leg in region.path] == [
        ("detect", "warehouse", 120),
        ("decide", "warehouse", 900),
        ("act", "warehouse", 3_600 + 12 * 100),
        ("propagate", "warehouse", 300),
        ("propagate", "reports", 300),
        ("act", "viewer", 600 + 300),
        ("propagate", "viewer", 300),
    ]
    assert region.rto_seconds == sum(leg.seconds for leg in region.path)
    assert (region.sets_rto, region.sets_rpo) == ("warehouse", "reports")


def test_what_each_part_keeps_alone_and_the_workload_misses_is_built_faster() -> None:
    """Alone each of the three is back within the hour, by hand; one after the other they are not."""
    tight = Objective("1h", "1h")

    choice = choose_workload("shop", tight, three(tight))

    alone = [choose(item).chosen for item in three(tight).values() if isinstance(item, Request)]
    assert assess_workload([item.assessment for item in alone], tight).verdict is Verdict.BREACHED
    assert choice.chosen.met
    assert choice.chosen.usd > together(item.cost for item in alone).usd


def test_the_neighbours_are_told_with_their_price() -> None:
    choice = choose_workload("reporting", LOOSE, three())
    now = choice.chosen.whole.estimates[Disruption.REGION]

    assert choice.cheaper is not None
    assert choice.cheaper.usd < choice.chosen.usd
    assert choice.cheaper.missed == ("region: nothing recovers reports",)
    assert choice.faster is not None
    assert choice.faster.met
    assert (choice.faster.whole.estimates[Disruption.REGION].rto_seconds or 0) < (now.rto_seconds or 0)
    assert choice.losing_less is not None
    assert choice.losing_less.met
    assert (choice.losing_less.whole.estimates[Disruption.REGION].rpo_seconds or 0) < (now.rpo_seconds or 0)


def test_what_stands_in_the_way_together_is_named_with_a_nearest_that_can_be_had() -> None:
    """The search is back within 8 minutes, as promised; what runs code waits for it, and then starts its tasks."""
    tight = Objective("10m", "15m")
    parts: dict[str, Request | Elsewhere] = {
        "orders": part("table", tight),
        "web": part("service", tight),
        "search": search("8m", tight),
    }

    with pytest.raises(InfeasibleError, match="zone: RTO 11m in place of 10m, set by search") as refused:
        choose_workload("shop", tight, parts)

    nearest = refused.value.nearest
    assert isinstance(nearest, Objective)
    looser: dict[str, Request | Elsewhere] = {
        name: part(name_of, nearest) for name, name_of in (("orders", "table"), ("web", "service"))
    }
    assert choose_workload("shop", nearest, {**looser, "search": search("8m", nearest)}).chosen.met


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"files": part("bucket", Objective("5m", "0"))}, "files of shop stands in the way: no pattern keeps"),
        ({"search": search("9h")}, "search of shop stands in the way: hardware: RTO 9h > 8h"),
    ],
)
def test_a_part_that_alone_misses_its_objective_is_named(parts: dict[str, Request | Elsewhere], said: str) -> None:
    with pytest.raises(InfeasibleError, match=said):
        choose_workload("shop", LOOSE, parts)


def test_a_looser_promise_of_one_part_loosens_the_workloads_and_no_other_parts() -> None:
    strict = Objective("5m", "0")
    parts: dict[str, Request | Elsewhere] = {
        "receipts": part("bucket", strict.with_targets(region=Target("5m", "15m"))),
        "ledger": part("database", strict, engine="dsql"),
        "api": part("service", strict),
    }

    choice = choose_workload("payments", strict, parts)

    region = choice.chosen.whole.estimates[Disruption.REGION]
    assert (str(region.target), region.sets_rpo) == ("RTO 5m, RPO 15m", "receipts")
    assert choice.chosen.routing == "health_check"
    assert choice.chosen.whole.strategy == "multi-site active/active"
    assert choice.chosen.needs_latch == ()


def test_a_part_with_one_writer_behind_health_checks_needs_the_latch() -> None:
    choice = choose_workload("shop", (tight := Objective("1h", "15m")), three(tight))

    assert choice.chosen.routing != "manual"
    assert choice.chosen.needs_latch == ("warehouse",)


def test_a_workload_of_nothing_and_parts_without_a_common_routing_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="shop has no parts"):
        choose_workload("shop", LOOSE, {})
    apart: dict[str, Request | Elsewhere] = {
        "a": part("table", routings=("manual",)),
        "b": part("table", routings=("health_check",)),
    }
    with pytest.raises(ConfigurationError, match="allow no routing in common"):
        choose_workload("shop", LOOSE, apart)


KINDS = st.lists(st.sampled_from(("bucket", "table", "service", "distribution")), min_size=1, max_size=3)


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.too_slow])
@given(KINDS, st.sampled_from(("8m", "20m", "30m", "45m", "2h")), st.sampled_from(("15m", "1h", "1d")))
def test_no_combination_that_keeps_the_objective_is_cheaper(kinds: list[str], rto: str, rpo: str) -> None:
    """Every combination of the cheapest candidates of each pattern is looked at, without any of the search's bounds."""
    objective = Objective(rto, rpo)
    parts: dict[str, Request] = {f"{kind}-{at}": part(kind, objective) for at, kind in enumerate(kinds)}
    try:
        choice = choose_workload("shop", objective, parts)
        least: Decimal | None = choice.chosen.usd
        assert choice.chosen.met
    except InfeasibleError:
        least = None
    for routing in ("manual", "health_check", "fast_health_check"):
        menus = []
        for item in parts.values():
            try:
                found = choose(
                    Request(kind=item.kind, objective=objective, region=HOME, recovery_region=AWAY, routings=(routing,))
                )
            except InfeasibleError:
                break
            menus.append([one for one in found.candidates if one.kept is not None and one.pattern.asks is None])
        else:
            for built in product(*menus):
                whole = assess_workload([one.assessment for one in built], objective)
                if whole.verdict is Verdict.MET:
                    assert least is not None
                    assert together(one.cost for one in built).usd >= least


MEASURED = Disruption.REGION


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.too_slow])
@example(["database", "bucket"], "30m", "15m")
@given(
    st.lists(st.sampled_from(("bucket", "filesystem", "service", "table")), min_size=1, max_size=3),
    st.sampled_from(("8m", "30m", "45m", "2h", "8h")),
    st.sampled_from(("1m", "15m", "1h", "1d")),
)
def test_the_search_finds_what_looking_at_everything_finds(kinds: list[str], rto: str, rpo: str) -> None:
    """The chosen workload and its neighbours, beside every combination of every way to build the parts."""
    objective = Objective(rto, rpo)
    parts: dict[str, Request | Elsewhere] = {f"{kind}-{at}": part(kind, objective) for at, kind in enumerate(kinds)}
    everything = [
        BuiltWorkload(objective=objective, routing=routing.name, parts=built)
        for routing in load_catalog().routings
        for built in product(*ways_to_build(parts, routing.name, load_catalog(), load_prices()))
    ]
    kept = [built for built in everything if built.met]
    try:
        choice = choose_workload("shop", objective, parts)
    except InfeasibleError:
        assert not kept
        return

    def least(found: list[BuiltWorkload]) -> Decimal | None:
        return min((built.usd for built in found), default=None)

    def rto_of(built: BuiltWorkload) -> float:
        seconds = built.whole.estimates[MEASURED].rto_seconds
        return inf if seconds is None else seconds

    def rpo_of(built: BuiltWorkload) -> float:
        seconds = built.whole.estimates[MEASURED].rpo_seconds
        return inf if seconds is None else seconds

    def distance(built: BuiltWorkload) -> tuple[int, int, Decimal]:
        never, far = (sum(pair) for pair in zip(built.apart, built.together, strict=True))
        return never, far, built.usd

    now = choice.chosen
    assert now.met
    assert now.usd == least(kept)
    faster = [built for built in kept if rto_of(built) < rto_of(now)]
    losing_less = [built for built in kept if rpo_of(built) < rpo_of(now)]
    assert least(faster) == (choice.faster and choice.faster.usd)
    assert least(losing_less) == (choice.losing_less and choice.losing_less.usd)
    cheaper = [distance(built) for built in everything if built.usd < now.usd]
    assert min(cheaper, default=None) == (choice.cheaper and distance(choice.cheaper))


def test_a_dozen_parts_are_chosen_by_looking_at_few_workloads(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is cheaper by giving up one part is found without a look at every other part's ways: there are 100,000."""
    looked = 0

    def counted(*given: Any, **more: Any) -> Any:
        nonlocal looked
        looked += 1
        return assess_workload(*given, **more)

    monkeypatch.setattr("constructs_lib.selection.built.assess_workload", counted)
    kinds = ("bucket", "service", "table", "distribution", "filesystem", "bucket") * 2
    parts: dict[str, Request | Elsewhere] = {f"{kind}-{at}": part(kind) for at, kind in enumerate(kinds)}

    choice = choose_workload("shop", LOOSE, parts)

    assert choice.cheaper is not None
    assert choice.cheaper.missed
    assert looked < 2_000
