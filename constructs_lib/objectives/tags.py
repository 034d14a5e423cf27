"""The tags `recovery:*`, by which a plan, a state or an account says what it promises: written, and read back."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.errors import InputError, ObjectiveError
from constructs_lib.objectives.assumptions import Assumptions
from constructs_lib.objectives.disruption import INFRASTRUCTURE, Disruption
from constructs_lib.objectives.duration import format_duration
from constructs_lib.objectives.objective import Objective
from constructs_lib.objectives.target import Target

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "COMPONENT",
    "HOLDS",
    "RPO",
    "RTO",
    "SIZE",
    "WORKLOAD",
    "TaggedObjective",
    "read_recovery_tags",
    "read_size",
    "recovery_tags",
]

WORKLOAD: Final = "recovery:workload"
COMPONENT: Final = "recovery:component"
RTO: Final = "recovery:rto"
RPO: Final = "recovery:rpo"
SIZE: Final = "recovery:size-gb"
"""The tag of the size in GB that was declared, where a plan would tell another one."""
HOLDS: Final = "recovery:holds"
"""The tag of what is no component of the workload, but serves it: the documents about it."""
_OURS: Final = (WORKLOAD, COMPONENT, RTO, RPO)
_GB: Final = re.compile(r"[0-9]{1,10}(\.[0-9]{1,12})?", re.ASCII)


class TaggedObjective(msgspec.Struct, frozen=True, kw_only=True):
    """What the tags of one resource say.

    Attributes:
        workload: Its workload; empty where the tags do not name one.
        component: What the workload calls it; None where the tags do not say.
        objective: Its objective; None where the tags declare none.
    """

    workload: str
    component: str | None
    objective: Objective | None


def recovery_tags(
    workload: str,
    component: str,
    objective: Objective,
    extra: Mapping[str, str] | None = None,
    *,
    size_gb: Decimal | None = None,
) -> dict[str, str]:
    """Return `recovery:workload`, `recovery:component`, `recovery:rto` and `recovery:rpo`, and *extra* beside them.

    A target that is the same for region, zone and hardware is written as one duration (`1h`); otherwise each disruption
    is named (`region=4h zone=5m`). *size_gb* is written as `recovery:size-gb`. The extra tags cannot replace these.
    """
    written = {
        SIZE: "" if size_gb is None else f"{size_gb:f}",
        RTO: _written(objective, "rto"),
        RPO: _written(objective, "rpo"),
    }
    return {
        **{name: value for name, value in (extra or {}).items() if name != SIZE},
        WORKLOAD: workload,
        COMPONENT: component,
        **{name: value for name, value in written.items() if value},
    }


def read_size(tags: Mapping[str, str]) -> Decimal | None:
    """Return the size in GB that *tags* declare; None where they declare none that is above 0."""
    text = tags.get(SIZE)
    return Decimal(text) if text is not None and _GB.fullmatch(text) and Decimal(text) else None


def read_recovery_tags(tags: Mapping[str, str], assumptions: Assumptions | None = None) -> TaggedObjective | None:
    """Return what *tags* declare, or None where none of them is ours.

    `recovery:rto` and `recovery:rpo` hold one duration for region, zone and hardware (`1h`), or name disruptions
    (`region=4h zone=5m`); both name the same ones.

    Args:
        tags: All tags of the resource.
        assumptions: The assumptions of the objective, which tags do not hold. Default: 2 min to detect, 15 min to
            decide.

    Raises:
        ObjectiveError: If a duration cannot be read, or the two tags name different disruptions. The message names the
            tag and not what is in it, which is anybody's text.
    """
    if tags.keys().isdisjoint(_OURS):
        return None
    workload, component = tags.get(WORKLOAD, ""), tags.get(COMPONENT)
    if RTO not in tags and RPO not in tags:
        return TaggedObjective(workload=workload, component=component, objective=None)
    rto, rpo = _read(tags, RTO), _read(tags, RPO)
    if rto.keys() != rpo.keys():
        msg = f"the tags {RTO} and {RPO} name different disruptions; name the same ones in both"
        raise ObjectiveError(msg)
    try:
        targets = {disruption: Target(rto[disruption], rpo[disruption]) for disruption in rto}
        objective = Objective(
            software=targets.get(Disruption.SOFTWARE),
            hardware=targets.get(Disruption.HARDWARE),
            zone=targets.get(Disruption.ZONE),
            region=targets.get(Disruption.REGION),
            assumptions=assumptions or Assumptions(),
        )
    except InputError:
        msg = f"the tags {RTO} and {RPO} hold no objective; write durations such as 1h, or region=4h zone=5m"
        raise ObjectiveError(msg) from None
    return TaggedObjective(workload=workload, component=component, objective=objective)


def _read(tags: Mapping[str, str], name: str) -> dict[Disruption, str]:
    text = tags.get(name, "").strip()
    if not text:
        msg = f"the tag {name} is missing or empty, and its counterpart is there; write both"
        raise ObjectiveError(msg)
    if "=" not in text:
        return dict.fromkeys(INFRASTRUCTURE, text)
    found: dict[Disruption, str] = {}
    for part in text.split():
        key, _, value = part.partition("=")
        try:
            disruption = Disruption(key)
        except ValueError:
            names = ", ".join(Disruption)
            msg = f"the tag {name} names something other than a disruption; the disruptions are {names}"
            raise ObjectiveError(msg) from None
        if disruption in found:
            msg = f"the tag {name} names {disruption} twice; name it once"
            raise ObjectiveError(msg)
        found[disruption] = value
    return found


def _written(objective: Objective, name: str) -> str:
    values = {disruption: format_duration(getattr(target, name)) for disruption, target in objective.targets()}
    infrastructure = {values.get(disruption) for disruption in INFRASTRUCTURE}
    if Disruption.SOFTWARE not in values and len(infrastructure) == 1:
        return infrastructure.pop() or ""
    return " ".join(f"{disruption}={value}" for disruption, value in reversed(values.items()))
