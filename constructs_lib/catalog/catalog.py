"""Everything the project knows about AWS's recovery mechanisms, read once from the TOML files of `kinds/`."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from constructs_lib.catalog.databases.engines import load_engines
from constructs_lib.catalog.document import read_document
from constructs_lib.catalog.kinds.kind import KindFacts
from constructs_lib.catalog.kinds.mechanism import Mechanism
from constructs_lib.catalog.kinds.pattern import Part, Pattern
from constructs_lib.declaration.kinds import KINDS
from constructs_lib.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Mapping


_FILES = (*KINDS, "routing", "detection", "external")


class Routing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A way to bring traffic to the Region that can serve it."""

    name: str
    title: str
    protections: tuple[Part, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    kind: KindFacts | None = None
    mechanism: tuple[Mechanism, ...] = ()
    pattern: tuple[Pattern, ...] = ()
    routing: tuple[Routing, ...] = ()


class Catalog(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Kinds by name, mechanisms by kind and name, patterns by kind, routings from the cheapest to the fastest."""

    kinds: Mapping[str, KindFacts]
    mechanisms: Mapping[tuple[str, str], Mechanism]
    patterns: Mapping[str, tuple[Pattern, ...]]
    routings: tuple[Routing, ...]
    intrinsic: Mapping[str, tuple[Mechanism, ...]]

    def mechanism(self, kind: str, name: str) -> Mechanism:
        """Return a mechanism of *kind*, or one that serves any kind.

        Raises:
            CatalogError: If there is none.
        """
        found = self.mechanisms.get((kind, name)) or self.mechanisms.get(("any", name))
        if found is None:
            msg = f"the catalog has no mechanism {name!r} for a {kind}"
            raise CatalogError(msg)
        return found

    def pattern(self, kind: str, name: str) -> Pattern:
        """Return the pattern *name* of *kind*.

        Raises:
            CatalogError: If there is none; the message lists those there are.
        """
        for pattern in self.patterns.get(kind, ()):
            if pattern.name == name:
                return pattern
        there_are = ", ".join(pattern.name for pattern in self.patterns.get(kind, ()))
        msg = f"there is no pattern {name!r} for a {kind}; there are {there_are}"
        raise CatalogError(msg)

    def engines(self) -> tuple[str, ...]:
        """Return every database engine that some pattern exists for, sorted."""
        patterns = self.patterns["database"]
        named = {engine for pattern in patterns for engine in pattern.engines if not engine.endswith("*")}
        families = (engine for engine in load_engines() if any(pattern.exists_for(engine) for pattern in patterns))
        return tuple(sorted(named.union(families)))


@cache
def load_catalog() -> Catalog:
    """Return the catalog; the files are read once for the process.

    Raises:
        CatalogError: If a file is not well formed; the message names the file and the field.
    """
    kinds: dict[str, KindFacts] = {}
    mechanisms: dict[tuple[str, str], Mechanism] = {}
    patterns: dict[str, tuple[Pattern, ...]] = {}
    routings: tuple[Routing, ...] = ()
    for name in _FILES:
        content = read_document(f"kinds/{name}.toml", _File)
        if content.kind is not None:
            kinds[content.kind.name] = content.kind
        mechanisms.update({(item.kind, item.name): item for item in content.mechanism})
        patterns[name] = content.pattern
        routings += content.routing
    intrinsic = {
        kind: tuple(item for item in mechanisms.values() if item.kind == kind and item.intrinsic) for kind in KINDS
    }
    return Catalog(
        kinds=MappingProxyType(kinds),
        mechanisms=MappingProxyType(mechanisms),
        patterns=MappingProxyType(patterns),
        routings=routings,
        intrinsic=MappingProxyType(intrinsic),
    )
