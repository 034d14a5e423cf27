"""The runbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.documents.wording import FAILS, estimated, in_words
from constructs_lib.objectives import Disruption

if TYPE_CHECKING:
    from constructs_lib.assessment.workload import WorkloadEstimate
    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.documents.runbook import Recovery, Runbook


_HEADINGS = {
    Disruption.REGION: "The Region is lost",
    Disruption.ZONE: "An Availability Zone is lost",
    Disruption.HARDWARE: "A component is lost",
    Disruption.SOFTWARE: "Data is corrupted or deleted",
}


def runbook_page(workload: DocumentedWorkload, book: Runbook) -> dict[str, Any]:
    """Return what the template `runbook` is given."""
    preparation = book.preparation
    return {
        "runbook": book,
        "assumptions": str(workload.assumptions),
        "headings": {disruption.value: heading for disruption, heading in _HEADINGS.items()},
        "glance_rows": [
            [
                FAILS[scenario.disruption],
                *back_and_lost(scenario.whole),
                scenario.whole.people,
                scenario.whole.sets_rto or "",
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
        "longest_path": _longest_path,
    }


def back_and_lost(whole: WorkloadEstimate) -> tuple[str, str]:
    """Return after how long a workload is back, and how much is lost at most, in words."""
    rto, rpo = (estimated(seconds, lost=whole.lost) for seconds in (whole.rto_seconds, whole.rpo_seconds))
    return rto, rpo


def _longest_path(whole: WorkloadEstimate) -> str:
    """Return the stretches of the longest path in words, each with the component that takes longest there."""
    return ", then ".join(leg.said(in_words(leg.seconds)) for leg in whole.path)


def _promised(item: Recovery) -> str:
    if item.target is None:
        return "Nothing is promised for this."
    promise = f"Promised: back within {in_words(item.target.rto)}, at most {in_words(item.target.rpo)} lost"
    return f"{promise}: {item.verdict}."
