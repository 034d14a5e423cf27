"""All procedures, found by what a component is and what protects it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from constructs_lib.catalog.kinds.mechanism import matches_engine, parameter
from constructs_lib.procedures import bucket, distribution
from constructs_lib.procedures.database import dsql, global_database, rds_cluster, rds_instance, read_replica
from constructs_lib.procedures.filesystem import backup as filesystem_backup
from constructs_lib.procedures.filesystem import replication as filesystem_replication
from constructs_lib.procedures.service import definitions, standing_by
from constructs_lib.procedures.table import backup, point_in_time, replica

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from constructs_lib.catalog.kinds.mechanism import Mechanism
    from constructs_lib.objectives import Disruption
    from constructs_lib.procedures.carry_over import CarryOver
    from constructs_lib.procedures.step import Procedure

__all__ = ["CARRY_OVERS", "PROCEDURES", "find_procedure"]

_KINDS = (
    bucket,
    point_in_time,
    backup,
    replica,
    rds_instance,
    read_replica,
    rds_cluster,
    global_database,
    dsql,
    distribution,
    filesystem_replication,
    filesystem_backup,
    standing_by,
    definitions,
)
PROCEDURES: Final[tuple[Procedure, ...]] = tuple(item for kind in _KINDS for item in kind.PROCEDURES)
CARRY_OVERS: Final[tuple[CarryOver, ...]] = tuple(item for kind in _KINDS for item in kind.CARRY_OVERS)


def find_procedure(
    mechanism: Mechanism,
    disruption: Disruption,
    *,
    kind: str,
    parameters: Mapping[str, object],
    engine: str | None,
    mechanisms: Collection[str],
) -> Procedure | None:
    """Return how *mechanism* recovers a component, with the steps that component needs; None where it does not.

    Args:
        mechanism: What recovers it.
        disruption: What happened.
        kind: The kind of component.
        parameters: Those of the protection.
        engine: The engine of a database.
        mechanisms: The names of everything that protects the component.
    """
    for procedure in PROCEDURES:
        if (procedure.kind, procedure.mechanism) != (kind, mechanism.name) or disruption not in procedure.disruptions:
            continue
        if procedure.engines and not (engine and any(matches_engine(engine, item) for item in procedure.engines)):
            continue
        if not _has(procedure.form, mechanisms):
            continue
        if any(parameter(name, parameters, mechanism) != value for name, value in procedure.when.items()):
            continue
        return attrs.evolve(
            procedure,
            steps=tuple(step for step in procedure.steps if _has(step.form, mechanisms)),
            back=tuple(step for step in procedure.back if _has(step.form, mechanisms)),
        )
    return None


def _has(form: str | None, mechanisms: Collection[str]) -> bool:
    if form is None:
        return True
    return form[1:] not in mechanisms if form.startswith("!") else form in mechanisms
