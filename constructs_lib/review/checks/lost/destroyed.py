"""What holds the data is destroyed, or begins anew without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.assessment.path import ROUTING
from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.components import Kind
from constructs_lib.objectives import Disruption
from constructs_lib.review.finding import Found
from constructs_lib.review.link import title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Change
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

__all__ = ["destroyed"]

_STATELESS: Final = frozenset({Kind.RECORD, Kind.DISTRIBUTION, Kind.SERVICE})
_NAMES: Final = types_that("named_by")
_UNREAD: Final = types_that("unread")


def destroyed(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield the components that the plan takes away, and those that it makes anew without what they held."""
    yield from _not_read(under_review)
    yield from _deposed(under_review)
    missed = {item.address: item for item in under_review.plan.drift if item.deleted}
    for reviewed in under_review.reviewed_components.values():
        if reviewed.after is None or reviewed.replaced:
            yield from _destroyed(under_review, reviewed)
        if reviewed.before is None and reviewed.kind not in _STATELESS:
            yield from _at_a_new_address(under_review, reviewed)
            if reviewed.address in missed:
                yield _anew(reviewed, "misses", reviewed.address, _why_missed(missed[reviewed.address], reviewed))


def _destroyed(under_review: PlanUnderReview, reviewed: ReviewedComponent) -> Iterator[Found]:
    if reviewed.replaced:
        change = under_review.changes[reviewed.address]
        yield _anew(reviewed, change.does, reviewed.address, _because(change))
    elif reviewed.kind is Kind.RECORD and reviewed.address in under_review.plan.resources_after:
        # It answers as before, and fails over no more.
        mechanism = title(under_review.catalog, reviewed.either, ROUTING)
        values = {"mechanism": mechanism, "lost": "removed"}
        yield Found(
            id="RECOVERY-122",
            address=reviewed.address,
            reviewed=reviewed,
            values=values,
            disruptions=(Disruption.REGION,),
        )
    elif reviewed.forgotten:
        yield Found(
            id="RECOVERY-131", address=reviewed.address, reviewed=reviewed, values={"address": reviewed.address}
        )
    else:
        values = {"what": f"the {reviewed.kind} {reviewed.address}"}
        yield Found(id="RECOVERY-110", address=reviewed.address, reviewed=reviewed, values=values)


def _not_read(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield what is promised something and goes, of the types that hold state and that nothing more is known of."""
    declaration = under_review.declaration
    for address, change in under_review.changes.items() if declaration is not None else ():
        if change.type not in _UNREAD or not (change.deleted or change.replaced):
            continue
        assert declaration is not None, "without one nothing is looked through"
        if declaration.match(under_review.local(address), {}) is None:
            continue
        what = f"{address}, of which nothing more is judged"
        if change.deleted:
            yield Found(id="RECOVERY-110", address=address, values={"what": what})
        else:
            values = {"does": change.does, "what": what, "because": _because(change)}
            yield Found(id="RECOVERY-111", address=address, values=values)


def _deposed(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield what was replaced before and not destroyed then, as where that failed half way: it holds the data."""
    for change in under_review.plan.changes:
        reviewed = None if change.deposed is None else under_review.reviewed_components.get(change.address)
        if reviewed is not None and reviewed.kind not in _STATELESS and "delete" in change.actions:
            what = f"what the {reviewed.kind} {reviewed.address} was before it was made anew (deposed {change.deposed})"
            yield Found(id="RECOVERY-110", address=reviewed.address, reviewed=reviewed, values={"what": what})


def _at_a_new_address(under_review: PlanUnderReview, reviewed: ReviewedComponent) -> Iterator[Found]:
    """Yield what is destroyed at one address and made at another, since nothing says that it only moves."""
    main = under_review.plan.resources_after.get(reviewed.address)
    change = under_review.changes.get(reviewed.address)
    if main is None or change is None or not change.created or main.type not in _NAMES:
        return
    for name in _NAMES[main.type].named_by:
        for former in under_review.named(main.text(name) or "", main.type, name, after=False):
            left = under_review.changes.get(former.address)
            told = former.address in under_review.reviewed_components
            if left is None or not left.deleted or told or former.same_region(main) is False:
                continue
            because = f" as {reviewed.address}: no moved block says that it is the same"
            yield _anew(reviewed, left.does, former.address, because)


def _anew(reviewed: ReviewedComponent, does: str, former: str, because: str) -> Found:
    return Found(
        id="RECOVERY-111",
        address=reviewed.address,
        reviewed=reviewed,
        values={"does": does, "what": f"the {reviewed.kind} {former}", "because": because},
        ruins=(reviewed.address,),
    )


def _why_missed(missed: Change, reviewed: ReviewedComponent) -> str:
    """Say that it was deleted, or that the provider looks in another Region than the one it is in."""
    sought = reviewed.either.region
    if sought is None or missed.missed_in in (None, sought):
        return ": it was deleted outside Terraform"
    return (
        f": it is in {missed.missed_in}, and the provider looks in {sought}; what there is stays, and no Terraform "
        f"knows of it any more"
    )


def _because(change: Change) -> str:
    if change.reason == "replace_because_tainted":
        return ", because it is tainted: its creation failed, or somebody said so"
    names = sorted({path.split(".")[0] for path in change.replace_paths})
    return f", because of {', '.join(names)}" if names else ""
