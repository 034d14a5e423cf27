"""`drctl choose`: the ladder of patterns for one component, or the parts of a workload together."""

from __future__ import annotations

import argparse
import sys

from constructs_lib.cli.arguments import DEFAULT_REGION, something
from constructs_lib.declaration.kinds import KINDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from constructs_lib.assessment import Assessment
    from constructs_lib.catalog.prices import Prices
    from constructs_lib.cli.arguments import Subparsers
    from constructs_lib.errors import InfeasibleError
    from constructs_lib.objectives import Objective, Target
    from constructs_lib.selection import Candidate, Choice, Rejected, Request

_DISRUPTIONS = ("software", "hardware", "zone", "region")


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "choose",
        help="the cheapest pattern that keeps an RTO and an RPO, and why not the others",
        description="Choose the cheapest AWS recovery pattern that keeps an objective, and say why not the others. "
        "With --workload, choose for all the parts that recovery.yaml lists for it together.",
        allow_abbrev=False,
    )
    add = command.add_argument
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--kind", choices=KINDS)
    what.add_argument(
        "--workload",
        metavar="NAME",
        type=something,
        help="one of recovery.yaml, with its parts; beside it: Regions, routing, prices",
    )
    add("--objectives", metavar="FILE", type=something, help="of the workload; default: recovery.yaml")
    objective = command.add_argument_group(
        "objective", 'durations like "90s", "15m", "4h", "2d" or "PT15M"; an RPO of 0 is legal'
    )
    objective.add_argument("--rto", help="how long down, for region, zone and hardware")
    objective.add_argument("--rpo", help="how much data lost, for region, zone and hardware")
    for disruption in _DISRUPTIONS:
        objective.add_argument(f"--{disruption}-rto", metavar="RTO", help=f"for {_MEANING[disruption]}")
        objective.add_argument(f"--{disruption}-rpo", metavar="RPO", help=argparse.SUPPRESS)
    objective.add_argument("--tier", help="a preset of ours: mission-critical, critical, important, non-critical")
    objective.add_argument("--uptime", help='for example "99.9%%"')
    objective.add_argument("--detection-time", default="2m", help="until the alarm; default 2m")
    objective.add_argument("--detected-by", metavar="WHAT", help="what notices it, such as a monitor of yours")
    objective.add_argument("--decision-time", default="15m", help="until a human decides; default 15m")
    objective.add_argument(
        "--unnoticed-time",
        metavar="TIME",
        help="how long damage may go unnoticed; earlier states are kept as long as that takes",
    )
    objective.add_argument(
        "--no-wider-recovery",
        action="store_true",
        help="no failover to another Region for the loss of a component or a zone",
    )
    limits = command.add_argument_group("component")
    limits.add_argument(
        "--region", type=something, help="where it lives; default eu-west-1, or what recovery.yaml says"
    )
    limits.add_argument(
        "--recovery-region", type=something, help="where it is recovered; default: one we recommend for the Region"
    )
    limits.add_argument("--single-region", action="store_true", help="there is no recovery Region")
    limits.add_argument("--engine", help="of a database: postgres, mysql, aurora-postgresql, dsql, …")
    limits.add_argument(
        "--feature",
        action="append",
        default=[],
        metavar="NAME",
        help="of a table: ttl, local_secondary_index, transactions; of a database: backtrack",
    )
    limits.add_argument("--provider", metavar="CONSTRAINT", help='AWS provider versions, such as ">= 6.22"')
    limits.add_argument(
        "--routing",
        action="append",
        choices=("manual", "health_check", "fast_health_check"),
        help="what may route traffic; default: all",
    )
    limits.add_argument("--pattern", help="consider this pattern only")
    limits.add_argument(
        "--recovery-standby",
        action="store_true",
        help="of a database: what runs in the recovery Region has a standby before it takes over",
    )
    limits.add_argument("--third-region", type=something, help="the witness's or third replica's Region")
    cost = command.add_argument_group("what the cost depends on")
    cost.add_argument("--size-gb", help="default 100")
    cost.add_argument("--change-gb", help="written anew in a month; default 30 %% of the size")
    cost.add_argument("--writes-millions", help="in a month; default 10")
    cost.add_argument("--reads-millions", help="in a month; default 50")
    cost.add_argument("--instance-class", help="of a database, such as db.m6g.large")
    cost.add_argument("--average-acus", help="capacity units that the writer of an Aurora cluster uses on average")
    cost.add_argument("--most-acus", help="those it must be able to reach; Aurora Serverless v2 competes then")
    cost.add_argument("--least-acus", help="those it keeps when idle; default: what AWS recommends")
    cost.add_argument("--prices", metavar="FILE", help="prices of your own (TOML)")
    add("--format", choices=("table", "json"), default="table", help="default: table")
    command.set_defaults(run=_run)


_WITH_WORKLOAD = frozenset(
    ("workload", "objectives", "region", "recovery_region", "single_region", "provider", "routing", "prices", "format")
)
"""What may stand beside `--workload`; the rest is said for each part in the file."""


_MEANING = {
    "software": "corruption, operator error, ransomware (with --software-rpo; undeclared unless given)",
    "hardware": "the loss of a component (with --hardware-rpo)",
    "zone": "the loss of an Availability Zone (with --zone-rpo)",
    "region": "the loss of the Region (with --region-rpo)",
}


def _run(options: argparse.Namespace) -> int:
    from pathlib import Path

    from constructs_lib.catalog.prices import load_prices
    from constructs_lib.errors import InfeasibleError
    from constructs_lib.selection import choose

    if options.workload is not None:
        from constructs_lib.cli.design.choose_workload import run

        _check_beside_workload(options)
        return run(options)
    request = _request(options)
    prices = load_prices(None if options.prices is None else Path(options.prices))
    try:
        choice = choose(request, prices=prices)
    except InfeasibleError as error:
        if options.format == "json":
            _write_json(_infeasible_as_json(request, error))
        else:
            _write_rejected(error.rejected)  # type: ignore[arg-type]
        raise
    if options.format == "json":
        _write_json({**_choice_as_json(choice), "doubtful_facts": list(_doubts(choice, prices))})
    else:
        _write_choice(choice, _doubts(choice, prices))
    return 0


def _check_beside_workload(options: argparse.Namespace) -> None:
    """Refuse what is said of one component where a workload is named."""
    from constructs_lib.errors import ConfigurationError

    for name, value in vars(options).items():
        default = options.parser.get_default(name)
        if name not in _WITH_WORKLOAD and value != default and name not in ("run", "parser"):
            msg = (
                f"--{name.replace('_', '-')} is said of one component, and --workload names several; declare it in the "
                f"parts of recovery.yaml"
            )
            raise ConfigurationError(msg)


def _request(options: argparse.Namespace) -> Request:
    from constructs_lib.catalog.regions import recommended_recovery_region
    from constructs_lib.catalog.resources.provider_constraint import DEFAULT_PROVIDER_CONSTRAINT
    from constructs_lib.components import Kind
    from constructs_lib.costs import Usage
    from constructs_lib.errors import ConfigurationError
    from constructs_lib.selection import Request, recovery_standby

    if options.single_region and options.recovery_region:
        msg = "--single-region and --recovery-region are both given; leave one of them out"
        raise ConfigurationError(msg)
    if options.objectives is not None:
        msg = "--objectives is given without --workload; name one of the workloads in it"
        raise ConfigurationError(msg)
    region = options.region or DEFAULT_REGION
    recovery = options.recovery_region or recommended_recovery_region(region)
    amounts = ("size_gb", "change_gb", "writes_millions", "reads_millions", "average_acus", "most_acus", "least_acus")
    given = {name: getattr(options, name) for name in amounts if getattr(options, name) is not None}
    return Request(
        kind=Kind(options.kind),
        objective=_objective(options),
        region=region,
        recovery_region=None if options.single_region else recovery,
        engine=options.engine,
        usage=Usage(instance_class=options.instance_class, **given),
        provider=DEFAULT_PROVIDER_CONSTRAINT if options.provider is None else options.provider,
        features=frozenset(options.feature),
        routings=tuple(options.routing) if options.routing else None,
        pattern=options.pattern,
        third_region=options.third_region,
        settings=recovery_standby() if options.recovery_standby else {},
    )


def _objective(options: argparse.Namespace) -> Objective:
    from constructs_lib.errors import ObjectiveError
    from constructs_lib.objectives import Assumptions, Objective, Target, tier

    targets: dict[str, Target | None] = {}
    for disruption in _DISRUPTIONS:
        rto, rpo = getattr(options, f"{disruption}_rto"), getattr(options, f"{disruption}_rpo")
        if (rto is None) != (rpo is None):
            msg = f"--{disruption}-rto and --{disruption}-rpo go together; give both"
            raise ObjectiveError(msg)
        if rto is not None:
            targets[disruption] = Target(rto, rpo)
    assumptions = Assumptions(
        detection_time=options.detection_time,
        detected_by=options.detected_by,
        decision_time=options.decision_time,
        wider_recovery=not options.no_wider_recovery,
        unnoticed_time=options.unnoticed_time,
    )
    if options.tier is None:
        return Objective(
            options.rto,
            options.rpo,
            options.uptime,
            software=targets.get("software"),
            hardware=targets.get("hardware"),
            zone=targets.get("zone"),
            region=targets.get("region"),
            assumptions=assumptions,
        )
    if options.rto is not None or options.rpo is not None:
        msg = "--tier already says RTO and RPO; leave --rto and --rpo out, or the tier"
        raise ObjectiveError(msg)
    preset = tier(options.tier)
    merged = {disruption.value: target for disruption, target in preset.targets()} | targets
    return Objective(
        uptime=options.uptime,
        software=merged.get("software"),
        hardware=merged.get("hardware"),
        zone=merged.get("zone"),
        region=merged.get("region"),
        assumptions=assumptions,
    )


def _write_json(content: object) -> None:
    import json

    json.dump(content, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def _choice_as_json(choice: Choice) -> dict[str, object]:
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
        "not_counted": list(not_counted()),
        "rejected": _rejected_as_json(choice.rejected),
        "nearest_feasible": None,
    }


def _infeasible_as_json(request: Request, error: InfeasibleError) -> dict[str, object]:
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


def _doubts(choice: Choice, prices: Prices) -> tuple[str, ...]:
    """Return which of the facts that the choice rests on are older than a year or from memory."""
    from datetime import UTC, datetime

    from constructs_lib.catalog.facts import doubts
    from constructs_lib.catalog.sources import load_sources

    sources, chosen = load_sources(), choice.chosen
    reasons = (reason for estimate in chosen.assessment.estimates.values() for reason in estimate.reasons)
    # An objective and a plan are named beside the catalog's sources, and are not in doubt.
    used = [(sources[reason.source], sources[reason.source].date) for reason in reasons if reason.source in sources]
    used += [(prices.source(line.price.source), line.price.date) for line in chosen.cost.lines]
    return doubts(used, datetime.now(UTC).date())


def _write_choice(choice: Choice, doubts: tuple[str, ...]) -> None:
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
    said = [Text(f"not counted: {'; '.join(not_counted())}", style="dim")]
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
    _write_rejected(choice.rejected)


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


def _write_rejected(rejected: tuple[Rejected, ...]) -> None:
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
