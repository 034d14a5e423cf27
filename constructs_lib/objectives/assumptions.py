"""What an objective takes for granted about people and monitoring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from constructs_lib.objectives.duration import format_duration, parse_duration

if TYPE_CHECKING:
    from datetime import timedelta


def _detection(value: object) -> int:
    return parse_duration(value, name="detection_time")


def _decision(value: object) -> int:
    return parse_duration(value, name="decision_time")


@attrs.frozen(kw_only=True)
class Assumptions:
    """Times that no AWS document can know; they are part of the objective and shown with every estimate.

    Args:
        detection_time: From the disruption to the alarm, where no mechanism detects it itself. Default 2 min.
        decision_time: From the alarm to a human's order to fail over. Default 15 min. Counted for every manual step.

    Raises:
        DurationError: If either is not a duration.
    """

    detection_time: int = attrs.field(default="2m", converter=_detection)  # type: ignore[assignment]  # the converter reads it
    decision_time: int = attrs.field(default="15m", converter=_decision)  # type: ignore[assignment]  # the converter reads it

    if TYPE_CHECKING:

        def __init__(
            self, *, detection_time: str | timedelta = "2m", decision_time: str | timedelta = "15m"
        ) -> None: ...

    def __str__(self) -> str:
        return (
            f"detection {format_duration(self.detection_time)}, "
            f"a human's decision {format_duration(self.decision_time)}"
        )
