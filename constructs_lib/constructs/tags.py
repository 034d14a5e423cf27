"""The tags by which plan, state and account can be read back without our code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.objectives import Disruption, format_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.objectives import Objective


def recovery_tags(
    workload: str, component: str, objective: Objective, extra: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return `recovery:workload`, `recovery:component`, `recovery:rto` and `recovery:rpo`, and *extra* beside them.

    A target that is the same for region, zone and hardware is written as one duration (`1h`); otherwise each disruption
    is named (`region=4h zone=5m`). The extra tags cannot replace these.
    """
    return {
        **(extra or {}),
        "recovery:workload": workload,
        "recovery:component": component,
        **{f"recovery:{name}": value for name in ("rto", "rpo") if (value := _written(objective, name))},
    }


def _written(objective: Objective, name: str) -> str:
    values = {disruption: format_duration(getattr(target, name)) for disruption, target in objective.targets()}
    infrastructure = [values.get(disruption) for disruption in Disruption if disruption is not Disruption.SOFTWARE]
    if Disruption.SOFTWARE not in values and len(set(infrastructure)) == 1:
        return infrastructure[0] or ""
    return " ".join(f"{disruption}={value}" for disruption, value in reversed(values.items()))
