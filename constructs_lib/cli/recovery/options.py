"""What the commands that operate have in common on the command line."""

from __future__ import annotations

from constructs_lib.cli.arguments import path

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from datetime import timedelta
    from typing import Any

    from constructs_lib.cli.arguments import Subparsers
    from constructs_lib.documents.documented_workload import DocumentedWorkload

STACKS = "cdktf.out"
_DAY = 86_400
_EXITS = "exit codes: 0 done, or a plan that can be done; 1 refused; 2 usage; 3 cannot be told; 4 begun, not finished"


def add_command(commands: Subparsers, name: str, help: str, description: str) -> argparse.ArgumentParser:
    """Return the parser of a command, with where stacks and journals are, and how it answers."""
    command = commands.add_parser(name, help=help, description=description, epilog=_EXITS, allow_abbrev=False)
    add = command.add_argument
    add("--stacks", type=path, metavar="DIR", help=f"output of `cdktf synth`; default: {STACKS}")
    add("--kit", metavar="DIR|s3://BUCKET/PREFIX", help="a kit that `drctl kit build` made, in place of --stacks")
    add(
        "--journal",
        metavar="s3://BUCKET/PREFIX",
        help="where the journal is kept beside this machine; default: the bucket in the recovery Region that holds the "
        "workload's documents",
    )
    add("--state", type=path, metavar="DIR", help="where the journal is kept on this machine")
    add("--format", choices=("table", "json"), default="table", help="default: table")
    return command


def add_execution(command: argparse.ArgumentParser) -> None:
    """Add what an operation that begins can be told."""
    add = command.add_argument
    add("--execute", action="store_true", help="do it; without, the plan is shown")
    add("--allow-data-loss", action="append", default=[], metavar="COMPONENT", help="say yes to what may be lost of it")
    add(
        "--accept-split-brain",
        action="append",
        default=[],
        metavar="COMPONENT",
        help="say yes to writes that its old side may still take",
    )
    add(
        "--name",
        action="append",
        default=[],
        metavar="[COMPONENT.]KEY=VALUE",
        help="a name that the stacks do not tell, for one component or for all",
    )
    add("--policy", action="store_true", help="print the IAM policy that it needs, and leave")
    add(
        "--beside",
        action="append",
        default=[],
        metavar="OPERATION",
        help="begin although this operation does the same and is open",
    )
    add("--evidence", type=path, metavar="DIR", help="add a record of it to the chain there, once it is done")
    add_pace(command)


def add_without(command: argparse.ArgumentParser) -> None:
    """Add what a move of a whole workload can leave where it is."""
    command.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="COMPONENT",
        help="leave it where it is, so that what keeps it from moving keeps no other",
    )


def add_pace(command: argparse.ArgumentParser) -> None:
    """Add how an operation that runs behaves."""
    add = command.add_argument
    add("--yes", action="store_true", help="take what a human has to do as done; for machines")
    add("--poll", type=seconds, default=15, metavar="SECONDS", help="between questions while AWS works; default 15")


def seconds(text: str) -> float:
    """Return a number of seconds: without a pause AWS would be asked as fast as it answers."""
    import argparse
    import math

    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 < found < math.inf:
        msg = f"{text!r} is no number of seconds above 0"
        raise argparse.ArgumentTypeError(msg)
    return found


def given_names(options: argparse.Namespace, workload: DocumentedWorkload) -> dict[str, Any]:
    """Return the names that the options settle, for one component of *workload* or for all."""
    from difflib import get_close_matches

    from constructs_lib.errors import InputError
    from constructs_lib.operations.planning import keys_of

    found: dict[str, Any] = {}
    known = keys_of(workload) if options.name else ()
    components = sorted(item.name for item in workload.components)
    for text in options.name:
        key, equals, value = text.partition("=")
        component, dot, own = key.partition(".")
        if dot and component not in components:
            msg = f"--name is {text!r}; {workload.name} has no component {component!r}, only {', '.join(components)}"
            raise InputError(msg)
        if not equals or not key or not value:
            msg = f"--name is {text!r}; give KEY=VALUE, such as recovery_security_groups=sg-1,sg-2"
            raise InputError(msg)
        name = own if dot else key
        if name not in known:
            close = get_close_matches(name, known, n=1)
            meant = f"did you mean {close[0]}?" if close else f"there are {', '.join(sorted(known))}"
            msg = f"--name is {text!r}; no step asks for {name!r}; {meant}"
            raise InputError(msg)
        found[key] = value.split(",") if key.endswith("security_groups") else value
    return found


def typed_again(options: argparse.Namespace) -> str:
    """Return the options by which another command finds the same stacks and journals, each after a space."""
    import shlex

    names = ("stacks", "kit", "journal", "state")
    given = {name: getattr(options, name) for name in names}
    return "".join(f" --{name} {shlex.quote(str(value))}" for name, value in given.items() if value is not None)


def lasting(text: str) -> timedelta:
    """Return how long a record counts, as it was typed for `--lasts`.

    Raises:
        InputError: If it is no duration, or none at all: such a record would count for nothing.
    """
    from datetime import timedelta

    from constructs_lib.errors import InputError
    from constructs_lib.objectives import parse_duration

    seconds = parse_duration(text, name="--lasts")
    if seconds < _DAY:
        msg = f"--lasts is {text}, and a record counts by whole days; give a day or more, such as 365d"
        raise InputError(msg)
    return timedelta(seconds=seconds)
