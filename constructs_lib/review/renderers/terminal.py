"""The review as text for a terminal."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.text import Text

from constructs_lib.assessment import Verdict
from constructs_lib.catalog.findings import Severity
from constructs_lib.plural import plural
from constructs_lib.review.renderers.grid import fitted
from constructs_lib.review.renderers.summary import headline, rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from constructs_lib.review.disruption_review import DisruptionReview
    from constructs_lib.review.finding import Finding
    from constructs_lib.review.renderers.summary import Row
    from constructs_lib.review.review import Review

__all__ = ["render_table"]

_ROWS: Final = 60
_FINDINGS: Final = 25
"""What a person still reads of one review in a terminal; the worst comes first."""

_STYLES: Final = {
    Verdict.MET: "green",
    Verdict.BREACHED: "bold red",
    Verdict.UNKNOWN: "yellow",
    Verdict.UNDECLARED: "dim",
    Severity.ERROR: "bold red",
    Severity.WARNING: "yellow",
    Severity.NOTE: "cyan",
}


def render_table(review: Review, width: int = 160, *, color: bool = False) -> str:
    """Return the review as text.

    Args:
        review: What was found.
        width: How wide the terminal is, in characters.
        color: Whether it shows colors.
    """
    written = StringIO()
    console = Console(
        file=written,
        highlight=False,
        width=width,
        force_terminal=color,
        no_color=not color,
        color_system="standard" if color else None,
    )
    console.print(_headline(review))
    if not review.quiet:
        table = rows(review)
        if table:
            console.print()
            console.print(_grid(table[:_ROWS], width))
            _cut(console, len(table) - _ROWS, "row")
    for title, findings in _groups(review):
        console.print(Text(f"\n{title}"))
        for finding in findings[:_FINDINGS]:
            console.print(_finding(finding))
        _cut(console, len(findings) - _FINDINGS, "finding")
    if review.inventory:
        console.print(Text(_inventory(review), style="dim"))
    lines = (line.rstrip() for line in written.getvalue().splitlines())
    return "\n".join(lines) + "\n"


def _headline(review: Review) -> Text:
    counts = [
        plural(len(found), word)
        for found, word in (
            (review.errors, "error"),
            (review.warnings, "warning"),
            (review.notes, "note"),
        )
        if found
    ]
    counts += [f"{len(review.waived)} waived"] if review.waived else []
    components = f"{plural(len(review.components), 'component')} with an objective"
    told = f"; {', '.join(counts)}" if counts else ""
    plan = "" if review.evaluated else "; the plan is incomplete or failed, so this is not the whole truth"
    more = review.verdict is Verdict.BREACHED or (review.verdict is Verdict.MET and review.waived)
    why = f", {headline(review)}" if more else ""
    return Text.assemble(
        "recovery: ",
        (review.verdict.value, _STYLES[review.verdict]),
        f"{why} ({components}{told}{plan})",
    )


def _grid(shown: Iterable[Row], width: int) -> RenderableType:
    cells, last = [], None
    for row in shown:
        component, item = row.component, row.disruption
        name = f"{_plain(component.address)}\n{_plain(component.workload)}, {component.region or 'Region unknown'}"
        waived = "" if row.waived is None else ", waived"
        cells.append(
            (
                Text("" if component is last else name),
                Text(item.disruption.value),
                Text(_arrow(item.rto_before, item.rto_after)),
                Text(_arrow(item.rpo_before, item.rpo_after)),
                Text(_target(item)),
                Text(f"{row.verdict.value}{waived}", style=_STYLES[row.verdict]),
                Text(item.reason),
            )
        )
        last = component
    titles = ("component", "disruption", "RTO", "RPO", "objective", "verdict", "because")
    return fitted(titles, cells, width, names=1)


def _cut(console: Console, number: int, noun: str) -> None:
    if number > 0:
        console.print(
            Text(f"  {plural(number, f'more {noun}')}, the less urgent ones: --format json holds all", style="dim")
        )


def _arrow(before: str, after: str) -> str:
    return after if before == after else f"{before} -> {after}"


def _target(item: DisruptionReview) -> str:
    return "" if item.target is None else str(item.target)


def _groups(review: Review) -> Iterable[tuple[str, tuple[Finding, ...]]]:
    groups = (
        ("errors", review.errors),
        ("warnings", review.warnings),
        ("notes", review.notes),
        ("waived", review.waived),
    )
    return [(title, found) for title, found in groups if found]


def _finding(finding: Finding) -> Text:
    text = Text.assemble(
        ("  " + finding.id, _STYLES[finding.severity]),
        f" {_plain(finding.address)}: {finding.message}\n    fix: {finding.fix}",
    )
    if finding.waived_by is not None:
        waiver = finding.waived_by
        text.append(f"\n    waived by {_plain(waiver.owner)} until {waiver.expires}: {_plain(waiver.reason)}")
    return text


def _inventory(review: Review) -> str:
    total = sum(item.count for item in review.inventory)
    return f"\nnot judged: {total} (--format json says what and why)"


def _plain(text: str) -> str:
    """What a plan calls things may hold control characters, which a terminal would obey."""
    return "".join(character if character.isprintable() else "?" for character in text)
