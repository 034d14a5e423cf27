"""What CloudWatch refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.cloudwatch import composite_alarms, metric_alarms

if TYPE_CHECKING:
    from constructs_lib.emulator.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    *composite_alarms.RULES,
    *metric_alarms.RULES,
)
