"""The parts of a workload that is still to be built, for `drctl choose` to choose how."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import attrs
import msgspec

from constructs_lib.declaration.kinds import KINDS
from constructs_lib.declaration.objective_field import read_objective, read_target
from constructs_lib.declaration.waiver import read_date

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from constructs_lib.declaration.yaml_document import YamlField
    from constructs_lib.objectives.objective import Objective
    from constructs_lib.objectives.target import Target

__all__ = ["Elsewhere", "Part", "read_parts"]

_AMOUNTS: Final = ("size_gb", "change_gb", "writes_millions", "reads_millions", "transfer_gb")
_TEXTS: Final = ("engine", "instance_class", "pattern", "third_region")


class Elsewhere(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody else builds.

    *target* is what its owner declares for the loss of hardware, a zone and the Region, *software* for damage, None
    where nothing is; *evidence* is what shows it, until *expires*.
    """

    target: Target
    software: Target | None
    owner: str
    evidence: str
    expires: date


@attrs.frozen(kw_only=True)
class Part:
    """One part.

    Args:
        kind: What it is; None where it is built elsewhere.
        objective: What it has to keep: its own objective merged over the workload's.
        amounts: What its bill depends on, by the names of `Usage`.
        options: Its engine, instance class, pattern and third Region, where they are given.
        features: What it has that rules some patterns out.
        elsewhere: What is declared for it where somebody else builds it; None otherwise.
    """

    kind: str | None
    objective: Objective
    amounts: Mapping[str, Decimal] = attrs.field(factory=dict, hash=False)
    options: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    features: tuple[str, ...] = ()
    elsewhere: Elsewhere | None = None


def read_parts(field: YamlField, *, workload: Objective) -> Mapping[str, Part]:
    """Read `{ledger: {kind: database, engine: dsql}, search: {external: {...}}}`, by name."""
    return MappingProxyType({name: _read_part(item, workload) for name, item in field.entries().items()})


def _read_part(field: YamlField, workload: Objective) -> Part:
    members = field.members("kind", "external", "objective", "features", *_AMOUNTS, *_TEXTS)
    own = members.get("objective")
    objective = workload if own is None else read_objective(own, over=workload, assumptions=workload.assumptions)
    if "external" in members:
        others = [name for name in members if name not in ("external", "objective")]
        if others:
            raise members[others[0]].error("is given for what is built elsewhere; keep external and objective alone")
        return Part(kind=None, objective=objective, elsewhere=_read_elsewhere(members["external"]))
    if "kind" not in members:
        raise field.error("has no kind; give one, or external where somebody else builds it")
    kind = members["kind"].text()
    if kind not in KINDS:
        raise members["kind"].error(f"is {kind!r}; there are {', '.join(KINDS)}")
    return Part(
        kind=kind,
        objective=objective,
        amounts=MappingProxyType({name: members[name].number() for name in _AMOUNTS if name in members}),
        options=MappingProxyType({name: members[name].text() for name in _TEXTS if name in members}),
        features=tuple(item.text() for item in members["features"].items()) if "features" in members else (),
    )


def _read_elsewhere(field: YamlField) -> Elsewhere:
    keys = ("rto", "rpo", "owner", "evidence", "expires")
    members = field.members(*keys, "software", required=keys)
    software = members.get("software")
    return Elsewhere(
        target=read_target(field, members),
        software=None if software is None else read_target(software, software.members("rto", "rpo", required=keys[:2])),
        owner=members["owner"].text(),
        evidence=members["evidence"].text(),
        expires=members["expires"].parsed(read_date, wanted="a date"),
    )
