"""The promise itself: broken, not told, weaker, or moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.assessment import Verdict
from constructs_lib.review.case import tags_now
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.component_review import ComponentReview, DisruptionReview
    from constructs_lib.review.subject import Subject


def promises(subject: Subject, reviewed: ComponentReview) -> Iterator[Found]:
    """Yield what becomes of a component's objective."""
    if subject.tagged_before is not None:
        values = {"before": subject.tagged_before, "after": tags_now(subject)}
        yield Found(id="RECOVERY-106", address=subject.address, subject=subject, values=values)
    if reviewed.after is None:
        return
    for item in reviewed.disruptions:
        rule = _rule(item, reviewed)
        if rule is not None:
            yield Found(
                id=rule,
                address=subject.address,
                subject=subject,
                disruption=item.disruption,
                values={
                    "disruption": item.disruption.value,
                    "before": item.before,
                    "after": item.after,
                    "target": str(item.target),
                    "reason": item.reason,
                    "change": reviewed.cheapest_change or "nothing that the catalog knows",
                },
            )
    if reviewed.after.uptime_verdict is Verdict.BREACHED:
        values = {"promised": str(subject.objective.uptime), "supported": str(reviewed.after.uptime)}
        yield Found(id="RECOVERY-105", address=subject.address, subject=subject, values=values)


def _rule(item: DisruptionReview, reviewed: ComponentReview) -> str | None:
    if item.target is None:
        return None
    if item.after_verdict is Verdict.BREACHED:
        return "RECOVERY-102" if item.before_verdict is Verdict.BREACHED else "RECOVERY-101"
    if item.after_verdict is Verdict.UNKNOWN:
        # Where another state may hold the answer, a line in the inventory says so.
        return None if item.elsewhere and not item.let_go else "RECOVERY-103"
    return "RECOVERY-104" if _weaker(item, reviewed) else None


def _weaker(item: DisruptionReview, reviewed: ComponentReview) -> bool:
    if reviewed.before is None or reviewed.after is None or item.before_verdict is not Verdict.MET:
        return False
    before, after = (side.estimates[item.disruption] for side in (reviewed.before, reviewed.after))
    pairs = ((before.rto_seconds, after.rto_seconds), (before.rpo_seconds, after.rpo_seconds))
    return any(old is not None and new is not None and new > old for old, new in pairs)
