"""Who answers for a workload on the day, and who does where that one cannot be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from constructs_lib.declaration.yaml_document import YamlField

__all__ = ["Owners", "read_owners"]


class Owners(msgspec.Struct, frozen=True, kw_only=True):
    """The owner of a workload and the deputy: another one, since people can be out of reach like Regions."""

    owner: str
    deputy: str


def read_owners(field: YamlField) -> Owners:
    """Read `{owner: web team, deputy: platform team}`."""
    members = field.members("owner", "deputy", required=("owner", "deputy"))
    found = Owners(owner=members["owner"].text(), deputy=members["deputy"].text())
    if found.owner.casefold() == found.deputy.casefold():
        raise field.error(f"names {found.owner!r} twice; the deputy is somebody else")
    return found
