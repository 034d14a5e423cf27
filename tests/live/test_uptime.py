"""What health checks saw, by points that get coarser with age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from constructs_lib.errors import EvaluationError, InputError
from constructs_lib.live.uptime import Measured, measure_uptime
from tests.live.cloudwatch import NOW, CloudWatch, healthy_but

DAYS_AGO = [NOW - timedelta(days=days) for days in range(100)]


def measured(start: datetime, end: datetime = NOW, **health: Any) -> Measured:
    return measure_uptime(list(health), start, end, session=CloudWatch(health), now=NOW)


def minutes(found: Measured) -> list[tuple[datetime, float]]:
    return [(item.start, item.seconds / 60) for item in found.down]


def test_the_newest_days_are_counted_by_the_minute() -> None:
    fault = DAYS_AGO[3] + timedelta(minutes=7)
    found = measured(DAYS_AGO[10], check=healthy_but((fault, 3), (fault + timedelta(hours=2), 1)))

    assert minutes(found) == [(fault, 3), (fault + timedelta(hours=2), 1)]
    assert (found.down_seconds, found.silent_seconds) == (4 * 60, 0)
    # The last minutes may not be there yet, so they are not asked for.
    assert (found.start, found.end) == (DAYS_AGO[10], NOW - timedelta(minutes=5))


@pytest.mark.parametrize(("days", "counted"), [(3, 3), (30, 5), (90, 60)])
def test_what_is_read_late_is_counted_longer_and_never_shorter(days: int, counted: int) -> None:
    fault = DAYS_AGO[days] + timedelta(minutes=1)

    found = measured(DAYS_AGO[99], check=healthy_but((fault, 3)))

    assert found.down_seconds == counted * 60
    assert found.down[0].start <= fault < fault + timedelta(minutes=3) <= found.down[0].end


def test_points_are_asked_for_as_cloudwatch_keeps_them_and_leave_no_gap() -> None:
    session = CloudWatch({"check": healthy_but()})

    found = measure_uptime(["check"], DAYS_AGO[99], NOW, session=session, now=NOW)

    assert [period for period, _, _ in session.asked] == [3600, 300, 60]
    assert [end for _, _, end in session.asked[:-1]] == [start for _, start, _ in session.asked[1:]]
    assert (session.asked[0][1], session.asked[-1][2]) == (DAYS_AGO[99], found.end)
    assert found.down == found.silent == ()


def test_a_service_is_up_while_one_of_its_places_is() -> None:
    fault = DAYS_AGO[2]
    here = healthy_but((fault, 60))
    there = healthy_but((fault + timedelta(minutes=50), 30))

    assert minutes(measured(DAYS_AGO[5], here=here, there=there)) == [(fault + timedelta(minutes=50), 10)]


def test_silence_is_neither_up_nor_down() -> None:
    quiet = (DAYS_AGO[2], 30)
    alone = measured(DAYS_AGO[5], check=healthy_but(silent=quiet))
    assert (alone.down_seconds, alone.silent_seconds) == (0, 30 * 60)

    # What is healthy elsewhere is enough; what is not leaves open whether anything was.
    beside = measured(DAYS_AGO[5], quiet=healthy_but(silent=quiet), there=healthy_but((DAYS_AGO[2], 10)))
    assert (beside.down_seconds, beside.silent_seconds) == (0, 10 * 60)


@pytest.mark.parametrize(("days", "silent"), [(3, 12), (30, 10), (90, 0)])
def test_silence_that_is_read_late_is_told_for_whole_points_only(days: int, silent: int) -> None:
    """Twelve minutes from a whole hour on: two whole points of five minutes, and no whole hour."""
    found = measured(DAYS_AGO[99], check=healthy_but(silent=(DAYS_AGO[days], 12)))

    assert (found.down_seconds, found.silent_seconds) == (0, silent * 60)


def test_only_the_period_counts() -> None:
    start = datetime(2026, 10, 1, tzinfo=UTC)
    found = measured(start, datetime(2026, 11, 1, tzinfo=UTC), check=healthy_but((start - timedelta(minutes=10), 12)))

    assert minutes(found) == [(start, 5)]


def test_what_cannot_be_known_is_said() -> None:
    with pytest.raises(InputError, match="nothing is measured yet from 2026-11-26 13:00 on"):
        measured(NOW + timedelta(hours=1), NOW + timedelta(hours=2), check=healthy_but())
    with pytest.raises(InputError, match="keeps points for 455 days"):
        measured(NOW - timedelta(days=456), check=healthy_but())
    with pytest.raises(EvaluationError, match="no HealthCheckStatus of other from"):
        measured(DAYS_AGO[1], check=healthy_but(), other=lambda *_: None)


def test_a_refusal_is_no_downtime() -> None:
    from botocore.exceptions import ClientError

    class Denied(CloudWatch):
        def paginate(self, **_: Any) -> Any:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetMetricData")

    with pytest.raises(EvaluationError, match="cloudwatch:GetMetricData in us-east-1: AccessDenied"):
        measure_uptime(["check"], DAYS_AGO[1], NOW, session=Denied({}), now=NOW)
