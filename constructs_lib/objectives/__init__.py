"""Objectives: durations, targets per disruption, tiers, and their declaration in `recovery.yaml`."""

from __future__ import annotations

from constructs_lib.objectives.assumptions import Assumptions
from constructs_lib.objectives.disruption import INFRASTRUCTURE, Disruption
from constructs_lib.objectives.duration import format_duration, parse_duration
from constructs_lib.objectives.objective import Objective
from constructs_lib.objectives.target import Target
from constructs_lib.objectives.tiers import TIERS, tier

__all__ = [
    "INFRASTRUCTURE",
    "TIERS",
    "Assumptions",
    "Disruption",
    "Objective",
    "Target",
    "format_duration",
    "parse_duration",
    "tier",
]
