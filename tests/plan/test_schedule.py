"""The longest time between two runs of a backup schedule."""

from __future__ import annotations

import pytest

from constructs_lib.plan.kinds.schedule import longest_gap, never_runs

_HOUR, _DAY = 3_600, 86_400


@pytest.mark.parametrize(
    ("expression", "gap"),
    [
        ("cron(0 5 ? * * *)", _DAY),
        ("cron(0 5 * * ? *)", _DAY),
        ("cron(0 * * * ? *)", _HOUR),
        ("cron(0/15 * * * ? *)", 900),
        ("cron(0 0/6 * * ? *)", 6 * _HOUR),
        ("cron(0 */12 * * ? *)", 12 * _HOUR),
        ("cron(0 5,11 * * ? *)", 18 * _HOUR),
        ("cron(0 8-17 * * ? *)", 15 * _HOUR),
        ("cron(0 0/5 * * ? *)", 5 * _HOUR),
        ("cron(30 23 ? * MON-FRI *)", 3 * _DAY),
        ("cron(0 3 ? * SUN *)", 7 * _DAY),
        ("cron(0 3 ? * 1,4 *)", 4 * _DAY),
        ("cron(0 3 ? * FRI-MON *)", 4 * _DAY),
        ("cron(0 3 1 * ? *)", 31 * _DAY),
        ("cron(0 3 31 * ? *)", 61 * _DAY),
        ("cron(0 3 L * ? *)", 31 * _DAY),
        ("cron(0 3 1,15 * ? *)", 17 * _DAY),
        ("cron(0 3 ? * 6L *)", 35 * _DAY),
        ("cron(0 3 ? * 2#1 *)", 35 * _DAY),
        ("cron(0 3 1W * ? *)", 33 * _DAY),
        ("cron(0 3 1 JAN,JUL ? *)", 184 * _DAY),
        ("cron(0 3 29 2 ? *)", (4 * 365 + 1) * _DAY),
        ("cron(0 3 * * ? 2020-2199)", _DAY),
        ("rate(12 hours)", 12 * _HOUR),
        ("rate(1 day)", _DAY),
        ("CRON(0 5 ? * * *)", _DAY),
    ],
)
def test_the_longest_gap_counts(expression: str, gap: int) -> None:
    assert longest_gap(expression) == gap


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "daily",
        "cron()",
        "cron(0 5 * * *)",
        "cron(61 5 * * ? *)",
        "cron(0 5 * * ? 2030)",
        "cron(0 5 3 * MON *)",
        "cron(a b c d e f)",
        "rate(0 hours)",
        "rate(5 fortnights)",
        "cron(0 5 32W * ? *)",
        "cron(0 5 ? * 9L *)",
        "cron(0 5 31 2 ? *)",
        "cron(0/0 5 * * ? *)",
        "cron(0 5 ? * 2#9 *)",
    ],
)
def test_what_cannot_be_read_or_ends_has_no_gap(expression: str) -> None:
    assert longest_gap(expression) is None


def test_clocks_that_are_put_back_add_an_hour() -> None:
    assert longest_gap("cron(0 5 * * ? *)", "Europe/Berlin") == _DAY + _HOUR
    assert longest_gap("cron(0 5 * * ? *)", "Etc/UTC") == _DAY


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 0 31 2 ? *)",
        "cron(0 0 30 FEB ? *)",
        "cron(0 5 31 4,6,9,11 ? *)",
        "cron(0 5 ? 2 MON#5 2023)",
        "cron(0 5 * * ? 2020)",
        "cron(0 5 29 2 ? 2021-2023)",
        "CRON(0 0 31 2 ? *)",
    ],
)
def test_a_day_that_there_is_not_is_never(expression: str) -> None:
    assert never_runs(expression)
    assert longest_gap(expression) is None


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 5 29 2 ? *)",
        "cron(0 5 ? 2 MON#5 *)",
        "cron(0 5 31 1,2 ? *)",
        "cron(0 5 * * ? 2030)",
        "cron(0 5 ? * MON#6 *)",
        "rate(12 hours)",
        "rate(0 hours)",
        "daily",
        "",
    ],
)
def test_what_runs_seldom_ends_or_cannot_be_read_may_run(expression: str) -> None:
    assert never_runs(expression) is False
