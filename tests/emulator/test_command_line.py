"""`python -m constructs_lib.emulator -- COMMAND`."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EMULATOR = [sys.executable, "-m", "constructs_lib.emulator"]

pytestmark = pytest.mark.usefixtures("extra")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*EMULATOR, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_the_command_runs_against_the_emulator_and_its_exit_code_comes_back() -> None:
    result = run("--region", "eu-west-1", "--", "sh", "-c", "echo $AWS_REGION $AWS_ENDPOINT_URL; exit 7")

    assert result.returncode == 7
    assert result.stdout.startswith("eu-west-1 http://127.0.0.1:")
    assert result.stderr == ""


def test_a_command_ended_by_a_signal_gives_128_and_the_signal() -> None:
    assert run("--", "sh", "-c", "kill -9 $$").returncode == 128 + signal.SIGKILL


def test_a_command_that_does_not_exist_is_one_line() -> None:
    result = run("--", "there-is-no-such-command")

    assert result.returncode == 127
    assert result.stderr == "error: cannot run there-is-no-such-command: No such file or directory\n"


def test_an_account_that_is_none_is_one_line() -> None:
    result = run("--account", "1", "--", "true")

    assert result.returncode == 2
    assert result.stderr.startswith("error: the emulated account is '1'")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_the_command_ends_with_the_emulator(tmp_path: Path, number: signal.Signals) -> None:
    if number is signal.SIGKILL and sys.platform != "linux":
        pytest.skip("only Linux ends a command whose parent was killed")
    started, finished = tmp_path / "started", tmp_path / "finished"
    script = f"trap 'touch {finished}; exit 143' TERM; touch {started}; while :; do sleep 0.1; done"
    with subprocess.Popen([*EMULATOR, "--", "sh", "-c", script], cwd=ROOT) as process:
        wait_for(started)
        process.send_signal(number)
        process.wait(timeout=20)

    wait_for(finished)
    if number is signal.SIGTERM:
        assert process.returncode == 143


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} never happened"
        time.sleep(0.05)
