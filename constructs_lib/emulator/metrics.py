"""The points of every metric by the time of the clock, for alarms: what clients put, and what is published here."""

from __future__ import annotations

import time
from collections import deque
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.emulator.clock import Clock

_KEPT: Final = 10_000
_Name: TypeAlias = tuple[str, str, str, frozenset[tuple[str, str]]]


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A point, or a set of them, at a Unix time."""

    time: float
    count: float
    total: float
    low: float
    high: float


class Metrics:
    """Keeps the points of all Regions."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._points: dict[_Name, deque[Point]] = {}

    def put(self, region: str, namespace: str, data: Iterable[Mapping[str, Any]]) -> None:
        """Take the data of a PutMetricData; a point's age counts, on the clock that is made faster."""
        for datum in data:
            stamp = datum.get("Timestamp")
            age = 0.0 if stamp is None else time.time() - _seconds(stamp)
            points = self._points.setdefault(_name(region, namespace, datum), deque(maxlen=_KEPT))
            points.extend(_points(datum, self._clock.now() - max(age, 0.0)))

    def statistic(self, region: str, metric: Mapping[str, Any], *, start: float, end: float) -> float | None:
        """Return the statistic of a metric alarm's metric in a period; None where there is no point."""
        points = self._points.get(_name(region, metric["Namespace"], metric), ())
        within = [point for point in points if start <= point.time < end]
        if not within:
            return None
        count = sum(point.count for point in within)
        match metric.get("Statistic") or metric.get("ExtendedStatistic") or "Average":
            case "SampleCount":
                return count
            case "Sum":
                return sum(point.total for point in within)
            case "Minimum":
                return min(point.low for point in within)
            case "Maximum":
                return max(point.high for point in within)
            case percentile if percentile.startswith("p"):
                values = sorted(point.high for point in within)
                return values[min(int(float(percentile[1:]) / 100 * len(values)), len(values) - 1)]
        return sum(point.total for point in within) / count


def _name(region: str, namespace: str, metric: Mapping[str, Any]) -> _Name:
    dimensions = frozenset((one["Name"], one["Value"]) for one in metric.get("Dimensions") or ())
    return region, namespace, metric["MetricName"], dimensions


def _points(datum: Mapping[str, Any], at: float) -> list[Point]:
    if given := datum.get("StatisticValues"):
        return [
            Point(
                time=at,
                count=float(given["SampleCount"]),
                total=float(given["Sum"]),
                low=float(given["Minimum"]),
                high=float(given["Maximum"]),
            )
        ]
    values = [float(value) for value in datum.get("Values") or [datum.get("Value", 0)]]
    counts = [float(count) for count in datum.get("Counts") or [1] * len(values)]
    return [
        Point(time=at, count=count, total=value * count, low=value, high=value)
        for value, count in zip(values, counts, strict=True)
    ]


def _seconds(stamp: Any) -> float:
    if isinstance(stamp, datetime):
        return stamp.timestamp()
    if isinstance(stamp, str):
        return datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()
    return float(stamp)
