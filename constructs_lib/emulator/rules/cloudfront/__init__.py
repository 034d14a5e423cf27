"""What CloudFront refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.cloudfront import (
    access,
    behaviors,
    distributions,
    origins,
    policies,
    viewer_certificates,
)

if TYPE_CHECKING:
    from constructs_lib.emulator.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    *origins.RULES,
    *distributions.RULES,
    *access.RULES,
    *behaviors.RULES,
    *policies.RULES,
    *viewer_certificates.RULES,
)
