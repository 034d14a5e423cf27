"""A bar chart as plain numbers, which the HTML draws as inline SVG."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Bar", "Chart", "DrawnBar", "bar_chart"]

WIDTH = 640
_ROW = 72
_BAR = 16
_TOP = 4


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One bar: its name, its length, what is written to it, and whether it is the one the reader looks for."""

    label: str
    value: Decimal
    text: str
    marked: bool = False


class DrawnBar(msgspec.Struct, frozen=True, kw_only=True):
    """A bar with its place in the picture, in units of the view box."""

    bar: Bar
    label_y: int
    text_y: int
    y: int
    width: int
    height: int


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of bars, drawn to fit any width."""

    title: str
    width: int
    height: int
    bars: tuple[DrawnBar, ...]


def bar_chart(title: str, bars: Sequence[Bar]) -> Chart:
    """Return bars below each other, their lengths in proportion; the longest fills the width."""
    longest = max((bar.value for bar in bars), default=Decimal(0))
    drawn = []
    for row, bar in enumerate(bars):
        top = _TOP + row * _ROW
        # One unit at least, so that a small cost is not taken for none.
        width = max(1, round(bar.value / longest * WIDTH)) if longest > 0 and bar.value > 0 else 0
        drawn.append(DrawnBar(bar=bar, label_y=top + 16, text_y=top + 37, y=top + 44, width=width, height=_BAR))
    return Chart(title=title, width=WIDTH, height=_TOP + len(bars) * _ROW, bars=tuple(drawn))
