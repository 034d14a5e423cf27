"""Workloads from Terraform plans: `terraform show -json`, matched to a declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from constructs_lib.costs.usage import DOCUMENTS
from constructs_lib.costs.watching import counted_beside, counted_together
from constructs_lib.documents.documented_workload import DocumentedComponent, DocumentedWorkload, Member
from constructs_lib.errors import EvaluationError, ObjectiveError
from constructs_lib.objectives.tags import HOLDS, WORKLOAD, read_recovery_tags
from constructs_lib.plan import assessable
from constructs_lib.plan import read_plans as plan_of
from constructs_lib.plan.document.source import STANDARD_INPUT
from constructs_lib.plan.usage import usage_told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from constructs_lib.components import Component
    from constructs_lib.costs.watching import Watched
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.objectives import Objective
    from constructs_lib.plan import Plan

__all__ = ["Proving", "read_plans"]

Proving = Callable[["Plan", "Declaration", "list[str]"], "Mapping[str, Component]"]


def read_plans(
    paths: Sequence[Path],
    declaration: Declaration,
    notes: list[str] | None = None,
    proved: Proving | None = None,
) -> tuple[DocumentedWorkload, ...]:
    """Return the workloads that *declaration* finds in the plans: what will be there once they are applied.

    What belongs to a workload, and what is promised for it, is told as a review tells it: the declaration names an
    address, as it is in its own plan or behind its stack's name, or tags; else the tags `recovery:*` say it.

    Args:
        paths: The plans; where a workload has several states, of all of them.
        declaration: What is declared.
        notes: Gets what a reader should know of what was not found. Default: nobody reads it.
        proved: Returns the components of a plan with doubts on what does not work, by address, and gets the notes.
            Default: all is taken as it is declared.

    Raises:
        PlanError: If a plan cannot be read.
        EvaluationError: If a plan failed half way, or no resource of the plans belongs to a declared workload.
    """
    regions = None if declaration.regions is None else (declaration.regions.primary, declaration.regions.recovery)
    plan = plan_of({_stack(path, paths): path for path in paths}, regions=regions)
    if plan.errored:
        msg = "a plan failed half way, and what it holds is not what will be there; plan the whole configuration anew"
        raise EvaluationError(msg)
    doubted = {} if proved is None else proved(plan, declaration, [] if notes is None else notes)
    found: dict[str, list[DocumentedComponent]] = {}
    holding: dict[str, list[DocumentedComponent]] = {}
    matched: set[int] = set()
    for component in (doubted.get(item.name, item) for item in plan.after):
        promised = _promised(plan, component, declaration, matched)
        if component.name in plan.copies_after or not assessable(component) or promised is None:
            continue
        name, objective, by_address = promised
        holds = HOLDS in dict(component.tags) and not by_address
        usage = DOCUMENTS if holds else usage_told(plan, component)
        (holding if holds else found).setdefault(name, []).append(
            DocumentedComponent(
                name=component.name,
                component=component,
                objective=objective,
                usage=usage,
                recovery_region=_recovery_region(component, declaration),
                members=tuple(_members(plan, component)),
                features=frozenset() if usage.read_capacity is None else frozenset({"provisioned"}),
            )
        )
    if not found:
        msg = "no resource of the plan belongs to a declared workload; add components to the workloads of recovery.yaml"
        raise EvaluationError(msg)
    if notes is not None:
        notes += _notes(plan, declaration, found, matched)
    watched = _watched(plan)
    return tuple(
        DocumentedWorkload(
            name=name,
            objective=declaration.workloads[name].objective,
            components=tuple(_each_once(plan, items, declaration)),
            dependencies=declaration.dependencies,
            terms=declaration.sla,
            health_checks=declaration.workloads[name].health_checks,
            watched=watched.get(name, {}),
            holding=tuple(_each_once(plan, holding.get(name, ()), declaration)),
        )
        for name, items in sorted(found.items())
    )


def _promised(
    plan: Plan, component: Component, declaration: Declaration, matched: set[int]
) -> tuple[str, Objective, bool] | None:
    """Return the workload of a component, what is promised for it, and whether the declaration names it."""
    resource, tags = plan.resources_after.get(component.name), dict(component.tags)
    names = [component.name] if resource is None else [resource.local, component.name, resource.previous_address]
    for name in dict.fromkeys(filter(None, names)):
        match = declaration.match(name, tags, matched=matched)
        if match is not None:
            return (*match, True)
    declared = declaration.workloads.get(tags.get(WORKLOAD, ""))
    if declared is None:
        return None
    try:
        tagged = read_recovery_tags(tags, declared.objective.assumptions)
    except ObjectiveError as error:
        msg = f"{component.name}: {error}"
        raise ObjectiveError(msg) from None
    return declared.name, (tagged and tagged.objective) or declared.objective, False


def _watched(plan: Plan) -> Mapping[str, Watched]:
    """Return what is billed and belongs to no component, by workload: of each plan what its tags tell."""
    found: dict[str, list[Watched]] = {}
    resources = sorted(plan.resources_after.values(), key=lambda item: item.document)
    for _, items in groupby(resources, key=lambda item: item.document):
        for name, counts in counted_beside([(item.type, item.region, item.values) for item in items]):
            found.setdefault(name, []).append(counts)
    return {name: counted_together(counts) for name, counts in found.items()}


def _each_once(
    plan: Plan, items: Sequence[DocumentedComponent], declaration: Declaration
) -> Iterator[DocumentedComponent]:
    """Leave out what is one with another: two buckets that copy each other, or peered clusters, are paid for once."""
    primary = None if declaration.regions is None else declaration.regions.primary
    kept: dict[str, DocumentedComponent] = {}
    for item in sorted(items, key=lambda item: (item.component.region != primary, item.name)):
        if not any(_are_one(plan, item.name, name) for name in kept):
            kept[item.name] = item
    return (item for item in items if item.name in kept)


def _are_one(plan: Plan, one: str, other: str) -> bool:
    return one in plan.members_after.get(other, ()) and other in plan.members_after.get(one, ())


def _notes(plan: Plan, declaration: Declaration, found: Mapping[str, object], matched: set[int]) -> Iterator[str]:
    if not plan.complete:
        yield "a plan leaves something out, as one with -target does; what it leaves out is taken from the state"
    for name, item in declaration.workloads.items():
        # What has environments is built as these, and not by its own name.
        if name not in found and found.keys().isdisjoint(one.name for one in item.environments.values()):
            yield f"{name} is declared, and not in the plans"
    for workload, component in declaration.unmatched(matched):
        if workload.name in found:
            where = f"{declaration.file}, line {component.line}"
            yield f"{where}: nothing in the plans answers to {component.selector} of {workload.name}"


def _stack(path: Path, paths: Sequence[Path]) -> str:
    """Return the name of a plan's stack: the file's, or the whole path where several files have one name."""
    if path == STANDARD_INPUT:
        return "stdin"
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
