"""An objective as plain data, for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.objectives.disruption import INFRASTRUCTURE
from constructs_lib.objectives.duration import format_duration

if TYPE_CHECKING:
    from constructs_lib.objectives.objective import Objective
    from constructs_lib.objectives.target import Target


def target_as_data(target: Target) -> dict[str, object]:
    """Return *target* with durations as text and in seconds."""
    return {
        "rto": format_duration(target.rto),
        "rpo": format_duration(target.rpo),
        "rto_seconds": target.rto,
        "rpo_seconds": target.rpo,
    }


def objective_as_data(objective: Objective) -> dict[str, object]:
    """Return *objective* as plain data.

    Beside each disruption's target stand `rto` and `rpo` as the shorthand would say them: the loosest of region, zone
    and hardware.
    """
    plain: dict[str, object] = {}
    infrastructure = [target for target in map(objective.target, INFRASTRUCTURE) if target is not None]
    if infrastructure:
        rto, rpo = max(target.rto for target in infrastructure), max(target.rpo for target in infrastructure)
        plain = {
            "rto": format_duration(rto),
            "rpo": format_duration(rpo),
            "rto_seconds": rto,
            "rpo_seconds": rpo,
        }
    plain.update({disruption.value: target_as_data(target) for disruption, target in objective.targets()})
    plain["uptime"] = None if objective.uptime is None else str(objective.uptime)
    plain["assumptions"] = {
        "detection_time": format_duration(objective.assumptions.detection_time),
        "decision_time": format_duration(objective.assumptions.decision_time),
        "wider_recovery": objective.assumptions.wider_recovery,
    }
    return plain
