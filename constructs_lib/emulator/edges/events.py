"""EventBridge by the clock: what is due fires, events cross to another Region if their role may, rules are counted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from multidict import CIMultiDict

from constructs_lib.emulator.calls.call import Call
from constructs_lib.emulator.control_client import PATH
from constructs_lib.emulator.permissions import acts
from constructs_lib.emulator.permissions.in_force import InForce

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from constructs_lib.emulator.calls.call import Reply
    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.world import World

#: EventBridge tries for 24 hours unless a target says otherwise.
_TRIES_FOR: Final = 24 * 60 * 60


class Events:
    """`tell` reaches the emulator that keeps rules and buses."""

    def __init__(self, world: World, inquiry: Inquiry, tell: Callable[[Call], Awaitable[Reply]]) -> None:
        self._world = world
        self._inquiry = inquiry
        self._tell = tell
        self._waiting: list[tuple[float, dict[str, Any]]] = []

    async def step(self, now: float) -> None:
        """Fire what is due, deliver what is for another Region, and publish what rules did."""
        fired = await self._fired(now)
        waiting, self._waiting = self._waiting, []
        for since, leaving in waiting:
            if leaving["bus"].split(":")[3] in self._world.lost and now - since < _TRIES_FOR:
                self._waiting.append((since, leaving))
            elif not await self._arrives(leaving):
                fired.append({**leaving, "metric": "FailedInvocations", "count": 1})
        if waiting:
            # What rules did with the events that arrived.
            fired += await self._fired(now)
        for did in fired:
            await self._publish(**{name: did[name] for name in ("region", "rule", "metric", "count")})

    async def _fired(self, now: float) -> list[dict[str, Any]]:
        fired = await self._control("fired", {"now": now})
        self._waiting += [(now, leaving) for leaving in fired["leaving"]]
        did: list[dict[str, Any]] = fired["did"]
        return did

    async def _arrives(self, leaving: dict[str, Any]) -> bool:
        role, bus, account = leaving["role"], leaving["bus"], self._world.account
        policies, source = InForce(self._inquiry), leaving["source"]
        if not role or await acts.crossing(policies, role=role, bus=bus, account=account, source=source):
            return False
        _, _, _, region, account, name = bus.split(":", 5)
        event = {
            "account": account,
            "region": region,
            "bus": name.removeprefix("event-bus/"),
            "event": leaving["event"],
        }
        arrived: bool = (await self._control("events", event))["arrived"]
        return arrived

    async def _publish(self, *, region: str, rule: str, metric: str, count: int) -> None:
        if region not in self._world.lost:
            data = [{"MetricName": metric, "Dimensions": [{"Name": "RuleName", "Value": rule}], "Value": count}]
            await self._inquiry("cloudwatch", "PutMetricData", region, Namespace="AWS/Events", MetricData=data)

    async def _control(self, path: str, given: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps(given).encode()
        reply = await self._tell(Call(method="PUT", path=PATH + path, query="", headers=CIMultiDict(), body=body))
        answer: dict[str, Any] = json.loads(reply.body)
        return answer
