"""`drctl sla`: whether an uptime can be promised, and what to change where it cannot."""

from __future__ import annotations

import sys

from constructs_lib.cli.promise.measured import between, in_words, measured_as_json, verdict_code, write_measured
from constructs_lib.cli.promise.sources import add_sources, read_sources

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from constructs_lib.assessment.sla_feasibility import SlaFeasibility
    from constructs_lib.availability import Availability, ErrorBudget
    from constructs_lib.cli.arguments import Subparsers
    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.live.uptime import Measured

_DECIMALS = 4


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "sla",
        help="whether an uptime can be promised on top of AWS and third parties",
        description="Say what the dependencies of each workload allow, which promise is safe, and what to change. "
        "Exits with 1 where an error or a warning is found, and with 3 where nothing is known that could support a "
        "promise. With --from-cloudwatch also what was attained, and what is owed; a promise that was broken exits "
        "with 1, one that missing data leaves open with 3.",
        allow_abbrev=False,
    )
    add_sources(command)
    command.add_argument("--promise", metavar="UPTIME", help="in place of the uptime that is declared")
    command.add_argument(
        "--from-cloudwatch",
        action="store_true",
        help="read what was attained from the health_checks that recovery.yaml declares for a workload",
    )
    command.add_argument("--period", help="of --from-cloudwatch, such as 2027-02; default: the agreement's, until now")
    command.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from constructs_lib.assessment.sla_feasibility import sla_feasibility
    from constructs_lib.availability import parse_availability

    if options.period is not None and not options.from_cloudwatch:
        from constructs_lib.errors import InputError

        msg = "--period goes with --from-cloudwatch: what was attained is of a period, what can be promised of none"
        raise InputError(msg)
    promise = None if options.promise is None else parse_availability(options.promise)
    found = []
    for workload in read_sources(options).workloads:
        feasibility = sla_feasibility(
            workload.objective.uptime if promise is None else promise,
            assessments=[item.assessment for item in workload.components],
            dependencies=workload.dependencies,
            objective=workload.objective,
            period=workload.terms.period,
            # They are agreed for the uptime that is declared, and say nothing against trying another one.
            credits=workload.terms.credits if promise is None else (),
        )
        found.append((workload, feasibility))
    if options.from_cloudwatch and not any(workload.health_checks for workload, _ in found):
        from constructs_lib.errors import InputError

        msg = "no workload declares what to read; give it health_checks: [ID] in recovery.yaml, or use `drctl uptime`"
        raise InputError(msg)
    measured = [_measured(workload, feasibility, options) for workload, feasibility in found]
    if options.format == "json":
        content = {
            "workloads": {
                workload.name: _as_json(item)
                | ({} if seen is None else {"attained": _measured_as_json(seen, workload)})
                for (workload, item), seen in zip(found, measured, strict=True)
            }
        }
        import json

        json.dump(content, sys.stdout, indent=2, ensure_ascii=False)
        sys.stdout.write("\n")
    else:
        for (workload, item), seen in zip(found, measured, strict=True):
            _write(workload, item)
            if seen is not None:
                _write_measured(seen, workload)
    codes = {verdict_code(budget, saw) for budget, saw in filter(None, measured)}
    if 1 in codes or any(finding.severity != "note" for _, item in found for finding in item.findings):
        return 1
    return 3 if 3 in codes or any(item.reduced is None for _, item in found) else 0


def _measured(
    workload: DocumentedWorkload, item: SlaFeasibility, options: argparse.Namespace
) -> tuple[ErrorBudget, Measured] | None:
    """Return what health checks saw against what is promised; None where it is not asked for, or nothing tells."""
    if not options.from_cloudwatch or not workload.health_checks or item.promise is None:
        return None
    from constructs_lib.availability import error_budget, parse_period
    from constructs_lib.live.uptime import measure_uptime

    period = workload.terms.period if options.period is None else parse_period(options.period)
    measured = measure_uptime(workload.health_checks, *between(period))
    return error_budget(item.promise, period, measured_downtime=measured.down_seconds), measured


def _measured_as_json(seen: tuple[ErrorBudget, Measured], workload: DocumentedWorkload) -> dict[str, object]:
    budget, measured = seen
    return {
        "period": budget.period.name,
        "availability": str(budget.attained),
        "kept": budget.kept,
        "credit_percent": str(workload.terms.credit(budget.attained)),
        **measured_as_json(measured, budget.period),
    }


def _write_measured(seen: tuple[ErrorBudget, Measured], workload: DocumentedWorkload) -> None:
    budget, measured = seen
    write_measured(measured, budget.period)
    credit = workload.terms.credit(budget.attained)
    owed = f", and a credit of {credit} % is owed" if credit else ""
    kept = f"{in_words(budget.left)} are left" if budget.kept else f"{in_words(-budget.left)} too much"
    sys.stdout.write(f"  attained: {budget.attained}, {kept}{owed}\n")


def _as_json(item: SlaFeasibility) -> dict[str, object]:
    def text(value: object) -> str | None:
        return None if value is None else str(value)

    return {
        "promise": text(item.promise),
        "verdict": item.verdict.value,
        "dependencies_allow": {"in_full": text(item.full), "at_least_reduced": text(item.reduced)},
        "own_part_needed": text(item.own_needed),
        "safe_promise": text(item.safe),
        "needs": [
            {
                "name": need.name,
                "availability": text(need.availability),
                "critical": need.critical,
                "third_party": need.third_party,
                "confidence": need.confidence.value,
                "because": need.because,
                "components": list(need.components),
            }
            for need in item.needs
        ],
        "remedies": [
            {"need": step.need, "change": step.change, "allows": str(step.allows), "suffices": step.suffices}
            for step in item.remedies
        ],
        "plan": [{"need": step.need, "change": step.change, "allows": str(step.allows)} for step in item.plan],
        "findings": [
            {"id": finding.id, "severity": finding.severity, "message": finding.message, "fix": finding.fix}
            for finding in item.findings
        ],
    }


def _write(workload: DocumentedWorkload, item: SlaFeasibility) -> None:
    write = sys.stdout.write
    write(f"{workload.name}: {'no uptime is promised' if item.promise is None else f'{item.promise} is promised'}\n")
    for need in item.needs:
        kind = "" if need.critical else ", not critical"
        write(f"  needs {need.name}: {need.availability or 'unknown'}{kind}\n")
    if item.reduced is None:
        why = "critical needs are unknown" if item.needs else "no component is assessed and no dependency is declared"
        write(f"  what can be promised is unknown: {why}\n")
    else:
        full = f"; in full {item.full.rounded(decimals=_DECIMALS)}" if item.full not in (None, item.reduced) else ""
        write(f"  these allow {item.reduced.rounded(decimals=_DECIMALS)}{full}\n")
    if item.own_needed is not None:
        write(f"  your own part must then be available {_rounded_up(item.own_needed)} of the time\n")
    if item.safe is not None:
        write(f"  safe to promise, with half of the budget left to yourself: {item.safe}\n")
    for number, step in enumerate(item.plan, start=1):
        write(f"  step {number}: make {step.need} {step.change}, then {step.allows.rounded(decimals=_DECIMALS)}\n")
    for finding in item.findings:
        write(f"  {finding}\n")


def _rounded_up(needed: Availability) -> str:
    """Return what is needed, never less: `Availability.rounded` is for what is had."""
    from fractions import Fraction
    from math import ceil

    from constructs_lib.availability import Availability

    scale = 100 * 10**_DECIMALS
    return Availability.from_fraction(Fraction(ceil(needed.fraction * scale), scale)).rounded(decimals=_DECIMALS)
