"""From what is declared and what is built to what documents are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from constructs_lib.declaration.declaration import load_declaration
from constructs_lib.documents.documented_workload import DocumentedWorkload
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.documents.read.plans import Proving

__all__ = ["Gathered", "gather"]


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """What documents can be made of.

    Attributes:
        workloads: In the order of their names.
        notes: What a reader should know of what was not found, one line each.
    """

    workloads: tuple[DocumentedWorkload, ...]
    notes: tuple[str, ...] = ()


def gather(
    objectives: Path | None,
    *,
    stacks: Path | None = None,
    plans: Sequence[Path] = (),
    workload: str | None = None,
    proved: Proving | None = None,
) -> Gathered:
    """Return the workloads that documents are to be made of.

    Args:
        objectives: The `recovery.yaml`. None: what the synthesized stacks say was promised.
        stacks: The output directory of `cdktf synth`. None: not synthesized, or not with this library.
        plans: Outputs of `terraform show -json`.
        workload: Only the workload of this name. Default: all.
        proved: Tells of a plan what of it does not work. Default: all of it is taken as it is declared.

    Raises:
        InputError: If stacks and plans are both given, something cannot be read, or nothing is found; one line.
    """
    if stacks is not None and plans:
        msg = "stacks and plans are both given, and each tells the same components; give one of them"
        raise InputError(msg)
    declaration = None if objectives is None else load_declaration(objectives)
    notes: list[str] = []
    if stacks is not None:
        found = read_stacks(stacks, declaration)
        if declaration is not None:
            built = {item.name for item in found}
            notes += [
                f"{name} is declared, and not in {stacks}"
                for name, item in declaration.workloads.items()
                # What has environments is built as these, and not by its own name.
                if name not in built and built.isdisjoint(one.name for one in item.environments.values())
            ]
            notes += [
                f"{item.name} is in {stacks}, and not declared; what its code promises is taken"
                for item in found
                if item.name not in declaration.workloads
            ]
    elif plans:
        from constructs_lib.documents.read.plans import read_plans

        if declaration is None:
            msg = "a plan says nothing of what is promised; name a recovery.yaml with --objectives"
            raise InputError(msg)
        found = read_plans(plans, declaration, notes, proved)
    else:
        found = _declared(declaration, workload)
    if workload is not None and found:
        known = ", ".join(item.name for item in found)
        found = tuple(item for item in found if item.name == workload)
        if not found:
            msg = f"no workload {workload!r} is found; there is {known}"
            raise InputError(msg)
    if not found:
        msg = f"no workload {workload!r} is found" if workload else "no workload is found"
        raise InputError(f"{msg}; declare one in recovery.yaml, or name the stacks or the plan that hold one")
    return Gathered(workloads=found, notes=tuple(notes))


def _declared(declaration: Declaration | None, named: str | None) -> tuple[DocumentedWorkload, ...]:
    if declaration is None:
        return ()
    return tuple(
        DocumentedWorkload(
            name=name,
            objective=item.objective,
            components=(),
            dependencies=declaration.dependencies,
            terms=declaration.sla,
            health_checks=item.health_checks,
        )
        for name, item in sorted(declaration.workloads.items())
        if item.is_built or name == named
    )
