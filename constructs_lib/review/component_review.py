"""One component before and after the plan, assessed against its objective."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from constructs_lib.assessment import Assessment, Verdict, assess
from constructs_lib.components import Component, Kind
from constructs_lib.objectives import Objective
from constructs_lib.review.at_best import bounded
from constructs_lib.review.disruption_review import DisruptionReview, disruptions
from constructs_lib.review.hidden import hidden
from constructs_lib.review.link import Link, links

if TYPE_CHECKING:
    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

__all__ = ["ComponentReview", "review_component", "worst"]


class ComponentReview(msgspec.Struct, frozen=True, kw_only=True):
    """One component with an objective, before and after the plan.

    Attributes:
        address: The address of its main resource.
        kind: What it is.
        workload: Its workload.
        name: What its tags call it.
        engine: The engine of a database, where the catalog knows it.
        region_before: Where it lives before.
        region_after: Where it lives after.
        objective: What it must keep.
        before: Its assessment before; None where it did not exist.
        after: Its assessment after; None where it is gone.
        status: Whether the plan brings it, takes it away, or keeps it.
        replaced: Whether it is destroyed and created anew.
        elsewhere: Why a part of it cannot be seen in the plans given; None where nothing suggests that.
        cheapest_change: What would keep the objective, or that nothing would; None where it is kept.
        disruptions: The four disruptions.
        links_before: What protects it before.
        links_after: What protects it after.
        members: All resources that make it up, on either side.
        forgotten: Whether Terraform lets go of it.
        faulty: Whether an error about it stands that nobody has waived.
    """

    address: str
    kind: Kind
    workload: str
    name: str | None
    engine: str | None
    region_before: str | None
    region_after: str | None
    objective: Objective
    before: Assessment | None
    after: Assessment | None
    status: Literal["new", "gone", "kept"]
    replaced: bool
    elsewhere: str | None
    cheapest_change: str | None
    disruptions: tuple[DisruptionReview, ...]
    links_before: tuple[Link, ...]
    links_after: tuple[Link, ...]
    members: tuple[str, ...]
    forgotten: bool = False
    faulty: bool = False

    @property
    def region(self) -> str | None:
        """Where it lives after, else before."""
        return self.region_after or self.region_before

    @property
    def verdict(self) -> Verdict:
        """The worst verdict after the plan; breached where the component is destroyed."""
        if self.status == "gone":
            return Verdict.UNKNOWN if self.forgotten else Verdict.BREACHED
        if self.faulty:
            return Verdict.BREACHED
        found = [item.after_verdict for item in self.disruptions if item.after_verdict is not None]
        return worst(*found)


def worst(*verdicts: Verdict) -> Verdict:
    """Return the worst of *verdicts*; undeclared where there is none."""
    return max(verdicts, key=lambda verdict: verdict.rank, default=Verdict.UNDECLARED)


def review_component(
    under_review: PlanUnderReview, reviewed: ReviewedComponent, change: str | None = None
) -> ComponentReview:
    """Assess one component on both sides of the plan.

    Args:
        under_review: What is reviewed.
        reviewed: The component.
        change: What would keep its objective.
    """
    before = _assessed(reviewed.before, reviewed, under_review.catalog)
    # What stays the same needs no second assessment; in most plans that is almost everything.
    same = reviewed.unchanged
    after = before if same else _assessed(reviewed.after, reviewed, under_review.catalog)
    unseen = hidden(under_review, reviewed, before, after)
    status: Literal["new", "gone", "kept"] = "kept"
    if reviewed.before is None:
        status = "new"
    elif reviewed.after is None:
        status = "gone"
    engine = reviewed.either.engine
    links_before = tuple(links(under_review.catalog, reviewed.before, reviewed.after, "removed"))
    return ComponentReview(
        address=reviewed.address,
        kind=reviewed.kind,
        workload=reviewed.workload,
        name=reviewed.name,
        # What the catalog does not know is anybody's text, and may be a secret.
        engine=engine if engine in under_review.engines else None,
        region_before=None if reviewed.before is None else reviewed.before.region,
        region_after=None if reviewed.after is None else reviewed.after.region,
        objective=reviewed.objective,
        before=before,
        after=after,
        status=status,
        replaced=reviewed.replaced,
        elsewhere=None if unseen is None else unseen.because,
        cheapest_change=change,
        disruptions=disruptions(reviewed.objective, before, after, unseen, forgotten=reviewed.forgotten),
        links_before=links_before,
        links_after=links_before
        if same
        else tuple(links(under_review.catalog, reviewed.after, reviewed.before, "added")),
        members=reviewed.members,
        forgotten=reviewed.forgotten,
    )


def _assessed(component: Component | None, reviewed: ReviewedComponent, catalog: Catalog) -> Assessment | None:
    if component is None:
        return None
    return bounded(assess(component, reviewed.objective, catalog), reviewed.objective, catalog)
