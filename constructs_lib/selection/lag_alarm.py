"""When the alarm on the lag of a copy rings."""

from __future__ import annotations

_TIMES_PLANNED = 3


def lag_alarm_seconds(planned: float, *, most: float | None, least: float = 1) -> int:
    """Return how far behind a copy may be before its alarm rings, in seconds: there must be time left to act.

    An alarm at the promise tells of what is broken already. So it rings at three times the lag that is planned with,
    and at half of *most* at the latest.

    Args:
        planned: The lag that is planned with, in seconds.
        most: The lag that must not be reached: what was promised, or what the service itself does not let pass. None
            where there is no such bound.
        least: The lag that is the service's own pace, for which no alarm may ring. Default: none to speak of.
    """
    rings = planned * _TIMES_PLANNED
    return max(1, int(least), int(rings if most is None else min(rings, most / 2)))
