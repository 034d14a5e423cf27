"""A plan or a state, read: components with their protections, before and after."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.components import Component
    from constructs_lib.plan.document.change import Change
    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.notes import Unjudged
    from constructs_lib.plan.side import Side


@attrs.frozen(kw_only=True, eq=False)
class Plan:
    """What `terraform show -json` says about recovery.

    Attributes:
        kind: `plan`, or `state`; a state has no changes, and both sides are the same.
        format_version: The version of the JSON format; of several plans read together, the first one's.
        terraform_version: The version that wrote it; empty where it does not say.
        complete: False for a plan that leaves something out, as one with `-target` does.
        errored: Whether planning failed half way; what is read from it cannot be trusted.
        before: The components as they are, sorted by name.
        after: The components as the plan leaves them, sorted by name.
        resources_before: The resources of the types that are read, by address.
        resources_after: The same after.
        members_before: The addresses of all resources that make up a component, its main one first.
        members_after: The same after.
        copies_before: What is a copy of a component: its address, and the component's name. Where the original is in
            another state, what names it instead.
        copies_after: The same after.
        changes: What happens to every managed resource that does not just stay as it is.
        drift: What was changed outside Terraform since the last run.
        inventory: What was seen and could not be judged.
        documents: What the plans, or stacks, that were read together are called, by their index.
        state_regions: The Region of the bucket that each document's state is kept in, by its index, where that is told.
        types: How many managed resources there are of each type that is not read.
        live: Whether it is what an account holds in several Regions: what is not there is in no other state either.
        policy_documents: The data sources of policy documents that are read only at apply, by the index of their plan
            and their address in it.
    """

    kind: Literal["plan", "state"]
    format_version: str
    terraform_version: str
    complete: bool
    errored: bool
    before: tuple[Component, ...]
    after: tuple[Component, ...]
    resources_before: Mapping[str, Resource]
    resources_after: Mapping[str, Resource]
    members_before: Mapping[str, tuple[str, ...]]
    members_after: Mapping[str, tuple[str, ...]]
    copies_before: Mapping[str, str]
    copies_after: Mapping[str, str]
    changes: tuple[Change, ...]
    drift: tuple[Change, ...]
    inventory: tuple[Unjudged, ...]
    documents: tuple[str, ...]
    types: Mapping[str, int]
    state_regions: Mapping[int, str] = attrs.field(factory=dict)
    live: bool = False
    policy_documents: Mapping[tuple[int, str], Resource] = attrs.field(factory=dict)
    _before: Side = attrs.field(repr=False, alias="before_side")
    _after: Side = attrs.field(repr=False, alias="after_side")

    @property
    def regions(self) -> frozenset[str]:
        """Every Region that some resource that is read lives in, before or after."""
        both = (self.resources_before, self.resources_after)
        return frozenset(region for side in both for resource in side.values() if (region := resource.region))

    def of(self, type: str, side: Literal["before", "after"] = "after") -> Sequence[Resource]:
        """Return the resources of *type* on one side, sorted by address."""
        return (self._after if side == "after" else self._before).of(type)

    def block_arguments(self, resource: Resource, block: str) -> frozenset[str]:
        """Return the arguments that the configuration sets in the blocks of *resource* called *block*."""
        return self._after.block_arguments(resource, block)

    def may_give(self, resource: Resource, block: str, argument: str) -> bool:
        """Whether an argument of these blocks that the plan does not tell has a value to come."""
        return self._after.may_give(resource, block, argument)

    def referred(self, resource: Resource, *path: str | int) -> list[Resource]:
        """Return the resources after the plan that the argument at *path*, of a policy document too, refers to."""
        return self._after.referred(resource, path)

    def may_mean(self, resource: Resource, attribute: str, candidate: Resource) -> bool:
        """Whether an argument whose value is not told may lead to *candidate*, after the plan."""
        return self._after.may_mean(resource, (attribute,), candidate)

    def is_alone(self, resource: Resource) -> bool:
        """Whether what names *resource* after the plan names no other resource of its type."""
        return self._after.is_alone(resource)

    def policy_document(self, resource: Resource, *path: str | int) -> Resource | None:
        """Return the one policy document that an argument is, and that is read only at apply; None for none."""
        addresses = self._after.resolve(resource, path)
        found = [self.policy_documents.get((resource.document, address)) for address in addresses]
        return found[0] if len(found) == 1 else None

    def resolve(
        self, address: str, attribute: str | tuple[str | int, ...], side: Literal["before", "after"] = "after"
    ) -> tuple[str, ...]:
        """Return the addresses of the resources that an argument refers to, by its value or by the configuration.

        Args:
            address: The resource whose argument it is.
            attribute: Its path, dotted or as steps; a number takes one of several blocks, without one all count.
            side: Which side.

        Returns:
            Sorted addresses, of data sources and resources that are not read too. Empty where nothing can be told.
        """
        where = self._after if side == "after" else self._before
        resource = where.resources.get(address)
        if resource is None:
            return ()
        path = steps(attribute) if isinstance(attribute, str) else attribute
        try:
            return tuple(sorted({*where.named_by_value(resource, path), *where.resolve(resource, path)}))
        except RecursionError:
            return ()


@lru_cache(maxsize=4096)
def steps(attribute: str) -> tuple[str | int, ...]:
    """Return the steps of a dotted path, where a number is an index."""
    return tuple(int(step) if step.isdigit() else step for step in attribute.split(".") if step)
