"""Rules of composite alarms: what they mean, and what is none."""

from __future__ import annotations

import pytest

from constructs_lib.emulator.alarm_rules import parse_rule

STATES = {"bad": "ALARM", "good": "OK", "new": "INSUFFICIENT_DATA", "a name (x)": "ALARM"}


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ("ALARM(bad)", True),
        ("ALARM(good)", False),
        ("OK(good)", True),
        ("INSUFFICIENT_DATA(new)", True),
        ("NOT ALARM(good)", True),
        ("ALARM(good) OR ALARM(bad)", True),
        ("ALARM(good) AND ALARM(bad)", False),
        # AND before OR, NOT before both, parentheses before all.
        ("ALARM(bad) OR ALARM(good) AND ALARM(good)", True),
        ("(ALARM(bad) OR ALARM(good)) AND ALARM(good)", False),
        ("NOT ALARM(bad) OR ALARM(bad)", True),
        ("NOT (ALARM(bad) OR ALARM(bad))", False),
        ('ALARM("a name (x)")', True),
        ("ALARM(arn:aws:cloudwatch:eu-west-1:123456789012:alarm:bad)", True),
        ("TRUE", True),
        ("FALSE OR\n  ALARM(bad)", True),
    ],
)
def test_a_rule_is_judged_by_the_states_of_its_alarms(rule: str, holds: bool) -> None:
    assert parse_rule(rule).holds(STATES) is holds


def test_a_rule_names_its_alarms_once() -> None:
    assert parse_rule('ALARM(b) OR OK("a") OR ALARM(b)').names == ("b", "a")


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ("", "ends too early"),
        ("ALARM(a) AND", "ends too early"),
        ("ALARM(a) ALARM(b)", "'ALARM' is not expected"),
        ("ALARM()", "names no alarm"),
        ("ALARM(a", r"'\)' is missing"),
        ("BROKEN(a)", "'BROKEN' is no function"),
        ('ALARM("a)', "quotation mark"),
        ("AT_LEAST(1, ALARM, (a))", "'AT_LEAST' is no function"),
    ],
)
def test_what_is_no_rule_is_refused(rule: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_rule(rule)
