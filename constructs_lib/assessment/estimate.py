"""A recovery time or a recovery point with its confidence and the reasons that add up to it."""

from __future__ import annotations

from enum import StrEnum

import attrs
import msgspec

from constructs_lib.catalog.confidence import Confidence, weakest
from constructs_lib.objectives import Target, format_duration


class Verdict(StrEnum):
    """What an estimate says about a target. Unknown never counts as met."""

    MET = "met"
    BREACHED = "breached"
    UNKNOWN = "unknown"
    UNDECLARED = "undeclared"

    @property
    def rank(self) -> int:
        """How bad it is, 0 for the best: what is not declared cannot be broken, and what is unknown may be."""
        return _RANKS[self]


_RANKS = {Verdict.UNDECLARED: 0, Verdict.MET: 1, Verdict.UNKNOWN: 2, Verdict.BREACHED: 3}


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One part of an estimate.

    Attributes:
        step: `detect`, `decide`, `act`, `propagate` for a recovery time, `lose` for a recovery point, `note` otherwise.
        seconds: What it adds.
        text: Why.
        confidence: How far the number can be trusted.
        source: Its source in the catalog, or `objective` for the objective's own assumptions.
    """

    step: str
    seconds: int
    text: str
    confidence: Confidence
    source: str

    def __str__(self) -> str:
        if self.step == "note":
            return self.text
        return f"{self.step} {format_duration(self.seconds)}: {self.text} ({self.confidence})"


@attrs.frozen(kw_only=True, cache_hash=True)
class Estimate:
    """What one component would lose, and how long it would be down, in one disruption.

    Attributes:
        rto_seconds: Seconds down; None is unknown or, where `lost`, without a bound.
        rpo_seconds: Seconds of data lost; None is unknown or, where `lost`, without a bound.
        rto_confidence: The weakest confidence among the parts of the recovery time.
        rpo_confidence: The same for the recovery point.
        reasons: The parts, recovery time first.
        mechanism: The mechanism the recovery goes by; None where there is none.
        automatic: Whether it needs no human.
        lost: Whether nothing recovers it: both figures are then None, and every target is breached.
        wider: Whether it is the way back from the loss of the Region, taken for the loss of less.
        noticed_by: What tells the people who recover it, built or declared; None where nobody has to notice, or nothing
            tells them.
    """

    rto_seconds: int | None
    rpo_seconds: int | None
    rto_confidence: Confidence
    rpo_confidence: Confidence
    reasons: tuple[Reason, ...]
    mechanism: str | None = None
    automatic: bool = False
    lost: bool = False
    wider: bool = False
    noticed_by: str | None = None

    @property
    def confidence(self) -> Confidence:
        """The weaker of the two confidences."""
        return weakest(self.rto_confidence, self.rpo_confidence)

    def verdict(self, target: Target | None) -> Verdict:
        """Return the verdict on *target*; None is an undeclared one."""
        if target is None:
            return Verdict.UNDECLARED
        if (
            self.lost
            or (self.rto_seconds is not None and self.rto_seconds > target.rto)
            or (self.rpo_seconds is not None and self.rpo_seconds > target.rpo)
        ):
            return Verdict.BREACHED
        return Verdict.UNKNOWN if self.figures is None else Verdict.MET

    @property
    def figures(self) -> tuple[int, int] | None:
        """The recovery time and point in seconds, None where no target can be met by them."""
        if self.lost or Confidence.UNKNOWN in (self.rto_confidence, self.rpo_confidence):
            return None
        if self.rto_seconds is None or self.rpo_seconds is None:
            return None
        return self.rto_seconds, self.rpo_seconds
