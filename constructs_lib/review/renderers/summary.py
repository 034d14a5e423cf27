"""What a review comes to, in one line, and its rows in the order in which a reader needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.assessment import Verdict
from constructs_lib.plural import plural
from constructs_lib.review.disruption_review import NOT_THERE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.review import ComponentReview, DisruptionReview, Finding, PlanInfo, Review

__all__ = [
    "Row",
    "about",
    "arrow",
    "called",
    "counts",
    "counts_line",
    "headline",
    "rows",
    "title_of",
    "warnings_of_plans",
]

_HEADLINES: Final = {
    Verdict.MET: "every objective is kept",
    Verdict.BREACHED: "a way back is taken away, or does not work",
    Verdict.UNKNOWN: "whether every objective is kept cannot be told",
    Verdict.UNDECLARED: "no objective is declared for anything in the plan",
}

_PROMISES: Final = frozenset({"RECOVERY-101", "RECOVERY-102", "RECOVERY-103"})
"""The findings that say of one disruption that its objective is not, or perhaps not, kept."""

_DESTROYED: Final = "RECOVERY-110"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One component in one disruption.

    Attributes:
        component: The component.
        disruption: What happens to it.
        verdict: After the plan; of something destroyed, what the component's verdict says.
        waived: The finding that says so, where somebody has accepted it.
    """

    component: ComponentReview
    disruption: DisruptionReview
    verdict: Verdict
    waived: Finding | None

    @property
    def matters(self) -> bool:
        """Whether a reviewer must look: a promise that is not known to be kept, or figures that change."""
        return self.open or (self.disruption.changed and self.component.status == "kept")

    @property
    def done(self) -> bool:
        """Whether it is the plan's doing, and not so before it."""
        return self.disruption.changed or self.component.status != "kept"

    @property
    def open(self) -> bool:
        """Whether a promise is not known to be kept, and nobody has accepted that."""
        return self.verdict in (Verdict.BREACHED, Verdict.UNKNOWN) and self.waived is None


def promised(disruption: DisruptionReview) -> str:
    """Return what is promised for a disruption, in words."""
    return "none declared" if disruption.target is None else str(disruption.target)


def rows(review: Review) -> list[Row]:
    """Return the disruptions of every component that are declared, or change: broken, unknown, changed, then the rest.

    What changes where nothing is declared is shown whether it becomes better or worse.
    """
    waived = {
        (address, disruption): item
        for item in review.waived
        if item.id in _PROMISES
        for address in item.components
        for disruption in item.disruptions
    }
    gone = {address: item for item in review.waived if item.id == _DESTROYED for address in item.components}
    found = []
    for component in review.components:
        for disruption in component.disruptions:
            if disruption.target is None and not (disruption.changed and component.status == "kept"):
                continue
            verdict = disruption.after_verdict
            if verdict is None:
                verdict = component.verdict
            accepted = waived.get((component.address, disruption.disruption))
            if accepted is None and component.after is None:
                accepted = gone.get(component.address)
            found.append(Row(component=component, disruption=disruption, verdict=verdict, waived=accepted))
    # The sort keeps the order of components and disruptions within a group.
    return sorted(found, key=lambda row: (not row.open, not row.done, -row.verdict.rank, not row.disruption.changed))


def headline(review: Review) -> str:
    """Return the verdict in words."""
    if review.verdict is Verdict.MET and review.waived:
        return "every objective is kept, or waived"
    if review.verdict is Verdict.BREACHED:
        if review.plans and all(plan.kind == "state" for plan in review.plans):
            return "not all that is promised is kept"
        if not review.worse:
            return "this plan makes nothing worse, and what is wrong was so before it"
        if any(row.open and row.verdict is Verdict.BREACHED for row in rows(review)):
            return "an objective is broken"
    return _HEADLINES[review.verdict]


def counts(review: Review) -> list[tuple[int, str]]:
    """Return how many there are of what, the worst first."""
    return [
        (len(review.errors), "error"),
        (len(review.warnings), "warning"),
        (len(review.notes), "note"),
        (len(review.waived), "waived"),
    ]


def counts_line(review: Review) -> str:
    """Return the counts in one line; zeros are left out, but of errors and warnings."""
    parts = [
        plural(number, name) if name != "waived" else f"{number:,} waived"
        for number, name in counts(review)
        if number or name in ("error", "warning")
    ]
    return ", ".join([*parts, plural(len(review.components), "component")])


def arrow(before: str, after: str) -> str:
    """Return a figure before and after, or once where it stays, or where there was nothing before."""
    return after if before in (after, NOT_THERE) else f"{before} → {after}"


def title_of(calm: Sequence[Row]) -> str:
    """Return what stands above the rows that nobody must look at: no breach is called kept that is only waived."""
    return "Kept or waived, and unchanged" if any(row.waived for row in calm) else "Kept and unchanged"


def warnings_of_plans(review: Review) -> Sequence[str]:
    """Return what makes the whole review doubtful: plans that failed half way, or leave something out."""
    found = []
    for plan in review.plans:
        if plan.errored:
            found.append(f"planning of {called(plan)} failed half way; what is said of it cannot be trusted")
        elif not plan.complete:
            found.append(f"{called(plan)} is a partial plan; what it leaves out is taken from the state")
    return found


def about(finding: Finding) -> str:
    """Return the disruptions a finding is about, in parentheses; nothing where the message begins with them."""
    names = finding.disruptions
    return "" if not names or finding.message.startswith(f"{names[0]}:") else f" ({', '.join(names)})"


def called(plan: PlanInfo) -> str:
    """Return what a plan is called; one that was not read from a file has no name."""
    return plan.name or "plan.json"
