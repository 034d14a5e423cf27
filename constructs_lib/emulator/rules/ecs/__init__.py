"""What ECS refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.ecs import services, tasks

if TYPE_CHECKING:
    from constructs_lib.emulator.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    *services.RULES,
    *tasks.RULES,
)
