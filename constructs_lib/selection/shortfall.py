"""How far what can be had is from what was asked."""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING

from constructs_lib.assessment import Verdict
from constructs_lib.availability import parse_availability
from constructs_lib.catalog.confidence import Confidence
from constructs_lib.objectives.duration import LONGEST

if TYPE_CHECKING:
    from constructs_lib.assessment import Assessment, Estimate
    from constructs_lib.availability import Availability
    from constructs_lib.objectives import Target

_MINUTE = 60
_MOST_NINES = 12
_DECIMALS = 4


def shortfall(assessment: Assessment) -> tuple[int, float]:
    """Return how many promises of the objective cannot be had at any looseness, and how far the others are.

    How far is the sum, over the targets that have to give way, of how many times they double (a minute more on five
    minutes weighs more than on five hours).
    """
    objective = assessment.objective
    if objective is None:
        return 0, 0.0
    never, far = 0, 0.0
    for disruption, target in objective.targets():
        figures = sayable(assessment.estimates[disruption])
        if figures is None:
            never += 1
            continue
        far += beyond(target, figures)
    if assessment.uptime_verdict in (Verdict.BREACHED, Verdict.UNKNOWN) and objective.uptime is not None:
        supported = supported_uptime(assessment)
        if supported is None:
            never += 1
        else:
            far += 1 + abs(_nines(objective.uptime) - _nines(supported))
    return never, far


def sayable(estimate: Estimate) -> tuple[int, int] | None:
    """Return the RTO and the RPO as a target would say them, or None where none can.

    Rounded up to whole minutes where that changes little.
    """
    return None if estimate.confidence is Confidence.UNKNOWN else readable(estimate.rto_seconds, estimate.rpo_seconds)


def readable(rto: int | None, rpo: int | None) -> tuple[int, int] | None:
    """Return both as a target would say them, or None where one is not known or longer than any duration."""
    return None if rto is None or rpo is None or max(rto, rpo) > LONGEST else (_readable(rto), _readable(rpo))


def beyond(target: Target, figures: tuple[int, int]) -> float:
    """Return how many times what *target* says has to double until it is no less than *figures*."""
    return sum(
        log2((given + _MINUTE) / (asked + _MINUTE))
        for asked, given in zip((target.rto, target.rpo), figures, strict=True)
        if given > asked
    )


def supported_uptime(assessment: Assessment) -> Availability | None:
    """Return the uptime that is supported, as a promise would say it: rounded down."""
    supported = assessment.uptime.availability
    return None if supported is None else parse_availability(supported.rounded(decimals=_DECIMALS))


def _readable(seconds: int) -> int:
    return seconds if seconds < 5 * _MINUTE else min(-(-seconds // _MINUTE) * _MINUTE, LONGEST)


def _nines(availability: Availability) -> float:
    """Return the number of nines; no more than a promise could ever be checked to."""
    return min(float(availability.nines), _MOST_NINES)
