"""The uptime that the service level agreements behind a component support."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from constructs_lib.assessment.estimate import Verdict
from constructs_lib.assessment.path import ROUTING
from constructs_lib.availability import MONTH_30D, Availability, composite_availability, copies, parse_availability
from constructs_lib.catalog.confidence import Confidence, weakest
from constructs_lib.catalog.kinds.mechanism import parameter
from constructs_lib.catalog.sla import sla
from constructs_lib.objectives import Disruption, format_duration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.assessment.estimate import Estimate
    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.catalog.kinds.mechanism import Mechanism
    from constructs_lib.components import Component, Protection


class Uptime(msgspec.Struct, frozen=True, kw_only=True):
    """What the best service level agreement that covers a component supports.

    Attributes:
        availability: The share of a month; None where no agreement is known.
        confidence: How far the figure can be trusted.
        because: Which agreement, and what was made of it.
        across: Whether it stands on two Regions, so that none of them alone stands for it.
    """

    availability: Availability | None
    confidence: Confidence
    because: str
    across: bool = False

    def verdict(self, promised: Availability | None) -> Verdict:
        """Return the verdict on a promised uptime; None is not promised."""
        if promised is None:
            return Verdict.UNDECLARED
        if self.availability is None:
            return Verdict.UNKNOWN
        return Verdict.MET if self.availability >= promised else Verdict.BREACHED

    def __str__(self) -> str:
        return "unknown" if self.availability is None else f"{self.availability} ({self.because})"


def uptime_of(component: Component, region_ways: Iterable[Estimate], catalog: Catalog) -> Uptime:
    """Return the uptime that service level agreements support for *component*.

    The best agreement of its mechanisms counts. What two Regions support counts only where traffic moves by itself, and
    no further than its switch allows: one a month must fit. Where both Regions serve, an outage needs both to fail: the
    composite of two copies, taken as independent.

    Args:
        component: What is asked about.
        region_ways: Its ways back from the loss of its Region; the automatic ones say how long a switch takes.
        catalog: The facts.
    """
    here = _best(component, catalog, across=False)
    switch = _switch_seconds(region_ways)
    if switch is not None and _fails_over_by_itself(component):
        both = _best(component, catalog, across=True)
        if both.availability is not None and _serves_twice(component, catalog):
            both = Uptime(
                availability=composite_availability(copies(both.availability, count=2)),
                confidence=Confidence.PLANNING,
                because=f"{both.because}, in two Regions that both serve",
            )
        both = _less_a_switch(both, switch)
        if here.availability is None or (both.availability is not None and both.availability > here.availability):
            return replace(both, across=True)
    return here


def _best(component: Component, catalog: Catalog, *, across: bool) -> Uptime:
    """Return what the best agreement supports, with those that cover two Regions or without."""
    best = Uptime(availability=None, confidence=Confidence.UNKNOWN, because="no service level agreement is known")
    for mechanism in _mechanisms(component, catalog, across=across):
        if mechanism.sla is not None:
            found = _of_agreement(mechanism.sla)
            if best.availability is None or (found.availability or best.availability) > best.availability:
                best = found
    return best


def _switch_seconds(region_ways: Iterable[Estimate]) -> int | None:
    known = [way.rto_seconds for way in region_ways if way.automatic and way.rto_seconds is not None]
    return min(known, default=None)


@cache
def _month_with_a_switch(seconds: int) -> Availability:
    """Return what a switch leaves of a month of 30 days, rounded down to what people write."""
    left = Availability(fraction=max(Fraction(0), 1 - Fraction(seconds) / MONTH_30D.seconds))
    return parse_availability(left.rounded(decimals=4))


def _less_a_switch(uptime: Uptime, seconds: int) -> Uptime:
    """Cap *uptime* at what is left of a month of 30 days after one failover."""
    most = _month_with_a_switch(seconds)
    if uptime.availability is None or uptime.availability <= most:
        return uptime
    return Uptime(
        availability=most,
        confidence=weakest(uptime.confidence, Confidence.PLANNING),
        because=f"{uptime.because}, less one failover of {format_duration(seconds)} in a month of 30 days",
    )


def _mechanisms(component: Component, catalog: Catalog, *, across: bool) -> list[Mechanism]:
    intrinsic = [item for item in catalog.intrinsic.get(component.kind, ()) if item.serves(component.engine)]
    chosen = [
        mechanism
        for item in component.protections
        if not item.doubts and item.mechanism != ROUTING
        for mechanism in (catalog.mechanism(component.kind, item.mechanism),)
        if not _crosses_regions(mechanism) or (across and _elsewhere(component, item))
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
def _of_agreement(name: str) -> Uptime:
    agreement = sla(name)
    return Uptime(
        availability=Availability.from_percent(agreement.percent),
        confidence=agreement.confidence,
        because=f"SLA {agreement.id}",
    )
