"""Services whose tasks have one Availability Zone to start in: with it they are gone until somebody acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.objectives import Disruption
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview

_SERVICE: Final = "aws_ecs_service"
_SUBNETS: Final = ("network_configuration", 0, "subnets")
_SUBNET: Final = "aws_subnet"
_ZONE: Final = "availability_zone"


def one_zone(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield each service with an objective for the loss of a zone whose tasks can start in one zone only."""
    for service in under_review.after(_SERVICE):
        reviewed = under_review.reviewed_components.get(service.address)
        if reviewed is None or reviewed.objective.target(Disruption.ZONE) is None:
            continue
        if _in_one_zone(under_review, service):
            about = (Disruption.ZONE,)
            yield Found(id="RECOVERY-241", address=service.address, reviewed=reviewed, disruptions=about)


def _in_one_zone(under_review: PlanUnderReview, service: Resource) -> bool:
    """Whether the subnets are known to be one, or in one zone."""
    subnets = service.get(*_SUBNETS)
    if not isinstance(subnets, list) or not subnets or service.is_unknown(*_SUBNETS):
        return False
    if len(subnets) == 1:
        return True
    meant = under_review.plan.resolve(service.address, _SUBNETS)
    there = [item for item in under_review.after(_SUBNET) if item.text("id") in subnets or item.address in meant]
    zones = {item.text(_ZONE) for item in there}
    return len(there) == len(subnets) and len(zones) == 1 and None not in zones
