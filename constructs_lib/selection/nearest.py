"""The nearest objective that can be had, when the one asked for cannot."""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING

from constructs_lib.assessment import Verdict
from constructs_lib.availability import parse_availability
from constructs_lib.catalog.confidence import Confidence
from constructs_lib.objectives import Target
from constructs_lib.objectives.duration import LONGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.assessment import Assessment
    from constructs_lib.availability import Availability
    from constructs_lib.objectives import Objective
    from constructs_lib.selection.choice import Candidate

_MINUTE = 60
_MOST_NINES = 12
_DECIMALS = 4


def nearest_objective(objective: Objective, candidates: Sequence[Candidate]) -> Objective | None:
    """Return *objective*, loosened as little as possible until one of *candidates* keeps it; None where none can.

    As little as possible is the smallest sum, over the targets that have to give way, of how many times they double
    (a minute more on five minutes weighs more than on five hours). Of equals, the cheapest candidate.
    """
    ranked = []
    for order, candidate in enumerate(candidates):
        loosened = _loosened(objective, candidate.assessment)
        if loosened is not None:
            ranked.append((_distance(objective, loosened), candidate.cost.usd, order, loosened))
    return min(ranked, key=lambda item: item[:3])[3] if ranked else None


def _loosened(objective: Objective, assessment: Assessment) -> Objective | None:
    targets: dict[str, Target] = {}
    for disruption, target in objective.targets():
        estimate = assessment.estimates[disruption]
        if estimate.rto_seconds is None or estimate.rpo_seconds is None or estimate.confidence is Confidence.UNKNOWN:
            return None
        if max(estimate.rto_seconds, estimate.rpo_seconds) > LONGEST:
            return None  # no objective can say it
        targets[disruption.value] = Target.of_seconds(
            target.rto if estimate.rto_seconds <= target.rto else _readable(estimate.rto_seconds),
            target.rpo if estimate.rpo_seconds <= target.rpo else _readable(estimate.rpo_seconds),
        )
    loosened = objective.with_targets(**targets)
    if assessment.uptime_verdict in (Verdict.BREACHED, Verdict.UNKNOWN):
        if assessment.uptime.availability is None:
            return None
        loosened = loosened.with_uptime(parse_availability(assessment.uptime.availability.rounded(decimals=_DECIMALS)))
    return loosened


def _readable(seconds: int) -> int:
    """Round up to whole minutes where that changes little."""
    return seconds if seconds < 5 * _MINUTE else -(-seconds // _MINUTE) * _MINUTE


def _distance(objective: Objective, loosened: Objective) -> float:
    total = 0.0
    for disruption, target in objective.targets():
        other = loosened.target(disruption)
        assert other is not None
        for asked, given in ((target.rto, other.rto), (target.rpo, other.rpo)):
            total += log2((given + _MINUTE) / (asked + _MINUTE))
    if objective.uptime is not None and loosened.uptime is not None and objective.uptime != loosened.uptime:
        total += 1 + abs(_nines(objective.uptime) - _nines(loosened.uptime))
    return total


def _nines(availability: Availability) -> float:
    """Return the number of nines; no more than a promise could ever be checked to."""
    return min(float(availability.nines), _MOST_NINES)
