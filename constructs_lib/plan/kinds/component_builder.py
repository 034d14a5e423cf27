"""A component while it is being put together from resources."""

from __future__ import annotations

from functools import cache
from math import ceil
from typing import TYPE_CHECKING, Final

import attrs

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.limits import limit
from constructs_lib.components import DEFAULT_SIZE_GB, ENABLED, Component, Kind, Protection
from constructs_lib.objectives.tags import SIZE, read_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.notes import Notes


_OPEN: Final = "not known before apply"
NOT_KNOWN: Final = f"whether it is on is {_OPEN}"
NOT_OFFERED: Final = "AWS does not offer"
"""How a doubt begins that nothing repairs: there is no such thing for this component."""
TOO_LONG: Final = "it is to be kept for longer than AWS keeps it, which AWS refuses"


def forever() -> int:
    """The number of days that stands for keeping something for good: the most that S3 accepts."""
    most = limit("s3.lifecycle_days").most
    assert most is not None
    return most


def too_long(id: str, days: int | None) -> list[str]:
    """Return the doubt on what is to be kept for more *days* than the limit of that id allows."""
    most = limit(id).most
    return [TOO_LONG] if days is not None and most is not None and days > most else []


@attrs.define(kw_only=True, eq=False)
class ComponentBuilder:
    """A component in the making: its main resource, its members and its protections."""

    main: Resource
    kind: Kind
    region: str | None
    engine: str | None = None
    size_gb: int = DEFAULT_SIZE_GB
    members: dict[str, None] = attrs.field(factory=dict)
    protections: list[Protection] = attrs.field(factory=list)

    def join(self, *resources: Resource) -> None:
        """Count *resources* among those that make up the component."""
        for resource in resources:
            if resource is not self.main:
                self.members[resource.address] = None

    def shares_region(self, other: Resource, region: str | None = None) -> bool:
        """Whether *other* is known to be in the component's own Region, whatever that is called.

        Args:
            other: The resource that makes a copy.
            region: The Region of the copy, where that is not the resource's own.
        """
        if region is not None:
            return region == self.region
        return self.main.same_region(other) is True

    def knows(self, mechanism: str) -> bool:
        """Whether the catalog has *mechanism* for this kind of component."""
        known = load_catalog().mechanisms
        return (self.kind, mechanism) in known or ("any", mechanism) in known

    def protect(
        self,
        notes: Notes,
        mechanism: str,
        declared_by: Resource,
        *,
        region: str | None = None,
        parameters: Mapping[str, object] | None = None,
        doubts: Iterable[str] = (),
        unknown: Iterable[str] = (),
    ) -> None:
        """Add a protection, or note that the catalog has no such mechanism for this kind."""
        self.join(declared_by)
        if not self.knows(mechanism):
            notes.add(declared_by, f"the catalog has no mechanism {mechanism} for a {self.kind}")
            return
        missing = frozenset(unknown)
        if declared_by is not self.main and declared_by.perhaps:
            missing |= {ENABLED}
        reasons = dict.fromkeys(doubts)
        if ENABLED in missing and not any(_OPEN in reason for reason in reasons):
            reasons[NOT_KNOWN] = None
        self.protections.append(
            Protection(
                mechanism=mechanism,
                region=region,
                parameters={name: value for name, value in (parameters or {}).items() if value is not None},
                address=declared_by.address,
                doubts=tuple(reasons),
                unknown=missing,
            )
        )

    def perhaps(self, notes: Notes, mechanism: str, by: Resource) -> None:
        """Add a protection by a copy that may be of this component or of another: open, unless it would not count."""
        if self.shares_region(by):
            return
        self.protect(notes, mechanism, by, region=by.region, unknown=[ENABLED])

    def component(self, notes: Notes) -> Component:
        """Return the component, of the size that its tags declare; what counts stands before what is doubted."""
        declared = read_size(self.main.tags)
        if declared is None and SIZE in self.main.tags:
            notes.add(self.main, f"its tag {SIZE} is no number of GB above 0, so it is taken for {self.size_gb} GB")
        return Component(
            name=self.main.address,
            kind=self.kind,
            region=self.region,
            protections=tuple(_ordered(self.protections)),
            engine=self.engine,
            size_gb=self.size_gb if declared is None else ceil(declared),
            tags=tuple(sorted(self.main.tags.items())),
        )


def _ordered(protections: list[Protection]) -> list[Protection]:
    ranks = [_rank(item) for item in protections]
    if len(set(ranks)) < len(ranks):
        # Those alike in all else stand in the order of their settings, which takes the longest to tell.
        protections = sorted(protections, key=lambda item: repr(item.settings))
    return sorted(protections, key=_rank) if len(ranks) > 1 else protections


def _rank(protection: Protection) -> tuple[str, bool, str, str]:
    return (protection.mechanism, bool(protection.doubts), protection.region or "", protection.address or "")


def assessable(component: Component) -> bool:
    """Whether the catalog knows any mechanism for this kind of component, so that an assessment says something."""
    return component.kind in _assessable_kinds()


@cache
def _assessable_kinds() -> frozenset[str]:
    return frozenset(kind for kind, _ in load_catalog().mechanisms)
