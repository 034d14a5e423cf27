"""The clock: it steps when ten seconds of its time are over, however fast it has come to run."""

from __future__ import annotations

import asyncio
import contextlib

from constructs_lib.emulator.clock import STEP, Clock


def test_a_clock_made_faster_while_it_waits_steps_at_once() -> None:
    async def steps() -> list[float]:
        clock, seen = Clock(), []
        reached = asyncio.Event()

        async def step(now: float) -> None:
            seen.append(now)
            if len(seen) == 3:
                reached.set()

        clock.steps.append(step)
        running = asyncio.create_task(clock.run())
        await asyncio.sleep(0)
        clock.set_speed(1_000)
        # At the speed it had, three steps take between twenty and thirty seconds.
        await asyncio.wait_for(reached.wait(), timeout=15)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        return seen

    first, second, third = asyncio.run(steps())[:3]

    assert (second - first, third - second) == (STEP, STEP)
