"""Where a command finds what is declared and what is built."""

from __future__ import annotations

import sys

from constructs_lib.cli.arguments import check_read_once, path
from constructs_lib.plural import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from constructs_lib.components import Component
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.documents.read.gather import Gathered
    from constructs_lib.plan import Plan

_OBJECTIVES = "recovery.yaml"
_STACKS = "cdktf.out"


def add_sources(command: argparse.ArgumentParser) -> None:
    """Add `--objectives`, `--stacks`, `--plan` and `--workload`."""
    add = command.add_argument_group("what it is made from").add_argument
    add(
        "--objectives",
        type=path,
        metavar="FILE",
        help=f"- reads standard input; default: {_OBJECTIVES} where there is one",
    )
    add("--stacks", type=path, metavar="DIR", help=f"output of `cdktf synth`; default: {_STACKS} where there is one")
    add(
        "--plan",
        type=path,
        action="append",
        default=[],
        metavar="FILE",
        help="output of `terraform show -json`, in place of --stacks; - reads it from standard input; may be given "
        "several times",
    )
    add("--workload", metavar="NAME", help="only this one; default: all")


def read_sources(options: argparse.Namespace) -> Gathered:
    """Return what the options name; notes about what was not found go to the error output."""
    from constructs_lib.documents.read.gather import gather

    objectives = options.objectives
    check_read_once(options.plan, [objectives])
    if objectives is None and path(_OBJECTIVES).is_file():
        objectives = path(_OBJECTIVES)
    stacks = options.stacks
    if stacks is None and not options.plan and path(_STACKS).is_dir():
        stacks = path(_STACKS)
    subjects = gather(objectives, stacks=stacks, plans=options.plan, workload=options.workload, proved=_proved)
    for note in subjects.notes:
        sys.stderr.write(f"drctl: note: {note}\n")
    return subjects


def _proved(plan: Plan, declaration: Declaration, notes: list[str]) -> Mapping[str, Component]:
    """Return the components of a plan with doubts on what a review proves not to work, and note that there is any."""
    from constructs_lib.review.proved import proved

    found = proved(plan, declaration)
    if found.errors:
        first, more = found.errors[0], len(found.errors) - 1
        others = f", and {plural(more, 'error')} more" if more else ""
        notes.append(f"drctl review finds {first.id} in the plans{others}: {first.message}")
    return found.components
