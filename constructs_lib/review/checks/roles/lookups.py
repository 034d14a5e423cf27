"""What the proofs about roles look up in a plan, and whether all of it is the same before the plan and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview

__all__ = ["Lookups", "NotedLookups"]

_Answer = TypeVar("_Answer")
_Resources = TypeVar("_Resources", bound="Sequence[Resource]")


class Lookups(Protocol):
    """All that a proof about a role may ask of a plan; each as `PlanUnderReview` has it."""

    def after(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of these types."""

    def target(self, resource: Resource, attribute: str | tuple[str | int, ...], *types: str) -> Resource | None:
        """Return the resource that an argument means."""

    def parts_of(self, address: str, type: str, attribute: str) -> Sequence[Resource]:
        """Return the resources of *type* whose *attribute* refers to an address."""

    def open_parts(self, type: str, attribute: str, owner: Resource) -> Sequence[Resource]:
        """Return the resources of *type* that may be *owner*'s."""

    def named(self, text: str, type: str, attribute: str, *, after: bool = True) -> Sequence[Resource]:
        """Return the resources of *type* whose *attribute* is a text, or lists it."""

    def referred(self, resource: Resource, *path: str | int) -> Sequence[Resource]:
        """Return the resources that an argument refers to."""

    def policy_document(self, resource: Resource, *path: str | int) -> Resource | None:
        """Return the policy document that an argument is."""

    def once(self, ask: Callable[[Lookups, Resource], _Answer], resource: Resource) -> _Answer:
        """Return what *ask* says of a resource, and ask once."""


class NotedLookups:
    """The lookups of one side of a plan, with a note of what was handed out.

    Attributes:
        same: Whether all that was handed out since this was last set is the same on both sides of the plan, but for
            tags, which no proof reads.
    """

    def __init__(self, under_review: PlanUnderReview) -> None:
        self.same = True
        self._under_review = under_review
        self._before = under_review.plan.resources_before
        self._tagged = {change.address for change in under_review.plan.changes if change.only_tags}
        self._answers = under_review.answers
        self._same: dict[tuple[object, int], bool] = {}

    def note(self, resources: _Resources) -> _Resources:
        """Note what is handed out."""
        for resource in resources if self.same else ():
            if self._before.get(resource.address) is not resource and resource.address not in self._tagged:
                self.same = False
        return resources

    def after(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of these types."""
        return iter(self.note(list(self._under_review.after(*types))))

    def target(self, resource: Resource, attribute: str | tuple[str | int, ...], *types: str) -> Resource | None:
        """Return the resource that an argument means."""
        for found in self._under_review.candidates(resource, attribute, *types):
            if len(self.note(found)) == 1:
                return found[0]
        return None

    def parts_of(self, address: str, type: str, attribute: str) -> Sequence[Resource]:
        """Return the resources of *type* whose *attribute* refers to an address."""
        found = self._under_review.parts(type, attribute).get(address)
        return () if found is None else self.note(found)

    def open_parts(self, type: str, attribute: str, owner: Resource) -> Sequence[Resource]:
        """Return the resources of *type* that may be *owner*'s."""
        return self.note(self._under_review.open_parts(type, attribute, owner))

    def named(self, text: str, type: str, attribute: str, *, after: bool = True) -> Sequence[Resource]:
        """Return the resources of *type* whose *attribute* is a text, or lists it."""
        found = self._under_review.naming(type, attribute, after=after).get(text)
        return () if found is None else self.note(found)

    def referred(self, resource: Resource, *path: str | int) -> Sequence[Resource]:
        """Return the resources that an argument refers to, which is known only after apply, and was another before."""
        self.same = False
        return self._under_review.referred(resource, *path)

    def policy_document(self, resource: Resource, *path: str | int) -> Resource | None:
        """Return the policy document that an argument is, which is written only at apply, and was another before."""
        self.same = False
        return self._under_review.policy_document(resource, *path)

    def once(self, ask: Callable[[Lookups, Resource], _Answer], resource: Resource) -> _Answer:
        """Return what *ask* says of a resource, and ask once; what it was handed counts each time."""
        key = (ask, id(resource))
        known = self._same.get(key)
        if known is None:
            outer, self.same = self.same, True
            self._answers[key] = ask(self, resource)
            known = self._same[key] = self.same
            self.same = outer
        self.same = self.same and known
        answer: _Answer = self._answers[key]
        return answer
