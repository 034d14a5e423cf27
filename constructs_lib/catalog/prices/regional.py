"""Prices read from AWS's own price feeds, a file for each Region: `by_region/`.

The files are made from a dump by `python -m tests.catalog.import_prices DUMP.csv`, and never edited. A Region's file is
read when its prices are first asked for.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from constructs_lib.catalog.confidence import Confidence
from constructs_lib.catalog.prices.sheets import Row, Sheet
from constructs_lib.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER: Final = Path(__file__).with_name("by_region")


class StoredSheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one source said on one date; the prices are strings in the file, so that no digit is lost."""

    source: str
    date: str
    confidence: Literal["documented", "planning"]
    usd: dict[str, Decimal]


@cache
def priced_regions() -> tuple[str, ...]:
    """Return what there is a file for: Regions, and `global`."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


@cache
def regional_prices(region: str) -> Mapping[str, Row]:
    """Return the prices of *region* by dimension; none where there is no file for it.

    Raises:
        CatalogError: If the file is not well formed.
    """
    path = FOLDER / f"{region}.json"
    if not path.is_file():
        return MappingProxyType({})
    try:
        stored = msgspec.json.decode(path.read_bytes(), type=tuple[StoredSheet, ...])
    except msgspec.DecodeError as error:
        msg = f"price file {path.name}: {error}"
        raise CatalogError(msg) from error
    rows: dict[str, Row] = {}
    for item in stored:
        sheet = Sheet(source=item.source, date=item.date, confidence=Confidence(item.confidence))
        rows.update({dimension: (usd, sheet) for dimension, usd in item.usd.items()})
    return MappingProxyType(rows)
