"""What a Route 53 health check goes by: an endpoint that is asked, an alarm, or several others that it counts."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.limits import limit

if TYPE_CHECKING:
    from collections.abc import Container

    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.kinds.component_builder import ComponentBuilder
    from constructs_lib.plan.side import Side

__all__ = ["ASKS", "as_host", "deciding_check", "is_private"]

ASKS: Final = frozenset({"HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP"})
"""The types of health check that Route 53's own checkers make, with an interval and a threshold."""

_CHECK: Final = "aws_route53_health_check"
_CALCULATED: Final = "CALCULATED"
_CHILDREN: Final = "child_healthchecks"
_PRIVATE: Final = tuple(ip_network(str(one)) for one in limit("route53.private_addresses").values)


def deciding_check(
    side: Side, builder: ComponentBuilder, check: Resource, elsewhere: Container[str], doubts: list[str]
) -> Resource:
    """Return the check of an endpoint that tells when *check* turns; *check* itself where none does, or none alone.

    One that counts others (CALCULATED) is healthy while as many as its threshold are, and a disabled one counts as
    healthy. So when the endpoint is lost it turns as soon as enough of those that ask it have noticed.

    Args:
        side: The side of the plan.
        builder: The component, which what is counted belongs to.
        check: What the record follows.
        elsewhere: The names of what the other records lead to, which is not lost with the endpoint.
        doubts: Where what keeps it from turning is added.
    """
    ids = check.get(_CHILDREN)
    listed = [id_ for id_ in (ids if isinstance(ids, list) else ()) if isinstance(id_, str)]
    named = [side.resources.get(address) for address in side.resolve(check, (_CHILDREN,), _CHECK)]
    named += [side.find(_CHECK, id_) for id_ in listed]
    children = list({child.address: child for child in named if child is not None and child.type == _CHECK}.values())
    # By value: a reference also leads to data of elsewhere, and to instances that the plan rightly takes away.
    doubts += ["its health check follows another that is not there" for id_ in listed if side.lacks(_CHECK, id_)]
    threshold = check.number("child_health_threshold")
    if check.text("type") != _CALCULATED or threshold is None or not children:
        return check
    builder.join(*children)
    if any(child.text("type") == _CALCULATED for child in children):
        doubts.append("its health check is calculated of one that is calculated, which Route 53 does not do")
    count = max(len(children), len(listed))
    if threshold == 0 or threshold > count:
        doubts.append(
            f"its health check wants {threshold} of {count} to be healthy, so it is always "
            f"{'healthy' if threshold == 0 else 'unhealthy'}"
        )
        return check
    asking = [child for child in children if child.text("type") in ASKS]
    if threshold == count and len(asking) == 1:
        if asking[0].get("disabled") is True:
            doubts.append("the health check that its own follows is disabled, which counts as healthy")
        return asking[0]
    noticing = sorted(
        (
            child
            for child in asking
            if child.get("disabled") is not True
            and child.get("invert_healthcheck") is not True
            and asked_by(child) not in elsewhere
        ),
        key=_seconds,
    )
    # As many as have to fail, so that fewer than the threshold are left.
    failing = count - threshold + 1
    if len(noticing) >= failing:
        return noticing[failing - 1]
    others = count - len(asking)
    if len(noticing) + others < failing:
        doubts.append(
            f"its health check is healthy while {threshold} of {count} are, and only {len(noticing)} of them ask the "
            "endpoint"
        )
    return check


def _seconds(check: Resource) -> int:
    return (check.number("request_interval") or 0) * (check.number("failure_threshold") or 0)


def asked_by(check: Resource) -> str:
    """Return the address or name that a health check asks; beside an address the name is only what it asks it for."""
    return as_host(check.text("ip_address") or check.text("fqdn"))


def as_host(name: str | None) -> str:
    """Return a name as DNS compares it."""
    return (name or "").rstrip(".").lower()


def is_private(address: str | None) -> bool:
    """Whether an address is local, private or of many, which Route 53 cannot reach."""
    try:
        asked = ip_address(address or "")
    except ValueError:
        return False
    return asked.is_loopback or asked.is_link_local or asked.is_multicast or any(asked in one for one in _PRIVATE)
