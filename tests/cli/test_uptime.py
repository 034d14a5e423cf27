"""`drctl uptime`: what an availability allows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.run import assert_one_line_of_trouble, drctl
from tests.live.cloudwatch import CloudWatch, healthy_but

if TYPE_CHECKING:
    from pathlib import Path


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


@pytest.fixture(name="cloudwatch")
def _cloudwatch(monkeypatch: pytest.MonkeyPatch) -> CloudWatch:
    """CloudWatch of October 2026, read soon after its end: one interruption, and half an hour without data."""
    stopped = datetime(2026, 10, 31, 4, tzinfo=UTC)
    session = CloudWatch(
        {
            "down": healthy_but((stopped, 12)),
            "quiet": healthy_but((stopped, 12), silent=(datetime(2026, 10, 31, tzinfo=UTC), 32)),
        }
    )
    monkeypatch.setattr("boto3.Session", lambda: session)
    monkeypatch.setattr("constructs_lib.live.uptime.datetime", _Then)
    monkeypatch.setattr("tests.live.cloudwatch.NOW", _Then.now(UTC))
    return session


class _Then(datetime):
    @classmethod
    def now(cls, tz: Any = None) -> _Then:
        return cls(2026, 11, 2, 12, tzinfo=tz)


@pytest.mark.usefixtures("cloudwatch")
def test_what_was_attained_is_read_from_health_checks(capsys: pytest.CaptureFixture[str]) -> None:
    said = ("uptime", "99.95%", "--from-cloudwatch", "down", "--period", "2026-10")
    ran = drctl(capsys, *said, "--format", "json")

    found = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert found["measured"]["interruptions"] == [
        {"start": "2026-10-31T04:00:00+00:00", "end": "2026-10-31T04:12:00+00:00", "seconds": 720}
    ]
    assert found["measured"]["unknown"] == []
    assert found["budget"]["spent_seconds"] == 720
    assert found["budget"]["attained"].startswith("99.973")

    table = drctl(capsys, *said).out
    assert (
        "down from 2026-10-01 00:00 to 2026-11-01 00:00 UTC\n  down 2026-10-31 04:00         12 min at most\n" in table
    )


@pytest.mark.usefixtures("cloudwatch")
@pytest.mark.parametrize(("check", "promise", "code"), [("down", "99.99%", 1), ("quiet", "99.95%", 3)])
def test_a_broken_promise_and_one_left_open_say_so(
    capsys: pytest.CaptureFixture[str], check: str, promise: str, code: int
) -> None:
    ran = drctl(capsys, "uptime", promise, "--from-cloudwatch", check, "--period", "2026-10")

    assert ran.code == code
    assert ("were that downtime            99.90" in ran.out) is (check == "quiet")


@pytest.mark.usefixtures("cloudwatch")
def test_attained_uptime_with_gaps_is_what_a_hand_works_out(capsys: pytest.CaptureFixture[str]) -> None:
    """October has 44,640 minutes: 12 of them down, and 32 without data, which may have been downtime as well."""
    ran = drctl(capsys, "uptime", "99.9%", "--from-cloudwatch", "quiet", "--period", "2026-10", "--format", "json")

    found = json.loads(ran.out)
    measured, budget = found["measured"], found["budget"]
    assert (measured["downtime_seconds_at_most"], measured["unknown_seconds"]) == (12 * 60, 32 * 60)
    assert float(budget["attained"].rstrip("%")) == pytest.approx(100 * (1 - 12 / 44_640))
    assert float(measured["attained_at_least"].rstrip("%")) == pytest.approx(100 * (1 - (12 + 32) / 44_640))
    # A thousandth of the month is 44.64 minutes: kept, even should all of the gap have been downtime.
    assert (budget["allowed_seconds"], budget["kept"], ran.code) == (2678.4, True, 0)


@pytest.mark.usefixtures("cloudwatch")
def test_the_agreement_says_what_was_attained_and_what_is_owed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    declared = (
        "version: 1\ndependencies: [{name: AWS, availability: 99.999%}]\nworkloads:\n"
        "  shop: {objective: {rto: 5m, rpo: 5m, uptime: 99.99%}CHECKS}\n"
        "sla: {credits: [{below: 99.99%, credit: 10%}]}\n"
    )
    (tmp_path / "recovery.yaml").write_text(declared.replace("CHECKS", ", health_checks: [down]"), encoding="utf-8")
    ran = drctl(capsys, "sla", "--from-cloudwatch", "--period", "2026-10")
    assert "attained: 99.973" in ran.out
    assert "7 min 32.2 s too much, and a credit of 10 % is owed" in ran.out
    assert ran.code == 1

    found = json.loads(drctl(capsys, "sla", "--from-cloudwatch", "--period", "2026-10", "--format", "json").out)
    attained = found["workloads"]["shop"]["attained"]
    assert (attained["kept"], attained["credit_percent"], attained["downtime_seconds_at_most"]) == (False, "10", 720)

    (tmp_path / "recovery.yaml").write_text(declared.replace("CHECKS", ""), encoding="utf-8")
    assert_one_line_of_trouble(drctl(capsys, "sla", "--from-cloudwatch"))
    assert "attained" not in json.loads(drctl(capsys, "sla", "--format", "json").out)["workloads"]["shop"]
