"""What Route 53 refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.route53 import health_checks, records, values, zones

if TYPE_CHECKING:
    from constructs_lib.emulator.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    *zones.RULES,
    *records.RULES,
    *health_checks.RULES,
    *values.RULES,
)
