"""What AWS Backup refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.backup import jobs, plans

if TYPE_CHECKING:
    from constructs_lib.emulator.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    *plans.RULES,
    *jobs.RULES,
)
