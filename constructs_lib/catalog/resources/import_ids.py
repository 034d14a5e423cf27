"""By what Terraform imports a resource of a type: `import_ids.toml`, typed."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from constructs_lib.catalog.document import read_document

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["import_id", "load_import_ids"]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    import_ids: dict[str, str]


@cache
def load_import_ids() -> Mapping[str, str]:
    """Return the form of the id by type; the file is read once for the process.

    Raises:
        CatalogError: If the file is not well formed.
    """
    return MappingProxyType(read_document("resources/import_ids.toml", _File).import_ids)


def import_id(type: str, values: Mapping[str, Any]) -> str | None:
    """Return the id that imports a resource with these attributes; None where the form or an attribute is not known."""
    form = load_import_ids().get(type)
    try:
        return None if form is None else form.format_map({name: value for name, value in values.items() if value})
    except KeyError:
        return None
