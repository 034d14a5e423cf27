"""`drctl operations`: those that are open, and those that are done."""

from __future__ import annotations

import sys

from constructs_lib.cli.arguments import path
from constructs_lib.cli.recovery.operating import (
    add_command,
    all_journals,
    new_clients,
    read_workloads,
    state_directory,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any

    from constructs_lib.cli.arguments import Subparsers

_SHOWN = ("command", "workload", "began", "closed", "result", "by", "left")


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = add_command(
        commands,
        "operations",
        "operations that are open, and those that are done",
        "List operations, open and done, and what to type next.",
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    import json

    workloads = read_workloads(options) if options.stacks or options.kit or path("cdktf.out").is_dir() else ()
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
        state = f"open: `{journal.resume}`" if journal.is_open else row["result"]
        sys.stdout.write(f"{row['operation']}  {row['began']}  {row['by']}  {state}\n")
        if row["left"] is not None:
            sys.stdout.write(f"  left at {row['left']['at']}: {row['left']['why']}\n")
    return 0
