"""Workflow commands, which GitHub shows as annotations of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.findings import Severity
from constructs_lib.plural import plural
from constructs_lib.review.renderers.plain_text import shortened
from constructs_lib.review.renderers.summary import counts_line, headline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.review import Finding, Review

__all__ = ["render_github"]

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_MOST: Final = 10
"""GitHub shows ten annotations of each type for one step, and drops the others without a word."""

_LONGEST: Final = 1000


def render_github(review: Review, *, beside: Sequence[str] = ()) -> str:
    """Return one annotation for each finding that is not waived, as far as GitHub shows them, and what is left out.

    What is wrong *beside* the review is one more, since GitHub shows few.
    """
    groups = ((Severity.ERROR, review.errors), (Severity.WARNING, review.warnings), (Severity.NOTE, review.notes))
    most = {severity: _MOST for severity, _ in groups}
    lines = []
    if beside:
        lines.append(f"::error title={_property('drctl review')}::{_data(shortened('; '.join(beside), _LONGEST))}")
        most[Severity.ERROR] -= 1
    # What says that something is left out is itself a notice.
    most[Severity.NOTE] -= bool(_left_out(groups, most))
    left_out = _left_out(groups, most)
    for severity, findings in groups:
        lines += [_annotation(severity, finding) for finding in findings[: most[severity]]]
    if left_out:
        text = f"{', '.join(left_out)} more; the comment, the step summary and the SARIF file hold them"
        lines.append(f"::notice title={_property('drctl review')}::{_data(text)}")
    lines.append(f"drctl review: {headline(review)}; {counts_line(review)}")
    return "\n".join(lines) + "\n"


def _left_out(groups: Sequence[tuple[Severity, Sequence[Finding]]], most: Mapping[Severity, int]) -> list[str]:
    return [
        plural(len(found) - most[severity], severity.value) for severity, found in groups if len(found) > most[severity]
    ]


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
