"""The command `drctl`: parses, calls, renders, and has no judgement of its own."""

from __future__ import annotations

import io
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

__all__ = ["command", "main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `drctl` and return its exit code, 130 where Ctrl-C ends it, also before the command is loaded."""
    try:
        from constructs_lib.cli.program import main as run

        return run(arguments)
    except KeyboardInterrupt:
        sys.stderr.write("drctl: interrupted\n")
        return 130


class _Outliving(io.FileIO):
    """An output whose reader may leave: the rest goes nowhere, and what was begun is done and judged all the same."""

    def write(self, data: Any, /) -> int:
        """Write *data*, or drop it where nobody reads any more."""
        try:
            return super().write(data)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            return len(data)


def _outliving(stream: Any) -> Any:
    """Return *stream* over a file that outlives its reader; itself where it is over none, as where it is closed."""
    raw = getattr(getattr(stream, "buffer", None), "raw", getattr(stream, "buffer", None))
    if not isinstance(raw, io.FileIO):
        return stream
    file = _Outliving(raw.fileno(), "w", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(file),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering or stream.write_through,
    )


def command() -> NoReturn:
    """Be the process `drctl`: run `main`, and end with its exit code.

    Python would first free what was read, object by object: a sixth of the time that a review of 10,000 resources
    takes, and a quarter of one of 100,000, for memory that the end of the process gives back all the same.
    """
    sys.stdout, sys.stderr = _outliving(sys.stdout), _outliving(sys.stderr)
    code = main()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue  # nobody reads it any more
    os._exit(code)
