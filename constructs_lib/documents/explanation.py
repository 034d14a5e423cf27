"""The explanation of workloads as a page: what is built, what it keeps, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.documents.pages.cost import bill_rows
from constructs_lib.documents.template_set import Templates
from constructs_lib.documents.wording import usd
from constructs_lib.objectives import format_duration
from constructs_lib.selection.explanation import SHARED, WATCHING, added_up, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.assessment import Estimate
    from constructs_lib.documents.template_set import Format
    from constructs_lib.selection.explanation import Explanation

__all__ = ["component_rows", "render_explanations"]


def render_explanations(explanations: Sequence[Explanation], format_: Format) -> str:
    """Return one page about all of them."""
    workloads = [
        {
            "name": item.name,
            "summary": next(item.lines()).partition(": ")[2],
            "scope": None if item.whole.serves else item.whole.scope,
            "disruptions": [
                [estimate.disruption.value, said(estimate), added_up(estimate)]
                for estimate in item.whole.estimates.values()
                if estimate.target is not None
            ],
            "components": list(component_rows(item)),
            "watching": bill_rows(item.watching),
            "watching_usd": usd(item.watching.usd),
            "shared_usd": usd(item.shared_usd) if item.shared_usd else "",
            "assumed": "; ".join(item.assumed),
            "not_counted": item.not_counted,
            "accepted": [
                f"{one.decision.name}: {one.decision.accepted.owner} accepts {one.decision.kept}: "
                f"{one.decision.accepted.reason}"
                for one in item.components
                if one.decision.accepted is not None
            ],
            "remarks": [f"{one.decision.name}: {remark}" for one in item.components for remark in one.remarks],
        }
        for item in explanations
    ]
    page = {
        "heading": "What is built, and why",
        "made_from": "the synthesized stacks and the catalog",
        "fingerprint": "",
    }
    return Templates().render(
        "explain", format_, {"workloads": workloads, "watching": WATCHING, "shared": SHARED}, page
    )


def component_rows(item: Explanation) -> Iterator[list[str]]:
    """Yield a row for each component and disruption; what stands in the row above is left out."""
    for one in item.components:
        decision = one.decision
        first = [f"{decision.name} ({decision.component.kind})", decision.pattern]
        cost = "" if one.usd is None else usd(one.usd)
        for disruption, estimate in one.assessment.estimates.items():
            yield [
                *first,
                disruption.value,
                _figure(estimate.rto_seconds, lost=estimate.lost),
                _figure(estimate.rpo_seconds, lost=estimate.lost),
                one.assessment.verdict(disruption).value,
                cost,
                _because(estimate),
            ]
            first, cost = ["", ""], ""


def _figure(seconds: int | None, *, lost: bool) -> str:
    return "no bound" if lost else "unknown" if seconds is None else format_duration(seconds)


def _because(estimate: Estimate) -> str:
    """Return the part that takes longest, else what there is to know."""
    parts = [reason for reason in estimate.reasons if reason.step not in ("note", "lose")]
    longest = max(parts, key=lambda reason: reason.seconds, default=None)
    return longest.text if longest is not None else next((reason.text for reason in estimate.reasons), "")
