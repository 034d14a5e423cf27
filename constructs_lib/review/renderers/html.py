"""One page that needs nothing else: the verdict, a picture before and after, every row and finding."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from constructs_lib.plural import plural
from constructs_lib.review.renderers.documentation import link
from constructs_lib.review.renderers.marker import checked_name
from constructs_lib.review.renderers.picture import drawn
from constructs_lib.review.renderers.plain_text import plain, shortened
from constructs_lib.review.renderers.summary import (
    arrow,
    called,
    counts,
    headline,
    promised,
    rows,
    title_of,
    warnings_of_plans,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.review import ComponentReview, Review

__all__ = ["render_html"]

_DRAWN: Final = 12
"""Components in one picture; a taller one is not taken in at a glance."""

_PICTURES: Final = 20
"""Workloads that are drawn."""

_LONGEST: Final = 500


def render_html(review: Review, *, name: str | None = None, beside: Sequence[str] = ()) -> str:
    """Return the page. It loads nothing, runs no script, and says so to the browser.

    Args:
        review: What to show.
        name: Stands in the title where there are several reviews. Default: none.
        beside: What is wrong beside the review. Default: nothing.

    Raises:
        InputError: If *name* has characters that a name may not have.
    """
    table = rows(review)
    page = _template().render(
        review=review,
        title="Recovery review" if name is None else f"Recovery review: {checked_name(name)}",
        headline=headline(review),
        counts=[item for item in counts(review) if item[0] or item[1] in ("error", "warning")],
        urgent=[row for row in table if row.matters],
        calm=[row for row in table if not row.matters],
        doubts=[*warnings_of_plans(review), *beside],
        groups=[
            (title, found)
            for title, found in (
                ("Errors", review.errors),
                ("Warnings", review.warnings),
                ("Notes", review.notes),
                ("Waived", review.waived),
            )
            if found
        ],
        arrow=arrow,
        title_of=title_of,
        **_pictures(review),
    )
    return page.strip() + "\n"


@cache
def _template() -> Template:
    directory = files(__package__).joinpath("templates")
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters.update(link=link, plural=plural, called=called, promised=promised)
    style = directory.joinpath("review.css").read_text(encoding="utf-8")
    environment.globals["style"] = Markup(style)  # our own file
    return environment.from_string(directory.joinpath("review.html.j2").read_text(encoding="utf-8"))


def _shown(value: object) -> object:
    """Return a value as it may be shown; what is marked as written by us stays."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return shortened(value, _LONGEST) if len(value) > _LONGEST else plain(value) if value.strip() else value
    return value


def _pictures(review: Review) -> dict[str, Any]:
    """Return the drawings by workload; those with something that matters first, and what is not drawn."""
    matter = {row.component.address for row in rows(review) if row.matters}
    by_workload = [
        (workload, list(found))
        for workload, found in groupby(
            sorted(review.components, key=lambda item: (item.workload, item.address not in matter, item.address)),
            key=lambda item: item.workload,
        )
    ]
    by_workload.sort(key=lambda item: not any(component.address in matter for component in item[1]))
    return {
        "pictures": [_picture(workload, found) for workload, found in by_workload[:_PICTURES]],
        "not_drawn": max(0, len(by_workload) - _PICTURES),
    }


def _picture(workload: str, components: Sequence[ComponentReview]) -> dict[str, Any]:
    chosen = components[:_DRAWN]
    sides = (drawn("Before", chosen, "before"), drawn("After", chosen, "after"))
    return {"workload": workload, "sides": sides, "more": len(components) - len(chosen)}
