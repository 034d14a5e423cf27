"""Whether a component can be built around what a recovery made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalog.resources.adoption import load_adoption
from constructs_lib.errors import ConfigurationError

if TYPE_CHECKING:
    from constructs_lib.selection.decision import Decision

__all__ = ["check_adopted"]


def check_adopted(decision: Decision, adopted: str | None) -> None:
    """Check that what was decided can be built around *adopted*; None: nothing was restored.

    Raises:
        ConfigurationError: If a restored thing is never part of such a pattern.
    """
    found = load_adoption().standing_alone(
        decision.component.kind, {item.mechanism: item.parameters for item in decision.component.protections}
    )
    if found is not None and adopted is not None:
        msg = (
            f"adopted is {adopted!r}, but {decision.pattern} cannot be built around it: {found.because}; "
            f"{found.instead}"
        )
        raise ConfigurationError(msg)
