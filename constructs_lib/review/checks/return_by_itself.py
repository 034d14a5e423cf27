"""Records that move and return by themselves, over databases that are written to in one Region only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.components import Kind
from constructs_lib.plan.document.resource import listed_in
from constructs_lib.review.checks.weighted_records import weight_of, weighted_sets
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
    """Yield the records that Route 53 turns both ways, beside a database with one writer: primary or weighted ones."""
    most_answered = {record.address for record in _most_answered(under_review)}
    databases = _single_writers(under_review)
    for record in under_review.after(_RECORD) if databases else ():
        primary = record.text("failover_routing_policy", 0, "type") == "PRIMARY"
        check = under_review.target(record, "health_check_id", _CHECK)
        # Of weighted records the one that is answered most leads to where the writer is, as far as anybody can tell.
        if check is None or not (primary or record.address in most_answered):
            continue
        single = _of_the_record(under_review, databases, record, check)
        database = next((item for item in single if not _latched(under_review, check, item.region)), None)
        if database is not None:
            values = {"database": database.address, "check": check.address}
            yield Found(id="RECOVERY-506", address=record.address, reviewed=database, values=values)


def _most_answered(under_review: PlanUnderReview) -> Iterator[Resource]:
    """Yield of each set of weighted records, of which several are answered, that with the greatest weight."""
    for records in weighted_sets(under_review):
        answered = [record for record in records if weight_of(record) != 0]
        if len(records) > 1 and answered:
            yield max(answered, key=lambda record: weight_of(record) or 0)


def _latched(
    under_review: PlanUnderReview, check: Resource, home: str | None, above: frozenset[str] = frozenset()
) -> bool:
    """Whether something that a person sets holds the answer of the check, or may do so; a disabled one is healthy.

    An alarm of *home*, the Region that is lost, holds nothing. Of a check that counts others, those that are held have
    to be so many that it is unhealthy for them alone.
    """
    if check.get("disabled") is True:
        return False
    if check.text("type") in _HELD or check.get("invert_healthcheck") is True:
        return home is None or check.text("cloudwatch_alarm_region") != home
    if check.text("type") != "CALCULATED":
        return False
    ids = [item for item in listed_in(check.values, "child_healthchecks") if isinstance(item, str)]
    here = {item.text("id"): item for item in under_review.after(_CHECK)}
    referred = map(
        under_review.plan.resources_after.get, under_review.plan.resolve(check.address, "child_healthchecks")
    )
    named = [item for item in (*map(here.get, ids), *referred) if item is not None and item.type == _CHECK]
    children = list({child.address: child for child in named}.values())
    seen = above | {check.address}
    further = [child for child in children if child.address not in seen]
    # A child that is not in the plans may be a latch.
    held = sum(item not in here for item in ids) + sum(_latched(under_review, one, home, seen) for one in further)
    count, threshold = max(len(ids), len(children)), check.number("child_health_threshold")
    return not children or (held > 0 and (threshold is None or count - held < threshold))


def _single_writers(under_review: PlanUnderReview) -> list[ReviewedComponent]:
    """Return the databases that no other Region can write to."""
    return [
        item
        for item in under_review.reviewed_components.values()
        if item.kind is Kind.DATABASE and item.after is not None and not item.copy_of
        if "peer" not in {under_review.catalog.mechanism(item.kind, one.mechanism).role for one in counted(item.after)}
    ]


def _of_the_record(
    under_review: PlanUnderReview, databases: list[ReviewedComponent], record: Resource, check: Resource
) -> list[ReviewedComponent]:
    """Return those of the record's workload; where nothing says whose it is, it is the only one's, or nobody's."""
    owners = {item.workload for item in under_review.owners(record.address) if item.address == record.address}
    workloads = owners | {here.tags[_WORKLOAD] for here in (record, check) if _WORKLOAD in here.tags}
    if workloads:
        return [item for item in databases if item.workload in workloads]
    return [] if len(under_review.by_workload) > 1 else databases
