"""What a registry replicates is one setting: who writes it replaces what somebody else wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview

__all__ = ["registry"]

_TYPE: Final = "aws_ecr_replication_configuration"


def registry(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield settings of one registry that are written twice."""
    written: dict[tuple[str | None, str | None], list[Resource]] = {}
    for resource in under_review.after(_TYPE):
        # An account that nobody tells yet may be any, and states of one workload are in one.
        written.setdefault((resource.text("registry_id"), resource.region), []).append(resource)
    for (_, region), resources in written.items():
        first, *others = resources
        concern, reviewed = under_review.concerns(first.address)
        if region is None or not concern:
            continue
        for other in others:
            values = {"region": region, "other": first.address}
            yield Found(id="RECOVERY-234", address=other.address, reviewed=reviewed, region=region, values=values)
