"""CloudWatch alarms at work: judged every minute, every ten seconds if their period is shorter, told on change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.alarm_rules import parse_rule
from constructs_lib.emulator.edges.alarm_states import ALARM, INSUFFICIENT_DATA, LOOKS_BACK, OK, is_judged, state_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.edges.notices import Notices
    from constructs_lib.emulator.world import World

#: The calls that `Alarms` answers.
ALARM_OPERATIONS: Final = frozenset({"PutMetricAlarm", "PutCompositeAlarm", "SetAlarmState"})
_MINUTE: Final = 60
_NEW: Final = "Unchecked: Initial alarm creation"


class Alarms:
    """Judges the alarms of each Region that is there; a Region that is gone has no CloudWatch."""

    def __init__(self, world: World, inquiry: Inquiry, notices: Notices) -> None:
        self._world = world
        self._inquiry = inquiry
        self._notices = notices
        self._regions: set[str] = set()
        self._composed: set[str] = set()
        # Regions with an alarm whose period is less than a minute.
        self._frequent: set[str] = set()
        self._judged: dict[tuple[str, str], str] = {}

    def by_data(self, region: str, name: str) -> str:
        """Return the state that the data of an alarm gives it, whatever somebody has set it to."""
        return INSUFFICIENT_DATA if region in self._world.lost else self._judged.get((region, name), INSUFFICIENT_DATA)

    async def step(self, now: float) -> None:
        """Judge the alarms that are due."""
        for region in sorted(self._regions - self._world.lost.keys()):
            if now % _MINUTE and region not in self._frequent:
                continue
            for alarm in await self._alarms(region):
                if is_judged(alarm) and not now % min(alarm["Period"], _MINUTE):
                    await self._judge(region, alarm, now)
        for region in sorted(self._composed - self._world.lost.keys()):
            await self._compose(region)

    async def answer(self, asked: Asked, forward: Callable[[Call], Awaitable[Reply]]) -> Reply:
        """Answer PutMetricAlarm, after which a new alarm has no data yet, and SetAlarmState, which is told.

        After PutCompositeAlarm a Region has composite alarms to judge.
        """
        region, name = asked.region, asked.parameters["AlarmName"]
        if asked.operation == "PutCompositeAlarm":
            self._composed.add(region)
            return await forward(asked.call)
        of_both = await self._alarms(region, AlarmNames=[name], AlarmTypes=["CompositeAlarm", "MetricAlarm"])
        before = {alarm["AlarmName"]: alarm for alarm in of_both}
        reply = await forward(asked.call)
        if not reply.succeeded:
            return reply
        self._regions.add(region)
        if asked.parameters.get("Period", _MINUTE) < _MINUTE:
            self._frequent.add(region)
        known = before.get(name)
        if asked.operation == "PutMetricAlarm":
            self._judged.pop((region, name), None)
            state = known["StateValue"] if known else INSUFFICIENT_DATA
            await self._set(region, name, state, known["StateReason"] if known else _NEW)
        elif known and asked.parameters["StateValue"] != known["StateValue"]:
            given = asked.parameters
            await self._notices.tell(region, known, known["StateValue"], given["StateValue"], given["StateReason"])
        return reply

    async def _judge(self, region: str, alarm: Mapping[str, Any], now: float) -> None:
        period, name, current = alarm["Period"], alarm["AlarmName"], alarm["StateValue"]
        values = [
            self._world.metrics.statistic(region, alarm, start=now - back * period, end=now - (back - 1) * period)
            for back in range(alarm["EvaluationPeriods"] + LOOKS_BACK, 0, -1)
        ]
        before = self._judged.get((region, name), INSUFFICIENT_DATA)
        self._judged[region, name] = state_of(alarm, values, before)
        state = state_of(alarm, values, current)
        if state != current:
            known = [value for value in values if value is not None]
            reason = f"Threshold Crossed: {len(known)} of the last {len(values)} data points are there {known}; the"
            reason += f" threshold is {alarm['Threshold']}, and missing is {alarm.get('TreatMissingData', 'missing')}."
            await self._set(region, name, state, reason)
            await self._notices.tell(region, alarm, current, state, reason)

    async def _compose(self, region: str) -> None:
        """Judge the composite alarms of a Region, and those of them by them, until none changes."""
        composites = await self._alarms(region, AlarmTypes=["CompositeAlarm"])
        states = {alarm["AlarmName"]: alarm["StateValue"] for alarm in [*await self._alarms(region), *composites]}
        for _ in composites:
            changed = False
            for alarm in composites:
                name, rule = alarm["AlarmName"], alarm["AlarmRule"]
                old, new = states[name], ALARM if parse_rule(rule).holds(states) else OK
                if new != old:
                    changed, states[name] = True, new
                    reason = f"{name} is {new}: {rule} is {str(new == ALARM).lower()}."
                    await self._set(region, name, new, reason)
                    await self._notices.tell(region, alarm, old, new, reason)
            if not changed:
                return

    async def _set(self, region: str, name: str, state: str, reason: str) -> None:
        await self._inquiry("cloudwatch", "SetAlarmState", region, AlarmName=name, StateValue=state, StateReason=reason)

    async def _alarms(self, region: str, **which: Any) -> list[Mapping[str, Any]]:
        alarms: list[Mapping[str, Any]] = []
        page: dict[str, Any] = {}
        while True:
            found = await self._inquiry("cloudwatch", "DescribeAlarms", region, **which, **page) or {}
            alarms += found.get("MetricAlarms", []) + found.get("CompositeAlarms", [])
            if not found.get("NextToken"):
                return alarms
            page = {"NextToken": found["NextToken"]}
