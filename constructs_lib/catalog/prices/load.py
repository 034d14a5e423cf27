"""The shipped prices, and a user's own laid over them.

A user's price file has the form of `prices.toml`: sheets, each with what one source says of some Regions.

    [sources.agreement]                    # only for a source that sources.toml does not have
    title = "our agreement with AWS"
    document = "appendix B"
    read = "2026-10"
    kind = "ours"

    [[sheet]]
    regions = ["eu-west-1"]                # or ["global"]
    source = "agreement"
    date = "2026-10"                       # YYYY, YYYY-MM or YYYY-MM-DD
    confidence = "documented"              # or "planning"
    note = "with our discount"             # optional
    [sheet.usd]
    "s3.storage.standard" = "0.0207"       # US dollars, in quotes
    "rds.instance.postgres.m7g.2xlarge" = "0.61"

Its prices replace the shipped ones. Dimensions must be known, except that any
`rds.instance.<engine>.<family>.<size>` of a known engine and size may be priced; with a standby
(`.multi_az`) it then costs as much more as by the shipped prices, unless that is priced as well.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import attrs

from constructs_lib.catalog.prices.prices import INSTANCE, Engine, Prices
from constructs_lib.catalog.prices.sheets import GLOBAL, Known, Row, read_price_file, read_sheets
from constructs_lib.catalog.sources import parse_source
from constructs_lib.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE: Final = Path(__file__).with_name("prices.toml")


def load_prices(override: Path | None = None) -> Prices:
    """Return the shipped prices, with those of the file `override` laid over them.

    The shipped files are read once. Raises `CatalogError`, naming file, sheet and dimension, when
    `override` cannot be read or is not well formed: prices must be strings in quotes, not negative, and
    plain decimal numbers.
    """
    shipped = _shipped()
    return shipped if override is None else _overlay(shipped, override)


@cache
def _shipped() -> Prices:
    facts = read_price_file(_FILE)
    instances = facts["instances"]
    units = {dimension: unit for unit, dimensions in facts["units"].items() for dimension in dimensions}
    prices = Prices(
        hours_per_month=Decimal(facts["hours_per_month"]),
        sources=MappingProxyType({}),
        units=MappingProxyType(units),
        same_as=MappingProxyType(facts["same_as"]),
        engines=MappingProxyType({name: Engine(**rules) for name, rules in instances["engines"].items()}),
        sizes=MappingProxyType({size: Decimal(factor) for size, factor in instances["sizes"].items()}),
        multi_az_factor=Decimal(instances["multi_az_factor"]),
        multi_az_cluster_factor=Decimal(instances["multi_az_cluster_factor"]),
        rows=MappingProxyType({}),
    )
    return attrs.evolve(prices, rows=read_sheets(facts["sheet"], _known(prices), file=_FILE.name))


def _overlay(shipped: Prices, override: Path) -> Prices:
    file = str(override)
    facts = read_price_file(override)
    unknown = sorted(facts.keys() - {"sources", "sheet"})
    if unknown:
        raise CatalogError(f"{file}: unknown table {unknown[0]!r}; a price file holds [[sheet]] and [sources]")
    tables = facts.get("sources", {})
    if not isinstance(tables, dict):
        raise CatalogError(f"{file}: sources must be tables like [sources.agreement], not {tables!r}")
    sources = {source_id: parse_source(source_id, table, file=file) for source_id, table in tables.items()}
    if not facts.get("sheet"):
        raise CatalogError(f"{file} holds no prices; add at least one [[sheet]]")
    extended = attrs.evolve(shipped, sources=MappingProxyType(sources))
    theirs = read_sheets(facts["sheet"], _known(extended), file=file)
    rows = {
        region: {**shipped._rows.get(region, {}), **_standbys(found, region, shipped), **found}
        for region, found in theirs.items()
    }
    return attrs.evolve(extended, rows=MappingProxyType({**shipped._rows, **rows}))


def _standbys(theirs: Mapping[str, Row], region: str, shipped: Prices) -> dict[str, Row]:
    """Return what the instances that a user priced cost with a standby, at the ratio of the shipped prices."""
    found: dict[str, Row] = {}
    for dimension, (usd, sheet) in theirs.items():
        parts = INSTANCE.fullmatch(dimension)
        if parts is None or parts["option"] or region == GLOBAL or not shipped._engines[parts["engine"]].standby:
            continue
        built = (parts["engine"], f"db.{parts['family']}.{parts['size']}", region)
        single, both = shipped.instance_hour(*built), shipped.instance_hour(*built, multi_az=True)
        found[f"{dimension}.multi_az"] = (usd * both.usd / single.usd, sheet)
    return found


def _known(prices: Prices) -> Known:
    return Known(dimensions=prices.dimensions, is_dimension=prices.is_dimension, check_source=prices.source)
