"""The review in the formats that other tools read: a comment, SARIF, JUnit, annotations, a page.

Every format is the same text for the same review, and escapes what anybody may have chosen: addresses, names, reasons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.review import Review

__all__ = ["FORMATS", "render"]

FORMATS: Final = ("github", "html", "junit", "markdown", "sarif")
"""What `render` takes."""


def render(review: Review, format: str, *, name: str | None = None, beside: Sequence[str] = ()) -> str:
    """Return *review* in one format, ending with a line break.

    Args:
        review: What to show.
        format: `github` (workflow commands, which become annotations), `html` (one self-contained page), `junit`,
            `markdown` (one comment of a pull request) or `sarif` (2.1.0).
        name: Tells the reviews of one pull request apart where there are several, as the marker of the comment and
            the category of SARIF. Letters, digits, dots, hyphens and underscores. Default: none.
        beside: What is wrong beside the review, a sentence each, such as a drill that took longer than promised. It
            stands on top for people, and in no report of findings (`junit`, `sarif`). Default: nothing.

    Raises:
        InputError: If there is no such format, or *name* has other characters.
    """
    # Each is loaded where it is asked for: templates and XML take longer to load than a review of a small plan.
    if format == "github":
        from constructs_lib.review.renderers.github import render_github

        return render_github(review, beside=beside)
    if format == "html":
        from constructs_lib.review.renderers.html import render_html

        return render_html(review, name=name, beside=beside)
    if format == "junit":
        from constructs_lib.review.renderers.junit import render_junit

        return render_junit(review, name=name)
    if format == "markdown":
        from constructs_lib.review.renderers.markdown import render_markdown

        return render_markdown(review, name=name, beside=beside)
    if format == "sarif":
        from constructs_lib.review.renderers.sarif import render_sarif

        return render_sarif(review, name=name)
    msg = f"there is no format {format!r}; there are {', '.join(FORMATS)}"
    raise InputError(msg)
