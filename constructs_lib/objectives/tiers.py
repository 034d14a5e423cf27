"""Named objectives to start from.

The figures are this project's own, not AWS's: Resilience Hub returns its suggested policies only from
`ListSuggestedResiliencyPolicies` and publishes no table. `non-critical` equals the sample in its user guide.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from constructs_lib.errors import ObjectiveError
from constructs_lib.objectives.objective import Objective

if TYPE_CHECKING:
    from collections.abc import Mapping

TIERS: Mapping[str, Objective] = MappingProxyType(
    {
        "mission-critical": Objective(rto="15m", rpo="1m"),
        "critical": Objective(rto="1h", rpo="15m"),
        "important": Objective(rto="4h", rpo="1h"),
        "non-critical": Objective(rto="48h", rpo="24h"),
    }
)


def tier(name: str) -> Objective:
    """Return the objective of the tier *name*: `mission-critical`, `critical`, `important` or `non-critical`.

    Raises:
        ObjectiveError: If there is no such tier.
    """
    try:
        return TIERS[name]
    except (KeyError, TypeError):
        msg = f"there is no tier {name!r}; there are {', '.join(TIERS)}"
        raise ObjectiveError(msg) from None
