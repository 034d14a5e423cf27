"""The assessment of the reference workloads as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table as Grid
from rich.text import Text

from constructs_lib.assessment.sla_feasibility import sla_feasibility
from constructs_lib.components import Kind
from constructs_lib.costs import monthly_cost
from constructs_lib.objectives import Disruption, format_duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from constructs_lib import Decision, Workload


def report(console: Console, workloads: Sequence[Workload]) -> None:
    """Print, for each workload, what was promised, what was chosen, what it is worth and why."""
    for workload in workloads:
        console.print(Text(f"\n{workload.name}", style="bold"), Text(f"promises {workload.objective}"))
        if workload.objective.uptime is not None:
            assessments = [decision.assessment for decision in workload.decisions]
            feasibility = sla_feasibility(workload.objective.uptime, assessments=assessments)
            allowed = "unknown" if feasibility.full is None else feasibility.full.rounded(decimals=4)
            console.print(Text(f"  uptime: what the agreements it rests on allow together is {allowed}"))
        for decision in workload.decisions:
            _component(console, decision)


def _component(console: Console, decision: Decision) -> None:
    kind = decision.component.kind
    if kind is Kind.EXTERNAL:
        console.print(Text(f"  {kind} {decision.name}: built by somebody else, and counted as its owner declares it"))
    else:
        chosen = decision.choice.chosen
        console.print(
            Text.assemble(
                f"  {kind} {decision.name}: ",
                (chosen.name, "bold green"),
                f", USD {monthly_cost(decision.component, decision.usage).usd:,.2f} a month; {chosen.pattern.title}",
            )
        )
    if decision.accepted is not None:
        accepted = decision.accepted
        console.print(Text(f"    accepted by {accepted.owner}: {accepted.reason}", style="yellow"))
    grid = Grid(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for row in _rows(decision):
        grid.add_row("   ", *row)
    console.print(grid)


def _rows(decision: Decision) -> Iterator[tuple[str, str, str, Text]]:
    assessment = decision.assessment
    for disruption in Disruption:
        estimate = assessment.estimates[disruption]
        verdict = assessment.verdict(disruption)
        parts = [f"{reason.step} {format_duration(reason.seconds)}" for reason in estimate.reasons if reason.seconds]
        yield (
            disruption.value,
            f"RTO {_time(estimate.rto_seconds)}  RPO {_time(estimate.rpo_seconds)}",
            f"{verdict} ({estimate.confidence})",
            Text(" + ".join(parts) or estimate.reasons[0].text, style="dim"),
        )


def _time(seconds: int | None) -> str:
    return "no bound" if seconds is None else format_duration(seconds)
