"""An objective as `recovery.yaml` declares it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_lib.availability import parse_availability
from constructs_lib.errors import ObjectiveError
from constructs_lib.objectives.assumptions import Assumptions
from constructs_lib.objectives.disruption import INFRASTRUCTURE, Disruption
from constructs_lib.objectives.duration import parse_duration
from constructs_lib.objectives.objective import Objective
from constructs_lib.objectives.target import Target
from constructs_lib.objectives.tiers import tier

if TYPE_CHECKING:
    from constructs_lib.declaration.yaml_document import YamlField

__all__ = ["read_assumptions", "read_objective", "read_target"]

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
_TARGET = ("rto", "rpo")
_TIMES = ("detection_time", "decision_time")
_KEYS = ("tier", *_TARGET, "uptime", *(disruption.value for disruption in Disruption), "assumptions")


def read_objective(field: YamlField, *, over: Objective | None, assumptions: Assumptions) -> Objective:
    """Read an objective.

    `tier`, or `rto` with `rpo`, sets region, zone and hardware; a named disruption wins over it. What is not given is
    taken from *over*, disruption by disruption; where *over* is None, it stays undeclared. *assumptions* are those the
    objective's own are merged over.
    """
    members = field.members(*_KEYS)
    if not members:
        raise field.error("is empty; declare something, for example {rto: 1h, rpo: 15m}")
    targets = {disruption: over.target(disruption) if over else None for disruption in Disruption}
    targets |= dict.fromkeys(INFRASTRUCTURE, shorthand) if (shorthand := _read_shorthand(field, members)) else {}
    for disruption in Disruption:
        if disruption.value in members:
            target = members[disruption.value]
            targets[disruption] = read_target(target, target.members(*_TARGET, required=_TARGET))
    uptime = over.uptime if over else None
    if "uptime" in members:
        uptime = members["uptime"].parsed(parse_availability, wanted="an availability")
    if "assumptions" in members:
        assumptions = read_assumptions(members["assumptions"], over=assumptions)
    try:
        return Objective(
            software=targets[Disruption.SOFTWARE],
            hardware=targets[Disruption.HARDWARE],
            zone=targets[Disruption.ZONE],
            region=targets[Disruption.REGION],
            uptime=uptime,
            assumptions=assumptions,
        )
    except ObjectiveError:
        raise field.error("promises nothing; give rto and rpo, a disruption, a tier or uptime") from None


def read_assumptions(field: YamlField, *, over: Assumptions) -> Assumptions:
    """Read `{detection_time: 2m, decision_time: 15m, wider_recovery: true}`; the rest is taken from *over*."""
    members = field.members(*_TIMES, "wider_recovery", "unnoticed_time", "detected_by")
    seconds = {
        name: _read_duration(members[name], name=name) if name in members else getattr(over, name) for name in _TIMES
    }
    late = over.unnoticed_time
    if "unnoticed_time" in members:
        late = _read_duration(members["unnoticed_time"], name="unnoticed_time")
    return Assumptions(
        unnoticed_time=None if late is None else f"{late}s",
        detection_time=f"{seconds['detection_time']}s",
        decision_time=f"{seconds['decision_time']}s",
        detected_by=members["detected_by"].text() if "detected_by" in members else over.detected_by,
        wider_recovery=members["wider_recovery"].boolean() if "wider_recovery" in members else over.wider_recovery,
    )


def _read_shorthand(field: YamlField, members: dict[str, YamlField]) -> Target | None:
    given = [name for name in _TARGET if name in members]
    if "tier" in members:
        if given:
            raise members[given[0]].error("is given beside a tier, which sets it too; keep one of the two")
        return members["tier"].parsed(tier, wanted="a tier").tightest
    if len(given) == 1:
        missing = "rpo" if given == ["rto"] else "rto"
        raise members[given[0]].error(
            f"is given without {missing}; an objective needs both, how long down and how much lost"
        )
    return read_target(field, members) if given else None


def read_target(field: YamlField, members: dict[str, YamlField]) -> Target:
    """Read the target that `rto` and `rpo` among *members* of *field* say."""
    rto, rpo = (_read_duration(members[name], name=name.upper()) for name in _TARGET)
    return Target.of_seconds(rto, rpo)


def _read_duration(field: YamlField, *, name: str) -> int:
    return field.parsed(
        lambda text: parse_duration(_number(text) if _NUMBER.fullmatch(text) else text, name=name), wanted="a duration"
    )


def _number(text: str) -> int | float:
    """Return the number: without a unit it is refused as such, rather than as no duration at all; zero needs none."""
    return float(text) if "." in text else int(text)
