"""What holds for every request, whatever is asked."""

from __future__ import annotations

import re

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from constructs_lib.assessment import Verdict, assess
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.confidence import Confidence
from constructs_lib.components import Kind
from constructs_lib.costs import Usage
from constructs_lib.errors import InfeasibleError
from constructs_lib.objectives import Disruption, Objective, Target
from constructs_lib.selection import Choice, Rejected, Request, choose
from tests.selection.requests import requests

_RPO_ZERO_DATABASE = Request(
    kind=Kind.DATABASE,
    objective=Objective("5m", "0"),
    region="eu-west-1",
    recovery_region="eu-central-1",
)


def outcome(request: Request) -> Choice | InfeasibleError:
    try:
        return choose(request)
    except InfeasibleError as error:
        return error


def assert_met(choice: Choice, objective: Objective) -> None:
    """Judge the choice from its plain figures, without the verdicts it carries."""
    again = assess(choice.chosen.component, objective)
    for disruption, target in objective.targets():
        estimate = again.estimates[disruption]
        assert estimate.rto_seconds is not None
        assert estimate.rpo_seconds is not None
        assert estimate.rto_seconds <= target.rto
        assert estimate.rpo_seconds <= target.rpo
        assert not estimate.lost
        assert Confidence.UNKNOWN not in (estimate.rto_confidence, estimate.rpo_confidence)
    if objective.uptime is not None:
        assert again.uptime.availability is not None
        assert again.uptime.availability >= objective.uptime


@given(requests())
@example(_RPO_ZERO_DATABASE)
@example(attrs.evolve(_RPO_ZERO_DATABASE, engine="dsql", usage=Usage(instance_class="db.m6g.large")))
@example(attrs.evolve(_RPO_ZERO_DATABASE, engine="sqlserver-ex"))
@example(attrs.evolve(_RPO_ZERO_DATABASE, engine="dsql", region="me-south-1"))
@example(attrs.evolve(_RPO_ZERO_DATABASE, engine="mysql", usage=Usage(instance_class="db.t2.micro")))
@example(attrs.evolve(_RPO_ZERO_DATABASE, engine="mysql", usage=Usage(instance_class="db.nosuch.large")))
def test_the_choice_keeps_the_objective_or_the_refusal_names_one_that_can_be_had(request: Request) -> None:
    found = outcome(request)
    if isinstance(found, Choice):
        assert_met(found, request.objective)
        return
    assert found.rejected, "a refusal says what was tried"
    for item in found.rejected:
        assert isinstance(item, Rejected)
        assert item.because
    if found.nearest is None:
        # What cannot be had at any price is the loss of a Region from within it, and what no engine has.
        if all(isinstance(item, Rejected) and item.monthly_cost_usd is None for item in found.rejected):
            assert re.search(
                r"has no backtrack|; (leave (it|them) out|name an)|the sets are: |not offered there", str(found)
            )
            return
        assert request.objective.region is not None
        assert request.recovery_region is None
        assert "name a recovery Region" in str(found)
        return
    assert isinstance(found.nearest, Objective)
    assert str(found.nearest) in str(found)
    assert_met(choose(attrs.evolve(request, objective=found.nearest)), found.nearest)


@given(requests(forced=True))
def test_a_forced_pattern_is_assessed_all_the_same(request: Request) -> None:
    found = outcome(request)
    if isinstance(found, Choice):
        assert found.chosen.pattern.name == request.pattern
        assert_met(found, request.objective)
        return
    assert str(request.pattern) in str(found)
    if found.nearest is None:
        return
    assert isinstance(found.nearest, Objective)
    without = f"that can be had without {request.pattern}" in str(found)
    assert_met(
        choose(attrs.evolve(request, objective=found.nearest, pattern=None if without else request.pattern)),
        found.nearest,
    )


@given(requests(), requests(forced=True))
def test_every_blocked_candidate_says_the_number_that_blocked_it(free: Request, forced: Request) -> None:
    for request in (free, forced):
        found = outcome(request)
        chosen_usd = found.chosen.cost.usd if isinstance(found, Choice) else None
        for item in found.rejected:
            assert isinstance(item, Rejected)
            if item.monthly_cost_usd is None:
                continue  # ruled out before it was priced; the rule is the reason
            numbered = re.search(
                r"(RTO|RPO) \S+ > \S+|nothing recovers it|uptime: .* < |unknown \(.*`aws rds describe-source-regions",
                item.because,
            )
            met = item.because.startswith(("meets the objective", "built only where it is named"))
            assert numbered or met, item
            assert not (met and item.because.startswith("meets") and chosen_usd is None)


@given(requests())
def test_the_choice_is_the_cheapest_of_those_that_keep_the_objective(request: Request) -> None:
    found = outcome(request)
    if isinstance(found, InfeasibleError):
        return
    dearer = []
    for pattern in load_catalog().patterns[request.kind]:
        if pattern.asks is not None:
            continue
        for routing in load_catalog().routings:
            if request.routings is not None and routing.name not in request.routings:
                continue
            alone = outcome(attrs.evolve(request, pattern=pattern.name, routings=(routing.name,)))
            if isinstance(alone, Choice):
                dearer.append(alone.chosen.cost.usd)
    assert found.chosen.cost.usd == min(dearer)


@st.composite
def _tightened(draw: st.DrawFn) -> tuple[Request, Request]:
    loose = draw(requests())
    targets: dict[str, Target | None] = {}
    for disruption, target in loose.objective.targets():
        targets[disruption.value] = Target.of_seconds(
            draw(st.integers(0, target.rto)), draw(st.integers(0, target.rpo))
        )
    undeclared = [item for item in Disruption if loose.objective.target(item) is None]
    for disruption in draw(st.sets(st.sampled_from(undeclared))) if undeclared else ():
        targets[disruption.value] = Target.of_seconds(draw(st.integers(0, 90_000)), draw(st.integers(0, 90_000)))
    return loose, attrs.evolve(loose, objective=loose.objective.with_targets(**targets))


@given(_tightened())
def test_tightening_an_objective_never_makes_it_cheaper(pair: tuple[Request, Request]) -> None:
    loose, tight = (outcome(request) for request in pair)
    if isinstance(loose, InfeasibleError):
        assert isinstance(tight, InfeasibleError)
        return
    if isinstance(tight, InfeasibleError):
        return
    assert tight.chosen.cost.usd >= loose.chosen.cost.usd


@given(requests())
def test_a_second_ask_gives_the_same_answer(request: Request) -> None:
    first, second = outcome(request), outcome(attrs.evolve(request))
    assert type(first) is type(second)
    if isinstance(first, Choice) and isinstance(second, Choice):
        assert first.chosen.name == second.chosen.name
        assert first.chosen.component == second.chosen.component
        assert first.chosen.cost.usd == second.chosen.cost.usd
    assert [str(item) for item in first.rejected] == [str(item) for item in second.rejected]
    assert str(first) == str(second) or isinstance(first, Choice)


@given(requests(), st.data())
def test_what_a_choice_met_is_not_met_without_its_protections(request: Request, data: st.DataObject) -> None:
    """Doubts take a protection away, unknown parameters and copies in the same Region never help."""
    found = outcome(request)
    if isinstance(found, InfeasibleError):
        return
    component = found.chosen.component
    doubted = tuple(attrs.evolve(item, doubts=("it is switched off",)) for item in component.protections)
    bare = replace(component, protections=())
    with_doubts = assess(replace(component, protections=doubted), request.objective)
    without = assess(bare, request.objective)
    for disruption in Disruption:
        assert with_doubts.verdict(disruption) == without.verdict(disruption)
        assert with_doubts.estimates[disruption].rto_seconds == without.estimates[disruption].rto_seconds
    assert with_doubts.uptime == without.uptime

    beside = tuple(
        attrs.evolve(item, region=None if item.region is None else component.region) for item in component.protections
    )
    here = assess(replace(component, protections=beside), request.objective)
    assert here.estimates[Disruption.REGION].lost
    assert here.verdict(Disruption.REGION) in (Verdict.BREACHED, Verdict.UNDECLARED)

    names = sorted({name for item in component.protections for name in item.parameters})
    if names:
        hidden = data.draw(st.sampled_from(names))
        vague = tuple(attrs.evolve(item, unknown=frozenset({hidden})) for item in component.protections)
        known = assess(component, request.objective).estimates
        told = assess(replace(component, protections=vague), request.objective).estimates
        for disruption, estimate in told.items():
            before, after = known[disruption].rto_seconds, estimate.rto_seconds
            if before is not None and after is not None:
                assert after >= before


@pytest.mark.parametrize("kind", ["bucket", "distribution", "table", "database"])
def test_nothing_recovers_a_region_from_within_it(kind: str) -> None:
    request = Request(kind=Kind(kind), objective=Objective("30d", "30d"), region="eu-west-1")
    with pytest.raises(InfeasibleError, match=r"name a recovery Region") as caught:
        choose(request)
    assert caught.value.nearest is None
