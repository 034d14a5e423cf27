"""A workload as `recovery.yaml` declares it: its objective, and which resources belong to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import msgspec

from constructs_lib.declaration.environment import read_environments, read_health_checks
from constructs_lib.declaration.objective_field import read_objective
from constructs_lib.declaration.owners import read_owners
from constructs_lib.declaration.part import read_parts
from constructs_lib.declaration.selector import read_selector

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.declaration.environment import Environment
    from constructs_lib.declaration.owners import Owners
    from constructs_lib.declaration.part import Part
    from constructs_lib.declaration.region_pair import Regions
    from constructs_lib.declaration.selector import Selector
    from constructs_lib.declaration.yaml_document import YamlField
    from constructs_lib.objectives.assumptions import Assumptions
    from constructs_lib.objectives.objective import Objective

__all__ = ["ComponentMatch", "WorkloadDeclaration", "read_workload"]


class ComponentMatch(msgspec.Struct, frozen=True, kw_only=True):
    """Resources that belong to a workload.

    Args:
        selector: Which: an `AddressGlob` or a `TagSelector`.
        objective: Their own objective, with what it does not name taken from the workload's. None (the default): the
            workload's.
        line: Where it stands in the file, from 1.
    """

    selector: Selector
    objective: Objective | None = None
    line: int


@attrs.frozen(kw_only=True)
class WorkloadDeclaration:
    """A workload: its name, its objective, and the resources that belong to it, the first listed before the next.

    `owners` are who answers for it, None where that is not said; `health_checks` the ids of those of Route 53 that its
    uptime is read from, where it is up while one of them is healthy; `environments` are dev, stage, prod and so on by
    name; `parts` are what is to be built, by name, for `drctl choose`; `line` is where its content begins, from 1.
    """

    name: str
    objective: Objective
    components: tuple[ComponentMatch, ...] = ()
    owners: Owners | None = None
    health_checks: tuple[str, ...] = ()
    environments: Mapping[str, Environment] = attrs.field(factory=dict, hash=False)
    parts: Mapping[str, Part] = attrs.field(factory=dict, hash=False)
    line: int

    @property
    def is_built(self) -> bool:
        """Whether it is there by its own name: what has environments is built as these, unless it names resources."""
        return not self.environments or bool(self.components)


def read_workload(
    field: YamlField, *, name: str, assumptions: Assumptions, regions: Regions | None
) -> Iterator[WorkloadDeclaration]:
    """Yield the workload *name*, and one for each environment it has; *assumptions* and *regions* are the file's."""
    members = field.members(
        "objective", "components", "parts", "owners", "health_checks", "environments", required=("objective",)
    )
    objective = read_objective(members["objective"], over=None, assumptions=assumptions)
    components = members["components"].items() if "components" in members else ()
    owners = read_owners(members["owners"]) if "owners" in members else None
    environments = (
        read_environments(members["environments"], workload=name, objective=objective, regions=regions)
        if "environments" in members
        else {}
    )
    yield WorkloadDeclaration(
        name=name,
        objective=objective,
        components=tuple(_read_component(item, workload=objective) for item in components),
        owners=owners,
        health_checks=read_health_checks(members.get("health_checks")),
        environments=environments,
        parts=read_parts(members["parts"], workload=objective) if "parts" in members else {},
        line=field.line,
    )
    for item in environments.values():
        yield WorkloadDeclaration(
            name=item.name,
            objective=item.objective,
            owners=owners,
            health_checks=item.health_checks,
            line=item.line,
        )


def _read_component(field: YamlField, *, workload: Objective) -> ComponentMatch:
    members = field.members("match", "objective", required=("match",))
    own = members.get("objective")
    return ComponentMatch(
        selector=read_selector(members["match"]),
        objective=None if own is None else read_objective(own, over=workload, assumptions=workload.assumptions),
        line=field.line,
    )
