"""Sheets of prices: what one source says of some Regions, read from a price file and checked.

The form of a price file is described in `load.py`. The shipped files are checked by tests; only what a user wrote is
checked when it is read.
"""

from __future__ import annotations

import re
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

import msgspec
import tomli

from constructs_lib.catalog.confidence import Confidence
from constructs_lib.catalog.regions import region as known_region
from constructs_lib.errors import CatalogError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

GLOBAL: Final = "global"
"""Stands in a sheet's `regions` for what has one price everywhere."""

_AMOUNT: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
_DATE: Final = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")
_CONFIDENCES: Final = {"documented": Confidence.DOCUMENTED, "planning": Confidence.PLANNING}
_FIELDS: Final = frozenset({"regions", "source", "date", "confidence", "note", "usd"})


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """Where the prices of a sheet come from."""

    source: str
    date: str
    confidence: Confidence
    note: str | None = None


Row = tuple[Decimal, Sheet]
"""A price and the sheet it stands in."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What a sheet may name: the dimensions that are listed, those of database instances, and the sources."""

    dimensions: Sequence[str]
    is_dimension: Callable[[str], bool]
    check_source: Callable[[str], object]


def read_price_file(path: Path) -> dict[str, Any]:
    """Return a price file's TOML.

    Raises:
        CatalogError: If it cannot be read, or is not TOML.
    """
    try:
        return tomli.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogError(f"price file {str(path)!r} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise CatalogError(f"price file {str(path)!r} is not UTF-8 text; save it as UTF-8") from error
    except (tomli.TOMLDecodeError, RecursionError) as error:
        raise CatalogError(f"price file {str(path)!r} is not TOML: {error}") from error


def read_sheets(tables: object, known: Known, *, file: str) -> Mapping[str, Mapping[str, Row]]:
    """Return the prices of a file's sheets by Region and dimension; a later sheet counts before an earlier one.

    Raises:
        CatalogError: If a sheet is not well formed; the message names file, sheet and dimension.
    """
    if not isinstance(tables, list):
        raise CatalogError(f"{file}: sheet must be a list of tables; write [[sheet]], with two brackets")
    rows: dict[str, dict[str, Row]] = {}
    for number, table in enumerate(tables, start=1):
        where = f"{file}: sheet {number}"
        sheet, regions = _sheet(table, known, where=where)
        priced = {name: (_amount(name, usd, known, where=where), sheet) for name, usd in table["usd"].items()}
        for region in regions:
            rows.setdefault(region, {}).update(priced)
    return rows


def _sheet(table: object, known: Known, *, where: str) -> tuple[Sheet, Sequence[str]]:
    if not isinstance(table, dict):
        raise CatalogError(f"{where} must be a table, not {table!r}; write [[sheet]]")
    unknown = sorted(table.keys() - _FIELDS)
    if unknown:
        raise CatalogError(f"{where}: unknown field {unknown[0]!r}; allowed are {', '.join(sorted(_FIELDS))}")
    for name in ("source", "date", "confidence"):
        if not isinstance(table.get(name), str):
            raise CatalogError(f"{where}: {name} must be given, as a string, not {table.get(name)!r}")
    if "note" in table and not isinstance(table["note"], str):
        raise CatalogError(f"{where}: note must be a string, not {table['note']!r}")
    if _DATE.fullmatch(table["date"]) is None:
        raise CatalogError(f"{where}: date {table['date']!r} is not YYYY, YYYY-MM or YYYY-MM-DD; correct it")
    if table["confidence"] not in _CONFIDENCES:
        choices = " or ".join(_CONFIDENCES)
        raise CatalogError(f"{where}: confidence {table['confidence']!r} is not known; use {choices}")
    regions = table.get("regions")
    if not isinstance(regions, list) or not regions or not all(isinstance(code, str) for code in regions):
        raise CatalogError(f"{where}: regions must be a list of region codes, or ['{GLOBAL}'], not {regions!r}")
    _check_references(table["source"], regions, known, where=where)
    usd = table.get("usd")
    if not isinstance(usd, dict) or not usd:
        raise CatalogError(f"{where}: usd must be a table of dimensions and prices, not {usd!r}; add [sheet.usd]")
    sheet = Sheet(
        source=table["source"],
        date=table["date"],
        confidence=_CONFIDENCES[table["confidence"]],
        note=table.get("note"),
    )
    return sheet, regions


def _check_references(source: str, regions: list[str], known: Known, *, where: str) -> None:
    try:
        known.check_source(source)
        for code in regions:
            if code != GLOBAL:
                known_region(code)
    except (CatalogError, ConfigurationError) as error:
        raise CatalogError(f"{where}: {error}") from error


def _amount(dimension: str, usd: object, known: Known, *, where: str) -> Decimal:
    if not known.is_dimension(dimension):
        raise CatalogError(f"{where}: no price dimension {dimension!r}; {closest(dimension, known.dimensions)}")
    if not isinstance(usd, str):
        raise CatalogError(f'{where}, {dimension!r}: price {usd!r} is not a string; write it in quotes, like "0.023"')
    if _AMOUNT.fullmatch(usd) is None:
        raise CatalogError(
            f'{where}, {dimension!r}: price {usd!r} is no decimal number of 0 or more; write it like "0.023"'
        )
    return Decimal(usd)


def closest(word: str, known: Sequence[str]) -> str:
    """Return what to say about a *word* that is not *known*."""
    close = get_close_matches(word, known, n=3)
    return f"did you mean {' or '.join(close)}?" if close else f"known are {', '.join(known)}"
