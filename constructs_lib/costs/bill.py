"""Lines of a bill as they are written down."""

from __future__ import annotations

from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from constructs_lib.catalog.kinds.mechanism import parameter
from constructs_lib.catalog.limits import limit
from constructs_lib.catalog.prices.usage import assumed_usage
from constructs_lib.components import ENABLED
from constructs_lib.costs.cost import Line, MonthlyCost
from constructs_lib.plural import plural

if TYPE_CHECKING:
    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.catalog.prices import Price, Prices
    from constructs_lib.components import Component, Protection
    from constructs_lib.costs.usage import Usage


@lru_cache(maxsize=4096)
def _price(prices: Prices, dimension: str, region: str) -> Price:
    """Return a price; a ladder asks for the same few hundred again and again."""
    return prices.price(dimension, region)


@lru_cache(maxsize=4096)
def _transfer(prices: Prices, source: str, destination: str, dimension: str) -> Price:
    return prices.inter_region_transfer(source, destination, dimension)


@cache
def _forever() -> int:
    """Return the number of days that stands for keeping something for good: the most that S3 accepts."""
    most = limit("s3.lifecycle_days").most
    assert most is not None
    return most


@cache
def _for_good() -> str:
    return f", kept for good: what {plural(assumed_usage().kept_for_good_days, 'day')} of changes make"


class Bill:
    """Collects lines for one component; the mechanisms' rules write into it."""

    def __init__(self, component: Component, usage: Usage, prices: Prices, catalog: Catalog) -> None:
        self.component = component
        self.usage = usage
        self.prices = prices
        self._catalog = catalog
        self._lines: list[Line] = []

    @property
    def region(self) -> str:
        """The component's own Region."""
        assert self.component.region is not None, "only a component whose Region is known has a bill"
        return self.component.region

    def each(self, mechanism: str) -> tuple[Protection, ...]:
        """Return every protection by *mechanism* that is in some Region: a plan may have several copies of one thing.

        Where none is known to be there, the first that may be.
        """
        found = [item for item in self.component.protections if item.mechanism == mechanism and item.region is not None]
        return tuple(item for item in found if ENABLED not in item.unknown) or tuple(found[:1])

    def parameter(self, protection: Protection, name: str) -> int:
        """Return a number that *protection* says, or else the catalog's default of its mechanism.

        Zero where neither knows it.
        """
        mechanism = self._catalog.mechanism(self.component.kind, protection.mechanism)
        value = parameter(name, protection.parameters, mechanism)
        if isinstance(value, bool) or not isinstance(value, int):
            value = mechanism.defaults.get(name, 0)
        return value if isinstance(value, int) else 0

    def days_kept(self, protection: Protection, name: str) -> int:
        """Return for how many days something is kept; of what is kept for good, as long as is assumed."""
        days = self.parameter(protection, name)
        return assumed_usage().kept_for_good_days if self.for_good(protection, name) else days

    def for_good(self, protection: Protection, name: str) -> str:
        """Return what a line says of something that is kept for good and grows on; nothing where it has an end."""
        return _for_good() if self.parameter(protection, name) >= _forever() else ""

    def changes_kept(self, protection: Protection) -> Decimal:
        """Return the GB of changes that backups hold over their retention."""
        return self.usage.change_gb * self.days_kept(protection, "retention_days") / assumed_usage().days_per_month

    def add(self, what: str, dimension: str, amount: Decimal | int, region: str) -> None:
        """Add *amount* of *dimension* in *region*."""
        self.add_priced(what, _price(self.prices, dimension, region), amount)

    def add_shared(self, what: str, dimension: str, region: str, amount: int = 1) -> None:
        """Add what the components of a workload share, unless this component's bill has it."""
        line = Line(what=what, amount=Decimal(amount), price=_price(self.prices, dimension, region), shared=True)
        if all((known.price.dimension, known.price.region) != (dimension, region) for known in self._lines):
            self._lines.append(line)

    def add_key(self, region: str) -> None:
        """Add the KMS key of a Region: there is one, for whatever a workload stores there."""
        self.add_shared(f"KMS key in {region}", "kms.key", region)

    def add_transfer(
        self, what: str, destination: str, amount: Decimal, dimension: str = "transfer.inter_region"
    ) -> None:
        """Add *amount* GB that leave the component's Region for *destination*."""
        self.add_priced(what, _transfer(self.prices, self.region, destination, dimension), amount)

    def add_priced(self, what: str, price: Price, amount: Decimal | int) -> None:
        """Add *amount* at *price*."""
        if amount:
            self._lines.append(Line(what=what, amount=Decimal(amount), price=price))

    def total(self) -> MonthlyCost:
        """Return the bill."""
        return MonthlyCost(lines=tuple(self._lines))
