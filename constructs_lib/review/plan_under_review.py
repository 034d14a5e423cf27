"""What is reviewed: the plan, and which of its components have an objective."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.components import ENABLED
from constructs_lib.errors import ObjectiveError
from constructs_lib.objectives import Assumptions, Disruption
from constructs_lib.objectives.tags import RPO, RTO, TaggedObjective, read_recovery_tags
from constructs_lib.plan.document.arn import parse_arn
from constructs_lib.plan.plan import steps
from constructs_lib.review.reviewed_component import ReviewedComponent, counted, leaves_region

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.catalog.kinds.mechanism import Role
    from constructs_lib.components import Component, Protection
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.objectives import Objective
    from constructs_lib.plan import Change, Plan, Resource


_IAM: Final = "iam"
_RECOVERY_DATA: Final = types_that("recovery_data")
_Answer = TypeVar("_Answer")
Broken = Mapping[tuple[str | None, ...], str]
"""Protections that were proved not to work, by the resource that declares them and the Region of the copy, and why.

With the name of a component as well, only that component's.
"""

NOT_TOLD: Final = "not known before apply"
"""How a doubt ends that is none yet: what it is about is open."""

_ABSENT: Final = (None, None)
UNREADABLE: Final = "its recovery tags cannot be read as an objective"
UNDECLARED: Final = "no objective is declared for it"


class PlanUnderReview:
    """The plan with its objectives, as the checks see it.

    Attributes:
        plan: The plans, joined.
        catalog: The facts.
        reviewed_components: The components that have an objective, by address.
        without: Why a component has none, by address.
        matched: The positions of the declaration's components that match something.
        former: The former addresses, by address, of components that are promised something by that only.
        engines: The engines that the catalog knows.
        originals: The names of what has copies that are resources of their own.
        changes: What happens to a resource, by address.
    """

    def __init__(self, plan: Plan, declaration: Declaration | None, catalog: Catalog) -> None:
        self.plan = plan
        self.catalog = catalog
        self.declaration = declaration
        self.engines = frozenset(catalog.engines())
        self.originals = frozenset(plan.copies_after.values())
        self.changes: dict[str, Change] = {item.address: item for item in plan.changes if item.deposed is None}
        self.reviewed_components: dict[str, ReviewedComponent] = {}
        self.without: dict[str, tuple[Component, str]] = {}
        self.matched: set[int] = set()
        self.former: dict[str, str] = {}
        self._before, self._after = _by_type(plan.resources_before), _by_type(plan.resources_after)
        self._names: dict[str, dict[str, list[Resource]]] = {}
        self._answers: dict[tuple[object, int], Any] = {}
        self._made: dict[str, dict[str, list[Resource]]] = {}
        self._naming: dict[tuple[str, str, bool], dict[str, list[Resource]]] = {}
        self._regions: dict[int, set[str]] = {}
        self._parts: dict[tuple[str, str], dict[str, list[Resource]]] = {}
        self._twins = _twins(plan.before, catalog) | _twins(plan.after, catalog)
        before, after = ({item.name: item for item in side} for side in (plan.before, plan.after))
        self._copies_of: dict[str, list[str]] = {}
        for copies in (plan.copies_before, plan.copies_after):
            for address, original in copies.items():
                self._copies_of.setdefault(original, []).append(address)
        for address in sorted(before.keys() | after.keys()):
            self._add(address, before.get(address), after.get(address))
        self._owners = self._by_member()
        self._taken = {
            member
            for members in (plan.members_before, plan.members_after)
            for found in members.values()
            for member in found
        }

    def doubting(self, before: Broken, after: Broken) -> PlanUnderReview:
        """Return the same with a doubt on each protection that was proved not to work, before the plan or after it."""
        found = copy(self)
        vars(found).pop("declared", None)
        found.reviewed_components, found.without = {}, {}
        found.matched, found.former = set(self.matched), dict(self.former)
        was = {item.name: (item, _doubted(item, before)) for item in self.plan.before}
        now = {item.name: (item, _doubted(item, after)) for item in self.plan.after}
        for address in sorted(was.keys() | now.keys()):
            (old, old_doubted), (new, new_doubted) = was.get(address, _ABSENT), now.get(address, _ABSENT)
            if old is not old_doubted or new is not new_doubted:
                found._add(address, old_doubted, new_doubted)
            elif address in self.reviewed_components:
                found.reviewed_components[address] = self.reviewed_components[address]
            else:
                found.without[address] = self.without[address]
        found._owners = found._by_member()
        return found

    def _by_member(self) -> dict[str, list[ReviewedComponent]]:
        owners: dict[str, list[ReviewedComponent]] = {}
        for reviewed in self.reviewed_components.values():
            for member in reviewed.members:
                owners.setdefault(member, []).append(reviewed)
        return owners

    # ------------------------------------------------------------------ objectives

    def _add(self, address: str, before: Component | None, after: Component | None) -> None:
        either = after or before
        assert either is not None
        try:
            declared = self._declared(address, after, before)
            tagged = self._tagged(after)
            same = before is not None and after is not None and before.tags == after.tags
            earlier = tagged if same else self._tagged(before)
        except ObjectiveError:
            self.without[address] = (either, UNREADABLE)
            return
        ours = tagged or earlier
        by_copy = None
        if declared is None and (ours is None or ours.objective is None):
            by_copy = self._by_its_copies(address)
        if declared is not None:
            workload, objective = declared
        elif by_copy is not None:
            workload, objective = by_copy
        else:
            by_tags = next(
                (item for item in (tagged, earlier) if item is not None and item.objective is not None), None
            )
            if by_tags is None or by_tags.objective is None:
                self.without[address] = (either, UNDECLARED)
                return
            workload, objective = by_tags.workload, by_tags.objective
        copy_of = self._original(address, before)
        spared = None
        if copy_of is not None:
            # A copy is what the other Region has; nobody asks for a copy of the copy.
            spared = Disruption.REGION
        elif address in self._twins:
            # Both are one database; what its twin's backups bring back is brought back here as well.
            spared = Disruption.SOFTWARE
        if spared is not None:
            if objective.uptime is None and all(disruption is spared for disruption, _ in objective.targets()):
                self.without[address] = (either, "it is a copy, and nothing else is declared for it")
                return
            objective = objective.with_targets(**{spared.value: None})
        change = self.changes.get(address)
        self.reviewed_components[address] = ReviewedComponent(
            address=address,
            local=self.local(address),
            workload=workload,
            name=None if ours is None else ours.component,
            objective=objective,
            declared_by="tags" if declared is None and by_copy is None else "declaration",
            before=before,
            after=after,
            members=self._members(address),
            copy_of=copy_of,
            tagged_before=_loosened(earlier, tagged) if declared is None and before and after else None,
            replaced=change is not None and change.replaced,
            forgotten=change is not None and change.forgotten,
        )

    def _members(self, address: str) -> tuple[str, ...]:
        was, now = self.plan.members_before.get(address, ()), self.plan.members_after.get(address, ())
        return tuple(sorted({*was, *now, address}))

    def _original(self, address: str, before: Component | None) -> str | None:
        """Return what a component is a copy of, or None.

        Of two buckets that copy each other neither is a copy. Where the plan takes one direction away, the other makes
        the source look like a copy, and it is still what was promised.
        """
        now, was = self.plan.copies_after.get(address), self.plan.copies_before.get(address)
        if was is None and before is not None and any(leaves_region(before, item) for item in counted(before)):
            return None
        return now or was

    def _declared(
        self, address: str, after: Component | None, before: Component | None
    ) -> tuple[str, Objective] | None:
        if self.declaration is None:
            return None
        # People write the address as it is in the stack's own plan; joined, a stack's name may stand before it.
        names = dict.fromkeys((self.local(address), address))
        tags = dict.fromkeys(item.tags for item in (after, before) if item is not None)
        found = None
        for given in tags:
            for name in names:
                # All are asked, so that it is known of each match whether it finds something.
                match = self.declaration.match(name, dict(given), matched=self.matched)
                found = found or match
        if found is None and (former := self._former(address)) is not None:
            found = self.declaration.match(former, {}, matched=self.matched)
            if found is not None:
                self.former[address] = former
        return found

    def _by_its_copies(self, address: str) -> tuple[str, Objective] | None:
        """Return what is promised for a copy: it holds for what is written to, on either side.

        After a failover the code still names the former original, and that is the copy now.
        """
        if self.declaration is None:
            return None
        for name in self._copies_of.get(address, ()):
            resource = self.resource(name)
            found = (
                None
                if resource is None
                else self.declaration.match(self.local(name), resource.tags, matched=self.matched)
            )
            if found is not None:
                return found
        return None

    def _former(self, address: str) -> str | None:
        """Return where a resource that the plan moves was before."""
        resource = self.resource(address)
        former = None if resource is None else resource.previous_address
        return former if former != address else None

    def _tagged(self, component: Component | None) -> TaggedObjective | None:
        if component is None:
            return None
        tags = dict(component.tags)
        return read_recovery_tags(tags, self._assumptions(tags.get("recovery:workload")))

    def _assumptions(self, workload: str | None) -> Assumptions:
        if self.declaration is None:
            return Assumptions()
        declared = self.declaration.workloads.get(workload or "")
        return self.declaration.assumptions if declared is None else declared.objective.assumptions

    # ------------------------------------------------------------------ resources

    def local(self, address: str) -> str:
        """Return an address as it is in the resource's own plan."""
        resource = self.plan.resources_after.get(address) or self.plan.resources_before.get(address)
        return address if resource is None else resource.local or address

    def resource(self, address: str) -> Resource | None:
        """Return the resource after, else before."""
        return self.plan.resources_after.get(address) or self.plan.resources_before.get(address)

    def after(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of these types that the plan leaves, in order of their types and addresses."""
        for type in types:
            yield from self._after.get(type, ())

    def before(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of these types that there are, in order of their types and addresses."""
        for type in types:
            yield from self._before.get(type, ())

    def parts(self, type: str, attribute: str) -> Mapping[str, Sequence[Resource]]:
        """Return the resources of *type* after the plan, by the addresses that their *attribute* refers to."""
        found = self._parts.get((type, attribute))
        if found is None:
            found = self._parts[type, attribute] = {}
            for part in self.after(type):
                for address in self.plan.resolve(part.address, attribute):
                    found.setdefault(address, []).append(part)
        return found

    def owners(self, address: str) -> tuple[ReviewedComponent, ...]:
        """Return the components with an objective that a resource belongs to; its own component first."""
        found = self._owners.get(address, [])
        original = self.plan.copies_after.get(address) or self.plan.copies_before.get(address)
        if not found and original in self.reviewed_components:
            found = [self.reviewed_components[original]]
        return tuple(sorted(found, key=lambda item: (item.address != address, item.address)) if found[1:] else found)

    def concerns(self, address: str) -> tuple[bool, ReviewedComponent | None]:
        """Return whether a finding about a resource is anybody's concern, and whose.

        What belongs to no component at all, such as a backup plan that selects nothing, is a concern wherever there is
        any objective. What belongs only to components without one is not.
        """
        owners = self.owners(address)
        if owners:
            return True, owners[0]
        return address not in self._taken and self.declared, None

    def once(self, ask: Callable[[PlanUnderReview, Resource], _Answer], resource: Resource) -> _Answer:
        """Return what *ask* says of a resource, and ask once; the answer must depend on nothing but the plan."""
        key = (ask, id(resource))
        if key not in self._answers:
            self._answers[key] = ask(self, resource)
        answer: _Answer = self._answers[key]
        return answer

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

    def target(self, resource: Resource, attribute: str, *types: str) -> Resource | None:
        """Return the resource after the plan that an argument means, by value or by the configuration.

        Args:
            resource: Whose argument it is.
            attribute: Its dotted path; a number takes one of several blocks.
            types: What it may mean.
        """
        text = resource.text(*steps(attribute))
        if text is not None:
            for type in types:
                found = self._named(type).get(text, []) or self._made_as(type, text)
                if len(found) == 1:
                    return found[0]
        found = [
            item
            for address in self.plan.resolve(resource.address, attribute)
            if (item := self.plan.resources_after.get(address)) is not None and item.type in types
        ]
        return found[0] if len(found) == 1 else None

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
                for text in {item.text(name) for name in ("arn", "id")} - {None}:
                    known.setdefault(str(text), []).append(item)
        return known

    def block_arguments(self, resource: Resource, block: str) -> frozenset[str]:
        """Return the arguments that the configuration sets in the blocks called *block*, where there is one."""
        return self.plan.block_arguments(resource, block)

    def regions_of(self, document: int) -> frozenset[str]:
        """Return the Regions in which one of the plans keeps state."""
        if not self._regions:
            for side in (self._before, self._after):
                for type in _RECOVERY_DATA:
                    for item in side.get(type, ()):
                        if item.region is not None:
                            self._regions.setdefault(item.document, set()).add(item.region)
        return frozenset(self._regions.get(document, ()))

    @cached_property
    def declared(self) -> bool:
        """Whether anything in the plans has an objective, even if only its links to other states are here."""
        if self.reviewed_components:
            return True
        sides = (self.plan.resources_before, self.plan.resources_after)
        return any("recovery:workload" in item.tags for side in sides for item in side.values())


def _doubted(component: Component, broken: Broken) -> Component:
    """Return the component with a doubt on each protection that was proved not to work."""
    if not broken:
        return component
    found = [_why(broken, item.address, item.region, component.name) for item in component.protections]
    if not any(found):
        return component
    protections = (
        item if why is None else _not_sure(item, why) for item, why in zip(component.protections, found, strict=True)
    )
    return attrs.evolve(component, protections=tuple(protections))


def _why(broken: Broken, *key: str | None) -> str | None:
    return broken.get(key[:-1]) or broken.get(key)


def _not_sure(protection: Protection, why: str) -> Protection:
    """Return the protection with a doubt, which may be that nothing is known."""
    open_ = protection.unknown | {ENABLED} if why.endswith(NOT_TOLD) and not protection.doubts else protection.unknown
    return attrs.evolve(protection, doubts=(*protection.doubts, why), unknown=open_)


def _by_type(resources: Mapping[str, Resource]) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for item in resources.values():
        found.setdefault(item.type, []).append(item)
    return found


def _twins(components: Iterable[Component], catalog: Catalog) -> frozenset[str]:
    """Return the clusters whose peer in another Region has the backups of both.

    Peers hold the same data at any moment, so one of them is backed up, and that is enough.
    """

    def has(item: Component, role: Role) -> list[Protection]:
        return [one for one in counted(item) if catalog.mechanism(item.kind, one.mechanism).role == role]

    peers = {name for (_, name), mechanism in catalog.mechanisms.items() if mechanism.role == "peer"}
    peered = [
        item
        for item in components
        if any(
            one.mechanism in peers and catalog.mechanism(item.kind, one.mechanism).role == "peer"
            for one in item.protections
        )
    ]
    backed = {item.region for item in peered if has(item, "backups")}
    return frozenset(
        item.name
        for item in peered
        if item.region not in backed and any(one.region in backed for one in has(item, "peer"))
    )


def _loosened(before: TaggedObjective | None, after: TaggedObjective | None) -> str | None:
    """Return what was promised before, where the tags now promise less."""
    if before is None or before.objective is None:
        return None
    now = None if after is None else after.objective
    for disruption, target in before.objective.targets():
        other = None if now is None else now.target(disruption)
        if other is None or other.rto > target.rto or other.rpo > target.rpo:
            return str(before.objective)
    return None


def tags_now(reviewed: ReviewedComponent) -> str:
    """Return what the tags of a component promise after the plan, in words."""
    tags = dict(reviewed.either.tags) if reviewed.after is not None else {}
    if RTO not in tags and RPO not in tags:
        return "nothing"
    return str(reviewed.objective)
