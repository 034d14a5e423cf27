"""What an objective takes for granted about people, monitoring and how far they go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from constructs_lib.errors import ObjectiveError
from constructs_lib.objectives.duration import format_duration, parse_duration
from constructs_lib.refusal import is_words, shown

if TYPE_CHECKING:
    from datetime import timedelta


def _detection(value: object) -> int:
    return parse_duration(value, name="detection_time")


def _decision(value: object) -> int:
    return parse_duration(value, name="decision_time")


def _unnoticed(value: object) -> int | None:
    return None if value is None else parse_duration(value, name="unnoticed_time")


def _detected(value: object) -> str | None:
    if value is None or is_words(value):
        return None if value is None else str(value)
    msg = f"detected_by is {shown(value)}; say what or who notices, and whose it is, or leave it out"
    raise ObjectiveError(msg)


def _wider(value: object) -> bool:
    if not isinstance(value, bool):
        msg = f"wider_recovery is {value!r}; give True or False"
        raise ObjectiveError(msg)
    return value


@attrs.frozen(kw_only=True, cache_hash=True)
class Assumptions:
    """What no AWS document can know; it is part of the objective and shown with every estimate.

    Args:
        detection_time: From the disruption to the alarm, where no mechanism detects it itself. Default 2 min.
        decision_time: From the alarm to a human's order to fail over. Default 15 min. Counted for every manual step.
        wider_recovery: Whether what answers the loss of the Region may answer that of a component or a zone too: the
            workload fails over to the other Region, and back afterwards. Default: it may, where nothing in the Region
            keeps the target.
        unnoticed_time: How long damage may go unnoticed: what goes back to an earlier state must reach back that far,
            and is kept as long as that takes and no longer. Default: not said; what we build keeps the catalog's days.
        detected_by: What notices a disruption within *detection_time*, and whose it is, such as `the web team's
            monitor at another provider`: what the library does not build. Default: nothing; then a human has to notice.

    Raises:
        DurationError: If a time is not a duration.
        ObjectiveError: If *wider_recovery* is no truth value, or *detected_by* no text.
    """

    detection_time: int = attrs.field(default="2m", converter=_detection)  # type: ignore[assignment]  # the converter reads it
    decision_time: int = attrs.field(default="15m", converter=_decision)  # type: ignore[assignment]  # the converter reads it

    wider_recovery: bool = attrs.field(default=True, converter=_wider)
    unnoticed_time: int | None = attrs.field(default=None, converter=_unnoticed)
    detected_by: str | None = attrs.field(default=None, converter=_detected)

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            detection_time: str | timedelta = "2m",
            decision_time: str | timedelta = "15m",
            wider_recovery: bool = True,
            unnoticed_time: str | timedelta | None = None,
            detected_by: str | None = None,
        ) -> None: ...

    @property
    def people(self) -> int:
        """Seconds from a disruption to a human's order."""
        return self.detection_time + self.decision_time

    def __str__(self) -> str:
        within = "" if self.wider_recovery else ", no failover to another Region for the loss of less than one"
        late = "" if self.unnoticed_time is None else f", damage unnoticed for {format_duration(self.unnoticed_time)}"
        by = "" if self.detected_by is None else f" by {self.detected_by}"
        return (
            f"detection {format_duration(self.detection_time)}{by}, "
            f"a human's decision {format_duration(self.decision_time)}{within}{late}"
        )
