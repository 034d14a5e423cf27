"""One component before and after the plan, assessed against its objective."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

import attrs

from constructs_lib.assessment import Assessment, Verdict, assess
from constructs_lib.assessment.path import ROUTING
from constructs_lib.catalog.confidence import Confidence
from constructs_lib.components import ENABLED, Component, Kind, Protection
from constructs_lib.objectives import Disruption, Objective, Target, format_duration
from constructs_lib.review.reviewed_component import counted, leaves_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.assessment import Estimate
    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

__all__ = ["ComponentReview", "DisruptionReview", "Link", "review_component", "worst"]

NOT_THERE: Final = "-"
"""What stands for a figure of a component that is not on that side."""


@attrs.frozen(kw_only=True)
class Link:
    """One protection on one side of the plan.

    Attributes:
        mechanism: Its name in the catalog.
        title: What AWS calls it.
        region: Where the copy it makes lies; None for none outside the component's own Region.
        address: The resource that declares it.
        counted: Whether it is counted on.
        doubts: Why it is not.
        uncertain: Whether something of it is known only after apply.
        change: What the plan does to it.
    """

    mechanism: str
    title: str
    region: str | None
    address: str | None
    counted: bool
    doubts: tuple[str, ...]
    uncertain: bool
    change: Literal["kept", "added", "removed", "changed"]


@attrs.frozen(kw_only=True)
class DisruptionReview:
    """One disruption of one component before and after, ready to print.

    Attributes:
        disruption: Which.
        target: What is promised; None where nothing is.
        before_verdict: The verdict before; None where it did not exist.
        after_verdict: The verdict after; None where it is gone.
        rto_before: The recovery time, as `15m`, `no bound`, `unknown`, or `-` where it did not exist.
        rto_after: The same after.
        rpo_before: The data lost, likewise.
        rpo_after: The same after.
        confidence: How far the figures after can be trusted.
        changed: Whether the plan changes a figure or the verdict.
        reason: Why it is so after the plan, in one sentence.
        elsewhere: Whether the way back may be in a state whose plan is not given; figures and verdict are then unknown.
        let_go: Whether that is so because Terraform lets go of what recovered it.
    """

    disruption: Disruption
    target: Target | None
    before_verdict: Verdict | None
    after_verdict: Verdict | None
    rto_before: str
    rto_after: str
    rpo_before: str
    rpo_after: str
    confidence: Confidence | None
    changed: bool
    reason: str
    elsewhere: bool = False
    let_go: bool = False

    @property
    def before(self) -> str:
        """Both figures before, in words."""
        return _both(self.rto_before, self.rpo_before)

    @property
    def after(self) -> str:
        """Both figures after, in words."""
        return _both(self.rto_after, self.rpo_after)


def _both(rto: str, rpo: str) -> str:
    return "not there" if NOT_THERE in (rto, rpo) else f"RTO {rto}, RPO {rpo}"


@attrs.frozen(kw_only=True)
class ComponentReview:
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
    hidden = _elsewhere(under_review, reviewed, before, after)
    status: Literal["new", "gone", "kept"] = "kept"
    if reviewed.before is None:
        status = "new"
    elif reviewed.after is None:
        status = "gone"
    engine = reviewed.either.engine
    links = tuple(_links(under_review.catalog, reviewed.before, reviewed.after, "removed"))
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
        elsewhere=None if hidden is None else hidden.because,
        cheapest_change=change,
        disruptions=_disruptions(
            reviewed.objective, _estimates(before), _estimates(after), hidden, forgotten=reviewed.forgotten
        ),
        links_before=links,
        links_after=links if same else tuple(_links(under_review.catalog, reviewed.after, reviewed.before, "added")),
        members=reviewed.members,
        forgotten=reviewed.forgotten,
    )


def _assessed(component: Component | None, reviewed: ReviewedComponent, catalog: Catalog) -> Assessment | None:
    return None if component is None else assess(component, reviewed.objective, catalog)


# ---------------------------------------------------------------- disruptions


def _estimates(side: Assessment | None) -> tuple[Estimate | None, ...]:
    return _NONE if side is None else tuple(side.estimates.values())


_NONE: Final = (None,) * len(Disruption)


@lru_cache(maxsize=4096)
def _disruptions(
    objective: Objective,
    before: tuple[Estimate | None, ...],
    after: tuple[Estimate | None, ...],
    elsewhere: _Hidden | None,
    *,
    forgotten: bool,
) -> tuple[DisruptionReview, ...]:
    """Return the rows of a component; those of components with the same estimates and objective are the same."""
    return tuple(
        _disruption(objective, item, old, new, elsewhere, forgotten=forgotten)
        for item, old, new in zip(Disruption, before, after, strict=True)
    )


def _disruption(
    objective: Objective,
    disruption: Disruption,
    old: Estimate | None,
    new: Estimate | None,
    elsewhere: _Hidden | None,
    *,
    forgotten: bool,
) -> DisruptionReview:
    hidden = elsewhere is not None and disruption in elsewhere.disruptions
    target = objective.target(disruption)
    verdicts = []
    for side in (old, new):
        verdict = None if side is None else side.verdict(target)
        if hidden and verdict is Verdict.BREACHED:
            verdict = Verdict.UNKNOWN
        verdicts.append(verdict)
    let_go = elsewhere is not None and elsewhere.let_go
    hidden = hidden and (not let_go or verdicts[1] is Verdict.UNKNOWN)
    rto_before, rpo_before = _figures(old, hidden and not let_go)
    rto_after, rpo_after = _figures(new, hidden)
    figures = (rto_before, rpo_before) != (rto_after, rpo_after)
    because = elsewhere.because if hidden and elsewhere is not None else None
    return DisruptionReview(
        disruption=disruption,
        target=target,
        before_verdict=verdicts[0],
        after_verdict=verdicts[1],
        rto_before=rto_before,
        rto_after=rto_after,
        rpo_before=rpo_before,
        rpo_after=rpo_after,
        confidence=None if new is None else Confidence.UNKNOWN if hidden else new.confidence,
        changed=figures or verdicts[0] != verdicts[1],
        reason=_reason(new, target, because, forgotten=forgotten),
        elsewhere=hidden,
        let_go=hidden and let_go,
    )


def _figures(estimate: Estimate | None, hidden: bool) -> tuple[str, str]:
    if estimate is None:
        return NOT_THERE, NOT_THERE
    if hidden:
        return "unknown", "unknown"
    none = "no bound" if estimate.lost else "unknown"
    rto, rpo = (
        none if seconds is None else format_duration(seconds)
        for seconds in (estimate.rto_seconds, estimate.rpo_seconds)
    )
    return rto, rpo


def _reason(estimate: Estimate | None, target: Target | None, elsewhere: str | None, *, forgotten: bool) -> str:
    """Return the one sentence that says most: what decides the verdict."""
    if elsewhere is not None:
        return elsewhere
    if estimate is None:
        return "Terraform lets go of it" if forgotten else "the plan destroys it"
    notes = [reason for reason in estimate.reasons if reason.step == "note"]
    if estimate.lost or estimate.confidence is Confidence.UNKNOWN:
        # What nothing recovers, and why what was declared does not count.
        vague = [reason for reason in estimate.reasons if reason.confidence is Confidence.UNKNOWN]
        return "; ".join(str(reason.text) for reason in dict.fromkeys((*vague, *notes))) or "nothing is known of it"
    parts = [reason for reason in estimate.reasons if reason.step != "note"]
    if target is not None and estimate.rpo_seconds is not None and estimate.rpo_seconds > target.rpo:
        parts = [reason for reason in parts if reason.step == "lose"]
    elif target is not None and estimate.rto_seconds is not None and estimate.rto_seconds > target.rto:
        parts = [reason for reason in parts if reason.step != "lose"]
    biggest = max(parts, key=lambda reason: reason.seconds, default=None)
    said = [] if biggest is None else [biggest.text]
    if target is not None and estimate.verdict(target) is Verdict.BREACHED:
        said += [reason.text for reason in notes]
    return "; ".join(said)


# ---------------------------------------------------------------- what cannot be seen


@attrs.frozen
class _Hidden:
    """Disruptions whose way back may be in a state whose plan is not given, and why."""

    disruptions: frozenset[Disruption]
    because: str
    let_go: bool = False


def _elsewhere(
    under_review: PlanUnderReview, reviewed: ReviewedComponent, before: Assessment | None, after: Assessment | None
) -> _Hidden | None:
    """Return what may be in another state, or None.

    Our own constructs build one state for each Region, and the links between them in a third. Their tags say to which
    workload something belongs, and nothing in one state says what the others hold. So its absence proves nothing where
    no way back was ever to be seen, and this state is in one Region only.
    """
    let_go = _let_go(under_review, reviewed)
    if let_go is not None or reviewed.declared_by != "tags" or after is None or under_review.plan.live:
        return let_go
    region = after.estimates[Disruption.REGION]
    if region.confidence is Confidence.UNKNOWN and not region.lost:
        if any(item.region is None and item.mechanism == region.mechanism for item in counted(after.component)):
            because = "its copy is in none of the plans given, so where it is, and whether it works, is not known"
            return _Hidden(frozenset({Disruption.REGION}), because)
        return None
    here = under_review.resource(reviewed.address)
    if here is None or len(under_review.regions_of(here.document)) > 1:
        return None
    sides = [side for side in (before, after) if side is not None]
    if _only_routing_is_missing(under_review, reviewed, after):
        if any(side.component.protection(ROUTING) is not None for side in sides):
            return None
        because = (
            f"no plan given holds what turns the traffic of workload {reviewed.workload!r}; it may be in a state whose "
            "plan is not given"
        )
        return _Hidden(frozenset({Disruption.REGION}), because)
    linked = any(leaves_region(side.component, item) for side in sides for item in side.component.protections)
    if linked or not region.lost:
        return None
    because = (
        f"its state is in one Region only, and no plan given links it to another; what else recovers workload "
        f"{reviewed.workload!r} may be in a state whose plan is not given"
    )
    return _Hidden(frozenset(item for item in Disruption if all(side.estimates[item].lost for side in sides)), because)


def _let_go(under_review: PlanUnderReview, reviewed: ReviewedComponent) -> _Hidden | None:
    """Return what Terraform lets go of and was protected by: it still exists, and nobody here answers for it."""
    found = [
        item
        for item in counted(reviewed.before)
        if item.address != reviewed.address
        and (change := under_review.changes.get(item.address or "")) is not None
        and change.forgotten
    ]
    if not found or reviewed.after is None:
        return None
    covers = (cover for item in found for cover in under_review.catalog.mechanism(reviewed.kind, item.mechanism).covers)
    names = ", ".join(sorted({str(item.address) for item in found}))
    return _Hidden(
        frozenset(disruption for cover in covers for disruption in cover.disruptions),
        f"Terraform lets go of {names}, which goes on existing, and whether it goes on working no plan will show",
        let_go=True,
    )


def _only_routing_is_missing(under_review: PlanUnderReview, reviewed: ReviewedComponent, after: Assessment) -> bool:
    """Whether the copy serves, loses little enough, and is late only because a human turns the traffic."""
    estimate, target = after.estimates[Disruption.REGION], reviewed.objective.target(Disruption.REGION)
    if target is None or estimate.mechanism is None or estimate.automatic or estimate.rpo_seconds is None:
        return False
    covers = under_review.catalog.mechanism(reviewed.kind, estimate.mechanism).covers
    serves = any(cover.routing == "active" and Disruption.REGION in cover.disruptions for cover in covers)
    return serves and estimate.rpo_seconds <= target.rpo and after.verdict(Disruption.REGION) is Verdict.BREACHED


# ---------------------------------------------------------------- links


def _links(
    catalog: Catalog, here: Component | None, there: Component | None, missing: Literal["added", "removed"]
) -> Iterator[Link]:
    if here is None:
        return
    others = {} if there is None else {_key(item): item for item in there.protections}
    for item in here.protections:
        other = others.get(_key(item))
        change: Literal["kept", "added", "removed", "changed"] = "kept"
        if other is None:
            change = missing
        elif (item.settings, item.doubts, item.unknown) != (other.settings, other.doubts, other.unknown):
            change = "changed"
        yield Link(
            mechanism=item.mechanism,
            title=title(catalog, here, item.mechanism),
            region=item.region if leaves_region(here, item) or here.region is None else None,
            address=item.address,
            counted=not item.doubts and ENABLED not in item.unknown,
            doubts=item.doubts,
            uncertain=bool(item.unknown),
            change=change,
        )


def _key(item: Protection) -> tuple[str, str | None, str | None]:
    return item.mechanism, item.region, item.address


def title(catalog: Catalog, component: Component, mechanism: str) -> str:
    """Return what AWS calls a mechanism."""
    return catalog.mechanism(component.kind, mechanism).title
