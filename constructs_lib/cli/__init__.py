"""The command `drctl`: parses, calls, renders, and has no judgement of its own."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `drctl` and return its exit code, 130 where Ctrl-C ends it, also before the command is loaded."""
    try:
        from constructs_lib.cli.program import main as run

        return run(arguments)
    except KeyboardInterrupt:
        sys.stderr.write("drctl: interrupted\n")
        return 130
