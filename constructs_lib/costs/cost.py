"""A monthly bill, line by line."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

import attrs
import msgspec

from constructs_lib.catalog.prices import Price

if TYPE_CHECKING:
    from collections.abc import Iterable

_CENT: Final = Decimal("0.01")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a bill.

    Attributes:
        what: What it pays for.
        amount: How much of the counted thing, in a month.
        price: The price, with its source and date.
        shared: Whether it is built once for a workload, however many of its components need it: a Region's key, the
            health check.
    """

    what: str
    amount: Decimal
    price: Price
    shared: bool = False

    @property
    def usd(self) -> Decimal:
        """US dollars per month, in whole cents: what is shown of the lines adds up to what is shown of the bill."""
        return self.price.cost(self.amount).quantize(_CENT, ROUND_HALF_UP)


def _sum(cost: MonthlyCost) -> Decimal:
    return sum((line.usd for line in cost.lines), Decimal(0)).quantize(_CENT)


@attrs.frozen(kw_only=True)
class MonthlyCost:
    """What a component with its protections costs in a month, at list prices.

    Attributes:
        lines: The bill.
        usd: The sum of its lines in US dollars, in whole cents.
    """

    lines: tuple[Line, ...]
    usd: Decimal = attrs.field(init=False, default=attrs.Factory(_sum, takes_self=True))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was assumed where a price is not known."""
        return tuple(sorted({line.price.note for line in self.lines if line.price.assumed and line.price.note}))


def together(costs: Iterable[MonthlyCost]) -> MonthlyCost:
    """Return what components of one workload cost together: what they share is paid for once."""
    lines: list[Line] = []
    shared: dict[tuple[str, str], Line] = {}
    for line in (line for cost in costs for line in cost.lines):
        if not line.shared:
            lines.append(line)
            continue
        key = (line.price.dimension, line.price.region)
        if key not in shared or shared[key].amount < line.amount:
            shared[key] = line
    return MonthlyCost(lines=(*lines, *shared.values()))
