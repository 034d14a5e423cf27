"""What the review of a plan can find: `findings.toml`, typed.

An id means the same for ever. What is found is said in `message` and `fix`, whose places in braces the review fills.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from string import Formatter
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.catalog.document import read_document
from constructs_lib.catalog.sources import load_sources
from constructs_lib.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Rule", "Severity", "load_findings", "never_waived", "rule"]

_FILE: Final = "findings.toml"
_ID: Final = re.compile(r"RECOVERY-[1-9][0-9]{2}")
_PAGE: Final = "docs/findings.md"
_NEVER_WAIVED: Final = {
    "4": "is about the agreement, found by `drctl sla` and `drctl docs`, where nothing is waived",
    "6": "is about waivers themselves, and cannot be waived",
}
"""Why what begins with this digit is not accepted by any waiver."""


class Severity(StrEnum):
    """How much a finding matters. Errors break a promise; warnings may; notes are worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return _RANKS[self]


_RANKS: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that can be found.

    Attributes:
        id: Such as `RECOVERY-101`.
        severity: How much it matters.
        title: What it is, whatever it is about.
        message: What is found, with places in braces.
        fix: What to do, with places in braces.
        why: Why it matters.
        source: Its source, an id of `sources.toml`.
    """

    id: str
    severity: Severity
    title: str
    message: str
    fix: str
    why: str
    source: str

    @property
    def explanation(self) -> str:
        """Why it matters."""
        return self.why

    @property
    def documentation(self) -> str:
        """The page and the place on it that explains the finding."""
        return f"{_PAGE}#{self.id.lower()}"

    @property
    def places(self) -> frozenset[str]:
        """The names in braces."""
        return frozenset(name for text in (self.message, self.fix) for _, name, _, _ in Formatter().parse(text) if name)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    finding: tuple[Rule, ...]


@cache
def load_findings() -> Mapping[str, Rule]:
    """Return every rule by id, in rising order; the file is read once for the process.

    Raises:
        CatalogError: If the file is not well formed.
    """
    content = read_document(_FILE, _File)
    sources = load_sources()
    rules: dict[str, Rule] = {}
    for item in sorted(content.finding, key=lambda found: found.id):
        if _ID.fullmatch(item.id) is None or item.id in rules:
            msg = f"catalog file {_FILE}: {item.id!r} is no id, or is there twice; write one like RECOVERY-101"
            raise CatalogError(msg)
        if item.source not in sources:
            msg = f"catalog file {_FILE}: {item.id} names the source {item.source!r}, which sources.toml does not have"
            raise CatalogError(msg)
        rules[item.id] = item
    return MappingProxyType(rules)


def rule(id: str) -> Rule:
    """Return the rule called *id*.

    Raises:
        CatalogError: If there is none.
    """
    found = load_findings().get(id)
    if found is None:
        msg = f"catalog file {_FILE} has no finding {id!r}"
        raise CatalogError(msg)
    return found


def never_waived(id: str) -> str | None:
    """Return why no waiver accepts the finding called *id*, as the end of a sentence; None where one may."""
    if id not in load_findings():
        return "is no finding"
    return _NEVER_WAIVED.get(id.removeprefix("RECOVERY-")[0])
