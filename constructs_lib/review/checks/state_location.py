"""Whether Terraform itself can be used in the disaster."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.components import Kind
from constructs_lib.review.finding import Found
from constructs_lib.review.reviewed_component import counted, leaves_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.plan_under_review import PlanUnderReview

_NAMED: Final = re.compile(r"(?:tf|terraform|tofu)[-_.]?(?:remote[-_.]?)?(?:state|backend)s?", re.IGNORECASE)


def state(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield states that span Regions, and buckets of states that are in one Region only.

    A plan does not say where its own state is kept, so the bucket is recognized by its name, where it is in a plan.
    What was synthesized does say it.
    """
    yield from _spanning(under_review)
    yield from _in_its_own_region(under_review)
    for bucket in under_review.after("aws_s3_bucket"):
        reviewed = under_review.reviewed_components.get(bucket.address)
        if reviewed is None or reviewed.after is None or reviewed.copy_of is not None:
            continue
        name = "" if bucket.is_sensitive("bucket") else bucket.text("bucket") or ""
        if not _NAMED.search(name) and not _NAMED.search(reviewed.local):
            continue
        copied = any(leaves_region(reviewed.after, item) for item in counted(reviewed.after))
        if not copied and not any(item.unknown for item in reviewed.after.protections):
            yield Found(id="RECOVERY-504", address=reviewed.address, reviewed=reviewed)


def _in_its_own_region(under_review: PlanUnderReview) -> Iterator[Found]:
    """A state in the Region it is about is lost together with it: one finding for each state."""
    plan = under_review.plan
    if not plan.state_regions:
        return
    told: set[int] = set()
    for reviewed in under_review.reviewed_components.values():
        resource = plan.resources_after.get(reviewed.address)
        if resource is None or resource.document in told or resource.region is None:
            continue
        if plan.state_regions.get(resource.document) == resource.region:
            told.add(resource.document)
            values = {"stack": plan.documents[resource.document], "region": resource.region}
            yield Found(id="RECOVERY-505", address=reviewed.address, reviewed=reviewed, values=values)


def _spanning(under_review: PlanUnderReview) -> Iterator[Found]:
    """A component and a copy of it in one state: one finding for each component."""
    told: set[str] = set()
    resources = under_review.plan.resources_after
    for address, original in under_review.plan.copies_after.items():
        copy, source, reviewed = (
            resources.get(address),
            resources.get(original),
            under_review.reviewed_components.get(original),
        )
        if copy is None or source is None or reviewed is None or original in told or copy.document != source.document:
            continue
        if reviewed.kind is Kind.KEY:
            continue  # replica keys never change in a recovery
        if None not in (copy.region, source.region) and copy.region != source.region:
            told.add(original)
            values = {"original": original, "home": str(source.region), "region": str(copy.region)}
            yield Found(id="RECOVERY-503", address=address, reviewed=reviewed, values=values)
