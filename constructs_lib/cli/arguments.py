"""Types and defaults that the commands share."""

from __future__ import annotations

import argparse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

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
