"""What turns a record: health checks that are counted, and records that share the traffic out by weight."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.assessment import Verdict
from constructs_lib.objectives import Disruption
from constructs_lib.plan import read_plan
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


def _counted(threshold: int, *children: str, id: str = "both") -> dict[str, Any]:
    values = {"type": "CALCULATED", "child_healthchecks": list(children), "child_health_threshold": threshold}
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


def test_weighted_records_without_checks_share_out_and_nothing_else() -> None:
    read = read_plan(json.dumps(plan(*_shared((80, _HERE, None), (20, _THERE, None)))).encode())

    assert [item for item in read.after if item.kind == "record"] == []


def test_a_weight_of_zero_is_answered_once_no_checked_record_is_healthy() -> None:
    checks = [_check("a"), _check("b")]
    assert "RECOVERY-502" in ids(table(), *checks, *_shared((80, _HERE, None), (0, _THERE, None)))
    assert "RECOVERY-502" in ids(table(), *checks, *_shared((80, _HERE, "a"), (1, _HERE, None), (0, _THERE, None)))
    assert "RECOVERY-502" not in ids(table(), *checks, *_shared((80, _HERE, "a"), (0, _THERE, None)))


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


def test_a_weighted_record_that_goes_is_missed() -> None:
    records = _shared((80, _HERE, "a"), (20, _THERE, "b"))
    records[1]["change"] |= {"actions": ["delete"], "after": None}

    assert "RECOVERY-122" in ids(table(tags_all=_TAGS), _check("a"), _check("b", fqdn=_THERE), *records)
