"""Serverless instances of Aurora without the range of capacity that AWS wants, or with one that it refuses."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.databases.engines import serverless
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview

_CLUSTER: Final = "aws_rds_cluster"
_RANGE: Final = "serverlessv2_scaling_configuration"


def serverless_capacity(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield what the plan makes, or changes to, and Aurora Serverless v2 does not take."""
    for instance in under_review.after("aws_rds_cluster_instance"):
        cluster = under_review.target(instance, "cluster_identifier", _CLUSTER)
        change = under_review.changes.get(instance.address)
        made = change is not None and (change.created or change.replaced)
        if not made or cluster is None or instance.text("instance_class") != serverless().instance_class:
            continue
        if not cluster.blocks(_RANGE) and not cluster.is_unknown(_RANGE):
            yield from _found(under_review, instance, f"is serverless, and {cluster.address} has no {_RANGE}")
    for cluster in under_review.after(_CLUSTER):
        before = under_review.plan.resources_before.get(cluster.address)
        if before is None or before.get(_RANGE) != cluster.get(_RANGE):
            for block in cluster.blocks(_RANGE):
                why = _out_of_bounds(block)
                if why is not None:
                    yield from _found(under_review, cluster, why)


def _out_of_bounds(block: dict[str, Any]) -> str | None:
    given = [block.get(name) for name in ("min_capacity", "max_capacity")]
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in given):
        return None
    facts = serverless()
    least, most = (Decimal(str(value)) for value in given)
    stepped = not least % facts.step_acus and not most % facts.step_acus
    if facts.pausing_acus <= least <= most and facts.least_most_acus <= most <= facts.acus[1] and stepped:
        return None
    return (
        f"has a capacity of {least:f} to {most:f}, and AWS takes {facts.pausing_acus} to {facts.acus[1]} capacity "
        f"units by {facts.step_acus}, the most no less than the least and than {facts.least_most_acus}"
    )


def _found(under_review: PlanUnderReview, resource: Resource, what: str) -> Iterator[Found]:
    concern, reviewed = under_review.concerns(resource.address)
    if concern:
        yield Found(id="RECOVERY-331", address=resource.address, reviewed=reviewed, values={"what": what})
