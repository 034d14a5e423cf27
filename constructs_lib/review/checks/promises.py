"""The promise itself: broken, not told, weaker, or moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.assessment import Verdict
from constructs_lib.review.finding import Found
from constructs_lib.review.promised_objectives import tags_now

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.review.component_review import ComponentReview
    from constructs_lib.review.disruption_review import DisruptionReview
    from constructs_lib.review.reviewed_component import ReviewedComponent


def promises(reviewed: ReviewedComponent, outcome: ComponentReview) -> Iterator[Found]:
    """Yield what becomes of a component's objective."""
    if reviewed.tagged_before is not None:
        values = {"before": reviewed.tagged_before, "after": tags_now(reviewed)}
        yield Found(id="RECOVERY-106", address=reviewed.address, reviewed=reviewed, values=values)
    if outcome.after is None:
        return
    told: dict[tuple[str, bool], list[DisruptionReview]] = {}
    for item in outcome.disruptions:
        rule = _rule(item, outcome)
        if rule is not None:
            told.setdefault((rule, _stands(item, outcome)), []).append(item)
    for (rule, stands), items in told.items():
        first, *more = _rows(items)
        yield Found(
            id=rule,
            address=reviewed.address,
            reviewed=reviewed,
            disruptions=tuple(item.disruption for item in items),
            standing=stands,
            values={**first, "change": outcome.cheapest_change or "nothing that the catalog knows"},
            more=tuple(more),
        )
    if outcome.after.uptime_verdict is Verdict.BREACHED:
        values = {"promised": str(reviewed.objective.uptime), "supported": str(outcome.after.uptime)}
        stands = outcome.before is not None and outcome.before.uptime_verdict is Verdict.BREACHED
        yield Found(id="RECOVERY-105", address=reviewed.address, reviewed=reviewed, values=values, standing=stands)


def _rows(items: Iterable[DisruptionReview]) -> Iterator[dict[str, str]]:
    """Yield the words for each disruption; a reason that was given for one is not given again for the next."""
    given: set[str] = set()
    for item in items:
        parts = item.reason.split("; ")
        new = [part for part in parts if part not in given]
        given.update(parts)
        yield {
            "disruption": item.disruption.value,
            "before": item.before,
            "after": item.after,
            "target": str(item.target),
            "reason": "; ".join(new) or "likewise",
        }


def _rule(item: DisruptionReview, outcome: ComponentReview) -> str | None:
    if item.target is None:
        return None
    if item.after_verdict is Verdict.BREACHED:
        return "RECOVERY-102" if item.before_verdict is Verdict.BREACHED else "RECOVERY-101"
    if item.after_verdict is Verdict.UNKNOWN:
        # Where another state may hold the answer, a line in the inventory says so.
        return None if item.elsewhere and not item.let_go else "RECOVERY-103"
    return "RECOVERY-104" if _weaker(item, outcome) else None


def _stands(item: DisruptionReview, outcome: ComponentReview) -> bool:
    """Whether it was as bad before the plan."""
    if outcome.before is None or outcome.after is None or item.before_verdict is not item.after_verdict:
        return False
    before, after = (side.estimates[item.disruption] for side in (outcome.before, outcome.after))
    pairs = ((before.rto_seconds, after.rto_seconds), (before.rpo_seconds, after.rpo_seconds))
    return all(old is None or (new is not None and new <= old) for old, new in pairs)


def _weaker(item: DisruptionReview, outcome: ComponentReview) -> bool:
    if outcome.before is None or outcome.after is None or item.before_verdict is not Verdict.MET:
        return False
    before, after = (side.estimates[item.disruption] for side in (outcome.before, outcome.after))
    pairs = ((before.rto_seconds, after.rto_seconds), (before.rpo_seconds, after.rpo_seconds))
    return any(old is not None and new is not None and new > old for old, new in pairs)
