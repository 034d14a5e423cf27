"""Where a command finds what is declared and what is built."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from constructs_lib.documents.read.gather import Gathered

_OBJECTIVES = Path("recovery.yaml")
_STACKS = Path("cdktf.out")


def add_sources(command: argparse.ArgumentParser) -> None:
    """Add `--objectives`, `--stacks`, `--plan` and `--workload`."""
    add = command.add_argument_group("what it is made from").add_argument
    add("--objectives", type=Path, metavar="FILE", help=f"default: {_OBJECTIVES} where there is one")
    add("--stacks", type=Path, metavar="DIR", help=f"output of `cdktf synth`; default: {_STACKS} where there is one")
    add(
        "--plan",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="output of `terraform show -json`, in place of --stacks; may be given several times",
    )
    add("--workload", metavar="NAME", help="only this one; default: all")


def read_sources(options: argparse.Namespace) -> Gathered:
    """Return what the options name; notes about what was not found go to the error output."""
    from constructs_lib.documents.read.gather import gather

    objectives = options.objectives or (_OBJECTIVES if _OBJECTIVES.is_file() else None)
    stacks = options.stacks
    if stacks is None and not options.plan and _STACKS.is_dir():
        stacks = _STACKS
    subjects = gather(objectives, stacks=stacks, plans=options.plan, workload=options.workload)
    for note in subjects.notes:
        sys.stderr.write(f"drctl: note: {note}\n")
    return subjects
