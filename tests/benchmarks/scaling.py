"""Ten times the workloads in at most ten and a half times the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.bench import PROGRAMS
from tests.benchmarks.line import Line, Skipped

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench

_MB = 1_000_000


def scaling(bench: Bench) -> list[Line | Skipped]:
    """Measure an app of few and of ten times as many workloads, without what the start of the engine takes."""
    few = 20 if bench.quick else 100
    repetitions = min(bench.repetitions, 3)
    programs = [
        bench.ours(f"{number:,} workloads", str(PROGRAMS / "many_workloads.py"), str(number))
        for number in (few, few * 10)
    ]
    bench.say(f"{few:,} and {few * 10:,} workloads, {repetitions} times in turn")
    small, large = bench.stage.interleaved(programs, repetitions)
    before, after = (runs.said("build") + runs.said("synth") for runs in (small, large))
    resources = large.said("resources")
    note = (
        f"build and synth without the start of Python and Node.js, which would flatter the ratio; {resources:,.0f} "
        f"resources at {after / resources * 1000:.2f} ms each, of which {large.said('synth') / after:.0%} in the "
        f"engine's synth; the whole process took {large.seconds:.1f} s beside {small.seconds:.1f} s"
    )
    return [
        Line(
            what=f"{few * 10:,} workloads: time",
            unit="s",
            ours=after,
            beside=f"{few:,} workloads",
            theirs=before,
            most=10.5 * before,
            budget="≤ 10.5 ×",
            note=note,
        ),
        Line(
            what=f"{few * 10:,} workloads: memory",
            unit="MB",
            ours=large.peak_bytes / _MB,
            beside=f"{few:,} workloads",
            theirs=small.peak_bytes / _MB,
            most=3 * small.peak_bytes / _MB,
            budget="≤ 3 ×",
        ),
        *_each_further(bench),
    ]


def _each_further(bench: Bench) -> list[Line | Skipped]:
    """Measure what a resource adds, in an app of 2,000: of workloads, and of nothing but resources."""
    some = bench.ours("200 workloads", str(PROGRAMS / "many_workloads.py"), "200")
    plain = bench.ours("2,000 resources", str(PROGRAMS / "plain_resources.py"), "2000")
    empty = bench.ours("an empty app", str(PROGRAMS / "empty_app.py"))
    bench.say(f"apps of 2,000 resources and an empty one, {bench.repetitions} times in turn")
    built, alone, nothing = bench.stage.interleaved([some, plain, empty], bench.repetitions)
    return [
        Line(
            what=what,
            unit="ms",
            ours=(runs.seconds - nothing.seconds) / runs.said("resources") * 1000,
            most=1.0,
            budget="≤ 1 ms",
            note=f"whole processes, less an empty app: {note}",
        )
        for what, runs, note in (
            ("each further resource at 2,000", built, "choosing, constructs and synth of 200 workloads together"),
            ("each further `AwsResource` alone", alone, "2,000 without a construct, an output or a choice"),
        )
    ]
