"""`drctl operations`: those that are open, and those that are done."""

from __future__ import annotations

import sys

from constructs_lib.cli.arguments import path
from constructs_lib.cli.recovery.credentials import new_clients
from constructs_lib.cli.recovery.journals import all_journals, named_journal, state_directory
from constructs_lib.cli.recovery.options import add_command
from constructs_lib.cli.recovery.workloads import read_workloads

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any

    from constructs_lib.cli.arguments import Subparsers
    from constructs_lib.operations.journal import Journal

_SHOWN = ("command", "workload", "began", "closed", "result", "by", "left", "given_up")


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = add_command(
        commands,
        "operations",
        "operations that are open, and those that are done",
        "List operations, open and done, and what to type next; or give one up, so that another may begin.",
    )
    add = command.add_argument
    add(
        "--give-up",
        metavar="OPERATION",
        help="say that nobody goes on with it: what it has changed is listed and stays, and its journal is closed",
    )
    add("--yes", action="store_true", help="give it up without being asked; for machines")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    import json

    workloads = read_workloads(options) if options.stacks or options.kit or path("cdktf.out").is_dir() else ()
    if options.give_up is not None:
        return _give_up(options, named_journal(options, options.give_up, workloads, new_clients()))
    found = all_journals(options, workloads, new_clients())
    for trouble in sorted({journal.trouble for journal in found if journal.trouble}):
        sys.stderr.write(f"drctl: note: {trouble}\n")
    rows: list[dict[str, Any]] = [
        {"operation": journal.id, **{name: journal.content.get(name) for name in _SHOWN}} for journal in found
    ]
    if not rows:
        sys.stderr.write(f"drctl: note: there is no operation in {state_directory(options)}, nor in a bucket asked\n")
    if options.format == "json":
        sys.stdout.write(json.dumps({"operations": rows}, indent=2) + "\n")
        return 0
    for journal, row in zip(found, rows, strict=True):
        state = f"open: `{journal.resume}`" if journal.is_open else journal.given_up or row["result"]
        sys.stdout.write(f"{row['operation']}  {row['began']}  {row['by']}  {state}\n")
        if row["left"] is not None:
            sys.stdout.write(f"  left at {row['left']['at']}: {row['left']['why']}\n")
    return 0


def _give_up(options: argparse.Namespace, journal: Journal) -> int:
    """Show what the operation has changed, ask, and close its journal."""
    import json

    from constructs_lib.errors import RefusedError
    from constructs_lib.operations.giving_up import check_can_be_given_up, give_up, what_stays

    check_can_be_given_up(journal)
    stays = list(what_stays(journal.content))
    # Where the answer is for a machine, whoever is asked still has to see what is decided on.
    shown = sys.stderr if options.format == "json" else sys.stdout
    for row in stays:
        shown.write(f"{row['component']}: {row['step']}: {row['stays']} ({row['what']})\n")
    shown.write("nothing of this is undone\n" if stays else "nothing was changed yet\n")
    if not options.yes:
        if not sys.stdin.isatty():
            msg = f"{journal.id} is not given up: there is no terminal to ask at; --yes says that it is meant"
            raise RefusedError(msg)
        sys.stderr.write(f"type {journal.id} to give it up: ")
        sys.stderr.flush()
        if sys.stdin.readline().strip() != journal.id:
            msg = f"{journal.id} is not given up; `{journal.resume}` goes on with it"
            raise RefusedError(msg)
    give_up(journal)
    if journal.trouble is not None:
        sys.stderr.write(f"drctl: note: {journal.trouble}\n")
    if options.format == "json":
        sys.stdout.write(
            json.dumps({"operation": journal.id, "given_up": journal.content["given_up"], "stays": stays}, indent=2)
            + "\n"
        )
    else:
        sys.stdout.write(f"{journal.id} was {journal.given_up}\n")
    return 0
