"""How old the catalog's facts are, and which of them nobody but our memory stands for.

A fact is whatever a file of the catalog gives a `source`. Its date is the `date` beside it, or else its source's.
"""

from __future__ import annotations

import json
from calendar import monthrange
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import tomli

from constructs_lib.catalog.sources import load_sources
from constructs_lib.plural import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.catalog.sources import Source

__all__ = ["Fact", "doubt", "doubts", "load_facts"]

_FOLDER: Final = Path(__file__).parent
_NOT_FACTS: Final = frozenset({"sources.toml", "price_list.toml", "findings.toml"})
_NAMES: Final = ("name", "id", "mechanism", "dimension", "disruptions", "regions", "step")
_SAYINGS: Final = ("because", "title", "note", "percent", "allowed")


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact of the catalog.

    Attributes:
        where: The file, and what in it: `bucket.toml: mechanism versioning, covers software, act`.
        says: What it says, as far as that fits a line; empty for a group of numbers.
        source: Id of its source.
        dated: When that was said, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    """

    where: str
    says: str
    source: str
    dated: str

    def doubt(self, today: date) -> str | None:
        """Return why the fact should be looked up again, or None where it need not be."""
        return doubt(load_sources()[self.source], self.dated, today)


@cache
def load_facts() -> tuple[Fact, ...]:
    """Return every fact of the catalog, by file; read once."""
    found: list[Fact] = []
    for path in sorted([*_FOLDER.rglob("*.toml"), *_FOLDER.rglob("*.json")]):
        if path.name not in _NOT_FACTS:
            text = path.read_text(encoding="utf-8")
            content = tomli.loads(text) if path.suffix == ".toml" else json.loads(text)
            found += _facts(content, f"{path.relative_to(_FOLDER)}: ", ())
    return tuple(found)


def doubt(source: Source, said: str, today: date) -> str | None:
    """Return why what *source* said at the date *said* should be looked up again, or None where it need not be."""
    if source.kind == "memory":
        return "from memory"
    last = _latest(said)
    a_year_on = (last.year + 1, last.month, last.day)
    return f"of {said}, older than a year" if (today.year, today.month, today.day) > a_year_on else None


def doubts(used: Iterable[tuple[Source, str]], today: date) -> tuple[str, ...]:
    """Return, for the sources that something rests on and their dates, which should be looked up again and why."""
    found = {(source.title, doubt(source, said, today)) for source, said in used}
    return tuple(sorted(f"{title}: {because}" for title, because in found if because is not None))


def _latest(said: str) -> date:
    """Return the last day that a date such as `2025-11` can mean."""
    year, month, day = (*map(int, said.split("-")), 0, 0)[:3]
    month = month or 12
    return date(year, month, day or monthrange(year, month)[1])


def _facts(content: object, where: str, path: tuple[str, ...]) -> Iterator[Fact]:
    if isinstance(content, list):
        for number, item in enumerate(content, start=1):
            yield from _facts(item, where, (*path, _named(item) or (str(number) if len(content) > 1 else "")))
    elif isinstance(content, dict):
        source = content.get("source")
        if isinstance(source, str):
            yield Fact(
                where=where + " ".join(filter(None, path)),
                says=_said(content),
                source=source,
                dated=content.get("date") or load_sources()[source].date,
            )
        for name, item in content.items():
            if name == "sources":
                for group, source_id in item.items():
                    dated = load_sources()[source_id].date
                    yield Fact(where=f"{where}{group}", says="", source=source_id, dated=dated)
            else:
                yield from _facts(item, where, (*path, name))


def _named(item: object) -> str:
    if not isinstance(item, dict):
        return ""
    name = next((item[key] for key in _NAMES if key in item), "")
    text = " ".join(map(str, name)) if isinstance(name, list) else str(name)
    return f"{item['kind']} {text}" if "kind" in item else text


def _said(item: dict[str, object]) -> str:
    prices = item.get("usd")
    if isinstance(prices, dict):
        return f"{plural(len(prices), 'price')}: {next(iter(prices))}{', …' if len(prices) > 1 else ''}"
    return next((str(item[key]) for key in _SAYINGS if key in item), "")
