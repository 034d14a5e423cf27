from __future__ import annotations

import pytest

from constructs_lib.errors import InputError
from constructs_lib.review.renderers import FORMATS, render
from tests.review.renderers.by_hand import broken, hostile, kept, many


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_review_is_the_same_text(format: str) -> None:
    assert render(broken(), format) == render(broken(), format)


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_ends_with_one_line_break(format: str) -> None:
    text = render(kept(), format)

    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_can_be_written_whatever_is_in_a_name(format: str) -> None:
    """Half a character of UTF-16, an escape sequence, a mark that turns the direction: all legal in JSON."""
    text = render(hostile(), format)

    text.encode("utf-8")
    assert not {"\x1b", "\u202e", "\ud800", "\r"} & set(text)


@pytest.mark.parametrize("format", FORMATS)
def test_a_name_of_a_million_characters_is_shortened(format: str) -> None:
    assert len(render(many(1, "x" * 1_000_000), format)) < 200_000


def test_a_format_that_there_is_not_is_refused() -> None:
    with pytest.raises(InputError, match="'pdf'; there are github, html"):
        render(kept(), "pdf")


@pytest.mark.parametrize("name", ["", "a--b", "-a", "a b", "a>b", "x" * 101, "a\n"])
@pytest.mark.parametrize("format", ["html", "junit", "markdown", "sarif"])
def test_a_name_that_could_end_the_marker_is_refused(format: str, name: str) -> None:
    with pytest.raises(InputError, match="name of a review"):
        render(kept(), format, name=name)
