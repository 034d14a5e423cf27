"""Copies that the plan creates anew: until they have caught up there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from constructs_lib.review.plan_under_review import PlanUnderReview

REMADE: Final = "the plan creates the copy anew, empty"
_BY_COPYING: Final = "replication"


def remade(under_review: PlanUnderReview) -> dict[tuple[str | None, ...], str]:
    """Return the protections by copies that the plan makes anew; that it does is found with what else it destroys."""
    plan = under_review.plan
    found: dict[tuple[str | None, ...], str] = {}
    for address, original in plan.copies_after.items():
        change, copy = under_review.changes.get(address), plan.resources_after.get(address)
        if change is None or not change.replaced or plan.copies_before.get(address) != original or copy is None:
            continue
        for component in plan.after:
            for item in component.protections if component.name == original else ():
                if item.address == address or (item.region == copy.region and item.mechanism == _BY_COPYING):
                    found[item.address, item.region, original] = REMADE
    return found
