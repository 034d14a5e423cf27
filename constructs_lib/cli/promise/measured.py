"""The uptime that health checks have measured, for the commands that show it."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from fractions import Fraction

    from constructs_lib.availability import Availability, ErrorBudget, Period
    from constructs_lib.live.uptime import Measured, Stretch


def between(period: Period) -> tuple[datetime, datetime]:
    """Return when a period begins and ends: the days of the calendar, or as long until now."""
    from datetime import UTC, datetime, time, timedelta

    length = timedelta(seconds=period.seconds)
    if period.start is None:
        now = datetime.now(UTC).replace(second=0, microsecond=0)
        return now - length, now
    start = datetime.combine(period.start, time.min, tzinfo=UTC)
    return start, start + length


def verdict_code(budget: ErrorBudget, measured: Measured) -> int:
    """Return the exit code for what was measured: unknown time never counts as kept."""
    if not budget.kept:
        return 1
    return 3 if measured.silent_seconds > budget.left else 0


def _at_least(measured: Measured, period: Period) -> Availability:
    """Return what is attained should all that is not known have been downtime."""
    from constructs_lib.availability import availability_from_downtime

    return availability_from_downtime(measured.down_seconds + measured.silent_seconds, period)


def measured_as_json(measured: Measured, period: Period) -> dict[str, object]:
    """Return what health checks saw in *period*, plain."""

    def listed(stretches: Sequence[Stretch]) -> list[dict[str, object]]:
        return [
            {"start": item.start.isoformat(), "end": item.end.isoformat(), "seconds": item.seconds}
            for item in stretches
        ]

    return {
        "health_checks": list(measured.checks),
        "start": measured.start.isoformat(),
        "end": measured.end.isoformat(),
        "downtime_seconds_at_most": measured.down_seconds,
        "unknown_seconds": measured.silent_seconds,
        "attained_at_least": str(_at_least(measured, period)),
        "interruptions": listed(measured.down),
        "unknown": listed(measured.silent),
    }


def write_measured(measured: Measured, period: Period) -> None:
    """Write what health checks saw in *period*: each interruption, and what is not known."""
    write = sys.stdout.write
    write(f"{', '.join(measured.checks)} from {measured.start:%Y-%m-%d %H:%M} to {measured.end:%Y-%m-%d %H:%M} UTC\n")
    for item in measured.down:
        write(f"  {f'down {item.start:%Y-%m-%d %H:%M}':<30}{in_words(item.seconds)} at most\n")
    for item in measured.silent:
        write(f"  {f'no data {item.start:%Y-%m-%d %H:%M}':<30}{in_words(item.seconds)}\n")
    if measured.silent:
        write(f"  {'were that downtime':<30}{_at_least(measured, period)} is attained\n")


def in_words(seconds: float | Fraction) -> str:
    """Return a time as `7 min 30 s`."""
    minutes, rest = divmod(float(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{int(hours)} h" if hours else "", f"{int(minutes)} min" if minutes else ""]
    parts.append(f"{rest:.3g} s" if rest and not hours else "")
    return " ".join(filter(None, parts)) or "0 s"
