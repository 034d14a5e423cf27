"""All prices known, asked by dimension and Region."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import attrs
import msgspec
from msgspec.structs import replace

from constructs_lib.catalog.confidence import Confidence, weakest
from constructs_lib.catalog.prices.price import Price
from constructs_lib.catalog.prices.regional import priced_regions, regional_prices
from constructs_lib.catalog.prices.sheets import GLOBAL, Row, closest
from constructs_lib.catalog.regions import region as known_region
from constructs_lib.catalog.sources import Source, load_sources
from constructs_lib.errors import CatalogError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BASE_REGION: Final = "us-east-1"
"""The Region whose price stands in, marked as assumed, where another Region's is not known."""

INSTANCE: Final = re.compile(
    r"rds\.instance\.(?P<engine>[^.]+)\.(?P<family>[a-z0-9]+)\.(?P<size>[a-z0-9]+)(?P<option>\.multi_az|\.io_optimized)?"
)
_CLASS: Final = re.compile(r"db\.(?P<family>[a-z0-9]+)\.(?P<size>[a-z0-9]+)")
_INSTANCE_UNIT: Final = "instance-hour"
_BETWEEN_TWO: Final = ".to."
"""In the name of a dimension that is for one destination only."""


class Engine(msgspec.Struct, frozen=True, kw_only=True):
    """How an engine's instances are billed; `prices.toml` says what each field means."""

    stand_in: str
    billed_as: str | None = None
    because: str | None = None
    note: str | None = None
    assumed: bool = False
    linear: bool = True
    standby: bool = True


class _Found(msgspec.Struct, frozen=True, kw_only=True):
    """A price of an instance, the size it was scaled from, and whether it is that of two instances."""

    row: Row
    scaled_from: str | None
    doubled: bool


@attrs.frozen(kw_only=True, eq=False)
class Prices:
    """All prices known, asked by dimension and Region. Made by `load_prices`."""

    hours_per_month: Decimal
    _sources: Mapping[str, Source]
    _units: Mapping[str, str]
    _same_as: Mapping[str, str]
    _engines: Mapping[str, Engine]
    _sizes: Mapping[str, Decimal]
    _multi_az_factor: Decimal
    _multi_az_cluster_factor: Decimal
    _rows: Mapping[str, Mapping[str, Row]]
    _nearest_sizes: Mapping[str, tuple[str, ...]] = attrs.field(init=False)

    @_nearest_sizes.default
    def _by_distance(self) -> Mapping[str, tuple[str, ...]]:
        sizes = self._sizes
        return {
            size: tuple(sorted(sizes, key=lambda other: max(sizes[size] / sizes[other], sizes[other] / sizes[size])))
            for size in sizes
        }

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension `price` can be asked for in any Region, sorted.

        `instance_hour` is for instances, `inter_region_transfer` for transfer between two Regions.
        """
        anywhere = (name for name in self._units if _BETWEEN_TWO not in name)
        return tuple(sorted({*anywhere, *self._same_as}))

    @property
    def engines(self) -> tuple[str, ...]:
        """Every engine `instance_hour` can be asked for, sorted."""
        return tuple(sorted(self._engines))

    def source(self, source_id: str) -> Source:
        """Return the source a price names; raises `CatalogError` when there is none with this id."""
        found = self._sources.get(source_id) or load_sources().get(source_id)
        if found is None:
            raise CatalogError(f"no source {source_id!r}; {closest(source_id, [*self._sources, *load_sources()])}")
        return found

    def is_dimension(self, dimension: str) -> bool:
        """Tell whether *dimension* can be priced, a database instance of a known engine and size among them."""
        parts = INSTANCE.fullmatch(dimension)
        instance = parts is not None and parts["engine"] in self._engines and parts["size"] in self._sizes
        return instance or dimension in self._units or dimension in self._same_as

    def unit(self, dimension: str) -> str:
        """Return what a price of *dimension* is for."""
        billed = self._same_as.get(dimension, dimension)
        return self._units.get(dimension) or self._units.get(billed) or _INSTANCE_UNIT

    def rows(self) -> Iterator[Price]:
        """Yield every price that is written down, by Region and dimension; `region` may be `global`."""
        for region in sorted({*self._rows, *priced_regions()}):
            rows = {**regional_prices(region), **self._rows.get(region, {})}
            for dimension in sorted(rows):
                yield self._priced(dimension, rows[dimension], region=region)

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
        raise CatalogError(f"no price dimension {dimension!r}; {closest(dimension, self.dimensions)}")

    def inter_region_transfer(self, source: str, destination: str, dimension: str = "transfer.inter_region") -> Price:
        """Return the price of a GB that leaves `source` for `destination`.

        `dimension` is `transfer.inter_region`, or `backup.copy.transfer.` and what AWS Backup copies.

        Raises `ConfigurationError` for an unknown Region, or when both are the same.
        """
        known_region(source)
        known_region(destination)
        if source == destination:
            raise ConfigurationError(f"transfer from {source!r} to itself is not between regions; give two regions")
        special = f"{dimension}{_BETWEEN_TWO}{destination}"
        row = self._row(special, source)
        return self._priced(special, row, region=source) if row else self.price(dimension, source)

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
        return replace(found, assumed=True, confidence=Confidence.PLANNING, note=_join(note, found.note))

    def multi_az_cluster_hour(self, engine: str, instance_class: str, region: str) -> Price:
        """Return the price of one hour of a Multi-AZ DB cluster: a writer and two readable standbys.

        Taken as three instances, hence never better than `planning`. Raises as `instance_hour` does.
        """
        single = self.instance_hour(engine, instance_class, region)
        return replace(
            single,
            dimension=f"{single.dimension}.multi_az_cluster",
            usd=single.usd * self._multi_az_cluster_factor,
            confidence=weakest(single.confidence, Confidence.PLANNING),
            note=_join(f"{self._multi_az_cluster_factor} instances", single.note),
        )

    def _engine(self, engine: str) -> Engine:
        if engine not in self._engines:
            raise CatalogError(f"no prices of database engine {engine!r}; {closest(engine, self.engines)}")
        return self._engines[engine]

    def _row(self, dimension: str, region: str) -> Row | None:
        for place in (region, GLOBAL):
            row = self._rows.get(place, {}).get(dimension)
            if row is not None:
                return row
        return regional_prices(region).get(dimension)

    def _instance(self, engine: str, family: str, size: str, region: str, multi_az: bool) -> Price | None:
        for place in dict.fromkeys((region, BASE_REGION)):
            billed: str | None = engine
            notes: list[str | None] = [] if place == region else [_stand_in_region(region)]
            assumed = place != region
            while billed is not None:
                rules = self._engines[billed]
                notes.append(rules.note)
                found = self._family(billed, family, size, place, multi_az)
                if found is not None:
                    if found.scaled_from is not None:
                        notes.append(f"scaled from db.{family}.{found.scaled_from}")
                    if found.doubled and not rules.linear:
                        notes.append("no Multi-AZ price found, taken as two instances")
                    if (found.scaled_from or found.doubled) and not rules.linear:
                        assumed = True
                        notes.append("the license is not billed in proportion to the size")
                    dimension = f"rds.instance.{engine}.{family}.{size}{'.multi_az' if multi_az else ''}"
                    return self._priced(dimension, found.row, region=region, assumed=assumed, note=_join(*notes))
                notes.append(rules.because)
                assumed = assumed or rules.assumed
                billed = rules.billed_as
        return None

    def _family(self, engine: str, family: str, size: str, region: str, multi_az: bool) -> _Found | None:
        """Return the price of a size, scaled from the nearest of the family if it is not written down itself."""
        prefix = f"rds.instance.{engine}.{family}."
        for reference in self._nearest_sizes[size]:
            row = self._row(f"{prefix}{reference}.multi_az", region) if multi_az else None
            doubled = multi_az and row is None
            row = row or self._row(prefix + reference, region)
            if row is not None:
                scale = self._sizes[size] / self._sizes[reference] * (self._multi_az_factor if doubled else 1)
                scaled_from = None if reference == size else reference
                return _Found(row=(row[0] * scale, row[1]), scaled_from=scaled_from, doubled=doubled)
        return None

    def _priced(
        self, dimension: str, row: Row, *, region: str, assumed: bool = False, note: str | None = None
    ) -> Price:
        usd, sheet = row
        return Price(
            dimension=dimension,
            usd=usd,
            unit=self.unit(dimension),
            region=region,
            source=sheet.source,
            date=sheet.date,
            confidence=Confidence.PLANNING if assumed else sheet.confidence,
            assumed=assumed,
            note=_join(note, sheet.note),
        )


def _stand_in_region(region: str) -> str:
    return f"no price for {region}; that of {BASE_REGION} stands in"


def _join(*notes: str | None) -> str | None:
    return "; ".join(note for note in notes if note) or None
