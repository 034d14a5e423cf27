"""Ways back that a finding of another check proves not to work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.findings import Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.components import Component, Protection
    from constructs_lib.review.finding import Found
    from constructs_lib.review.plan_under_review import PlanUnderReview

SEE: Final = "see "
"""What stands before the id in a doubt that has a finding of its own."""


def voided(under_review: PlanUnderReview, found: Iterable[Found]) -> dict[tuple[str | None, ...], str]:
    """Return the protections that the errors *found* are about, which then do not count.

    An error names the resource that declares a protection, or, with its Region, a part that the copy there is made of.
    """
    errors = [item for item in found if item.reviewed is not None and rule(item.id).severity is Severity.ERROR]
    after = {item.name: item for item in under_review.plan.after} if errors else {}
    doubts: dict[tuple[str | None, ...], str] = {}
    for error in errors:
        assert error.reviewed is not None, "only those were taken"
        component = after.get(error.reviewed.address)
        for item in () if component is None else component.protections:
            if component is not None and _about(error, component, item):
                doubts[item.address, item.region] = f"{rule(error.id).title}, {SEE}{error.id}"
    return doubts


def _about(error: Found, component: Component, item: Protection) -> bool:
    if error.address == item.address != component.name:
        return error.region in (None, item.region)
    return error.region is not None and error.region == item.region != component.region
