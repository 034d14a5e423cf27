"""What people see of an operation that runs: each state that a step comes to, and the time beside what is planned."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from constructs_lib.cli.recovery.terminal import Terminal
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.objectives.duration import format_duration
from constructs_lib.operations.journal import Journal
from constructs_lib.operations.planning import plan_failover
from tests.documents.reference import write_shop

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.operations.plan import Plan


@pytest.fixture(name="plan")
def _plan(tmp_path: Path) -> Plan:
    (workload,) = read_stacks(write_shop(tmp_path / "cdktf.out"), None)
    return plan_failover(workload, "eu-central-1")


def ago(seconds: int) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()


def test_a_step_shows_its_time_beside_the_planned_one_and_then_what_it_took(
    plan: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = next(item for item in plan.components if item.name == "ledger")
    restore = next(step for step in ledger.steps if step.probe and step.changes)
    journal = Journal.begin("failover-shop-1", tmp_path, None, design="d", facts={"command": "failover"})
    entry = journal.step("ledger", restore.id)
    terminal = Terminal()
    monkeypatch.setenv("COLUMNS", "80")
    planned = format_duration(ledger.seconds[restore.term])

    entry |= {"state": "in progress", "began": ago(65)}
    terminal.progress(plan, journal)
    terminal.sleep(0.01)
    waiting = capsys.readouterr().err
    terminal.progress(plan, journal)
    again = capsys.readouterr().err
    entry |= {"state": "done", "began": "2026-03-01T01:00:00.000+00:00", "ended": "2026-03-01T01:02:30.900+00:00"}
    terminal.progress(plan, journal)
    terminal.sleep(0.01)
    done = capsys.readouterr().err

    assert waiting.startswith(f"ledger: {restore.id}: in progress\n")
    assert f"ledger: {restore.id}, 1m5s of {planned}" in waiting
    assert waiting.endswith("\r\x1b[K")
    assert again == ""
    assert done.startswith(f"ledger: {restore.id}: done, 2m30s of {planned}")
    assert "1m5s" not in done.partition("\n")[2]


def test_what_is_waited_for_stays_on_one_line_of_a_narrow_terminal(
    plan: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal.begin("failover-shop-2", tmp_path, None, design="d", facts={"command": "failover"})
    for item in plan.components:
        journal.step(item.name, item.steps[0].id).update(state="begun", began=ago(5))
    terminal = Terminal()
    monkeypatch.setenv("COLUMNS", "20")
    terminal.progress(plan, journal)
    capsys.readouterr()

    terminal.sleep(0.01)

    assert max(map(len, capsys.readouterr().err.replace("\x1b[K", "").split("\r"))) == 19


def test_a_wait_that_is_interrupted_leaves_the_line_free(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Terminal().sleep(1)

    assert capsys.readouterr().err.endswith("\r\x1b[K")
