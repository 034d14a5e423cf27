"""`drctl choose`: the ladder of patterns for one component, or the parts of a workload together."""

from __future__ import annotations

import argparse

from constructs_lib.cli.arguments import DEFAULT_REGION, something
from constructs_lib.declaration.kinds import KINDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from constructs_lib.catalog.prices import Prices
    from constructs_lib.cli.arguments import Subparsers
    from constructs_lib.objectives import Objective, Target
    from constructs_lib.selection import Choice, Request

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
    cost.add_argument("--read-capacity", help="read capacity units of a table that has --feature provisioned")
    cost.add_argument("--write-capacity", help="its write capacity units")
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
    from constructs_lib.cli.design.choice import (
        choice_as_json,
        infeasible_as_json,
        write_choice,
        write_json,
        write_rejected,
    )
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
            write_json(infeasible_as_json(request, error))
        else:
            write_rejected(error.rejected)  # type: ignore[arg-type]
        raise
    if options.format == "json":
        write_json({**choice_as_json(choice), "doubtful_facts": list(_doubts(choice, prices))})
    else:
        write_choice(choice, _doubts(choice, prices))
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
    amounts = (
        *("size_gb", "change_gb", "writes_millions", "reads_millions"),
        *("average_acus", "most_acus", "least_acus", "read_capacity", "write_capacity"),
    )
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
