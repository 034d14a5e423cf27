"""The points of health checks as a CloudWatch answers that is not a test's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.live.uptime import measure_uptime
from tests.emulator.conftest import _aws, _extra  # noqa: F401 - the fixtures

if TYPE_CHECKING:
    from constructs_lib.emulator import EmulatedAws

pytestmark = pytest.mark.emulator


class _Session:
    def __init__(self, aws: EmulatedAws) -> None:
        self._aws = aws

    def client(self, service: str, region_name: str, config: Any) -> Any:
        return self._aws.client(service, region_name)


def test_an_interruption_is_found_where_it_was(aws: EmulatedAws) -> None:
    now = datetime.now(UTC)
    hour = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
    data = [
        {
            "MetricName": "HealthCheckStatus",
            "Dimensions": [{"Name": "HealthCheckId", "Value": "seen"}],
            "Timestamp": hour + timedelta(minutes=minute),
            "Value": 0.0 if 20 <= minute < 24 else 1.0,
        }
        for minute in range(60)
    ]
    aws.client("cloudwatch", "us-east-1").put_metric_data(Namespace="AWS/Route53", MetricData=data)

    found = measure_uptime(["seen"], hour, hour + timedelta(hours=1), session=_Session(aws), now=now)

    ((start, end),) = [(item.start, item.end) for item in found.down]
    assert (start, end) == (hour + timedelta(minutes=20), hour + timedelta(minutes=24))
    assert found.silent == ()
