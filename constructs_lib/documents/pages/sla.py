"""The service level agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.assessment import Verdict
from constructs_lib.assessment.silence import silence
from constructs_lib.catalog.confidence import weakest
from constructs_lib.catalog.sla import load_slas
from constructs_lib.catalog.sources import load_sources
from constructs_lib.documents.pages.runbook import back_and_lost
from constructs_lib.documents.wording import downtime, estimated, in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.assessment.sla_feasibility import Need
    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.documents.sla_document import Commitment, SlaDocument


WHOLE_SERVICE = "the whole Service"


def sla_page(workload: DocumentedWorkload, sla: SlaDocument) -> dict[str, Any]:
    """Return what the template `sla` is given."""
    return {
        "sla": sla,
        "third_party_rows": _budget_rows(sla.third_parties),
        "reduced_rows": _budget_rows(sla.reduced),
        "commitment_rows": [
            [
                item.disruption.value,
                item.component or WHOLE_SERVICE,
                in_words(item.target.rto),
                in_words(item.target.rpo),
                _accepted(workload, item),
            ]
            for item in sla.commitments
        ],
        "credit_rows": [[row.below, downtime(row.more_than_seconds), f"{row.credit} %"] for row in sla.credits],
        "aws_rows": [
            [
                budget.need.because,
                ", ".join(budget.need.components),
                budget.need.availability,
                downtime(budget.seconds),
                _agreement_date(budget.need),
                budget.need.confidence.value,
            ]
            for budget in sla.aws
        ],
        "estimate_rows": [*_whole_rows(workload, sla), *_component_rows(sla)],
        "silent": list(_silent(sla)),
        "excused": list(_excused(workload, sla)),
        "empty": {name: f"[to be filled: {_CLAUSES[name]}]" for name in workload.terms.open},
        "open_clauses": [f"{_CLAUSES[name]} (key sla.{name} of the declaration)" for name in workload.terms.open],
    }


_CLAUSES: Final = {
    "error_rate": "the share of failing requests from which on the Service counts as down",
    "remedies": "what is owed for a missed RTO or RPO",
    "liability": "what the parties are liable for, and up to how much",
    "force_majeure": "what excuses both parties",
    "term": "when this agreement begins, how long it lasts, and how it ends",
    "law": "which law governs it, and which courts decide",
}


def _whole_rows(workload: DocumentedWorkload, sla: SlaDocument) -> Iterator[list[object]]:
    for disruption, whole in workload.whole.estimates.items() if sla.estimates else ():
        known = [row.estimate.confidence for row in sla.estimates if row.disruption is disruption]
        confidence = weakest(*known).value
        yield [WHOLE_SERVICE, disruption.value, *back_and_lost(whole), confidence, whole.verdict.value]


def _component_rows(sla: SlaDocument) -> Iterator[list[object]]:
    for row in sla.estimates:
        estimate = row.estimate
        figures = (estimated(seconds, lost=estimate.lost) for seconds in (estimate.rto_seconds, estimate.rpo_seconds))
        yield [row.component.name, row.disruption.value, *figures, estimate.confidence.value, row.verdict.value]


def _silent(sla: SlaDocument) -> Iterator[str]:
    """Yield the components of which nobody is told where the schedule that a commitment hangs on stops."""
    for row in sla.estimates:
        text = silence(row.component.component, row.estimate.mechanism)
        if text is not None and row.verdict is not Verdict.UNDECLARED:
            yield f"{row.component.name}, {row.disruption}: {text}"


def _accepted(workload: DocumentedWorkload, item: Commitment) -> str:
    """Return for which party somebody accepted a looser promise; the Customer accepts the Provider's by signing."""
    if item.accepted_by is None:
        return ""
    party = "Customer" if item.accepted_by.casefold() == workload.terms.customer.casefold() else "Provider"
    return f"the {party}, by {item.accepted_by}: {item.reason}"


def _budget_rows(budgets: Any) -> list[list[object]]:
    return [[budget.need.name, budget.need.availability, downtime(budget.seconds)] for budget in budgets]


def _agreement_date(need: Need) -> str:
    """Return the date and the title of the agreement, which `because` names by its id."""
    for sla_id, agreement in load_slas().items():
        if need.because == f"SLA {sla_id}" or need.because.startswith(f"SLA {sla_id},"):
            return f"{agreement.date}: {load_sources()[agreement.source].title}"
    return ""


def _excused(workload: DocumentedWorkload, sla: SlaDocument) -> Iterator[str]:
    terms = workload.terms
    if terms.maintenance:
        notice = f", announced at least {in_words(terms.notice)} before" if terms.notice else ", announced beforehand"
        yield f"maintenance of at most {in_words(terms.maintenance)} in {sla.period}{notice}"
    else:
        yield "no maintenance is excused: whatever the Service is down for it is Own Downtime"
    if sla.third_parties:
        yield (
            "Third-Party Downtime, as far as it stays within the third party's budget of section 3; where section 5 "
            "states an RTO for what happened, only until that time has passed"
        )
    yield "Downtime that the Customer's own systems, or use against the terms of the Service, have caused"
    yield "Downtime that the Customer has asked for"
    yield "requests that fail between the Customer and the edge of the Provider's network"
    if sla.reduced:
        yield "Reduced Functionality, as section 3 describes it"
