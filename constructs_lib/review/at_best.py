"""What a component would be worth if all that a plan leaves open turned out well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs
from msgspec.structs import replace

from constructs_lib.assessment import Assessment, Verdict, assess
from constructs_lib.components import ENABLED
from constructs_lib.review.doubts import NOT_TOLD

if TYPE_CHECKING:
    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.components import Component, Protection
    from constructs_lib.objectives import Objective

__all__ = ["bounded"]

_ELSEWHERE: Final = ("eu-west-1", "us-east-1")
"""Two Regions, one of which is not the component's own."""


def bounded(assessment: Assessment, objective: Objective, catalog: Catalog) -> Assessment:
    """Return the assessment; what is not known, and is too little even at best, is replaced by that.

    Args:
        assessment: What is known of a component.
        objective: What it must keep.
        catalog: The facts.
    """
    open_ = [one for one, target in objective.targets() if assessment.estimates[one].verdict(target) is Verdict.UNKNOWN]
    component = assessment.component
    best = _at_best(component, catalog) if open_ and component.region is not None else component
    if best is component:
        return assessment
    found = assess(best, objective, catalog).estimates
    short = {one: found[one] for one in open_ if found[one].verdict(objective.target(one)) is Verdict.BREACHED}
    return replace(assessment, estimates={**assessment.estimates, **short}) if short else assessment


def _at_best(component: Component, catalog: Catalog) -> Component:
    """Return the component with each of its protections on, and each copy in another Region, where that is all open."""
    for item in component.protections:
        settings = catalog.mechanism(component.kind, item.mechanism).defaults
        # What may be on, and is not told, may have better settings than the usual ones.
        if item.unknown - {ENABLED} or (item.unknown and not settings.keys() <= item.parameters.keys()):
            return component
    other = next(region for region in _ELSEWHERE if region != component.region)
    return replace(component, protections=tuple(_on(item, other) for item in component.protections))


def _on(item: Protection, region: str) -> Protection:
    doubts = tuple(doubt for doubt in item.doubts if NOT_TOLD not in doubt)
    return attrs.evolve(item, doubts=doubts, unknown=frozenset(), region=item.region or region)
