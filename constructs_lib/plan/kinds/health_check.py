"""What a Route 53 health check goes by: an endpoint that is asked, an alarm, or several others that it counts."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final, NamedTuple

from constructs_lib.catalog.limits import limit
from constructs_lib.components.latch import LATCH_METRIC, LATCH_NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.kinds.component_builder import ComponentBuilder
    from constructs_lib.plan.side import Side

__all__ = ["ASKS", "answer", "as_host", "asked_by", "deciding_check", "hosts", "is_private", "is_set_by_people"]

ASKS: Final = frozenset({"HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP"})
"""The types of health check that Route 53's own checkers make, with an interval and a threshold."""

_CHECK: Final = "aws_route53_health_check"
_ALARM: Final = "aws_cloudwatch_metric_alarm"
_BALANCER: Final = "aws_lb"
_CALCULATED: Final = "CALCULATED"
_CHILDREN: Final = "child_healthchecks"
_INVERTED: Final = "invert_healthcheck"
_PRIVATE: Final = tuple(ip_network(str(one)) for one in limit("route53.private_addresses").values)


class Answer(NamedTuple):
    """What a health check says of an endpoint, inverted where it says so; None where that is told by something else.

    Attributes:
        well: Whether it is healthy while every endpoint answers.
        lost: Whether it is healthy once the endpoint is lost, and the others are not.
    """

    well: bool | None = None
    lost: bool | None = None


def answer(side: Side, check: Resource, lost: Container[str], left: Container[str], *, asks_lost: bool) -> Answer:
    """Return what a health check says before and after an endpoint is lost.

    One that asks something else, and is inverted, is what somebody sets by it, and so open. An endpoint that is not
    told is what the check of a record mostly asks: that of the record.

    Args:
        side: The side of the plan.
        check: The check.
        lost: The names of the endpoint that is lost.
        left: The names of those that are not.
        asks_lost: Whether a name that is neither counts as lost.
    """
    if check.text("type") != _CALCULATED:
        return _own_answer(side, check, lost, left, asks_lost=asks_lost)
    children, listed = _children(side, check)
    given = [_own_answer(side, child, lost, left, asks_lost=asks_lost) for child in children]
    count = max(len(children), len(listed))
    given += [Answer()] * (count - len(children))
    threshold = check.number("child_health_threshold")
    well, gone = (_counted([one[index] for one in given], threshold) for index in (0, 1))
    return _as_set(check, Answer(well, gone))


def _own_answer(side: Side, check: Resource, lost: Container[str], left: Container[str], *, asks_lost: bool) -> Answer:
    """Return the same of a check that counts no others; of one that does nothing is told."""
    found, asked = Answer(), asked_by(side, check)
    if check.text("type") in ASKS:
        if asked in left:
            found = Answer(well=True, lost=True)
        elif asked in lost:
            found = Answer(well=True, lost=False)
        elif check.get(_INVERTED) is not True:
            found = Answer(well=True, lost=not asks_lost)
    return _as_set(check, found)


def _as_set(check: Resource, found: Answer) -> Answer:
    """Return an answer as Route 53 takes it: one that is disabled counts as healthy, before it is inverted."""
    if check.get("disabled") is True:
        found = Answer(well=True, lost=True)
    if check.get(_INVERTED) is True:
        return Answer(*(None if one is None else not one for one in found))
    return found


def _counted(answers: Sequence[bool | None], threshold: int | None) -> bool | None:
    if threshold is None or not answers:
        return None
    healthy = answers.count(True)
    if healthy >= threshold:
        return True
    return False if healthy + answers.count(None) < threshold else None


def _children(side: Side, check: Resource) -> tuple[list[Resource], list[str]]:
    """Return the checks of the plan that a check counts, and the ids of all that it counts, as far as they are told."""
    ids = check.get(_CHILDREN)
    listed = [id_ for id_ in (ids if isinstance(ids, list) else ()) if isinstance(id_, str)]
    named = [side.resources.get(address) for address in side.resolve(check, (_CHILDREN,), _CHECK)]
    named += [side.find(_CHECK, id_, document=check.document) for id_ in listed]
    children = {child.address: child for child in named if child is not None and child.type == _CHECK}
    return list(children.values()), listed


def deciding_check(
    side: Side,
    builder: ComponentBuilder,
    check: Resource,
    endpoint: Container[str],
    elsewhere: Container[str],
    doubts: list[str],
) -> Resource:
    """Return the check of an endpoint that tells when *check* turns; *check* itself where none does, or none alone.

    One that counts others (CALCULATED) is healthy while as many as its threshold are, and a disabled one counts as
    healthy. So when the endpoint is lost it turns as soon as enough of those that ask it have noticed.

    Args:
        side: The side of the plan.
        builder: The component, which what is counted belongs to.
        check: What the record follows.
        endpoint: The names of what the record leads to.
        elsewhere: The names of what the other records lead to, which is not lost with the endpoint.
        doubts: Where what keeps it from turning is added.
    """
    children, listed = _children(side, check)
    # By value: a reference also leads to data of elsewhere, and to instances that the plan rightly takes away.
    doubts += ["its health check follows another that is not there" for id_ in listed if side.lacks(_CHECK, id_)]
    threshold = check.number("child_health_threshold")
    if check.text("type") != _CALCULATED or threshold is None or not children:
        return check
    builder.join(*children)
    if any(child.text("type") == _CALCULATED for child in children):
        doubts.append("its health check is calculated of one that is calculated, which Route 53 does not do")
    count, inverted = max(len(children), len(listed)), check.get(_INVERTED) is True
    if threshold == 0 or threshold > count:
        doubts.append(
            f"its health check wants {threshold} of {count} to be healthy, so it is always "
            f"{'healthy' if (threshold == 0) is not inverted else 'unhealthy'}"
        )
        return check
    asking = [child for child in children if child.text("type") in ASKS]
    if threshold == count and len(asking) == 1 and not inverted and asking[0].get(_INVERTED) is not True:
        if asking[0].get("disabled") is True:
            doubts.append("the health check that its own follows is disabled, which counts as healthy")
        return asking[0]
    found = [(child, _own_answer(side, child, endpoint, elsewhere, asks_lost=True)) for child in children]
    # As many as have to change, so that fewer than the threshold are left; of an inverted one, that as many are.
    turned = Answer(well=inverted is False, lost=inverted)
    noticing = sorted((child for child, told in found if told == turned), key=_seconds)
    there = sum(told.lost is turned.lost for _, told in found) - len(noticing)
    needed = (threshold if inverted else count - threshold + 1) - there
    if 0 < needed <= len(noticing):
        return noticing[needed - 1]
    told = answer(side, check, endpoint, elsewhere, asks_lost=True)
    if told.lost is True and told.well is not False:
        # As many as its threshold are healthy all the same; of an inverted one, fewer are.
        doubts.append(
            f"its health check {'is inverted and ' if inverted else ''}goes by {threshold} of {count}, and only "
            f"{len(noticing)} of them notice that the endpoint is lost"
        )
    return check


def is_set_by_people(side: Side, check: Resource) -> bool:
    """Whether a health check follows an alarm on the latch, which nothing sets but somebody who was told to."""
    named = check.text("cloudwatch_alarm_name")
    return named is not None and any(
        (alarm.text("namespace"), alarm.text("metric_name")) == (LATCH_NAMESPACE, LATCH_METRIC)
        for alarm in side.of(_ALARM)
        if alarm.text("alarm_name") == named and alarm.region == check.text("cloudwatch_alarm_region")
    )


def _seconds(check: Resource) -> int:
    return (check.number("request_interval") or 0) * (check.number("failure_threshold") or 0)


def asked_by(side: Side, check: Resource) -> str:
    """Return the address or name that a health check asks; beside an address the name is only what it asks it for."""
    asked = hosts(side, check, "ip_address") or hosts(side, check, "fqdn")
    return next(iter(asked)) if len(asked) == 1 else ""


def hosts(side: Side, resource: Resource, *path: str | int) -> set[str]:
    """Return the names or addresses at *path* as DNS compares them.

    Of a load balancer that has no name before apply, the address in the plan stands for it.
    """
    value = resource.get(*path)
    told = {as_host(item) for item in (value if isinstance(value, list) else [value]) if isinstance(item, str) and item}
    made = side.candidates(resource, path, _BALANCER)
    return told | ({made[0].address} if len(made) == 1 else set())


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
