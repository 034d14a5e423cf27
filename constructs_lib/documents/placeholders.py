"""What a component's resources are called, by the placeholders of `procedures.toml`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.resource_types import types_that

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.documents.documented_workload import DocumentedComponent, DocumentedWorkload, Member

__all__ = ["names_of"]

_PLACEHOLDERS: Final = types_that("placeholder")
"""Types whose names documents give; the same with `recovery_` in front is looked for in the recovery Region."""


def names_of(workload: DocumentedWorkload, item: DocumentedComponent) -> dict[str, str]:
    """Return every name that is known; what is not known is left out, and becomes a variable of the runbook."""
    region, recovery = item.component.region, item.recovery_region
    here = [member for member in item.members if member.region == region]
    there = [member for member in item.members if recovery is not None and member.region == recovery]
    names = {
        "workload": workload.name,
        "component": item.name,
        "region": region,
        "recovery_region": recovery,
        "engine": item.component.engine,
        "record": workload.records[0][0] if workload.records else None,
        "recovery_endpoint": workload.records[0][2] if workload.records else None,
        "instance_class": _first(here, ("aws_rds_cluster_instance", "aws_db_instance"), "instance_class"),
        "global_cluster": _first(item.members, ("aws_rds_global_cluster",), "global_cluster_identifier"),
        "domain": _alias(item.members),
        "global_stack": _stack(item.members, "aws_cloudfront_distribution"),
        "restore_role": _restore_role(item.members),
        "security_groups": _groups(here),
        "recovery_security_groups": _groups(there) or _groups_like(workload, here, region, recovery),
    }
    for type_, known in _PLACEHOLDERS.items():
        names[f"{known.placeholder}"] = _first(here, (type_,), known.named_by[0])
        names[f"recovery_{known.placeholder}"] = _first(there, (type_,), known.named_by[0])
    return {name: value for name, value in names.items() if value}


def _first(members: Iterable[Member], types: tuple[str, ...], argument: str) -> str | None:
    for member in members:
        value = member.arguments.get(argument)
        if member.type in types and isinstance(value, str):
            return value
    return None


def _stack(members: Iterable[Member], type_: str) -> str | None:
    return next((member.stack for member in members if member.type == type_), None)


def _alias(members: Iterable[Member]) -> str | None:
    for member in members:
        aliases = member.arguments.get("aliases")
        if member.type == "aws_cloudfront_distribution" and isinstance(aliases, list) and aliases:
            return str(aliases[0])
    return None


def _restore_role(members: Iterable[Member]) -> str | None:
    for member in members:
        name = member.arguments.get("name")
        if member.type == "aws_iam_role" and "restore" in member.address.lower() and isinstance(name, str):
            return f"arn:aws:iam::$ACCOUNT:role/{name}"
    return None


def _groups(members: Iterable[Member]) -> str | None:
    for member in members:
        groups = member.arguments.get("vpc_security_group_ids")
        if isinstance(groups, list) and groups:
            return " ".join(str(group) for group in groups)
    return None


def _groups_like(
    workload: DocumentedWorkload, here: Iterable[Member], region: str | None, recovery: str | None
) -> str | None:
    """Return the groups of the same names in the recovery Region, where the stacks declare them."""
    groups = _groups(here)
    if groups is None or region is None or recovery is None:
        return None
    wanted = re.findall(r"Values=(\S+)", groups)
    if not wanted or any((recovery, name) not in workload.groups for name in wanted):
        return None
    return groups.replace(f"--region {region} ", f"--region {recovery} ")
