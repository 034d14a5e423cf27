"""`drctl` in this process and in one of its own."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from constructs_lib.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping


class Ran(NamedTuple):
    """What a run left: its exit code, and what it wrote."""

    code: int
    out: str
    err: str


def drctl(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ran:
    """Run `drctl` in this process."""
    try:
        code = main(arguments)
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else -1
    captured = capsys.readouterr()
    return Ran(code, captured.out, captured.err)


def process(*arguments: str, env: Mapping[str, str] | None = None) -> Ran:
    """Run `drctl` in a process of its own, as a shell would."""
    done = subprocess.run(
        [sys.executable, "-c", "from constructs_lib.cli import command; command()", *arguments],
        capture_output=True,
        env=env,
        check=False,
        timeout=60,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def assert_one_line_of_trouble(ran: Ran, code: int = 2) -> None:
    """Bad input: the exit code, one line on standard error, nothing on standard output, no traceback."""
    assert ran.code == code, ran
    assert ran.out == ""
    assert ran.err.endswith("\n")
    assert ran.err.count("\n") == 1, ran.err
    assert ran.err.startswith("drctl")
    assert "Traceback" not in ran.err
    assert len(ran.err) < 1_000
