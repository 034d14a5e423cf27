"""What the dependencies allow, recomputed by hand; which promise is safe; what contradicts one."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.assessment import Verdict, assess
from constructs_lib.assessment.sla_feasibility import SlaFeasibility, SlaFinding, sla_feasibility
from constructs_lib.availability import MONTH_30D, Availability, parse_availability
from constructs_lib.components import Component, Kind, Protection
from constructs_lib.declaration.dependency import Dependency
from constructs_lib.declaration.selector import AddressGlob
from constructs_lib.declaration.sla_terms import CreditStep
from constructs_lib.objectives import Objective, Target

SEED = (
    ("e-mail", "99.9%", True),
    ("DNS", "99.99%", True),
    ("authentication", "99.9%", True),
    ("AWS", "99.9%", True),
    ("Twitter feed", "99%", False),
)


def dependency(name: str, availability: str, critical: bool = True) -> Dependency:
    return Dependency(name=name, availability=parse_availability(availability), critical=critical)


def seed(promise: str = "99.9%", **more: object) -> SlaFeasibility:
    return sla_feasibility(
        parse_availability(promise),
        dependencies=[dependency(*item) for item in SEED],
        **more,  # type: ignore[arg-type]
    )


def test_the_seeds_dependencies_alone_break_its_promise() -> None:
    found = seed()
    product = Fraction(999, 1000) ** 3 * Fraction(9999, 10_000)

    assert found.reduced == Availability(fraction=product)
    assert found.full == Availability(fraction=product * Fraction(99, 100))
    assert found.verdict is Verdict.BREACHED
    assert found.own_needed is None
    assert [finding.id for finding in found.findings] == ["RECOVERY-401"]


def test_the_fewest_changes_that_suffice_are_named() -> None:
    """Three providers twice each: (1 - 10^-6)^3 x 99.99 %; two of them still leave 99.89 %."""
    plan = seed().plan

    assert [(step.need, step.change) for step in plan] == [
        ("e-mail", "redundant"),
        ("authentication", "redundant"),
        ("AWS", "redundant"),
    ]
    assert [step.suffices for step in plan] == [False, False, True]
    assert plan[-1].allows.fraction == (1 - Fraction(1, 10**6)) ** 3 * Fraction(9999, 10_000)


def test_single_changes_are_listed_the_most_helpful_first() -> None:
    allows = [step.allows.fraction for step in seed().remedies]

    assert allows == sorted(allows, reverse=True)
    assert "Twitter feed" not in {step.need for step in seed().remedies}


def test_a_promise_below_what_is_allowed_says_how_good_ones_own_part_must_be() -> None:
    found = seed("99%")

    assert found.verdict is Verdict.MET
    assert found.own_needed is not None
    assert found.reduced is not None
    assert found.own_needed.fraction * found.reduced.fraction == Fraction(99, 100)
    assert found.findings == ()


def test_a_safe_promise_leaves_half_of_its_budget() -> None:
    """The dependencies lose 0.31 %; 99.5 % would leave 0.19 %, and 99 % leaves more than half."""
    assert str(seed().safe) == "99%"


@given(lost=st.lists(st.integers(min_value=1, max_value=20_000), min_size=1, max_size=5))
def test_a_safe_promise_can_be_kept_and_has_room(lost: list[int]) -> None:
    parts = [
        Dependency(name=str(number), availability=Availability(fraction=1 - Fraction(parts, 10**6)))
        for number, parts in enumerate(lost)
    ]
    found = sla_feasibility(None, dependencies=parts)

    if found.safe is not None:
        assert found.reduced is not None
        assert found.reduced.unavailability * 2 <= found.safe.unavailability


@given(
    lost=st.lists(st.integers(min_value=1, max_value=20_000), min_size=1, max_size=4),
    promise=st.integers(min_value=100, max_value=30_000),
)
def test_no_smaller_plan_suffices(lost: list[int], promise: int) -> None:
    """Against every subset of redundant providers."""
    from itertools import combinations

    shares = [Fraction(value, 10**6) for value in lost]
    wanted = 1 - Fraction(promise, 10**6)
    parts = [
        Dependency(name=str(number), availability=Availability(fraction=1 - share))
        for number, share in enumerate(shares)
    ]
    plan = sla_feasibility(Availability(fraction=wanted), dependencies=parts).plan

    def allowed(chosen: tuple[int, ...]) -> Fraction:
        total = Fraction(1)
        for number, share in enumerate(shares):
            total *= 1 - (share**2 if number in chosen else share)
        return total

    sizes = [
        size
        for size in range(len(lost) + 1)
        for chosen in combinations(range(len(lost)), size)
        if allowed(chosen) >= wanted
    ]
    if sizes and all(step.change == "redundant" for step in plan):
        assert len(plan) == min(sizes)


def test_an_rto_longer_than_the_budget_contradicts_the_promise() -> None:
    """99.95 % of 30 days is 21.6 minutes, so an RTO of an hour cannot honor it in a month with one failover."""
    found = sla_feasibility(parse_availability("99.95%"), objective=Objective(rto="1h", rpo="5m"))

    (finding,) = found.findings
    assert finding.id == "RECOVERY-402"
    assert "21m36s" in finding.message
    assert "hardware, zone, region is 1h" in finding.message


@pytest.mark.parametrize(("rto", "count"), [("21m36s", 0), ("21m37s", 1)])
def test_the_contradiction_begins_at_the_second(rto: str, count: int) -> None:
    found = sla_feasibility(parse_availability("99.95%"), objective=Objective(rto=rto, rpo="5m"))

    assert len(found.findings) == count


def test_an_estimate_longer_than_the_budget_contradicts_the_promise() -> None:
    """The RTO fits; the restore that is built for it takes longer."""
    objective = Objective(rto="20m", rpo="1d", uptime="99.95%")
    database = Component(
        name="ledger",
        kind=Kind.DATABASE,
        region="eu-west-1",
        engine="postgres",
        protections=(Protection(mechanism="automated_backups"),),
    )
    found = sla_feasibility(objective.uptime, assessments=[assess(database, objective)], objective=objective)

    assert {finding.id for finding in found.findings} == {"RECOVERY-401", "RECOVERY-404", "RECOVERY-407"}


def test_parts_that_fit_each_into_the_budget_and_not_one_after_the_other_contradict_the_promise() -> None:
    """Nothing was said of a workload that is down for longer than the month has, since no component is by itself."""
    objective = Objective(rto="15m", rpo="5m", uptime="99.92%")
    accepted = objective.with_targets(region=Target("40m", "5m"))
    away = Protection(mechanism="global_database", region="eu-central-1", parameters={"instances": 1})
    share = Protection(mechanism="service_at_a_share", region="eu-central-1", parameters={"share_percent": 25})
    routed = Protection(
        mechanism="health_check_failover",
        parameters={"failure_threshold": 3, "request_interval": 30, "ttl": 60},
    )
    ledger = Component(
        name="ledger", kind=Kind.DATABASE, region="eu-west-1", engine="aurora-postgresql", protections=(away,)
    )
    api = Component(name="api", kind=Kind.SERVICE, region="eu-west-1", protections=(share, routed))
    found = sla_feasibility(
        objective.uptime, assessments=[assess(ledger, accepted), assess(api, objective)], objective=objective
    )
    late = [item.message for item in found.findings if item.id == "RECOVERY-404" and "region" in item.message]
    # 0.08 % of 30 days are 34 min 33.6 s: the ledger takes 27 min, the service 11 min 10 s, and both 36 min 40 s.
    assert [message.partition(" is estimated")[0] for message in late] == ["the workload as a whole"]


def test_a_credit_above_the_promise_is_owed_although_it_is_kept() -> None:
    steps = [CreditStep(below=parse_availability(text), credit=Decimal(10)) for text in ("99.9%", "99%")]

    def found(promise: str) -> list[str]:
        promised = parse_availability(promise)
        return [item.message for item in sla_feasibility(promised, credits=steps).findings if item.id == "RECOVERY-409"]

    assert found("99.5%") == ["10 % of the fee is owed below 99.9%, and the promise is 99.5%"]
    assert found("99.9%") == []


def test_a_commitment_that_what_is_built_does_not_keep_contradicts_it_without_any_uptime() -> None:
    objective = Objective(rto="15m", rpo="1h")
    backups = Protection(mechanism="automated_backups")
    copied = Protection(mechanism="replicated_backups", region="eu-central-1")

    def found(*protections: Protection) -> list[SlaFinding]:
        ledger = Component(
            name="ledger", kind=Kind.DATABASE, region="eu-west-1", engine="postgres", protections=protections
        )
        return list(sla_feasibility(None, assessments=[assess(ledger, objective)], objective=objective).findings)

    assert {item.id for item in found(backups, copied)} == {"RECOVERY-407"}
    region = next(item for item in found(backups, copied) if "ledger, region" in item.message)
    assert region.severity == "error"
    assert "the commitment is RTO 15m, RPO 1h, and what is built comes to RTO 1h" in region.message
    assert any("ledger, region" in item.message and "never back" in item.message for item in found(backups))


def test_a_workload_whose_parts_keep_their_time_one_by_one_may_not_keep_it_together() -> None:
    """Two restores by hand: what people repoint, they repoint one after the other."""
    objective = Objective(rto="2h", rpo="1d")
    parts = [
        Component(
            name=f"ledger{number}",
            kind=Kind.DATABASE,
            region="eu-west-1",
            engine="postgres",
            protections=(
                Protection(mechanism="automated_backups"),
                Protection(mechanism="replicated_backups", region="eu-central-1"),
            ),
        )
        for number in range(12)
    ]
    assessments = [assess(item, objective) for item in parts]

    assert all(item.met for item in assessments)
    findings = sla_feasibility(None, assessments=assessments, objective=objective).findings
    assert "the workload as a whole" in findings[0].message


def test_components_under_one_agreement_in_one_region_count_once() -> None:
    buckets = [assess(Component(name=name, kind=Kind.BUCKET, region="eu-west-1")) for name in ("a", "b")]
    (need,) = sla_feasibility(None, assessments=buckets).needs

    assert need.components == ("a", "b")
    assert str(need.availability) == "99.9%"


def test_a_component_without_an_agreement_makes_the_answer_unknown() -> None:
    key = assess(Component(name="key", kind=Kind.KEY, region="eu-west-1"))
    found = sla_feasibility(parse_availability("99.9%"), assessments=[key])

    assert found.verdict is Verdict.UNKNOWN
    assert [finding.id for finding in found.findings] == ["RECOVERY-403"]
    assert found.safe is None


def test_budgets_of_aws_and_third_parties_are_apart() -> None:
    bucket = assess(Component(name="a", kind=Kind.BUCKET, region="eu-west-1"))
    found = sla_feasibility(
        parse_availability("99%"), assessments=[bucket], dependencies=[dependency("DNS", "99.99%")], period=MONTH_30D
    )

    assert found.aws_downtime == Fraction(MONTH_30D.seconds, 1000)
    assert found.third_party_downtime == Fraction(MONTH_30D.seconds, 10_000)
    assert found.own_downtime == Fraction(MONTH_30D.seconds, 100) - MONTH_30D.seconds * (
        1 - Fraction(999, 1000) * Fraction(9999, 10_000)
    )


def test_nothing_needed_and_nothing_promised_is_undeclared() -> None:
    found = sla_feasibility(None)

    assert found.verdict is Verdict.UNDECLARED
    assert found.findings == ()


@pytest.mark.parametrize("promise", [None, "50%", "99.9%"])
def test_of_a_service_that_stands_on_nothing_known_nothing_can_be_promised(promise: str | None) -> None:
    extra = Dependency(name="feed", availability=parse_availability("99%"), critical=False)
    for dependencies in ([], [extra]):
        found = sla_feasibility(None if promise is None else parse_availability(promise), dependencies=dependencies)
        assert found.reduced is None
        assert found.safe is None
        assert found.verdict is (Verdict.UNDECLARED if promise is None else Verdict.UNKNOWN)


BUCKET = assess(Component(name="assets", kind=Kind.BUCKET, region="eu-west-1"))
TABLE = assess(Component(name="orders", kind=Kind.TABLE, region="eu-west-1"))


def covering(*globs: str) -> Dependency:
    covers = tuple(AddressGlob(glob) for glob in globs)
    return Dependency(name="AWS", availability=parse_availability("99.9%"), covers=covers)


def test_aws_declared_beside_the_components_that_run_on_it_is_pointed_out() -> None:
    """99.9 % for AWS, and 99.9 % and 99.99 % for what runs there: the same downtime twice."""
    found = sla_feasibility(
        parse_availability("99%"), assessments=[BUCKET, TABLE], dependencies=[dependency("AWS", "99.9%")]
    )
    assert found.reduced is not None
    assert found.reduced.fraction == Fraction(999, 1000) ** 2 * Fraction(9999, 10_000)
    (note,) = found.findings
    assert (note.id, note.severity) == ("RECOVERY-405", "note")
    assert "covers: [assets, orders]" in note.fix


def test_a_service_of_aws_by_its_name_is_pointed_out_for_its_components_alone() -> None:
    found = sla_feasibility(None, assessments=[BUCKET, TABLE], dependencies=[dependency("Our S3 team", "99.9%")])
    (note,) = found.findings
    assert "covers: [assets]" in note.fix


@pytest.mark.parametrize("name", ["DNS", "lawsuits", "s3cret service", "e-mail"])
def test_no_other_name_is_taken_for_aws(name: str) -> None:
    assert sla_feasibility(None, assessments=[BUCKET], dependencies=[dependency(name, "99.9%")]).findings == ()


def test_what_a_dependency_covers_is_not_counted_again() -> None:
    found = sla_feasibility(None, assessments=[BUCKET, TABLE], dependencies=[covering("ass*")])
    assert found.reduced is not None
    assert found.reduced.fraction == Fraction(999, 1000) * Fraction(9999, 10_000)
    assert [need.components for need in found.needs] == [("orders",), ("assets",)]
    assert found.findings == ()


def test_a_dependency_that_covers_nothing_says_so() -> None:
    found = sla_feasibility(None, assessments=[BUCKET], dependencies=[covering()])
    assert found.reduced is not None
    assert found.reduced.fraction == Fraction(999, 1000) ** 2
    assert found.findings == ()


def test_a_dependency_that_covers_more_than_aws_promises_is_pointed_out() -> None:
    """99.9 % and 99.99 % together are less than 99.9 %."""
    found = sla_feasibility(None, assessments=[BUCKET, TABLE], dependencies=[covering("*")])
    assert found.reduced == parse_availability("99.9%")
    (note,) = found.findings
    assert (note.id, note.severity) == ("RECOVERY-406", "note")
    assert "99.89%" in note.fix


def test_what_the_service_can_do_without_covers_nothing() -> None:
    optional = Dependency(
        name="AWS", availability=parse_availability("99.9%"), critical=False, covers=(AddressGlob("*"),)
    )
    found = sla_feasibility(None, assessments=[BUCKET], dependencies=[optional])
    assert found.reduced == parse_availability("99.9%")
    assert found.findings == ()
