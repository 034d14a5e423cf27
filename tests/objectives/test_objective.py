from __future__ import annotations

from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.availability import Availability, parse_availability
from constructs_lib.errors import AvailabilityError, DurationError, ObjectiveError
from constructs_lib.objectives import INFRASTRUCTURE, Assumptions, Disruption, Objective, Target
from constructs_lib.objectives.duration import LONGEST

TARGETS = st.builds(Target.of_seconds, st.integers(0, LONGEST), st.integers(0, LONGEST))
HOUR = Target("1h", "15m")
DAY = Target("1d", "1h")


def test_the_shorthand_sets_region_zone_and_hardware() -> None:
    objective = Objective(rto="1h", rpo="15m", uptime="99.9%")
    assert dict(objective.targets()) == {Disruption.HARDWARE: HOUR, Disruption.ZONE: HOUR, Disruption.REGION: HOUR}


def test_the_shorthand_leaves_software_undeclared() -> None:
    assert Objective("1h", "15m").software is None


@pytest.mark.parametrize("disruption", INFRASTRUCTURE)
def test_a_named_disruption_wins_over_the_shorthand_for_itself_only(disruption: Disruption) -> None:
    targets: dict[str, Target] = {disruption.value: DAY}
    objective = Objective("1h", "15m", **targets)  # type: ignore[arg-type]
    assert objective.target(disruption) == DAY
    assert {objective.target(other) for other in INFRASTRUCTURE if other != disruption} == {HOUR}


def test_only_what_is_named_is_declared_without_the_shorthand() -> None:
    assert dict(Objective(software=DAY).targets()) == {Disruption.SOFTWARE: DAY}


def test_an_uptime_alone_is_a_promise() -> None:
    objective = Objective(uptime="99.9%")
    assert list(objective.targets()) == []
    assert objective.uptime == parse_availability("99.9%")
    assert objective.tightest is None


def test_an_rpo_of_zero_is_legal() -> None:
    assert Objective("5m", 0).region == Target("5m", "0s")


def test_timedelta_and_iso_8601_are_read() -> None:
    assert Objective(timedelta(hours=1), "PT15M").zone == HOUR


def test_assumptions_are_two_and_fifteen_minutes_unless_given() -> None:
    assert Objective("1h", "15m").assumptions == Assumptions()
    given_ones = Assumptions(decision_time="1m")
    assert Objective("1h", "15m", assumptions=given_ones).assumptions == given_ones


def test_an_rto_without_an_rpo_is_refused() -> None:
    with pytest.raises(ObjectiveError, match="rto is given without rpo"):
        Objective(rto="1h")


def test_an_rpo_without_an_rto_is_refused() -> None:
    with pytest.raises(ObjectiveError, match="rpo is given without rto"):
        Objective(rpo=0)


def test_an_empty_objective_is_refused() -> None:
    with pytest.raises(ObjectiveError, match="must promise something"):
        Objective()


def test_assumptions_alone_promise_nothing() -> None:
    with pytest.raises(ObjectiveError, match="must promise something"):
        Objective(assumptions=Assumptions())


@pytest.mark.parametrize("bad", ["5 parsecs", -1, 60, float("nan"), timedelta(seconds=-1)])
def test_a_bad_duration_is_refused(bad: object) -> None:
    with pytest.raises(DurationError):
        Objective(bad, "1m")  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", ["101%", "-1%", "99.9", "often", 0.999])
def test_a_bad_uptime_is_refused(bad: object) -> None:
    with pytest.raises(AvailabilityError):
        Objective(uptime=bad)  # type: ignore[arg-type]


@pytest.mark.parametrize("disruption", list(Disruption))
@pytest.mark.parametrize("bad", ["1h", ("1h", "15m"), {"rto": "1h", "rpo": "15m"}, 3_600])
def test_a_target_of_another_type_is_refused(disruption: Disruption, bad: object) -> None:
    with pytest.raises(ObjectiveError, match=f"^{disruption} is .*give a Target"):
        Objective(**{disruption.value: bad})  # type: ignore[arg-type]


def test_assumptions_of_another_type_are_refused() -> None:
    with pytest.raises(ObjectiveError, match="give Assumptions"):
        Objective("1h", "15m", assumptions={"decision_time": "1m"})  # type: ignore[arg-type]


def test_an_objective_never_changes() -> None:
    objective = Objective("1h", "15m")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        objective.region = DAY  # type: ignore[misc]


def test_replacing_a_target_leaves_the_others_and_the_original() -> None:
    objective = Objective("1h", "15m", "99.9%", assumptions=Assumptions(decision_time="1m"))
    changed = objective.with_targets(region=DAY, zone=None)
    assert (changed.region, changed.zone, changed.hardware) == (DAY, None, HOUR)
    assert (changed.uptime, changed.assumptions) == (objective.uptime, objective.assumptions)
    assert objective.region == HOUR


def test_replacing_the_target_of_an_unknown_disruption_is_refused() -> None:
    with pytest.raises(ObjectiveError, match="there is no disruption 'planet'"):
        Objective("1h", "15m").with_targets(planet=DAY)


def test_removing_the_last_promise_is_refused() -> None:
    with pytest.raises(ObjectiveError, match="must promise something"):
        Objective(region=HOUR).with_targets(region=None)


def test_replacing_the_uptime_leaves_the_targets() -> None:
    changed = Objective("1h", "15m", "99%").with_uptime(None)
    assert changed == Objective("1h", "15m")


def test_like_targets_are_shown_together() -> None:
    objective = Objective("1h", "15m", "99.9%", software=DAY)
    assert str(objective) == "software: RTO 1d, RPO 1h; hardware, zone, region: RTO 1h, RPO 15m; uptime 99.9%"


@given(st.dictionaries(st.sampled_from(list(Disruption)), TARGETS, min_size=1))
def test_what_is_declared_is_what_is_told(declared: dict[Disruption, Target]) -> None:
    targets = {disruption.value: target for disruption, target in declared.items()}
    objective = Objective(**targets)  # type: ignore[arg-type]
    assert dict(objective.targets()) == declared
    assert [disruption for disruption, _ in objective.targets()] == [each for each in Disruption if each in declared]
    assert {each for each in Disruption if objective.target(each) is None} == set(Disruption) - set(declared)


@given(st.lists(TARGETS, min_size=3, max_size=3))
def test_the_tightest_target_is_no_longer_than_any(targets: list[Target]) -> None:
    hardware, zone, region = targets
    tightest = Objective(hardware=hardware, zone=zone, region=region).tightest
    assert tightest is not None
    assert tightest.rto == min(target.rto for target in targets)
    assert tightest.rpo == min(target.rpo for target in targets)


@given(TARGETS, st.none() | st.integers(0, 100).map(Availability.from_percent))
def test_an_objective_rebuilt_from_its_parts_is_equal(target: Target, uptime: Availability | None) -> None:
    objective = Objective(f"{target.rto}s", f"{target.rpo}s", uptime)
    rebuilt = Objective(hardware=target, zone=target, region=target, uptime=uptime)
    assert objective == rebuilt
    assert hash(objective) == hash(rebuilt)
