"""Backups that stand beside what is assessed, or back up a copy, and will be kept for less long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.plan.document.resource import as_number, blocks_in
from constructs_lib.plan.kinds.component_builder import forever
from constructs_lib.plural import plural
from constructs_lib.review.finding import Found
from constructs_lib.review.reviewed_component import counted, leaves_region

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.review.plan_under_review import PlanUnderReview

__all__ = ["in_days", "shorter_retention"]


def shorter_retention(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield what keeps its backups for less long, and is no protection of a component that is assessed."""
    yield from _shorter_on_copies(under_review)
    yield from _shorter_backups(under_review)


def _shorter_on_copies(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield copies of databases whose own backups will be kept for less long: those count once it has taken over."""
    name = "backup_retention_period"
    for address in under_review.plan.copies_after:
        before = under_review.plan.resources_before.get(address)
        after = under_review.plan.resources_after.get(address)
        if before is None or after is None or before is after or address in under_review.reviewed_components:
            continue
        was, now = before.number(name), after.number(name)
        concern, reviewed = under_review.concerns(address)
        # Without any, it is said that the copy has none.
        if concern and was and now and now < was:
            values = {"mechanism": "what backs up the copy itself", "before": in_days(was), "after": in_days(now)}
            yield Found(id="RECOVERY-117", address=address, reviewed=reviewed, values=values)


def _shorter_backups(under_review: PlanUnderReview) -> Iterator[Found]:
    """Recovery points of a plan whose backups the catalog does not assess, since something better is there as well."""
    assessed = {
        item.address for reviewed in under_review.reviewed_components.values() for item in counted(reviewed.before)
    }
    for before in under_review.before("aws_backup_plan"):
        after = under_review.plan.resources_after.get(before.address)
        if after is None or after is before or before.is_sensitive("rule") or after.is_sensitive("rule"):
            continue
        concern, reviewed = under_review.concerns(before.address)
        own = None if reviewed is None else reviewed.before
        taken = own is not None and any(
            under_review.catalog.mechanism(own.kind, item.mechanism).role == "backups" and not leaves_region(own, item)
            for item in counted(own)
        )
        if not concern or (taken and before.address in assessed):
            continue
        now = {str(rule.get("rule_name")): _kept_days(rule) for rule in after.blocks("rule")}
        for rule in before.blocks("rule"):
            was, days = _kept_days(rule), now.get(str(rule.get("rule_name")))
            if was is not None and days is not None and days < was:
                values = {"mechanism": "a rule of the backup plan", "before": in_days(was), "after": in_days(days)}
                yield Found(id="RECOVERY-117", address=before.address, reviewed=reviewed, values=values)


def in_days(days: int) -> str:
    """Return for how long something is kept, in words."""
    return "everything" if days >= forever() else plural(days, "day")


def _kept_days(rule: Mapping[str, object]) -> int | None:
    return next((as_number(item.get("delete_after")) for item in blocks_in(rule, "lifecycle")), None)
