"""Ladders of settings: in order, and the cheapest rung that keeps an objective is found by climbing them."""

from __future__ import annotations

from itertools import product
from math import ceil
from typing import TYPE_CHECKING

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from constructs_lib.assessment import assess
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.prices import load_prices
from constructs_lib.components import Component, Kind, Protection
from constructs_lib.costs import Usage, monthly_cost
from constructs_lib.errors import InfeasibleError
from constructs_lib.objectives import Assumptions, Disruption, Objective, Target
from constructs_lib.selection import Request, choose, recovery_standby
from constructs_lib.selection.ladder import menu
from constructs_lib.selection.rules import engine_for, ruled_out
from tests.selection.requests import ENGINES, USAGES, objectives, requests

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from constructs_lib.catalog.kinds.pattern import Part, Pattern

CATALOG = load_catalog()


def asked(kind: str, engine: str | None, **more: object) -> Request:
    return Request(
        kind=Kind(kind),
        engine=engine,
        objective=Objective("1h", "15m"),
        region="eu-west-1",
        recovery_region="eu-central-1",
        provider=">= 6.22",
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("kind", "engine"),
    [("bucket", None), ("distribution", None), ("table", None), *(("database", engine) for engine in ENGINES)],
)
@pytest.mark.parametrize("usage", [Usage(size_gb=1), Usage(), Usage(size_gb=5_000, writes_millions=1)])
def test_settings_go_from_the_cheapest_to_the_tightest(kind: str, engine: str | None, usage: Usage) -> None:
    """Also those that change nothing but the price; they stay at their cheapest."""
    for ladder in menu(asked(kind, engine, usage=usage), CATALOG, load_prices())[0]:
        for low, high in product(ladder.rungs, repeat=2):
            if high.is_no_cheaper_than(low):
                assert high.cost.usd >= low.cost.usd
                for disruption in Disruption:
                    assert best(high.outlook.ways(disruption)) <= best(low.outlook.ways(disruption))
        for option in ladder.pattern.options:
            prices = [
                usd_with(ladder.rungs[0].component, option.mechanism, option.parameter, value, usage)
                for value in option.values
            ]
            assert prices == sorted(prices)


def best(ways: tuple[object, ...]) -> tuple[float, float]:
    """The smallest RTO and the smallest RPO of any way back."""

    def least(name: str) -> float:
        figures = [getattr(way, name) for way in ways]
        return min(float("inf") if figure is None else figure for figure in figures)

    return least("rto_seconds"), least("rpo_seconds")


def usd_with(component: Component, mechanism: str, name: str, value: object, usage: Usage) -> Decimal:
    protections = tuple(
        attrs.evolve(item, parameters={**item.parameters, name: value}) if item.mechanism == mechanism else item
        for item in component.protections
    )
    return monthly_cost(replace(component, protections=protections), usage).usd


# ---------------------------------------------------------------- by brute force


def every_component(request: Request) -> Iterator[Component]:
    """Every setting of every pattern and routing, without the selector's ladders and bounds."""
    for pattern in CATALOG.patterns[request.kind]:
        if pattern.asks is not None or ruled_out(pattern, request, CATALOG) is not None:
            continue
        for routing in CATALOG.routings:
            manual = routing.name == "manual"
            if (not pattern.active and not manual) or (
                pattern.active and request.routings is not None and routing.name not in request.routings
            ):
                continue
            for parts in every_setting(pattern):
                yield Component(
                    name="it",
                    kind=request.kind,
                    region=request.region,
                    engine=engine_for(pattern, request),
                    size_gb=max(1, -int(-request.usage.size_gb // 1)),
                    protections=tuple(
                        protection(part, values, request, third=pattern.region_set is not None)
                        for part, values in [*parts, *((part, {}) for part in routing.protections)]
                    ),
                )


def every_setting(pattern: Pattern) -> Iterator[list[tuple[Part, dict[str, object]]]]:
    choices: list[list[tuple[Part, dict[str, object]] | None]] = []
    for part in pattern.protections:
        options = [option for option in pattern.options if option.mechanism == part.mechanism]
        names = [option.parameter for option in options]
        settings: list[dict[str, object]] = [
            dict(zip(names, values, strict=True)) for values in product(*(item.values for item in options))
        ]
        choices.append([*([None] if part.optional else []), *((part, values) for values in settings)])
    for chosen in product(*choices):
        yield [item for item in chosen if item is not None]


def protection(part: Part, values: dict[str, object], request: Request, *, third: bool) -> Protection:
    parameters = {**part.parameters, **values}
    if third and part.where == "recovery":
        with_third = choose_third(request, part.mechanism)
        parameters["third_region"] = with_third
    return Protection(
        mechanism=part.mechanism,
        region=request.recovery_region if part.where == "recovery" else None,
        parameters=parameters,
    )


def choose_third(request: Request, mechanism: str) -> str:
    """Whichever the selector takes: a third Region is no setting that it searches over."""
    for ladder in menu(request, CATALOG, load_prices())[0]:
        if ladder.third_region is not None and ladder.rungs[0].component.protection(mechanism) is not None:
            return ladder.third_region
    raise AssertionError


CLASSES = {8: "db.r5.large", 64: "db.r5.4xlarge"}
"""What is built of provisioned instances for the capacity units that the requests declare at most."""


def every_form(component: Component, usage: Usage) -> Iterator[tuple[Component, Usage]]:
    """The component with each class of instance, on each side of a global database, where capacity is declared."""
    if usage.most_acus is None or not str(component.engine).startswith("aurora"):
        yield component, usage
        return
    free = usage.instance_class is None
    secondary = component.protection("global_database")
    for here in (CLASSES[int(usage.most_acus)], "db.serverless") if free else (usage.instance_class,):
        built = attrs.evolve(usage, instance_class=here)
        follows = not free or (secondary is not None and secondary.parameters["headless"] is True)
        for serverless in (here == "db.serverless",) if follows else (False, True):
            yield with_secondary(component, serverless=serverless), built


def with_secondary(component: Component, *, serverless: bool) -> Component:
    protections = tuple(
        attrs.evolve(item, parameters={**item.parameters, "serverless": serverless})
        if item.mechanism == "global_database"
        else item
        for item in component.protections
    )
    return replace(component, protections=protections)


def cheapest_by_force(request: Request) -> Decimal | None:
    forms = (form for item in every_component(request) for form in every_form(item, request.usage))
    kept = [(item, usage) for item, usage in forms if assess(item, request.objective).met]
    return min((monthly_cost(item, usage).usd for item, usage in kept), default=None)


@given(requests())
def test_the_choice_is_the_cheapest_of_all_settings_there_are(request: Request) -> None:
    try:
        found = choose(request).chosen.cost.usd
    except InfeasibleError:
        assert cheapest_by_force(request) is None
        return
    assert found == cheapest_by_force(request)


@given(objectives(), st.sampled_from(ENGINES), st.sampled_from(USAGES))
def test_the_choice_of_a_database_is_the_cheapest_of_all_settings_there_are(
    objective: Objective, engine: str, usage: Usage
) -> None:
    request = attrs.evolve(asked("database", engine), objective=objective, usage=usage)
    try:
        found = choose(request).chosen.cost.usd
    except InfeasibleError:
        assert cheapest_by_force(request) is None
        return
    assert found == cheapest_by_force(request)


# ---------------------------------------------------------------- what is shown of those that were not taken


def test_a_rejected_pattern_is_priced_at_the_cheapest_of_the_settings_that_come_nearest() -> None:
    """DSQL in one Region keeps nothing of the loss of it, however often it is backed up: weekly is as near."""
    request = attrs.evolve(asked("database", None), objective=Objective("15m", "1m"))
    rejected = {item.name: item.monthly_cost_usd for item in choose(request).rejected}
    alone = attrs.evolve(asked("database", "dsql"), objective=Objective(zone=request.objective.zone), pattern="dsql")
    weekly = choose(alone).chosen
    [backup] = weekly.component.protections
    assert backup.parameters["interval_seconds"] == 7 * 86_400
    assert rejected["dsql"] == weekly.cost.usd


def test_where_tighter_comes_nearer_the_tighter_is_shown() -> None:
    request = attrs.evolve(asked("table", None), objective=Objective(region=asked("table", None).objective.region))
    shown = {item.name: item.because for item in choose(request).rejected}
    assert "RPO 3h40m > 15m" in shown["backup_copy"], "the hourly one"


@pytest.mark.parametrize(("engine", "pattern"), [("postgres", "read_replica"), ("aurora-mysql", "global_database")])
def test_a_standby_in_the_recovery_region_is_built_only_where_it_is_asked_for(engine: str, pattern: str) -> None:
    one = choose(asked("database", engine, pattern=pattern)).chosen
    two = choose(asked("database", engine, pattern=pattern, settings=recovery_standby())).chosen
    assert two.cost.usd > one.cost.usd
    assert two.assessment.estimates == one.assessment.estimates
    alone = [
        any("one instance takes over" in text for text in choose(asked("database", engine, **more)).cautions)
        for more in ({"pattern": pattern}, {"pattern": pattern, "settings": recovery_standby()})
    ]
    assert alone == [True, False]


def test_a_reader_is_added_to_a_global_database_for_an_uptime_or_a_zone_that_needs_it() -> None:
    def has_reader(objective: Objective) -> bool:
        request = asked("database", "aurora-mysql", pattern="global_database")
        found = choose(attrs.evolve(request, objective=objective)).chosen
        return found.component.protection("aurora_reader") is not None

    assert not has_reader(Objective("1h", "15m"))
    assert not has_reader(Objective("1h", "15m", "99.9%"))
    assert has_reader(Objective("1h", "15m", "99.99%"))
    assert has_reader(Objective(region=asked("table", None).objective.region, zone=Objective("5m", 0).zone))


# ---------------------------------------------------------------- how long is kept


@pytest.mark.parametrize(
    ("kind", "engine", "mechanism", "name"),
    [
        ("bucket", None, "versioning", "noncurrent_days"),
        ("table", None, "pitr", "retention_days"),
        ("database", "postgres", "automated_backups", "retention_days"),
        ("database", "aurora-mysql", "cluster_backups", "retention_days"),
        ("database", "dsql", "backup", "retention_days"),
    ],
)
def test_what_goes_back_is_kept_as_long_as_damage_may_go_unnoticed(
    kind: str, engine: str | None, mechanism: str, name: str
) -> None:
    late = Assumptions(unnoticed_time="9d12h")
    objective = Objective("1h", "15m", software=Target("12h", "1d12h"), assumptions=late)
    found = choose(attrs.evolve(asked(kind, engine), objective=objective)).chosen
    protection = found.component.protection(mechanism)
    assert protection is not None
    # What is scheduled may have been taken an interval, and a start window of an hour, before the damage.
    interval = protection.parameters.get("interval_seconds")
    before = interval + 3_600 if isinstance(interval, int) else 0
    days = ceil((9.5 * 86_400 + before) / 86_400)
    assert protection.parameters[name] == days
    assert found.assessment.met
    unsaid = attrs.evolve(asked(kind, engine), objective=Objective("1h", "15m", software=objective.software))
    assert found.cost.usd <= choose(unsaid).chosen.cost.usd
    short = attrs.evolve(protection, parameters={**protection.parameters, name: days - 1})
    less = tuple(short if item is protection else item for item in found.component.protections)
    shorter = assess(replace(found.component, protections=less), objective)
    assert not shorter.met
    assert f"needs {days} d" in str(shorter.estimates[Disruption.SOFTWARE].reasons[0])


def test_damage_that_goes_unnoticed_longer_than_anything_is_kept_is_refused() -> None:
    late = Objective(software=Target("1d", "1d"), assumptions=Assumptions(unnoticed_time="40d"))
    with pytest.raises(InfeasibleError, match=r"cannot|no pattern keeps") as caught:
        choose(attrs.evolve(asked("table", None), objective=late, recovery_region=None))
    assert caught.value.nearest is None
    assert "kept for 35 d, and damage that goes unnoticed for 40d needs 40 d" in str(caught.value.rejected[0])


@given(requests(), st.integers(0, 60))
def test_the_choice_keeps_what_it_says_for_any_time_that_damage_goes_unnoticed(request: Request, days: int) -> None:
    asked_for = request.objective
    objective = Objective(
        uptime=asked_for.uptime,
        software=asked_for.software,
        hardware=asked_for.hardware,
        zone=asked_for.zone,
        region=asked_for.region,
        assumptions=Assumptions(unnoticed_time=f"{days}d"),
    )
    try:
        found = choose(attrs.evolve(request, objective=objective)).chosen
    except InfeasibleError:
        return
    assert assess(found.component, objective).met
