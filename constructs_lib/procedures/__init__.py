"""How a component is recovered: typed steps, which the runbook prints, `drctl` runs and a drill times."""

from __future__ import annotations

from constructs_lib.procedures.procedures import CARRY_OVERS, PROCEDURES, find_procedure
from constructs_lib.procedures.step import Call, Each, Fence, Part, Prepared, Probe, Procedure, Role, Step

__all__ = [
    "CARRY_OVERS",
    "PROCEDURES",
    "Call",
    "Each",
    "Fence",
    "Part",
    "Prepared",
    "Probe",
    "Procedure",
    "Role",
    "Step",
    "find_procedure",
]
