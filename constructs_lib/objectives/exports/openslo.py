"""The uptime of a workload as an OpenSLO document (openslo/v1): a Service and an SLO.

OpenSLO has no place for RTO and RPO. Source: the OpenSLO specification, v1,
https://github.com/OpenSLO/OpenSLO
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from constructs_lib.errors import ObjectiveError
from constructs_lib.objectives.exports.resilience_hub import Exported

if TYPE_CHECKING:
    from constructs_lib.availability import Period
    from constructs_lib.objectives.objective import Objective

__all__ = ["openslo_documents"]

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_UNITS = ((7 * 86_400, "w"), (86_400, "d"), (3_600, "h"), (60, "m"))
_CALENDAR = {"month": "1M", "quarter": "1Q", "year": "1Y"}
_SUFFIX = "-availability"


def openslo_documents(name: str, objective: Objective, period: Period) -> Exported:
    """Return a Service and an SLO under `documents`, in the order they are to be written.

    A rolling window of the period's length; for a month, quarter or year of the calendar, one of the calendar in UTC.
    The SLO refers to an SLI by name, since what is measured is not ours to know.

    Args:
        name: The workload; letters, digits and hyphens, as a DNS label.
        objective: Its uptime must be declared, and below 100 %.
        period: What the uptime is counted over.

    Raises:
        ObjectiveError: If no uptime is declared, it is 100 %, or the name is not a DNS label.
    """
    if objective.uptime is None:
        raise ObjectiveError(f"{name} promises no uptime, and OpenSLO has a place for nothing else; declare one")
    if objective.uptime.unavailability == 0:
        raise ObjectiveError(f"{name} promises 100%, and OpenSLO wants a target below 1; promise 99.999% or less")
    if not _LABEL.fullmatch(name) or len(name) + len(_SUFFIX) > 63:
        raise ObjectiveError(
            f"{name!r} cannot be a name in OpenSLO; use at most 50 lower-case letters, digits, hyphens"
        )
    service = {
        "apiVersion": "openslo/v1",
        "kind": "Service",
        "metadata": {"name": name, "displayName": name},
        "spec": {"description": f"workload {name}"},
    }
    slo: dict[str, Any] = {
        "apiVersion": "openslo/v1",
        "kind": "SLO",
        "metadata": {"name": f"{name}{_SUFFIX}", "displayName": f"{name} availability"},
        "spec": {
            "description": f"{objective.uptime} of the time, over {period.name}",
            "service": name,
            "indicatorRef": f"{name}{_SUFFIX}",
            "timeWindow": [_window(period)],
            "budgetingMethod": "Timeslices",
            "objectives": [
                {
                    "displayName": "uptime",
                    # As text it would be refused; the shortest decimal that is read as this number is the percentage's.
                    "target": float(objective.uptime.percent.scaleb(-2)),
                    "timeSliceTarget": 1.0,
                    "timeSliceWindow": "1m",
                }
            ],
        },
    }
    notes = [f"the SLI {name}{_SUFFIX} is referred to and must be written by you: what is measured is yours to know"]
    if any(True for _ in objective.targets()):
        notes.append("RTO and RPO have no place in OpenSLO and are left out")
    return Exported(content={"documents": [service, slo]}, notes=tuple(notes))


def _window(period: Period) -> dict[str, object]:
    if period.name in _CALENDAR:
        calendar = {"startTime": "2024-01-01 00:00:00", "timeZone": "UTC"}
        return {"duration": _CALENDAR[period.name], "isRolling": False, "calendar": calendar}
    length, unit = next((length, unit) for length, unit in _UNITS if period.seconds % length == 0)
    return {"duration": f"{period.seconds // length}{unit}", "isRolling": True}
