"""Reads plans and states into components."""

from __future__ import annotations

import gc
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import attrs
import msgspec
from msgspec import UNSET

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.errors import PlanError
from constructs_lib.plan.document.format import Document, PriorState, ResourceChange, StateModule, StateResource
from constructs_lib.plan.document.references import References, module_path
from constructs_lib.plan.document.resource import Change, Resource
from constructs_lib.plan.document.source import decode, name_of
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
from constructs_lib.plan.kinds.service import read_services
from constructs_lib.plan.kinds.table import read_tables
from constructs_lib.plan.notes import Notes
from constructs_lib.plan.plan import Plan
from constructs_lib.plan.provider_regions import ProviderRegions
from constructs_lib.plan.side import Side

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.components import Component
    from constructs_lib.plan.document.format import ConfiguredResource, ModulePath

_NO_OP: Final = ("no-op",)
_NULL: Final = b"null"
_READ, _UNREAD = types_that("read"), types_that("unread")
_POLICY_DOCUMENT: Final = "aws_iam_policy_document"
_WITHOUT_MECHANISM: Final = "it holds state, and the catalog has no mechanism for it"
_prior_state = msgspec.json.Decoder(PriorState)
_decode = msgspec.json.Decoder().decode


def read_plan(source: Path | bytes, *, regions: tuple[str, str] | None = None) -> Plan:
    """Read the output of `terraform show -json`, or `tofu show -json`, for a saved plan or a state.

    Args:
        source: The file, or what is in it.
        regions: The primary and the recovery Region that are declared, for providers whose Region nothing else tells.

    Raises:
        PlanError: If it cannot be read, or is not a plan or a state; the message is one line and holds no value of it.
    """
    return read_plans({"": source}, regions=regions)


def read_plans(sources: Mapping[str, Path | bytes], *, regions: tuple[str, str] | None = None) -> Plan:
    """Read several plans as one, as of an app with one state per Region: a copy in one stack counts for the other.

    A resource is named by its address; where two stacks have the same address, by `<stack>/<address>`. What is in
    different stacks is linked by known values alone: names, ids and ARNs.

    Args:
        sources: The plan of each stack by its name. Plans and states cannot be mixed.
        regions: As for `read_plan`. Of several plans none tells which of the two Regions it is for, so they do not
            count then.

    Raises:
        PlanError: As `read_plan`; also if there is no plan at all.
    """
    with without_collection():
        return _read_plans(sources, regions if len(sources) == 1 else None)


@contextmanager
def without_collection() -> Iterator[None]:
    """Pause the garbage collector: reading makes many objects and no cycles, and each round would visit them all."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read_plans(sources: Mapping[str, Path | bytes], regions: tuple[str, str] | None) -> Plan:
    if not sources:
        msg = "there is no plan to read; give the output of terraform show -json PLANFILE"
        raise PlanError(msg)
    readers = []
    for index, (stack, source) in enumerate(sorted(sources.items())):
        try:
            readers.append(Reader(stack, index, name_of(source), decode(source), regions))
        except RecursionError:
            raise PlanError(_too_deep(name_of(source))) from None
    if len({reader.is_state for reader in readers}) > 1:
        msg = "plans and states cannot be read together; give only plans or only states"
        raise PlanError(msg)
    try:
        return joined(readers)
    except RecursionError:
        raise PlanError(_too_deep(", ".join(reader.name for reader in readers))) from None


def read_documents(documents: Mapping[str, tuple[Document, str]]) -> Plan:
    """Read what was not written by Terraform: a document for each name, and the Region all of it is in."""
    with without_collection():
        readers = []
        for index, (name, (document, region)) in enumerate(sorted(documents.items())):
            reader = Reader(name, index, name, document, None)
            for resource in (*reader.before.values(), *reader.after.values()):
                resource.infer_region(region)
            readers.append(reader)
        return joined(readers)


def _too_deep(name: str) -> str:
    return f"{name} is nested too deeply to be a plan; give the output of terraform show -json PLANFILE"


class Reader:
    """Takes the resources of one document apart, by their addresses in it."""

    def __init__(self, stack: str, index: int, name: str, document: Document, regions: tuple[str, str] | None) -> None:
        self.stack = stack
        self.index = index
        self.name = name
        self.format_version = str(document.format_version)
        self.terraform_version = document.terraform_version
        self.errored = document.errored
        self.complete = document.complete is not False
        self.is_state = _is_state(document)
        configuration = None if document.configuration is UNSET else document.configuration
        self.references = References(configuration, document.variables)
        self.before: dict[str, Resource] = {}
        self.after: dict[str, Resource] = {}
        self.types: Counter[str] = Counter()
        self.stateful: list[tuple[str, str]] = []
        self.changes: list[Change] = []
        self.documents: dict[str, Resource] = {}
        self.drift = [_change(item, item.type in _READ) for item in document.resource_drift if item.mode == "managed"]
        self._seen: set[str] = set()
        self._regions = ProviderRegions(self.references.unplaced)
        self.placed: dict[str, str] = {}
        if self.is_state:
            if document.values is not UNSET:
                self._state(document.values.root_module)
            return
        changes = [] if document.resource_changes is UNSET else document.resource_changes
        for item in changes:
            self._add_change(item)
        if document.prior_state is not UNSET and (document.complete is not True or document.errored or not changes):
            self._rest(document.prior_state)
        if document.prior_state is not UNSET and self.references.unplaced:
            self._hear_data_sources(document.prior_state)
        self.placed = self._regions.place((*self.before.values(), *self.after.values()), regions)

    # ------------------------------------------------------------------ plans

    def _add_change(self, item: ResourceChange) -> None:
        if item.mode != "managed":
            if item.type == _POLICY_DOCUMENT:
                self._add_document(item)
            return
        read = item.type in _READ
        body = item.change
        moved = item.previous_address is not None and item.previous_address != item.address
        if body.actions != _NO_OP or moved or bytes(body.importing) != _NULL or item.deposed is not None:
            self.changes.append(_change(item, read))
        if item.deposed is not None:
            return
        if item.address in self._seen:
            shown = item.address if item.address.isprintable() else repr(item.address)
            msg = f"{self.name} has two entries for {shown[:200]}; write the plan anew with terraform show -json"
            raise PlanError(msg)
        self._seen.add(item.address)
        if read:
            self._add_both(item)
        else:
            self._count(item.type, item.address)
            if self.references.unplaced:
                self._hear(item.type, item.name, item.module_address, body.before, body.after)

    def _add_document(self, item: ResourceChange) -> None:
        """Add a policy document that is known only after apply, whose statements the plan holds all the same."""
        module = module_path(item.module_address)
        configured = self.references.configured(module, item.type, item.name, data=True)
        body = item.change
        values, unknown, sensitive = (bytes(raw) for raw in (body.after, body.after_unknown, body.after_sensitive))
        found = self._resource(item, module, configured, values, unknown, sensitive, False)
        found.mode = item.mode
        self.documents[item.address] = found
        self.references.add(item.address, module, item.type, item.name, item.index, data=True)

    def _hear(self, type: str, name: str, module: str, *values: msgspec.Raw, data: bool = False) -> None:
        """Let a resource that is not read, or a data source, tell the Region of its provider configuration."""
        configured = self.references.configured(module_path(module), type, name, data=data)
        if configured is None or not self._regions.asks(configured.provider_config_key):
            return
        if data and self.references.expressions(configured):
            return  # it may have been asked about another Region
        for raw in values:
            found = _decode(raw)
            if isinstance(found, dict):
                self._regions.hear(configured.provider_config_key, type, found, data=data)

    def _hear_data_sources(self, raw: msgspec.Raw) -> None:
        for item, place in _in_state(self._prior(raw).values.root_module):
            if item.mode == "data":
                self._hear(item.type, item.name, place, item.values, data=True)

    def _count(self, type: str, address: str) -> None:
        self.types[type] += 1
        if type in _UNREAD:
            self.stateful.append((type, address))

    def _add_both(self, item: ResourceChange) -> None:
        body = item.change
        module = module_path(item.module_address)
        configured = self.references.configured(module, item.type, item.name)
        raw_before, raw_after = bytes(body.before), bytes(body.after)
        created = "create" in body.actions
        unknown = bytes(body.after_unknown)
        before = after = None
        if raw_after != _NULL:
            after = self._resource(item, module, configured, raw_after, unknown, bytes(body.after_sensitive), created)
        elif created:
            after = self._resource(item, module, configured, b"{}", unknown, bytes(body.after_sensitive), created)
        if raw_before != _NULL:
            if after is not None and body.actions == _NO_OP and raw_before == raw_after:
                before = after
            else:
                before = self._resource(item, module, configured, raw_before, b"", bytes(body.before_sensitive), False)
        if before is not None:
            self.before[item.address] = before
        if after is not None:
            self.after[item.address] = after
        if before is not None or after is not None:
            self.references.add(item.address, module, item.type, item.name, item.index)

    def _resource(
        self,
        item: ResourceChange | StateResource,
        module: ModulePath,
        configured: ConfiguredResource | None,
        raw: bytes,
        unknown: bytes,
        sensitive: bytes,
        created: bool,
    ) -> Resource:
        key, constraint, region = ("", None, None) if configured is None else self.references.provider(configured)
        change = item if isinstance(item, ResourceChange) else None
        return Resource(
            address=item.address,
            type=item.type,
            name=item.name,
            module="" if change is None else change.module_address,
            key=item.index,
            provider=item.provider_name,
            provider_constraint=constraint,
            provider_key=key,
            provider_region=region,
            previous_address=None if change is None else change.previous_address,
            created=created,
            document=self.index,
            local=item.address,
            configured=configured,
            references=self.references,
            _raw=raw,
            _raw_unknown=unknown,
            _raw_sensitive=sensitive,
        )

    # ------------------------------------------------------------------ states

    def _state(self, module: StateModule) -> None:
        for item, place in _in_state(module):
            if item.mode != "managed" or item.deposed_key is not None:
                continue
            if item.address in self._seen:
                shown = item.address if item.address.isprintable() else repr(item.address)
                msg = f"{self.name} has two entries for {shown[:200]}; write it anew with terraform show -json"
                raise PlanError(msg)
            self._seen.add(item.address)
            self._add_unchanged(item, place)

    def _rest(self, raw: msgspec.Raw) -> None:
        """Add what the plan leaves alone without saying so, as one with `-target` or `-refresh-only` does."""
        prior = self._prior(raw)
        # What moved is in the prior state under its old address.
        taken = self._seen | {item.previous_address for item in self.changes if item.previous_address is not None}
        for item, place in _in_state(prior.values.root_module):
            if item.mode == "managed" and item.deposed_key is None and item.address not in taken:
                taken.add(item.address)
                self._add_unchanged(item, place)

    def _prior(self, raw: msgspec.Raw) -> PriorState:
        try:
            return _prior_state.decode(raw)
        except msgspec.ValidationError:
            msg = f"{self.name} has a prior state that cannot be read; write the plan anew with terraform show -json"
            raise PlanError(msg) from None

    def _add_unchanged(self, item: StateResource, place: str) -> None:
        if item.type not in _READ:
            self._count(item.type, item.address)
            return
        module = module_path(place)
        configured = self.references.configured(module, item.type, item.name)
        resource = self._resource(
            item, module, configured, bytes(item.values), b"", bytes(item.sensitive_values), False
        )
        resource.module = place
        self.before[item.address] = self.after[item.address] = resource
        self.references.add(item.address, module, item.type, item.name, item.index)


def _is_state(document: Document) -> bool:
    if document.values is not UNSET:
        return True
    parts = (document.resource_changes, document.planned_values, document.configuration, document.prior_state)
    return all(part is UNSET for part in parts)


def _in_state(module: StateModule) -> Iterator[tuple[StateResource, str]]:
    waiting = [module]
    while waiting:
        here = waiting.pop()
        for item in here.resources:
            yield item, here.address
        waiting.extend(here.child_modules)


def _change(item: ResourceChange, read: bool) -> Change:
    body = item.change
    differs = read and body.actions not in (("create",), ("delete",), _NO_OP)
    return Change(
        address=item.address,
        type=item.type,
        mode=item.mode,
        actions=body.actions,
        previous_address=item.previous_address,
        replace_paths=() if body.replace_paths is UNSET else _paths(bytes(body.replace_paths)),
        reason=item.action_reason,
        importing=bytes(body.importing) != _NULL,
        deposed=item.deposed,
        changed=_changed(item) if differs else (),
    )


def _paths(raw: bytes) -> tuple[str, ...]:
    found = _decode(raw)
    if not isinstance(found, list):
        return ()
    return tuple(sorted(".".join(map(str, path)) for path in found if isinstance(path, list)))


def _changed(item: ResourceChange) -> tuple[str, ...]:
    before, after, unknown = (
        _decode(raw) for raw in (item.change.before, item.change.after, item.change.after_unknown)
    )
    if not isinstance(before, dict) or not isinstance(after, dict):
        return ()
    names = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    if isinstance(unknown, dict):
        names |= {name for name, mark in unknown.items() if mark is True}
    return tuple(sorted(names))


# ---------------------------------------------------------------- putting it together


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
    names = _names(readers)
    names += names[: len(earlier)]
    references = [reader.references for reader in (*readers, *earlier)]
    sides = []
    for resources in ([reader.before for reader in readers], [reader.after for reader in readers]):
        merged = {
            names[index].get(address, address): item
            for index, found in enumerate(resources)
            for address, item in found.items()
        }
        sides.append(Side(dict(sorted(merged.items())), references, notes, names=names))
    before, after = sides
    for address, item in (*before.resources.items(), *after.resources.items()):
        item.address = address
    before.sibling, after.sibling = after, before
    is_state = readers[0].is_state
    read_after = _read(after)
    unchanged = before.resources.keys() == after.resources.keys() and all(
        item is after.resources[address] for address, item in before.resources.items()
    )
    read_before = read_after if unchanged else _read(before)
    types: Counter[str] = Counter()
    for index, reader in enumerate(readers):
        types.update(reader.types)
        for key, region in reader.placed.items():
            notes.add_type(
                "provider", key, f"the plan does not tell its Region, and {region} is taken from the declaration"
            )
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
        resources_after=MappingProxyType(after.resources),
        members_before=read_before.members,
        members_after=read_after.members,
        copies_before=read_before.copies,
        copies_after=read_after.copies,
        changes=_sorted(names, [reader.changes for reader in readers]),
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
        attrs.evolve(item, address=names[index][item.address]) if item.address in names[index] else item
        for index, items in enumerate(changes)
        for item in items
    ]
    return tuple(sorted(found, key=lambda item: (item.address, item.deposed or "", item.actions)))


def _read(side: Side) -> _Read:
    copies: dict[str, str] = {}
    builders = [
        *read_buckets(side, copies),
        *read_tables(side, copies),
        *read_filesystems(side, copies),
        *read_instances(side, copies),
        *read_clusters(side, copies),
        *read_dsql(side),
        *read_services(side, copies),
    ]
    add_backups(side, builders)
    share_backups(builders)
    add_detection(side, builders)
    builders += read_records(side, tuple(builders))
    builders += [*read_distributions(side), *read_keys(side, copies), *read_secrets(side), *read_repositories(side)]
    builders.sort(key=lambda builder: builder.main.address)
    return _Read(
        components=tuple(builder.component() for builder in builders),
        members=MappingProxyType(
            {builder.main.address: (builder.main.address, *sorted(builder.members)) for builder in builders}
        ),
        copies=MappingProxyType(dict(sorted(copies.items()))),
    )
