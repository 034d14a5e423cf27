"""What a service depends on: AWS by the agreements of its components, and third parties by what is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from constructs_lib.availability import Availability
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.confidence import Confidence, weakest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from constructs_lib.assessment.assess import Assessment
    from constructs_lib.declaration.dependency import Dependency

__all__ = ["Need", "aws_needs", "needs_of"]


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """One thing the service depends on.

    Attributes:
        name: What people call it; for AWS, the agreement and the Region.
        availability: What its provider promises; None where no agreement is known.
        confidence: How far the figure can be trusted; `planning` for what the declaration says of a third party.
        because: Where the figure comes from.
        critical: Whether the service stops without it, or only does less.
        third_party: Whether it is declared, rather than found among the components.
        components: The components that need it; empty for a third party that is not declared to cover any.
    """

    name: str
    availability: Availability | None
    confidence: Confidence
    because: str
    critical: bool = True
    third_party: bool = False
    components: tuple[str, ...] = ()


def needs_of(assessments: Sequence[Assessment], dependencies: Sequence[Dependency] = ()) -> tuple[Need, ...]:
    """Return what the service needs: the AWS agreements of its components, then the declared third parties.

    Components under one agreement in one Region are one need: what breaks it for one breaks it for the other, and
    counting it twice would promise less than there is. What a critical dependency covers is in that dependency.
    """
    covering = {
        dependency.name: tuple(
            item.component.name for item in assessments if dependency.covers_component(item.component.name)
        )
        for dependency in dependencies
        if dependency.critical
    }
    covered = {name for names in covering.values() for name in names}
    third_parties = (
        Need(
            name=dependency.name,
            availability=dependency.availability,
            confidence=Confidence.PLANNING,
            because="as declared; its provider's promise",
            critical=dependency.critical,
            third_party=True,
            components=covering.get(dependency.name, ()),
        )
        for dependency in dependencies
    )
    return (*aws_needs(item for item in assessments if item.component.name not in covered), *third_parties)


def aws_needs(assessments: Iterable[Assessment]) -> tuple[Need, ...]:
    """Return the agreements with AWS that *assessments* stand on, with the components of each."""
    found: dict[str, Need] = {}
    for assessment in assessments:
        component, uptime = assessment.component, assessment.uptime
        # What serves everywhere, or in two Regions at once, is one thing wherever it is asked for.
        kind = load_catalog().kinds.get(component.kind)
        nowhere = component.region is None or uptime.across or (kind is not None and kind.everywhere)
        where = "" if nowhere else f" in {component.region}"
        known = uptime.availability is not None
        name = f"AWS {uptime.because}{where}" if known else f"{'AWS ' if kind else ''}{component.kind} {component.name}"
        earlier = found.get(name)
        found[name] = Need(
            name=name,
            availability=uptime.availability,
            confidence=uptime.confidence if earlier is None else weakest(uptime.confidence, earlier.confidence),
            because=uptime.because,
            components=(*(earlier.components if earlier else ()), component.name),
        )
    return tuple(found.values())
