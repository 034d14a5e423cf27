"""A named set of protections for one kind of component, as the catalog lists it."""

from __future__ import annotations

import msgspec

from constructs_lib.catalog.kinds.mechanism import Scalar, matches_engine
from constructs_lib.catalog.regions import RegionFeature


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One protection of a pattern: the mechanism, where its copy lives, its parameters.

    Where it is `optional`, the library builds it only if the objective needs it.
    """

    mechanism: str
    where: str = "primary"
    parameters: dict[str, Scalar] = {}
    optional: bool = False


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A parameter the library chooses itself, its values from the cheapest to the tightest."""

    mechanism: str
    parameter: str
    values: tuple[Scalar, ...]


class RegionSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Regions that must come from one set of `regions.toml`, and how many of them beside primary and recovery."""

    name: RegionFeature
    others: int
    role: str


class Pattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A named set of protections.

    Attributes:
        kind: The kind of component.
        name: Its name, unique for the kind.
        title: One line for people.
        protections: The parts, in the order they are built.
        options: Parameters chosen from the objective.
        active: Whether both Regions can serve at once, so that traffic may fail over by itself.
        engines: Engines it exists for (a trailing `*` is a family). Empty: all, or not a database.
        provider: The AWS provider version it needs at least, such as `6.22`.
        region_set: The set all its Regions must come from.
        instance_family: The limit (`limits.toml`) that names the instance families it can be built of.
        class_refused: The limit that names what classes it cannot be built of start with.
        absent: The limit that names the Regions that do not have it.
        excludes: Features of a component it cannot have, each with AWS's reason.
        asks: Whether it is built only where the caller names it, because it trades something away; the text says
            what.
        caution: What to know before building it, shown wherever it is chosen.
        source: Where its constraints come from.
    """

    kind: str
    name: str
    title: str
    protections: tuple[Part, ...]
    source: str
    options: tuple[Option, ...] = ()
    active: bool = False
    engines: tuple[str, ...] = ()
    provider: str | None = None
    region_set: RegionSet | None = None
    instance_family: str | None = None
    class_refused: str | None = None
    absent: str | None = None
    excludes: dict[str, str] = {}
    asks: str | None = None
    caution: str | None = None

    def regions(self, region: str, recovery_region: str | None) -> tuple[str, ...]:
        """Return those of the two Regions that it has a part in."""
        both = recovery_region is not None and any(part.where == "recovery" for part in self.protections)
        return (region, str(recovery_region)) if both else (region,)

    def exists_for(self, engine: str) -> bool:
        """Tell whether AWS offers the pattern for *engine*."""
        return not self.engines or any(matches_engine(engine, pattern) for pattern in self.engines)
