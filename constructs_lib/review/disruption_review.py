"""One disruption of a component before and after the plan, ready to print."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.assessment import Verdict
from constructs_lib.catalog.confidence import Confidence
from constructs_lib.objectives import Disruption, Objective, Target, format_duration

if TYPE_CHECKING:
    from constructs_lib.assessment import Assessment, Estimate
    from constructs_lib.review.hidden import Hidden

__all__ = ["NOT_THERE", "DisruptionReview", "disruptions"]

NOT_THERE: Final = "-"
"""What stands for a figure of a component that is not on that side."""


class DisruptionReview(msgspec.Struct, frozen=True, kw_only=True):
    """One disruption of one component before and after, ready to print.

    Attributes:
        disruption: Which.
        target: What is promised; None where nothing is.
        before_verdict: The verdict before; None where it did not exist.
        after_verdict: The verdict after; None where it is gone.
        rto_before: The recovery time, as `15m`, `no bound`, `unknown`, or `-` where it did not exist.
        rto_after: The same after.
        rpo_before: The data lost, likewise.
        rpo_after: The same after.
        confidence: How far the figures after can be trusted.
        changed: Whether the plan changes a figure or the verdict.
        reason: Why it is so after the plan, in one sentence.
        elsewhere: Whether the way back may be in a state whose plan is not given; figures and verdict are then unknown.
        let_go: Whether that is so because Terraform lets go of what recovered it.
    """

    disruption: Disruption
    target: Target | None
    before_verdict: Verdict | None
    after_verdict: Verdict | None
    rto_before: str
    rto_after: str
    rpo_before: str
    rpo_after: str
    confidence: Confidence | None
    changed: bool
    reason: str
    elsewhere: bool = False
    let_go: bool = False

    @property
    def before(self) -> str:
        """Both figures before, in words."""
        return _both(self.rto_before, self.rpo_before)

    @property
    def after(self) -> str:
        """Both figures after, in words."""
        return _both(self.rto_after, self.rpo_after)


def _both(rto: str, rpo: str) -> str:
    return "not there" if NOT_THERE in (rto, rpo) else f"RTO {rto}, RPO {rpo}"


def disruptions(
    objective: Objective,
    before: Assessment | None,
    after: Assessment | None,
    hidden: Hidden | None,
    *,
    forgotten: bool,
) -> tuple[DisruptionReview, ...]:
    """Return the rows of a component, one for each disruption.

    Args:
        objective: What it must keep.
        before: Its assessment before; None where it did not exist.
        after: Its assessment after; None where it is gone.
        hidden: What of it may be in a state whose plan is not given.
        forgotten: Whether Terraform lets go of it.
    """
    return _rows(objective, _estimates(before), _estimates(after), hidden, forgotten=forgotten)


def _estimates(side: Assessment | None) -> tuple[Estimate | None, ...]:
    return _NONE if side is None else tuple(side.estimates.values())


_NONE: Final = (None,) * len(Disruption)


@lru_cache(maxsize=4096)
def _rows(
    objective: Objective,
    before: tuple[Estimate | None, ...],
    after: tuple[Estimate | None, ...],
    elsewhere: Hidden | None,
    *,
    forgotten: bool,
) -> tuple[DisruptionReview, ...]:
    """Return the rows of a component; those of components with the same estimates and objective are the same."""
    return tuple(
        _disruption(objective, item, old, new, elsewhere, forgotten=forgotten)
        for item, old, new in zip(Disruption, before, after, strict=True)
    )


def _disruption(
    objective: Objective,
    disruption: Disruption,
    old: Estimate | None,
    new: Estimate | None,
    elsewhere: Hidden | None,
    *,
    forgotten: bool,
) -> DisruptionReview:
    hidden = elsewhere is not None and disruption in elsewhere.disruptions
    target = objective.target(disruption)
    verdicts = []
    for side in (old, new):
        verdict = None if side is None else side.verdict(target)
        if hidden and verdict is Verdict.BREACHED:
            verdict = Verdict.UNKNOWN
        verdicts.append(verdict)
    let_go = elsewhere is not None and elsewhere.let_go
    hidden = hidden and (not let_go or verdicts[1] is Verdict.UNKNOWN)
    rto_before, rpo_before = _figures(old, hidden and not let_go)
    rto_after, rpo_after = _figures(new, hidden)
    figures = (rto_before, rpo_before) != (rto_after, rpo_after)
    because = elsewhere.because if hidden and elsewhere is not None else None
    return DisruptionReview(
        disruption=disruption,
        target=target,
        before_verdict=verdicts[0],
        after_verdict=verdicts[1],
        rto_before=rto_before,
        rto_after=rto_after,
        rpo_before=rpo_before,
        rpo_after=rpo_after,
        confidence=None if new is None else Confidence.UNKNOWN if hidden else new.confidence,
        changed=figures or verdicts[0] != verdicts[1],
        reason=_reason(new, target, because, forgotten=forgotten),
        elsewhere=hidden,
        let_go=hidden and let_go,
    )


def _figures(estimate: Estimate | None, hidden: bool) -> tuple[str, str]:
    if estimate is None:
        return NOT_THERE, NOT_THERE
    if hidden:
        return "unknown", "unknown"
    none = "no bound" if estimate.lost else "unknown"
    rto, rpo = (
        none if seconds is None else format_duration(seconds)
        for seconds in (estimate.rto_seconds, estimate.rpo_seconds)
    )
    return rto, rpo


def _reason(estimate: Estimate | None, target: Target | None, elsewhere: str | None, *, forgotten: bool) -> str:
    """Return the one sentence that says most: what decides the verdict."""
    if elsewhere is not None:
        return elsewhere
    if estimate is None:
        return "Terraform lets go of it" if forgotten else "the plan destroys it"
    notes = [reason for reason in estimate.reasons if reason.step == "note"]
    if estimate.lost or estimate.confidence is Confidence.UNKNOWN:
        # What nothing recovers, and why what was declared does not count.
        vague = [reason for reason in estimate.reasons if reason.confidence is Confidence.UNKNOWN]
        return "; ".join(str(reason.text) for reason in dict.fromkeys((*vague, *notes))) or "nothing is known of it"
    parts = [reason for reason in estimate.reasons if reason.step != "note"]
    if target is not None and estimate.rpo_seconds is not None and estimate.rpo_seconds > target.rpo:
        parts = [reason for reason in parts if reason.step == "lose"]
    elif target is not None and estimate.rto_seconds is not None and estimate.rto_seconds > target.rto:
        parts = [reason for reason in parts if reason.step != "lose"]
    biggest = max(parts, key=lambda reason: reason.seconds, default=None)
    said = [] if biggest is None else [biggest.text]
    if target is not None and estimate.verdict(target) is Verdict.BREACHED:
        said += [reason.text for reason in notes]
    return "; ".join(said)
