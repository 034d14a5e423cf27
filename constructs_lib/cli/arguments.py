"""Types and defaults that the commands share."""

from __future__ import annotations

import argparse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

STANDARD_INPUT = "-"
"""What stands for the input of the command in place of a file."""
DEFAULT_REGION = "eu-west-1"
"""Where things live that nobody places."""


def path(text: str) -> Path:
    """Return the path that was typed; `pathlib` is loaded only where there is one, and by no help text."""
    from pathlib import Path

    return Path(text)


def something(text: str) -> str:
    """Return what was typed, unless it is nothing, which a shell makes of a variable that is not set."""
    if not text.strip():
        raise argparse.ArgumentTypeError("nothing is given; leave the option out, or name one")
    return text


def check_read_once(*groups: Iterable[object]) -> None:
    """Refuse standard input as more than one of the files that were named: what is read from it is gone.

    Args:
        groups: The files that each option names.
    """
    if sum(str(name) == STANDARD_INPUT for names in groups for name in names) > 1:
        from constructs_lib.errors import InputError

        msg = "standard input is given twice, and can be read once; name a file in place of one -"
        raise InputError(msg)
