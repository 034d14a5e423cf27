"""Route 53 failover records and the health checks that turn them."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.limits import limit
from constructs_lib.components import Kind
from constructs_lib.plan.document.arn import region_of_host
from constructs_lib.plan.kinds.component_builder import ComponentBuilder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.side import Side

_TYPE: Final = "aws_route53_record"
_CHECK: Final = "aws_route53_health_check"
_ZONE: Final = "aws_route53_zone"
_MECHANISM: Final = "health_check_failover"
_WORKLOAD: Final = "recovery:workload"
_ROUTED: Final = frozenset({Kind.BUCKET, Kind.TABLE, Kind.DATABASE, Kind.SERVICE})
_PRIVATE: Final = tuple(ip_network(str(one)) for one in limit("route53.private_addresses").values)
_ENDPOINT: Final = frozenset({"HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP"})
"""The types of health check that Route 53's own checkers make, with an interval and a threshold."""


def read_records(side: Side, stateful: Sequence[ComponentBuilder]) -> Iterator[ComponentBuilder]:
    """Yield a builder for each pair of failover records, named by the primary.

    The stateful components of the same workload get the failover as well, where the health check's tags say whose it
    is.
    """
    pairs: dict[tuple[str, str, str], dict[str, Resource]] = {}
    for record in side.of(_TYPE):
        role = record.text("failover_routing_policy", 0, "type")
        if role is not None:
            pairs.setdefault(_name(side, record), {})[role] = record
        elif any(
            record.blocks(f"{policy}_routing_policy") for policy in ("weighted", "latency", "geolocation", "multivalue")
        ):
            side.notes.add(record, "only failover routing is judged; how this record fails over is not")
    for pair in pairs.values():
        main = pair.get("PRIMARY") or next(iter(pair.values()))
        builder = ComponentBuilder(main=main, kind=Kind.RECORD, region=None)
        builder.join(*pair.values())
        _failover(side, builder, pair, stateful)
        yield builder


def _name(side: Side, record: Resource) -> tuple[str, str, str]:
    zone = side.link(record, ("zone_id",), _ZONE)
    where = (
        zone.target.address if zone.target is not None else zone.text or ",".join(side.resolve(record, ("zone_id",)))
    )
    return where, (record.text("name") or "").rstrip("."), record.text("type") or ""


def _failover(
    side: Side, builder: ComponentBuilder, pair: dict[str, Resource], stateful: Sequence[ComponentBuilder]
) -> None:
    primary = builder.main
    if "PRIMARY" not in pair:
        builder.protect(side.notes, _MECHANISM, primary, doubts=["there is no primary record"])
        return
    doubts, unknown = [], []
    if "SECONDARY" not in pair:
        doubts.append("there is no secondary record to fail over to")
    elif _targets(primary) and _targets(primary) == _targets(pair["SECONDARY"]):
        doubts.append("both records lead to the same endpoint")
    elif _region(primary) is not None and _region(primary) == _region(pair["SECONDARY"]):
        doubts.append("both records lead into the same Region")
    parameters: dict[str, object] = {}
    if not primary.blocks("alias"):
        parameters["ttl"] = primary.number("ttl")
        if primary.is_unknown("ttl") and not primary.left_out("ttl"):
            unknown.append("ttl")
    link = side.link(primary, ("health_check_id",), _CHECK)
    check = link.target
    has_check = primary.text("health_check_id") is not None or (
        primary.is_unknown("health_check_id") and not primary.left_out("health_check_id")
    )
    if check is not None:
        builder.join(check)
        if check.get("disabled") is True:
            doubts.append("its health check is disabled, which counts as healthy")
        other = pair.get("SECONDARY")
        if other is not None and side.link(other, ("health_check_id",), _CHECK).target is check:
            doubts.append(
                "both records follow one health check, and of two that are unhealthy Route 53 answers the primary"
            )
        check = _endpoint_check(side, builder, check, doubts)
        if _is_private(check.text("ip_address")):
            doubts.append("its health check asks a private address, which Route 53 cannot reach")
        _check(check, parameters, unknown)
        if _asks_itself(side, check, primary):
            doubts.append("its health check asks the name that it turns, and so tests whichever side serves")
        asked, here, there = _host(check.text("fqdn")), *(_targets(pair.get(role)) for role in ("PRIMARY", "SECONDARY"))
        if asked in there - here:
            doubts.append("its health check asks the endpoint of the secondary record")
        elif asked in here and check.get("invert_healthcheck") is True:
            doubts.append("its health check is inverted, so it fails over while the primary endpoint is well")
    elif has_check or primary.get("alias", 0, "evaluate_target_health") is True:
        # A health check elsewhere, or the target's own health: how long that takes is not in this plan.
        unknown += ["request_interval", "failure_threshold"]
    else:
        doubts.append("the primary record has no health check, so it never fails over")
    for routed in (builder, *_same_workload(check, stateful)):
        routed.protect(side.notes, _MECHANISM, primary, parameters=parameters, doubts=doubts, unknown=unknown)


def _endpoint_check(side: Side, builder: ComponentBuilder, check: Resource, doubts: list[str]) -> Resource:
    """Return the check of an endpoint that decides: *check*, or the one child of that kind where all must be well."""
    named = [side.resources.get(address) for address in side.resolve(check, ("child_healthchecks",), _CHECK)]
    ids = check.get("child_healthchecks")
    named += [side.find(_CHECK, id_) for id_ in (ids if isinstance(ids, list) else ()) if isinstance(id_, str)]
    children = list({child.address: child for child in named if child is not None and child.type == _CHECK}.values())
    # By value: a reference also leads to data of elsewhere, and to instances that the plan rightly takes away.
    for id_ in ids if isinstance(ids, list) else ():
        if isinstance(id_, str) and side.lacks(_CHECK, id_):
            doubts.append("its health check follows another that is not there")
    if check.text("type") != "CALCULATED" or check.number("child_health_threshold") != len(children):
        return check
    builder.join(*children)
    asked = [child for child in children if child.text("type") in _ENDPOINT]
    if len(asked) != 1:
        return check
    if asked[0].get("disabled") is True:
        doubts.append("the health check that its own follows is disabled, which counts as healthy")
    return asked[0]


def _targets(record: Resource | None) -> set[str]:
    """Return the names or addresses that a record leads to, as far as they are known."""
    if record is None:
        return set()
    listed = record.get("records")
    named = [*(listed if isinstance(listed, list) else ()), record.get("alias", 0, "name")]
    return {_host(item) for item in named if isinstance(item, str) and item}


def _region(record: Resource) -> str | None:
    """Return the Region that the names it leads to tell, where that is one."""
    regions = {region_of_host(name) for name in _targets(record)}
    return regions.pop() if len(regions) == 1 else None


def _host(name: str | None) -> str:
    return (name or "").rstrip(".").lower()


def _is_private(address: str | None) -> bool:
    """Whether an address is local, private or of many, which Route 53 cannot reach."""
    try:
        asked = ip_address(address or "")
    except ValueError:
        return False
    return asked.is_loopback or asked.is_link_local or asked.is_multicast or any(asked in one for one in _PRIVATE)


def _asks_itself(side: Side, check: Resource, record: Resource) -> bool:
    """Whether a health check resolves the name of the record that follows it."""
    asked, name = (check.text("fqdn") or "").rstrip("."), (record.text("name") or "").rstrip(".")
    zone = side.link(record, ("zone_id",), _ZONE).target
    below = None if zone is None else (zone.text("name") or "").rstrip(".")
    return bool(asked) and asked.lower() in (name.lower(), f"{name}.{below}".lower())


def _check(check: Resource, parameters: dict[str, object], unknown: list[str]) -> None:
    if check.text("type") not in _ENDPOINT:
        unknown += ["request_interval", "failure_threshold"]
        return
    for name in ("request_interval", "failure_threshold"):
        parameters[name] = check.number(name)
        if check.is_unknown(name) and not check.left_out(name):
            unknown.append(name)


def _same_workload(check: Resource | None, stateful: Sequence[ComponentBuilder]) -> list[ComponentBuilder]:
    workload = None if check is None else check.tags.get(_WORKLOAD)
    if workload is None:
        return []
    return [builder for builder in stateful if builder.kind in _ROUTED and builder.main.tags.get(_WORKLOAD) == workload]
