"""`drctl failback`: the way home."""

from __future__ import annotations

import sys

from constructs_lib.cli.recovery.credentials import new_clients
from constructs_lib.cli.recovery.execution import run_plan
from constructs_lib.cli.recovery.journals import all_journals
from constructs_lib.cli.recovery.options import add_command, add_execution, add_without, given_names
from constructs_lib.cli.recovery.workloads import named_workload

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from typing import Any

    from constructs_lib.cli.arguments import Subparsers
    from constructs_lib.documents.documented_workload import DocumentedWorkload


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = add_command(
        commands,
        "failback",
        "bring a workload home after a failover",
        "Bring a workload home after a failover. Nothing is changed without --execute.",
    )
    command.add_argument("workload", metavar="WORKLOAD")
    add_execution(command)
    add_without(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from constructs_lib.operations.planning import names_given, plan_failback, recovered_by

    workload = named_workload(options, options.workload)
    names = given_names(options, workload)
    journals = [] if options.policy else _journals(options, workload)
    if not options.policy and not any(_has_moved(journal, workload.name) for journal in journals):
        sys.stderr.write(
            f"drctl: note: no failover of {workload.name} is known here: if it was not moved, nothing is to come home\n"
        )
    for name in sorted({*_left_behind(journals, workload.name)} - {*options.without}):
        sys.stderr.write(
            f"drctl: note: the failover left {name} where it was: unless it was moved otherwise, say --without {name}\n"
        )
    as_there = {key: value for key, value in names_given(workload.name, journals).items() if key not in names}
    if as_there:
        given = ", ".join(f"{key}={value}" for key, value in sorted(as_there.items()))
        sys.stderr.write(f"drctl: note: as the failover was given: {given}\n")
    names = {**as_there, **names}
    recovered = recovered_by(workload.name, journals)
    plan = plan_failback(workload, names=names, recovered=recovered, without=options.without)
    return run_plan(options, workload, plan)


def _has_moved(journal: Mapping[str, Any], workload: str) -> bool:
    """Tell whether it is a failover of *workload* that did something; one that was given up may have done its part."""
    return (journal["command"], journal["workload"]) == ("failover", workload) and bool(journal["components"])


def _left_behind(journals: list[Mapping[str, Any]], workload: str) -> Sequence[str]:
    """Return the components that the newest failover was told to leave where they were."""
    moved = [journal for journal in journals if _has_moved(journal, workload)]
    found: Sequence[str] = moved[-1]["arguments"].get("without", ()) if moved else ()
    return found


def _journals(options: argparse.Namespace, workload: DocumentedWorkload) -> list[Mapping[str, Any]]:
    """Return what journals hold: only what AWS named in the failover is known from them alone."""
    from constructs_lib.errors import EvaluationError

    try:
        found = all_journals(options, [workload], new_clients())
        for trouble in sorted({journal.trouble for journal in found if journal.trouble}):
            sys.stderr.write(f"drctl: note: {trouble}\n")
        return [journal.content for journal in found]
    except EvaluationError as error:
        sys.stderr.write(f"drctl: note: the failover's journal is not read: {error}\n")
        return []
