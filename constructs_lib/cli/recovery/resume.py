"""`drctl resume`: an operation gone on with from wherever AWS is."""

from __future__ import annotations

import sys

from constructs_lib.cli.recovery.operating import (
    Interruptible,
    add_command,
    add_pace,
    all_journals,
    manner,
    new_clients,
    read_workloads,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from constructs_lib.cli.arguments import Subparsers


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = add_command(
        commands,
        "resume",
        "go on with an operation that was interrupted",
        "Go on with an operation from wherever AWS is, or refuse with a reason.",
    )
    command.add_argument("operation", nargs="?", metavar="OPERATION", help="default: the one that is open")
    add_pace(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from constructs_lib.cli.recovery.outcome import show_outcome
    from constructs_lib.errors import InputError
    from constructs_lib.operations.operate import go_on
    from constructs_lib.operations.plan import plan_again

    clients = new_clients()
    workloads = read_workloads(options)
    there = [
        journal for journal in all_journals(options, workloads, clients) if options.operation in (None, journal.id)
    ]
    wanted = [journal for journal in there if options.operation or journal.is_open]
    if len(wanted) != 1:
        which = ", ".join(journal.id for journal in wanted) or "none"
        msg = f"operations to go on with: {which}; name one, `drctl operations` lists them"
        raise InputError(msg)
    (journal,) = wanted
    if journal.trouble:
        sys.stderr.write(f"drctl: note: {journal.trouble}\n")
    if not journal.is_open:
        sys.stderr.write(f"drctl: note: operation {journal.id} was finished at {journal.content['closed']}\n")
    named = [item for item in workloads if item.name == journal.content["workload"]]
    if not named:
        msg = f"operation {journal.id} is of workload {journal.content['workload']!r}, which the stacks do not hold"
        raise InputError(msg)
    with Interruptible() as stop:
        outcome = go_on(plan_again(named[0], journal.content), journal, clients, manner(options, stop))
    show_outcome(options, outcome)
    return outcome.exit_code
