"""The start of the command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.cli.commands import COMMANDS
from tests.benchmarks.line import Line, Skipped
from tests.benchmarks.measure import Program

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench

_TIMES = 2.5


def start(bench: Bench) -> list[Line | Skipped]:
    """Measure `drctl --help`, and that of every command, beside a Python that does nothing."""
    drctl = Path(sys.executable).with_name("drctl")
    if not drctl.exists():
        return [Skipped(what="drctl --help", because=f"there is no {drctl.name} beside the Python that runs this")]
    repetitions = max(bench.repetitions * 4, 11)
    commands = [(), *((command.name,) for command in COMMANDS if command.name != "help")]
    bench.say(
        f"drctl --help, that of its {len(commands) - 1} commands, and python -c pass, {repetitions} times in turn"
    )
    nothing, *helps = bench.stage.interleaved(
        [
            Program(name="python -c pass", argv=(sys.executable, "-c", "pass")),
            *(
                Program(name=" ".join(("drctl", *command, "--help")), argv=(str(drctl), *command, "--help"))
                for command in commands
            ),
        ],
        repetitions,
    )
    return [
        Line(
            what=helped.program.name,
            unit="ms",
            ours=helped.seconds * 1000,
            beside=nothing.program.name,
            theirs=nothing.seconds * 1000,
            most=_TIMES * nothing.seconds * 1000,
            budget=f"≤ {_TIMES} ×",
        )
        for helped in helps
    ]
