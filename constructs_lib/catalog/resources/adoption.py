"""What recoveries make, and what a plan that takes it over may change: `adoption.toml`, typed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec

from constructs_lib.catalog.document import read_document

__all__ = ["Adoption", "Alone", "Maker", "load_adoption"]


class Maker(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a call makes.

    Attributes:
        type: Terraform's type.
        named_by: The parameter that names it; None: AWS does.
        id_is_made_up: Whether Terraform imports it by an id that AWS makes up, and the name is for the code alone.
        imported_by: What Terraform imports it by, of the call's parameters and of what replies told, in braces; None:
            its name, or that id.
    """

    type: str
    named_by: str | None = None
    id_is_made_up: bool = False
    imported_by: str | None = None


class Alone(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a restored thing is never part of.

    Attributes:
        kind: The kind of component.
        mechanism: The mechanism that does not take it in.
        parameters: Those with which the mechanism does not; empty: whatever they are.
        because: Why, in words.
        instead: What to do then, in words.
    """

    kind: str
    mechanism: str
    parameters: dict[str, str] = {}
    because: str
    instead: str


class _Types(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    types: tuple[str, ...]


class Adoption(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The file.

    Attributes:
        made_by: What a call makes, by `service:Operation`.
        made_by_backup: What a restore job of AWS Backup makes, by its name for the kind of resource.
        alone: What no restored thing is part of.
        let_go: What gets another address when it is another thing.
        changes: What may be changed in place, by type.
        creates: What may be created.
        replaces: What may be replaced.
    """

    made_by: dict[str, Maker]
    made_by_backup: dict[str, Maker]
    alone: tuple[Alone, ...]
    let_go: _Types
    changes: dict[str, tuple[str, ...]]
    creates: _Types
    replaces: _Types

    def standing_alone(self, kind: str, protections: Mapping[str, Mapping[str, object]]) -> Alone | None:
        """Return why nothing that was restored can be a component with *protections*; None: it can.

        Args:
            kind: The kind of component.
            protections: The parameters of its mechanisms, by their names.
        """
        for item in self.alone:
            given = protections.get(item.mechanism) if item.kind == kind else None
            if given is not None and item.parameters.items() <= given.items():
                return item
        return None


@cache
def load_adoption() -> Adoption:
    """Return the file; it is read once for the process.

    Raises:
        CatalogError: If it is not well formed.
    """
    return read_document("resources/adoption.toml", Adoption)
