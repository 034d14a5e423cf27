"""`drctl choose --workload`: the cheapest way to build all parts of a workload, and what its neighbours cost."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from constructs_lib.cli.arguments import DEFAULT_REGION
from constructs_lib.costs import Usage
from constructs_lib.declaration.declaration import load_declaration
from constructs_lib.errors import ConfigurationError, InfeasibleError, InputError
from constructs_lib.objectives import Objective, format_duration
from constructs_lib.objectives.as_data import objective_as_data

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from constructs_lib.declaration.part import Part
    from constructs_lib.objectives import Disruption
    from constructs_lib.selection import Request
    from constructs_lib.selection.built import BuiltPart, BuiltWorkload
    from constructs_lib.selection.whole import WorkloadChoice
    from constructs_lib.selection.workload_menu import Elsewhere

_NEIGHBOURS = {"next cheaper": "cheaper", "next faster": "faster", "losing less": "losing_less"}
"""What a table calls them, and a choice."""


def run(options: argparse.Namespace) -> int:
    """Choose for the workload that *options* name, and write what was chosen.

    Raises:
        InfeasibleError: If the workload's objective cannot be kept.
        InputError: If the file, or one of the parts in it, is not well formed.
    """
    from pathlib import Path

    from constructs_lib.catalog.prices import load_prices
    from constructs_lib.selection.whole import choose_workload

    prices = load_prices(None if options.prices is None else Path(options.prices))
    objective, parts = _declared(options)
    try:
        choice = choose_workload(options.workload, objective, parts, prices=prices)
    except InfeasibleError as error:
        if options.format == "json":
            _write_json(_infeasible_as_data(options.workload, error))
        raise
    if options.format == "json":
        _write_json(_as_data(choice, objective))
    else:
        _write(choice, objective)
    return 0


def _write_json(content: object) -> None:
    json.dump(content, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def _declared(options: argparse.Namespace) -> tuple[Objective, Mapping[str, Request | Elsewhere]]:
    declared = load_declaration(options.objectives or "recovery.yaml")
    file = declared.file
    objective = declared.objective_for(options.workload)
    parts = declared.workloads[options.workload].parts
    if not parts:
        msg = f"{file} declares no parts of {options.workload}; list them, as in parts: {{files: {{kind: bucket}}}}"
        raise ConfigurationError(msg)
    regions = (options.region, options.recovery_region)
    if declared.regions is not None:
        regions = (options.region or declared.regions.primary, options.recovery_region or declared.regions.recovery)
    found: dict[str, Request | Elsewhere] = {}
    for name, part in parts.items():
        try:
            found[name] = _asked(name, part, regions, options)
        except InputError as error:
            msg = f"{file}: workloads.{options.workload}.parts.{name}: {error}"
            raise ConfigurationError(msg) from None
    return objective, found


def _asked(
    name: str, part: Part, regions: tuple[str | None, str | None], options: argparse.Namespace
) -> Request | Elsewhere:
    from datetime import UTC, datetime

    from constructs_lib.catalog.regions import recommended_recovery_region
    from constructs_lib.catalog.resources.provider_constraint import DEFAULT_PROVIDER_CONSTRAINT
    from constructs_lib.components import Kind
    from constructs_lib.components.external import built_elsewhere, held_on
    from constructs_lib.selection import Request
    from constructs_lib.selection.workload_menu import Elsewhere

    region = regions[0] or DEFAULT_REGION
    recovery = None if options.single_region else regions[1] or recommended_recovery_region(region)
    if part.elsewhere is not None:
        said = part.elsewhere
        component = built_elsewhere(
            name,
            said.target,
            said.software,
            region=region,
            recovery_region=recovery,
            owner=said.owner,
            evidence=said.evidence,
            expires=said.expires,
        )
        # Its owner declares how long it is down, and no availability.
        objective = part.objective.with_uptime(None)
        return Elsewhere(component=held_on(component, datetime.now(UTC).date()), objective=objective)
    assert part.kind is not None, "what is not built elsewhere has a kind"
    return Request(
        kind=Kind(part.kind),
        objective=part.objective,
        region=region,
        recovery_region=recovery,
        engine=part.options.get("engine"),
        usage=Usage(instance_class=part.options.get("instance_class"), **part.amounts),
        provider=options.provider or DEFAULT_PROVIDER_CONSTRAINT,
        features=frozenset(part.features),
        routings=tuple(options.routing) if options.routing else None,
        pattern=part.options.get("pattern"),
        third_region=part.options.get("third_region"),
    )


def _infeasible_as_data(name: str, error: InfeasibleError) -> dict[str, object]:
    """Return why the workload *name* cannot be had, as plain data."""
    nearest = error.nearest
    return {
        "workload": name,
        "chosen": None,
        "because": str(error),
        "nearest_feasible": objective_as_data(nearest) if isinstance(nearest, Objective) else None,
    }


def _as_data(choice: WorkloadChoice, objective: Objective) -> dict[str, object]:
    from constructs_lib.catalog.prices.billing import not_counted
    from constructs_lib.costs import together

    return {
        "workload": choice.name,
        "objective": objective_as_data(objective),
        "chosen": _built_as_data(choice.chosen),
        "measured_by": choice.measured.value,
        **{
            f"next_{name}" if name != "losing_less" else name: None if built is None else _next_as_data(choice, built)
            for name, built in ((name, getattr(choice, name)) for name in _NEIGHBOURS.values())
        },
        "cost_assumptions": list(together(part.cost for part in choice.chosen.parts).assumptions),
        "not_counted": list(not_counted(part.assessment.component.kind for part in choice.chosen.parts)),
        "nearest_feasible": None,
    }


def _built_as_data(built: BuiltWorkload) -> dict[str, object]:
    from constructs_lib.selection.explanation import estimate_as_data, whole_as_data

    return {
        "strategy": built.whole.strategy,
        "scope": built.whole.scope,
        "routing": built.routing,
        "needs_latch": list(built.needs_latch),
        "monthly_cost_usd": float(built.usd),
        "shared_usd": float(built.shared_usd),
        "disruptions": {disruption.value: whole_as_data(item) for disruption, item in built.whole.estimates.items()},
        "parts": [
            {
                "name": part.name,
                "kind": part.assessment.component.kind.value,
                "pattern": part.pattern,
                "monthly_cost_usd": float(part.cost.usd),
                "estimates": {
                    disruption.value: estimate_as_data(estimate, part.assessment, disruption)
                    for disruption, estimate in part.assessment.estimates.items()
                },
            }
            for part in built.parts
        ],
    }


def _next_as_data(choice: WorkloadChoice, built: BuiltWorkload) -> dict[str, object]:
    return {
        **_built_as_data(built),
        "more_usd": float(built.usd - choice.chosen.usd),
        "keeps_objective": built.met,
        "missed": list(built.missed),
        "changes": [{"part": name, "from": before, "to": after} for name, before, after in _changes(choice, built)],
    }


def _changes(choice: WorkloadChoice, built: BuiltWorkload) -> Iterator[tuple[str, str, str]]:
    """Yield what is built otherwise: the part, how it is chosen, and how *built* has it."""
    for now, other in zip(choice.chosen.parts, built.parts, strict=True):
        if now.pattern != other.pattern:
            yield now.name, now.pattern, other.pattern
            continue
        before, after = (dict(_settings(part)) for part in (now, other))
        for setting in sorted({*before, *after}):
            was, is_ = (
                f"{setting} {found[setting]}" if setting in found else f"no {setting}" for found in (before, after)
            )
            if was != is_:
                yield now.name, was, is_


def _settings(part: BuiltPart) -> Iterator[tuple[str, object]]:
    for protection in part.assessment.component.protections:
        yield protection.mechanism, "built"
        for name, value in protection.parameters.items():
            yield f"{name} of {protection.mechanism}", value


def _write(choice: WorkloadChoice, objective: Objective) -> None:
    from rich.table import Table as Grid
    from rich.text import Text

    from constructs_lib.catalog.prices.billing import not_counted
    from constructs_lib.cli.console import Output
    from constructs_lib.costs import together
    from constructs_lib.selection.explanation import SHARED, said

    console, chosen = Output(), choice.chosen
    console.print(Text(f"objective  {objective}"), soft_wrap=True)
    console.print(Text(f"assuming   {objective.assumptions}"), soft_wrap=True)
    strategy = chosen.whole.strategy or "no recovery from the loss of a Region"
    console.print(
        Text(f"chosen     {strategy}; traffic led by {chosen.routing}; about {chosen.whole.scope}"), soft_wrap=True
    )
    console.print(Text(f"cost       USD {chosen.usd:,.2f} a month at list prices"))
    for assumption in together(part.cost for part in chosen.parts).assumptions:
        console.print(Text(f"           assumed: {assumption}"), soft_wrap=True)
    left_out = not_counted(part.assessment.component.kind for part in chosen.parts)
    console.print(Text(f"           not counted: {'; '.join(left_out)}", style="dim"), soft_wrap=True)
    if chosen.needs_latch:
        console.print(
            Text(
                f"mind       {', '.join(chosen.needs_latch)}: written to in one Region, so traffic has to wait for the "
                f"latch: HealthCheckRouting(..., by_latch=True)",
                style="yellow",
            ),
            soft_wrap=True,
        )
    console.print()
    for estimate in chosen.whole.estimates.values():
        if estimate.target is not None:
            console.print(Text(f"{estimate.disruption}: {said(estimate)}"), soft_wrap=True)
    console.print()
    console.print(Text(f"The longest path back from the disruption {choice.measured}:"))
    for leg in chosen.whole.estimates[choice.measured].path:
        console.print(Text(f"  {format_duration(leg.seconds):>8}  {leg.step} ({leg.part})"))
    console.print()
    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("part", "pattern", "USD a month", *(disruption.value for disruption, _ in objective.targets())):
        grid.add_column(title, overflow="fold", no_wrap=title == "pattern")
    for part in chosen.parts:
        figures = (part.assessment.estimates[disruption] for disruption, _ in objective.targets())
        grid.add_row(
            Text(f"{part.name} ({part.assessment.component.kind})"),
            Text(part.pattern),
            f"{part.cost.usd:,.2f}",
            *(_figures(item.rto_seconds, item.rpo_seconds, lost=item.lost) for item in figures),
        )
    console.print(grid)
    if chosen.shared_usd:
        console.print(Text(f"{SHARED}: USD {chosen.shared_usd:,.2f} less"), soft_wrap=True)
    console.print()
    for title, name in _NEIGHBOURS.items():
        console.print(Text(f"{title:12} {_neighbour(choice, getattr(choice, name), choice.measured)}"), soft_wrap=True)


def _neighbour(choice: WorkloadChoice, built: BuiltWorkload | None, measured: Disruption) -> str:
    if built is None:
        return "none"
    more = built.usd - choice.chosen.usd
    differs = "; ".join(f"{name}: {after} in place of {before}" for name, before, after in _changes(choice, built))
    item = built.whole.estimates[measured]
    figures = _figures(item.rto_seconds, item.rpo_seconds, lost=item.lost)
    kept = f"; not kept: {'; '.join(built.missed) or 'the promise of a part'}" if not built.met else ""
    return f"USD {abs(more):,.2f} a month {'more' if more >= 0 else 'less'}: {measured} {figures}{kept} ({differs})"


def _figures(rto: int | None, rpo: int | None, *, lost: bool) -> str:
    if lost:
        return "not recovered"
    return ", ".join(
        f"{name} {'unknown' if seconds is None else format_duration(seconds)}"
        for name, seconds in (("RTO", rto), ("RPO", rpo))
    )
