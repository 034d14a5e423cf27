"""What any service refuses, by its own model and without a look at what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.any_service import markers, missing_members, values

if TYPE_CHECKING:
    from constructs_lib.emulator.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    *values.RULES,
    *missing_members.RULES,
    *markers.RULES,
)
