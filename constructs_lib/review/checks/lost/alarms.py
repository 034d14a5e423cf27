"""Alarms on lag and on failed backups, which the plan takes away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.review.finding import Found
from constructs_lib.review.reviewed_component import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.components import Component, Protection
    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

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
    "AWS/Route53": ("HealthCheckStatus",),
}
"""The metrics that tell of a copy that lags, or a backup that fails."""


def alarms(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield alarms of the recovery that the plan deletes, silences, or leaves without what they listen to."""
    unfed = {
        address
        for item in under_review.reviewed_components.values()
        if item.after is not None and not item.unchanged
        for address in _detecting(item.before) - _detecting(item.after)
    }
    of_workload: dict[str | None, list[ReviewedComponent]] = {}
    for item in under_review.reviewed_components.values():
        of_workload.setdefault(item.workload, []).append(item)
    for alarm in under_review.before("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"):
        reviewed = _reviewed_component(under_review, alarm, of_workload.get(alarm.tags.get("recovery:workload"), ()))
        lost = _silenced(under_review, alarm) or ("left without what it hears" if alarm.address in unfed else None)
        # With what it watches, an alarm goes as well.
        if reviewed is not None and not reviewed.gone and lost is not None:
            yield Found(id="RECOVERY-124", address=alarm.address, reviewed=reviewed, values={"lost": lost})


def _silenced(under_review: PlanUnderReview, alarm: Resource) -> str | None:
    """Return what the plan does to the alarm itself; None where it does nothing that matters."""
    change, after = under_review.changes.get(alarm.address), under_review.plan.resources_after.get(alarm.address)
    if change is not None and change.deleted:
        return "deleted"
    if change is None or after is None:
        return None
    if alarm.get("actions_enabled") is not False and after.get("actions_enabled") is False:
        return "silenced"
    if alarm.get("alarm_actions") and not after.get("alarm_actions") and not after.is_unknown("alarm_actions"):
        return "left without anybody to tell"
    return None


def _detecting(component: Component | None) -> set[str | None]:
    """Return the addresses of the alarms that notice the loss of the component's Region."""
    return set() if component is None else {item.address for item in counted(component) if _notices(component, item)}


def _notices(component: Component, item: Protection) -> bool:
    return load_catalog().mechanism(component.kind, item.mechanism).role == "detection"


def _reviewed_component(
    under_review: PlanUnderReview, alarm: Resource, named: Sequence[ReviewedComponent]
) -> ReviewedComponent | None:
    """Return the component an alarm is about: by its tags, else any where its metric is about recovery."""
    component = alarm.tags.get("recovery:component")
    for reviewed in named:
        if component is None or reviewed.name == component:
            return reviewed
    if named:
        return named[0]
    metric = alarm.text("metric_name")
    if metric in _METRICS.get(alarm.text("namespace") or "", ()):
        return next(iter(under_review.reviewed_components.values()), None)
    return None
