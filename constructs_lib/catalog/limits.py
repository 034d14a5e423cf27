"""What AWS accepts for an option: `limits.toml`, typed.

The constructs check their options against it, so that a value AWS would refuse is refused before a plan is made.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn

import msgspec

from constructs_lib.catalog.document import read_document
from constructs_lib.errors import CatalogError, ConfigurationError
from constructs_lib.plural import plural
from constructs_lib.refusal import shortened, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = "limits.toml"


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What AWS accepts for one option.

    Attributes:
        id: `<service>.<option>`, such as `rds.backup_retention_days`.
        source: Its source, an id of `sources.toml`.
        least: The smallest number, or number of characters, that is accepted; None where there is no such bound.
        most: The largest.
        values: All that is accepted, where it is neither a range nor named.
        identifiers: All that is accepted by name, with what AWS calls each.
        unit: What a number counts, in the plural, such as `days`; empty where the option's name says it.
        because: Why it is so, where that helps who is refused; empty where it does not.
    """

    id: str
    source: str
    least: int | None = None
    most: int | None = None
    values: tuple[int | str, ...] = ()
    identifiers: dict[str, str] = {}
    unit: str = ""
    because: str = ""

    @property
    def allowed(self) -> str:
        """What is accepted, in words."""
        unit = f" {self.unit}" if self.unit else ""
        if self.identifiers:
            return f"one of {', '.join(self.identifiers)}"
        if self.values:
            return f"{'one of ' if len(self.values) > 1 else ''}{', '.join(map(str, self.values))}{unit}"
        if self.least is not None and self.most is not None:
            return f"{self.least} to {self.most}{unit}"
        return f"{self.least} or more{unit}" if self.most is None else f"at most {self.most}{unit}"

    def check(self, value: object, name: str) -> None:
        """Check an option: a whole number against a range, anything against the values.

        Args:
            value: What the user gave.
            name: What the user calls it.

        Raises:
            ConfigurationError: If AWS would not accept it; the message says what it accepts.
        """
        if not self._accepts(value):
            self._refuse(shortened(repr(value)), name)

    def check_length(self, text: object, name: str) -> None:
        """Check the number of characters of *text* against a range.

        Raises:
            ConfigurationError: If it is no text, too short or too long.
        """
        if not isinstance(text, str):
            self._refuse(shown(text), name)
        if not self._accepts(len(text)):
            self._refuse(f"{shortened(repr(text))}, {plural(len(text), 'character')} long", name)

    def identifier(self, value: object, name: str) -> str:
        """Return what AWS calls the named *value*.

        Raises:
            ConfigurationError: If there is no such name.
        """
        self.check(value, name)
        return self.identifiers[str(value)]

    def _accepts(self, value: object) -> bool:
        if self.values or self.identifiers:
            # True == 1, but nobody means it.
            accepted: tuple[object, ...] = self.values or tuple(self.identifiers)
            return any(type(value) is type(item) and value == item for item in accepted)
        if isinstance(value, bool) or not isinstance(value, int):
            return False
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def _refuse(self, given: str, name: str) -> NoReturn:
        msg = f"{name} is {given}; allowed: {self.allowed}{f' ({self.because})' if self.because else ''}"
        raise ConfigurationError(msg)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    limit: tuple[Limit, ...]


@cache
def load_limits() -> Mapping[str, Limit]:
    """Return every limit by id; the file is read once for the process.

    Raises:
        CatalogError: If the file is not well formed.
    """
    content = read_document(_FILE, _File)
    limits: dict[str, Limit] = {}
    for item in content.limit:
        if item.id in limits:
            msg = f"catalog file {_FILE}: {item.id} is there twice"
            raise CatalogError(msg)
        bounded = item.least is not None or item.most is not None
        if bounded + bool(item.values) + bool(item.identifiers) != 1:
            msg = f"catalog file {_FILE}: {item.id} needs a range, or values, or identifiers, and only one of them"
            raise CatalogError(msg)
        limits[item.id] = item
    return MappingProxyType(limits)


def limit(id: str) -> Limit:
    """Return the limit called *id*.

    Raises:
        CatalogError: If there is none.
    """
    found = load_limits().get(id)
    if found is None:
        msg = f"catalog file {_FILE} has no limit {id!r}"
        raise CatalogError(msg)
    return found


def check_limit(id: str, value: object, what: str) -> None:
    """Check an option against the limit called *id*; *what* is what the user calls it.

    Raises:
        ConfigurationError: If AWS would not accept *value*; the message says what it accepts.
        CatalogError: If there is no such limit.
    """
    limit(id).check(value, what)
