"""How far a number can be trusted."""

from __future__ import annotations

from enum import StrEnum


class Confidence(StrEnum):
    """The trust in an estimate, from the most to the least.

    `MEASURED` comes from a drill. `ENFORCED` is a synchronous mechanism, or one that blocks; `SLA` an AWS service level
    agreement; `DOCUMENTED` a figure AWS publishes; `PLANNING` our stated planning value; `UNKNOWN` never counts as met.
    """

    MEASURED = "measured"
    ENFORCED = "enforced"
    SLA = "sla"
    DOCUMENTED = "documented"
    PLANNING = "planning"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """Zero for the most trusted, rising as trust falls."""
        return _RANKS[self]


_RANKS = {confidence: rank for rank, confidence in enumerate(Confidence)}


def weakest(*confidences: Confidence) -> Confidence:
    """Return the least trusted: a sum is worth no more than its weakest part."""
    return max(confidences, key=_RANKS.__getitem__)
