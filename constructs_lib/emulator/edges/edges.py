"""The edges put together: what moves with the clock, and the calls and visits that it answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.calls.call import Reply
from constructs_lib.emulator.edges import route53
from constructs_lib.emulator.edges.alarms import ALARM_OPERATIONS, Alarms
from constructs_lib.emulator.edges.bucket_origins import BucketOrigins
from constructs_lib.emulator.edges.distributions import Distributions
from constructs_lib.emulator.edges.events import Events
from constructs_lib.emulator.edges.health_checks import HealthChecks
from constructs_lib.emulator.edges.notices import Notices
from constructs_lib.emulator.edges.places import Places, Unreachable
from constructs_lib.emulator.edges.records import Records, plain
from constructs_lib.emulator.edges.running_tasks import described

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.call import Call
    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.edges.places import Visit
    from constructs_lib.emulator.world import World

_HOME: Final = "us-east-1"
_MINUTE: Final = 60
_READS: Final = ("Get", "List", "Describe", "Test")
_CHAIN: Final = 8


class Edges:
    """Everything beside the APIs. `tell` reaches ministack, which keeps rules of EventBridge."""

    def __init__(self, world: World, inquiry: Inquiry, tell: Callable[[Call], Awaitable[Reply]]) -> None:
        self._world = world
        self._inquiry = inquiry
        self._distributions = Distributions(inquiry, BucketOrigins(world, inquiry))
        self.places = Places(world, inquiry, self._names_of, self._distributions.serve)
        self._distributions.places = self.places
        self.notices = Notices(world, inquiry)
        self._alarms = Alarms(world, inquiry, self.notices)
        self._checks = HealthChecks(inquiry, self.places, self._alarms.by_data)
        self.records = Records(inquiry, self._checks.healthy, self._address)
        self._events = Events(world, inquiry, tell)
        self._scheduled = False
        world.clock.steps.append(self._step)

    async def answer(self, asked: Asked, forward: Callable[[Call], Awaitable[Reply]]) -> Reply:
        """Answer a call that is ours, pass on all others, and note what it may have changed."""
        if asked.service == "route53" and asked.operation in route53.OPERATIONS:
            return await route53.answer(asked, self._checks, self.records)
        if asked.service == "cloudwatch" and asked.operation in ALARM_OPERATIONS:
            return await self._alarms.answer(asked, forward)
        reply = await forward(asked.call)
        if (asked.service, asked.operation) == ("ecs", "DescribeServices") and reply.succeeded:
            return await described(self._inquiry, reply)
        if not asked.operation.startswith(_READS):
            if asked.service == "route53":
                self._checks.forget()
                self.records.forget()
            elif asked.service == "cloudfront":
                self._distributions.forget()
            elif asked.service in ("events", "scheduler"):
                self._scheduled = True
                if asked.operation == "PutEvents":
                    await self._events.step(self._world.clock.now())
        return reply

    async def serves(self, host: str) -> bool:
        """Tell whether a name is one of a zone, a distribution or the map."""
        host = plain(host)
        return (
            host in self.places.known
            or host in await self._distributions.known()
            or await self.records.zone_of(host) is not None
        )

    async def visit(self, visit: Visit) -> Reply:
        """Return what a client gets that asks a name, 502 where it would get no answer."""
        try:
            return await self.places.visit(visit)
        except Unreachable as error:
            return Reply.of(HTTPStatus.BAD_GATEWAY, {"Content-Type": "text/plain"}, f"{error}\n")

    async def _step(self, now: float) -> None:
        await self._checks.step(now)
        if not now % _MINUTE:
            await self._publish_health()
            if self._scheduled:
                await self._events.step(now)
        await self._alarms.step(now)

    async def _publish_health(self) -> None:
        if _HOME in self._world.lost:
            return
        for identifier in await self._checks.known():
            healthy = await self._checks.healthy(identifier)
            dimensions = [{"Name": "HealthCheckId", "Value": identifier}]
            data = [
                {"MetricName": name, "Dimensions": dimensions, "Value": value * healthy}
                for name, value in (("HealthCheckStatus", 1.0), ("HealthCheckPercentageHealthy", 100.0))
            ]
            await self._inquiry("cloudwatch", "PutMetricData", _HOME, Namespace="AWS/Route53", MetricData=data)

    async def _names_of(self, name: str) -> list[str]:
        # A name stands for another until one is reached that no zone knows; its addresses come last.
        names: list[str] = []
        while len(names) < _CHAIN and (target := await self.records.target(names[-1] if names else name)):
            names.append(target)
        found = await self.records.resolve(names[-1] if names else name, "A") or []
        return names + [one.value for one in found if one.type == "A"]

    async def _address(self, name: str) -> str | None:
        if place := self.places.known.get(name):
            return place.ip
        return "127.0.0.1" if name in await self._distributions.known() else None
