"""The service level agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.catalog.sla import load_slas
from constructs_lib.catalog.sources import load_sources
from constructs_lib.documents.wording import downtime, estimated, in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.assessment.sla_feasibility import Need
    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.documents.sla_document import SlaDocument


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
                f"{item.accepted_by}: {item.reason}" if item.accepted_by else "",
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
        "estimate_rows": [
            [
                row.component.name,
                row.disruption.value,
                estimated(row.estimate.rto_seconds, lost=row.estimate.lost),
                estimated(row.estimate.rpo_seconds, lost=row.estimate.lost),
                row.estimate.confidence.value,
                row.verdict.value,
            ]
            for row in sla.estimates
        ],
        "excused": list(_excused(workload, sla)),
    }


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
