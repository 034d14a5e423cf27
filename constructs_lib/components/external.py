"""A part of a workload that is built elsewhere: who answers for it, and whether that still holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from msgspec.structs import replace

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.components.component import Component, Kind
from constructs_lib.components.protection import ENABLED, Protection
from constructs_lib.objectives import Disruption

if TYPE_CHECKING:
    from datetime import date

    from constructs_lib.objectives import Target

__all__ = ["answers_for", "built_elsewhere", "held_on"]


def built_elsewhere(
    name: str,
    target: Target,
    software: Target | None,
    *,
    region: str,
    recovery_region: str | None,
    owner: str,
    evidence: str,
    expires: date,
) -> Component:
    """Return what *owner* declares as a component; *software* is what is declared for damage, None where nothing is."""
    said = {"owner": owner, "evidence": evidence, "expires": expires.isoformat()}
    protections = []
    for (kind, name_of), mechanism in load_catalog().mechanisms.items():
        if kind != Kind.EXTERNAL:
            continue
        damage = any(Disruption.SOFTWARE in cover.disruptions for cover in mechanism.covers)
        given = software if damage else target
        if given is not None:
            figures = {"rto_seconds": given.rto, "rpo_seconds": given.rpo}
            protections.append(Protection(mechanism=name_of, region=recovery_region, parameters={**figures, **said}))
    return Component(name=name, kind=Kind.EXTERNAL, region=region, protections=tuple(protections))


def held_on(component: Component, today: date) -> Component:
    """Return *component* with a doubt where it is built elsewhere and its evidence has expired by *today*."""
    if component.kind is not Kind.EXTERNAL:
        return component
    return replace(
        component,
        protections=tuple(
            item
            # What notices the loss of its Region, such as a heartbeat, is nobody's word.
            if str(item.parameters.get("expires", today)) >= today.isoformat()
            else attrs.evolve(
                item,
                unknown=item.unknown | {ENABLED},
                doubts=(
                    f"its evidence, {item.parameters['evidence']}, expired on {item.parameters['expires']}; "
                    f"{item.parameters['owner']} has to show it anew",
                ),
            )
            for item in component.protections
        ),
    )


def answers_for(component: Component) -> str | None:
    """Return who answers for what is built elsewhere, with what evidence, in words; None for any other component."""
    if component.kind is not Kind.EXTERNAL:
        return None
    given = component.protections[0].parameters
    return f"{given['owner']} brings it back: {given['evidence']}, good until {given['expires']}"
