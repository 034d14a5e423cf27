"""The parameters of database engines, and which of them a running server takes: `parameters/*.toml`, typed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from constructs_lib.catalog.document import read_document

if TYPE_CHECKING:
    from constructs_lib.catalog.databases.engines import Engine


class ParameterNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The names of one family of engines, in lower case with underscores.

    Attributes:
        source: Where they come from, an id of `sources.toml`.
        not_listed: Starts of names that AWS adds; none of those is refused.
        static: Those that take effect at a restart: RDS refuses to apply one immediately.
        dynamic: Those that a running server takes.
    """

    source: str
    not_listed: tuple[str, ...]
    static: frozenset[str]
    dynamic: frozenset[str]

    def has(self, name: str) -> bool:
        """Tell whether there may be a parameter *name*: one with a dot is an extension's, or AWS's."""
        plain = _plain(name)
        return "." in plain or plain.startswith(self.not_listed) or plain in self.static | self.dynamic

    def is_static(self, name: str) -> bool:
        """Tell whether parameter *name* is known to take effect at a restart only."""
        return _plain(name) in self.static


@cache
def _read(name: str) -> ParameterNames:
    return read_document(f"databases/parameters/{name}.toml", ParameterNames)


def parameter_names(engine: Engine) -> ParameterNames | None:
    """Return the names of *engine*; None where they are not known.

    Raises:
        CatalogError: If the file is not well formed.
    """
    return None if engine.parameter_names is None else _read(engine.parameter_names)


def is_dynamic(engine: Engine, name: str) -> bool:
    """Tell whether a running server of *engine* is known to take parameter *name*: RDS then applies it at once."""
    names = parameter_names(engine)
    return names is not None and _plain(name) in names.dynamic


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")
