"""Failover records that return by themselves, over databases that are written to in one Region only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.components import Kind
from constructs_lib.plan.document.resource import listed_in
from constructs_lib.review.finding import Found
from constructs_lib.review.reviewed_component import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

_RECORD: Final = "aws_route53_record"
_CHECK: Final = "aws_route53_health_check"
_WORKLOAD: Final = "recovery:workload"
_HELD: Final = frozenset({"CLOUDWATCH_METRIC", "RECOVERY_CONTROL"})
"""The types of health check that somebody sets, and whose answer stays."""


def return_by_itself(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield the primary failover records that Route 53 turns both ways, beside a database with one writer."""
    for record in under_review.after(_RECORD):
        if record.text("failover_routing_policy", 0, "type") != "PRIMARY":
            continue
        check = under_review.target(record, "health_check_id", _CHECK)
        if check is None or _latched(under_review, check):
            continue
        database = next(_single_writers(under_review, record, check), None)
        if database is not None:
            values = {"database": database.address, "check": check.address}
            yield Found(id="RECOVERY-506", address=record.address, reviewed=database, values=values)


def _latched(under_review: PlanUnderReview, check: Resource, above: frozenset[str] = frozenset()) -> bool:
    """Whether something that a person sets holds the answer of the check, or may do so; a disabled one is healthy."""
    if check.get("disabled") is True:
        return False
    if check.text("type") in _HELD or check.get("invert_healthcheck") is True:
        return True
    if check.text("type") != "CALCULATED":
        return False
    ids = [item for item in listed_in(check.values, "child_healthchecks") if isinstance(item, str)]
    here = {item.text("id"): item for item in under_review.after(_CHECK)}
    referred = map(
        under_review.plan.resources_after.get, under_review.plan.resolve(check.address, "child_healthchecks")
    )
    children = [item for item in (*map(here.get, ids), *referred) if item is not None and item.type == _CHECK]
    # A child that is not in the plans may be a latch.
    apart = any(item not in here for item in ids)
    seen = above | {check.address}
    further = [child for child in children if child.address not in seen]
    return apart or not children or any(_latched(under_review, child, seen) for child in further)


def _single_writers(under_review: PlanUnderReview, record: Resource, check: Resource) -> Iterator[ReviewedComponent]:
    """Yield the databases of the record's workload that no other Region can write to."""
    owners = {item.workload for item in under_review.owners(record.address) if item.address == record.address}
    tagged = {here.tags[_WORKLOAD] for here in (record, check) if _WORKLOAD in here.tags}
    workloads = owners | tagged or {item.workload for item in under_review.reviewed_components.values()}
    # Where nothing says whose the record is, it is the only workload's or nobody knows whose.
    if len(workloads) > 1 and not owners | tagged:
        return
    for item in under_review.reviewed_components.values():
        if item.kind is not Kind.DATABASE or item.workload not in workloads or item.after is None or item.copy_of:
            continue
        roles = {under_review.catalog.mechanism(item.kind, one.mechanism).role for one in counted(item.after)}
        if "peer" not in roles:
            yield item
