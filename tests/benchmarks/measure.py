"""Whole processes measured: wall clock, processor time and the peak memory of the process tree."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_PROC = Path("/proc/self/status")
# Often enough to meet a process that lives, whose own peak the kernel keeps; what looks more often takes a twentieth of
# the time of a program that talks with another one on the second core.
_SAMPLE_SECONDS = 0.05


class ProgramFailed(Exception):
    """A program ended with another status than expected; the text has the end of what it wrote."""


@attrs.frozen(kw_only=True)
class Program:
    """A command to measure.

    Args:
        name: How the table calls it.
        argv: The command.
        environment: What it gets besides the harness's own environment.
        cold: Whether each run starts with an empty jsii package cache, as a fresh CI runner does. Default: the cache
            that earlier runs have filled.
        statuses: The exit codes that count as success.
    """

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] = attrs.field(factory=dict)
    cold: bool = False
    statuses: tuple[int, ...] = (0,)


@attrs.frozen(kw_only=True)
class Run:
    """What one run took, and the JSON object on the last line it wrote, if any."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    said: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Runs:
    """The runs of one program."""

    program: Program
    runs: tuple[Run, ...]

    @property
    def seconds(self) -> float:
        """Median of the wall clock."""
        return median(run.seconds for run in self.runs)

    @property
    def cpu_seconds(self) -> float:
        """Median of the processor time, user and system, of the process and its children."""
        return median(run.cpu_seconds for run in self.runs)

    @property
    def peak_bytes(self) -> int:
        """Median of the peak resident memory of the whole process tree."""
        return int(median(run.peak_bytes for run in self.runs))

    def said(self, key: str) -> float:
        """Median of a number that the program itself reported."""
        return median(float(run.said[key]) for run in self.runs)


@attrs.frozen(kw_only=True)
class Stage:
    """Where programs are measured: scratch directories and the environment they share."""

    scratch: Path
    environment: Mapping[str, str]

    def run(self, program: Program, directory: Path | None = None) -> Run:
        """Run *program* once, in *directory*, or in an empty one that is removed afterwards.

        Raises:
            ProgramFailed: If it ends with a status that does not count as success.
        """
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
            return self._run(program, directory)
        with tempfile.TemporaryDirectory(dir=self.scratch) as fresh:
            return self._run(program, Path(fresh))

    def interleaved(self, programs: Sequence[Program], repetitions: int, *, warm_up: bool = True) -> list[Runs]:
        """Run each program in turn, *repetitions* times over, so that the machine's mood strikes all alike.

        One run of each comes first and is not counted: it fills the package cache and compiles what Python compiles.
        Without *warm_up* that has happened before.
        """
        for program in programs:
            if warm_up and not program.cold:
                self.run(program)
        runs: list[list[Run]] = [[] for _ in programs]
        for _ in range(repetitions):
            for program, done in zip(programs, runs, strict=True):
                done.append(self.run(program))
        return [Runs(program=program, runs=tuple(done)) for program, done in zip(programs, runs, strict=True)]

    def _run(self, program: Program, directory: Path) -> Run:
        # The package cache is kept apart from the user's own, and warm only where that is meant.
        cache = self.scratch / "package-cache"
        if program.cold:
            cache = directory / "package-cache"
        environment = {
            **self.environment,
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(cache),
            # jsii unpacks itself into the directory for temporary files.
            "TMPDIR": str(self.scratch),
            **program.environment,
        }
        stdout, stderr = directory / "stdout", directory / "stderr"
        with stdout.open("wb") as out, stderr.open("wb") as errors:
            started = time.perf_counter()
            process = subprocess.Popen(
                program.argv,
                cwd=directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=errors,
                # A group of its own can be ended as one.
                start_new_session=True,
            )
            try:
                with _Watch(process.pid) as watch:
                    _, status, usage = os.wait4(process.pid, 0)
                    seconds = time.perf_counter() - started
                process.returncode = os.waitstatus_to_exitcode(status)
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise
        if process.returncode not in program.statuses:
            end = stderr.read_text(errors="replace").strip() or stdout.read_text(errors="replace").strip()
            msg = f"{program.name} ended with status {process.returncode}: {end[-1500:]}"
            raise ProgramFailed(msg)
        largest = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return Run(
            seconds=seconds,
            cpu_seconds=usage.ru_utime + usage.ru_stime,
            # Between two samples a single process may have been larger; that much the kernel has kept.
            peak_bytes=max(watch.peak, largest),
            said=_last_object(stdout),
        )


def _last_object(stdout: Path) -> dict[str, Any]:
    with stdout.open("rb") as file:
        file.seek(max(0, stdout.stat().st_size - 4096))
        lines = file.read().splitlines()
    if not lines or not lines[-1].startswith(b"{"):
        return {}
    try:
        said = json.loads(lines[-1])
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


class _Watch:
    """Samples the peaks of the resident memory of a process and all its descendants, summed, while they run.

    Pages that two of them share count twice; these programs are a Python and a Node.js, which share next to none. On
    a system without /proc nothing is sampled, and what remains is the largest single process.
    """

    def __init__(self, pid: int) -> None:
        self.peak = 0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> _Watch:
        if _PROC.exists():
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._thread.is_alive():
            self._thread.join()

    def _sample(self) -> None:
        while not self._done.is_set():
            self.peak = max(self.peak, sum(_peak(pid) for pid in _tree(self._pid)))
            self._done.wait(_SAMPLE_SECONDS)


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return
    for thread in threads:
        try:
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:
                children = file.read().split()
        except OSError:
            continue
        for child in children:
            yield from _tree(int(child))


def _peak(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            return next((int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:")), 0)
    except OSError:
        return 0
