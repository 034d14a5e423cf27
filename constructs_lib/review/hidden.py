"""What may be in a state whose plan is not given, so that its absence proves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.assessment import Verdict
from constructs_lib.assessment.path import ROUTING
from constructs_lib.catalog.confidence import Confidence
from constructs_lib.objectives import Disruption
from constructs_lib.plan.document.arn import region_of_arn
from constructs_lib.review.reviewed_component import counted, leaves_region

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.assessment import Assessment
    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

__all__ = ["Hidden", "hidden"]

_INSTANCE: Final = "aws_db_instance"
_CLUSTER: Final = "aws_rds_cluster"
_GLOBAL: Final = "aws_rds_global_cluster"
_JOINS: Final = "global_cluster_identifier"


class Hidden(msgspec.Struct, frozen=True):
    """Disruptions whose way back may be in a state whose plan is not given, and why."""

    disruptions: frozenset[Disruption]
    because: str
    let_go: bool = False


def hidden(
    under_review: PlanUnderReview, reviewed: ReviewedComponent, before: Assessment | None, after: Assessment | None
) -> Hidden | None:
    """Return what may be in another state, or None.

    Our own constructs build one state for each Region, and the links between them in a third. Their tags say to which
    workload something belongs, and nothing in one state says what the others hold. So its absence proves nothing where
    no way back was ever to be seen, and this state is in one Region only.
    """
    let_go = (
        _let_go(under_review, reviewed)
        or _not_targeted(under_review, before, after)
        or _told_of(under_review, reviewed, before, after)
    )
    if let_go is not None or reviewed.declared_by != "tags" or after is None or under_review.plan.live:
        return let_go
    region = after.estimates[Disruption.REGION]
    if region.confidence is Confidence.UNKNOWN and not region.lost:
        if any(item.region is None and item.mechanism == region.mechanism for item in counted(after.component)):
            because = "its copy is in none of the plans given, so where it is, and whether it works, is not known"
            return Hidden(frozenset({Disruption.REGION}), because)
        return None
    here = under_review.resource(reviewed.address)
    if here is None or len(under_review.regions_of(here.document)) > 1:
        return None
    sides = [side for side in (before, after) if side is not None]
    if _only_routing_is_missing(under_review, reviewed, after):
        if any(side.component.protection(ROUTING) is not None for side in sides):
            return None
        because = (
            f"no plan given holds what turns the traffic of workload {reviewed.workload!r}; it may be in a state whose "
            "plan is not given"
        )
        return Hidden(frozenset({Disruption.REGION}), because)
    linked = any(leaves_region(side.component, item) for side in sides for item in side.component.protections)
    if linked or not region.lost:
        return None
    because = (
        f"its state is in one Region only, and no plan given links it to another; what else recovers workload "
        f"{reviewed.workload!r} may be in a state whose plan is not given"
    )
    return Hidden(frozenset(item for item in Disruption if all(side.estimates[item].lost for side in sides)), because)


def _told_of(
    under_review: PlanUnderReview, reviewed: ReviewedComponent, before: Assessment | None, after: Assessment | None
) -> Hidden | None:
    """Return that AWS tells of a copy in another Region that is in no plan given, where no plan has one or had one."""
    sides = [side for side in (before, after) if side is not None]
    main = under_review.plan.resources_after.get(reviewed.address)
    if after is None or main is None or under_review.plan.live or not after.estimates[Disruption.REGION].lost:
        return None
    if any(leaves_region(side.component, item) for side in sides for item in side.component.protections):
        return None
    because = None
    if main.type == _INSTANCE:
        given = main.get("replicas")
        arns = [] if main.is_sensitive("replicas") or not isinstance(given, list) else given
        because = _elsewhere(under_review, main, arns, "read replica")
    elif main.type == _CLUSTER and (name := main.text(_JOINS)) is not None and not main.is_sensitive(_JOINS):
        named = [
            item for item in (*under_review.before(_GLOBAL), *under_review.after(_GLOBAL)) if _is_called(item, name)
        ]
        arns = [member.get("db_cluster_arn") for item in named for member in item.blocks("global_cluster_members")]
        because = _elsewhere(under_review, main, arns, "secondary cluster")
        if not named:
            because = "it belongs to a global database, and what else does is in none of the plans given"
    return None if because is None else Hidden(frozenset({Disruption.REGION}), because)


def _is_called(holder: Resource, name: str) -> bool:
    return name in (holder.text("id"), holder.text("arn"), holder.text(_JOINS))


def _elsewhere(under_review: PlanUnderReview, main: Resource, arns: Iterable[object], what: str) -> str | None:
    """Return that one of *arns* is in another Region, and in none of the plans given, before or after."""
    known = {item.text("arn") for item in (*under_review.before(main.type), *under_review.after(main.type))}
    for arn in arns:
        region = region_of_arn(arn)
        if region not in (None, main.region) and arn not in known:
            return f"its {what} in {region} is in none of the plans given, so whether it works is not known"
    return None


def _not_targeted(under_review: PlanUnderReview, before: Assessment | None, after: Assessment | None) -> Hidden | None:
    """Return what a plan of some targets only may have left out; what it breaks itself is broken all the same."""
    if under_review.plan.complete or after is None:
        return None
    kept = {item for item in Disruption if before is not None and before.verdict(item) is not Verdict.BREACHED}
    return Hidden(
        frozenset(Disruption) - kept,
        "the plan is not whole, as one of some targets is not, and what recovers it may be what was left out",
    )


def _let_go(under_review: PlanUnderReview, reviewed: ReviewedComponent) -> Hidden | None:
    """Return what Terraform lets go of and was protected by: it still exists, and nobody here answers for it."""
    found = [
        item
        for item in counted(reviewed.before)
        if item.address != reviewed.address
        and (change := under_review.changes.get(item.address or "")) is not None
        and change.forgotten
    ]
    if not found or reviewed.after is None:
        return None
    covers = (cover for item in found for cover in under_review.catalog.mechanism(reviewed.kind, item.mechanism).covers)
    names = ", ".join(sorted({str(item.address) for item in found}))
    return Hidden(
        frozenset(disruption for cover in covers for disruption in cover.disruptions),
        f"Terraform lets go of {names}, which goes on existing, and whether it goes on working no plan will show",
        let_go=True,
    )


def _only_routing_is_missing(under_review: PlanUnderReview, reviewed: ReviewedComponent, after: Assessment) -> bool:
    """Whether the copy serves, loses little enough, and is late only because a human turns the traffic."""
    estimate, target = after.estimates[Disruption.REGION], reviewed.objective.target(Disruption.REGION)
    if target is None or estimate.mechanism is None or estimate.automatic or estimate.rpo_seconds is None:
        return False
    covers = under_review.catalog.mechanism(reviewed.kind, estimate.mechanism).covers
    serves = any(cover.routing == "active" and Disruption.REGION in cover.disruptions for cover in covers)
    return serves and estimate.rpo_seconds <= target.rpo and after.verdict(Disruption.REGION) is Verdict.BREACHED
