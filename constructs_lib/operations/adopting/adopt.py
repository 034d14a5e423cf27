"""Terraform in order again after an operation: what to let go of, what to import, and what the code has to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from constructs_lib.catalog.resources.adoption import load_adoption
from constructs_lib.catalog.resources.import_ids import import_id
from constructs_lib.components import Kind
from constructs_lib.errors import InputError, RefusedError
from constructs_lib.operations.adopting.imports import Import, documents_of
from constructs_lib.operations.planning import plan_again
from constructs_lib.operations.run import YOURS
from constructs_lib.procedures.value import filled_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.documents.documented_workload import DocumentedComponent, DocumentedWorkload, Member

__all__ = ["Adopting", "Made", "adoption_of"]

_RESTORE_JOB: Final = "backup:StartRestoreJob"
_UNKNOWN: Final = (
    "its construct takes over nothing that a recovery made; look at `terraform plan` before you apply anything, and "
    "import by hand"
)
_REPLICATION_ENDED: Final = (
    "apply nothing before the failback: the plan asks for the replication again, which EFS refuses while the file "
    "system in the recovery Region is written; after the failback the plan is empty"
)
_ENDED: Final = ("done", "not needed", "not reached", YOURS)
_COPIES: Final = ("aws_db_instance", "aws_db_instance_automated_backups_replication")
_MOUNT_TARGET: Final = "aws_efs_mount_target"

_HALF_WAY: Final = "it was left half-way when the operation was given up; import by hand what is kept of it"
_OF_ITS_OWNER: Final = (
    "it is not managed here: its owner takes over what was made, and where that has another name, the code gives it to "
    "existing(...)"
)


class Made(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One thing that an operation made.

    Attributes:
        component: The component it is of.
        type: Terraform's type.
        region: Where it is.
        id: What Terraform imports it by.
        name: What the code calls it.
    """

    component: str
    type: str
    region: str
    id: str
    name: str


class Adopting(msgspec.Struct, frozen=True, kw_only=True):
    """What brings Terraform in order after an operation.

    Attributes:
        operation: The operation.
        options: By component: what its construct has to be given, and is not given in these stacks.
        imports: What Terraform takes over.
        removed: What it lets go of and does not destroy: stack and address.
        notes: By component: why there is nothing to do, or what stays out of Terraform.
    """

    operation: str
    options: Mapping[str, Mapping[str, str]]
    imports: tuple[Import, ...]
    removed: tuple[tuple[str, str], ...]
    notes: Mapping[str, str]

    def documents(self) -> Mapping[str, str]:
        """Return a Terraform file in JSON for each stack, to lie beside its `cdk.tf.json`."""
        return documents_of(self.imports, self.removed)


def adoption_of(workload: DocumentedWorkload, journal: Mapping[str, Any], *, resume: str | None = None) -> Adopting:
    """Return what brings Terraform in order after the operation whose journal is *journal*.

    Args:
        workload: The workload, as the stacks tell it now.
        journal: What the journal holds.
        resume: The command that goes on with it, if it is not finished. Default: without any option.

    Raises:
        RefusedError: If the operation is not finished, or the code takes over what was made at the address of what it
            replaces.
        InputError: If it is a drill, or its journal does not say what Terraform had.
    """
    operation = journal["id"]
    if journal["command"] == "drill":
        msg = f"{operation} is a drill, whose things are removed and not taken over; `drctl drill --clean` does that"
        raise InputError(msg)
    if journal["closed"] is None:
        msg = f"operation {operation} is not finished; `{resume or f'drctl resume {operation}'}` goes on"
        raise RefusedError(msg)
    ended = _ended(workload, journal)
    if not ended:
        msg = (
            f"operation {operation} was given up, and what it made stays out of Terraform; import by hand what is kept"
        )
        raise RefusedError(msg)
    had = journal.get("addresses")
    if had is None:
        msg = f"the journal of {operation} does not say what Terraform had; import by hand what it made"
        raise InputError(msg)
    options: dict[str, dict[str, str]] = {}
    notes: dict[str, str] = {}
    imports: list[Import] = []
    removed: list[tuple[str, str]] = []
    for item in workload.components:
        if item.name not in journal["components"]:
            continue
        if item.name not in ended:
            notes[item.name] = _HALF_WAY
            continue
        if "existing" in item.features:
            notes[item.name] = _OF_ITS_OWNER + _followed_by(item)
            continue
        before = {(stack, address) for stack, address in had.get(item.name, ())}
        made = sorted(set(_made(item.name, journal["components"][item.name])))
        taken = [one for one in made if _is_taken_over(one, item, journal["command"], before)]
        missing = [one for one in taken if _member(one, item, before) is None]
        alone = load_adoption().standing_alone(
            item.component.kind, {one.mechanism: one.parameters for one in item.component.protections}
        )
        if missing and alone is not None:
            things = ", ".join(f"{one.type} {one.id} in {one.region}" for one in missing)
            notes[item.name] = f"{things} stays out of Terraform, whose plan is empty: {alone.because}; {alone.instead}"
            continue
        if missing:
            options[item.name] = {_option(one, item): one.name for one in missing if _is_main(one)}
            continue
        for one in taken:
            member = _member(one, item, before)
            assert member is not None
            if (member.stack, member.address) in before:
                msg = (
                    f"{one.type} {one.id} stands at {member.address}, the address of what it replaces, which Terraform "
                    f"would rename or replace; give {_option(one, item)}={one.name!r} to {item.name} instead of a name"
                )
                raise RefusedError(msg)
            imports.append(Import(stack=str(member.stack), to=member.address, id=one.id))
        now = {(member.stack, member.address) for member in item.members}
        if taken:
            gone = sorted(before - now)
            removed += [(stack, address) for stack, address in gone if _is_let_go(address)]
            for note in _mounted(item, taken, before):
                notes[item.name] = note
        elif _by_hand(journal["components"][item.name]):
            notes[item.name] = _UNKNOWN
        elif item.component.kind is Kind.FILESYSTEM and journal["command"] == "failover" and not made:
            notes[item.name] = _REPLICATION_ENDED
        else:
            notes[item.name] = _nothing_to_do(made)
    return Adopting(
        operation=operation, options=options, imports=tuple(sorted(imports)), removed=tuple(removed), notes=notes
    )


def _ended(workload: DocumentedWorkload, journal: Mapping[str, Any]) -> set[str]:
    """Return the components that have come to their end: all, unless the operation was given up for one of them."""
    written = journal["components"]
    if "given_up" not in journal:
        return set(written)
    steps = {item.name: item.steps for item in plan_again(workload, journal).components}
    return {
        name
        for name, component in written.items()
        if name in steps and all(component["steps"].get(step.id, {}).get("state") in _ENDED for step in steps[name])
    }


def _made(component: str, written: Mapping[str, Any]) -> Iterator[Made]:
    """Yield what a component's steps made: each change has its call and parameters in the journal."""
    catalog = load_adoption()
    for step in written["steps"].values():
        parameters = step.get("parameters", {})
        if step["state"] not in ("done", "in progress"):
            continue
        maker = catalog.made_by.get(step.get("call", ""))
        named: Mapping[str, Any] = parameters
        if step.get("call") == _RESTORE_JOB:
            maker = catalog.made_by_backup.get(parameters.get("ResourceType", ""))
            named = parameters.get("Metadata", {})
        if maker is None or (maker.named_by is not None and maker.named_by not in named):
            continue
        kept = written["kept"]
        arn = str(kept.get("restored_arn", ""))
        name = str(named[maker.named_by]) if maker.named_by is not None else arn.rpartition("/")[2]
        id_ = arn.rpartition("/")[2] if maker.id_is_made_up else name
        if maker.imported_by is not None:
            id_ = filled_text(maker.imported_by, {**kept, **parameters}.get) or name
        yield Made(component=component, type=maker.type, region=step["region"], id=id_, name=name)


def _by_hand(written: Mapping[str, Any]) -> bool:
    """Tell whether AWS Backup has restored something that no construct takes over, such as a bucket."""
    jobs = [step["parameters"] for step in written["steps"].values() if step.get("call") == _RESTORE_JOB]
    return any(job.get("ResourceType") not in load_adoption().made_by_backup for job in jobs)


def _is_taken_over(made: Made, item: DocumentedComponent, command: str, before: set[tuple[str, str]]) -> bool:
    """Tell whether the code is to have it.

    What a failover made elsewhere is there until the failback alone, unless the code declares it by now: whoever stays
    in the other Region takes another pattern.
    """
    if command == "failover":
        member = _member(made, item, before)
        return member is not None and (member.stack, member.address) not in before
    return made.region == item.component.region or command == "failback"


def _is_main(made: Made) -> bool:
    return made.type != "aws_rds_cluster_instance"


def _option(made: Made, item: DocumentedComponent) -> str:
    return "adopted" if made.region == item.component.region else "adopted_recovery"


def _member(made: Made, item: DocumentedComponent, before: set[tuple[str, str]]) -> Member | None:
    """Return the resource of the stacks that is *made*; AWS alone names a cluster of DSQL: then it is the new one."""
    for member in item.members:
        if (member.type, member.region) != (made.type, made.region):
            continue
        told = import_id(member.type, member.arguments)
        if told == made.id or (told is None and (member.stack, member.address) not in before):
            return member
    return None


def _mounted(item: DocumentedComponent, taken: list[Made], before: set[tuple[str, str]]) -> Iterator[str]:
    """Yield what to import by hand: mount targets were made by hand, so that no journal has their ids."""
    new = [one for one in item.members if one.type == _MOUNT_TARGET and (one.stack, one.address) not in before]
    addresses = ", ".join(one.address for one in new if one.region == item.component.region)
    for one in taken:
        if addresses:
            yield (
                f"import the mount targets that were made by hand at {addresses}, each by the id that `aws efs "
                f"describe-mount-targets --region {one.region} --file-system-id {one.id}` tells for its subnet"
            )


def _followed_by(item: DocumentedComponent) -> str:
    """Return what to do about what copies a database that has another name now: Terraform does not follow by itself."""
    there = [one.address for one in item.members if one.type in _COPIES and one.region == item.recovery_region]
    if not there:
        return ""
    replaced = " ".join(f"-replace={address}" for address in there)
    return (
        f"; what copies it to {item.recovery_region} follows the one before, until it is made anew: with "
        f"deletion_protection=False for once, `terraform apply {replaced}`"
    )


def _is_let_go(address: str) -> bool:
    return address.partition(".")[0] in load_adoption().let_go.types


def _nothing_to_do(made: list[Made]) -> str:
    if not made:
        return "nothing to do: it is where Terraform has it, and the plan is empty"
    things = ", ".join(f"{one.type} {one.id} in {one.region}" for one in made)
    return f"nothing to do until the failback: {things} stays out of Terraform, whose plan is empty"
