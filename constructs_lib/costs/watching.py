"""What belongs to a workload and to no component of it, and is billed: what watches it, its routing, its network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from constructs_lib.catalog.prices import load_prices
from constructs_lib.catalog.prices.usage import assumed_usage
from constructs_lib.costs.cost import Line, MonthlyCost

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.catalog.prices import Prices

__all__ = ["COMPOSITE_ALARM", "DASHBOARD", "Watched", "counted_beside", "counted_together", "watching_cost"]

COMPOSITE_ALARM: Final = "cloudwatch.composite_alarm"
_ALARM: Final = "cloudwatch.alarm"
_FAST_ALARM: Final = "cloudwatch.alarm.high_resolution"
_MINUTE: Final = 60
"""The seconds of a period below which an alarm is of high resolution."""
DASHBOARD: Final = "cloudwatch.dashboard"
_ENDPOINT: Final = "vpc.endpoint.hour"
_NAT: Final = "nat.hour"
_CHECK: Final = "route53.health_check.aws"
_OPTION: Final = "route53.health_check_option.aws"
_WORKLOAD: Final = "recovery:workload"
_SERVICE: Final = re.compile(r"com\.amazonaws\.([a-z]+(?:-[a-z]+)+-\d)\.")


class _Item(NamedTuple):
    """How something that is counted is billed.

    Attributes:
        what: What a bill calls it.
        hourly: Whether it is billed by the hour.
        shared: Whether components that count on it have it in their bills as well, and it is paid for once.
    """

    what: str
    hourly: bool = False
    shared: bool = False


_WHAT: Final = {
    _ALARM: _Item("alarms"),
    _FAST_ALARM: _Item("alarms of high resolution"),
    COMPOSITE_ALARM: _Item("alarms that join others"),
    DASHBOARD: _Item("dashboards"),
    _CHECK: _Item("health checks", shared=True),
    _OPTION: _Item("health check options", shared=True),
    _ENDPOINT: _Item("interface endpoints, one in each subnet,", hourly=True),
    _NAT: _Item("NAT gateways", hourly=True),
}


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


def counted_beside(resources: Iterable[tuple[str, str | None, Mapping[str, Any]]]) -> Iterator[tuple[str, Watched]]:
    """Yield the workload and the count of each resource of a stack that is billed and belongs to no component.

    A resource is of the workload that its tag `recovery:workload` names; without one, of the only one that the stack's
    tags name. Where they name several, nobody can tell whose it is.

    Args:
        resources: Terraform's type, the Region, if known, and the arguments of each.
    """
    found = list(resources)
    named = [(arguments.get("tags") or {}) for _, _, arguments in found]
    whose = [str(tags[_WORKLOAD]) if isinstance(tags, Mapping) and _WORKLOAD in tags else None for tags in named]
    names = set(whose) - {None}
    only = next(iter(names)) if len(names) == 1 else None
    for (type_, region, arguments), name in zip(found, whose, strict=True):
        for dimension, where, number in _counted(type_, region, arguments):
            if (name or only) is not None and where is not None:
                yield name or str(only), {dimension: {where: number}}


def _counted(type_: str, region: str | None, arguments: Mapping[str, Any]) -> Iterator[tuple[str, str | None, int]]:
    if type_ == "aws_cloudwatch_metric_alarm":
        # Billed by the metrics that it looks at, not by the alarm.
        asked = [metric for query in _blocks(arguments, "metric_query") for metric in _blocks(query, "metric")]
        periods = [item.get("period") for item in asked or [arguments]]
        fast = any(isinstance(period, int) and period < _MINUTE for period in periods)
        yield _FAST_ALARM if fast else _ALARM, region, max(len(asked), 1)
    elif type_ == "aws_nat_gateway":
        yield _NAT, region, 1
    # Those of gateways, as S3 has one, cost nothing.
    elif type_ == "aws_vpc_endpoint" and arguments.get("vpc_endpoint_type", "Gateway") != "Gateway":
        subnets = arguments.get("subnet_ids")
        service = _SERVICE.match(str(arguments.get("service_name")))
        number = len(subnets) if isinstance(subnets, list) else 1
        yield _ENDPOINT, service[1] if service else region, number
    elif type_ == "aws_route53_health_check":
        yield _CHECK, region, 1
        # TLS is one of its options, and so are a search and asking more often.
        kind = str(arguments.get("type"))
        fast = arguments.get("request_interval") == assumed_usage().fast_interval_seconds
        options = kind.startswith("HTTPS") + kind.endswith("STR_MATCH") + fast + bool(arguments.get("measure_latency"))
        if options:
            yield _OPTION, region, options


def _blocks(arguments: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    given = arguments.get(name)
    return [item for item in (given if isinstance(given, list) else [given]) if isinstance(item, Mapping)]


def watching_cost(watched: Watched, prices: Prices | None = None) -> MonthlyCost:
    """Return the bill of what belongs to a workload and to no component of it.

    Args:
        watched: How many there are, by dimension and Region.
        prices: The price table. Default: the shipped one.
    """
    table = load_prices() if prices is None else prices
    return MonthlyCost(
        lines=tuple(
            Line(
                what=item.what if item.shared else f"{item.what} in {region}",
                amount=Decimal(count) * (table.hours_per_month if item.hourly else 1),
                price=table.price(dimension, region),
                shared=item.shared,
            )
            for dimension, item in _WHAT.items()
            for region, count in sorted(watched.get(dimension, {}).items())
        )
    )
