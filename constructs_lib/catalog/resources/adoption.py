"""What recoveries make, and what a plan that takes it over may change: `adoption.toml`, typed."""

from __future__ import annotations

from functools import cache

import msgspec

from constructs_lib.catalog.document import read_document

__all__ = ["Adoption", "Maker", "load_adoption"]


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


class _Types(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    types: tuple[str, ...]


class Adoption(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The file.

    Attributes:
        made_by: What a call makes, by `service:Operation`.
        made_by_backup: What a restore job of AWS Backup makes, by its name for the kind of resource.
        let_go: What gets another address when it is another thing.
        changes: What may be changed in place, by type.
        creates: What may be created.
        replaces: What may be replaced.
    """

    made_by: dict[str, Maker]
    made_by_backup: dict[str, Maker]
    let_go: _Types
    changes: dict[str, tuple[str, ...]]
    creates: _Types
    replaces: _Types


@cache
def load_adoption() -> Adoption:
    """Return the file; it is read once for the process.

    Raises:
        CatalogError: If it is not well formed.
    """
    return read_document("resources/adoption.toml", Adoption)
