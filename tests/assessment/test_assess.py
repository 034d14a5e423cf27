"""What a component's protections are worth: paths, doubts, unknowns, Regions."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from constructs_lib.assessment import Verdict, assess
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.confidence import Confidence, weakest
from constructs_lib.components import Component, Kind, Protection
from constructs_lib.errors import CatalogError
from constructs_lib.objectives import Assumptions, Disruption, Objective, Target

LOOSE = Objective("30d", "30d", software=Target("30d", "30d"))
KINDS = ("bucket", "distribution", "table", "database")


def table(*protections: Protection, region: str | None = "eu-west-1") -> Component:
    return Component(name="orders", kind=Kind.TABLE, region=region, protections=protections)


def database(engine: str, *protections: Protection, size_gb: int = 100) -> Component:
    return Component(
        name="db", kind=Kind.DATABASE, region="eu-west-1", engine=engine, protections=protections, size_gb=size_gb
    )


REPLICA = Protection(mechanism="global_table", region="eu-central-1", parameters={"consistency": "EVENTUAL"})
CHECKED = Protection(
    mechanism="health_check_failover", parameters={"request_interval": 30, "failure_threshold": 3, "ttl": 60}
)


@st.composite
def protected(draw: st.DrawFn) -> Component:
    """A component with any protections the catalog knows for its kind, in any Region and state of knowledge."""
    kind = draw(st.sampled_from(KINDS))
    catalog = load_catalog()
    names = [name for of, name in catalog.mechanisms if of in (kind, "any") and name != "repoint"]
    region = st.sampled_from((None, "eu-west-1", "eu-central-1"))
    protections = []
    for name in draw(st.lists(st.sampled_from(names), max_size=4)):
        defaults = catalog.mechanism(kind, name).defaults
        protections.append(
            Protection(
                mechanism=name,
                region=draw(region),
                doubts=draw(st.sampled_from(((), (), ("it is switched off",)))),
                unknown=draw(st.frozensets(st.sampled_from(sorted(defaults)))) if defaults else frozenset(),
            )
        )
    engine = draw(st.none() | st.sampled_from(catalog.engines())) if kind == "database" else None
    return Component(
        name="it",
        kind=Kind(kind),
        region=draw(region),
        engine=engine,
        size_gb=draw(st.integers(0, 10_000)),
        protections=tuple(protections),
    )


@given(protected())
def test_every_estimate_is_the_sum_of_its_reasons(component: Component) -> None:
    for estimate in assess(component, LOOSE).estimates.values():
        spent = [reason for reason in estimate.reasons if reason.step in ("detect", "decide", "act", "propagate")]
        lost = [reason for reason in estimate.reasons if reason.step == "lose"]
        assert estimate.reasons
        if estimate.rto_seconds is not None:
            assert estimate.rto_seconds == sum(reason.seconds for reason in spent)
            assert estimate.rto_confidence is weakest(*(reason.confidence for reason in spent))
        if estimate.rpo_seconds is not None:
            assert estimate.rpo_seconds == sum(reason.seconds for reason in lost)
            assert estimate.rpo_confidence is weakest(*(reason.confidence for reason in lost))


@given(protected())
def test_met_is_said_only_of_figures_that_are_known_and_small_enough(component: Component) -> None:
    assessment = assess(component, LOOSE)
    for disruption, target in LOOSE.targets():
        estimate = assessment.estimates[disruption]
        if assessment.verdict(disruption) is Verdict.MET:
            assert estimate.rto_seconds is not None
            assert estimate.rto_seconds <= target.rto
            assert estimate.rpo_seconds is not None
            assert estimate.rpo_seconds <= target.rpo
            assert estimate.confidence is not Confidence.UNKNOWN
            assert not estimate.lost


@given(protected())
def test_a_region_is_covered_only_by_what_is_known_to_lie_in_another(component: Component) -> None:
    verdict = assess(component, LOOSE).verdict(Disruption.REGION)
    elsewhere = [
        item
        for item in component.protections
        if not item.doubts and None not in (item.region, component.region) and item.region != component.region
    ]
    if verdict is Verdict.MET:
        assert elsewhere


@given(protected())
def test_protections_with_doubts_are_as_good_as_none(component: Component) -> None:
    doubted = replace(
        component, protections=tuple(attrs.evolve(item, doubts=("broken",)) for item in component.protections)
    )
    bare = replace(component, protections=())
    with_doubts, without = assess(doubted, LOOSE), assess(bare, LOOSE)
    assert with_doubts.verdicts == without.verdicts
    assert with_doubts.uptime == without.uptime
    for disruption, estimate in with_doubts.estimates.items():
        assert estimate.rto_seconds == without.estimates[disruption].rto_seconds
        if component.protections:
            assert any("not counted: broken" in reason.text for reason in estimate.reasons)


@given(protected(), st.data())
def test_one_more_protection_never_makes_a_verdict_worse(component: Component, data: st.DataObject) -> None:
    order = (Verdict.BREACHED, Verdict.UNKNOWN, Verdict.MET)
    count = data.draw(st.integers(0, len(component.protections)))
    fewer = replace(component, protections=component.protections[:count])
    # A routing of which something is not known yet takes the place of moving traffic by hand, which is known.
    assume(not any(one.mechanism == "health_check_failover" and one.unknown for one in component.protections[count:]))
    before, after = assess(fewer, LOOSE), assess(component, LOOSE)
    for disruption, _ in LOOSE.targets():
        assert order.index(after.verdict(disruption)) >= order.index(before.verdict(disruption))


def test_without_an_objective_every_verdict_is_undeclared() -> None:
    assessment = assess(table(REPLICA))
    assert set(assessment.verdicts.values()) == {Verdict.UNDECLARED}
    assert assessment.met
    assert assessment.estimates[Disruption.REGION].rpo_seconds == 3


def test_a_manual_step_costs_the_detection_and_the_decision_time_of_the_objective() -> None:
    assumptions = Assumptions(detection_time="1m", decision_time="4m")
    estimate = assess(table(REPLICA), Objective("1h", "1h", assumptions=assumptions)).estimates[Disruption.REGION]
    assert estimate.rto_seconds == 60 + 240 + 0 + 300
    assert [reason.step for reason in estimate.reasons] == ["detect", "decide", "act", "propagate", "lose"]
    assert not estimate.automatic


@pytest.mark.parametrize(
    ("interval", "threshold", "ttl", "seconds"),
    [
        (30, 3, 60, 30 * 3 + 30 + 10 + 60),  # 190 s
        (10, 3, 60, 10 * 3 + 10 + 10 + 60),  # 110 s
        (10, 1, 10, 10 * 1 + 10 + 10 + 10),  # 40 s
        (30, 1, 300, 30 * 1 + 30 + 10 + 300),
    ],
)
def test_a_health_check_takes_its_failures_a_phase_the_verdict_and_the_ttl(
    interval: int, threshold: int, ttl: int, seconds: int
) -> None:
    routed = Protection(
        mechanism="health_check_failover",
        parameters={"request_interval": interval, "failure_threshold": threshold, "ttl": ttl},
    )
    estimate = assess(table(REPLICA, routed), LOOSE).estimates[Disruption.REGION]
    assert estimate.rto_seconds == seconds
    assert estimate.automatic


def test_a_health_check_alone_recovers_nothing() -> None:
    estimate = assess(table(CHECKED), LOOSE).estimates[Disruption.REGION]
    assert estimate.lost
    assert estimate.verdict(Target("30d", "30d")) is Verdict.BREACHED


def test_a_health_check_does_not_promote_what_a_human_must() -> None:
    replica = Protection(mechanism="read_replica", region="eu-central-1")
    estimate = assess(database("postgres", replica, CHECKED), LOOSE).estimates[Disruption.REGION]
    assert not estimate.automatic
    assert estimate.rto_seconds == 120 + 900 + 1800 + 300


def test_a_health_check_whose_ttl_is_not_known_makes_the_answer_unknown() -> None:
    vague = attrs.evolve(CHECKED, unknown=frozenset({"ttl"}))
    assessment = assess(table(REPLICA, vague), LOOSE)
    assert assessment.verdict(Disruption.REGION) is Verdict.UNKNOWN
    assert assessment.estimates[Disruption.REGION].rto_seconds is None


def test_a_doubted_health_check_leaves_the_way_by_hand() -> None:
    doubted = attrs.evolve(CHECKED, doubts=("it is disabled",))
    estimate = assess(table(REPLICA, doubted), LOOSE).estimates[Disruption.REGION]
    assert estimate.rto_seconds == 120 + 900 + 300


@pytest.mark.parametrize(
    ("attempts", "connect", "read", "custom", "seconds"),
    [
        (2, 3, 30, False, 30),  # max(2 × 3, 30)
        (3, 10, 30, False, 30),  # max(3 × 10, 30)
        (3, 10, 20, False, 30),
        (1, 1, 5, False, 5),
        (3, 10, 30, True, 90),  # max(3 × 10, 3 × 30): a custom origin is read again at each attempt
        (2, 3, 10, True, 20),
    ],
)
def test_an_origin_group_waits_for_the_longer_of_connecting_and_reading(
    attempts: int, connect: int, read: int, custom: bool, seconds: int
) -> None:
    group = Protection(
        mechanism="origin_group",
        region="eu-central-1",
        parameters={
            "connection_attempts": attempts,
            "connection_timeout_seconds": connect,
            "read_timeout_seconds": read,
            "custom_origin": custom,
        },
    )
    site = Component(name="site", kind=Kind.DISTRIBUTION, region="eu-west-1", protections=(group,))
    estimate = assess(site, LOOSE).estimates[Disruption.REGION]
    assert estimate.rto_seconds == seconds
    assert estimate.automatic


def test_a_condition_that_is_not_known_makes_the_answer_unknown() -> None:
    vague = Protection(mechanism="replication", region="eu-central-1", unknown=frozenset({"rtc"}))
    bucket = Component(name="b", kind=Kind.BUCKET, region="eu-west-1", protections=(vague,))
    assessment = assess(bucket, LOOSE)
    assert assessment.verdict(Disruption.REGION) is Verdict.UNKNOWN
    assert not assessment.met


@pytest.mark.parametrize(("here", "there"), [(None, "eu-central-1"), ("eu-west-1", None), (None, None)])
def test_a_region_that_is_not_known_makes_the_answer_unknown(here: str | None, there: str | None) -> None:
    assessment = assess(table(attrs.evolve(REPLICA, region=there), region=here), LOOSE)
    assert assessment.verdict(Disruption.REGION) is Verdict.UNKNOWN


def test_a_copy_in_the_same_region_is_none() -> None:
    assessment = assess(table(attrs.evolve(REPLICA, region="eu-west-1")), LOOSE)
    assert assessment.estimates[Disruption.REGION].lost
    assert assessment.verdict(Disruption.REGION) is Verdict.BREACHED


def test_of_two_ways_back_the_one_that_meets_the_target_counts() -> None:
    """Replicated backups are slower and lose more than a read replica; each is taken where it is the better one."""
    backups = Protection(mechanism="replicated_backups", region="eu-central-1")
    replica = Protection(mechanism="read_replica", region="eu-central-1")
    both = assess(database("postgres", backups, replica), Objective("1h", "5m"))
    assert both.estimates[Disruption.REGION].mechanism == "read_replica"
    doubted = assess(database("postgres", backups, attrs.evolve(replica, doubts=("stopped",))), LOOSE)
    assert doubted.estimates[Disruption.REGION].mechanism == "replicated_backups"


@pytest.mark.parametrize(("size", "restore"), [(0, 1_800), (100, 3_000), (1_000, 13_800)])
def test_a_restore_takes_longer_for_a_larger_database(size: int, restore: int) -> None:
    backups = Protection(mechanism="automated_backups")
    estimate = assess(database("postgres", backups, size_gb=size), LOOSE).estimates[Disruption.SOFTWARE]
    assert estimate.rto_seconds == 120 + 900 + restore + 300


@pytest.mark.parametrize(
    ("engine", "protections", "rto", "rpo"),
    [
        ("postgres", (), None, None),
        ("postgres", ("automated_backups",), 120 + 900 + 1_800 + 1_200 + 300, 300),
        ("postgres", ("automated_backups", "multi_az_instance"), 120, 0),
        ("mysql", ("automated_backups", "multi_az_cluster"), 35, 0),
        ("aurora-mysql", (), 900, 0),
        ("aurora-mysql", ("aurora_reader",), 60, 0),
        ("dsql", (), 0, 0),
    ],
)
def test_the_loss_of_a_zone(engine: str, protections: tuple[str, ...], rto: int | None, rpo: int | None) -> None:
    component = database(engine, *(Protection(mechanism=name) for name in protections))
    estimate = assess(component, LOOSE).estimates[Disruption.ZONE]
    assert (estimate.rto_seconds, estimate.rpo_seconds) == (rto, rpo)


RDS_REPLICA = Protection(mechanism="read_replica", region="eu-central-1")
BACKUPS = Protection(mechanism="automated_backups")
FAILOVER = (2 + 15 + 30 + 5) * 60  # detect, decide, promote, point callers elsewhere
RESTORE = (2 + 15 + 30 + 20 + 5) * 60  # 100 GB at 12 s


@pytest.mark.parametrize("disruption", [Disruption.HARDWARE, Disruption.ZONE])
def test_a_wider_way_back_serves_the_narrower_disruption(disruption: Disruption) -> None:
    component = database("postgres", BACKUPS, RDS_REPLICA)

    def found(objective: Objective | None) -> tuple[int | None, bool]:
        estimate = assess(component, objective).estimates[disruption]
        return estimate.rto_seconds, estimate.wider

    assert found(Objective("1h", "5m")) == (FAILOVER, True)
    assert found(Objective("2h", "5m")) == (RESTORE, False), "within the Region where that does"
    assert found(Objective("10m", "5m")) == (FAILOVER, True), "the shortest where nothing does"
    assert found(None) == (RESTORE, False)
    forbidden = Assumptions(wider_recovery=False)
    assert found(Objective("1h", "5m", assumptions=forbidden)) == (RESTORE, False)


def test_a_wider_way_back_says_what_it_means() -> None:
    estimate = assess(database("postgres", RDS_REPLICA), Objective("1h", "5m")).estimates[Disruption.ZONE]
    assert "failover to the recovery Region" in str(estimate.reasons[-1])
    assert "failback" in str(estimate.reasons[-1])


def test_a_wider_way_back_is_none_against_corruption() -> None:
    assert assess(database("postgres", RDS_REPLICA), LOOSE).estimates[Disruption.SOFTWARE].lost


@pytest.mark.parametrize("region", ["eu-west-1", None])
def test_only_a_copy_known_to_be_elsewhere_is_wider(region: str | None) -> None:
    verdict = assess(database("postgres", attrs.evolve(RDS_REPLICA, region=region)), LOOSE).verdict(Disruption.ZONE)
    assert verdict is (Verdict.UNKNOWN if region is None else Verdict.BREACHED)


def test_a_restore_loses_what_was_written_until_somebody_stopped_it() -> None:
    """Everything goes back to before the damage; versions of objects do not, each is brought back by itself."""
    patient = Objective("30d", "30d", software=Target("30d", "30d"), assumptions=Assumptions(detection_time="1h"))
    component = database("postgres", BACKUPS)
    estimates = assess(component, patient).estimates
    assert estimates[Disruption.SOFTWARE].rpo_seconds == 300 + 3600 + 15 * 60
    assert estimates[Disruption.ZONE].rpo_seconds == 300
    versioned = Component(
        name="b", kind=Kind.BUCKET, region="eu-west-1", protections=(Protection(mechanism="versioning"),)
    )
    assert assess(versioned, patient).estimates[Disruption.SOFTWARE].rpo_seconds == 0


def test_an_enforced_recovery_point_is_the_limit_that_blocks_commits() -> None:
    def secondary(**parameters: object) -> Protection:
        return Protection(mechanism="global_database", region="eu-central-1", parameters=parameters)

    enforced = secondary(enforced=True, rpo_limit_seconds=45)
    estimate = assess(database("aurora-postgresql", enforced), LOOSE).estimates[Disruption.REGION]
    assert (estimate.rpo_seconds, estimate.rpo_confidence) == (45, Confidence.ENFORCED)
    unlimited = assess(database("aurora-postgresql", secondary(enforced=True)), LOOSE)
    assert unlimited.verdict(Disruption.REGION) is Verdict.UNKNOWN


def test_a_mechanism_the_catalog_does_not_know_is_refused() -> None:
    with pytest.raises(CatalogError, match=r"no mechanism 'prayer' for a table"):
        assess(table(Protection(mechanism="prayer")), LOOSE)


# ---------------------------------------------------------------- what notices

ENDPOINT = load_catalog().mechanism("any", "endpoint_alarm")
HEARTBEAT = Protection(mechanism="heartbeat", parameters={"rings_in": "eu-central-1"})


def _detection(component: Component, disruption: Disruption, **assumptions: Any) -> tuple[str, str | None]:
    objective = Objective("30d", "30d", software=Target("30d", "30d"), assumptions=Assumptions(**assumptions))
    estimate = assess(component, objective).estimates[disruption]
    (reason,) = (item for item in estimate.reasons if item.step == "detect")
    assert reason.seconds == objective.assumptions.detection_time
    return reason.text, estimate.noticed_by


def test_where_nothing_is_built_or_declared_a_human_has_to_notice() -> None:
    text, by = _detection(table(REPLICA), Disruption.REGION)
    assert (by, text.partition(":")[0]) == (None, "until somebody notices, as the objective assumes")


@pytest.mark.parametrize(
    ("detection", "by"),
    [
        (HEARTBEAT, "the heartbeat's alarm in eu-central-1"),
        (
            attrs.evolve(HEARTBEAT, mechanism="endpoint_alarm"),
            f"{ENDPOINT.title} in eu-central-1",
        ),
        (attrs.evolve(HEARTBEAT, parameters={"rings_in": "eu-west-1"}), None),
        (attrs.evolve(HEARTBEAT, parameters={}), None),
        (attrs.evolve(HEARTBEAT, doubts=("its alarm tells nobody",)), None),
    ],
)
def test_what_rings_outside_the_lost_region_and_tells_somebody_counts(detection: Protection, by: str | None) -> None:
    component = table(REPLICA, Protection(mechanism="pitr"), detection)
    assert _detection(component, Disruption.REGION)[1] == by
    assert _detection(component, Disruption.SOFTWARE)[1] is None


def test_what_is_declared_counts_for_whatever_is_not_built() -> None:
    component = table(REPLICA, Protection(mechanism="pitr"), HEARTBEAT)
    assert _detection(component, Disruption.SOFTWARE, detected_by="our monitor")[1] == "our monitor"
    assert _detection(component, Disruption.REGION, detected_by="our monitor")[1] != "our monitor"


def test_nobody_has_to_notice_what_fails_over_by_itself() -> None:
    estimate = assess(table(REPLICA, CHECKED, HEARTBEAT), LOOSE).estimates[Disruption.REGION]
    assert (estimate.automatic, estimate.noticed_by) == (True, None)
