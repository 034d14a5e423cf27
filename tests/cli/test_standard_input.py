"""`-` in place of a file: `terraform show -json plan.out | drctl review -`."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.run import Ran
from tests.review.made import EVERYTHING, plan, replicated

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.programs

_PROGRAM = "from constructs_lib.cli import command; command()"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / "plan.json").write_text(json.dumps(plan(*replicated())))
    (tmp_path / "promises.yaml").write_text(EVERYTHING)
    return tmp_path


def _piped(work: Path, given: str | None, *arguments: str) -> Ran:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments],
        input=b"" if given is None else (work / given).read_bytes(),
        capture_output=True,
        check=False,
        cwd=work,
        timeout=60,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize(
    "arguments",
    [
        ("review", "-", "--objectives", "promises.yaml"),
        ("review", "--plan", "-", "--objectives", "promises.yaml"),
        ("sla", "--plan", "-", "--objectives", "promises.yaml"),
        ("docs", "summary", "--plan", "-", "--objectives", "promises.yaml", "--output", "documents"),
    ],
)
def test_each_command_that_takes_a_plan_reads_it_from_a_pipe(work: Path, arguments: tuple[str, ...]) -> None:
    from_a_file = [item if item != "-" else "plan.json" for item in arguments]

    piped, named = _piped(work, "plan.json", *arguments), _piped(work, None, *from_a_file)

    assert piped.code == named.code
    assert piped.out.replace("stdin", "plan") == named.out
    assert "cannot" not in piped.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("objectives", "-"),
        ("review", "plan.json", "--objectives", "-"),
        ("sla", "--plan", "plan.json", "--objectives", "-"),
        ("docs", "summary", "--plan", "plan.json", "--objectives", "-", "--output", "documents"),
        ("choose", "--workload", "shop", "--objectives", "-"),
        ("export", "openslo", "--objectives", "-"),
    ],
)
def test_each_command_that_takes_objectives_reads_them_from_a_pipe(work: Path, arguments: tuple[str, ...]) -> None:
    from_a_file = [item if item != "-" else "promises.yaml" for item in arguments]

    piped, named = _piped(work, "promises.yaml", *arguments), _piped(work, None, *from_a_file)

    assert piped.code == named.code
    assert piped.out == named.out.replace("promises.yaml", "standard input")
    assert piped.err == named.err.replace("promises.yaml", "standard input")


@pytest.mark.parametrize(
    "arguments",
    [
        ("review", "-", "--objectives", "-"),
        ("review", "-", "--plan", "-"),
        ("sla", "--plan", "-", "--objectives", "-"),
        ("docs", "all", "--plan", "-", "--plan", "-", "--objectives", "promises.yaml", "--output", "documents"),
        ("objectives", "-", "-"),
    ],
)
def test_standard_input_is_read_once(work: Path, arguments: tuple[str, ...]) -> None:
    ran = _piped(work, "plan.json", *arguments)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "drctl: standard input is given twice, and can be read once; name a file in place of one -\n"


def test_an_empty_pipe_is_called_by_its_name(work: Path) -> None:
    assert _piped(work, None, "review", "-").err.startswith("drctl: standard input is empty; ")
    assert _piped(work, None, "objectives", "-").err.startswith("drctl: standard input: is empty; ")
