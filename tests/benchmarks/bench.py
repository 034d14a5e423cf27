"""One run of the benchmarks: where it happens, with what, and how often."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from tests.benchmarks.measure import Program, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(__file__).with_name("programs")

# What a user's shell may hold and would change what is measured, such as not writing compiled Python.
_FOREIGN = ("PYTHON", "JSII", "CDKTF", "CDKTN", "CDK_", "TF_", "DRCTL")


@attrs.frozen(kw_only=True)
class Bench:
    """What every benchmark is given.

    Args:
        stage: Runs programs.
        rivals: The Python of the environment with the other tools; None leaves their lines out.
        repetitions: How often each program runs and is counted.
        quick: Whether to measure on smaller inputs, for a first look.
    """

    stage: Stage
    rivals: Path | None
    repetitions: int
    quick: bool

    def ours(self, name: str, *arguments: str, **options: bool) -> Program:
        """Return a program that runs in this library's environment."""
        return Program(
            name=name,
            argv=(sys.executable, *arguments),
            environment={"PYTHONPATH": str(ROOT)},
            cold=options.get("cold", False),
        )

    def rival(self, name: str, *arguments: str, cold: bool = False, statuses: tuple[int, ...] = (0,)) -> Program:
        """Return a program that runs in the environment of the other tools."""
        assert self.rivals is not None, "asked for before it was known to be there"
        return Program(name=name, argv=(str(self.rivals), *arguments), cold=cold, statuses=statuses)

    @staticmethod
    def say(text: str) -> None:
        """Tell the person who waits what happens."""
        print(f"  {text}", file=sys.stderr, flush=True)


def environment() -> Mapping[str, str]:
    """Return the environment of all measured programs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    # Neither engine calls home then, which would measure the network.
    return {**kept, "CHECKPOINT_DISABLE": "1", "DISABLE_VERSION_CHECK": "1"}
