"""`drctl resume`: an operation gone on with from wherever AWS is."""

from __future__ import annotations

import sys

from constructs_lib.cli.recovery.credentials import new_clients
from constructs_lib.cli.recovery.execution import Interruptible, manner
from constructs_lib.cli.recovery.journals import all_journals, named_operation, workload_of
from constructs_lib.cli.recovery.options import add_command, add_pace
from constructs_lib.cli.recovery.workloads import read_workloads

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Sequence

    from constructs_lib.cli.arguments import Subparsers
    from constructs_lib.operations.journal import Journal


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
    from constructs_lib.operations.operate import go_on
    from constructs_lib.operations.planning import plan_again

    clients = new_clients()
    workloads = read_workloads(options)
    if options.operation is None:
        journal = _only_open(all_journals(options, workloads, clients), {item.name for item in workloads})
        workload = workload_of(journal, workloads)
    else:
        journal, workload = named_operation(options, workloads, clients)
    if not journal.is_open:
        sys.stderr.write(f"drctl: note: operation {journal.id} was finished at {journal.content['closed']}\n")
    elif journal.other_version is not None:
        sys.stderr.write(f"drctl: note: operation {journal.id} was begun by version {journal.other_version}\n")
    with Interruptible() as stop:
        outcome = go_on(plan_again(workload, journal.content), journal, clients, manner(options, stop))
    show_outcome(options, outcome)
    return outcome.exit_code


def _only_open(found: Sequence[Journal], workloads: Collection[str]) -> Journal:
    """Return the one operation of *workloads* that is open; several workloads may keep their journals in one place.

    Raises:
        InputError: If none is, or several are.
    """
    from constructs_lib.errors import InputError

    opened = [journal for journal in found if journal.is_open and journal.content["workload"] in workloads]
    if len(opened) == 1:
        return opened[0]
    troubles = "; ".join(sorted({journal.trouble for journal in found if journal.trouble}))
    which = ", ".join(journal.id for journal in opened)
    msg = f"these operations are open: {which}; name one" if opened else "no operation is open"
    raise InputError(f"{msg}; {troubles}" if troubles else f"{msg}; `drctl operations` lists them")
