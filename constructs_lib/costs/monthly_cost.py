"""Protections to a monthly bill."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.catalog import Catalog, load_catalog
from constructs_lib.catalog.prices import Prices, load_prices
from constructs_lib.catalog.prices.usage import assumed_usage
from constructs_lib.catalog.regions import global_services_region
from constructs_lib.components import Kind
from constructs_lib.costs.bill import Bill
from constructs_lib.costs.bucket import bill_bucket
from constructs_lib.costs.database import bill_database
from constructs_lib.costs.distribution import bill_distribution
from constructs_lib.costs.filesystem import bill_filesystem
from constructs_lib.costs.service import bill_service
from constructs_lib.costs.table import bill_table
from constructs_lib.costs.usage import Usage
from constructs_lib.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from constructs_lib.components import Component
    from constructs_lib.costs.cost import MonthlyCost

_DAY: Final = 86_400


def monthly_cost(
    component: Component,
    usage: Usage | None = None,
    prices: Prices | None = None,
    *,
    catalog: Catalog | None = None,
) -> MonthlyCost:
    """Return what *component* with its protections costs in a month, at list prices.

    What the components of a workload share is in the bill of each; `together` counts it once. What is not counted is
    named in `catalog/prices/billing.toml`.

    Args:
        component: Its protections say what is billed.
        usage: What the bill depends on. Default: the assumptions of `Usage`.
        prices: The price table. Default: the shipped one.
        catalog: The facts. Default: the shipped catalog.

    Raises:
        ConfigurationError: If the component's Region is not known, or its kind has no bill.
    """
    if component.region is None:
        msg = f"{component.name} has no Region, so it has no price; name its Region"
        raise ConfigurationError(msg)
    return _billed(
        component,
        Usage() if usage is None else usage,
        load_prices() if prices is None else prices,
        load_catalog() if catalog is None else catalog,
    )


BILLS: Final[Mapping[Kind, Callable[[Bill], None]]] = {
    Kind.BUCKET: bill_bucket,
    Kind.DISTRIBUTION: bill_distribution,
    Kind.TABLE: bill_table,
    Kind.DATABASE: bill_database,
    Kind.FILESYSTEM: bill_filesystem,
    Kind.SERVICE: bill_service,
}
"""What adds up the bill of a kind."""


@lru_cache(maxsize=4096)
def _billed(component: Component, usage: Usage, prices: Prices, catalog: Catalog) -> MonthlyCost:
    bill = Bill(component, usage, prices, catalog)
    add = BILLS.get(component.kind)
    if add is None:
        msg = f"a {component.kind} has no bill; there are bills for a {', '.join(BILLS)}"
        raise ConfigurationError(msg)
    add(bill)
    _bill_routing(bill)
    _bill_heartbeat(bill)
    return bill.total()


def _bill_routing(bill: Bill) -> None:
    """Add the HTTPS health check on the primary endpoint, the fast interval where it is used, and the latch.

    The latch is a health check that follows an alarm, and one that joins the two. What a workload has of them beyond
    that is counted in its stacks (`watching.py`).
    """
    routing = bill.component.protection("health_check_failover")
    if routing is None:
        return
    home = global_services_region()
    bill.add_shared("health checks", "route53.health_check.aws", home, 3)
    options = 2 if bill.parameter(routing, "request_interval") == assumed_usage().fast_interval_seconds else 1
    bill.add_shared("health check options", "route53.health_check_option.aws", home, options)
    bill.add_key(home)


def _bill_heartbeat(bill: Bill) -> None:
    """Add the events that the primary Region sends to the other."""
    heartbeat = bill.component.protection("heartbeat")
    if heartbeat is not None:
        seconds = assumed_usage().days_per_month * _DAY
        events = int(seconds / bill.parameter(heartbeat, "interval_seconds"))
        bill.add_shared("heartbeat", "eventbridge.custom_event", bill.region, events)
