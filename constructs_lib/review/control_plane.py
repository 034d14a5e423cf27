"""Failover that needs a control plane which the disaster may take along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.plan.resource import as_number
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.case import Case
    from constructs_lib.review.subject import Subject

_WORKLOAD = "recovery:workload"


def control_plane(case: Case) -> Iterator[Found]:
    """Yield failovers that depend on the Region that failed, or on us-east-1."""
    yield from _alarms(case)
    yield from _weights(case)
    yield from _aliases(case)


def _alarms(case: Case) -> Iterator[Found]:
    """A health check that follows an alarm hears nothing when the alarm's Region is down."""
    for check in case.after("aws_route53_health_check"):
        if check.text("type") != "CLOUDWATCH_METRIC":
            continue
        region = check.text("cloudwatch_alarm_region")
        for subject in _subjects(case, check):
            # What "no data" counts as decides: unhealthy is right where the Region's silence is the disaster.
            silent = check.text("insufficient_data_health_status") == "Unhealthy"
            if (
                region is not None
                and region == subject.region
                and not silent
                and not check.is_sensitive("cloudwatch_alarm_region")
            ):
                yield Found(id="RECOVERY-501", address=check.address, subject=subject, values={"region": region})
                break


def _subjects(case: Case, check: Resource) -> tuple[Subject, ...]:
    """Return the components that a health check is about: its own, else those of its workload."""
    workload = check.tags.get(_WORKLOAD)
    tagged = [item for item in case.subjects.values() if workload is not None and item.workload == workload]
    return tuple(dict.fromkeys((*case.owners(check.address), *tagged))) or tuple(case.subjects.values())


def _weights(case: Case) -> Iterator[Found]:
    """Records that a human turns by editing weights."""
    pairs: dict[tuple[str, str, str], list[Resource]] = {}
    for record in case.after("aws_route53_record"):
        if record.blocks("weighted_routing_policy"):
            zone = record.text("zone_id") or ",".join(case.plan.resolve(record.address, "zone_id"))
            pairs.setdefault((zone, record.text("name") or "", record.text("type") or ""), []).append(record)
    for records in pairs.values():
        idle = [item for item in records if as_number(item.get("weighted_routing_policy", 0, "weight")) == 0]
        if not idle or len(idle) == len(records):
            continue
        concern, subject = case.concerns(idle[0].address)
        if concern:
            values = {
                "what": f"{idle[0].address} has the weight 0: traffic moves there only when somebody edits records",
                "change": "use failover records with a health check, which Route 53 turns by itself",
            }
            yield Found(id="RECOVERY-502", address=idle[0].address, subject=subject, values=values)


def _aliases(case: Case) -> Iterator[Found]:
    """A primary failover record without a health check never fails over by itself."""
    for record in case.after("aws_route53_record"):
        if record.text("failover_routing_policy", 0, "type") != "PRIMARY":
            continue
        check = "health_check_id"
        has_check = record.text(check) is not None or (record.is_unknown(check) and not record.left_out(check))
        alias = record.get("alias", 0, "evaluate_target_health") is True
        if has_check or alias:
            continue
        concern, subject = case.concerns(record.address)
        if concern:
            values = {
                "what": f"{record.address} has no health check: traffic moves only when somebody edits records",
                "change": "give it a health check, or let its alias evaluate the target's health",
            }
            yield Found(id="RECOVERY-502", address=record.address, subject=subject, values=values)
