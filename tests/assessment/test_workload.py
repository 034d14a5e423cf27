"""The workload's own verdict: the longest path, the worst loss, and who sets each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.assessment import Assessment, Verdict, assess, assess_workload
from constructs_lib.assessment.workload import ways_back
from constructs_lib.components import Component, Kind, Protection
from constructs_lib.objectives import Assumptions, Disruption, Objective, Target

HOME, AWAY = "eu-west-1", "eu-central-1"
PROMISE = Objective(rto="4h", rpo="4h", assumptions=Assumptions(detection_time="2m", decision_time="15m"))


def bucket(name: str = "files", **parameters: object) -> Component:
    copies = Protection(mechanism="replication", region=AWAY, parameters=parameters)
    return Component(name=name, kind=Kind.BUCKET, region=HOME, protections=(Protection(mechanism="versioning"), copies))


def warehouse(name: str = "warehouse") -> Component:
    copies = Protection(mechanism="replicated_backups", region=AWAY)
    own = Protection(mechanism="automated_backups")
    return Component(name=name, kind=Kind.DATABASE, engine="postgres", region=HOME, protections=(own, copies))


def table(name: str = "orders") -> Component:
    copies = Protection(mechanism="global_table", region=AWAY, parameters={"consistency": "EVENTUAL"})
    return Component(name=name, kind=Kind.TABLE, region=HOME, protections=(Protection(mechanism="pitr"), copies))


def assessed(*components: Component, objective: Objective | None = PROMISE) -> list[Assessment]:
    return [assess(item, objective) for item in components]


def by_step(assessment: Assessment, step: str) -> int:
    return sum(item.seconds for item in assessment.estimates[Disruption.REGION].reasons if item.step == step)


def test_people_detect_and_decide_once_and_repoint_one_after_the_other() -> None:
    both = assessed(bucket(), warehouse())

    region = assess_workload(both, PROMISE).estimates[Disruption.REGION]

    act = max(by_step(item, "act") for item in both)
    by_hand = sum(by_step(item, "propagate") for item in both)
    assert region.rto_seconds == 120 + 900 + act + by_hand
    assert (region.sets_rto, region.automatic, region.verdict) == ("warehouse", False, Verdict.MET)


def test_one_component_is_its_workload() -> None:
    (alone,) = assessed(warehouse())

    region = assess_workload([alone], PROMISE).estimates[Disruption.REGION]

    estimate = alone.estimates[Disruption.REGION]
    assert (region.rto_seconds, region.rpo_seconds) == (estimate.rto_seconds, estimate.rpo_seconds)


def test_the_part_that_loses_most_sets_the_rpo() -> None:
    region = assess_workload(assessed(table(), bucket()), PROMISE).estimates[Disruption.REGION]

    assert (region.sets_rpo, region.rpo_seconds) == ("files", 7200)


def test_a_part_that_nothing_recovers_breaks_the_promise_and_is_named() -> None:
    lonely = Component(name="lonely", kind=Kind.BUCKET, region=HOME, protections=(Protection(mechanism="versioning"),))

    region = assess_workload(assessed(table(), lonely), PROMISE).estimates[Disruption.REGION]

    assert (region.lost, region.verdict, region.sets_rto) == (True, Verdict.BREACHED, "lonely")
    assert region.rto_seconds is None


def test_three_buckets_that_are_repointed_by_hand_can_miss_what_each_alone_keeps() -> None:
    tight = Objective(rto="25m", rpo="4h")
    alone = assessed(bucket("a"), objective=tight)
    together = assessed(bucket("a"), bucket("b"), bucket("c"), objective=tight)

    assert assess_workload(alone, tight).estimates[Disruption.REGION].verdict is Verdict.MET
    assert assess_workload(together, tight).estimates[Disruption.REGION].verdict is Verdict.BREACHED


def test_what_was_accepted_for_a_component_loosens_the_workloads_promise() -> None:
    tight = Objective(rto="1h", rpo="1h")
    accepted = tight.with_targets(region=Target("4h", "4h"))
    both = [assess(table(), tight), assess(warehouse(), accepted)]

    region = assess_workload(both, tight).estimates[Disruption.REGION]

    assert (str(region.target), region.verdict) == ("RTO 4h, RPO 4h", Verdict.MET)


def test_what_was_accepted_for_one_component_does_not_loosen_what_the_others_keep_without_it() -> None:
    """The service answers without it meanwhile: so the others have to be back in the time that is promised."""
    promised, accepted = Objective(rto="30m", rpo="4h"), Objective(rto="4h", rpo="4h")
    three = assessed(bucket("a"), bucket("b"), bucket("c"), objective=promised)

    region = assess_workload([*three, assess(warehouse(), accepted)], promised).estimates[Disruption.REGION]
    two = assess_workload([*three[:2], assess(warehouse(), accepted)], promised).estimates[Disruption.REGION]

    assert (region.verdict, region.target, region.rto_seconds) == (Verdict.BREACHED, Target("30m", "4h"), 32 * 60)
    assert (two.verdict, two.target) == (Verdict.MET, Target("4h", "4h"))


def test_nothing_declared_is_no_verdict() -> None:
    found = assess_workload(assessed(table(), objective=None), None)

    assert {item.verdict for item in found.estimates.values()} == {Verdict.UNDECLARED}


def test_a_workload_of_nothing_is_unknown_and_not_met() -> None:
    assert assess_workload([], PROMISE).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("components", "strategy"),
    [
        ((warehouse(),), "backup and restore"),
        ((table(), warehouse()), "backup and restore"),
        ((table(), bucket()), "warm standby"),
        ((Component(name="x", kind=Kind.BUCKET, region=HOME),), None),
    ],
)
def test_the_strategy_follows_from_the_slowest_part(components: tuple[Component, ...], strategy: str | None) -> None:
    assert assess_workload(assessed(*components), PROMISE).strategy == strategy


def test_without_compute_nothing_is_promised_for_the_service() -> None:
    found = assess_workload(assessed(table()), PROMISE)

    assert not found.serves
    assert "nothing is promised for the service" in found.scope


def replicated() -> Component:
    """A database that nothing in its Region brings back within an hour."""
    own = Protection(mechanism="automated_backups"), Protection(mechanism="read_replica", region=AWAY)
    return Component(name="ledger", kind=Kind.DATABASE, engine="postgres", region=HOME, protections=own)


def service(name: str = "api") -> Component:
    there = Protection(mechanism="service_at_zero", region=AWAY)
    own = Protection(mechanism="revisions"), there
    return Component(name=name, kind=Kind.SERVICE, region=HOME, protections=own)


def test_what_one_part_goes_to_the_other_region_for_takes_the_others_along() -> None:
    """52 minutes for the database and 3 for tasks in another zone would be 55; the tasks are needed where it is."""
    promised = Objective(rto="65m", rpo="4h")
    parts = assessed(replicated(), service(), bucket(), objective=promised)

    found = assess_workload(parts, promised).estimates
    zone, region = found[Disruption.ZONE], found[Disruption.REGION]

    assert [item.estimates[Disruption.ZONE].wider for item in parts] == [True, False, False]
    assert zone.rto_seconds == region.rto_seconds == 120 + 900 + 1800 + 300 + 300 + 300 + 300
    assert (zone.verdict, parts[1].verdict(Disruption.ZONE)) == (Verdict.BREACHED, Verdict.MET)
    # What had not been replicated is in the Region that still serves.
    assert (zone.rpo_seconds, region.rpo_seconds) == (300, 2 * 3600)


def test_what_is_built_elsewhere_and_what_has_no_way_there_stay_where_they_are() -> None:
    alone = Component(name="files", kind=Kind.BUCKET, region=HOME, protections=(Protection(mechanism="versioning"),))
    promised = Objective(hardware=Target("1h", "1h"), zone=Target("1h", "1h"))
    parts = assessed(replicated(), alone, objective=promised)

    moved, stays = ways_back(parts, Disruption.ZONE)

    assert (moved.wider, stays) == (True, parts[1].estimates[Disruption.ZONE])
    assert ways_back(parts[1:], Disruption.ZONE) == (stays,)


@given(st.lists(st.sampled_from([bucket(), warehouse(), table(), bucket("rtc", rtc=True)]), min_size=1, max_size=6))
def test_one_part_more_never_makes_a_workload_faster_or_lose_less(components: list[Component]) -> None:
    whole = assess_workload(assessed(*components), PROMISE).estimates
    less = assess_workload(assessed(*components[:-1]), PROMISE).estimates
    for disruption in Disruption:
        for name in ("rto_seconds", "rpo_seconds"):
            now, before = getattr(whole[disruption], name), getattr(less[disruption], name)
            assert now is None or before is None or now >= before
