"""Entry point: subcommands, and every error as one line with its exit code."""

from __future__ import annotations

import argparse
import io
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from constructs_lib.cli import choose, declaration, docs, export, facts, prices, review, sla, uptime
from constructs_lib.errors import EvaluationError, RecoveryError

if TYPE_CHECKING:
    from collections.abc import Sequence

_DESCRIPTION = """\
Declare how long a workload may be down and how much data it may lose; get AWS recovery patterns that keep it."""
_EXITS = """\
exit codes: 0 ok; 1 findings, or an objective that cannot be had; 2 usage or bad input; 3 could not evaluate"""

_COLUMNS = 80
"""The width where there is no terminal."""


class _Help(argparse.HelpFormatter):
    """Asks the terminal how wide it is; argparse would load the archive formats of `shutil` for that."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, in place of the whole usage."""

    def __init__(self, **options: Any) -> None:
        # argparse makes the parsers of subcommands by keyword; each needs its formatter from the first argument on.
        super().__init__(**{"formatter_class": _Help, **options})

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {_one_line(message)}; see {self.prog} --help\n")


def _columns() -> int:
    given = os.environ.get("COLUMNS", "")
    if given.isascii() and given.isdigit() and int(given[:4]):
        return int(given[:4])
    try:
        return os.get_terminal_size().columns or _COLUMNS
    except OSError:
        return _COLUMNS


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command."""
    root = _Parser(prog="drctl", description=_DESCRIPTION, epilog=_EXITS, allow_abbrev=False)
    root.add_argument("--version", action=_Version, nargs=0, help="say the version and leave")
    commands = root.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in (choose, declaration, docs, export, facts, prices, review, sla, uptime):
        module.add_to(commands)
    return root


class _Version(argparse.Action):
    """Looks the version up only where it is asked for: reading package metadata takes longer than the help."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        sys.stdout.write(f"drctl {version('cdktf-dr')}\n")
        parser.exit()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `drctl` and return its exit code: 0 ok, 1 findings or infeasible, 2 bad input, 3 could not evaluate."""
    try:
        _say_what_can_be_said()
        options = parser().parse_args(arguments)
        code = int(options.run(options))
        sys.stdout.flush()
    except RecoveryError as error:
        sys.stderr.write(f"drctl: {_one_line(str(error))}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _discard_output()
        return 0
    except OSError as error:
        _discard_output()
        sys.stderr.write(f"drctl: {_one_line(str(error))}\n")
        return EvaluationError.exit_code
    return code


def _say_what_can_be_said() -> None:
    """Write a question mark for a character that the terminal's encoding lacks, rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def _discard_output() -> None:
    """Send what is still buffered nowhere; Python would complain once more when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _one_line(text: str) -> str:
    return " ".join(text.split())
