"""The resources of a plan, as the checks look them up: by address, by type, and by what names them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.plan.document.arn import parse_arn
from constructs_lib.plan.plan import steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.plan import Plan, Resource

__all__ = ["PlanResources"]

_IAM: Final = "iam"
_RECOVERY_DATA: Final = types_that("recovery_data")


class PlanResources:
    """What a plan holds, looked up; each index is made once, when somebody first asks.

    Attributes:
        plan: The plans, joined.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._names: dict[str, dict[str, list[Resource]]] = {}
        self._made: dict[str, dict[str, list[Resource]]] = {}
        self._naming: dict[tuple[str, str, bool], dict[str, list[Resource]]] = {}
        self._regions: dict[int, set[str]] = {}
        self._parts: dict[tuple[str, str], dict[str, list[Resource]]] = {}
        self._open: dict[tuple[str, str], list[Resource]] = {}

    def local(self, address: str) -> str:
        """Return an address as it is in the resource's own plan."""
        resource = self.plan.resources_after.get(address) or self.plan.resources_before.get(address)
        return address if resource is None else resource.local or address

    def resource(self, address: str) -> Resource | None:
        """Return the resource after, else before."""
        return self.plan.resources_after.get(address) or self.plan.resources_before.get(address)

    def former_address(self, address: str) -> str | None:
        """Return where a resource that the plan moves was before; None for one that stays where it is."""
        resource = self.resource(address)
        former = None if resource is None else resource.previous_address
        return former if former != address else None

    def after(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of these types that the plan leaves, in order of their types and addresses."""
        for type in types:
            yield from self.plan.of(type)

    def before(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of these types that there are, in order of their types and addresses."""
        for type in types:
            yield from self.plan.of(type, "before")

    @cached_property
    def copies(self) -> Mapping[str, Sequence[Resource]]:
        """What the plan leaves that is a copy, by the name of what it is a copy of."""
        found: dict[str, list[Resource]] = {}
        for address, original in self.plan.copies_after.items():
            if (copy := self.plan.resources_after.get(address)) is not None:
                found.setdefault(original, []).append(copy)
        return found

    def parts(self, type: str, attribute: str) -> Mapping[str, Sequence[Resource]]:
        """Return the resources of *type* after the plan, by the addresses that their *attribute* refers to."""
        found = self._parts.get((type, attribute))
        if found is None:
            found = self._parts[type, attribute] = {}
            for part in self.after(type):
                for address in self.plan.resolve(part.address, attribute):
                    found.setdefault(address, []).append(part)
        return found

    def parts_of(self, address: str, type: str, attribute: str) -> Sequence[Resource]:
        """Return the resources of *type* after the plan whose *attribute* refers to *address*."""
        return self.parts(type, attribute).get(address, ())

    def open_parts(self, type: str, attribute: str, owner: Resource) -> Sequence[Resource]:
        """Return the resources of *type* that may be *owner*'s after the plan: their *attribute* tells nothing."""
        found = self._open.get((type, attribute))
        if found is None:
            found = self._open[type, attribute] = [
                part
                for part in self.after(type)
                if part.is_unknown(attribute) and not self.plan.resolve(part.address, attribute)
            ]
        return [part for part in found if self.plan.may_mean(part, attribute, owner)]

    def naming(self, type: str, attribute: str, *, after: bool = True) -> Mapping[str, Sequence[Resource]]:
        """Return the resources of *type* by the texts, or the listed texts, of their *attribute*."""
        key = (type, attribute, after)
        found = self._naming.get(key)
        if found is None:
            found = self._naming[key] = {}
            for part in self.after(type) if after else self.before(type):
                value = part.get(attribute)
                for text in value if isinstance(value, list) else [value]:
                    if isinstance(text, str) and text:
                        found.setdefault(text, []).append(part)
        return found

    def named(self, text: str, type: str, attribute: str, *, after: bool = True) -> Sequence[Resource]:
        """Return the resources of *type* whose *attribute* is *text*, or lists it."""
        return self.naming(type, attribute, after=after).get(text, ())

    def target(self, resource: Resource, attribute: str | tuple[str | int, ...], *types: str) -> Resource | None:
        """Return the resource after the plan that an argument means, by value or by the configuration.

        Args:
            resource: Whose argument it is.
            attribute: Its path, dotted or as steps; a number takes one of several blocks.
            types: What it may mean.
        """
        return next((found[0] for found in self.candidates(resource, attribute, *types) if len(found) == 1), None)

    def candidates(
        self, resource: Resource, attribute: str | tuple[str | int, ...], *types: str
    ) -> Iterator[list[Resource]]:
        """Yield what an argument may mean, as `target` has it: by its value among each of the types, and as resolved.

        The first that is one resource alone is meant.
        """
        path = steps(attribute) if isinstance(attribute, str) else attribute
        text = resource.text(*path)
        if text is not None:
            for type in types:
                found = self._named(type).get(text, []) or self._made_as(type, text)
                # Of several of one name, as in the plans of two accounts, its own is meant.
                own = [item for item in found if item.document == resource.document] if len(found) > 1 else found
                yield own or found
        yield [
            item
            for address in self.plan.resolve(resource.address, path)
            if (item := self.plan.resources_after.get(address)) is not None and item.type in types
        ]

    def referred(self, resource: Resource, *path: str | int) -> Sequence[Resource]:
        """Return the resources after the plan that the argument at *path*, of a policy document too, refers to."""
        return self.plan.referred(resource, *path)

    def policy_document(self, resource: Resource, *path: str | int) -> Resource | None:
        """Return the one policy document that an argument is, and that is read only at apply; None for none."""
        return self.plan.policy_document(resource, *path)

    def _made_as(self, type: str, text: str) -> list[Resource]:
        """Return what IAM will give that ARN: it is not known before apply, and made of the path and the name."""
        arn = parse_arn(text) if f":{_IAM}:" in text else None
        if arn is None or arn.service != _IAM:
            return []
        made = self._made.get(type)
        if made is None:
            made = self._made[type] = {}
            for item in self.after(type):
                if item.text("arn") is None:
                    made.setdefault(f"{item.text('path') or '/'}{item.text('name')}".lstrip("/"), []).append(item)
        return made.get(arn.resource.partition("/")[2], [])

    def _named(self, type: str) -> Mapping[str, list[Resource]]:
        known = self._names.get(type)
        if known is None:
            known = self._names[type] = {}
            for item in self.after(type):
                arn, id = item.text("arn"), item.text("id")
                for text in (arn,) if id == arn else (arn, id):
                    if text is not None:
                        known.setdefault(text, []).append(item)
        return known

    def block_arguments(self, resource: Resource, block: str) -> frozenset[str]:
        """Return the arguments that the configuration sets in the blocks called *block*, where there is one."""
        return self.plan.block_arguments(resource, block)

    def regions_of(self, document: int) -> frozenset[str]:
        """Return the Regions in which one of the plans keeps state."""
        if not self._regions:
            for item in (*self.before(*_RECOVERY_DATA), *self.after(*_RECOVERY_DATA)):
                if item.region is not None:
                    self._regions.setdefault(item.document, set()).add(item.region)
        return frozenset(self._regions.get(document, ()))
