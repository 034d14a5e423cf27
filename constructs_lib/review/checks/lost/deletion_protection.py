"""Protection against deletion that the plan lifts, or that a copy lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview

_PROTECTED: Final = types_that("deletion_protection")

_SAFE: Final = {
    "deletion_protection": True,
    "deletion_protection_enabled": True,
    "skip_final_snapshot": False,
    "delete_automated_backups": False,
    "force_destroy": False,
}
"""The attributes that stand between a wrong plan and the data, and their safe values."""

_FALSE_WHERE_NULL: Final = frozenset({"skip_final_snapshot", "force_destroy"})
"""What the provider takes for false where a state has nothing, as after an import."""


def deletion_protection(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield what the plan leaves easier to delete than it was, and copies that are not protected."""
    for address, before in under_review.plan.resources_before.items():
        after = under_review.plan.resources_after.get(address)
        if after is None or after is before:
            continue
        concern, reviewed = under_review.concerns(address)
        if not concern:
            continue
        for name, safe in _SAFE.items():
            was, now = before.get(name), after.get(name)
            was = False if was is None and name in _FALSE_WHERE_NULL else was
            # Taken out of the code it is null, which the provider writes as false.
            now = False if now is None else now
            if was is safe and now is (not safe) and not after.is_unknown(name):
                values = {"attribute": name, "what": address, "before": _said(safe), "after": _said(not safe)}
                yield Found(id="RECOVERY-119", address=address, reviewed=reviewed, values=values)
        yield from _inline_replicas(under_review, before, after)
    yield from _copies(under_review)


def _said(value: bool) -> str:
    return str(value).lower()


def _inline_replicas(under_review: PlanUnderReview, before: Resource, after: Resource) -> Iterator[Found]:
    name = "deletion_protection_enabled"
    if before.type != "aws_dynamodb_table":
        return
    was = {str(item.get("region_name")): item.get(name) for item in before.blocks("replica")}
    for index, item in enumerate(after.blocks("replica")):
        kept = item.get(name) is True or after.is_unknown("replica", index, name)
        if was.get(str(item.get("region_name"))) is True and not kept:
            reviewed = under_review.concerns(after.address)[1]
            values = {"attribute": name, "what": f"a replica of {after.address}", "before": "true", "after": "false"}
            yield Found(id="RECOVERY-119", address=after.address, reviewed=reviewed, values=values)


def _copies(under_review: PlanUnderReview) -> Iterator[Found]:
    for copy, reviewed in under_review.copied(*_PROTECTED):
        name = str(_PROTECTED[copy.type].deletion_protection)
        if copy.get(name) is not True and not (copy.is_unknown(name) and not copy.left_out(name)):
            yield Found(id="RECOVERY-211", address=copy.address, reviewed=reviewed, values={"attribute": name})
