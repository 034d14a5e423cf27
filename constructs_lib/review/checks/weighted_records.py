"""The sets of weighted records of a plan, each of one name and type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.plan.document.resource import as_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview

__all__ = ["weight_of", "weighted_sets"]


def weighted_sets(under_review: PlanUnderReview) -> Iterable[list[Resource]]:
    """Return the weighted records of the plan as it will be, by zone, name and type."""
    sets: dict[tuple[str, str, str], list[Resource]] = {}
    for record in under_review.after("aws_route53_record"):
        if record.blocks("weighted_routing_policy"):
            zone = record.text("zone_id") or ",".join(under_review.plan.resolve(record.address, "zone_id"))
            sets.setdefault((zone, record.text("name") or "", record.text("type") or ""), []).append(record)
    return sets.values()


def weight_of(record: Resource) -> int | None:
    """Return the weight of a record; None where that is told only at apply."""
    return as_number(record.get("weighted_routing_policy", 0, "weight"))
