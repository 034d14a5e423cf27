"""A line of the table: what was measured, beside what, and whether the budget is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Sequence


@attrs.frozen(kw_only=True)
class Line:
    """One comparison.

    Args:
        what: What is measured.
        unit: `s`, `ms` or `MB`, of both figures.
        ours: Our figure.
        beside: What it is held against; empty where the budget is absolute.
        theirs: Its figure in this run.
        most: The largest *ours* that keeps the budget; None where the design sets none.
        budget: The budget in words.
        note: What a reader has to know to judge the comparison.
    """

    what: str
    unit: str
    ours: float
    beside: str = ""
    theirs: float | None = None
    most: float | None = None
    budget: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours over theirs."""
        return self.ours / self.theirs if self.theirs else None

    @property
    def kept(self) -> bool | None:
        """Whether the budget is kept; None where there is none."""
        return None if self.most is None else self.ours <= self.most

    def as_json(self) -> dict[str, object]:
        """Return the line for the JSON output."""
        return {**attrs.asdict(self), "ratio": self.ratio, "kept": self.kept}


@attrs.frozen(kw_only=True)
class Skipped:
    """A comparison that this run did not make, and why."""

    what: str
    because: str

    def as_json(self) -> dict[str, object]:
        """Return the line for the JSON output."""
        return {"what": self.what, "skipped": self.because}


_HEAD = ("what", "ours", "beside", "theirs", "ours / theirs", "budget", "kept")
_RIGHT = (False, True, False, True, True, False, False)


def table(lines: Sequence[Line | Skipped]) -> str:
    """Return the lines as one table, with the notes under it."""
    notes: list[str] = []
    rows = [_HEAD]
    for line in lines:
        if isinstance(line, Skipped):
            continue
        mark = ""
        if line.note:
            if line.note not in notes:
                notes.append(line.note)
            mark = f" [{notes.index(line.note) + 1}]"
        kept = "" if line.kept is None else "yes" if line.kept else "NO"
        rows.append(
            (
                line.what + mark,
                _figure(line.ours, line.unit),
                line.beside,
                "" if line.theirs is None else _figure(line.theirs, line.unit),
                "" if line.ratio is None else f"{line.ratio:.3g}",
                line.budget,
                kept,
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    text = []
    for row in rows:
        cells = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, _RIGHT, strict=True)
        )
        text.append("  ".join(cells).rstrip())
        if row is _HEAD:
            text.append("  ".join("-" * width for width in widths))
    for line in lines:
        if isinstance(line, Skipped):
            text.append(f"skipped: {line.what}: {line.because}")
    if notes:
        text.append("")
        text.extend(f"[{number}] {note}" for number, note in enumerate(notes, 1))
    return "\n".join(text)


def _figure(value: float, unit: str) -> str:
    decimals = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{decimals}f} {unit}"
