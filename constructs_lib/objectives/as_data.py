"""An objective and an acceptance as plain data, for JSON, and read back from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.objectives.acceptance import Acceptance
from constructs_lib.objectives.assumptions import Assumptions
from constructs_lib.objectives.disruption import INFRASTRUCTURE, Disruption
from constructs_lib.objectives.duration import format_duration
from constructs_lib.objectives.objective import Objective
from constructs_lib.objectives.target import Target

if TYPE_CHECKING:
    from collections.abc import Mapping


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
        plain = target_as_data(Target.of_seconds(rto, rpo))
    plain.update({disruption.value: target_as_data(target) for disruption, target in objective.targets()})
    plain["uptime"] = None if objective.uptime is None else str(objective.uptime)
    plain["assumptions"] = {
        "detection_time": format_duration(objective.assumptions.detection_time),
        "decision_time": format_duration(objective.assumptions.decision_time),
        "wider_recovery": objective.assumptions.wider_recovery,
        "unnoticed_time": None
        if objective.assumptions.unnoticed_time is None
        else format_duration(objective.assumptions.unnoticed_time),
        "detected_by": objective.assumptions.detected_by,
    }
    return plain


def objective_from_data(plain: Mapping[str, Any]) -> Objective:
    """Return the objective that `objective_as_data` wrote; the shorthand beside the targets is not read.

    Raises:
        KeyError: If something is missing.
        InputError: If a value is none of an objective.
    """
    targets = _targets(plain)
    return Objective(
        software=targets.get("software"),
        hardware=targets.get("hardware"),
        zone=targets.get("zone"),
        region=targets.get("region"),
        uptime=plain.get("uptime"),
        assumptions=Assumptions(**plain["assumptions"]),
    )


def acceptance_as_data(acceptance: Acceptance) -> dict[str, object]:
    """Return *acceptance* as plain data."""
    return {
        "owner": acceptance.owner,
        "reason": acceptance.reason,
        "targets": {disruption.value: target_as_data(target) for disruption, target in acceptance.targets()},
        "uptime": None if acceptance.uptime is None else str(acceptance.uptime),
    }


def acceptance_from_data(plain: Mapping[str, Any]) -> Acceptance:
    """Return the acceptance that `acceptance_as_data` wrote.

    Raises:
        KeyError: If something is missing.
        InputError: If a value is none of an acceptance.
    """
    return Acceptance(
        owner=plain["owner"], reason=plain["reason"], uptime=plain.get("uptime"), **_targets(plain["targets"])
    )


def _targets(plain: Mapping[str, Any]) -> dict[str, Target]:
    return {
        disruption.value: Target.of_seconds(target["rto_seconds"], target["rpo_seconds"])
        for disruption in Disruption
        if (target := plain.get(disruption.value)) is not None
    }
