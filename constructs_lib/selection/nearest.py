"""The nearest objective that can be had, when the one asked for cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.assessment import Verdict
from constructs_lib.objectives import Target
from constructs_lib.selection.shortfall import sayable, shortfall, supported_uptime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.assessment import Assessment
    from constructs_lib.objectives import Objective
    from constructs_lib.selection.choice import Candidate


def nearest_objective(objective: Objective, candidates: Sequence[Candidate]) -> Objective | None:
    """Return *objective*, loosened as little as possible until one of *candidates* keeps it; None where none can.

    Of candidates that fall as short as each other, the cheapest.
    """
    ranked = []
    for order, candidate in enumerate(candidates):
        never, far = shortfall(candidate.assessment)
        if not never:
            ranked.append((far, candidate.cost.usd, order, candidate))
    if not ranked:
        return None
    return _loosened(objective, min(ranked, key=lambda item: item[:3])[3].assessment)


def _loosened(objective: Objective, assessment: Assessment) -> Objective:
    targets: dict[str, Target] = {}
    for disruption, target in objective.targets():
        figures = sayable(assessment.estimates[disruption])
        assert figures is not None, "a candidate with a figure that cannot be said is never the nearest"
        rto, rpo = figures
        targets[disruption.value] = Target.of_seconds(max(target.rto, rto), max(target.rpo, rpo))
    loosened = objective.with_targets(**targets)
    if assessment.uptime_verdict in (Verdict.BREACHED, Verdict.UNKNOWN):
        loosened = loosened.with_uptime(supported_uptime(assessment))
    return loosened
