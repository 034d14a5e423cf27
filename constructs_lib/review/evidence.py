"""Evidence beside a review: what was measured of each component, beside what is estimated after the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from constructs_lib.assessment import Verdict
from constructs_lib.assessment.measured import measured_beside
from constructs_lib.objectives import Disruption, format_duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from constructs_lib.assessment.evidence import Evidence
    from constructs_lib.assessment.measured import Beside
    from constructs_lib.review.review import Review

__all__ = ["BesideReview", "beside_review"]


class BesideReview(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured of one component in one disruption.

    Attributes:
        address: The component.
        disruption: The disruption.
        estimated: The verdict of the review.
        verdict: The verdict with what was measured in its place.
        beside: The estimate with what was measured in its place, the records, and why others do not count.
    """

    address: str
    disruption: Disruption
    estimated: Verdict
    verdict: Verdict
    beside: Beside

    @property
    def is_worse(self) -> bool:
        """Whether what was measured is worse than what is estimated."""
        return self.verdict.rank > self.estimated.rank

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "rto_seconds": self.beside.estimate.rto_seconds,
            "rpo_seconds": self.beside.estimate.rpo_seconds,
            "confidence": self.beside.estimate.confidence.value,
            "verdict": self.verdict.value,
            "records": list(self.beside.records),
            "notes": list(self.beside.notes),
        }

    def lines(self) -> Iterator[str]:
        """Yield it as lines of text."""
        estimate = self.beside.estimate
        if self.beside.records:
            rto, rpo = (
                "no bound" if seconds is None else format_duration(seconds)
                for seconds in (estimate.rto_seconds, estimate.rpo_seconds)
            )
            yield (
                f"{self.address}: {self.disruption.value}: with what was measured RTO {rto}, RPO {rpo}: "
                f"{self.verdict.value} ({', '.join(self.beside.records)})"
            )
        for note in self.beside.notes:
            yield f"{self.address}: {self.disruption.value}: {note}"


def beside_review(review: Review, evidence: Sequence[Evidence], today: date) -> tuple[BesideReview, ...]:
    """Return what *evidence* says of the components after the plan; nothing of those that no record is about."""
    found = []
    for item in review.components:
        if item.after is None:
            continue
        names = {item.address, item.address.rpartition("/")[2], *([item.name] if item.name else [])}
        for row in item.disruptions:
            beside = measured_beside(
                item.after.estimates[row.disruption],
                item.after.component,
                row.disruption,
                evidence,
                workload=item.workload,
                names=names,
                today=today,
            )
            if beside is not None and row.after_verdict is not None:
                verdict = beside.estimate.verdict(row.target)
                # A review knows more than the estimate: what hides in another state, or is faulty, stays so.
                known = (
                    row.after_verdict if row.after_verdict.rank > item.after.verdict(row.disruption).rank else verdict
                )
                found.append(
                    BesideReview(
                        address=item.address,
                        disruption=row.disruption,
                        estimated=row.after_verdict,
                        verdict=known,
                        beside=beside,
                    )
                )
    return tuple(found)
