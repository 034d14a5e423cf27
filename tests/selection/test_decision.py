"""A decision as data, read back, and what it answers."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from itertools import product
from math import ceil
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from constructs_lib.availability import Availability
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.components import Component, Kind, Protection
from constructs_lib.costs import Usage
from constructs_lib.errors import ConfigurationError, EvaluationError, PlanError
from constructs_lib.objectives import Assumptions, Objective, Target
from constructs_lib.objectives.acceptance import Acceptance
from constructs_lib.objectives.as_data import (
    acceptance_as_data,
    acceptance_from_data,
    objective_as_data,
    objective_from_data,
)
from constructs_lib.refusal import is_words
from constructs_lib.selection.decision import Decision, Place
from constructs_lib.selection.lag_alarm import lag_alarm_seconds
from tests.each import each

SECONDS = st.integers(min_value=0, max_value=10 * 365 * 86_400)
TARGETS = st.builds(Target.of_seconds, SECONDS, SECONDS)
UPTIMES = st.sampled_from(["99%", "99.95%", "99.999%", "12.5%", "99.9999999%"])
DISRUPTIONS = ("software", "hardware", "zone", "region")
SOME_TARGETS = st.dictionaries(st.sampled_from(DISRUPTIONS), TARGETS, min_size=1)
TEXTS = st.text(min_size=1, max_size=30).filter(str.strip)
WORDS = TEXTS.filter(is_words)
AMOUNTS = st.decimals(min_value=0, max_value=10**9, allow_nan=False, places=3)


@st.composite
def objectives(draw: st.DrawFn) -> Objective:
    assumptions = Assumptions(
        detection_time=f"{draw(SECONDS)}s", decision_time=f"{draw(SECONDS)}s", wider_recovery=draw(st.booleans())
    )
    targets: dict[str, Any] = draw(SOME_TARGETS)
    return Objective(**targets, uptime=draw(st.none() | UPTIMES), assumptions=assumptions)


@st.composite
def acceptances(draw: st.DrawFn) -> Acceptance:
    return Acceptance(owner=draw(WORDS), reason=draw(WORDS), uptime=draw(st.none() | UPTIMES), **draw(SOME_TARGETS))


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    kind = draw(st.sampled_from([Kind.BUCKET, Kind.TABLE, Kind.DATABASE, Kind.DISTRIBUTION]))
    pattern = draw(st.sampled_from(load_catalog().patterns[kind]))
    usage = Usage(
        size_gb=draw(AMOUNTS.filter(lambda size: size > 0)),
        change_gb=draw(AMOUNTS),
        writes_millions=draw(AMOUNTS),
        instance_class=draw(st.none() | st.just("db.r6g.large")) if kind is Kind.DATABASE else None,
    )
    return Decision(
        workload=draw(TEXTS),
        component=Component(
            name=draw(TEXTS),
            kind=kind,
            region="eu-west-1",
            engine=draw(st.none() | st.just("postgres")) if kind is Kind.DATABASE else None,
            size_gb=ceil(usage.size_gb),
            protections=tuple(
                Protection(
                    mechanism=part.mechanism,
                    region="eu-central-1" if part.where == "recovery" else None,
                    parameters=part.parameters,
                )
                for part in pattern.protections
            ),
        ),
        pattern=pattern.name,
        routing=draw(st.sampled_from(["manual", "health_check"])),
        objective=draw(objectives()),
        own_objective=draw(st.booleans()),
        accepted=draw(st.none() | acceptances()),
        recovery_region=draw(st.none() | st.just("eu-central-1")),
        third_region=draw(st.none() | st.just("eu-west-3")),
        usage=usage,
        features=frozenset(draw(st.sets(st.sampled_from(["ttl", "transactions"])))),
        provider=">= 5.100.0, < 7.0.0",
        tags=draw(st.dictionaries(TEXTS, TEXTS)),
        places=draw(st.dictionaries(st.sampled_from(["primary", "recovery"]), st.builds(Place, TEXTS, TEXTS))),
    )


def through_a_stack(data: Any) -> Any:
    """What the engine makes of it: JSON, and nothing where there was None."""
    if isinstance(data, dict):
        return {key: through_a_stack(value) for key, value in data.items() if value is not None}
    return [through_a_stack(item) for item in data] if isinstance(data, list) else json.loads(json.dumps(data))


@given(objectives())
def test_an_objective_is_read_back_as_it_was(objective: Objective) -> None:
    assert objective_from_data(through_a_stack(objective_as_data(objective))) == objective


@given(acceptances())
def test_an_acceptance_is_read_back_as_it_was(acceptance: Acceptance) -> None:
    assert acceptance_from_data(through_a_stack(acceptance_as_data(acceptance))) == acceptance


@given(decisions())
def test_a_decision_is_read_back_as_it_was_and_says_the_same(decision: Decision) -> None:
    read = Decision.from_data(through_a_stack(decision.as_data()))
    assert read == decision
    assert str(read) == str(decision)
    assert read.assessment.estimates == decision.assessment.estimates


@given(acceptances(), objectives())
def test_what_was_accepted_never_tightens_an_objective(acceptance: Acceptance, objective: Objective) -> None:
    loosened = acceptance.loosen_where_looser(objective)
    for disruption, target in objective.targets():
        kept = loosened.target(disruption)
        assert kept is not None
        assert kept.rto >= target.rto
        assert kept.rpo >= target.rpo
    assert (loosened.uptime is None) == (objective.uptime is None)


def made(**changes: Any) -> Decision:
    options: dict[str, Any] = {
        "workload": "shop",
        "component": Component(
            name="files",
            kind=Kind.BUCKET,
            region="eu-west-1",
            protections=(
                Protection(mechanism="versioning"),
                Protection(mechanism="replication", region="eu-central-1", parameters={"rtc": True}),
            ),
        ),
        "pattern": "replication_rtc",
        "objective": Objective("1h", "15m"),
        "provider": ">= 5.100.0, < 7.0.0",
    }
    return Decision(**{**options, **changes})


def test_a_decision_answers_for_its_mechanisms_with_the_defaults_of_the_catalog() -> None:
    decision = made()
    assert decision.uses("replication")
    assert not decision.uses("object_lock")
    assert decision.setting("replication", "rtc") is True
    assert decision.setting("replication", "two_way") is False
    assert decision.setting("object_lock", "mode") is None
    assert decision.number("versioning", "noncurrent_days") == 90
    with pytest.raises(ConfigurationError, match="rtc of replication is True"):
        decision.number("replication", "rtc")


def test_a_decision_is_a_sentence_and_names_who_accepts_less() -> None:
    assert str(made()) == ("bucket 'files' of shop: replication_rtc keeps hardware, zone, region: RTO 1h, RPO 15m.")
    accepted = Acceptance(owner="web", reason="files can be made again", region=Target("1d", "1d"))
    assert str(made(accepted=accepted, objective=Objective("10m", "1m"))).endswith(
        "web accepts less than hardware, zone, region: RTO 10m, RPO 1m: files can be made again"
    )


def test_a_decision_from_a_stack_has_no_alternatives_to_tell() -> None:
    with pytest.raises(EvaluationError, match="what else there was for shop-files is not written in a stack"):
        _ = made().choice


@pytest.mark.parametrize("missing", ["workload", "component", "kind", "protections", "usage", "objective", "places"])
def test_a_decision_that_lacks_something_is_refused_in_words(missing: str) -> None:
    data = made().as_data()
    del data[missing]
    with pytest.raises(PlanError, match=f"it has no '{missing}'"):
        Decision.from_data(data)


@each(("field", "junk"), product(made().as_data(), [7, "text", [], [1], {"x": 1}, True]))
def test_junk_in_a_decision_is_no_traceback(field: str, junk: Any) -> None:
    data = {**made().as_data(), field: junk}
    with suppress(PlanError):
        Decision.from_data(data)


@pytest.mark.parametrize("junk", [[1], {"x": 1}])
@pytest.mark.parametrize("field", ["mechanism", "region", "rtc"])
def test_what_no_protection_holds_is_refused_before_it_is_assessed(field: str, junk: Any) -> None:
    data = made().as_data()
    protection = data["protections"][1]
    (protection["parameters"] if field == "rtc" else protection)[field] = junk

    with pytest.raises(PlanError, match="unhashable"):
        Decision.from_data(data)


def test_uptime_is_kept_to_the_digit() -> None:
    objective = Objective("1h", "1h", uptime=Availability.from_percent(Decimal("99.123456789")))
    assert objective_from_data(objective_as_data(objective)) == objective


@given(st.integers(0, 10**6), st.none() | st.integers(2, 10**6))
def test_a_lag_alarm_rings_after_what_is_planned_and_well_before_what_is_promised(
    planned: int, most: int | None
) -> None:
    rings = lag_alarm_seconds(planned, most=most)
    assert rings >= 1
    if most is not None:
        assert rings <= most / 2 or rings == 1
    assert rings in (1, 3 * planned, (most or 0) // 2)


def test_no_lag_alarm_rings_for_the_pace_that_the_service_is_designed_for() -> None:
    assert lag_alarm_seconds(900, most=900, least=900) == 900
    assert lag_alarm_seconds(900, most=7200, least=900) == 2700


def test_an_alarm_rings_before_what_the_engine_itself_does_not_let_pass() -> None:
    limited = Protection(
        mechanism="global_database", region="eu-central-1", parameters={"enforced": True, "rpo_limit_seconds": 60}
    )
    component = Component(
        name="ledger", kind=Kind.DATABASE, engine="aurora-postgresql", region="eu-west-1", protections=(limited,)
    )
    assert made(component=component, objective=Objective("1d", "1h")).lag_alarm_seconds == 30
    lagging = replace(component, protections=(attrs.evolve(limited, parameters={}),))
    assert made(component=lagging, objective=Objective("1d", "1h")).lag_alarm_seconds == 15
