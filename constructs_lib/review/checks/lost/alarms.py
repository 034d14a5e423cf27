"""Alarms on lag and on failed backups, and what carries them to somebody, which the plan takes away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.plan.document.policy import acts, principals, statements
from constructs_lib.review.finding import Found
from constructs_lib.review.reviewed_component import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.components import Component, Protection
    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

_EVENTS: Final = "aws_db_event_subscription"
_ALARMS: Final = {
    "aws_cloudwatch_metric_alarm": "the alarm",
    "aws_cloudwatch_composite_alarm": "the alarm",
    _EVENTS: "the subscription to events",
}
"""What tells somebody, by type, and what a message calls it."""
_SENDERS: Final = {
    "aws_cloudwatch_metric_alarm": "cloudwatch.amazonaws.com",
    "aws_cloudwatch_composite_alarm": "cloudwatch.amazonaws.com",
    _EVENTS: "events.rds.amazonaws.com",
}
"""Who publishes what it tells (the services' own pages, as the policies of our topics)."""
_TOPIC: Final = "aws_sns_topic"
_TOPIC_POLICY: Final = "aws_sns_topic_policy"
_SUBSCRIPTION: Final = "aws_sns_topic_subscription"
_QUIET: Final = ("ignore", "missing", "notBreaching")
_METRICS: Final = {
    "AWS/S3": (
        "ReplicationLatency",
        "BytesPendingReplication",
        "OperationsPendingReplication",
        "OperationsFailedReplication",
    ),
    "AWS/DynamoDB": ("ReplicationLatency",),
    "AWS/RDS": ("ReplicaLag", "AuroraGlobalDBRPOLag", "AuroraGlobalDBReplicationLag", "AuroraGlobalDBProgressLag"),
    "AWS/Backup": ("NumberOfBackupJobsFailed", "NumberOfCopyJobsFailed", "NumberOfBackupJobsCompleted"),
    "AWS/CertificateManager": ("DaysToExpiry",),
    "AWS/EFS": ("TimeSinceLastSync",),
    "AWS/Route53": ("HealthCheckStatus",),
}
"""The metrics that tell of a copy that lags, or a backup that fails."""

_Named = tuple[str | None, str | None]
"""A workload, and the name of a component of it; None for the first of them."""


def alarms(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield alarms of the recovery that the plan deletes, silences, or leaves without what they listen to."""
    unfed = {
        address
        for item in under_review.reviewed_components.values()
        if item.after is not None and not item.unchanged
        for address in _detecting(item.before) - _detecting(item.after)
    }
    named: dict[_Named, ReviewedComponent] = {}
    for item in under_review.reviewed_components.values():
        named.setdefault((item.workload, None), item)
        named.setdefault((item.workload, item.name), item)
    for alarm in under_review.before(*_ALARMS):
        reviewed = _reviewed_component(under_review, alarm, named)
        lost = _silenced(under_review, alarm) or ("left without what it hears" if alarm.address in unfed else None)
        # With what it watches, an alarm goes as well.
        if reviewed is not None and not reviewed.gone and lost is not None:
            values = {"what": _ALARMS[alarm.type], "lost": lost}
            yield Found(id="RECOVERY-124", address=alarm.address, reviewed=reviewed, values=values)
    yield from _nobody_told(under_review, named)


def _silenced(under_review: PlanUnderReview, alarm: Resource) -> str | None:
    """Return what the plan does to the alarm itself; None where it does nothing that matters."""
    change, after = under_review.changes.get(alarm.address), under_review.plan.resources_after.get(alarm.address)
    if change is not None and change.deleted:
        return "deleted"
    if change is None or after is None:
        return None
    if any(alarm.get(name) is not False and after.get(name) is False for name in ("actions_enabled", "enabled")):
        return "silenced"
    if alarm.get("alarm_actions") and not after.get("alarm_actions") and not after.is_unknown("alarm_actions"):
        return "left without anybody to tell"
    return _slower(alarm, after)


def _slower(alarm: Resource, after: Resource) -> str | None:
    """Return how the alarm rings less than before; None where it does not, or what it is told is not known."""
    watched = ("namespace", "metric_name", "dimensions")
    if any(alarm.get(name) != after.get(name) and after.get(name) is not None for name in watched):
        return "put on something else"
    if alarm.text("treat_missing_data") == "breaching" and after.text("treat_missing_data") in _QUIET:
        return f"told to take silence for {after.text('treat_missing_data')}"
    was, will = _seconds(alarm), _seconds(after)
    if was is not None and will is not None and will > was:
        return f"made slower, from {was} s to {will} s"
    threshold, later = alarm.get("threshold"), after.get("threshold")
    if not isinstance(threshold, int | float) or not isinstance(later, int | float):
        return None
    operator = after.text("comparison_operator") or ""
    looser = later > threshold if operator.startswith("Greater") else later < threshold
    return f"made more lenient, from {threshold:g} to {later:g}" if looser else None


def _seconds(alarm: Resource) -> int | None:
    """Return for how long what an alarm watches is wrong before it rings."""
    period, periods = alarm.number("period"), alarm.number("evaluation_periods")
    needed = alarm.number("datapoints_to_alarm") or periods
    return None if period is None or needed is None else period * needed


def _nobody_told(under_review: PlanUnderReview, named: Mapping[_Named, ReviewedComponent]) -> Iterator[Found]:
    """Yield topics of alarms that the plan deletes while the alarms stay, and the last of their subscriptions."""
    gone = {
        arn: item for item in under_review.before(_TOPIC) if (arn := item.text("arn")) and _deleted(under_review, item)
    }
    heard = {item.text("topic_arn") for item in under_review.after(_SUBSCRIPTION)}
    last = {
        arn: item
        for item in under_review.before(_SUBSCRIPTION)
        if (arn := item.text("topic_arn")) and _deleted(under_review, item) and arn not in heard | {None}
    }
    shut = _shut(under_review)
    if not gone and not last and not shut:
        return
    told: set[str] = set()
    for alarm in under_review.after(*_ALARMS):
        arns = alarm.get("alarm_actions") if alarm.type != _EVENTS else [alarm.text("sns_topic")]
        reviewed = _reviewed_component(under_review, alarm, named)
        for arn in arns if isinstance(arns, list) and reviewed is not None else ():
            if not isinstance(arn, str):
                continue
            lost, service = gone.get(arn) or last.get(arn), _SENDERS[alarm.type]
            how = "deleted"
            if lost is None and service in shut.get(arn, (None, frozenset()))[1]:
                lost, how = shut[arn][0], f"closed to {service}"
            if lost is not None and lost.address not in told:
                told.add(lost.address)
                values = {"what": f"what {alarm.address} tells,", "lost": how}
                yield Found(id="RECOVERY-124", address=lost.address, reviewed=reviewed, values=values)


def _shut(under_review: PlanUnderReview) -> dict[str, tuple[Resource, frozenset[str]]]:
    """Return the policies of topics, by the topic's ARN, that let services publish no more, and which."""
    found = {}
    for policy in under_review.before(_TOPIC, _TOPIC_POLICY):
        after = under_review.plan.resources_after.get(policy.address)
        arn, was = policy.text("arn"), policy.text("policy")
        if after is None or after is policy or arn is None or not was or not after.text("policy"):
            continue
        lost = _senders(was) - _senders(after.text("policy"))
        if lost and after.text("policy") != was:
            found[arn] = (policy, lost)
    return found


def _senders(policy: str | None) -> frozenset[str]:
    """Return the services of alarms that a policy lets publish."""
    allowed = [item for item in statements(policy) if item.get("Effect") == "Allow" and acts(item, "sns:publish")]
    named = {name for item in allowed for name in principals(item, "Service")}
    return frozenset(_SENDERS.values()) if "*" in named else frozenset(_SENDERS.values()) & named


def _deleted(under_review: PlanUnderReview, resource: Resource) -> bool:
    change = under_review.changes.get(resource.address)
    return change is not None and change.deleted


def _detecting(component: Component | None) -> set[str | None]:
    """Return the addresses of the alarms that notice the loss of the component's Region."""
    return set() if component is None else {item.address for item in counted(component) if _notices(component, item)}


def _notices(component: Component, item: Protection) -> bool:
    return load_catalog().mechanism(component.kind, item.mechanism).role == "detection"


def _reviewed_component(
    under_review: PlanUnderReview, alarm: Resource, named: Mapping[_Named, ReviewedComponent]
) -> ReviewedComponent | None:
    """Return the component an alarm is about: by its tags, else any where its metric is about recovery."""
    workload = alarm.tags.get("recovery:workload")
    found = named.get((workload, alarm.tags.get("recovery:component"))) or named.get((workload, None))
    if found is not None:
        return found
    metric = alarm.text("metric_name")
    if metric in _METRICS.get(alarm.text("namespace") or "", ()):
        return next(iter(under_review.reviewed_components.values()), None)
    return None
