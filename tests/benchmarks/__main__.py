"""Measures the budgets of the design, each beside what it is held against, and prints one table.

    python -m tests.benchmarks --rivals .cache/bench/bin/python [--quick] [--only NAME ...] [--json FILE]

Ends with 1 where a budget is not kept, with 2 where a program could not be run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.bench import Bench, environment
from tests.benchmarks.choosing import choosing
from tests.benchmarks.line import Line, Skipped, table
from tests.benchmarks.measure import ProgramFailed, Stage
from tests.benchmarks.review import judging, reading_beside_parsing, review_beside_checkov
from tests.benchmarks.scaling import scaling
from tests.benchmarks.start import start
from tests.benchmarks.synth import cold_synth, synth

if TYPE_CHECKING:
    from collections.abc import Callable

BENCHMARKS: dict[str, Callable[[Bench], list[Line | Skipped]]] = {
    "synth": synth,
    "synth-cold": cold_synth,
    "scaling": scaling,
    "choosing": choosing,
    "start": start,
    "review": review_beside_checkov,
    "reading": reading_beside_parsing,
    "judging": judging,
}

_VERSIONS = """
from importlib.metadata import version
print(", ".join(f"{name} {version(name)}" for name in NAMES))
"""


def main() -> int:
    """Run what the command line asks for."""
    options = _options()
    names = options.only or list(BENCHMARKS)
    lines: list[Line | Skipped] = []
    failed = False
    started, load = time.monotonic(), os.getloadavg()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as scratch:
        bench = Bench(
            stage=Stage(scratch=Path(scratch), environment=environment()),
            rivals=options.rivals,
            repetitions=options.repetitions or (3 if options.quick else 5),
            quick=options.quick,
        )
        machine = _machine(bench)
        print(machine, flush=True)
        for name in BENCHMARKS:
            if name in names:
                try:
                    lines += BENCHMARKS[name](bench)
                except ProgramFailed as error:
                    failed = True
                    lines.append(Skipped(what=name, because=f"it could not be measured: {error}"))
    after = os.getloadavg()
    loads = f"load average {load[0]:.1f} before, {after[0]:.1f} after, {os.cpu_count()} processors"
    print(f"\n{table(lines)}\n\n{loads}; {time.monotonic() - started:.0f} s")
    if options.json:
        document = {"machine": machine, "load_average": {"before": load, "after": after}, "quick": options.quick}
        options.json.write_text(
            json.dumps({**document, "lines": [line.as_json() for line in lines]}, indent=2, ensure_ascii=False) + "\n",
            encoding="utf-8",
        )
    if failed:
        return 2
    return 1 if any(isinstance(line, Line) and line.kept is False for line in lines) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--rivals",
        type=_existing,
        metavar="PYTHON",
        help="the Python of the environment with the other tools; default: leave their lines out",
    )
    parser.add_argument("--quick", action="store_true", help="smaller inputs and fewer repetitions, for a first look")
    parser.add_argument("--only", action="append", choices=list(BENCHMARKS), help="just this; may be given again")
    parser.add_argument("--repetitions", type=_positive, help="runs of each that count; default 5, or 3 where quick")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the lines there as well")
    return parser.parse_args()


def _existing(text: str) -> Path:
    path = Path(text).absolute()
    if not path.exists():
        msg = f"there is no {text}; `make bench` makes it"
        raise argparse.ArgumentTypeError(msg)
    return path


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        msg = f"{text} is not 1 or more"
        raise argparse.ArgumentTypeError(msg)
    return number


def _machine(bench: Bench) -> str:
    """Return what the figures depend on besides the code."""
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    parts = [f"Python {platform.python_version()}, Node.js {node or 'missing'}", _versions(sys.executable, "cdktf")]
    if bench.rivals is not None:
        parts.append(
            _versions(str(bench.rivals), "cdktf-cdktf-provider-aws", "aws-cdk-lib", "checkov", "orjson", "jsii")
        )
    return "; ".join(parts)


def _versions(python: str, *names: str) -> str:
    script = f"NAMES = {names!r}\n{_VERSIONS}"
    found = subprocess.run([python, "-c", script], capture_output=True, text=True, check=False)
    return found.stdout.strip() or f"the environment of {python} is incomplete"


if __name__ == "__main__":
    sys.exit(main())
