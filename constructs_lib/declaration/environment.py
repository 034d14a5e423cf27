"""What differs between dev, stage and prod of one workload, as `recovery.yaml` declares it."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import attrs

from constructs_lib.declaration.objective_field import read_objective
from constructs_lib.objectives.disruption import Disruption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.declaration.region_pair import Regions
    from constructs_lib.declaration.yaml_document import YamlField
    from constructs_lib.objectives.objective import Objective

__all__ = ["Environment", "read_environments", "read_health_checks"]

_HEALTH_CHECK: Final = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
_CLASS: Final = "instance_class"
_SIZES: Final = (_CLASS, "storage_gb", "max_storage_gb", "cpu_units", "memory_mb", "tasks", "most_tasks")


@attrs.frozen(kw_only=True)
class Environment:
    """One environment of a workload.

    Args:
        name: What it is called as a workload of its own: `<workload>-<environment>`.
        objective: What it promises: its own objective merged over the workload's, without the loss of a Region where
            there is no disaster recovery.
        regions: The primary and the recovery Region of the file; None where it declares none.
        disaster_recovery: Whether it outlives the loss of a Region.
        deletion_protection: Whether what holds data is protected from deletion.
        sizes: By component: options of its construct.
        health_checks: The ids of those of Route 53 that its uptime is read from.
        line: Where it stands in the file, from 1.
    """

    name: str
    objective: Objective
    regions: Regions | None = None
    disaster_recovery: bool = True
    deletion_protection: bool = True
    sizes: Mapping[str, Mapping[str, str | int]] = attrs.field(factory=dict, hash=False)
    health_checks: tuple[str, ...] = ()
    line: int

    def size(self, component: str) -> dict[str, Any]:
        """Return the options of *component* here, to be given to its construct; none where nothing is declared."""
        return dict(self.sizes.get(component, {}))


def read_environments(
    field: YamlField, *, workload: str, objective: Objective, regions: Regions | None
) -> Mapping[str, Environment]:
    """Read `{dev: {disaster_recovery: false, ...}, prod: {}}`, by name; *objective* is the workload's."""
    return MappingProxyType(
        {
            name: _read_environment(item, name=f"{workload}-{name}", objective=objective, regions=regions)
            for name, item in field.entries().items()
        }
    )


def _read_environment(field: YamlField, *, name: str, objective: Objective, regions: Regions | None) -> Environment:
    members = field.members("objective", "disaster_recovery", "deletion_protection", "sizes", "health_checks")
    recovers = members["disaster_recovery"].boolean() if "disaster_recovery" in members else True
    own = members.get("objective")
    promised = objective if own is None else read_objective(own, over=objective, assumptions=objective.assumptions)
    if not recovers:
        if own is not None and Disruption.REGION.value in own.entries():
            raise own.error("promises something for the loss of a Region, and disaster_recovery is false; keep one")
        if promised.uptime is None and all(found is Disruption.REGION for found, _ in promised.targets()):
            raise field.error(
                "promises nothing without disaster recovery; give an objective for software, hardware or zone"
            )
        promised = promised.with_targets(region=None)
    sizes = members["sizes"].entries() if "sizes" in members else {}
    return Environment(
        name=name,
        objective=promised,
        regions=regions,
        disaster_recovery=recovers,
        deletion_protection=(members["deletion_protection"].boolean() if "deletion_protection" in members else True),
        sizes=MappingProxyType({component: _read_sizes(item) for component, item in sizes.items()}),
        health_checks=read_health_checks(members.get("health_checks")),
        line=field.line,
    )


def _read_sizes(field: YamlField) -> Mapping[str, str | int]:
    members = field.members(*_SIZES)
    return MappingProxyType(
        {name: item.text() if name == _CLASS else item.whole_number() for name, item in members.items()}
    )


def read_health_checks(field: YamlField | None) -> tuple[str, ...]:
    """Read `[ID, ...]`, the ids of health checks of Route 53; none where the key is not there."""
    checks = () if field is None else tuple((item, item.verbatim()) for item in field.items())
    for item, check in checks:
        if not _HEALTH_CHECK.fullmatch(check):
            problem = f"is {check!r}, which is no id of a Route 53 health check; write one as the console shows it"
            raise item.error(problem)
    return tuple(check for _, check in checks)
