"""What `drctl choose` answers for one component, as JSON and as tables."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from constructs_lib.assessment import Assessment
    from constructs_lib.errors import InfeasibleError
    from constructs_lib.selection import Candidate, Choice, Rejected, Request


def write_json(content: object) -> None:
    """Write *content* to standard output."""
    import json

    json.dump(content, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def choice_as_json(choice: Choice) -> dict[str, object]:
    """Return a choice as `--format json` shows it."""
    from constructs_lib.catalog.prices.billing import not_counted
    from constructs_lib.objectives.as_data import objective_as_data

    chosen = choice.chosen
    return {
        "objective": objective_as_data(choice.objective),
        "chosen": {
            "pattern": chosen.pattern.name,
            "title": chosen.pattern.title,
            "cautions": list(choice.cautions),
            "routing": chosen.routing,
            "engine": chosen.component.engine,
            "instance_class": chosen.rung.usage.instance_class,
            "third_region": chosen.third_region,
            "protections": [
                {"mechanism": item.mechanism, "region": item.region, "parameters": dict(item.parameters)}
                for item in chosen.component.protections
            ],
            "estimates": _estimates_as_json(chosen.assessment),
            "uptime": {
                "supported": None
                if chosen.assessment.uptime.availability is None
                else str(chosen.assessment.uptime.availability),
                "because": chosen.assessment.uptime.because,
                "verdict": chosen.assessment.uptime_verdict.value,
            },
        },
        "monthly_cost_usd": float(chosen.cost.usd),
        "cost": [
            {
                "what": line.what,
                "usd": float(round(line.usd, 2)),
                "amount": float(line.amount),
                "unit_price_usd": float(line.price.usd),
                "unit": line.price.unit,
                "region": line.price.region,
                "source": line.price.source,
                "date": line.price.date,
                "confidence": line.price.confidence.value,
            }
            for line in chosen.cost.lines
        ],
        "cost_assumptions": list(chosen.cost.assumptions),
        "not_counted": list(not_counted((chosen.component.kind,))),
        "rejected": _rejected_as_json(choice.rejected),
        "nearest_feasible": None,
    }


def infeasible_as_json(request: Request, error: InfeasibleError) -> dict[str, object]:
    """Return what is told where nothing keeps the objective, with the same names."""
    from constructs_lib.objectives import Objective
    from constructs_lib.objectives.as_data import objective_as_data

    nearest = error.nearest
    return {
        "objective": objective_as_data(request.objective),
        "chosen": None,
        "monthly_cost_usd": None,
        "rejected": _rejected_as_json(error.rejected),  # type: ignore[arg-type]
        "nearest_feasible": objective_as_data(nearest) if isinstance(nearest, Objective) else None,
    }


def _estimates_as_json(assessment: Assessment) -> dict[str, object]:
    return {
        disruption.value: {
            "rto_seconds": estimate.rto_seconds,
            "rpo_seconds": estimate.rpo_seconds,
            "confidence": estimate.confidence.value,
            "rto_confidence": estimate.rto_confidence.value,
            "rpo_confidence": estimate.rpo_confidence.value,
            "automatic": estimate.automatic,
            "wider": estimate.wider,
            "verdict": assessment.verdict(disruption).value,
            "reasons": [str(reason) for reason in estimate.reasons],
        }
        for disruption, estimate in assessment.estimates.items()
    }


def _rejected_as_json(rejected: tuple[Rejected, ...]) -> list[dict[str, object]]:
    return [
        {
            "pattern": item.name,
            "because": item.because,
            "monthly_cost_usd": None if item.monthly_cost_usd is None else float(item.monthly_cost_usd),
        }
        for item in rejected
    ]


def write_choice(choice: Choice, doubts: tuple[str, ...]) -> None:
    """Print a choice, what it costs, what it is worth, and why not the others."""
    from rich.padding import Padding
    from rich.table import Table as Grid
    from rich.text import Text

    from constructs_lib.catalog.prices.billing import not_counted
    from constructs_lib.cli.console import Output

    console, chosen = Output(), choice.chosen
    console.print(Text.assemble("objective  ", str(choice.objective)))
    console.print(Text.assemble("assuming   ", str(choice.objective.assumptions)))
    console.print(
        Text.assemble("chosen     ", (chosen.name, "bold green"), f": {chosen.pattern.title}", _details(chosen))
    )
    for caution in choice.cautions:
        console.print(Text.assemble("mind       ", (caution, "yellow")))
    console.print(Text.assemble("cost       ", f"USD {chosen.cost.usd:,.2f} a month at list prices"))
    said = [Text(f"not counted: {'; '.join(not_counted((chosen.component.kind,)))}", style="dim")]
    said += [Text(f"assumed: {assumption}") for assumption in chosen.cost.assumptions]
    for text in said:
        console.print(Padding(text, (0, 0, 0, 11)))
    for number, doubt in enumerate(doubts):
        console.print(Text.assemble("look up    " if number == 0 else "           ", (doubt, "yellow")))
    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("disruption", "RTO", "RPO", "confidence", "verdict", "because"):
        grid.add_column(title, overflow="fold", no_wrap=title != "because")
    for disruption, estimate in chosen.assessment.estimates.items():
        verdict = chosen.assessment.verdict(disruption)
        because = "\n".join(str(reason) for reason in estimate.reasons)
        grid.add_row(
            disruption.value,
            _duration(estimate.rto_seconds, lost=estimate.lost),
            _duration(estimate.rpo_seconds, lost=estimate.lost),
            estimate.confidence.value,
            verdict.value,
            Text(because),
        )
    console.print()
    console.print(grid)
    if choice.objective.uptime is not None:
        uptime = chosen.assessment.uptime
        console.print(Text(f"\nuptime {choice.objective.uptime}: {chosen.assessment.uptime_verdict}, {uptime}"))
    console.print()
    write_rejected(choice.rejected)


def _details(chosen: Candidate) -> str:
    usage = chosen.rung.usage
    parts = [f"engine {chosen.component.engine}" if chosen.component.engine else ""]
    parts.append(f"on {usage.instance_class}" if usage.instance_class is not None else "")
    parts.append(f"third Region {chosen.third_region}" if chosen.third_region else "")
    told = ", ".join(filter(None, parts))
    return f" ({told})" if told else ""


def _duration(seconds: int | None, *, lost: bool) -> str:
    from constructs_lib.objectives import format_duration

    if seconds is None:
        return "no bound" if lost else "unknown"
    return format_duration(seconds)


def write_rejected(rejected: tuple[Rejected, ...]) -> None:
    """Print why not the others."""
    from rich.table import Table as Grid
    from rich.text import Text

    from constructs_lib.cli.console import Output

    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column("rejected", no_wrap=True)
    grid.add_column("USD/month", justify="right", no_wrap=True)
    grid.add_column("because", overflow="fold")
    for item in rejected:
        cost = "-" if item.monthly_cost_usd is None else f"{item.monthly_cost_usd:,.2f}"
        grid.add_row(Text(item.name), cost, Text(item.because))
    Output().print(grid)
