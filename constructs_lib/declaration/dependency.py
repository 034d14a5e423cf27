"""Something a workload needs that somebody else runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from constructs_lib.availability import Availability, parse_availability

if TYPE_CHECKING:
    from constructs_lib.declaration.yaml_document import YamlField

__all__ = ["Dependency", "read_dependencies"]


@attrs.frozen(kw_only=True)
class Dependency:
    """A third party's service.

    Args:
        name: What people call it.
        availability: What its provider promises.
        critical: Whether a workload stops without it (the default), or only does less.
    """

    name: str
    availability: Availability
    critical: bool = True


def read_dependencies(field: YamlField) -> tuple[Dependency, ...]:
    """Read `[{name: e-mail, availability: 99.9%, critical: false}]`; no two may have one name."""
    dependencies: list[Dependency] = []
    lines: dict[str, int] = {}
    for item in field.items():
        members = item.members("name", "availability", "critical", required=("name", "availability"))
        name = members["name"].text()
        if name in lines:
            raise members["name"].error(f"{name!r} is declared twice, first on line {lines[name]}; keep one of the two")
        lines[name] = item.line
        availability = members["availability"].parsed(parse_availability, wanted="an availability")
        critical = members["critical"].boolean() if "critical" in members else True
        dependencies.append(Dependency(name=name, availability=availability, critical=critical))
    return tuple(dependencies)
