"""What the service level agreement of a workload states; every number computed from what is declared."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from constructs_lib.assessment.sla_feasibility import Need, SlaFeasibility, period_text, sla_feasibility
from constructs_lib.availability import Availability, allowed_downtime, composite_availability, series
from constructs_lib.objectives import Disruption

if TYPE_CHECKING:
    from decimal import Decimal

    from constructs_lib.assessment import Estimate, Verdict
    from constructs_lib.documents.documented_workload import DocumentedComponent, DocumentedWorkload
    from constructs_lib.objectives import Target

__all__ = ["Commitment", "CreditRow", "DowntimeBudget", "SlaDocument", "sla_document"]


class DowntimeBudget(msgspec.Struct, frozen=True, kw_only=True):
    """The downtime one need may have in the period, by its own provider's promise."""

    need: Need
    seconds: Fraction


class Commitment(msgspec.Struct, frozen=True, kw_only=True):
    """What is promised for one disruption, for the workload or for a component that promises less.

    Attributes:
        disruption: What goes wrong.
        component: The component; None for the workload as a whole.
        target: The RTO and RPO promised.
        accepted_by: Who accepted the looser promise; None for the workload.
        reason: Why.
    """

    disruption: Disruption
    target: Target
    component: str | None = None
    accepted_by: str | None = None
    reason: str | None = None


class CreditRow(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the service credits, with the downtime above which it is owed."""

    below: Availability
    more_than_seconds: Fraction
    credit: Decimal


class EstimateRow(msgspec.Struct, frozen=True, kw_only=True):
    """What one component is expected to need, and how far that can be trusted."""

    component: DocumentedComponent
    disruption: Disruption
    estimate: Estimate
    verdict: Verdict


class SlaDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the agreement states.

    Attributes:
        workload: Whose agreement it is.
        feasibility: What the dependencies allow, and what contradicts the promise.
        period: What the availability is counted over, in words.
        own_seconds: Own downtime allowed in the period; None where no uptime is promised.
        aws: What AWS's agreements allow, one line each.
        third_parties: What the critical third parties may have.
        third_party_seconds: Their sum: if they never fail at once.
        reduced: The third parties without which the service does less.
        together: The availability a customer should plan with: own promise and all critical third parties.
        together_seconds: The downtime that amounts to.
        in_full: The same for the service with nothing reduced.
        commitments: RTO and RPO, the workload's first.
        undeclared: The disruptions for which nothing is promised.
        credits: What is owed.
        estimates: What the recovery commitments rest on.
    """

    workload: DocumentedWorkload
    feasibility: SlaFeasibility
    period: str
    own_seconds: Fraction | None
    aws: tuple[DowntimeBudget, ...]
    third_parties: tuple[DowntimeBudget, ...]
    third_party_seconds: Fraction
    reduced: tuple[DowntimeBudget, ...]
    together: Availability | None
    together_seconds: Fraction | None
    in_full: Availability | None
    commitments: tuple[Commitment, ...]
    undeclared: tuple[Disruption, ...]
    credits: tuple[CreditRow, ...]
    estimates: tuple[EstimateRow, ...]

    @property
    def covering(self) -> tuple[Need, ...]:
        """The third parties whose promise holds AWS's agreements for some components."""
        return tuple(need for need in self.feasibility.needs if need.third_party and need.components)


def sla_document(workload: DocumentedWorkload) -> SlaDocument:
    """Return what the agreement of *workload* states."""
    objective, terms = workload.objective, workload.terms
    feasibility = sla_feasibility(
        objective.uptime,
        assessments=[item.assessment for item in workload.components],
        dependencies=workload.dependencies,
        objective=objective,
        period=terms.period,
        credits=terms.credits,
    )
    promise = objective.uptime
    critical = tuple(_budgets(feasibility, third_party=True, critical=True))
    optional = tuple(_budgets(feasibility, third_party=True, critical=False))
    together = _together(promise, critical)
    return SlaDocument(
        workload=workload,
        feasibility=feasibility,
        period=period_text(terms.period),
        own_seconds=None if promise is None else allowed_downtime(promise, terms.period),
        aws=tuple(_budgets(feasibility, third_party=False, critical=True)),
        third_parties=critical,
        third_party_seconds=sum((budget.seconds for budget in critical), Fraction(0)),
        reduced=optional,
        together=together,
        together_seconds=None if together is None else allowed_downtime(together, terms.period),
        in_full=_together(promise, (*critical, *optional)),
        commitments=tuple(_commitments(workload)),
        undeclared=tuple(disruption for disruption in Disruption if objective.target(disruption) is None),
        credits=tuple(
            CreditRow(
                below=step.below, more_than_seconds=allowed_downtime(step.below, terms.period), credit=step.credit
            )
            for step in terms.credits
        ),
        estimates=tuple(
            EstimateRow(
                component=item, disruption=disruption, estimate=estimate, verdict=item.assessment.verdict(disruption)
            )
            for item in workload.components
            for disruption, estimate in item.assessment.estimates.items()
        ),
    )


def _budgets(feasibility: SlaFeasibility, *, third_party: bool, critical: bool) -> list[DowntimeBudget]:
    return [
        DowntimeBudget(need=need, seconds=allowed_downtime(need.availability, feasibility.period))
        for need in feasibility.needs
        if need.third_party == third_party and need.critical == critical and need.availability is not None
    ]


def _together(promise: Availability | None, budgets: tuple[DowntimeBudget, ...]) -> Availability | None:
    if promise is None:
        return None
    members = [budget.need.availability for budget in budgets if budget.need.availability is not None]
    return composite_availability(series(promise, *members))


def _commitments(workload: DocumentedWorkload) -> list[Commitment]:
    found = [Commitment(disruption=disruption, target=target) for disruption, target in workload.objective.targets()]
    for item in workload.components:
        for disruption, target in item.objective.targets():
            if target == workload.objective.target(disruption):
                continue
            found.append(
                Commitment(
                    disruption=disruption,
                    target=target,
                    component=item.name,
                    accepted_by=None if item.accepted is None else item.accepted.owner,
                    reason=None if item.accepted is None else item.accepted.reason,
                )
            )
    return found
