"""`drctl uptime`: what an availability allows, what was attained, and how many failovers still fit."""

from __future__ import annotations

import argparse
import sys

from constructs_lib.cli.promise.measured import between, in_words, measured_as_json, verdict_code, write_measured

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fractions import Fraction

    from constructs_lib.availability import Availability, ErrorBudget, Period, ServiceAvailability, Structure
    from constructs_lib.cli.arguments import Subparsers
    from constructs_lib.live.uptime import Measured


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "uptime",
        help="the downtime that an availability allows, and what is left of it",
        description="Say what downtime an availability allows. With --downtime or --from-cloudwatch, say what was "
        "attained and what is left; with --rto, how many failovers fit; with --needs and the others, what a service "
        "made of parts attains. With --from-cloudwatch, exits with 1 where the promise is broken, and with 3 where "
        "missing data leaves that open.",
        allow_abbrev=False,
    )
    command.add_argument("availability", nargs="?", help='for example "99.9%%" or "three nines"')
    budget = command.add_argument_group("error budget")
    budget.add_argument(
        "--period", help="day, week, month_30d (default), month, quarter, year, or 2027-02, 2027-Q1, 2027"
    )
    spent = budget.add_mutually_exclusive_group()
    spent.add_argument("--downtime", help='measured in the period, such as "25m"; overlapping interruptions once')
    spent.add_argument(
        "--from-cloudwatch",
        nargs="+",
        metavar="CHECK",
        help="read it from the metric of Route 53 health checks, given by id; the service is up while one is healthy",
    )
    budget.add_argument("--rto", help="how long one failover takes at most")
    parts = command.add_argument_group("composite, in place of AVAILABILITY; all groups are needed together")
    parts.add_argument("--needs", nargs="+", metavar="A", help="parts that are all needed")
    parts.add_argument(
        "--any-of", nargs="+", action="append", default=[], metavar="A", help="parts of which one is enough; repeatable"
    )
    parts.add_argument(
        "--k-of-n", nargs="+", action="append", default=[], metavar="K A", help="K, then parts; repeatable"
    )
    parts.add_argument("--optional", nargs="+", metavar="A", help="parts without which the service does less")
    command.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from constructs_lib.availability import allowed_downtime_seconds, parse_availability, service_availability
    from constructs_lib.errors import InputError

    structure = _structure(options)
    if (options.availability is None) == (structure is None):
        msg = (
            "give an availability such as 99.9%, or the parts of a service (--needs, --any-of, --k-of-n), but not both"
        )
        raise InputError(msg)
    service = None if structure is None else service_availability(structure)
    availability = parse_availability(options.availability) if service is None else service.at_least_reduced
    measured = _measured(options)
    budget = _budget(options, availability, measured)
    code = 0 if measured is None or budget is None else verdict_code(budget, measured)
    if options.format == "json":
        plain: dict[str, object] = {
            "availability": str(availability),
            "allowed_downtime_seconds": allowed_downtime_seconds(availability),
        }
        if service is not None:
            plain["composite"] = _composite_as_json(service)
        if budget is not None:
            plain["budget"] = _budget_as_json(budget, options.rto)
        if measured is not None:
            plain["measured"] = measured_as_json(measured, _period(options))
        import json

        json.dump(plain, sys.stdout, indent=2)
        sys.stdout.write("\n")
        return code
    if service is not None:
        _write_composite(service)
    sys.stdout.write(f"{availability} allows\n")
    for period, seconds in allowed_downtime_seconds(availability).items():
        sys.stdout.write(f"  {_NAMES[period]:<30}{in_words(seconds)}\n")
    if measured is not None:
        write_measured(measured, _period(options))
    if budget is not None:
        _write_budget(budget, options.rto)
    return code


def _structure(options: argparse.Namespace) -> Structure | None:
    from constructs_lib.availability import k_of_n, parallel, partial, series
    from constructs_lib.errors import InputError

    members: list[Structure] = []
    if options.needs:
        members.append(series(*options.needs))
    members += [parallel(*group) for group in options.any_of]
    for group in options.k_of_n:
        # `isdecimal` alone takes the digits of other scripts.
        if not (group[0].isascii() and group[0].isdecimal()):
            msg = f"--k-of-n begins with how many are needed, not {group[0]!r}; write --k-of-n 2 99% 99.9% 99.9%"
            raise InputError(msg)
        members.append(k_of_n(int(group[0][:6]), *group[1:]))
    if not members:
        if options.optional:
            msg = "--optional says what a service can do without; say with --needs what it cannot"
            raise InputError(msg)
        return None
    core = series(*members)
    return partial(core, *options.optional) if options.optional else core


def _measured(options: argparse.Namespace) -> Measured | None:
    if options.from_cloudwatch is None:
        return None
    from constructs_lib.live.uptime import measure_uptime

    return measure_uptime(options.from_cloudwatch, *between(_period(options)))


def _period(options: argparse.Namespace) -> Period:
    from constructs_lib.availability import MONTH_30D, parse_period

    return MONTH_30D if options.period is None else parse_period(options.period)


def _budget(options: argparse.Namespace, availability: Availability, measured: Measured | None) -> ErrorBudget | None:
    from constructs_lib.availability import error_budget
    from constructs_lib.objectives import parse_duration

    if options.period is None and options.downtime is None and options.rto is None and measured is None:
        return None
    spent = 0 if options.downtime is None else parse_duration(options.downtime, name="downtime")
    spent = spent if measured is None else measured.down_seconds
    return error_budget(availability, _period(options), measured_downtime=spent)


def _composite_as_json(service: ServiceAvailability) -> dict[str, str]:
    return {
        "full": str(service.full),
        "at_least_reduced": str(service.at_least_reduced),
        "reduced_only": str(service.reduced_only),
    }


def _budget_as_json(budget: ErrorBudget, rto: str | None) -> dict[str, object]:
    plain: dict[str, object] = {
        "period": budget.period.name,
        "period_seconds": budget.period.seconds,
        "allowed_seconds": _number(budget.allowed),
        "spent_seconds": _number(budget.spent),
        "left_seconds": _number(budget.left),
        "kept": budget.kept,
        "attained": str(budget.attained),
    }
    if rto is not None:
        seconds = _rto(rto)
        plain["rto_seconds"] = seconds
        # None: any number, since each takes no time.
        plain["failovers_that_fit"] = budget.failovers(seconds)
    return plain


def _write_composite(service: ServiceAvailability) -> None:
    sys.stdout.write(f"in full             {service.full}\n")
    if service.full != service.at_least_reduced:
        sys.stdout.write(f"at least reduced    {service.at_least_reduced}\n")
        sys.stdout.write(f"reduced only        {service.reduced_only}\n")


def _write_budget(budget: ErrorBudget, rto: str | None) -> None:
    write = sys.stdout.write
    write(f"over {_NAMES.get(budget.period.name, budget.period.name)}\n")
    write(f"  {'allowed':<30}{in_words(budget.allowed)}\n")
    write(f"  {'measured':<30}{in_words(budget.spent)}, so {budget.attained} is attained\n")
    left = in_words(budget.left) if budget.kept else f"none: {in_words(-budget.left)} too much"
    write(f"  {'left':<30}{left}\n")
    if rto is not None:
        fit = budget.failovers(_rto(rto))
        contradiction = "; the first one breaks the promise" if fit == 0 and budget.kept else ""
        write(f"  {f'failovers of {rto}':<30}{'any number' if fit is None else fit}{contradiction}\n")


def _rto(text: str) -> int:
    from constructs_lib.objectives import parse_duration

    return parse_duration(text, name="RTO")


_NAMES = {
    "day": "a day",
    "week": "a week",
    "month_30d": "a month of 30 days",
    "month": "a month (mean, 30.44 days)",
    "quarter": "a quarter (mean)",
    "year": "a year (mean, 365.2425 days)",
}


def _number(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)
