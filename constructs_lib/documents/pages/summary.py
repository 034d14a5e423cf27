"""The summary."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from constructs_lib.assessment import Verdict
from constructs_lib.catalog.confidence import weakest
from constructs_lib.documents.cost_memo import DECLARED
from constructs_lib.documents.pages.runbook import back_and_lost
from constructs_lib.documents.wording import FAILS, downtime, in_words, usd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.documents.cost_memo import CostMemo
    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.documents.runbook import Runbook, Scenario
    from constructs_lib.documents.sla_document import SlaDocument


def summary_page(workload: DocumentedWorkload, sla: SlaDocument, book: Runbook, memo: CostMemo) -> dict[str, Any]:
    """Return what the template `summary` is given."""
    return {
        "sla": sla,
        "memo": memo,
        "failing_rows": [_failing(workload, scenario) for scenario in book.scenarios],
        "broken": list(_with_verdict(book, Verdict.BREACHED, Verdict.UNKNOWN)),
        "unrecovered": [
            f"{item.name} after the loss of {FAILS[scenario.disruption].partition(':')[0]}"
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
                    for disruption, target in item.accepted.targets()
                ),
            }
            for item in workload.components
            if item.accepted is not None
        ],
        "own": [
            f"{item.name} ({item.objective.with_uptime(None)})"
            for item in workload.components
            if item.accepted is None and item.objective.targets() != workload.objective.targets()
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
        FAILS[scenario.disruption],
        "not promised" if target is None else in_words(target.rto),
        "not promised" if target is None else in_words(target.rpo),
        *back_and_lost(scenario.whole),
        scenario.whole.people,
    ]


def _with_verdict(book: Runbook, *verdicts: Verdict) -> Iterator[str]:
    for scenario in book.scenarios:
        for item in scenario.recoveries:
            if item.verdict in verdicts:
                yield f"{item.name} after the loss of {FAILS[scenario.disruption].partition(':')[0]} ({item.verdict})"
        alone = any(item.verdict in verdicts for item in scenario.recoveries)
        if scenario.whole.verdict in verdicts and not alone:
            yield (
                f"the workload as a whole after the loss of {FAILS[scenario.disruption].partition(':')[0]} "
                f"({scenario.whole.verdict})"
            )


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
    beyond = memo.built_usd - memo.rungs[declared].usd
    if beyond > 0:
        # Else a reader adds the two figures of the sentence before, and misses the rest.
        # What components need as well is paid for once, and counted with them.
        beside = sum((line.usd for line in memo.watching.lines if not line.shared), Decimal(0))
        watched = f", {usd(beside)} of it to watch, route and connect all of it" if beside else ""
        text += f" What is built costs {usd(beyond)} more than the cheapest that keeps what is promised{watched}."
    return text
