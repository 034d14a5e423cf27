"""The terminal of an operation: what each component is at, for how long of what is planned, and what is asked there."""

from __future__ import annotations

import shutil
import sys
import time
from datetime import UTC, datetime

from constructs_lib.objectives.duration import format_duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from constructs_lib.operations.journal import Journal
    from constructs_lib.operations.plan import Plan

_UNDER_WAY = ("begun", "in progress")
_CLEAR = "\r\x1b[K"


class Terminal:
    """Standard error, where people look on: a line for each state a step comes to, and one that counts the seconds."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], str] = {}
        self._waiting: dict[str, tuple[datetime, int | None]] = {}

    def progress(self, plan: Plan, journal: Journal) -> None:
        """Say what has changed since the last time."""
        planned = {
            (item.name, step.id): step.limit or item.seconds.get(step.term)
            for stage in plan.stages
            for item in stage
            for step in item.steps
            if step.probe is not None  # only where AWS is waited for a term of the estimate is counted
        }
        self._waiting = {}
        for name, component in journal.content["components"].items():
            for step, entry in component["steps"].items():
                key, state = (name, step), entry["state"]
                if self._seen.get(key) != state:
                    self._seen[key] = state
                    sys.stderr.write(f"{name}: {step}: {state}{_took(entry, planned.get(key))}\n")
                if state in _UNDER_WAY:
                    self._waiting[f"{name}: {step}"] = datetime.fromisoformat(entry["began"]), planned.get(key)

    def sleep(self, seconds: float) -> None:
        """Wait, and meanwhile show what is waited for, and for how long it has been."""
        until = time.monotonic() + seconds
        try:
            while (left := until - time.monotonic()) > 0:
                now = datetime.now(UTC)
                parts = [f"{what}{_time(began, now, planned)}" for what, (began, planned) in self._waiting.items()]
                sys.stderr.write(_CLEAR + "; ".join(parts)[: shutil.get_terminal_size().columns - 1])
                sys.stderr.flush()
                time.sleep(min(left, 1))
        finally:
            sys.stderr.write(_CLEAR)

    def ask(self, component: str, title: str) -> bool:
        """Ask whether what a human has to do is done."""
        if not sys.stdin.isatty():
            sys.stderr.write(f"drctl: note: there is no terminal to ask at; --yes says that it is done: {title}\n")
            return False
        sys.stderr.write(f"{component}: {title}. Done? [y/N] ")
        sys.stderr.flush()
        return sys.stdin.readline().strip().lower() in ("y", "yes")


def _took(entry: Mapping[str, Any], planned: int | None) -> str:
    """Tell how long a step that is done has taken, where it is one that AWS takes time for."""
    if entry["state"] != "done" or "began" not in entry or not planned:
        return ""
    return _time(datetime.fromisoformat(entry["began"]), datetime.fromisoformat(entry["ended"]), planned)


def _time(began: datetime, until: datetime, planned: int | None) -> str:
    """Return the time since, in whole seconds, beside what the estimate plans for it."""
    passed = format_duration(max(0, int((until - began).total_seconds())))
    return f", {passed} of {format_duration(planned)} planned" if planned else f", {passed}"
