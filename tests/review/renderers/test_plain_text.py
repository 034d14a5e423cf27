from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.review.renderers.plain_text import plain, shortened

ANY = st.text(st.characters(exclude_categories=()), max_size=200)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("aws_s3_bucket.a", "aws_s3_bucket.a"),
        ("a\nb\t c", "a b c"),
        ("a\x1b[31m", "a\\u001b[31m"),
        ("a\u202eb", "a\\u202eb"),
        ("\ud800", "\\ud800"),
        ("é 日 🙂", "é 日 🙂"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(ANY)
def test_any_text_is_one_printable_line(text: str) -> None:
    shown = plain(text)

    assert shown.encode("utf-8") is not None
    assert len(shown.splitlines()) <= 1
    assert not any(ord(character) < 32 for character in shown)


@given(ANY, st.integers(min_value=2, max_value=50))
def test_shortened_text_keeps_to_its_length_and_both_ends(text: str, longest: int) -> None:
    whole, shown = plain(text), shortened(text, longest)

    assert len(shown) <= longest
    assert shown == whole or (shown[0] == whole[0] and "…" in shown)
