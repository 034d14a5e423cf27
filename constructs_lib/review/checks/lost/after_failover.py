"""After a failover: what took over must not be destroyed by code that still calls it the copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.plan_under_review import PlanUnderReview

_CLUSTER: Final = "aws_rds_cluster"
_INSTANCE: Final = "aws_rds_cluster_instance"

OVERWRITTEN: Final = "the plan destroys the database that took over, and makes it a copy of the older one"


def after_failover(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield what holds the newest data, and the plan destroys."""
    for address, original in _overwritten(under_review):
        reviewed = under_review.reviewed_components.get(original)
        values = {"original": original}
        yield Found(id="RECOVERY-129", address=address, reviewed=reviewed, values=values, ruins=(address, original))
    yield from _without_instances(under_review)


def overwritten(under_review: PlanUnderReview) -> dict[tuple[str | None, ...], str]:
    """Return the protections that such a plan makes out of what took over."""
    addresses = {address for address, _ in _overwritten(under_review)}
    return {
        (item.address, item.region): OVERWRITTEN
        for component in (under_review.plan.after if addresses else ())
        for item in component.protections
        if item.address in addresses
    }


def _overwritten(under_review: PlanUnderReview) -> Iterator[tuple[str, str]]:
    """Yield what holds data of its own before the plan, and is to be a copy of something after it, made anew."""
    before = {item.name for item in under_review.plan.before}
    for address, original in under_review.plan.copies_after.items():
        change = under_review.changes.get(address)
        if change is None or not change.replaced or address not in before or address in under_review.plan.copies_before:
            continue
        if original in under_review.reviewed_components or address in under_review.reviewed_components:
            yield address, original


def _without_instances(under_review: PlanUnderReview) -> Iterator[Found]:
    for reviewed in under_review.reviewed_components.values():
        main = under_review.plan.resources_after.get(reviewed.address)
        if main is None or main.type != _CLUSTER or reviewed.before is None:
            continue
        before = _instances(under_review, reviewed.address, "before")
        if before and not _instances(under_review, reviewed.address, "after"):
            values = {"cluster": reviewed.address}
            yield Found(
                id="RECOVERY-130", address=before[-1], reviewed=reviewed, values=values, ruins=(reviewed.address,)
            )


def _instances(under_review: PlanUnderReview, cluster: str, side: Literal["before", "after"]) -> list[str]:
    """Return the instances that are of the cluster itself, and not of a copy of it."""
    plan = under_review.plan
    after = side == "after"
    members, resources = (
        (plan.members_after, plan.resources_after) if after else (plan.members_before, plan.resources_before)
    )
    return [
        item
        for item in members.get(cluster, ())
        if (here := resources.get(item)) is not None
        and here.type == _INSTANCE
        and cluster in plan.resolve(item, "cluster_identifier", side)
    ]
