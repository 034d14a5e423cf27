"""Reads synthesized stacks as a plan: no credentials, no state, nothing applied before."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import attrs
from msgspec.structs import replace

from constructs_lib.catalog.resources.resource_types import load_resource_types
from constructs_lib.costs.watching import counted_together
from constructs_lib.errors import PlanError
from constructs_lib.plan.document.change import Change
from constructs_lib.plan.document.stack import Stack, read_stack
from constructs_lib.plan.document.stack_as_plan import document_of
from constructs_lib.plan.joined import joined
from constructs_lib.plan.reader import Reader
from constructs_lib.plan.without_collection import without_collection
from constructs_lib.selection.decision import Decision

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from constructs_lib.components import Component
    from constructs_lib.costs.watching import Watched
    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.document.stack import KeptState
    from constructs_lib.plan.plan import Plan

__all__ = [
    "read_decisions",
    "read_kept_states",
    "read_stacks",
    "read_watched",
    "stack_files",
    "stack_of_address",
    "tags_of_existing",
]

_FILE = "cdk.tf.json"


def read_stacks(directory: Path, before: Path | None = None) -> Plan:
    """Read what `cdktf synth` wrote as the plan that brings it about.

    What AWS chooses, such as ids, is made up, the same wherever it is referred to. What an argument's change makes the
    provider replace is known for the types of the catalog only.

    Args:
        directory: What was synthesized: `cdktf.out`, or a directory with one directory for each stack.
        before: The same of the revision before. Default: nothing is there yet, and everything is created.

    Raises:
        PlanError: If there is no stack in *directory*, or one cannot be read.
    """
    now = _stacks(directory)
    was = {} if before is None else _stacks(before)
    names = sorted(now.keys() | was.keys())
    empty = Stack(name="", content={})
    with without_collection():
        readers = [_reader(now.get(name, empty), now, name, index) for index, name in enumerate(names)]
        states = {
            index: region
            for index, name in enumerate(names)
            if name in now and (region := now[name].state_region()) is not None
        }
        if before is None:
            return _with_existing(attrs.evolve(joined(readers), state_regions=states), now, {})
        earlier = [_reader(was.get(name, empty), was, name, len(names) + index) for index, name in enumerate(names)]
        for name, reader, old in zip(names, readers, earlier, strict=True):
            _set_beside(reader, old, now.get(name, empty))
        return _with_existing(attrs.evolve(joined(readers, earlier), state_regions=states), now, was)


def read_decisions(directory: Path) -> tuple[Decision, ...]:
    """Read what was decided for the components of synthesized stacks, in the order of workload and name.

    Raises:
        PlanError: As `read_stacks`; also if a decision cannot be read.
    """
    found = [Decision.from_data(data) for stack in _stacks(directory).values() for data in stack.decisions()]
    return tuple(sorted(found, key=lambda decision: (decision.workload, decision.name)))


def read_watched(directory: Path) -> dict[str, Watched]:
    """Read how many of what belongs to a workload and no component synthesized stacks have, by workload.

    Raises:
        PlanError: As `read_stacks`.
    """
    found: dict[str, list[Watched]] = {}
    for stack in _stacks(directory).values():
        for name, counts in stack.watched():
            found.setdefault(name, []).append(counts)
    return {name: counted_together(counts) for name, counts in found.items()}


def read_kept_states(directory: Path) -> tuple[KeptState, ...]:
    """Read where synthesized stacks keep their states, those in S3, in the order of the stacks' names.

    Raises:
        PlanError: As `read_stacks`.
    """
    kept = (stack.kept_state() for _, stack in sorted(_stacks(directory).items()))
    return tuple(item for item in kept if item is not None)


def _with_existing(plan: Plan, now: Mapping[str, Stack], was: Mapping[str, Stack]) -> Plan:
    """Return *plan* with what is managed elsewhere: a component as it was declared, at the address of its data source.

    What is no longer declared stays with its owner; what has come under a construct is the same component.
    """
    after = {address: item for address, item, _ in _existing(now)}
    managed = {_whose(dict(item.tags)): item.name for item in plan.after if item.name not in plan.copies_after}
    before = {}
    for address, item, _ in _existing(was):
        name = address if address in after else managed.get(_whose(dict(item.tags)), address)
        before[name] = replace(item, name=name)
    gone = before.keys() - after.keys() - {item.name for item in plan.after}
    forgotten = (Change(address=address, type=address.split(".")[1], actions=("forget",)) for address in sorted(gone))
    return attrs.evolve(
        plan,
        before=tuple(sorted((*plan.before, *before.values()), key=lambda item: item.name)),
        after=tuple(sorted((*plan.after, *after.values()), key=lambda item: item.name)),
        copies_before={**plan.copies_before, **_copies(before, plan.resources_before, plan.copies_before)},
        copies_after={**plan.copies_after, **_copies(after, plan.resources_after, plan.copies_after)},
        changes=(*plan.changes, *forgotten),
    )


def tags_of_existing(directory: Path) -> Mapping[tuple[str, str, str], Mapping[str, str]]:
    """Return the tags of what stacks declare to be managed elsewhere, which has none itself, by type, Region and name.

    Raises:
        PlanError: As `read_stacks`.
    """
    return {
        (address.split(".")[1], item.region, name): dict(item.tags)
        for address, item, name in _existing(_stacks(directory))
        if name is not None and item.region is not None
    }


def _existing(stacks: Mapping[str, Stack]) -> Iterator[tuple[str, Component, str | None]]:
    """Yield the address of the data source, the component, and the name by which it is looked for."""
    for stack in stacks.values():
        sources = stack.data_sources()
        for data in stack.decisions():
            features = data.get("features")
            if not isinstance(features, list) or "existing" not in features:
                continue
            decision = Decision.from_data(data)
            place = decision.places.get("primary")
            source = None if place is None else sources.get(f"{place.path}/Default")
            if source is not None:
                address, name = source
                tags = tuple(sorted(decision.tags.items()))
                yield address, replace(decision.component, name=address, tags=tags), name


def _whose(tags: Mapping[str, str]) -> tuple[str | None, str | None]:
    return tags.get("recovery:workload"), tags.get("recovery:component")


def _copies(
    existing: Mapping[str, Component], resources: Mapping[str, Resource], copies: Mapping[str, str]
) -> dict[str, str]:
    """Return the copies of what exists, by what both are tagged as, since no resource of a stack links them."""
    names = {_whose(dict(item.tags)): address for address, item in existing.items()}
    owners = {copy: names.get(_whose(resources[copy].tags)) for copy in copies}
    return {copy: original for copy, original in owners.items() if original is not None}


def stack_of_address(plan: Plan, address: str) -> tuple[str, str]:
    """Return the stack that a resource of *plan* stands in, and its address there; as `read_stacks` named them."""
    resource = plan.resources_after[address]
    return plan.documents[resource.document], resource.local


def stack_files(directory: Path) -> tuple[Path, ...]:
    """Return the `cdk.tf.json` of each stack of the last synth, sorted; none where *directory* holds no stack.

    The engine leaves the stacks of an earlier synth beside those of the last one, which alone its manifest names.

    Args:
        directory: What was synthesized: `cdktf.out`, or a directory with one directory for each stack.

    Raises:
        PlanError: If the manifest names a stack that is not there.
    """
    for root in (directory / "stacks", directory):
        found = {path.parent.name: path for path in sorted(root.glob(f"*/{_FILE}"))}
        if found:
            named = _named(root.parent / "manifest.json") if root.name == "stacks" else None
            for name in () if named is None else sorted(named - found.keys()):
                msg = f"{root.parent / 'manifest.json'} names the stack {name}, which is not there; synthesize again"
                raise PlanError(msg)
            return tuple(path for name, path in found.items() if named is None or name in named)
    return ()


def _named(manifest: Path) -> frozenset[str] | None:
    """Return the directories of the stacks that a manifest names; None where it is none of an engine."""
    try:
        content = json.loads(manifest.read_bytes())
        return frozenset(PurePosixPath(stack["workingDirectory"]).name for stack in content["stacks"].values())
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def _stacks(directory: Path) -> Mapping[str, Stack]:
    found = stack_files(directory)
    if found:
        return {path.parent.name: read_stack(path, path.parent.name) for path in found}
    msg = f"{directory} holds no stacks/*/{_FILE}; run cdktf synth, and give the directory it wrote to"
    raise PlanError(msg)


def _reader(stack: Stack, beside: Mapping[str, Stack], name: str, index: int) -> Reader:
    return Reader(name, index, name, document_of(stack, beside), None)


def _set_beside(reader: Reader, old: Reader, stack: Stack) -> None:
    """Give *reader* what was there before, and the changes from there."""
    moved = stack.moved()
    reader.before = {}
    was = dict(old.after)
    for address, previous in moved.items():
        if previous in was:
            was[address] = was.pop(previous)
            was[address].address = address
    for address, resource in was.items():
        resource.created = False
        reader.before[address] = resource
        if address in reader.after:
            reader.after[address].created = False
            reader.after[address].previous_address = moved.get(address)
    unread = [item for item in reader.changes if item.address not in reader.after]
    kept = {item.address for item in old.changes}
    gone = kept - {item.address for item in unread} - was.keys() - set(moved.values())
    reader.changes = [
        *_changes(reader, stack.forgotten()),
        *(item for item in unread if item.address not in kept),
        *(replace(item, actions=("delete",)) for item in old.changes if item.address in gone),
    ]


def _changes(reader: Reader, forgotten: frozenset[str]) -> Iterator[Change]:
    for address in sorted(reader.before.keys() | reader.after.keys()):
        before, after = reader.before.get(address), reader.after.get(address)
        if before is None and after is not None:
            yield Change(address=address, type=after.type, actions=("create",))
        elif before is not None and after is None:
            actions: tuple[str, ...] = ("forget",) if address in forgotten else ("delete",)
            yield Change(address=address, type=before.type, actions=actions)
        elif before is not None and after is not None:
            names = _changed(before.values, after.values)
            forced = tuple(sorted(set(load_resource_types()[after.type].replaced_by).intersection(names)))
            does: tuple[str, ...] = ("delete", "create") if forced else ("update",) if names else ("no-op",)
            after.created = bool(forced)
            if names or after.previous_address:
                yield Change(
                    address=address,
                    type=after.type,
                    actions=does,
                    previous_address=after.previous_address,
                    replace_paths=forced,
                    changed=names,
                )


def _changed(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))
