"""A boto3 session whose CloudWatch has the points of some health checks, kept as CloudWatch keeps them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Health = Callable[[datetime, datetime], float | None]

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
KEPT = {60: timedelta(days=15), 300: timedelta(days=63), 3600: timedelta(days=455)}


@attrs.frozen
class CloudWatch:
    """Answers GetMetricData page by page.

    `health` is the least that a check published from one moment to another, None where nothing.

    It refuses what CloudWatch answers with nothing: points that are finer than it keeps them so long ago.
    """

    health: Mapping[str, Health]
    asked: list[tuple[int, datetime, datetime]] = attrs.field(factory=list)

    def client(self, service: str, region_name: str, config: Any) -> CloudWatch:
        assert (service, region_name) == ("cloudwatch", "us-east-1")
        return self

    def can_paginate(self, operation: str) -> bool:
        return operation == "get_metric_data"

    def get_paginator(self, operation: str) -> CloudWatch:
        assert operation == "get_metric_data"
        return self

    def paginate(self, *, StartTime: datetime, EndTime: datetime, ScanBy: str, MetricDataQueries: Any) -> Iterator[Any]:
        for query in MetricDataQueries:
            stat = query["MetricStat"]
            assert (stat["Stat"], stat["Metric"]["MetricName"]) == ("Minimum", "HealthCheckStatus")
            period = stat["Period"]
            assert StartTime >= NOW - KEPT[period]
            (dimension,) = stat["Metric"]["Dimensions"]
            self.asked.append((period, StartTime, EndTime))
            points = list(
                self._points(self.health.get(dimension["Value"], lambda *_: None), StartTime, EndTime, period)
            )
            # In two pages, as a long answer comes.
            for half in (points[: len(points) // 2], points[len(points) // 2 :]):
                moments, values = [moment for moment, _ in half], [value for _, value in half]
                yield {"MetricDataResults": [{"Id": query["Id"], "Timestamps": moments, "Values": values}]}

    @staticmethod
    def _points(health: Health, start: datetime, end: datetime, period: int) -> Iterator[tuple[datetime, float]]:
        step = timedelta(seconds=period)
        while start < end:
            least = health(start, start + step)
            if least is not None:
                yield start, least
            start += step


def healthy_but(*unhealthy: tuple[datetime, int], silent: tuple[datetime, int] | None = None) -> Health:
    """Return the health of a check that was unhealthy, or at another time silent, from a moment on for some minutes."""

    def stretch(given: tuple[datetime, int]) -> tuple[datetime, datetime]:
        return given[0], given[0] + timedelta(minutes=given[1])

    down, unknown = [stretch(item) for item in unhealthy], [] if silent is None else [stretch(silent)]

    def health(since: datetime, until: datetime) -> float | None:
        if any(start <= since and until <= end for start, end in unknown):
            return None
        return 0.0 if any(start < until and since < end for start, end in down) else 1.0

    return health
