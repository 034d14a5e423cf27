"""Auto scaling that DynamoDB demands of a provisioned table before it makes a replica of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.plan.document.resource import text_in
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

_TARGET: Final = "aws_appautoscaling_target"
_POLICY: Final = "aws_appautoscaling_policy"
_DYNAMODB: Final = "dynamodb"
_WRITES: Final = "dynamodb:{}:WriteCapacityUnits"
_BLOCK: Final = "replica"


def table_scaling(
    under_review: PlanUnderReview, table: Resource, reviewed: ReviewedComponent, apart: Sequence[Resource]
) -> Iterator[Found]:
    """Yield what DynamoDB refuses to replicate for want of auto scaling: on the table's writes, and each index's.

    Args:
        under_review: What is reviewed.
        table: The table.
        reviewed: The table as it is reviewed.
        apart: Its replicas that are resources of their own.
    """
    said = {copy.region for copy in apart}
    inline = [region for block in table.blocks(_BLOCK) if (region := text_in(block, "region_name")) not in said]
    if table.get("billing_mode") != "PROVISIONED" or not (apart or inline):
        return
    # One replica in the table's own resource is told by its Region; then the row does not count it either.
    region = inline[0] if len(inline) == 1 and not apart else None
    needed = {"table": None} | {f"index/{name}": name for name in _indexes(table)}
    for what, index in needed.items():
        targets, policies = (
            [item for item in under_review.after(type) if _may_scale(item, table, what)] for type in (_TARGET, _POLICY)
        )
        if not targets or not policies:
            values = {
                "what": f"index {index} of {table.address}" if index else table.address,
                "by": "no policy" if targets else "nothing",
            }
            yield Found(id="RECOVERY-322", address=table.address, reviewed=reviewed, region=region, values=values)
            return
        new = _new(under_review, table, inline)
        if new and all(_after(under_review, item, table) for item in (targets if index is None else ())):
            because = (
                "its replica is made with it, and what scales it only after it; DynamoDB makes no replica of a "
                "provisioned table that nothing scales"
            )
            fix = (
                "make the replica with aws_dynamodb_table_replica and depends_on what scales the table, or set "
                "billing_mode to PAY_PER_REQUEST"
            )
            values = {"because": because, "change": fix}
            yield Found(id="RECOVERY-334", address=table.address, reviewed=reviewed, region=new[0], values=values)


def _indexes(table: Resource) -> list[str]:
    if table.is_unknown("global_secondary_index"):
        return []
    return [name for block in table.blocks("global_secondary_index") if isinstance(name := block.get("name"), str)]


def _may_scale(scaling: Resource, table: Resource, what: str) -> bool:
    """Whether a target or policy of auto scaling is of these writes, or may be: what is not told speaks for it."""
    kind, _, index = what.partition("/")
    if scaling.text("service_namespace") not in (None, _DYNAMODB):
        return False
    if scaling.text("scalable_dimension") not in (None, _WRITES.format(kind)):
        return False
    scaled, name = scaling.text("resource_id"), table.text("name")
    return scaled is None or name is None or scaled == f"table/{name}{f'/index/{index}' if index else ''}"


def _new(under_review: PlanUnderReview, table: Resource, inline: Sequence[object]) -> list[str]:
    """Return the Regions of the replicas in the table's own resource that the plan is to make."""
    change = under_review.changes.get(table.address)
    if change is None or change.forgotten:
        return []
    before = under_review.plan.resources_before.get(table.address)
    there = [] if before is None or change.replaced else [item.get("region_name") for item in before.blocks(_BLOCK)]
    return [region for region in inline if isinstance(region, str) and region not in there]


def _after(under_review: PlanUnderReview, scaling: Resource, table: Resource) -> bool:
    """Whether the plan makes this scaling, and only once it has made or changed the table."""
    change = under_review.changes.get(scaling.address)
    made = change is not None and change.created
    return made and table.address in under_review.plan.resolve(scaling.address, "resource_id")
