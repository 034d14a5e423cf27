"""What AWS bills: `prices.toml`, typed, and a user's own prices laid over it.

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
`rds.instance.<engine>.<family>.<size>` of a known engine and size may be priced.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import attrs

from constructs_lib.catalog.confidence import Confidence, weakest
from constructs_lib.catalog.regions import region as known_region
from constructs_lib.catalog.sources import Source, load_sources, parse_source
from constructs_lib.errors import CatalogError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["BASE_REGION", "GLOBAL", "Price", "Prices", "load_prices"]

BASE_REGION: Final = "us-east-1"
"""The Region whose price stands in, marked as assumed, where another Region's is not known."""

GLOBAL: Final = "global"
"""Stands in a sheet's `regions` for what has one price everywhere."""

_FILE: Final = Path(__file__).with_name("prices.toml")
_AMOUNT: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
_DATE: Final = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")
_LEADING_NUMBER: Final = re.compile(r"[0-9][0-9,]*")
_INSTANCE: Final = re.compile(
    r"rds\.instance\.(?P<engine>[^.]+)\.(?P<family>[a-z0-9]+)\.(?P<size>[a-z0-9]+)(\.multi_az)?"
)
_CLASS: Final = re.compile(r"db\.(?P<family>[a-z0-9]+)\.(?P<size>[a-z0-9]+)")
_PRICE_CONFIDENCES: Final = {"documented": Confidence.DOCUMENTED, "planning": Confidence.PLANNING}
_SHEET_FIELDS: Final = frozenset({"regions", "source", "date", "confidence", "note", "usd"})
_INSTANCE_UNIT: Final = "instance-hour"
_REFERENCE_SIZE: Final = "large"
_SPECIAL_TRANSFER: Final = "transfer.inter_region.to."


@cache
def _quantity(unit: str) -> Decimal:
    number = _LEADING_NUMBER.match(unit)
    return Decimal(number.group().replace(",", "")) if number else Decimal(1)


@attrs.frozen(kw_only=True)
class Price:
    """One price, with everything a reader needs to trust it or not.

    Attributes:
        dimension: What is billed, `s3.storage.standard`.
        usd: US dollars for one `unit`, without discounts, free tiers or taxes.
        unit: `GB-month`, `1,000 requests`, `instance-hour` …
        region: The Region asked about.
        source: Id of the source.
        date: When the price held: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
        confidence: `documented`, or `planning` for what is remembered or derived.
        assumed: Whether a guess stands in for an unknown price: another Region's, or another class's. Then
            `confidence` is `planning`.
        note: What to say beside the price; always given when `assumed`.
    """

    dimension: str
    usd: Decimal
    unit: str
    region: str
    source: str
    date: str
    confidence: Confidence
    assumed: bool = False
    note: str | None = None

    @property
    def quantity(self) -> Decimal:
        """How many of the counted thing one unit holds: 1000 for `1,000 requests`, 1 for `GB-month`."""
        return _quantity(self.unit)

    def cost(self, amount: Decimal | int) -> Decimal:
        """Return what `amount` of the counted thing costs: requests, not thousands of requests."""
        return self.usd * amount / self.quantity


@attrs.frozen(kw_only=True)
class _Sheet:
    regions: tuple[str, ...]
    source: str
    date: str
    confidence: Confidence
    note: str | None
    copy_of: str | None


@attrs.frozen(kw_only=True)
class _Engine:
    """How an engine's instances are billed; `prices.toml` says what each field means."""

    stand_in: str
    billed_as: str | None = None
    because: str | None = None
    assumed: bool = False
    linear: bool = True
    standby: bool = True


_Row = tuple[Decimal, _Sheet]


@attrs.frozen(kw_only=True, eq=False)
class Prices:
    """All prices known, asked by dimension and Region. Made by `load_prices`."""

    hours_per_month: Decimal
    _sources: Mapping[str, Source]
    _units: Mapping[str, str]
    _same_as: Mapping[str, str]
    _engines: Mapping[str, _Engine]
    _sizes: Mapping[str, Decimal]
    _multi_az_factor: Decimal
    _multi_az_cluster_factor: Decimal
    _rows: Mapping[str, Mapping[str, _Row]]
    _copies: Mapping[str, _Sheet]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension `price` can be asked for in any Region, sorted.

        `instance_hour` is for instances, `inter_region_transfer` for transfer between two Regions.
        """
        special = (name for name in self._units if not name.startswith(_SPECIAL_TRANSFER))
        return tuple(sorted({*special, *self._same_as}))

    @property
    def engines(self) -> tuple[str, ...]:
        """Every engine `instance_hour` can be asked for, sorted."""
        return tuple(sorted(self._engines))

    def source(self, source_id: str) -> Source:
        """Return the source a price names; raises `CatalogError` when there is none with this id."""
        found = self._sources.get(source_id) or load_sources().get(source_id)
        if found is None:
            raise CatalogError(f"no source {source_id!r}; {_closest(source_id, [*self._sources, *load_sources()])}")
        return found

    def rows(self) -> Iterator[Price]:
        """Yield every price that is written down, by Region and dimension; `region` may be `global`."""
        for region in sorted(self._rows):
            for dimension in sorted(self._rows[region]):
                yield self._priced(dimension, self._rows[region][dimension], region=region)

    def price(self, dimension: str, region: str) -> Price:
        """Return the price of a dimension in a Region.

        Where the Region's own price is not known, that of us-east-1 is returned with `assumed` set and a
        note. Raises `CatalogError` for a dimension that does not exist, `ConfigurationError` for such a
        Region.
        """
        known_region(region)
        for place in (region, GLOBAL, BASE_REGION):
            for billed in (dimension, self._same_as.get(dimension)):
                row = self._row(billed, place) if billed else None
                if row is not None:
                    elsewhere = place == BASE_REGION != region
                    note = _stand_in_region(region) if elsewhere else None
                    return self._priced(dimension, row, region=region, assumed=elsewhere, note=note)
        if dimension in self._units or dimension in self._same_as:
            raise CatalogError(f"no price of {dimension!r} in {region} nor in {BASE_REGION}; add one to a price file")
        raise CatalogError(f"no price dimension {dimension!r}; {_closest(dimension, self.dimensions)}")

    def inter_region_transfer(self, source: str, destination: str) -> Price:
        """Return the price of a GB that leaves `source` for `destination`.

        Raises `ConfigurationError` for an unknown Region, or when both are the same.
        """
        known_region(source)
        known_region(destination)
        if source == destination:
            raise ConfigurationError(f"transfer from {source!r} to itself is not between regions; give two regions")
        special = _SPECIAL_TRANSFER + destination
        row = self._rows.get(source, {}).get(special)
        return self._priced(special, row, region=source) if row else self.price("transfer.inter_region", source)

    def instance_hour(self, engine: str, instance_class: str, region: str, multi_az: bool = False) -> Price:
        """Return the price of one hour of a database instance, with its standby when `multi_az`.

        A size without a price is scaled from another of its family. Where the class has no price at all,
        that of the engine's stand-in class is returned with `assumed` set and a note, in the size asked
        for where that is known. For Oracle Enterprise Edition and Db2 the license is not included. Raises
        `CatalogError` for an unknown engine, and `ConfigurationError` for an unknown Region or for
        `multi_az` with Aurora, where each instance is billed by itself.
        """
        known_region(region)
        rules = self._engine(engine)
        if multi_az and not rules.standby:
            raise ConfigurationError(
                f"{engine} has no Multi-AZ price: each instance is billed by itself; count instances"
            )
        asked = _CLASS.fullmatch(instance_class)
        if asked and asked["size"] in self._sizes:
            found = self._instance(engine, asked["family"], asked["size"], region, multi_az)
            if found is not None:
                return found
        stand_in = _CLASS.fullmatch(rules.stand_in)
        assert stand_in is not None, rules.stand_in
        size = asked["size"] if asked and asked["size"] in self._sizes else stand_in["size"]
        found = self._instance(engine, stand_in["family"], size, region, multi_az)
        if found is None:
            raise CatalogError(f"no price of {engine} on its stand-in class {rules.stand_in}; add one to a price file")
        note = f"no price of {instance_class} for {engine}; db.{stand_in['family']}.{size} stands in"
        return attrs.evolve(found, assumed=True, confidence=Confidence.PLANNING, note=_join(note, found.note))

    def multi_az_cluster_hour(self, engine: str, instance_class: str, region: str) -> Price:
        """Return the price of one hour of a Multi-AZ DB cluster: a writer and two readable standbys.

        Taken as three instances, hence never better than `planning`. Raises as `instance_hour` does.
        """
        single = self.instance_hour(engine, instance_class, region)
        return attrs.evolve(
            single,
            dimension=f"{single.dimension}.multi_az_cluster",
            usd=single.usd * self._multi_az_cluster_factor,
            confidence=weakest(single.confidence, Confidence.PLANNING),
            note=_join(f"{self._multi_az_cluster_factor} instances", single.note),
        )

    def _engine(self, engine: str) -> _Engine:
        if engine not in self._engines:
            raise CatalogError(f"no prices of database engine {engine!r}; {_closest(engine, self.engines)}")
        return self._engines[engine]

    def _row(self, dimension: str, region: str) -> _Row | None:
        row = self._rows.get(region, {}).get(dimension)
        if row is not None or region not in self._copies:
            return row
        copy = self._copies[region]
        original = self._rows.get(copy.copy_of or "", {}).get(dimension)
        if original is None:
            return None
        usd, sheet = original
        confidence = weakest(sheet.confidence, copy.confidence)
        return usd, attrs.evolve(sheet, confidence=confidence, note=_join(copy.note, sheet.note))

    def _instance(self, engine: str, family: str, size: str, region: str, multi_az: bool) -> Price | None:
        for place in dict.fromkeys((region, BASE_REGION)):
            billed: str | None = engine
            notes = [] if place == region else [_stand_in_region(region)]
            assumed = place != region
            while billed is not None:
                rules = self._engines[billed]
                found = self._family(billed, family, size, place, multi_az)
                if found is not None:
                    row, scaled_from = found
                    if scaled_from is not None:
                        notes.append(f"scaled from db.{family}.{scaled_from}")
                    if scaled_from is not None and not rules.linear:
                        assumed = True
                        notes.append("the license is not billed in proportion to the size")
                    dimension = f"rds.instance.{engine}.{family}.{size}{'.multi_az' if multi_az else ''}"
                    return self._priced(dimension, row, region=region, assumed=assumed, note=_join(*notes))
                if rules.because:
                    notes.append(rules.because)
                assumed = assumed or rules.assumed
                billed = rules.billed_as
        return None

    def _family(
        self, engine: str, family: str, size: str, region: str, multi_az: bool
    ) -> tuple[_Row, str | None] | None:
        """Return the price of a size, and the size it was scaled from if it is not written down itself."""
        prefix = f"rds.instance.{engine}.{family}."
        factor = self._multi_az_factor if multi_az else Decimal(1)
        if multi_az and (row := self._row(f"{prefix}{size}.multi_az", region)):
            return row, None
        for reference in dict.fromkeys((size, _REFERENCE_SIZE, *self._sizes)):
            row = self._row(prefix + reference, region)
            if row is not None:
                scale = self._sizes[size] / self._sizes[reference] * factor
                return (row[0] * scale, row[1]), None if reference == size else reference
        return None

    def _priced(
        self, dimension: str, row: _Row, *, region: str, assumed: bool = False, note: str | None = None
    ) -> Price:
        usd, sheet = row
        billed = self._same_as.get(dimension, dimension)
        return Price(
            dimension=dimension,
            usd=usd,
            unit=self._units.get(dimension) or self._units.get(billed) or _INSTANCE_UNIT,
            region=region,
            source=sheet.source,
            date=sheet.date,
            confidence=Confidence.PLANNING if assumed else sheet.confidence,
            assumed=assumed,
            note=_join(note, sheet.note),
        )


def load_prices(override: Path | None = None) -> Prices:
    """Return the shipped prices, with those of the file `override` laid over them.

    The shipped file is read once. Raises `CatalogError`, naming file, sheet and dimension, when
    `override` cannot be read or is not well formed: prices must be strings in quotes, not negative, and
    plain decimal numbers.
    """
    shipped = _shipped()
    return shipped if override is None else _overlay(shipped, override)


@cache
def _shipped() -> Prices:
    facts = _read(_FILE)
    instances = facts["instances"]
    units = {dimension: unit for unit, dimensions in facts["units"].items() for dimension in dimensions}
    prices = Prices(
        hours_per_month=Decimal(facts["hours_per_month"]),
        sources=MappingProxyType({}),
        units=MappingProxyType(units),
        same_as=MappingProxyType(facts["same_as"]),
        engines=MappingProxyType({name: _Engine(**rules) for name, rules in instances["engines"].items()}),
        sizes=MappingProxyType({size: Decimal(factor) for size, factor in instances["sizes"].items()}),
        multi_az_factor=Decimal(instances["multi_az_factor"]),
        multi_az_cluster_factor=Decimal(instances["multi_az_cluster_factor"]),
        rows=MappingProxyType({}),
        copies=MappingProxyType({}),
    )
    return _with_sheets(prices, facts["sheet"], file=_FILE.name, shipped=True)


def _overlay(shipped: Prices, override: Path) -> Prices:
    file = str(override)
    facts = _read(override)
    unknown = sorted(facts.keys() - {"sources", "sheet"})
    if unknown:
        raise CatalogError(f"{file}: unknown table {unknown[0]!r}; a price file holds [[sheet]] and [sources]")
    tables = facts.get("sources", {})
    if not isinstance(tables, dict):
        raise CatalogError(f"{file}: sources must be tables like [sources.agreement], not {tables!r}")
    sources = {source_id: parse_source(source_id, table, file=file) for source_id, table in tables.items()}
    sheets = facts.get("sheet")
    if not sheets:
        raise CatalogError(f"{file} holds no prices; add at least one [[sheet]]")
    extended = attrs.evolve(shipped, sources=MappingProxyType(sources))
    return _with_sheets(extended, sheets, file=file, shipped=False)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogError(f"price file {str(path)!r} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise CatalogError(f"price file {str(path)!r} is not UTF-8 text; save it as UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise CatalogError(f"price file {str(path)!r} is not TOML: {error}") from error


def _with_sheets(prices: Prices, tables: object, *, file: str, shipped: bool) -> Prices:
    if not isinstance(tables, list):
        raise CatalogError(f"{file}: sheet must be a list of tables; write [[sheet]], with two brackets")
    rows = {region: dict(known) for region, known in prices._rows.items()}
    copies = dict(prices._copies)
    for number, table in enumerate(tables, start=1):
        where = f"{file}: sheet {number}"
        sheet = _sheet(prices, table, where=where, shipped=shipped)
        if sheet.copy_of is not None:
            copies.update(dict.fromkeys(sheet.regions, sheet))
            continue
        priced = {name: (_amount(prices, name, usd, where=where), sheet) for name, usd in table["usd"].items()}
        for region in sheet.regions:
            rows.setdefault(region, {}).update(priced)
    frozen = {region: MappingProxyType(known) for region, known in rows.items()}
    return attrs.evolve(prices, rows=MappingProxyType(frozen), copies=MappingProxyType(copies))


def _sheet(prices: Prices, table: object, *, where: str, shipped: bool) -> _Sheet:
    if not isinstance(table, dict):
        raise CatalogError(f"{where} must be a table, not {table!r}; write [[sheet]]")
    allowed = _SHEET_FIELDS | {"copy_of"} if shipped else _SHEET_FIELDS
    unknown = sorted(table.keys() - allowed)
    if unknown:
        raise CatalogError(f"{where}: unknown field {unknown[0]!r}; allowed are {', '.join(sorted(allowed))}")
    for name in ("source", "date", "confidence"):
        if not isinstance(table.get(name), str):
            raise CatalogError(f"{where}: {name} must be given, as a string, not {table.get(name)!r}")
    if "note" in table and not isinstance(table["note"], str):
        raise CatalogError(f"{where}: note must be a string, not {table['note']!r}")
    if _DATE.fullmatch(table["date"]) is None:
        raise CatalogError(f"{where}: date {table['date']!r} is not YYYY, YYYY-MM or YYYY-MM-DD; correct it")
    if table["confidence"] not in _PRICE_CONFIDENCES:
        choices = " or ".join(_PRICE_CONFIDENCES)
        raise CatalogError(f"{where}: confidence {table['confidence']!r} is not known; use {choices}")
    regions = table.get("regions")
    if not isinstance(regions, list) or not regions or not all(isinstance(code, str) for code in regions):
        raise CatalogError(f"{where}: regions must be a list of region codes, or ['{GLOBAL}'], not {regions!r}")
    if not shipped:
        _check_references(prices, table["source"], regions, where=where)
    usd = table.get("usd")
    if table.get("copy_of") is None and (not isinstance(usd, dict) or not usd):
        raise CatalogError(f"{where}: usd must be a table of dimensions and prices, not {usd!r}; add [sheet.usd]")
    return _Sheet(
        regions=tuple(regions),
        source=table["source"],
        date=table["date"],
        confidence=_PRICE_CONFIDENCES[table["confidence"]],
        note=table.get("note"),
        copy_of=table.get("copy_of"),
    )


def _check_references(prices: Prices, source: str, regions: list[str], *, where: str) -> None:
    try:
        prices.source(source)
        for code in regions:
            if code != GLOBAL:
                known_region(code)
    except (CatalogError, ConfigurationError) as error:
        raise CatalogError(f"{where}: {error}") from error


def _amount(prices: Prices, dimension: str, usd: object, *, where: str) -> Decimal:
    if dimension not in prices._units and dimension not in prices._same_as and not _is_instance(prices, dimension):
        raise CatalogError(f"{where}: no price dimension {dimension!r}; {_closest(dimension, prices.dimensions)}")
    if not isinstance(usd, str):
        raise CatalogError(f'{where}, {dimension!r}: price {usd!r} is not a string; write it in quotes, like "0.023"')
    if _AMOUNT.fullmatch(usd) is None:
        raise CatalogError(
            f'{where}, {dimension!r}: price {usd!r} is no decimal number of 0 or more; write it like "0.023"'
        )
    return Decimal(usd)


def _is_instance(prices: Prices, dimension: str) -> bool:
    parts = _INSTANCE.fullmatch(dimension)
    return parts is not None and parts["engine"] in prices._engines and parts["size"] in prices._sizes


def _closest(word: str, known: Sequence[str]) -> str:
    close = get_close_matches(word, known, n=3)
    return f"did you mean {' or '.join(close)}?" if close else f"known are {', '.join(known)}"


def _stand_in_region(region: str) -> str:
    return f"no price for {region}; that of {BASE_REGION} stands in"


def _join(*notes: str | None) -> str | None:
    return "; ".join(note for note in notes if note) or None
