"""Route 53 records that fail over, by role or by weight, and the health checks that turn them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from constructs_lib.components import Kind
from constructs_lib.plan.document.arn import region_of_host
from constructs_lib.plan.kinds.component_builder import ComponentBuilder
from constructs_lib.plan.kinds.health_check import (
    ASKS,
    answer,
    as_host,
    asked_by,
    deciding_check,
    hosts,
    is_private,
    is_set_by_people,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.side import Side

_TYPE: Final = "aws_route53_record"
_CHECK: Final = "aws_route53_health_check"
_ZONE: Final = "aws_route53_zone"
_MECHANISM: Final = "health_check_failover"
_WORKLOAD: Final = "recovery:workload"
_OF_CLOUDFRONT: Final = ".cloudfront.net"
ROUTED: Final = frozenset({Kind.BUCKET, Kind.TABLE, Kind.DATABASE, Kind.SERVICE})


def read_records(side: Side, stateful: Sequence[ComponentBuilder]) -> Iterator[ComponentBuilder]:
    """Yield a builder for each pair of failover records, named by the primary, and for weighted ones that are checked.

    The stateful components of the same workload get the failover as well, where the health check's tags say whose it
    is. Weighted records without a health check share traffic out and fail over by no means; they are noted.
    """
    for record in side.of(_TYPE):
        if any(record.blocks(f"{policy}_routing_policy") for policy in ("latency", "geolocation", "multivalue")):
            _not_judged(side, record)
    for leading, others in _sets(side):
        main, records = leading[0], [*leading, *others]
        if main.blocks("weighted_routing_policy") and not any(map(_is_checked, records)):
            for record in records:
                _not_judged(side, record)
            continue
        builder = ComponentBuilder(main=main, kind=Kind.RECORD, region=None)
        builder.join(*records)
        turns = [_turn(side, builder, one, [other for other in records if other is not one]) for one in leading]
        worst = max(turns, key=_Turn.seconds)
        check = next((turn.check for turn in turns if turn.check is not None), None)
        doubts = list(dict.fromkeys(doubt for turn in turns for doubt in turn.doubts))
        unknown = list(dict.fromkeys(name for turn in turns for name in turn.unknown))
        # What people set moves no faster than they point the callers themselves, which is counted anyway.
        behind = [] if check is not None and is_set_by_people(side, check) else _same_workload(check, stateful)
        for routed in (builder, *behind):
            routed.protect(side.notes, _MECHANISM, main, parameters=worst.parameters, doubts=doubts, unknown=unknown)
        yield builder


def standing_by(side: Side) -> frozenset[str]:
    """Return the names that callers are sent to once the main record of a set is unhealthy, and by no main one."""
    here, there = set(), set()
    for leading, others in _sets(side):
        here |= _targets(side, leading[0])
        there |= {name for record in (*leading[1:], *others) for name in _targets(side, record)}
    return frozenset(there - here)


def _sets(side: Side) -> Iterator[tuple[list[Resource], list[Resource]]]:
    """Yield of each name what is answered while all is well, the main record first, and what is there besides.

    Of weighted records those are all that have a weight: the main one is called `primary`, or has the greatest.
    """
    sets: dict[tuple[str, str, str], list[Resource]] = {}
    for record in side.of(_TYPE):
        if record.blocks("failover_routing_policy") or record.blocks("weighted_routing_policy"):
            sets.setdefault(_name(side, record), []).append(record)
    for records in sets.values():
        roles = {record.text("failover_routing_policy", 0, "type"): record for record in records}
        weighted = [record for record in records if record.blocks("weighted_routing_policy") and _weight(record)]
        weighted.sort(key=lambda one: (one.text("set_identifier") != "primary", -_weight(one), one.address))
        leading = weighted or [roles.get("PRIMARY", records[0])]
        yield leading, [record for record in records if not any(record is one for one in leading)]


def _not_judged(side: Side, record: Resource) -> None:
    side.notes.add(record, "only failover routing is judged; how this record fails over is not")


def _weight(record: Resource) -> int:
    """Return its weight; one that is told only at apply is some."""
    weight = record.number("weighted_routing_policy", 0, "weight")
    return 1 if weight is None else weight


def _is_checked(record: Resource) -> bool:
    """Whether a record is answered only while something is healthy."""
    return _has_check(record) or record.get("alias", 0, "evaluate_target_health") is True


def _has_check(record: Resource) -> bool:
    check = "health_check_id"
    return record.text(check) is not None or (record.is_unknown(check) and not record.left_out(check))


def _name(side: Side, record: Resource) -> tuple[str, str, str]:
    zone = side.link(record, ("zone_id",), _ZONE)
    where = (
        zone.target.address if zone.target is not None else zone.text or ",".join(side.resolve(record, ("zone_id",)))
    )
    return where, (record.text("name") or "").rstrip("."), record.text("type") or ""


class _Turn(NamedTuple):
    """How one record is turned away from, when what it leads to is lost."""

    check: Resource | None
    parameters: dict[str, int | None]
    doubts: list[str]
    unknown: list[str]

    def seconds(self) -> int:
        """How long the checkers take, as far as it is told: what tells one from another."""
        given = {name: value or 0 for name, value in self.parameters.items()}
        return given.get("request_interval", 0) * given.get("failure_threshold", 0) + given.get("ttl", 0)


def _turn(side: Side, builder: ComponentBuilder, record: Resource, others: Sequence[Resource]) -> _Turn:
    """Return what turns *record*, and whether anything of *others* is elsewhere."""
    turn = _Turn(None, {}, [], [])
    by_role, doubts, unknown = bool(record.blocks("failover_routing_policy")), turn.doubts, turn.unknown
    roles = {one.text("failover_routing_policy", 0, "type") for one in (record, *others)}
    if by_role and "PRIMARY" not in roles:
        doubts.append("there is no primary record")
        return turn
    led_to = _targets(side, record)
    if not others:
        doubts.append(f"there is no {'secondary' if by_role else 'other'} record to fail over to")
    elif led_to and all(_targets(side, other) == led_to for other in others):
        doubts.append("both records lead to the same endpoint")
    elif (region := _region(side, record)) is not None and all(_region(side, other) == region for other in others):
        doubts.append("both records lead into the same Region")
    if not record.blocks("alias"):
        turn.parameters["ttl"] = record.number("ttl")
        if record.is_unknown("ttl") and not record.left_out("ttl"):
            unknown.append("ttl")
    check = side.link(record, ("health_check_id",), _CHECK).target
    if check is None:
        # A health check elsewhere, or the target's own health: how long that takes is not in this plan.
        if (named := record.text("health_check_id")) is not None and side.lacks(_CHECK, named):
            doubts.append("its health check is not there, and what Route 53 takes that for cannot be predicted")
        elif (never := _counts_as_healthy(side, record)) is not None:
            doubts.append(never)
        elif _is_checked(record):
            unknown += ["request_interval", "failure_threshold"]
        else:
            what = "the primary record" if by_role else f"{record.address}, which is answered every day,"
            doubts.append(f"{what} has no health check, so it never fails over")
        return turn
    builder.join(check)
    if check.get("disabled") is True and check.get("invert_healthcheck") is not True:
        doubts.append("its health check is disabled, which counts as healthy")
    if any(side.link(other, ("health_check_id",), _CHECK).target is check for other in others):
        doubts.append(
            "both records follow one health check, and of two that are unhealthy Route 53 answers the primary"
            if by_role
            else "both records follow one health check, and Route 53 answers as if both were healthy where none is"
        )
    elsewhere = frozenset(name for other in others for name in _targets(side, other)) - led_to
    deciding = deciding_check(side, builder, check, led_to, elsewhere, doubts)
    if is_private(deciding.text("ip_address")):
        doubts.append("its health check asks a private address, which Route 53 cannot reach")
    _check(deciding, turn.parameters, unknown)
    if _asks_itself(side, deciding, record):
        doubts.append("its health check asks the name that it turns, and so tests whichever side serves")
    if asked_by(side, deciding) in elsewhere:
        doubts.append(f"its health check asks the endpoint of the {'secondary' if by_role else 'other'} record")
    elif answer(side, check, led_to, elsewhere, asks_lost=True).well is False:
        how = "inverted" if check.get("invert_healthcheck") is True else "unhealthy while every endpoint answers"
        doubts.append(f"its health check is {how}, so it fails over while the primary endpoint is well")
    if not doubts and others and not any(_takes_over(side, other, led_to, elsewhere) for other in others):
        doubts.append(
            f"the health check of the {'secondary' if by_role else 'other'} record is unhealthy too when the endpoint "
            f"is lost, and then Route 53 answers {'the primary' if by_role else 'as if both were healthy'}"
        )
    return turn._replace(check=deciding)


def _takes_over(side: Side, other: Resource, lost: Container[str], left: Container[str]) -> bool:
    """Whether Route 53 answers with *other* once what the record leads to is lost, as far as anybody can tell."""
    check = side.link(other, ("health_check_id",), _CHECK).target
    return check is None or answer(side, check, lost, left, asks_lost=False).lost is not False


def _targets(side: Side, record: Resource) -> set[str]:
    """Return the names or addresses that a record leads to, as far as they are known."""
    return hosts(side, record, "records") | hosts(side, record, "alias", 0, "name")


def _region(side: Side, record: Resource) -> str | None:
    """Return the Region that the names it leads to tell, where that is one."""
    names = _targets(side, record)
    regions = {side.resources[name].region if name in side.resources else region_of_host(name) for name in names}
    return regions.pop() if len(regions) == 1 else None


def _counts_as_healthy(side: Side, record: Resource) -> str | None:
    """Return why the health of what an alias leads to never turns it; None where it may, or has a check of its own."""
    host = as_host(record.text("alias", 0, "name"))
    if not host or record.get("alias", 0, "evaluate_target_health") is not True or _has_check(record):
        return None
    if host.endswith(_OF_CLOUDFRONT):
        return "Route 53 does not evaluate the health of a CloudFront distribution, and it has no health check"
    if region_of_host(host) is not None:
        return None  # what AWS names is no record, and there may be many
    same = [one for one in side.of(_TYPE) if one.text("type") == record.text("type") and host in _names(side, one)]
    if same and not any(_is_checked(one) or one.blocks("alias") for one in same):
        return f"it follows {same[0].address}, which has no health check and so counts as healthy"
    return None


def _asks_itself(side: Side, check: Resource, record: Resource) -> bool:
    """Whether a health check resolves the name of the record that follows it."""
    asked = asked_by(side, check)
    return bool(asked) and asked in _names(side, record)


def _names(side: Side, record: Resource) -> tuple[str, str]:
    """Return the names that a record may have: the one that is written, and that below its zone."""
    zone = side.link(record, ("zone_id",), _ZONE).target
    name, below = (as_host(None if item is None else item.text("name")) for item in (record, zone))
    return name, f"{name}.{below}"


def _check(check: Resource, parameters: dict[str, int | None], unknown: list[str]) -> None:
    if check.text("type") not in ASKS:
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
    return [builder for builder in stateful if builder.kind in ROUTED and builder.main.tags.get(_WORKLOAD) == workload]
