"""The command `drctl`: parses, calls, renders, and has no judgement of its own."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

__all__ = ["command", "main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `drctl` and return its exit code, 130 where Ctrl-C ends it, also before the command is loaded."""
    try:
        from constructs_lib.cli.program import main as run

        return run(arguments)
    except KeyboardInterrupt:
        sys.stderr.write("drctl: interrupted\n")
        return 130


def command() -> NoReturn:
    """Be the process `drctl`: run `main`, and end with its exit code.

    Python would first free what was read, object by object: a sixth of the time that a review of 10,000 resources
    takes, and a quarter of one of 100,000, for memory that the end of the process gives back all the same.
    """
    code = main()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue  # nobody reads it any more
    os._exit(code)
