"""A component that has an objective: what the review is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec.structs import force_setattr

from constructs_lib.components import ENABLED, Component, Kind, Protection

if TYPE_CHECKING:
    from constructs_lib.objectives import Objective


class ReviewedComponent(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A component that has an objective, on both sides of the plan.

    Attributes:
        address: The address of its main resource, as in the joined plan.
        local: The same in its own plan, which is what people write in `recovery.yaml`.
        workload: Its workload.
        name: What its tags call it.
        objective: What it must keep.
        declared_by: Whether `recovery.yaml` or its tags say so.
        before: The component as it is; None where it does not exist yet.
        after: The component as the plan leaves it; None where it is gone.
        members: All resources that make it up, on either side.
        copy_of: What it is a copy of; None where it is none.
        tagged_before: What the tags promised before, in words, where the plan changes that.
        replaced: Whether the plan destroys it and creates it anew.
        forgotten: Whether Terraform lets go of it.
        unchanged: Whether it is the same on both sides.
    """

    address: str
    local: str
    workload: str
    name: str | None
    objective: Objective
    declared_by: Literal["declaration", "tags"]
    before: Component | None
    after: Component | None
    members: tuple[str, ...]
    copy_of: str | None = None
    tagged_before: str | None = None
    replaced: bool = False
    forgotten: bool = False
    unchanged: bool = False

    def __post_init__(self) -> None:
        """Compare both sides, once."""
        force_setattr(self, "unchanged", self.before is self.after or self.before == self.after)

    @property
    def either(self) -> Component:
        """The component after, else before."""
        found = self.after or self.before
        assert found is not None, "a component is on one side at least"
        return found

    @property
    def gone(self) -> bool:
        """Whether the plan destroys it for good."""
        return self.after is None and not self.forgotten

    @property
    def kind(self) -> Kind:
        """What it is."""
        return self.either.kind

    @property
    def region(self) -> str | None:
        """Where it lives."""
        return self.either.region


def counted(component: Component | None) -> list[Protection]:
    """Return the protections that are sure to be there."""
    if component is None:
        return []
    return [item for item in component.protections if not item.doubts and ENABLED not in item.unknown]


def leaves_region(component: Component, protection: Protection) -> bool:
    """Whether what *protection* makes is known to be in another Region."""
    return None not in (component.region, protection.region) and component.region != protection.region
