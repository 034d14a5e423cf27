"""Copies in a Region that was once lost together with the original's."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from constructs_lib.catalog.regions import SharedDisaster, recommended_recovery_region, shared_disaster
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives import Disruption
from constructs_lib.review.finding import Found
from constructs_lib.review.reviewed_component import counted, leaves_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.plan_under_review import PlanUnderReview


def lost_together(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield, once for a workload and its two Regions, what has no copy outside what one event took."""
    leading: dict[tuple[str, str, str], str] = {}
    for address, reviewed in under_review.reviewed_components.items():
        here = reviewed.after
        if here is None or here.region is None or reviewed.objective.target(Disruption.REGION) is None:
            continue
        away = sorted({str(item.region) for item in counted(here) if leaves_region(here, item)})
        events = [event for region in away if (event := _event(here.region, region)) is not None]
        if not events or len(events) < len(away):
            continue
        values = {
            "home": here.region,
            "away": away[0],
            "date": events[0].date,
            "because": events[0].because,
            "better": recommended_recovery_region(here.region),
        }
        yield Found(
            id="RECOVERY-507",
            address=leading.setdefault((reviewed.workload, here.region, away[0]), address),
            reviewed=reviewed,
            disruptions=(Disruption.REGION,),
            values=values,
        )


@cache
def _event(home: str, away: str) -> SharedDisaster | None:
    try:
        return shared_disaster(home, away)
    except ConfigurationError:
        return None  # of another partition, of which nothing is known
