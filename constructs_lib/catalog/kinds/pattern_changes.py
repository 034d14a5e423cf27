"""What Terraform does to what runs when its pattern becomes another one: `pattern_changes.toml`, typed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

import msgspec

from constructs_lib.catalog.document import read_document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.catalog.kinds.pattern import Pattern

_FILE = "kinds/pattern_changes.toml"
_STRONG = "*STRONG"


class PatternChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one mechanism more, or less, means for a component that runs.

    Attributes:
        kind: The kind of component.
        effect: `in place` (one apply), `step` (something else has to be done) or `refused` (no plan does it).
        because: What happens, or why it cannot.
        source: Its source, an id of `sources.toml`.
        gains: The mechanism that the new pattern has; empty where one is lost.
        loses: The mechanism that the former pattern had; empty where one is gained.
        step: What to do; empty where nothing has to be done.
    """

    kind: str
    effect: Literal["in place", "step", "refused"]
    because: str
    source: str
    gains: str = ""
    loses: str = ""
    step: str = ""


class OtherChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What another change of the sites means for what runs, whatever its pattern.

    Attributes:
        effect: `left behind` (it goes on, and no Terraform knows of it), `data lost`, or refused where AWS protects it.
        because: What happens, with `{names}` that stand for what is at hand.
        step: What to do first, or in its place; the same.
        source: Its source, an id of `sources.toml`.
    """

    effect: Literal["left behind", "data lost", "refused, or data lost"]
    because: str
    step: str
    source: str

    def said(self, **names: str) -> str:
        """Return both in words, of what is at hand."""
        return f"{self.because}; {self.step}".format(**names)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    change: tuple[PatternChange, ...]
    other: dict[str, OtherChange]


@cache
def _load() -> _File:
    return read_document(_FILE, _File)


def load_pattern_changes() -> tuple[PatternChange, ...]:
    """Return them all; the file is read once for the process.

    Raises:
        CatalogError: If the file is not well formed.
    """
    return _load().change


def load_other_changes() -> Mapping[str, OtherChange]:
    """Return the changes that have nothing to do with patterns, by name; from the same file.

    Raises:
        CatalogError: If the file is not well formed.
    """
    return _load().other


def pattern_changes(former: Pattern, latter: Pattern) -> tuple[PatternChange, ...]:
    """Return what happens to a component of pattern *former* that is built by *latter* from now on.

    Nothing where only parameters differ: those are changed in place.
    """
    had, has = _mechanisms(former), _mechanisms(latter)
    return tuple(
        change
        for change in load_pattern_changes()
        if change.kind == former.kind and (change.gains in has - had or change.loses in had - has)
    )


def _mechanisms(pattern: Pattern) -> set[str]:
    """Return the names of its mechanisms, with a name of its own for what a table cannot become."""
    strong = any(part.parameters.get("consistency") == "STRONG" for part in pattern.protections)
    return {part.mechanism for part in pattern.protections} | ({_STRONG} if strong else set())
