"""What each template is given: the document's facts, and its tables as rows of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.assessment import Verdict
from constructs_lib.catalog.confidence import weakest
from constructs_lib.catalog.sla import load_slas
from constructs_lib.catalog.sources import load_sources
from constructs_lib.documents.cost_memo import DECLARED, CostMemo, cost_memo
from constructs_lib.documents.runbook import Recovery, Runbook, Scenario, runbook
from constructs_lib.documents.sla_document import SlaDocument, sla_document
from constructs_lib.documents.wording import downtime, in_words, usd
from constructs_lib.objectives import Disruption

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.assessment.sla_feasibility import Need
    from constructs_lib.catalog.prices import Price, Prices
    from constructs_lib.documents.cost_memo import ComponentLadder, WorkloadRung
    from constructs_lib.documents.documented_workload import DocumentedComponent, DocumentedWorkload

__all__ = ["context_of"]

WHOLE_SERVICE = "the whole Service"

_FAILS = {
    Disruption.REGION: "a whole Region",
    Disruption.ZONE: "one Availability Zone",
    Disruption.HARDWARE: "one component",
    Disruption.SOFTWARE: "the data: a fault, an error or an attack destroys it",
}
_HEADINGS = {
    Disruption.REGION: "The Region is lost",
    Disruption.ZONE: "An Availability Zone is lost",
    Disruption.HARDWARE: "A component is lost",
    Disruption.SOFTWARE: "Data is corrupted or deleted",
}


def context_of(workload: DocumentedWorkload, kind: str, prices: Prices) -> dict[str, Any]:
    """Return the variables of the template *kind* (`sla`, `runbook`, `cost` or `summary`)."""
    common: dict[str, Any] = {"workload": workload, "terms": workload.terms}
    match kind:
        case "sla":
            return common | _sla(workload, sla_document(workload))
        case "runbook":
            return common | _runbook(workload, runbook(workload))
        case "cost":
            return common | _cost(cost_memo(workload, prices))
        case _:
            return common | _summary(workload, sla_document(workload), runbook(workload), cost_memo(workload, prices))


# ---------------------------------------------------------------- the agreement


def _sla(workload: DocumentedWorkload, sla: SlaDocument) -> dict[str, Any]:
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
                _time(row.estimate.rto_seconds, lost=row.estimate.lost),
                _time(row.estimate.rpo_seconds, lost=row.estimate.lost),
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


# ---------------------------------------------------------------- the runbook


def _runbook(workload: DocumentedWorkload, book: Runbook) -> dict[str, Any]:
    preparation = book.preparation
    return {
        "runbook": book,
        "assumptions": str(workload.assumptions),
        "headings": {disruption.value: heading for disruption, heading in _HEADINGS.items()},
        "glance_rows": [
            [
                _FAILS[scenario.disruption],
                _scenario_time(scenario, "rto"),
                _scenario_time(scenario, "rpo"),
                "no" if scenario.automatic else "yes",
                _slowest(scenario),
            ]
            for scenario in book.scenarios
        ],
        "variable_rows": [[f"${name}", hint] for name, hint in book.variables],
        "preparation": [
            ("State", preparation.state),
            ("Software", preparation.software),
            ("Configuration", preparation.configuration),
            ("Documentation", preparation.documentation),
        ],
        "promised": _promised,
    }


def _scenario_time(scenario: Scenario, which: str) -> str:
    lost = any(item.estimate.lost for item in scenario.recoveries)
    seconds = scenario.rto_seconds if which == "rto" else scenario.rpo_seconds
    return _time(seconds, lost=lost)


def _slowest(scenario: Scenario) -> str:
    lost = [item.name for item in scenario.recoveries if item.estimate.lost]
    if lost:
        return ", ".join(lost)
    return scenario.slowest.name if scenario.slowest is not None and scenario.slowest.estimate.rto_seconds else ""


def _promised(item: Recovery) -> str:
    if item.target is None:
        return "Nothing is promised for this."
    promise = f"Promised: back within {in_words(item.target.rto)}, at most {in_words(item.target.rpo)} lost"
    return f"{promise}: {item.verdict}."


# ---------------------------------------------------------------- the cost memo


def _cost(memo: CostMemo) -> dict[str, Any]:
    return {
        "memo": memo,
        "ladder_rows": [_workload_row(rung) for rung in memo.rungs],
        "ladders": [_ladder(ladder) for ladder in memo.ladders],
        "price_rows": [
            [
                used.price.dimension,
                used.price.region,
                f"{_plain(used.price)} per {used.price.unit}",
                used.price.date,
                _linked(used.source.title, used.source.url),
                _trust(used.price),
            ]
            for used in memo.prices
        ],
    }


def _workload_row(rung: WorkloadRung) -> list[object]:
    return [
        rung.label,
        str(rung.asked),
        usd(rung.usd),
        "" if rung.marginal_usd is None else usd(rung.marginal_usd),
        in_words(rung.rto_seconds),
        in_words(rung.rpo_seconds),
        rung.confidence.value,
    ]


def _ladder(ladder: ComponentLadder) -> Mapping[str, Any]:
    return {
        "name": ladder.component.name,
        "kind": ladder.component.component.kind.value,
        "built_usd": usd(ladder.built.usd),
        "usage": _usage(ladder.component),
        "rows": [
            [
                rung.label,
                rung.pattern,
                usd(rung.usd),
                "" if rung.marginal_usd is None else usd(rung.marginal_usd),
                in_words(rung.rto_seconds),
                in_words(rung.rpo_seconds),
                rung.confidence.value,
            ]
            for rung in ladder.rungs
        ],
        "nearest": [(rung.label, str(rung.nearest)) for rung in ladder.rungs if rung.nearest is not None],
        "lines": [
            [line.what, f"{line.amount:,.0f}", f"{_plain(line.price)} per {line.price.unit}", usd(line.usd)]
            for line in ladder.built.lines
        ],
    }


def _usage(item: DocumentedComponent) -> str:
    usage = item.usage
    parts = [
        f"{usage.size_gb:,f} GB",
        f"{usage.change_gb:,f} GB changed in a month",
        f"{usage.writes_millions:,f} million writes and {usage.reads_millions:,f} million reads in a month",
    ]
    if item.component.kind == "distribution":
        parts = [f"{usage.transfer_gb:,f} GB to viewers and {usage.reads_millions:,f} million requests in a month"]
    if item.component.kind == "database" and item.component.engine != "dsql":
        parts.append(f"instance class {usage.instance_class or 'the one that prices are known for'}")
    return ", ".join(parts)


def _plain(price: Price) -> str:
    return f"USD {price.usd.normalize():f}"


def _trust(price: Price) -> str:
    assumed = "assumed, " if price.assumed else ""
    return f"{assumed}{price.confidence}" + (f": {price.note}" if price.note else "")


def _linked(title: str, url: str | None) -> str:
    return title if url is None else f"{title}, {url}"


# ---------------------------------------------------------------- the summary


def _summary(workload: DocumentedWorkload, sla: SlaDocument, book: Runbook, memo: CostMemo) -> dict[str, Any]:
    return {
        "sla": sla,
        "memo": memo,
        "failing_rows": [_failing(workload, scenario) for scenario in book.scenarios],
        "broken": list(_with_verdict(book, Verdict.BREACHED, Verdict.UNKNOWN)),
        "unrecovered": [
            f"{item.name} after the loss of {_FAILS[scenario.disruption].partition(':')[0]}"
            for scenario in book.scenarios
            for item in scenario.recoveries
            if item.estimate.lost and item.target is None
        ],
        "accepted": [
            {
                "name": item.name,
                "owner": item.accepted.owner,
                "reason": item.accepted.reason,
                "targets": "; ".join(
                    f"{disruption}: back within {in_words(target.rto)}, at most {in_words(target.rpo)} lost"
                    for disruption, target in item.accepted.targets.items()
                ),
            }
            for item in workload.components
            if item.accepted is not None
        ],
        "cost_sentence": _cost_sentence(memo),
        "other_rows": [
            *(
                [budget.need.name, budget.need.availability, downtime(budget.seconds), "the service is down"]
                for budget in sla.third_parties
            ),
            *(
                [budget.need.name, budget.need.availability, downtime(budget.seconds), "the service does less"]
                for budget in sla.reduced
            ),
        ],
        "confidence": weakest(*(row.estimate.confidence for row in sla.estimates)).value,
    }


def _failing(workload: DocumentedWorkload, scenario: Scenario) -> list[str]:
    target = workload.objective.target(scenario.disruption)
    return [
        _FAILS[scenario.disruption],
        "not promised" if target is None else in_words(target.rto),
        "not promised" if target is None else in_words(target.rpo),
        _scenario_time(scenario, "rto"),
        _scenario_time(scenario, "rpo"),
        "no" if scenario.automatic else "yes",
    ]


def _with_verdict(book: Runbook, *verdicts: Verdict) -> Iterator[str]:
    for scenario in book.scenarios:
        for item in scenario.recoveries:
            if item.verdict in verdicts:
                yield f"{item.name} after the loss of {_FAILS[scenario.disruption].partition(':')[0]} ({item.verdict})"


def _cost_sentence(memo: CostMemo) -> str:
    declared = next((number for number, rung in enumerate(memo.rungs) if rung.label == DECLARED), None)
    if declared is None or not memo.rungs:
        return ""
    first = memo.rungs[0]
    more = memo.rungs[declared].usd - first.usd
    text = f" What is promised costs {usd(more)} a month more than staying in one Region ({usd(first.usd)})."
    above = next((rung for rung in memo.rungs[declared + 1 :] if rung.usd > memo.rungs[declared].usd), None)
    if above is not None:
        short = f", as far as it can be had ({', '.join(above.short)} cannot)" if above.short else ""
        text += f" The next step, {above.label}{short}, would cost {usd(above.usd - memo.rungs[declared].usd)} more."
    return text


def _time(seconds: int | None, *, lost: bool) -> str:
    return in_words(seconds, nothing="never" if lost else "unknown")
