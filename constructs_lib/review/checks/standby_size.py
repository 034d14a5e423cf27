"""Whether the standby of a service may run as many tasks as the service does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.components import Kind
from constructs_lib.objectives import Disruption
from constructs_lib.plural import plural
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview

__all__ = ["standby_size"]

_TARGET: Final = "aws_appautoscaling_target"


def standby_size(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield the limits that keep a standby below what its service runs."""
    plan = under_review.plan
    targets: dict[tuple[str | None, str | None], Resource] | None = None
    for address, original in plan.copies_after.items():
        reviewed = under_review.reviewed_components.get(original)
        standby, service = plan.resources_after.get(address), plan.resources_after.get(original)
        if reviewed is None or reviewed.kind is not Kind.SERVICE or standby is None or service is None:
            continue
        if targets is None:
            targets = {(item.text("resource_id"), item.region): item for item in under_review.after(_TARGET)}
        cluster = (standby.text("cluster") or "default").rpartition("/")[2]
        target = targets.get((f"service/{cluster}/{standby.text('name')}", standby.region))
        most, tasks = None if target is None else target.number("max_capacity"), service.number("desired_count")
        if target is not None and most is not None and tasks is not None and most < tasks:
            values = {
                "region": str(target.region),
                "most": plural(most, "task"),
                "original": original,
                "tasks": str(tasks),
            }
            yield Found(
                id="RECOVERY-242",
                address=target.address,
                reviewed=reviewed,
                region=target.region,
                disruptions=(Disruption.REGION,),
                values=values,
            )
