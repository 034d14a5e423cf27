"""Many cases as one test: each is tried, and each that fails is told of."""

from __future__ import annotations

import pytest

from tests.each import each


def test_every_case_that_fails_is_told_of_by_its_name() -> None:
    @each(("number", "name"), [(1, "one"), (2, "two"), (3, "three")], ids=str)
    def test_only_even(number: int, name: str) -> None:
        assert number % 2 == 0, name

    with pytest.raises(ExceptionGroup, match="2 of 3 cases of test_only_even: 0 1, one; 2 3, three") as caught:
        test_only_even()

    assert [error.__notes__ for error in caught.value.exceptions] == [["Case: 0 1, one"], ["Case: 2 3, three"]]


def test_that_there_are_no_cases_is_no_success() -> None:
    with pytest.raises(AssertionError, match="there are cases"):
        each("number", [])
