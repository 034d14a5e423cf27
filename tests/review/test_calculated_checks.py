"""What turns a record: health checks that are counted, and records that share the traffic out by weight."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.assessment import Verdict
from constructs_lib.objectives import Disruption
from constructs_lib.plan import read_plan
from tests.plan.by_hand import expression, hand_made
from tests.plan.by_hand import resource as by_hand
from tests.review.made import AWAY, EVERYTHING, HOME, found, ids, instance, plan, replica, resource, table

_SOON = EVERYTHING.replace("rto: 4h, rpo: 4h, software: {rto: 1d, rpo: 1d}", "region: {rto: 5m, rpo: 4h}")
_TAGS = {"recovery:workload": "shop"}
_HERE, _THERE = f"api.{HOME}.elb.amazonaws.com", f"api.{AWAY}.elb.amazonaws.com"


def _check(id: str, **values: Any) -> dict[str, Any]:
    given = {"type": "HTTPS", "fqdn": _HERE, "request_interval": 30, "failure_threshold": 3, **values}
    return resource(f"aws_route53_health_check.{id}", {"id": id, **given, "tags_all": _TAGS}, region=None)


def _alarm(id: str, region: str, **values: Any) -> dict[str, Any]:
    given = {"type": "CLOUDWATCH_METRIC", "cloudwatch_alarm_name": id, "cloudwatch_alarm_region": region, **values}
    return resource(f"aws_route53_health_check.{id}", {"id": id, **given, "tags_all": _TAGS}, region=None)


def _counted(threshold: int, *children: str, id: str = "both", **more: Any) -> dict[str, Any]:
    values = {"type": "CALCULATED", "child_healthchecks": list(children), "child_health_threshold": threshold, **more}
    return resource(f"aws_route53_health_check.{id}", {"id": id, **values, "tags_all": _TAGS}, region=None)


def _record(id: str, target: str, check: str | None, **policy: Any) -> dict[str, Any]:
    values = {"zone_id": "Z", "name": "shop.example.com", "type": "CNAME", "ttl": 60, "records": [target]}
    checked = {} if check is None else {"health_check_id": check}
    return resource(f"aws_route53_record.{id}", {**values, "set_identifier": id, **policy, **checked}, region=None)


def _pair(check: str) -> list[dict[str, Any]]:
    return [
        _record("first", _HERE, check, failover_routing_policy=[{"type": "PRIMARY"}]),
        _record("second", _THERE, None, failover_routing_policy=[{"type": "SECONDARY"}]),
    ]


def _shared(*records: tuple[int, str, str | None]) -> list[dict[str, Any]]:
    return [
        _record(f"share{number}", target, check, weighted_routing_policy=[{"weight": weight}])
        for number, (weight, target, check) in enumerate(records)
    ]


def _verdict(*resources: dict[str, Any]) -> Verdict:
    result = found(table(tags_all=_TAGS), *resources, objectives=_SOON)
    return next(item.verdict for item in result.components if item.address == "aws_dynamodb_table.orders")


def _doubts(*resources: dict[str, Any]) -> set[str]:
    component = next(item for item in read_plan(json.dumps(plan(*resources)).encode()).after if item.kind == "record")
    return {doubt for item in component.protections for doubt in item.doubts}


@pytest.mark.parametrize(
    ("checks", "verdict"),
    [
        # The service, its data and a latch: one of them is enough.
        ([_check("a"), _check("b"), _alarm("c", AWAY), _counted(3, "a", "b", "c")], Verdict.MET),
        # Both have to fail, and the latch has as many voices.
        (
            [_check("a"), _check("b"), _alarm("c", AWAY), _alarm("d", AWAY), _counted(3, "a", "b", "c", "d")],
            Verdict.MET,
        ),
        ([_check("a"), _check("b"), _counted(1, "a", "b")], Verdict.MET),
        # What is left healthy is enough.
        ([_check("a"), _alarm("c", AWAY), _counted(1, "a", "c")], Verdict.UNKNOWN),
        ([_check("a"), _check("b", fqdn=_THERE), _counted(1, "a", "b")], Verdict.BREACHED),
        ([_check("a"), _check("b", disabled=True), _counted(1, "a", "b")], Verdict.BREACHED),
        ([_check("a"), _check("b"), _counted(0, "a", "b")], Verdict.BREACHED),
        ([_check("a"), _check("b"), _counted(3, "a", "b")], Verdict.BREACHED),
        ([_check("a"), _check("b"), _counted(2, "a", "b", id="inner"), _counted(1, "inner")], Verdict.BREACHED),
    ],
)
def test_a_check_that_counts_others_turns_when_enough_of_them_notice(
    checks: list[dict[str, Any]], verdict: Verdict
) -> None:
    assert _verdict(*checks, *_pair("both")) is verdict


_INVERTED: dict[str, Any] = {"invert_healthcheck": True}


@pytest.mark.parametrize(
    ("checks", "verdict"),
    [
        # Turned round twice it is as it was.
        ([_check("a", **_INVERTED), _counted(1, "a", **_INVERTED)], Verdict.MET),
        ([_check("a"), _counted(1, "a", **_INVERTED)], Verdict.BREACHED),
        ([_check("a", **_INVERTED), _counted(1, "a")], Verdict.BREACHED),
        # It stays where the other side does not answer either, and moves where that does.
        ([_check("a"), _check("b", fqdn=_THERE, **_INVERTED), _counted(1, "a", "b")], Verdict.MET),
        # It is never healthy while both answer.
        ([_check("a"), _check("b", fqdn=_THERE, **_INVERTED), _counted(2, "a", "b")], Verdict.BREACHED),
        # Unhealthy as soon as one of two that are turned round is healthy, or both.
        ([_check("a", **_INVERTED), _check("b", **_INVERTED), _counted(1, "a", "b", **_INVERTED)], Verdict.MET),
        ([_check("a", **_INVERTED), _check("b", **_INVERTED), _counted(2, "a", "b", **_INVERTED)], Verdict.MET),
        ([_check("a", **_INVERTED), _check("b"), _counted(2, "a", "b", **_INVERTED)], Verdict.BREACHED),
        # What somebody sets elsewhere may hold it.
        ([_check("a"), _check("b", fqdn="latch.example.net", **_INVERTED), _counted(2, "a", "b")], Verdict.MET),
        ([_check("a", disabled=True, **_INVERTED), _counted(1, "a")], Verdict.BREACHED),
        ([_check("a"), _check("b"), _counted(0, "a", "b", **_INVERTED)], Verdict.BREACHED),
    ],
)
def test_a_check_that_is_inverted_is_taken_as_it_is(checks: list[dict[str, Any]], verdict: Verdict) -> None:
    assert _verdict(*checks, *_pair("both")) is verdict


@pytest.mark.parametrize(
    ("check", "verdict"),
    [
        ({"fqdn": _THERE}, Verdict.MET),
        ({"fqdn": _THERE, "disabled": True}, Verdict.MET),
        ({"fqdn": "health.example.net"}, Verdict.MET),
        ({"fqdn": "latch.example.net", **_INVERTED}, Verdict.MET),
        ({"fqdn": _THERE, **_INVERTED}, Verdict.BREACHED),
        ({"fqdn": _THERE, "disabled": True, **_INVERTED}, Verdict.BREACHED),
        ({"fqdn": _HERE}, Verdict.BREACHED),
    ],
)
def test_what_stands_by_is_answered_only_while_its_own_check_is_healthy(
    check: dict[str, Any], verdict: Verdict
) -> None:
    first, second = _pair("a")
    for side in ("before", "after"):
        second["change"][side]["health_check_id"] = "b"

    assert _verdict(_check("a"), _check("b", **check), first, second) is verdict


@pytest.mark.parametrize(("threshold", "seconds"), [(2, 10 * 3), (1, 30 * 3)])
def test_one_that_is_enough_is_as_fast_as_the_fastest_and_both_as_the_slowest(threshold: int, seconds: int) -> None:
    checks = [_check("a", request_interval=10), _check("b"), _counted(threshold, "a", "b")]
    result = found(table(tags_all=_TAGS), *checks, *_pair("both"), objectives=_SOON)
    component = next(item for item in result.components if item.address == "aws_dynamodb_table.orders")
    assert component.after is not None

    reasons = component.after.estimates[Disruption.REGION].reasons

    assert seconds in [item.seconds for item in reasons if item.step == "detect"]


@pytest.mark.parametrize(
    ("records", "verdict"),
    [
        ([(80, _HERE, "a"), (20, _THERE, "b")], Verdict.MET),
        # Nothing is sent there every day, and everything once nothing else is healthy.
        ([(80, _HERE, "a"), (0, _THERE, None)], Verdict.MET),
        ([(80, _HERE, "a"), (20, _THERE, None)], Verdict.BREACHED),
        ([(80, _HERE, "a"), (20, _HERE, "b")], Verdict.BREACHED),
        ([(80, _HERE, "a"), (20, f"other.{HOME}.elb.amazonaws.com", "b")], Verdict.BREACHED),
        ([(80, _HERE, "a"), (20, _THERE, "a")], Verdict.BREACHED),
        ([(80, _HERE, "a")], Verdict.BREACHED),
    ],
)
def test_weighted_records_fail_over_where_each_that_is_answered_is_checked(
    records: list[tuple[int, str, str | None]], verdict: Verdict
) -> None:
    assert _verdict(_check("a"), _check("b", fqdn=_THERE), *_shared(*records)) is verdict


def test_weighted_records_are_as_slow_as_their_slowest_and_say_which_is_never_turned() -> None:
    slow = [_check("a"), _check("b", fqdn=_THERE, failure_threshold=10)]
    assert _verdict(*slow, *_shared((80, _HERE, "a"), (20, _THERE, "b"))) is Verdict.BREACHED

    (doubt,) = _doubts(_check("a"), *_shared((80, _HERE, "a"), (20, _THERE, None)))
    assert doubt.startswith("aws_route53_record.share1, which is answered every day, has no health check")


def _balanced(asked: str, second: str, region: str = "aws.away") -> set[str]:
    """Return the doubts on failover records of which only the configuration tells to which load balancer they lead."""

    def record(name: str, role: str, target: str) -> tuple[Any, Any]:
        policy = {"failover_routing_policy": [{"type": role}], "set_identifier": name, "ttl": 60}
        values = {"zone_id": "Z", "name": "shop.example.com", "type": "CNAME", **policy}
        to = expression(f"aws_lb.{target}.dns_name", f"aws_lb.{target}")
        checked = {"health_check_id": expression("aws_route53_health_check.a.id", "aws_route53_health_check.a")}
        found = by_hand(f"aws_route53_record.{name}", "aws", values, records=to, **(checked if name == "first" else {}))
        found[0]["change"]["after_unknown"] |= {"records": True, "health_check_id": name == "first"}
        return found

    asks = {"type": "HTTPS", "request_interval": 30, "failure_threshold": 3}
    fqdn = expression(f"aws_lb.{asked}.dns_name", f"aws_lb.{asked}")
    check = by_hand("aws_route53_health_check.a", "aws", asks, fqdn=fqdn)
    check[0]["change"]["after_unknown"] |= {"fqdn": True}
    read = hand_made(
        by_hand("aws_lb.one", "aws", {"name": "one"}),
        by_hand("aws_lb.two", region, {"name": "two"}),
        check,
        record("first", "PRIMARY", "one"),
        record("second", "SECONDARY", second),
        providers={"aws": {"constant_value": HOME}, "aws.away": {"constant_value": AWAY}},
    )
    (component,) = [item for item in read.after if item.kind == "record"]
    return {doubt for item in component.protections for doubt in item.doubts}


def test_load_balancers_that_have_no_name_yet_are_told_apart_by_the_configuration() -> None:
    assert _balanced("one", "two") == set()
    assert _balanced("two", "two") == {"its health check asks the endpoint of the secondary record"}
    assert _balanced("one", "one") == {"both records lead to the same endpoint"}
    assert _balanced("one", "two", "aws") == {"both records lead into the same Region"}


def test_weighted_records_without_checks_share_out_and_nothing_else() -> None:
    read = read_plan(json.dumps(plan(*_shared((80, _HERE, None), (20, _THERE, None)))).encode())

    assert [item for item in read.after if item.kind == "record"] == []


def test_a_weight_of_zero_is_answered_once_no_checked_record_is_healthy() -> None:
    checks = [_check("a"), _check("b")]
    assert "RECOVERY-502" in ids(table(), *checks, *_shared((80, _HERE, None), (0, _THERE, None)))
    assert "RECOVERY-502" in ids(table(), *checks, *_shared((80, _HERE, "a"), (1, _HERE, None), (0, _THERE, None)))
    assert "RECOVERY-502" not in ids(table(), *checks, *_shared((80, _HERE, "a"), (0, _THERE, None)))


@pytest.mark.parametrize(
    ("no_data", "more", "hears"),
    [("Unhealthy", {}, True), ("Healthy", {}, False), ("Unhealthy", _INVERTED, False), ("Healthy", _INVERTED, True)],
)
def test_a_check_that_follows_an_alarm_of_the_lost_region_turns_where_no_data_is_unhealthy_in_the_end(
    no_data: str, more: dict[str, Any], hears: bool
) -> None:
    check = _alarm("a", HOME, insufficient_data_health_status=no_data, **more)

    assert ("RECOVERY-501" in ids(table(tags_all=_TAGS), check, *_pair("a"))) is not hears


@pytest.mark.parametrize(
    ("checks", "records", "returns"),
    [
        ([_check("a"), _alarm("c", AWAY), _counted(2, "a", "c")], _pair("both"), False),
        # One that is healthy is enough, so the latch holds nothing.
        ([_check("a"), _alarm("c", AWAY), _counted(1, "a", "c")], _pair("both"), True),
        ([_check("a"), _check("b"), _alarm("c", AWAY), _counted(2, "a", "b", "c")], _pair("both"), True),
        (
            [_check("a"), _check("b"), _alarm("c", AWAY), _alarm("d", AWAY), _counted(3, "a", "b", "c", "d")],
            _pair("both"),
            False,
        ),
        # An alarm of the Region that is lost is no latch.
        ([_check("a"), _alarm("c", HOME), _counted(2, "a", "c")], _pair("both"), True),
        ([_check("a"), _check("b", fqdn=_THERE)], _shared((80, _HERE, "a"), (20, _THERE, "b")), True),
        (
            [_check("a"), _alarm("c", AWAY), _counted(2, "a", "c"), _check("b", fqdn=_THERE)],
            _shared((80, _HERE, "both"), (20, _THERE, "b")),
            False,
        ),
    ],
)
def test_a_latch_holds_where_it_is_enough_alone(
    checks: list[dict[str, Any]], records: list[dict[str, Any]], returns: bool
) -> None:
    assert ("RECOVERY-506" in ids(instance(tags_all=_TAGS), replica(), *checks, *records)) is returns


@pytest.mark.parametrize(("asked", "noticed"), [("a", True), ("b", False)])
def test_the_alarm_on_the_endpoint_that_stands_by_notices_nothing_of_the_others_loss(asked: str, noticed: bool) -> None:
    alarm = {
        "alarm_name": "unhealthy",
        "namespace": "AWS/Route53",
        "metric_name": "HealthCheckStatus",
        "dimensions": {"HealthCheckId": asked},
        "alarm_actions": ["arn:aws:sns:us-east-1:123456789012:t"],
        "tags_all": _TAGS,
    }
    records = _shared((40, _HERE, "a"), (60, _THERE, "b"))
    for side in ("before", "after"):
        records[0]["change"][side]["set_identifier"] = "primary"
    resources = [
        table(tags_all=_TAGS),
        _check("a"),
        _check("b", fqdn=_THERE),
        *records,
        resource("aws_cloudwatch_metric_alarm.unhealthy", alarm, region="us-east-1"),
    ]
    read = read_plan(json.dumps(plan(*resources)).encode())

    (orders,) = [item for item in read.after if item.kind == "table"]
    assert ("endpoint_alarm" in {item.mechanism for item in orders.protections}) is noticed


@pytest.mark.parametrize(("goes", "missed"), [(True, True), (False, False)])
def test_a_record_whose_check_goes_is_turned_by_nothing_that_can_be_told(goes: bool, missed: bool) -> None:
    """Route 53 lets go of a check that a record follows, and what it takes that for "can't be predicted"."""
    check = _check("a")
    if goes:
        check["change"] |= {"actions": ["delete"], "after": None}

    assert ("RECOVERY-122" in ids(table(tags_all=_TAGS), check, *_pair("a"))) is missed


def test_a_record_that_answers_by_latency_from_now_on_is_not_destroyed() -> None:
    first, second = _pair("a")
    for record, region in ((first, HOME), (second, AWAY)):
        record["change"]["actions"] = ["update"]
        record["change"]["after"] |= {"failover_routing_policy": [], "latency_routing_policy": [{"region": region}]}

    told = ids(table(tags_all=_TAGS), _check("a"), first, second)

    assert "RECOVERY-122" in told
    assert "RECOVERY-110" not in told


def test_a_weighted_record_that_goes_is_missed() -> None:
    records = _shared((80, _HERE, "a"), (20, _THERE, "b"))
    records[1]["change"] |= {"actions": ["delete"], "after": None}

    assert "RECOVERY-122" in ids(table(tags_all=_TAGS), _check("a"), _check("b", fqdn=_THERE), *records)
