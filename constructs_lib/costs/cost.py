"""A monthly bill, line by line."""

from __future__ import annotations

from decimal import Decimal

import attrs

from constructs_lib.catalog.prices import Price


@attrs.frozen(kw_only=True)
class Line:
    """One line of a bill.

    Attributes:
        what: What it pays for.
        amount: How much of the counted thing, in a month.
        price: The price, with its source and date.
    """

    what: str
    amount: Decimal
    price: Price

    @property
    def usd(self) -> Decimal:
        """US dollars per month."""
        return self.price.cost(self.amount)


def _sum(cost: MonthlyCost) -> Decimal:
    return sum((line.usd for line in cost.lines), Decimal(0)).quantize(Decimal("0.01"))


@attrs.frozen(kw_only=True)
class MonthlyCost:
    """What a component with its protections costs in a month, at list prices.

    Attributes:
        lines: The bill.
        usd: Its sum in US dollars, in whole cents.
    """

    lines: tuple[Line, ...]
    usd: Decimal = attrs.field(init=False, default=attrs.Factory(_sum, takes_self=True))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was assumed where a price is not known."""
        return tuple(sorted({line.price.note for line in self.lines if line.price.assumed and line.price.note}))
