"""What an existing database is restored with where its Region is lost, and nobody can be asked for its settings."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from constructs_lib.objectives import Disruption
from constructs_lib.refusal import check_type, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.catalog.databases.engines import Engine

__all__ = ["restored_as"]


def restored_as(
    engine: Engine,
    given: Mapping[str, object],
    *,
    retention: int,
    multi_az: bool,
    instance_class: str | None,
    backup_window: str | None,
    maintenance_window: str | None,
) -> dict[str, object]:
    """Return what a failover gives the database, as Terraform's arguments.

    Args:
        engine: Its engine.
        given: What somebody says of it.
        retention: How many days its automated backups reach back; 0: they are off.
        multi_az: Whether an instance has a standby.
        instance_class: That of the instances that a failover makes of a cluster; an instance keeps its own.
        backup_window: When RDS backs it up.
        maintenance_window: When RDS changes it.

    Raises:
        ConfigurationError: If no recovery carries one of them over, or it is nothing that Terraform takes.
    """
    check_type(given, dict, "restored_with", 'arguments of Terraform, such as {"deletion_protection": True}')
    known = _carried_over()
    for name, value in given.items():
        if name not in known:
            refuse("restored_with", name, f"what a recovery carries over: {', '.join(sorted(known))}")
        plain = isinstance(value, str | int) or (isinstance(value, list) and all(isinstance(one, str) for one in value))
        if not plain:
            refuse(f"restored_with[{name!r}]", value, "a text, a number, a flag or a list of texts")
    start = "preferred_" if engine.is_aurora else ""
    told = {
        # Without automated backups RDS takes 0 for an instance, and nothing for a cluster.
        "backup_retention_period": retention or None,
        f"{start}backup_window": backup_window,
        f"{start}maintenance_window": maintenance_window,
        **({"instance_class": instance_class} if engine.is_aurora else {"multi_az": multi_az}),
    }
    return {**{name: value for name, value in told.items() if value is not None and name in known}, **given}


@cache
def _carried_over() -> frozenset[str]:
    """Return the arguments that a restore in another Region carries over."""
    # Procedures take 15 ms to load, and few stacks have a database that exists.
    from constructs_lib.procedures import PROCEDURES
    from constructs_lib.procedures.value import carried_in

    return frozenset(
        carried.argument
        for procedure in PROCEDURES
        if procedure.kind == "database" and Disruption.REGION in procedure.disruptions
        for step in procedure.steps
        for call in step.calls()
        for carried in carried_in(dict(call.parameters))
        if carried.argument.isidentifier()
    )
