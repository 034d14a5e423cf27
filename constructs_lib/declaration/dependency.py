"""Something a workload needs that somebody else runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from constructs_lib.availability import Availability, parse_availability
from constructs_lib.declaration.selector import AddressGlob, read_address_glob

if TYPE_CHECKING:
    from constructs_lib.declaration.yaml_document import YamlField

__all__ = ["Dependency", "read_dependencies"]


class Dependency(msgspec.Struct, frozen=True, kw_only=True):
    """A third party's service.

    Args:
        name: What people call it.
        availability: What its provider promises.
        critical: Whether a workload stops without it (the default), or only does less.
        covers: The components, as globs of their names or addresses, whose agreements with AWS its availability already
            holds, so that they are not counted again. Empty: it says that it covers none. None (the default): it does
            not say.
    """

    name: str
    availability: Availability
    critical: bool = True
    covers: tuple[AddressGlob, ...] | None = None

    def covers_component(self, name: str) -> bool:
        """Tell whether its availability already holds what the component called *name* is promised by AWS."""
        return any(glob.matches(name, {}) for glob in self.covers or ())


def read_dependencies(field: YamlField) -> tuple[Dependency, ...]:
    """Read `[{name: e-mail, availability: 99.9%, critical: false, covers: [aws_s3_bucket.*]}]`.

    No two may have one name.
    """
    dependencies: list[Dependency] = []
    lines: dict[str, int] = {}
    for item in field.items():
        members = item.members("name", "availability", "critical", "covers", required=("name", "availability"))
        name = members["name"].text()
        if name in lines:
            raise members["name"].error(f"{name!r} is declared twice, first on line {lines[name]}; keep one of the two")
        lines[name] = item.line
        availability = members["availability"].parsed(parse_availability, wanted="an availability")
        critical = members["critical"].boolean() if "critical" in members else True
        covers = tuple(map(read_address_glob, members["covers"].items())) if "covers" in members else None
        dependencies.append(Dependency(name=name, availability=availability, critical=critical, covers=covers))
    return tuple(dependencies)
