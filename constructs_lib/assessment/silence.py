"""Backup schedules that may stop without a sound: where a promise hangs on one, nobody is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.limits import limit
from constructs_lib.objectives.duration import format_duration

if TYPE_CHECKING:
    from constructs_lib.assessment.assess import Assessment
    from constructs_lib.components import Component

_HOUR: Final = 3600
_SCHEDULED: Final = ("backup", "backup_copy")


def silence_promised(assessment: Assessment) -> str | None:
    """Return why nobody is told where what is promised hangs on a schedule that stops; None where somebody is."""
    objective = assessment.objective
    promised = () if objective is None else (disruption for disruption, _ in objective.targets())
    found = (silence(assessment.component, assessment.estimates[disruption].mechanism) for disruption in promised)
    return next((text for text in found if text is not None), None)


def silence(component: Component, mechanism: str | None) -> str | None:
    """Return why nobody is told where the schedule of *mechanism* stops altogether; None where somebody is.

    An alarm on a schedule that falls silent has to look back over more than one run of it.
    """
    backups = component.protection(mechanism) if mechanism in _SCHEDULED else None
    interval = None if backups is None else backups.parameters.get("interval_seconds")
    if backups is None or not isinstance(interval, int):
        return None
    window = backups.parameters.get("start_window_seconds")
    # With an hour for the job.
    overdue = interval + (window if isinstance(window, int) else 0) + _HOUR
    watched = limit("cloudwatch.alarm_evaluation_seconds")
    if overdue <= (watched.most or 0):
        return None
    return (
        f"nothing rings where its backup schedule stops altogether, since it is not overdue before "
        f"{format_duration(overdue)} and {watched.because}: let drctl audit run at least daily, which tells the age of "
        f"the newest backup"
    )
