"""Doubts on protections that were proved not to work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import attrs
from msgspec.structs import replace

from constructs_lib.components import ENABLED

if TYPE_CHECKING:
    from constructs_lib.components import Component, Protection

__all__ = ["NOT_TOLD", "Broken", "doubted"]

Broken = Mapping[tuple[str | None, ...], str]
"""Protections that were proved not to work, by the resource that declares them and the Region of the copy, and why.

With the name of a component as well, only that component's.
"""

NOT_TOLD: Final = "not known before apply"
"""How a doubt ends that is none yet: what it is about is open."""


def doubted(component: Component, broken: Broken) -> Component:
    """Return the component with a doubt on each protection that was proved not to work."""
    if not broken:
        return component
    found = [
        broken.get((item.address, item.region)) or broken.get((item.address, item.region, component.name))
        for item in component.protections
    ]
    if not any(found):
        return component
    protections = (
        item if why is None else _not_sure(item, why) for item, why in zip(component.protections, found, strict=True)
    )
    return replace(component, protections=tuple(protections))


def _not_sure(protection: Protection, why: str) -> Protection:
    """Return the protection with a doubt, which may be that nothing is known."""
    open_ = protection.unknown | {ENABLED} if why.endswith(NOT_TOLD) and not protection.doubts else protection.unknown
    return attrs.evolve(protection, doubts=(*protection.doubts, why), unknown=open_)
