"""The uptime that service level agreements support."""

from __future__ import annotations

from fractions import Fraction

import attrs
import pytest

from constructs_lib.assessment import Verdict, assess
from constructs_lib.availability import Availability
from constructs_lib.components import Component, Kind, Protection
from constructs_lib.objectives import Disruption, Objective

ROUTED = Protection(mechanism="health_check_failover")
BOTH_WAYS = Protection(mechanism="replication", region="eu-central-1", parameters={"two_way": True})


def bucket(*protections: Protection) -> Component:
    return Component(name="b", kind=Kind.BUCKET, region="eu-west-1", protections=protections)


@pytest.mark.parametrize(
    ("kind", "engine", "mechanism", "region", "percent"),
    [
        ("bucket", None, None, None, "99.9%"),
        ("table", None, "pitr", None, "99.99%"),
        ("table", None, "global_table", "eu-central-1", "99.99%"),
        ("distribution", None, None, None, "99.9%"),
        ("database", "postgres", "automated_backups", None, "99.5%"),
        ("database", "postgres", "multi_az_instance", None, "99.95%"),
        ("database", "mysql", "multi_az_cluster", None, "99.95%"),
        ("database", "aurora-mysql", "cluster_backups", None, "99.9%"),
        ("database", "aurora-mysql", "aurora_reader", None, "99.99%"),
        ("database", "dsql", "backup", None, "99.99%"),
        ("database", "dsql", "dsql_multi_region", "eu-central-1", "99.99%"),
    ],
)
def test_the_best_agreement_counts(
    kind: str, engine: str | None, mechanism: str | None, region: str | None, percent: str
) -> None:
    protections = () if mechanism is None else (Protection(mechanism=mechanism, region=region),)
    component = Component(name="it", kind=Kind(kind), region="eu-west-1", engine=engine, protections=protections)
    assert str(assess(component).uptime.availability) == percent


SWITCH = 30 * 3 + 30 + 10 + 60  # three failures, the check before the first, verdicts put together, TTL
MONTH = 30 * 86_400


def assert_a_month_but_for_a_switch(availability: Availability | None) -> None:
    """To four decimal places, and never more than there is."""
    assert availability is not None
    assert 0 <= availability.unavailability - Fraction(SWITCH, MONTH) < Fraction(1, 10**6)


@pytest.mark.parametrize(
    ("kind", "engine", "mechanism"), [("table", None, "global_table"), ("database", "dsql", "dsql_multi_region")]
)
def test_an_agreement_over_two_regions_counts_where_traffic_fails_over_by_itself(
    kind: str, engine: str | None, mechanism: str
) -> None:
    """It says 99.999 %, which is 26 s of a month; a switch of 190 s is more than that."""
    protections = (Protection(mechanism=mechanism, region="eu-central-1"), ROUTED)
    component = Component(name="it", kind=Kind(kind), region="eu-west-1", engine=engine, protections=protections)
    uptime = assess(component).uptime
    assert_a_month_but_for_a_switch(uptime.availability)
    assert "less one failover of 3m10s in a month of 30 days" in uptime.because


def test_two_regions_that_both_serve_are_up_but_for_one_failover_a_month() -> None:
    """Two independent copies of 99.9 % would be 99.9999 %, 2.6 s a month, and one switch takes 190 s of it."""
    uptime = assess(bucket(BOTH_WAYS, ROUTED)).uptime
    assert_a_month_but_for_a_switch(uptime.availability)
    assert str(uptime).startswith("99.9926% (SLA s3.standard, in two Regions that both serve, less one failover")


def test_a_faster_switch_supports_a_higher_promise() -> None:
    fast = attrs.evolve(ROUTED, parameters={"request_interval": 10})
    uptime = assess(bucket(BOTH_WAYS, fast), Objective(uptime="99.995%"))
    assert uptime.uptime_verdict is Verdict.MET
    assert assess(bucket(BOTH_WAYS, ROUTED), Objective(uptime="99.995%")).uptime_verdict is Verdict.BREACHED


def test_a_switch_that_takes_longer_than_one_region_may_be_down_adds_nothing() -> None:
    slow = attrs.evolve(ROUTED, parameters={"ttl": 86_400})
    assert str(assess(bucket(BOTH_WAYS, slow)).uptime.availability) == "99.9%"


def test_a_switch_whose_length_is_not_known_adds_nothing() -> None:
    vague = attrs.evolve(ROUTED, unknown=frozenset({"ttl"}))
    assert str(assess(bucket(BOTH_WAYS, vague)).uptime.availability) == "99.9%"


def test_a_second_region_that_nobody_routes_to_adds_nothing() -> None:
    assert str(assess(bucket(BOTH_WAYS)).uptime.availability) == "99.9%"
    doubted = attrs.evolve(ROUTED, doubts=("it is disabled",))
    assert str(assess(bucket(BOTH_WAYS, doubted)).uptime.availability) == "99.9%"


@pytest.mark.parametrize("region", [None, "eu-west-1"])
def test_a_copy_not_known_to_be_in_another_region_adds_nothing(region: str | None) -> None:
    assert str(assess(bucket(attrs.evolve(BOTH_WAYS, region=region), ROUTED)).uptime.availability) == "99.9%"
    replica = Protection(mechanism="global_table", region=region)
    table = Component(name="t", kind=Kind.TABLE, region="eu-west-1", protections=(replica,))
    assert str(assess(table).uptime.availability) == "99.99%"


def test_a_doubted_copy_adds_nothing() -> None:
    doubted = attrs.evolve(BOTH_WAYS, doubts=("the role may not replicate",))
    assert str(assess(bucket(doubted, ROUTED)).uptime.availability) == "99.9%"


@pytest.mark.parametrize(
    ("promised", "verdict"), [("99.9%", Verdict.MET), ("99.90001%", Verdict.BREACHED), ("100%", Verdict.BREACHED)]
)
def test_the_promise_is_compared_exactly(promised: str, verdict: Verdict) -> None:
    assert assess(bucket(), Objective(uptime=promised)).uptime_verdict is verdict


def test_a_component_without_an_agreement_keeps_no_promise() -> None:
    secret = Component(name="s", kind=Kind.SECRET, region="eu-west-1")
    assessment = assess(secret, Objective(uptime="1%"))
    assert assessment.uptime_verdict is Verdict.UNKNOWN
    assert not assessment.met
    assert assessment.estimates[Disruption.REGION].lost
