"""Alarms on metrics that nothing makes, or that are elsewhere; and their good twins."""

from __future__ import annotations

from typing import Any

import pytest

from tests.review.made import AWAY, HOME, bucket, found, instance, replica, replicated, resource
from tests.review.recorded import WORKLOADS, change_of, recorded, reviewed

_ENABLED = [{"status": "Enabled"}]
_COPIED = {"SourceBucket": "data", "DestinationBucket": "copy", "RuleId": "all"}


def _alarm(
    namespace: str, metric: str, dimensions: dict[str, str], region: str = HOME, missing: str = "notBreaching"
) -> dict[str, Any]:
    values = {"namespace": namespace, "metric_name": metric, "dimensions": dimensions, "treat_missing_data": missing}
    return resource("aws_cloudwatch_metric_alarm.it", {"alarm_name": "it", **values}, region=region)


def _copied(*, measured: bool) -> list[dict[str, Any]]:
    destination: dict[str, Any] = {"bucket": "arn:aws:s3:::copy"}
    return replicated(rule={"destination": [destination | ({"metrics": _ENABLED} if measured else {})]})


def _requests(name: str) -> dict[str, Any]:
    return resource("aws_s3_bucket_metric.it", {"bucket": "data", "name": name})


_LATENCY = _alarm("AWS/S3", "ReplicationLatency", _COPIED)
_READS = _alarm("AWS/S3", "GetRequests", {"BucketName": "data", "FilterId": "all"})
_CHECK = {"HealthCheckId": "00000000-0000-0000-0000-000000000000"}
_LAG = _alarm("AWS/RDS", "ReplicaLag", {"DBInstanceIdentifier": "db"})


@pytest.mark.parametrize(
    ("silent", "heard"),
    [
        ([*_copied(measured=False), _LATENCY], [*_copied(measured=True), _LATENCY]),
        ([bucket("data"), _READS], [bucket("data"), _requests("all"), _READS]),
        ([bucket("data"), _requests("other"), _READS], [bucket("data"), _requests("all"), _READS]),
        (
            [bucket("data"), _alarm("AWS/Route53", "HealthCheckStatus", _CHECK)],
            [bucket("data"), _alarm("AWS/Route53", "HealthCheckStatus", _CHECK, "us-east-1")],
        ),
        (
            [instance(), replica(), _LAG],
            [instance(), replica(), _alarm("AWS/RDS", "ReplicaLag", {"DBInstanceIdentifier": "replica"}, AWAY)],
        ),
    ],
)
def test_an_alarm_on_what_nothing_measures_is_found(silent: Any, heard: Any) -> None:
    (told,) = [item for item in found(*silent).findings if item.id == "RECOVERY-222"]

    assert (told.address, told.standing) == ("aws_cloudwatch_metric_alarm.it", True)
    assert "can never ring" in told.message
    assert "RECOVERY-222" not in {item.id for item in found(*heard).findings}


def test_silence_that_counts_as_breaching_rings_for_ever() -> None:
    alarm = _alarm("AWS/S3", "ReplicationLatency", _COPIED, missing="breaching")

    (told,) = [item for item in found(*_copied(measured=False), alarm).findings if item.id == "RECOVERY-222"]

    assert "rings for ever" in told.message


def test_what_is_watched_in_another_state_is_not_told() -> None:
    elsewhere = _alarm("AWS/S3", "GetRequests", {"BucketName": "elsewhere", "FilterId": "all"})

    assert "RECOVERY-222" not in {item.id for item in found(bucket("data"), elsewhere).findings}


@pytest.mark.parametrize("workload", WORKLOADS)
def test_the_alarms_of_the_reference_stacks_have_data(workload: str) -> None:
    assert "RECOVERY-222" not in {item.id for item in reviewed(recorded(workload)).findings}


def test_a_global_database_that_is_watched_at_its_primary_only_is_found() -> None:
    """One on the primary beside that of the secondary is for the time after a failover."""
    plans = recorded("storefront")
    lags = [
        (stack, item["address"])
        for stack, plan in plans.items()
        for item in plan["resource_changes"]
        if item["type"] == "aws_cloudwatch_metric_alarm"
        and item["change"]["after"]["metric_name"] == "AuroraGlobalDBRPOLag"
    ]
    away = [(stack, address) for stack, address in lags if "recovery" in stack]
    assert len(lags) > len(away) > 0
    for stack, address in away:
        side = change_of(plans, stack, address)["change"]
        for values in (side["before"], side["after"]):
            values["metric_name"] = "CPUUtilization"

    assert "RECOVERY-222" in {item.id for item in reviewed(plans).findings}


@pytest.mark.parametrize(
    ("after", "lost"),
    [
        (None, "deleted"),
        ({"actions_enabled": False, "alarm_actions": ["arn"]}, "silenced"),
        ({"alarm_actions": []}, "left without anybody to tell"),
    ],
)
def test_the_alarm_that_joins_others_is_missed_like_any(after: dict[str, Any] | None, lost: str) -> None:
    before = {"alarm_name": "shop-at-risk", "alarm_rule": "ALARM(it)", "alarm_actions": ["arn"],
              "tags": {"recovery:workload": "shop"}}  # fmt: skip
    changed = None if after is None else before | after
    joined = resource("aws_cloudwatch_composite_alarm.at-risk", changed, before)

    (told,) = [item for item in found(bucket("data"), joined).findings if item.id == "RECOVERY-124"]
    assert (told.address, lost in told.message) == ("aws_cloudwatch_composite_alarm.at-risk", True)
    kept = resource("aws_cloudwatch_composite_alarm.at-risk", before)
    assert "RECOVERY-124" not in {item.id for item in found(bucket("data"), kept).findings}


_RINGS = {
    "alarm_name": "it",
    "namespace": "AWS/RDS",
    "metric_name": "ReplicaLag",
    "dimensions": {"DBInstanceIdentifier": "replica"},
    "comparison_operator": "GreaterThanThreshold",
    "threshold": 120,
    "period": 60,
    "evaluation_periods": 5,
    "treat_missing_data": "breaching",
    "alarm_actions": [_TOPIC := f"arn:aws:sns:{AWAY}:111122223333:team"],
}
"""An alarm of somebody's own, of whose workload no tag tells."""


@pytest.mark.parametrize(
    ("changed", "lost"),
    [
        ({"threshold": 86400}, "made more lenient, from 120 to 86400"),
        ({"period": 3600}, "made slower, from 300 s to 18000 s"),
        ({"datapoints_to_alarm": 60, "evaluation_periods": 60}, "made slower, from 300 s to 3600 s"),
        ({"treat_missing_data": "notBreaching"}, "told to take silence for notBreaching"),
        ({"dimensions": {"DBInstanceIdentifier": "other"}}, "put on something else"),
        ({"actions_enabled": False}, "silenced"),
        ({"threshold": 60}, None),
        ({"evaluation_periods": 3}, None),
        ({"alarm_description": "looks after the copy"}, None),
    ],
)
def test_an_alarm_that_rings_less_or_later_is_found(changed: dict[str, Any], lost: str | None) -> None:
    alarm = resource("aws_cloudwatch_metric_alarm.it", {**_RINGS, **changed}, _RINGS, region=AWAY)

    told = [item.message for item in found(instance(), replica(), alarm).findings if item.id == "RECOVERY-124"]

    assert [text.partition(" is ")[2].partition(":")[0] for text in told] == ([lost] if lost else [])


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("what", ["topic", "subscription"])
def test_what_carries_an_alarm_to_somebody_is_missed_once(what: str, kept: bool) -> None:
    topic = {"name": "team", "arn": _TOPIC, "id": _TOPIC}
    to = {"topic_arn": _TOPIC, "protocol": "email", "endpoint": "team@example.com"}
    gone = (
        resource("aws_sns_topic.team", topic if kept else None, topic, region=AWAY)
        if what == "topic"
        else resource("aws_sns_topic_subscription.first", None, to, region=AWAY)
    )
    beside = [resource("aws_sns_topic_subscription.other", to, region=AWAY)] if kept and what == "subscription" else []
    alarms = [resource(f"aws_cloudwatch_metric_alarm.{name}", _RINGS, region=AWAY) for name in ("it", "too")]

    findings = found(instance(), replica(), *alarms, gone, *beside).findings

    expected = {"topic": ["aws_sns_topic.team"], "subscription": ["aws_sns_topic_subscription.first"]}[what]
    assert [item.address for item in findings if item.id == "RECOVERY-124"] == ([] if kept else expected)


def test_a_topic_that_is_no_text_is_read_over() -> None:
    topic = {"name": "team", "arn": _TOPIC, "id": _TOPIC}
    alarm = resource("aws_cloudwatch_metric_alarm.it", {**_RINGS, "alarm_actions": [{}, [], _TOPIC]}, region=AWAY)
    gone = resource("aws_sns_topic.team", None, topic, region=AWAY)

    findings = found(instance(), replica(), alarm, gone).findings

    assert [item.address for item in findings if item.id == "RECOVERY-124"] == ["aws_sns_topic.team"]


def test_a_subscription_to_events_is_missed() -> None:
    tags = {"recovery:workload": "shop"}
    events = {"name": "db", "sns_topic": _TOPIC, "enabled": True, "tags": tags, "tags_all": tags}
    of_shop = instance(tags=tags, tags_all=tags)

    (told,) = [
        item
        for item in found(
            of_shop, resource("aws_db_event_subscription.db", {**events, "enabled": False}, events)
        ).findings
        if item.id == "RECOVERY-124"
    ]

    assert told.message.startswith("the subscription to events aws_db_event_subscription.db is silenced")
