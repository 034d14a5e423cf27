"""Alarms on lag and on failed backups, which the plan takes away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    """Yield alarms of the recovery that the plan deletes or silences."""
    for alarm in under_review.before("aws_cloudwatch_metric_alarm"):
        change = under_review.changes.get(alarm.address)
        if change is None:
            continue
        reviewed = _reviewed_component(under_review, alarm)
        if reviewed is None or reviewed.gone:
            continue  # with what it watches, an alarm goes as well
        after = under_review.plan.resources_after.get(alarm.address)
        if change.deleted:
            lost = "deleted"
        elif after is not None and alarm.get("actions_enabled") is not False and after.get("actions_enabled") is False:
            lost = "silenced"
        elif (
            after is not None
            and alarm.get("alarm_actions")
            and not after.get("alarm_actions")
            and not after.is_unknown("alarm_actions")
        ):
            lost = "left without anybody to tell"
        else:
            continue
        yield Found(id="RECOVERY-124", address=alarm.address, reviewed=reviewed, values={"lost": lost})


def _reviewed_component(under_review: PlanUnderReview, alarm: Resource) -> ReviewedComponent | None:
    """Return the component an alarm is about: by its tags, else any where its metric is about recovery."""
    tags = alarm.tags
    workload, component = tags.get("recovery:workload"), tags.get("recovery:component")
    named = [
        item for item in under_review.reviewed_components.values() if workload is not None and item.workload == workload
    ]
    for reviewed in named:
        if component is None or reviewed.name == component:
            return reviewed
    if named:
        return named[0]
    metric = alarm.text("metric_name")
    if metric in _METRICS.get(alarm.text("namespace") or "", ()):
        return next(iter(under_review.reviewed_components.values()), None)
    return None
