"""What dashboards and the alarms that join others cost: they watch a workload, and no component of it has them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.prices import load_prices
from constructs_lib.costs.cost import Line, MonthlyCost

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.catalog.prices import Prices

__all__ = ["COMPOSITE_ALARM", "DASHBOARD", "Watched", "counted_together", "watching_cost"]

COMPOSITE_ALARM: Final = "cloudwatch.composite_alarm"
DASHBOARD: Final = "cloudwatch.dashboard"
_WHAT: Final = {COMPOSITE_ALARM: "alarms that join others", DASHBOARD: "dashboards"}


Watched = Mapping[str, Mapping[str, int]]
"""How many there are, by dimension and Region."""


def counted_together(counts: Iterable[Watched]) -> Watched:
    """Return what is in several stacks as one count."""
    found: dict[str, dict[str, int]] = {}
    for dimension, by_region in (item for count in counts for item in count.items()):
        for region, number in by_region.items():
            known = found.setdefault(dimension, {})
            known[region] = known.get(region, 0) + number
    return found


def watching_cost(watched: Watched, prices: Prices | None = None) -> MonthlyCost:
    """Return the bill of what watches a workload.

    Args:
        watched: How many there are, by dimension and Region.
        prices: The price table. Default: the shipped one.
    """
    table = load_prices() if prices is None else prices
    return MonthlyCost(
        lines=tuple(
            Line(what=f"{what} in {region}", amount=Decimal(count), price=table.price(dimension, region))
            for dimension, what in _WHAT.items()
            for region, count in sorted(watched.get(dimension, {}).items())
        )
    )
