"""Puts what was read of one or several documents together as one plan, with its components."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from constructs_lib.plan.kinds.backup import add_backups
from constructs_lib.plan.kinds.bucket import read_buckets
from constructs_lib.plan.kinds.db_cluster import read_clusters
from constructs_lib.plan.kinds.db_instance import read_instances
from constructs_lib.plan.kinds.detection import add_detection
from constructs_lib.plan.kinds.distribution import read_distributions
from constructs_lib.plan.kinds.dsql import read_dsql, share_backups
from constructs_lib.plan.kinds.failover_record import read_records
from constructs_lib.plan.kinds.filesystem import read_filesystems
from constructs_lib.plan.kinds.key_secret_repository import read_keys, read_repositories, read_secrets
from constructs_lib.plan.kinds.organization_backups import add_organization_backups
from constructs_lib.plan.kinds.service import read_services
from constructs_lib.plan.kinds.table import read_tables
from constructs_lib.plan.notes import Notes
from constructs_lib.plan.plan import Plan
from constructs_lib.plan.side import Side

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from constructs_lib.components import Component
    from constructs_lib.plan.document.change import Change
    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.reader import Reader

_NOT_SHOWN: Final = (
    "its Region is made of what a plan does not show, as local values, and nothing else tells it; write it as text, or "
    "as a variable of the root module"
)
_WITHOUT_MECHANISM: Final = "it holds state, and the catalog has no mechanism for it"


class _Read(NamedTuple):
    components: tuple[Component, ...]
    members: Mapping[str, tuple[str, ...]]
    copies: Mapping[str, str]


def joined(readers: Sequence[Reader], earlier: Sequence[Reader] = ()) -> Plan:
    """Return what *readers* have read as one plan.

    Args:
        readers: One for each document, by its index.
        earlier: Where what was before is in documents of its own: one for each of *readers*, their indices going on.
    """
    notes = Notes()
    _hand_over(readers)
    names = _names(readers)
    names += names[: len(earlier)]
    references = [reader.references for reader in (*readers, *earlier)]
    changes = _sorted(names, [reader.changes for reader in readers])
    were, are = (
        {
            names[index].get(address, address): item
            for index, found in enumerate(resources)
            for address, item in found.items()
        }
        for resources in ([reader.before for reader in readers], [reader.after for reader in readers])
    )
    forgotten = frozenset(item.address for item in changes if item.forgotten)
    # What Terraform lets go of stays as it is, so that a copy in it is one; what it protects itself is no more told of.
    kept = {address: item for address, item in were.items() if address in forgotten and address not in are}
    before, after = (Side(dict(sorted(side.items())), references, notes, names=names) for side in (were, are | kept))
    for address, item in (*were.items(), *are.items()):
        item.address = address
    before.sibling, after.sibling = after, before
    after.was = before
    before.forgotten = after.forgotten = forgotten
    before.buckets = after.buckets = {name: region for reader in readers for name, region in reader.buckets.items()}
    is_state = readers[0].is_state
    read_after = _read(after, kept)
    unchanged = were.keys() == are.keys() and all(item is are[address] for address, item in were.items())
    read_before = read_after if unchanged else _read(before)
    types: Counter[str] = Counter()
    for index, reader in enumerate(readers):
        types.update(reader.types)
        for key, region in reader.placed.items():
            taken = f"the plan does not tell its Region, and {region} is taken from the declaration"
            notes.add_type("provider", key, _NOT_SHOWN if region is None else taken)
        for type, address in reader.stateful:
            notes.add_type(type, names[index].get(address, address), _WITHOUT_MECHANISM)
    return Plan(
        kind="state" if is_state else "plan",
        format_version=readers[0].format_version,
        terraform_version=readers[0].terraform_version,
        complete=all(reader.complete for reader in readers),
        errored=any(reader.errored for reader in readers),
        before=read_before.components,
        after=read_after.components,
        resources_before=MappingProxyType(before.resources),
        resources_after=MappingProxyType(dict(sorted(are.items()))),
        members_before=read_before.members,
        members_after=read_after.members,
        copies_before=read_before.copies,
        copies_after=read_after.copies,
        changes=changes,
        drift=_sorted(names, [reader.drift for reader in readers]),
        inventory=notes.collected(),
        documents=tuple(reader.stack for reader in readers),
        types=MappingProxyType(dict(sorted(types.items()))),
        policy_documents={
            (index, address): found
            for index, reader in enumerate(readers)
            for address, found in reader.documents.items()
        },
        before_side=before,
        after_side=after,
    )


def _hand_over(readers: Sequence[Reader]) -> None:
    """Let no stack have what it lets go of and another one holds, or imports: it is the same, and there once."""
    let_go = [{item.address: item for item in reader.changes if item.forgotten} for reader in readers]
    if len(readers) == 1 or not any(let_go):
        return
    holders: dict[tuple[str, str | None, str | None], set[int]] = {}
    for reader in readers:
        for item in reader.after.values():
            holders.setdefault(_identity(item), set()).add(item.document)
    for reader, found in zip(readers, let_go, strict=True):
        for address in found.keys() & reader.before.keys():
            identity = _identity(reader.before[address])
            if identity[1] is not None and holders.get(identity, set()) - {reader.index}:
                del reader.before[address]
                reader.changes.remove(found[address])


def _identity(item: Resource) -> tuple[str, str | None, str | None]:
    return item.type, item.text("arn") or item.text("id"), item.region


def _names(readers: Sequence[Reader]) -> list[dict[str, str]]:
    """Return new names for the addresses that more than one stack has."""
    if len(readers) == 1:
        return [{}]
    seen: Counter[str] = Counter()
    places = [
        reader.before.keys() | reader.after.keys() | {item.address for item in reader.changes} for reader in readers
    ]
    for found in places:
        seen.update(found)
    return [
        {address: f"{reader.stack}/{address}" for address in found if seen[address] > 1}
        for reader, found in zip(readers, places, strict=True)
    ]


def _sorted(names: Sequence[Mapping[str, str]], changes: Sequence[Sequence[Change]]) -> tuple[Change, ...]:
    found = [
        replace(item, address=names[index][item.address]) if item.address in names[index] else item
        for index, items in enumerate(changes)
        for item in items
    ]
    return tuple(sorted(found, key=lambda item: (item.address, item.deposed or "", item.actions)))


def _read(side: Side, let_go: Collection[str] = ()) -> _Read:
    copies: dict[str, str] = {}
    builders = [
        *read_buckets(side, copies),
        *read_tables(side, copies),
        *read_filesystems(side, copies),
        *read_instances(side, copies),
        *read_clusters(side, copies),
        *read_dsql(side),
    ]
    builders += read_services(side, copies, builders)
    add_backups(side, builders)
    add_organization_backups(side, builders)
    share_backups(builders)
    add_detection(side, builders)
    builders += read_records(side, tuple(builders))
    builders += [
        *read_distributions(side, builders),
        *read_keys(side, copies),
        *read_secrets(side),
        *read_repositories(side),
    ]
    for builder in builders if let_go else ():
        builder.protections[:] = [item for item in builder.protections if item.address not in let_go]
    builders = sorted(
        (item for item in builders if item.main.address not in let_go), key=lambda item: item.main.address
    )
    return _Read(
        components=tuple(builder.component(side.notes) for builder in builders),
        members=MappingProxyType(
            {
                builder.main.address: (builder.main.address, *sorted(builder.members.keys() - set(let_go)))
                for builder in builders
            }
        ),
        copies=MappingProxyType({copy: of for copy, of in sorted(copies.items()) if copy not in let_go}),
    )
