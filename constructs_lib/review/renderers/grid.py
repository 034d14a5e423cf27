"""A table whose rows explain themselves, on a terminal of any width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

__all__ = ["fitted"]

_LEAST: Final = 32
"""Columns in which an explanation can still be read."""
_GAP: Final = 2


def fitted(titles: Sequence[str], rows: Sequence[Sequence[Text]], width: int, *, names: int) -> RenderableType:
    """Return a table whose last column explains; where there is no room for that beside the others, it stands below.

    No word is broken for want of room: names and figures keep their width, and become lines above and before it.

    Args:
        titles: Of all columns.
        rows: Each with a cell for each title; one that only repeats a name is empty.
        width: Of the terminal, in characters.
        names: How many of the first columns name what the rows below are about.
    """
    cells = [[Text(title), *(row[at] for row in rows)] for at, title in enumerate(titles)]
    widths = [max(line.cell_len for cell in column for line in cell.split("\n")) for column in cells]
    if sum(widths[:-1]) + _GAP * (len(titles) - 1) + min(widths[-1], _LEAST) > width:
        return Group(*_stacked(titles, rows, widths, names))
    grid = Grid(box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
    for title in titles:
        grid.add_column(title, overflow="fold", no_wrap=title != titles[-1])
    for row in rows:
        grid.add_row(*row)
    return grid


def _stacked(
    titles: Sequence[str], rows: Sequence[Sequence[Text]], widths: Sequence[int], names: int
) -> Iterator[RenderableType]:
    def line(cells: Sequence[Text]) -> Text:
        padded = [cell.copy() for cell in cells]
        for cell, width in zip(padded, widths[names:-1], strict=True):
            cell.pad_right(width - cell.cell_len + _GAP)
        joined = Text.assemble(" " * _GAP, *padded)
        joined.rstrip()
        return joined

    yield Text.assemble(line([Text(title) for title in titles[names:-1]]), style="bold")
    for row in rows:
        named = [part for cell in row[:names] for part in cell.split("\n") if part]
        if named:
            yield Text(", ").join(named)
        yield line(row[names:-1])
        yield Padding(row[-1], (0, 0, 0, 2 * _GAP))
