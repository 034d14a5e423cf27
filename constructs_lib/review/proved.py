"""What a plan leaves, with doubts on what is proved not to work, for others who promise by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import msgspec
from msgspec.structs import replace

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.findings import Severity
from constructs_lib.plan.without_collection import without_collection
from constructs_lib.review.both_sides import both_sides
from constructs_lib.review.checks.voided_paths import SEE
from constructs_lib.review.finding import joined, worded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.components import Component
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.plan import Plan
    from constructs_lib.review.finding import Finding

__all__ = ["Proved", "proved"]


class Proved(msgspec.Struct, frozen=True, kw_only=True):
    """What is proved of a plan before anything is assessed.

    Attributes:
        components: What the plan leaves and has an objective, with doubts on what does not work, by address.
        errors: What was found to be wrong, the worst first.
    """

    components: Mapping[str, Component]
    errors: tuple[Finding, ...]


def proved(plan: Plan, declaration: Declaration | None) -> Proved:
    """Return what is proved of *plan*: a promise that rests on what a review finds broken is none.

    Raises:
        DeclarationError: If two workloads of the declaration claim the same component.
    """
    with without_collection():
        sides = both_sides(plan, declaration, load_catalog())
        found = joined(worded(item, None) for item in sides.proved)
    errors = sorted((item for item in found if item.severity is Severity.ERROR), key=lambda item: item.order)
    ruined = {address: item for item in reversed(errors) for address in item.ruins}
    return Proved(
        components={
            address: _ruined(item.after, ruined[address]) if address in ruined else item.after
            for address, item in sides.under_review.reviewed_components.items()
            if item.after is not None
        },
        errors=tuple(errors),
    )


def _ruined(component: Component, why: Finding) -> Component:
    """Return the component with a doubt on all that it has: without its data none of it is a way back."""
    doubt = f"{why.title}, {SEE}{why.id}"
    protections = [attrs.evolve(item, doubts=(*item.doubts, doubt)) for item in component.protections]
    return replace(component, protections=tuple(protections))
