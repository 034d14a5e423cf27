"""One price, with everything a reader needs to trust it or not."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Final

import msgspec

from constructs_lib.catalog.confidence import Confidence

_LEADING_NUMBER: Final = re.compile(r"[0-9][0-9,]*")


@cache
def _quantity(unit: str) -> Decimal:
    number = _LEADING_NUMBER.match(unit)
    return Decimal(number.group().replace(",", "")) if number else Decimal(1)


class Price(msgspec.Struct, frozen=True, kw_only=True):
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
