"""Failover that needs a control plane which the disaster may take along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.components import Kind
from constructs_lib.review.checks.weighted_records import weight_of, weighted_sets
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

_WORKLOAD = "recovery:workload"


def control_plane(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield failovers that depend on the Region that failed, or on us-east-1."""
    yield from _alarms(under_review)
    yield from _weights(under_review)
    yield from _aliases(under_review)


def _alarms(under_review: PlanUnderReview) -> Iterator[Found]:
    """A health check that follows an alarm hears nothing when the alarm's Region is down."""
    for check in under_review.after("aws_route53_health_check"):
        # One that is joined with the check of an endpoint, such as a latch, is not what notices the loss.
        if check.text("type") != "CLOUDWATCH_METRIC" or _is_joined(under_review, check):
            continue
        region = check.text("cloudwatch_alarm_region")
        for reviewed in _reviewed_components(under_review, check):
            # What "no data" counts as decides: unhealthy is right where the Region's silence is the disaster.
            told = "Healthy" if check.get("invert_healthcheck") is True else "Unhealthy"
            silent = check.text("insufficient_data_health_status") == told
            if (
                region is not None
                and not silent
                and not check.is_sensitive("cloudwatch_alarm_region")
                and reviewed.copy_of is None
                and region == (_home(under_review, reviewed) if reviewed.kind is Kind.RECORD else reviewed.region)
            ):
                yield Found(id="RECOVERY-501", address=check.address, reviewed=reviewed, values={"region": region})
                break


def _is_joined(under_review: PlanUnderReview, check: Resource) -> bool:
    """Whether another check follows this one together with more."""
    type, name = check.type, "child_healthchecks"
    followed = under_review.naming(type, name).get(check.text("id") or "", ())
    for parent in (*under_review.parts(type, name).get(check.address, ()), *followed):
        given = parent.get(name)
        listed = len(given) if isinstance(given, list) else 0
        if max(listed, len(under_review.plan.resolve(parent.address, name))) > 1:
            return True
    return False


def _reviewed_components(under_review: PlanUnderReview, check: Resource) -> tuple[ReviewedComponent, ...]:
    """Return the components that a health check is about: its own, else those of its workload."""
    tagged = under_review.by_workload.get(check.tags.get(_WORKLOAD, ""), ())
    return tuple(dict.fromkeys((*under_review.owners(check.address), *tagged))) or tuple(
        under_review.reviewed_components.values()
    )


def _home(under_review: PlanUnderReview, record: ReviewedComponent) -> str | None:
    """Return the Region that a record, which is in none, leads to first: the declared one, else its workload's only."""
    regions = {
        item.region
        for item in under_review.by_workload.get(record.workload, ())
        if item.copy_of is None and item.region is not None
    }
    declared = None if under_review.declaration is None else under_review.declaration.regions
    if declared is not None and (declared.primary in regions or not regions):
        return declared.primary
    return next(iter(regions)) if len(regions) == 1 else None


def _weights(under_review: PlanUnderReview) -> Iterator[Found]:
    """Records that a human turns by editing weights: where the others are healthy or unchecked, 0 is never answered."""
    for records in weighted_sets(under_review):
        idle = [item for item in records if weight_of(item) == 0]
        others = [item for item in records if item not in idle]
        if not idle or all(map(_is_checked, others)):
            continue
        concern, reviewed = under_review.concerns(idle[0].address)
        if concern:
            values = {
                "what": f"{idle[0].address} has the weight 0: traffic moves there only when somebody edits records",
                "change": "give the others health checks: with none of them healthy, Route 53 answers with weight 0",
            }
            yield Found(id="RECOVERY-502", address=idle[0].address, reviewed=reviewed, values=values)


def _aliases(under_review: PlanUnderReview) -> Iterator[Found]:
    """A primary failover record without a health check never fails over by itself."""
    for record in under_review.after("aws_route53_record"):
        if record.text("failover_routing_policy", 0, "type") != "PRIMARY":
            continue
        if _is_checked(record):
            continue
        concern, reviewed = under_review.concerns(record.address)
        if concern:
            values = {
                "what": f"{record.address} has no health check: traffic moves only when somebody edits records",
                "change": "give it a health check, or let its alias evaluate the target's health",
            }
            yield Found(id="RECOVERY-502", address=record.address, reviewed=reviewed, values=values)


def _is_checked(record: Resource) -> bool:
    """Whether a record is answered only while its health check, or its alias' target, is healthy."""
    check = "health_check_id"
    has_check = record.text(check) is not None or (record.is_unknown(check) and not record.left_out(check))
    return has_check or record.get("alias", 0, "evaluate_target_health") is True
