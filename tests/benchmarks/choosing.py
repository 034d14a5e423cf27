"""Choosing patterns: for one workload, and for a thousand with an objective each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.bench import PROGRAMS
from tests.benchmarks.line import Line, Skipped

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench

_ONE_MS = 5.0
_THOUSAND_SECONDS = 1.0


def choosing(bench: Bench) -> list[Line | Skipped]:
    """Measure the selector, warm and inside a process."""
    number = 200 if bench.quick else 1000
    bench.say(f"choosing for {number:,} workloads")
    [runs] = bench.stage.interleaved(
        [bench.ours("choosing", str(PROGRAMS / "choose_many.py"), str(number))], bench.repetitions
    )
    most = _THOUSAND_SECONDS * number / 1000
    note = (
        f"four components a workload, one of each kind, and no two objectives alike; {runs.said('infeasible'):.0f} of "
        f"the {number * 4:,} had no pattern, so that the nearest objective was looked for"
    )
    return [
        Line(
            what="choosing for one workload",
            unit="ms",
            ours=runs.said("one") * 1000,
            most=_ONE_MS,
            budget="≤ 5 ms",
            note=note,
        ),
        Line(
            what=f"choosing for {number:,} workloads",
            unit="s",
            ours=runs.said("all"),
            most=most,
            budget=f"≤ {most:g} s",
            note=note,
        ),
    ]
