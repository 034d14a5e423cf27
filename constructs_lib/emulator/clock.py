"""The clock that health checks, alarms and schedules go by: real time, made faster, or put forward."""

from __future__ import annotations

import asyncio
import contextlib
import time
import traceback
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

#: Every interval of Route 53, CloudWatch and EventBridge is a multiple of it.
STEP: Final = 10


class Clock:
    """Tells the time, as a Unix time that is never behind the real one, and calls `steps` every ten seconds of it."""

    def __init__(self) -> None:
        self.steps: list[Callable[[float], Awaitable[None]]] = []
        self.speed = 1.0
        self._real = self._set = time.time()
        self._stepped = self._set // STEP * STEP
        self._at: float | None = None
        self._lock = asyncio.Lock()
        self._changed = asyncio.Event()

    def now(self) -> float:
        """Return the time; while a step runs, the step's."""
        return self._reached() if self._at is None else self._at

    def set_speed(self, speed: float) -> None:
        """Let `speed` seconds pass in one from now on."""
        self._set, self._real = self._reached(), time.time()
        self.speed = speed
        self._changed.set()

    async def advance(self, seconds: float) -> None:
        """Put the clock forward, and return when all that falls into that time has happened."""
        self._set += seconds
        await self._catch_up()

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                left = (self._stepped + STEP - self._reached()) / self.speed
                await asyncio.wait_for(self._changed.wait(), timeout=max(left, 0))
            try:
                await self._catch_up()
            except Exception:
                # A step that fails is a fault of ours: it is in the gateway's log, and time goes on.
                traceback.print_exc()

    def _reached(self) -> float:
        return self._set + (time.time() - self._real) * self.speed

    async def _catch_up(self) -> None:
        async with self._lock:
            while self._stepped + STEP <= self._reached():
                self._stepped += STEP
                self._at = self._stepped
                try:
                    for step in self.steps:
                        await step(self._stepped)
                finally:
                    self._at = None
