"""The start of the command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.line import Line, Skipped
from tests.benchmarks.measure import Program

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench


def start(bench: Bench) -> list[Line | Skipped]:
    """Measure `drctl --help` beside a Python that does nothing."""
    drctl = Path(sys.executable).with_name("drctl")
    if not drctl.exists():
        return [Skipped(what="drctl --help", because=f"there is no {drctl.name} beside the Python that runs this")]
    repetitions = max(bench.repetitions * 4, 11)
    bench.say(f"drctl --help and python -c pass, {repetitions} times in turn")
    helped, nothing = bench.stage.interleaved(
        [
            Program(name="drctl --help", argv=(str(drctl), "--help")),
            Program(name="python -c pass", argv=(sys.executable, "-c", "pass")),
        ],
        repetitions,
    )
    return [
        Line(
            what="drctl --help",
            unit="ms",
            ours=helped.seconds * 1000,
            beside=nothing.program.name,
            theirs=nothing.seconds * 1000,
            most=4 * nothing.seconds * 1000,
            budget="≤ 4 ×",
        )
    ]
