"""Entry point: subcommands, and every error as one line with its exit code."""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from importlib import import_module

from constructs_lib.cli.commands import COMMANDS, Command
from constructs_lib.errors import EvaluationError, RecoveryError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

_DESCRIPTION = """\
Declare how long a workload may be down and how much data it may lose; get AWS recovery patterns that keep it."""
_EXITS = """\
exit codes: 0 ok; 1 findings, refused, or an objective that cannot be had; 2 usage or bad input; 3 could not
evaluate; 4 begun and not finished"""

_COLUMNS = 80
"""The width where there is no terminal."""


class _Help(argparse.HelpFormatter):
    """Loads less than argparse's own: the archive formats of `shutil` for a width, `textwrap` to break lines.

    Lines are broken at spaces only, so that `--recovery-region` stays in one piece.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)

    def _split_lines(self, text: str, width: int) -> list[str]:
        lines = [""]
        for word in text.split():
            if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
                lines.append(word)
            else:
                lines[-1] += f" {word}" if lines[-1] else word
        return lines

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(f"{indent}{line}" for line in self._split_lines(text, width - len(indent)))


class _Listed:
    """In place of a command's parser, where it is only listed: ten of them take longer than the rest of a help text."""

    def _check_help(self, action: argparse.Action) -> None:
        """Python from 3.14 on has each parser look at the line that lists it."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, in place of the whole usage."""

    def __new__(cls, *, only_a_name: bool = False, **_: Any) -> Any:
        return _Listed() if only_a_name else super().__new__(cls)

    _given: Sequence[str] = ()

    def __init__(self, **options: Any) -> None:
        # argparse makes the parsers of subcommands by keyword; each needs its formatter from the first argument on.
        super().__init__(**{"formatter_class": _Help, **options})

    def error(self, message: str) -> NoReturn:
        options = [item.partition("=")[0] for item in self._given if item.startswith("--") and " " not in item]
        unknown = [item for item in options if item != "--" and item not in self._option_string_actions]
        # argparse looks for what is missing first; an option that is not known is the nearer cause.
        if unknown and message.startswith(("the following arguments are required", "one of the arguments")):
            message = f"unrecognized arguments: {' '.join(unknown)}{_meant(unknown[0], self._known)}"
        # What follows such an option was taken for the name of a subcommand.
        before, choice, _ = message.partition(": invalid choice")
        name = before.removeprefix("argument ")
        if unknown and choice and name.isupper():
            message = f"unrecognized arguments: {unknown[0]}; name {name} before its options"
        self.exit(2, f"{self.prog}: {_one_line(message)}; see {self.prog} --help\n")

    @property
    def _known(self) -> list[str]:
        return list(self._option_string_actions)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Keep what was typed, for the error; refuse a second file or directory, of which the last alone counts."""
        self._given = list(args or ())
        for action in self._actions:
            if isinstance(action, argparse._StoreAction) and action.metavar in ("DIR", "FILE"):
                named = [item for item in self._given if item.partition("=")[0] in action.option_strings]
                if len(named) > 1:
                    self.error(f"{action.option_strings[0]} is given twice, and takes one {action.metavar}")
        return super().parse_known_args(args, namespace)

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        """Refuse nothing for a name, which a shell makes of a variable that is not set: as a path it would be `.`."""
        # What follows the name of a command is for that command to say.
        if action.metavar is not None and not arg_string.strip() and not isinstance(action, argparse._SubParsersAction):
            msg = "nothing is given; leave it out, or name one"
            raise argparse.ArgumentError(action, msg)
        return super()._get_value(action, arg_string)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Name the command whose option is not known, and the option that may be meant."""
        options, left = self.parse_known_args(args, namespace)
        if left:
            asked = getattr(options, "parser", self)
            asked.error(f"unrecognized arguments: {' '.join(left)}{_meant(left[0], asked._known)}")
        return options


def _columns() -> int:
    given = os.environ.get("COLUMNS", "")
    if given.isascii() and given.isdigit() and int(given[:4]):
        return int(given[:4])
    try:
        return os.get_terminal_size().columns or _COLUMNS
    except OSError:
        return _COLUMNS


def parser_of_all() -> argparse.ArgumentParser:
    """Return the parser of the whole command, with everything loaded."""
    return _parser(COMMANDS, COMMANDS)


def _parser(loaded: Sequence[Command], listed: Sequence[Command]) -> argparse.ArgumentParser:
    """Return the parser with the commands of *loaded* in full, and of the others that are *listed* only the name."""
    root = _Parser(prog="drctl", description=_DESCRIPTION, epilog=_EXITS, allow_abbrev=False)
    root.add_argument("--version", action=_Version, nargs=0, help="say the version and leave")
    commands = root.add_subparsers(title="commands", metavar="COMMAND", prog=root.prog)
    for command in listed:
        if command not in loaded:
            commands.add_parser(command.name, help=command.help, only_a_name=True)
        elif command.name == "help":
            about = commands.add_parser(command.name, help=command.help, description=command.help, allow_abbrev=False)
            about.add_argument("about", nargs="?", metavar="COMMAND", help="default: all of them")
            about.set_defaults(parser=about)
        else:
            import_module(f"constructs_lib.cli.{command.module}").add_to(commands)
            commands.choices[command.name].set_defaults(parser=commands.choices[command.name])
    return root


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what was typed, with only the module loaded that it needs."""
    first = next((item for item in arguments if not item.startswith("-")), None)
    if first == "help":
        about = arguments[arguments.index("help") + 1 :][:1]
        arguments, first = [*about, "--help"], about[0] if about else None
    asked = [command for command in COMMANDS if command.name == first]
    # Behind a command nobody looks at the list of all.
    root = _parser(asked, asked if arguments[:1] == [first] else COMMANDS)
    if first is None:
        unknown = [item for item in arguments if item not in ("-h", "--help", "--version")]
        if unknown:
            root.error(f"unrecognized arguments: {' '.join(unknown)}; name a command before its options")
        if not arguments:
            root.error("no command is named")
    elif not asked:
        root.error(f"there is no command {first!r}{_meant(first, [command.name for command in COMMANDS])}")
    options: argparse.Namespace = root.parse_args(arguments)
    return options


def _meant(text: str, known: Sequence[str]) -> str:
    """Return what may be meant, as the end of a sentence; nothing where nothing is near."""
    from difflib import get_close_matches

    found = get_close_matches(text.partition("=")[0], known, n=1, cutoff=0.6)
    return f"; did you mean {found[0]}?" if found else ""


class _Version(argparse.Action):
    """Looks the version up only where it is asked for: reading package metadata takes longer than the help."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        sys.stdout.write(f"drctl {version('cdktf-dr')}\n")
        parser.exit()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `drctl` and return its exit code: 0 ok, 1 findings or refused, 2 bad input, 3 no answer, 4 unfinished."""
    try:
        _say_what_can_be_said()
        options = _parsed(sys.argv[1:] if arguments is None else list(arguments))
        code = int(options.run(options))
        sys.stdout.flush()
    except RecoveryError as error:
        sys.stderr.write(f"drctl: {_one_line(str(error))}\n")
        return error.exit_code
    except BrokenPipeError:
        _discard_output()
        return 0
    except OSError as error:
        _discard_output()
        sys.stderr.write(f"drctl: {_one_line(_in_words(error))}\n")
        return EvaluationError.exit_code
    except Exception as error:
        # Loaded only where AWS was asked; what boto3 raises and no command expects.
        if not (type(error).__module__ == "botocore.exceptions" or _is_a_setting_of_boto(error)):
            raise
        _discard_output()
        sys.stderr.write(f"drctl: AWS cannot be asked: {_one_line(str(error))}\n")
        return EvaluationError.exit_code
    return code


def _is_a_setting_of_boto(error: Exception) -> bool:
    """Tell whether boto3 makes nothing of a setting: an endpoint that is no URL, a number that is none."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    raised_in = "" if at is None else str(at.tb_frame.f_globals.get("__name__"))
    return isinstance(error, ValueError) and raised_in.startswith("botocore.")


def _say_what_can_be_said() -> None:
    """Write a question mark for what the terminal's encoding lacks; read and write nothing where a stream is closed."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        # In the C locale it is the second.
        if isinstance(stream, io.TextIOWrapper) and stream.errors in ("strict", "surrogateescape"):
            stream.reconfigure(errors="replace")


def _in_words(error: OSError) -> str:
    reason = (error.strerror or str(error)).lower()
    if isinstance(error, FileExistsError):
        reason = "is a file, where a directory is wanted"
    if error.filename is None:
        return reason
    free = "make room" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "free this one"
    return f"{error.filename}: {reason}; name another file, or {free}"


def _discard_output() -> None:
    """Send what is still buffered nowhere; Python would complain once more when it flushes at exit."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except io.UnsupportedOperation:
        return  # the output of a caller in this process


def _one_line(text: str) -> str:
    return " ".join(text.split())
