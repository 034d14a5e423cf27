"""All that the review can find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalog.findings import load_findings

if TYPE_CHECKING:
    from constructs_lib.catalog.findings import Rule


def rules() -> tuple[Rule, ...]:
    """Return every rule, in the order of their ids."""
    return tuple(load_findings().values())
