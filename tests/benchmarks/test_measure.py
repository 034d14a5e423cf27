"""The harness itself: that it sees whole process trees, and calls a failure a failure. Nothing here is timed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.benchmarks.line import Line, Skipped, table
from tests.benchmarks.measure import Program, ProgramFailed, Stage

_MB = 1_000_000
_PARENT_AND_CHILD = """
import subprocess, sys, time
held = b"x" * 60_000_000
if len(sys.argv) == 1:
    subprocess.run([sys.executable, __file__, "child"], check=True)
else:
    time.sleep(0.5)
"""


def _stage(directory: Path) -> Stage:
    return Stage(scratch=directory, environment={})


def _program(directory: Path, source: str) -> Program:
    script = directory / "script.py"
    script.write_text(source, encoding="utf-8")
    return Program(name="script", argv=(sys.executable, str(script)))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the tree is sampled from /proc")
def test_memory_of_children_is_added_to_that_of_the_process(tmp_path: Path) -> None:
    run = _stage(tmp_path).run(_program(tmp_path, _PARENT_AND_CHILD))

    assert run.peak_bytes > 120 * _MB


def test_what_a_program_reports_on_its_last_line_is_kept(tmp_path: Path) -> None:
    run = _stage(tmp_path).run(_program(tmp_path, 'print("first")\nprint(\'{"resources": 12}\')'))

    assert run.said == {"resources": 12}


def test_a_program_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailed, match=r"status 3: (?s:.)*broken"):
        _stage(tmp_path).run(_program(tmp_path, 'import sys\nprint("broken", file=sys.stderr)\nsys.exit(3)'))


def test_programs_take_turns_after_one_uncounted_run_of_each(tmp_path: Path) -> None:
    log = tmp_path / "log"
    programs = [
        Program(name=name, argv=(sys.executable, "-c", f"open({str(log)!r}, 'a').write({name!r})")) for name in "ab"
    ]

    runs = _stage(tmp_path).interleaved(programs, 2)

    assert log.read_text(encoding="utf-8") == "ababab"
    assert [len(each.runs) for each in runs] == [2, 2]


@pytest.mark.parametrize(("ours", "most", "kept"), [(1.0, 1.0, True), (1.1, 1.0, False), (1.0, None, None)])
def test_a_budget_is_kept_up_to_its_limit(ours: float, most: float | None, kept: bool | None) -> None:
    assert Line(what="it", unit="s", ours=ours, most=most).kept is kept


def test_the_table_names_what_was_skipped_and_why() -> None:
    text = table([Line(what="it", unit="s", ours=3.0, beside="that", theirs=2.0), Skipped(what="more", because="no")])

    assert "1.5" in text
    assert "skipped: more: no" in text
