"""`drctl uptime`: what an availability allows."""

from __future__ import annotations

import json

import pytest

from tests.cli.run import drctl


def test_three_nines_in_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, "uptime", "99.9%", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    content = json.loads(ran.out)
    assert content["availability"] == "99.9%"
    year = 365.2425 * 86_400
    expected = {
        "day": 86_400 / 1000,
        "week": 7 * 86_400 / 1000,
        "month_30d": 30 * 86_400 / 1000,
        "month": year / 12 / 1000,
        "quarter": year / 4 / 1000,
        "year": year / 1000,
    }
    assert list(content["allowed_downtime_seconds"]) == list(expected)
    for period, seconds in expected.items():
        assert content["allowed_downtime_seconds"][period] == pytest.approx(seconds)


@pytest.mark.parametrize("said", ["99.9%", "99.9 %", "three nines", "99,9%"])
def test_an_availability_can_be_said_in_several_ways(capsys: pytest.CaptureFixture[str], said: str) -> None:
    content = json.loads(drctl(capsys, "uptime", said, "--format", "json").out)
    assert content["allowed_downtime_seconds"]["day"] == pytest.approx(86.4)


def test_the_table_sets_names_and_figures_apart(capsys: pytest.CaptureFixture[str]) -> None:
    lines = drctl(capsys, "uptime", "99.9%").out.splitlines()
    assert lines[0] == "99.9% allows"
    assert len(lines) == 7
    for line in lines[1:]:
        name, _, figure = line.strip().partition("  ")
        assert name.startswith("a ")
        assert figure.strip()[0].isdigit()
    assert lines[-1].endswith("8 h 45 min")


@pytest.mark.parametrize(("said", "allowed"), [("100%", 0), ("0%", 86_400)])
def test_the_ends_of_the_scale(capsys: pytest.CaptureFixture[str], said: str, allowed: int) -> None:
    ran = drctl(capsys, "uptime", said, "--format", "json")
    assert json.loads(ran.out)["allowed_downtime_seconds"]["day"] == allowed
