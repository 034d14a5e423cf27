"""The runbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.documents.wording import FAILS, estimated, in_words
from constructs_lib.objectives import Disruption

if TYPE_CHECKING:
    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.documents.runbook import Recovery, Runbook, Scenario


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
                scenario_time(scenario, "rto"),
                scenario_time(scenario, "rpo"),
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


def scenario_time(scenario: Scenario, which: str) -> str:
    """Return the `rto` or the `rpo` of a scenario in words."""
    lost = any(item.estimate.lost for item in scenario.recoveries)
    seconds = scenario.rto_seconds if which == "rto" else scenario.rpo_seconds
    return estimated(seconds, lost=lost)


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
