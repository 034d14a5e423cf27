"""Workflow commands, which GitHub shows as annotations of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.findings import Severity
from constructs_lib.review.renderers.plain_text import shortened
from constructs_lib.review.renderers.summary import counts_line, headline, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.review import Finding, Review

__all__ = ["render_github"]

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_MOST: Final = 10
"""GitHub shows ten annotations of each type for one step, and drops the others without a word."""

_LONGEST: Final = 1000


def render_github(review: Review) -> str:
    """Return one annotation for each finding that is not waived, as far as GitHub shows them, and what is left out."""
    groups = ((Severity.ERROR, review.errors), (Severity.WARNING, review.warnings), (Severity.NOTE, review.notes))
    left_out = _left_out(groups, _MOST)
    # What says that something is left out is itself a notice.
    most_notes = _MOST - 1 if left_out else _MOST
    left_out = [*_left_out(groups[:2], _MOST), *_left_out(groups[2:], most_notes)]
    lines = []
    for severity, findings in groups:
        shown = findings[: most_notes if severity is Severity.NOTE else _MOST]
        lines += [_annotation(severity, finding) for finding in shown]
    if left_out:
        text = f"{', '.join(left_out)} more; the comment, the step summary and the SARIF file hold them"
        lines.append(f"::notice title={_property('drctl review')}::{_data(text)}")
    lines.append(f"drctl review: {headline(review)}; {counts_line(review)}")
    return "\n".join(lines) + "\n"


def _left_out(groups: Sequence[tuple[Severity, Sequence[Finding]]], most: int) -> list[str]:
    return [plural(len(found) - most, severity.value) for severity, found in groups if len(found) > most]


def _annotation(severity: Severity, finding: Finding) -> str:
    title = shortened(f"{finding.id} {finding.title}", 200)
    text = "".join(
        (
            shortened(finding.address, 300),
            ": ",
            shortened(finding.message, _LONGEST),
            "\n",
            f"Fix: {shortened(finding.fix, _LONGEST)}",
        )
    )
    return f"::{_COMMANDS[severity]} title={_property(title)}::{_data(text)}"


def _data(text: str) -> str:
    """Escape a message as the runner's own toolkit does."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape a property, which a colon or a comma would end."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
