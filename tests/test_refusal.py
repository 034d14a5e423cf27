"""How what was given is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import check_flag, check_type, refuse, shown


@given(st.text() | st.integers() | st.decimals() | st.binary() | st.lists(st.text()))
def test_what_is_shown_is_short_and_printable(value: Any) -> None:
    text = shown(value)
    assert text.isascii()
    assert text.isprintable()
    assert len(text) <= 60


def test_a_number_without_end_is_told_by_its_size() -> None:
    assert shown(10**10_000) == "a number of 33220 bits"
    assert shown(Decimal("1.50")) == "1.50"


def test_a_refusal_says_what_was_wrong_and_what_is_allowed() -> None:
    with pytest.raises(ConfigurationError, match=r"^size is '7'; give a number of bytes$"):
        refuse("size", "7", "a number of bytes")


@pytest.mark.parametrize("value", ["yes", 1, 0, None])
def test_a_flag_is_true_or_false(value: Any) -> None:
    check_flag(True, "fast")
    with pytest.raises(ConfigurationError, match=r"fast is .*; give True or False"):
        check_flag(value, "fast")


def test_a_type_is_checked_with_an_example() -> None:
    check_type("x", str, "name", "text")
    with pytest.raises(ConfigurationError, match="name is 7; give text"):
        check_type(7, str, "name", "text")
