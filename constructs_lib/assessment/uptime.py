"""The uptime that the service level agreements behind a component support."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import attrs

from constructs_lib.assessment.estimate import Verdict
from constructs_lib.assessment.path import ROUTING
from constructs_lib.availability import Availability, composite_availability, copies
from constructs_lib.catalog.confidence import Confidence
from constructs_lib.catalog.mechanism import parameter
from constructs_lib.catalog.sla import sla
from constructs_lib.objectives import Disruption

if TYPE_CHECKING:
    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.catalog.mechanism import Mechanism
    from constructs_lib.components import Component, Protection


@attrs.frozen(kw_only=True)
class Uptime:
    """What the best service level agreement that covers a component supports.

    Attributes:
        availability: The share of a month; None where no agreement is known.
        confidence: How far the figure can be trusted.
        because: Which agreement, and what was made of it.
    """

    availability: Availability | None
    confidence: Confidence
    because: str

    def verdict(self, promised: Availability | None) -> Verdict:
        """Return the verdict on a promised uptime; None is not promised."""
        if promised is None:
            return Verdict.UNDECLARED
        if self.availability is None:
            return Verdict.UNKNOWN
        return Verdict.MET if self.availability >= promised else Verdict.BREACHED

    def __str__(self) -> str:
        return "unknown" if self.availability is None else f"{self.availability} ({self.because})"


def uptime_of(component: Component, catalog: Catalog) -> Uptime:
    """Return the uptime that service level agreements support for *component*.

    The best agreement of its mechanisms counts. One that covers two Regions counts only where traffic fails over by
    itself: what waits for a human is down meanwhile. Where two Regions serve and traffic fails over by itself, an
    outage needs both Regions to fail: the composite of two copies, taken as independent.
    """
    automatic = _fails_over_by_itself(component)
    best: tuple[Availability, Confidence, str] | None = None
    counted = _mechanisms(component, catalog)
    for mechanism in counted:
        if mechanism.sla is not None:
            found = _of_agreement(mechanism.sla)
            if best is None or found[0] > best[0]:
                best = found
    if best is None:
        return Uptime(availability=None, confidence=Confidence.UNKNOWN, because="no service level agreement is known")
    if automatic and _serves_twice(component, catalog):
        both = composite_availability(copies(best[0], count=2))
        return Uptime(
            availability=both,
            confidence=Confidence.PLANNING,
            because=f"{best[2]}, in two Regions that both serve",
        )
    return Uptime(availability=best[0], confidence=best[1], because=best[2])


def _mechanisms(component: Component, catalog: Catalog) -> list[Mechanism]:
    intrinsic = [item for item in catalog.intrinsic.get(component.kind, ()) if item.serves(component.engine)]
    chosen = [
        mechanism
        for item in component.protections
        if not item.doubts and item.mechanism != ROUTING
        for mechanism in (catalog.mechanism(component.kind, item.mechanism),)
        if not _crosses_regions(mechanism) or (_fails_over_by_itself(component) and _elsewhere(component, item))
    ]
    return intrinsic + chosen


def _fails_over_by_itself(component: Component) -> bool:
    routed = component.protection(ROUTING)
    return routed is not None and not routed.doubts


def _serves_twice(component: Component, catalog: Catalog) -> bool:
    for item in component.protections:
        mechanism = catalog.mechanism(component.kind, item.mechanism)
        if mechanism.parallel is None or item.doubts or not _elsewhere(component, item):
            continue
        if parameter(mechanism.parallel, item.parameters, mechanism) is True:
            return True
    return False


def _crosses_regions(mechanism: Mechanism) -> bool:
    return any(Disruption.REGION in cover.disruptions for cover in mechanism.covers)


def _elsewhere(component: Component, protection: Protection) -> bool:
    """Tell whether what *protection* makes is known to lie outside the component's own Region."""
    return None not in (component.region, protection.region) and component.region != protection.region


@cache
def _of_agreement(name: str) -> tuple[Availability, Confidence, str]:
    agreement = sla(name)
    return Availability.from_percent(agreement.percent), agreement.confidence, f"SLA {agreement.id}"
