"""What a plan tells of what a bill depends on: sizes, instance classes, capacity that is bought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.databases.engines import serverless
from constructs_lib.components import Kind
from constructs_lib.costs.usage import Usage
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives.tags import read_size
from constructs_lib.plan.document.resource import as_number, blocks_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.components import Component
    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.plan import Plan

__all__ = ["usage_told"]

_CLASSES: Final = ("instance_class", "db_cluster_instance_class")
_REPLICATION: Final = "aws_s3_bucket_replication_configuration"
_PROVISIONED: Final = "PROVISIONED"
_CAPACITY: Final = ("read_capacity", "write_capacity")


def usage_told(plan: Plan, component: Component) -> Usage:
    """Return what *plan* tells of how much a component of it is used, after it; the rest is assumed."""
    main = plan.resources_after.get(component.name)
    if main is None:
        return Usage()
    told: dict[str, Any] = {}
    declared = read_size(main.tags)
    if declared is not None:
        told["size_gb"] = declared
    if component.kind is Kind.DATABASE:
        members = (plan.resources_after.get(name) for name in plan.members_after.get(component.name, ()))
        here = [item for item in members if item is not None and item.region in (None, component.region)]
        named = (item.text(name) for item in (main, *here) for name in _CLASSES)
        told.setdefault("size_gb", component.size_gb)
        if declared is not None and main.number("allocated_storage"):
            # All of it is billed, whatever is in it.
            told["storage_gb"] = main.number("allocated_storage")
        # Of one that scales by itself no plan tells how much it is used.
        told["instance_class"] = next((name for name in named if name not in (None, serverless().instance_class)), None)
    elif component.kind is Kind.BUCKET:
        members = (plan.resources_after.get(name) for name in plan.members_after.get(component.name, ()))
        told["copy_storage_class"] = _copy_class(item for item in members if item is not None)
    elif component.kind is Kind.TABLE:
        told |= _table(main, component)
    try:
        return Usage(**told)
    except ConfigurationError:
        return Usage()


def _copy_class(members: Iterable[Resource]) -> str | None:
    """Return the one class that all rules of replication write to; None where that is the object's own."""
    rules = (rule for item in members if item.type == _REPLICATION for rule in item.blocks("rule"))
    found = {place.get("storage_class") for rule in rules for place in blocks_in(rule, "destination")}
    only = next(iter(found)) if len(found) == 1 else None
    return only if isinstance(only, str) else None


def _table(main: Resource, component: Component) -> dict[str, Any]:
    indexes = [*main.blocks("global_secondary_index"), *main.blocks("local_secondary_index")]
    full = sum(index.get("projection_type") == "ALL" for index in indexes)
    told: dict[str, Any] = {"indexes": len(indexes) or None, "full_indexes": full or None}
    if main.text("billing_mode") in (None, _PROVISIONED):
        # A global table's capacity is that of each replica, which no pattern of ours has.
        parts = [main.values, *main.blocks("global_secondary_index")]
        bought = {name: sum(as_number(part.get(name)) or 0 for part in parts) for name in _CAPACITY}
        if all(bought.values()) and not any(
            item.region not in (None, component.region) for item in component.protections
        ):
            told |= bought
    return told
