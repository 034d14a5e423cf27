"""What S3 refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.s3 import lifecycle, notifications, objects, replication, settings, versioning

if TYPE_CHECKING:
    from constructs_lib.emulator.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    *replication.RULES,
    *versioning.RULES,
    *settings.RULES,
    *objects.RULES,
    *lifecycle.RULES,
    *notifications.RULES,
)
