"""Whether an uptime can be promised on top of what it depends on, and what to change where it cannot."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec.structs import replace

from constructs_lib.assessment.estimate import Verdict
from constructs_lib.assessment.needs import Need, needs_of
from constructs_lib.assessment.remedy import Remedy
from constructs_lib.assessment.sla_findings import SlaFinding, period_text, sla_findings
from constructs_lib.availability import (
    MONTH_30D,
    Availability,
    Period,
    allowed_downtime,
    composite_availability,
    own_availability_needed,
    parallel,
    partial,
    series,
    service_availability,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_lib.assessment.assess import Assessment
    from constructs_lib.declaration.dependency import Dependency
    from constructs_lib.declaration.sla_terms import CreditStep
    from constructs_lib.objectives import Objective

__all__ = ["Need", "Remedy", "SlaFeasibility", "SlaFinding", "needs_of", "period_text", "sla_feasibility"]

_DECIMALS = 4


class SlaFeasibility(msgspec.Struct, frozen=True, kw_only=True):
    """What can be promised, and why.

    Attributes:
        promise: What was asked; None where nothing is promised.
        period: The period the promise is counted over.
        needs: Everything the service depends on: AWS first, then third parties.
        full: What the dependencies allow for the service in full; None where one of them is unknown.
        reduced: What they allow for the service at least in its reduced form; the promise is judged against this.
        own_needed: How available one's own software must be for the promise; None where nothing suffices, nothing is
            promised, or a need is unknown.
        safe: The highest promise of the usual ladder that leaves at least half of its budget to oneself; None where
            there is none.
        remedies: Each single change, the most helpful first.
        plan: The fewest changes that together make the promise possible; empty where it is already, or nothing does.
        findings: What contradicts the promise.
    """

    promise: Availability | None
    period: Period
    needs: tuple[Need, ...]
    full: Availability | None
    reduced: Availability | None
    own_needed: Availability | None
    safe: Availability | None
    remedies: tuple[Remedy, ...]
    plan: tuple[Remedy, ...]
    findings: tuple[SlaFinding, ...]

    @property
    def verdict(self) -> Verdict:
        """Whether the dependencies leave room for the promise; unknown never counts as met."""
        if self.promise is None:
            return Verdict.UNDECLARED
        if self.reduced is None:
            return Verdict.UNKNOWN
        return Verdict.MET if self.reduced >= self.promise else Verdict.BREACHED

    @property
    def allowed(self) -> Fraction | None:
        """The downtime the promise allows in the period, in seconds; the formula of `allowed_downtime`."""
        return None if self.promise is None else allowed_downtime(self.promise, self.period)

    @property
    def third_party_downtime(self) -> Fraction:
        """The downtime that the critical third parties may have by their own promises, in seconds, in the period."""
        return self._downtime(need for need in self.needs if need.third_party)

    @property
    def aws_downtime(self) -> Fraction:
        """The downtime that AWS may have by its agreements, in seconds, in the period."""
        return self._downtime(need for need in self.needs if not need.third_party)

    @property
    def own_downtime(self) -> Fraction | None:
        """What is left for one's own releases and faults, in seconds; None where nothing is promised or known.

        Negative where the dependencies alone may use more than the promise allows.
        """
        if self.promise is None or self.reduced is None:
            return None
        return allowed_downtime(self.promise, self.period) - allowed_downtime(self.reduced, self.period)

    def _downtime(self, needs: Iterable[Need]) -> Fraction:
        critical = [need.availability for need in needs if need.critical and need.availability is not None]
        return allowed_downtime(composite_availability(series(*critical)), self.period) if critical else Fraction(0)


_LOST_PER_MILLION = (1, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000)
_LADDER = tuple(Availability.from_fraction(1 - Fraction(lost, 1_000_000)) for lost in _LOST_PER_MILLION)
"""The promises people make: 99.9999 %, 99.999 %, 99.995 % and so on down to 90 %."""


def sla_feasibility(
    promise: Availability | None,
    *,
    assessments: Sequence[Assessment] = (),
    dependencies: Sequence[Dependency] = (),
    objective: Objective | None = None,
    period: Period = MONTH_30D,
    credits: Sequence[CreditStep] = (),
) -> SlaFeasibility:
    """Return whether *promise* can be kept on top of what the service depends on.

    The dependencies are taken as independent and, where critical, as all needed (`series`); non-critical ones reduce
    the service and do not count against the promise (`partial`). Formulas and sources: `constructs_lib.availability`.

    Args:
        promise: The uptime to promise. None: only what the dependencies allow.
        assessments: The components, assessed; their service level agreements are the AWS part.
        dependencies: Declared third parties.
        objective: Its RTOs are held against the budget of the promise. Default: none.
        period: What the promise is counted over. Default: a month of 30 days.
        credits: What is owed below which figure. Default: nothing.
    """
    needs = needs_of(assessments, dependencies)
    # Of a service that stands on nothing we know of, nothing is known; that is not 100 %.
    full, reduced = _allowed_by(needs) if any(need.critical for need in needs) else (None, None)
    remedies = tuple(_remedies(promise, needs))
    plan = _plan(promise, needs) if reduced is not None and promise is not None and reduced < promise else ()
    own_needed = None
    if promise is not None and reduced is not None:
        own_needed = own_availability_needed(promise, reduced)
    return SlaFeasibility(
        promise=promise,
        period=period,
        needs=needs,
        full=full,
        reduced=reduced,
        own_needed=own_needed,
        safe=_safe(reduced),
        remedies=remedies,
        plan=plan,
        findings=tuple(
            sla_findings(
                promise, needs, reduced, _safe(reduced), plan, assessments, dependencies, objective, period, credits
            )
        ),
    )


def _allowed_by(needs: Sequence[Need]) -> tuple[Availability | None, Availability | None]:
    """Return what the needs allow in full and at least reduced; None where a critical one is unknown."""
    critical = [need.availability for need in needs if need.critical and need.availability is not None]
    if any(need.availability is None and need.critical for need in needs):
        return None, None
    optional = [need.availability for need in needs if not need.critical and need.availability is not None]
    core = series(*critical) if critical else series(Availability(fraction=Fraction(1)))
    service = service_availability(partial(core, *optional) if optional else core)
    return service.full, service.at_least_reduced


def _changed(need: Need, change: Literal["non-critical", "redundant"]) -> Need:
    if change == "non-critical":
        return replace(need, critical=False)
    assert need.availability is not None
    twice = composite_availability(parallel(need.availability, need.availability))
    return replace(need, availability=twice)


def _remedies(promise: Availability | None, needs: Sequence[Need]) -> Iterator[Remedy]:
    found = []
    for position, need in enumerate(needs):
        if not need.critical or need.availability is None or need.availability.unavailability == 0:
            continue
        # What AWS components are made redundant by is a pattern, and choosing one is not this module's matter.
        changes: tuple[Literal["non-critical", "redundant"], ...] = (
            ("non-critical", "redundant") if need.third_party else ("non-critical",)
        )
        for change in changes:
            after = _allowed_by([*needs[:position], _changed(need, change), *needs[position + 1 :]])[1]
            if after is not None:
                enough = promise is not None and after >= promise
                found.append(Remedy(need=need.name, change=change, allows=after, suffices=enough))
    yield from sorted(found, key=lambda remedy: -remedy.allows.fraction)


def _plan(promise: Availability, needs: Sequence[Need]) -> tuple[Remedy, ...]:
    """Return the fewest changes that suffice, redundancy before doing without.

    Each change multiplies what is allowed by a factor that grows with the need's own unavailability, so the least
    available come first, and no smaller set can do better.
    """
    changes: tuple[Literal["redundant", "non-critical"], ...] = ("redundant", "non-critical")
    plans = []
    for change in changes:
        current, steps = list(needs), []
        order = sorted(
            (
                position
                for position, need in enumerate(needs)
                if need.critical and need.availability is not None and need.third_party
            ),
            key=lambda position: needs[position].availability or Availability(fraction=Fraction(1)),
        )
        for position in order:
            current[position] = _changed(current[position], change)
            after = _allowed_by(current)[1]
            assert after is not None
            enough = after >= promise
            steps.append(Remedy(need=needs[position].name, change=change, allows=after, suffices=enough))
            if enough:
                plans.append(tuple(steps))
                break
    return min(plans, key=len, default=())


def _safe(reduced: Availability | None) -> Availability | None:
    if reduced is None:
        return None
    # Half of the budget for one's own releases and faults: ours, not anybody's rule, and said where it is shown.
    return next((rung for rung in _LADDER if 2 * reduced.unavailability <= rung.unavailability), None)
