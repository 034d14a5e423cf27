"""What protects a component on one side of the plan, and what the plan does to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from constructs_lib.components import ENABLED, Component, Protection
from constructs_lib.review.reviewed_component import leaves_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.catalog.catalog import Catalog

__all__ = ["Link", "links", "title"]


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One protection on one side of the plan.

    Attributes:
        mechanism: Its name in the catalog.
        title: What AWS calls it.
        region: Where the copy it makes lies; None for none outside the component's own Region.
        address: The resource that declares it.
        counted: Whether it is counted on.
        doubts: Why it is not.
        uncertain: Whether something of it is known only after apply.
        change: What the plan does to it.
    """

    mechanism: str
    title: str
    region: str | None
    address: str | None
    counted: bool
    doubts: tuple[str, ...]
    uncertain: bool
    change: Literal["kept", "added", "removed", "changed"]


def links(
    catalog: Catalog, here: Component | None, there: Component | None, missing: Literal["added", "removed"]
) -> Iterator[Link]:
    """Yield what protects a component *here*, and how that differs from the other side, *there*.

    Args:
        catalog: The facts.
        here: The component on this side.
        there: The same on the other.
        missing: What is said of a protection that the other side has not.
    """
    if here is None:
        return
    others = {} if there is None else {_key(item): item for item in there.protections}
    for item in here.protections:
        other = others.get(_key(item))
        change: Literal["kept", "added", "removed", "changed"] = "kept"
        if other is None:
            change = missing
        elif (item.settings, item.doubts, item.unknown) != (other.settings, other.doubts, other.unknown):
            change = "changed"
        yield Link(
            mechanism=item.mechanism,
            title=title(catalog, here, item.mechanism),
            region=item.region if leaves_region(here, item) or here.region is None else None,
            address=item.address,
            counted=not item.doubts and ENABLED not in item.unknown,
            doubts=item.doubts,
            uncertain=bool(item.unknown),
            change=change,
        )


def _key(item: Protection) -> tuple[str, str | None, str | None]:
    return item.mechanism, item.region, item.address


def title(catalog: Catalog, component: Component, mechanism: str) -> str:
    """Return what AWS calls a mechanism."""
    return catalog.mechanism(component.kind, mechanism).title
