"""What is reviewed: the plan, and which of its components have an objective."""

from __future__ import annotations

from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from constructs_lib.review.doubts import Broken, doubted
from constructs_lib.review.plan_resources import PlanResources
from constructs_lib.review.promised_objectives import PromisedObjectives
from constructs_lib.review.reviewed_component import ReviewedComponent
from constructs_lib.review.routed import routed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.components import Component
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.plan import Change, Plan, Resource

__all__ = ["PlanUnderReview"]

_Answer = TypeVar("_Answer")
_ABSENT: Final = (None, None)
_UNASKED: Final[Any] = object()


class PlanUnderReview(PlanResources):
    """The plan with its objectives, as the checks see it.

    Attributes:
        plan: The plans, joined.
        catalog: The facts.
        declaration: What `recovery.yaml` declares, if there is one.
        reviewed_components: The components that have an objective, by address.
        without: Why a component has none, by address.
        engines: The engines that the catalog knows.
        originals: The names of what has copies that are resources of their own.
        changes: What happens to a resource, by address.
        answers: What has been asked `once`, by what was asked and of which resource.
    """

    def __init__(self, plan: Plan, declaration: Declaration | None, catalog: Catalog) -> None:
        super().__init__(plan)
        self.catalog = catalog
        self.declaration = declaration
        self.engines = frozenset(catalog.engines())
        self.originals = frozenset(plan.copies_after.values())
        self.changes: dict[str, Change] = {item.address: item for item in plan.changes if item.deposed is None}
        self.reviewed_components: dict[str, ReviewedComponent] = {}
        self.without: dict[str, tuple[Component, str]] = {}
        self._promises = PromisedObjectives(self, self.changes, declaration, catalog)
        self.answers: dict[tuple[object, int], Any] = {}
        before, after = ({item.name: item for item in side} for side in (plan.before, plan.after))
        self._components_of: dict[str, list[str]] = {}
        for address in sorted(before.keys() | after.keys()):
            self._add(address, before.get(address), after.get(address))
            reviewed = self.reviewed_components.get(address)
            for member in self._promises.members(address) if reviewed is None else reviewed.members:
                self._components_of.setdefault(member, []).append(address)
        self._own = dict(self.reviewed_components)
        self.reviewed_components = routed(self._own)

    @property
    def matched(self) -> set[int]:
        """The positions of the declaration's components that match something."""
        return self._promises.matched

    @property
    def former(self) -> dict[str, str]:
        """The former addresses, by address, of components that are promised something by that only."""
        return self._promises.former

    def _add(self, address: str, before: Component | None, after: Component | None) -> None:
        either = after or before
        assert either is not None
        found = self._promises.of(address, before, after)
        if isinstance(found, str):
            self.without[address] = (either, found)
        else:
            self.reviewed_components[address] = found

    def doubting(self, before: Broken, after: Broken) -> PlanUnderReview:
        """Return the same with a doubt on each protection that was proved not to work, before the plan or after it."""
        found = copy(self)
        for name in ("declared", "by_workload"):
            vars(found).pop(name, None)
        found.reviewed_components, found.without = {}, {}
        was = {item.name: (item, doubted(item, before)) for item in self.plan.before}
        now = {item.name: (item, doubted(item, after)) for item in self.plan.after}
        for address in sorted(was.keys() | now.keys()):
            (old, old_doubted), (new, new_doubted) = was.get(address, _ABSENT), now.get(address, _ABSENT)
            if old is not old_doubted or new is not new_doubted:
                found._add(address, old_doubted, new_doubted)
            elif address in self._own:
                found.reviewed_components[address] = self._own[address]
            else:
                found.without[address] = self.without[address]
        found._own = found.reviewed_components
        found.reviewed_components = routed(found._own)
        return found

    def owners(self, address: str) -> tuple[ReviewedComponent, ...]:
        """Return the components with an objective that a resource belongs to; its own component first."""
        names = self._components_of.get(address, ())
        found = [self.reviewed_components[name] for name in names if name in self.reviewed_components]
        if not found:
            original = self.plan.copies_after.get(address) or self.plan.copies_before.get(address)
            owner = None if original is None else self.reviewed_components.get(original)
            return () if owner is None else (owner,)
        return tuple(sorted(found, key=lambda item: (item.address != address, item.address)) if found[1:] else found)

    def copied(self, *types: str) -> Iterator[tuple[Resource, ReviewedComponent]]:
        """Yield what the plan leaves of these types that is a copy, and the component with an objective it copies."""
        for resource in self.after(*types):
            reviewed = self.reviewed_components.get(self.plan.copies_after.get(resource.address, ""))
            if reviewed is not None:
                yield resource, reviewed

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
        answer: _Answer = self.answers.get(key, _UNASKED)
        if answer is _UNASKED:
            answer = self.answers[key] = ask(self, resource)
        return answer

    @cached_property
    def _taken(self) -> set[str]:
        """What belongs to any component, with an objective or without."""
        sides = (self.plan.members_before, self.plan.members_after)
        return {member for members in sides for found in members.values() for member in found}

    @cached_property
    def by_workload(self) -> Mapping[str, Sequence[ReviewedComponent]]:
        """The components that have an objective, by their workload."""
        found: dict[str, list[ReviewedComponent]] = {}
        for item in self.reviewed_components.values():
            found.setdefault(item.workload, []).append(item)
        return found

    @cached_property
    def declared(self) -> bool:
        """Whether anything in the plans has an objective, even if only its links to other states are here."""
        if self.reviewed_components:
            return True
        sides = (self.plan.resources_before, self.plan.resources_after)
        return any("recovery:workload" in item.tags for side in sides for item in side.values())
