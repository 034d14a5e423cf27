"""Alarms on lag and on failed backups, which the plan takes away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.case import Case
    from constructs_lib.review.subject import Subject

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


def alarms(case: Case) -> Iterator[Found]:
    """Yield alarms of the recovery that the plan deletes or silences."""
    for alarm in case.before("aws_cloudwatch_metric_alarm"):
        change = case.changes.get(alarm.address)
        if change is None:
            continue
        subject = _subject(case, alarm)
        if subject is None:
            continue
        after = case.plan.resources_after.get(alarm.address)
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
        yield Found(id="RECOVERY-124", address=alarm.address, subject=subject, values={"lost": lost})


def _subject(case: Case, alarm: Resource) -> Subject | None:
    """Return the component an alarm is about: by its tags, else any where its metric is about recovery."""
    tags = alarm.tags
    workload, component = tags.get("recovery:workload"), tags.get("recovery:component")
    named = [item for item in case.subjects.values() if workload is not None and item.workload == workload]
    for subject in named:
        if component is None or subject.name == component:
            return subject
    if named:
        return named[0]
    metric = alarm.text("metric_name")
    if metric in _METRICS.get(alarm.text("namespace") or "", ()):
        return next(iter(case.subjects.values()), None)
    return None
