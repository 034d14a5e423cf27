"""Where tables are printed: as wide as the terminal, and quiet when the reader has gone."""

from __future__ import annotations

import sys

from rich.console import Console

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

PIPED = 160
"""Columns for what is piped: room enough for a line of explanation."""


class Output(Console):
    """Standard output, in color only on a terminal that wants it."""

    def __init__(self) -> None:
        super().__init__(highlight=False, width=None if sys.stdout.isatty() else PIPED)

    def on_broken_pipe(self) -> NoReturn:
        """Leave to `main` what a reader that has gone means; rich would exit with 1."""
        raise BrokenPipeError
