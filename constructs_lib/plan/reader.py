"""Takes one plan or state apart: its resources on both sides, and what happens to them."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import UNSET

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.errors import PlanError
from constructs_lib.plan.document.arn import as_region
from constructs_lib.plan.document.change import NO_OP, NULL, Change, change_of, drift_of
from constructs_lib.plan.document.format import Document, PriorState, ResourceChange, StateModule, StateResource
from constructs_lib.plan.document.references import References, module_path
from constructs_lib.plan.document.resource import Resource
from constructs_lib.plan.provider_regions import ProviderRegions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan.document.format import ConfiguredResource, ModulePath

_READ, _UNREAD = types_that("read"), types_that("unread")
_POLICY_DOCUMENT: Final = "aws_iam_policy_document"
_BUCKET: Final = "aws_s3_bucket"
_LOOKED_UP: Final = re.compile(rb"data\.aws_s3_bucket\.")
_prior_state = msgspec.json.Decoder(PriorState)
_decode = msgspec.json.Decoder().decode


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
        self.drift = [drift_of(item, item.type in _READ) for item in document.resource_drift if item.mode == "managed"]
        self._seen: set[str] = set()
        self._regions = ProviderRegions(self.references.unplaced)
        self.placed: dict[str, str | None] = {}
        self.buckets: dict[str, str] = {}
        if self.is_state:
            self.references.keep(bytes(document.relevant_attributes), ())
            if document.values is not UNSET:
                self._state(document.values.root_module)
            return
        changes = [] if document.resource_changes is UNSET else document.resource_changes
        for item in changes:
            self._add_change(item)
        self.references.keep(bytes(document.relevant_attributes), changes)
        if document.prior_state is not UNSET and (document.complete is not True or document.errored or not changes):
            left_out = self._rest(document.prior_state)
            if left_out and changes and document.complete is UNSET:
                # OpenTofu does not say that a plan leaves something out, as with -target or -exclude.
                self.complete = False
        if document.prior_state is not UNSET and self.references.unplaced:
            self._hear_data_sources(document.prior_state)
        if document.prior_state is not UNSET and _LOOKED_UP.search(document.prior_state):
            self._look_up_buckets(document.prior_state)
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
        if body.actions != NO_OP or moved or bytes(body.importing) != NULL or item.deposed is not None:
            self.changes.append(change_of(item, read))
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

    def _look_up_buckets(self, raw: msgspec.Raw) -> None:
        """Keep the Regions of the buckets that data sources have read: neither a bucket's name nor its ARN tells it."""
        for item, _ in _in_state(self._prior(raw).values.root_module):
            values = _decode(item.values) if item.mode == "data" and item.type == _BUCKET else None
            if not isinstance(values, dict):
                continue
            # Since provider 6 `region` is where it is looked up.
            region = as_region(values.get("bucket_region")) or as_region(values.get("region"))
            if region is not None:
                self.buckets |= {str(values[name]): region for name in ("bucket", "arn") if values.get(name)}

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
        if raw_after != NULL:
            after = self._resource(item, module, configured, raw_after, unknown, bytes(body.after_sensitive), created)
        elif created:
            after = self._resource(item, module, configured, b"{}", unknown, bytes(body.after_sensitive), created)
        if raw_before != NULL:
            if after is not None and body.actions == NO_OP and raw_before == raw_after:
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

    def _rest(self, raw: msgspec.Raw) -> bool:
        """Add what the plan leaves alone without saying so, as one with `-target` or `-refresh-only` does.

        Returns:
            Whether there is anything.
        """
        prior = self._prior(raw)
        # What moved is in the prior state under its old address.
        taken = self._seen | {item.previous_address for item in self.changes if item.previous_address is not None}
        found = False
        for item, place in _in_state(prior.values.root_module):
            if item.mode == "managed" and item.deposed_key is None and item.address not in taken:
                found = True
                taken.add(item.address)
                self._add_unchanged(item, place)
        return found

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
