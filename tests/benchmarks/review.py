"""Reviewing generated plans beside Checkov, and reading them beside the mere parsing of the file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.bench import PROGRAMS
from tests.benchmarks.line import Line, Skipped
from tests.benchmarks.measure import Program
from tests.benchmarks.plans import write_plan

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench

_MB = 1_000_000


def review_beside_checkov(bench: Bench) -> list[Line | Skipped]:
    """Measure both on the same plan of 1,000 resources, and of 10,000 unless the run is quick."""
    if bench.rivals is None:
        return [Skipped(what="review beside Checkov", because="no --rivals")]
    lines: list[Line | Skipped] = []
    for resources in (1_000,) if bench.quick else (1_000, 10_000):
        plan = _plan(bench, resources)
        repetitions = min(bench.repetitions, 3)
        checkov = bench.rival(
            "Checkov",
            str(bench.rivals.with_name("checkov")),
            *("--file", str(plan), "--framework", "terraform_plan"),
            *("--quiet", "--compact", "--output", "json", "--skip-download", "--soft-fail"),
        )
        bench.say(f"a plan of {resources:,} resources: ours {repetitions} times, and Checkov")
        if resources == 1_000:
            mine, theirs = bench.stage.interleaved([_reviewed(plan), checkov], repetitions)
        else:
            # Checkov takes minutes: once has to do, and one run of ours would measure the machine's mood.
            [mine] = bench.stage.interleaved([_reviewed(plan)], repetitions)
            [theirs] = bench.stage.interleaved([checkov], 1, warm_up=False)
        what = f"review of {resources:,} resources"
        lines += [
            Line(
                what=f"{what}: time",
                unit="s",
                ours=mine.seconds,
                beside="Checkov",
                theirs=theirs.seconds,
                # The design sets the budget for 10,000.
                most=theirs.seconds / 200 if resources == 10_000 else None,
                budget="≥ 200 × faster" if resources == 10_000 else "",
            ),
            Line(
                what=f"{what}: memory",
                unit="MB",
                ours=mine.peak_bytes / _MB,
                beside="Checkov",
                theirs=theirs.peak_bytes / _MB,
            ),
        ]
    return lines


def reading_beside_parsing(bench: Bench) -> list[Line | Skipped]:
    """Measure reading a plan of 100,000 resources beside `orjson.loads` of the same file; 10,000 in a quick run.

    The review of it, with all that is found in it, is told beside, in the same run; judging has a line of its own.
    """
    if bench.rivals is None:
        return [Skipped(what="reading beside orjson", because="no --rivals")]
    resources = 10_000 if bench.quick else 100_000
    plan = _plan(bench, resources)
    size = plan.stat().st_size / _MB
    read = bench.ours("reading the plan", str(PROGRAMS / "read_plan.py"), str(plan))
    parse = bench.rival("orjson.loads", str(PROGRAMS / "parse_plan.py"), str(plan))
    repetitions = min(bench.repetitions, 3)
    bench.say(f"a plan of {resources:,} resources, {size:,.0f} MB: ours and orjson.loads, {repetitions} times in turn")
    mine, theirs, reviewed = bench.stage.interleaved([read, parse, _reviewed(plan)], repetitions)
    what = f"{resources:,} resources, {size:,.0f} MB"
    return [
        Line(
            what=f"reading {what}: time",
            unit="s",
            ours=mine.seconds,
            beside="orjson.loads",
            theirs=theirs.seconds,
            most=theirs.seconds,
            budget="≤ 1 ×",
            note=f"into components with what protects them; drctl review of the whole takes {reviewed.seconds:.1f} s",
        ),
        Line(
            what=f"reading {what}: memory",
            unit="MB",
            ours=mine.peak_bytes / _MB,
            beside="orjson.loads",
            theirs=theirs.peak_bytes / _MB,
        ),
    ]


def judging(bench: Bench) -> list[Line | Skipped]:
    """Measure judging every component of a plan by an objective, apart from reading it."""
    resources = 10_000 if bench.quick else 100_000
    plan = _plan(bench, resources)
    judge = bench.ours("judging", str(PROGRAMS / "judge_plan.py"), str(plan))
    repetitions = min(bench.repetitions, 3)
    bench.say(f"an objective for every component of a plan of {resources:,} resources, {repetitions} times")
    [judged] = bench.stage.interleaved([judge], repetitions)
    components = judged.said("components")
    return [
        Line(
            what=f"judging a component of {components:,.0f}",
            unit="ms",
            ours=judged.said("judge") / components * 1000,
            most=0.1,
            budget="≤ 0.1 ms",
            note=f"of {resources:,} resources, read in {judged.said('read'):.1f} s; without rendering",
        )
    ]


def _reviewed(plan: Path) -> Program:
    drctl = Path(sys.executable).with_name("drctl")
    return Program(
        name="drctl review", argv=(str(drctl), "review", str(plan), "--format", "json", "--fail-on", "never")
    )


def _plan(bench: Bench, resources: int) -> Path:
    path = bench.stage.scratch / f"plan-{resources}.json"
    if not path.exists():
        bench.say(f"writing a plan of {resources:,} resources")
        with path.open("wb") as file:
            write_plan(file, resources)
    return path
