"""CloudWatch: every point that is put is also kept by the emulator's own clock, by which alarms are judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.emulator.calls.asked import Asked

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward
    from constructs_lib.emulator.world import World


class MetricPoints:
    """Notes what PutMetricData puts, a client's or a stand-in's."""

    service = "monitoring"

    def __init__(self, world: World) -> None:
        self._world = world

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Pass the call on, and note its points where they were taken."""
        reply = await forward(call)
        if reply.succeeded and (call.operation or call.segments[-1]) == "PutMetricData":
            given = Asked.of(call).parameters
            self._world.metrics.put(call.region, given["Namespace"], given.get("MetricData", []))
        return reply
