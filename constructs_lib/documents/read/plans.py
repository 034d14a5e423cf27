"""Workloads from Terraform plans: `terraform show -json`, matched to a declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.documents.documented_workload import DocumentedComponent, DocumentedWorkload, Member
from constructs_lib.errors import EvaluationError
from constructs_lib.plan import assessable
from constructs_lib.plan import read_plans as plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from constructs_lib.components import Component
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.plan import Plan

__all__ = ["read_plans"]


def read_plans(paths: Sequence[Path], declaration: Declaration) -> tuple[DocumentedWorkload, ...]:
    """Return the workloads that *declaration* finds in the plans: what will be there once they are applied.

    Raises:
        PlanError: If a plan cannot be read.
        EvaluationError: If no resource of the plans belongs to a declared workload.
    """
    found: dict[str, list[DocumentedComponent]] = {}
    regions = None if declaration.regions is None else (declaration.regions.primary, declaration.regions.recovery)
    plan = plan_of({_stack(path, paths): path for path in paths}, regions=regions)
    for component in plan.after:
        if component.name in plan.copies_after or not assessable(component):
            continue
        match = declaration.match(component.name, dict(component.tags))
        name = match[0] if match is not None else dict(component.tags).get("recovery:workload")
        declared = declaration.workloads.get(name) if name is not None else None
        if declared is None:
            continue
        found.setdefault(declared.name, []).append(
            DocumentedComponent(
                name=component.name,
                component=component,
                objective=match[1] if match is not None else declared.objective,
                recovery_region=_recovery_region(component, declaration),
                members=tuple(_members(plan, component)),
            )
        )
    if not found:
        msg = "no resource of the plan belongs to a declared workload; add components to the workloads of recovery.yaml"
        raise EvaluationError(msg)
    return tuple(
        DocumentedWorkload(
            name=name,
            objective=declaration.workloads[name].objective,
            components=tuple(items),
            dependencies=declaration.dependencies,
            terms=declaration.sla,
            health_checks=declaration.workloads[name].health_checks,
        )
        for name, items in sorted(found.items())
    )


def _stack(path: Path, paths: Sequence[Path]) -> str:
    """Return the name of a plan's stack: the file's, or the whole path where several files have one name."""
    return path.stem if sum(other.stem == path.stem for other in paths) == 1 else str(path)


def _recovery_region(component: Component, declaration: Declaration) -> str | None:
    copied = next((item.region for item in component.protections if item.region not in (None, component.region)), None)
    if copied is not None or declaration.regions is None:
        return copied
    return declaration.regions.recovery if declaration.regions.recovery != component.region else None


def _members(plan: Plan, component: Component) -> Iterator[Member]:
    copies = [name for name, copied in plan.copies_after.items() if copied == component.name]
    addresses = (address for name in (component.name, *copies) for address in plan.members_after.get(name, (name,)))
    for address in dict.fromkeys(addresses):
        resource = plan.resources_after.get(address)
        if resource is not None:
            known = {
                name: value
                for name, value in resource.values.items()
                if value is not None and not resource.is_sensitive(name) and not resource.is_unknown(name)
            }
            yield Member(type=resource.type, address=address, region=resource.region, arguments=known)
