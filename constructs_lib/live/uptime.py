"""How long a service did not answer, by the health checks of Route 53 that ask it from outside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import replace

from constructs_lib.catalog.regions import global_services_region
from constructs_lib.errors import EvaluationError, InputError
from constructs_lib.live.region import Region

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Measured", "Stretch", "measure_uptime"]

_KEPT: Final = (
    (timedelta(minutes=1), timedelta(days=15)),
    (timedelta(minutes=5), timedelta(days=63)),
    (timedelta(hours=1), timedelta(days=455)),
)
"""What one point of CloudWatch covers, and how long it is kept (API reference of GetMetricData)."""

_LATE: Final = timedelta(minutes=5)
"""The points of so short a while ago may not be there yet (planning)."""

_HOUR: Final = timedelta(hours=1)
_MOMENT: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A time from `start` to `end`, in UTC."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        """Its length."""
        return int((self.end - self.start).total_seconds())


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What health checks saw of a service.

    Attributes:
        checks: Their ids; the service is up while one of them is healthy.
        start: From when on.
        end: Until when.
        down: When none was healthy, each as whole points of CloudWatch: at most so long, and not longer.
        silent: When it is not known.
    """

    checks: tuple[str, ...]
    start: datetime
    end: datetime
    down: tuple[Stretch, ...]
    silent: tuple[Stretch, ...]

    @property
    def down_seconds(self) -> int:
        """The downtime, at most."""
        return sum(item.seconds for item in self.down)

    @property
    def silent_seconds(self) -> int:
        """How long it is not known."""
        return sum(item.seconds for item in self.silent)


def measure_uptime(
    checks: Sequence[str], start: datetime, end: datetime, *, session: Any = None, now: datetime | None = None
) -> Measured:
    """Return what health checks saw from *start* to *end*.

    Route 53 publishes the metric `HealthCheckStatus` in us-east-1 only, and documents its minimum only: a point is
    healthy where all of it was. Points cover a minute for 15 days, five minutes for 63 and an hour for 455, so downtime
    that is read late is longer than it was, and never shorter. Silence is shorter: a point with any data in it counts
    by that, so that gaps are only told in full of the last 15 days.

    Args:
        checks: The ids of the health checks. Several are places that stand in for each other: the service is up while
            one of them is healthy.
        start: From when on, in UTC.
        end: Until when; not later than five minutes ago.
        session: A boto3 session. Default: one from the environment.
        now: Default: now.

    Raises:
        InputError: If nothing of that time is over, or CloudWatch keeps it no more.
        EvaluationError: If CloudWatch does not answer, or has never heard of one of the checks.
    """
    now = datetime.now(UTC) if now is None else now
    end = min(end, _floor(now - _LATE, _KEPT[0][0]))
    if start >= end:
        msg = f"nothing is measured yet from {start:%Y-%m-%d %H:%M} on; name a period that has begun"
        raise InputError(msg)
    if start < now - _KEPT[-1][1]:
        longest = _KEPT[-1][1].days
        msg = f"CloudWatch keeps points for {longest} days, and {start:%Y-%m-%d} is longer ago; name a later one"
        raise InputError(msg)
    if session is None:
        import boto3

        session = boto3.Session()
    region = Region(session, global_services_region(), now)
    points = [
        (moment, step, values)
        for since, until, step in _parts(start, end, now)
        for moment, values in _points(region, checks, since, until, step)
    ]
    if region.unasked:
        failed = region.unasked[0]
        msg = f"{failed.what}: {failed.error}; look at the credentials, and whether CloudWatch there answers"
        raise EvaluationError(msg)
    unheard = [check for number, check in enumerate(checks) if all(values[number] is None for _, _, values in points)]
    if unheard:
        msg = (
            f"CloudWatch has no HealthCheckStatus of {', '.join(unheard)} from {start:%Y-%m-%d %H:%M} to "
            f"{end:%Y-%m-%d %H:%M}; look at the id, and at the account of the credentials"
        )
        raise EvaluationError(msg)
    clipped = [
        (Stretch(start=max(moment, start), end=min(moment + step, end)), _is_up(values))
        for moment, step, values in points
    ]
    return Measured(
        checks=tuple(checks),
        start=start,
        end=end,
        down=_joined(stretch for stretch, up in clipped if up is False),
        silent=_joined(stretch for stretch, up in clipped if up is None),
    )


def _parts(start: datetime, end: datetime, now: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Yield the stretches of one step each, the oldest first; both ends are whole steps."""
    for number in reversed(range(len(_KEPT))):
        step, kept = _KEPT[number]
        since = max(start, _turn(now, kept)) if number < len(_KEPT) - 1 else start
        until = min(end, _turn(now, _KEPT[number - 1][1])) if number else end
        if since < until:
            yield _floor(since, step), until, step


def _turn(now: datetime, kept: timedelta) -> datetime:
    """Return when points that are kept so long begin, at a whole hour and with time to ask for them."""
    return _floor(now - kept, _HOUR) + 2 * _HOUR


def _points(
    region: Region, checks: Sequence[str], start: datetime, end: datetime, step: timedelta
) -> Iterator[tuple[datetime, list[float | None]]]:
    seconds = int(step.total_seconds())
    results = region.pages(
        "cloudwatch",
        "get_metric_data",
        "MetricDataResults",
        StartTime=start,
        EndTime=end,
        ScanBy="TimestampAscending",
        MetricDataQueries=[_query(number, check, seconds) for number, check in enumerate(checks)],
    )
    found: list[dict[datetime, float]] = [{} for _ in checks]
    for result in results:
        moments = (moment.astimezone(UTC) for moment in result["Timestamps"])
        found[int(result["Id"][1:])].update(zip(moments, result["Values"], strict=True))
    moment = start
    while moment < end:
        yield moment, [values.get(moment) for values in found]
        moment += step


def _query(number: int, check: str, seconds: int) -> Mapping[str, Any]:
    metric = {
        "Namespace": "AWS/Route53",
        "MetricName": "HealthCheckStatus",
        "Dimensions": [{"Name": "HealthCheckId", "Value": check}],
    }
    return {"Id": f"m{number}", "MetricStat": {"Metric": metric, "Period": seconds, "Stat": "Minimum"}}


def _is_up(values: Sequence[float | None]) -> bool | None:
    if any(value is not None and value >= 1 for value in values):
        return True
    return None if None in values else False


def _floor(moment: datetime, step: timedelta) -> datetime:
    return moment - (moment - _MOMENT) % step


def _joined(stretches: Iterator[Stretch]) -> tuple[Stretch, ...]:
    joined: list[Stretch] = []
    for item in stretches:
        if joined and joined[-1].end == item.start:
            joined[-1] = replace(joined[-1], end=item.end)
        else:
            joined.append(item)
    return tuple(joined)
