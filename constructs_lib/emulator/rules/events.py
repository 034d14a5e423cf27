"""EventBridge: schedules that are none, and more targets than a rule may have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_GUIDE: Final = "https://docs.aws.amazon.com/eventbridge/latest/userguide"
_RATE: Final = re.compile(r"rate\((?:1 (?:minute|hour|day)|(?!1 )[1-9][0-9]* (?:minutes|hours|days))\)")
_CRON: Final = re.compile(r"cron\(\S+( \S+){5}\)")
_MOST_TARGETS: Final = 5


@rule(
    "events.schedule-that-is-none",
    "events:PutRule",
    code="ValidationException",
    code_from="seen",
    source=f"{_GUIDE}/eb-rate-expressions.html and eb-cron-expressions.html; code and message for `rate(3 minute)` and"
    " `rate(1 minutes)` in https://github.com/buildkite/buildkite-agent-scaler/pull/100, for five fields in"
    " https://github.com/aws/aws-cdk/issues/7514",
)
async def _schedule(asked: Asked, _: Inquiry) -> str | None:
    schedule = asked.parameters.get("ScheduleExpression")
    if not schedule or _RATE.fullmatch(schedule) or (_CRON.fullmatch(schedule) and "?" in schedule):
        return None
    return "Parameter ScheduleExpression is not valid."


@rule(
    "events.schedule-on-a-bus-of-its-own",
    "events:PutRule",
    code="ValidationException",
    code_from="memory",
    source=f"{_GUIDE}/eb-create-rule-schedule.html: scheduled rules are of the default event bus",
)
async def _bus(asked: Asked, _: Inquiry) -> str | None:
    bus = asked.parameters.get("EventBusName", "default").rpartition("/")[2]
    if not asked.parameters.get("ScheduleExpression") or bus == "default":
        return None
    return "ScheduleExpression is supported only on the default event bus."


@rule(
    "events.more-than-five-targets",
    "events:PutTargets",
    code="LimitExceededException",
    code_from="api",
    source="botocore events PutTargets: each rule can have up to five targets at one time; its error"
    " LimitExceededException",
)
async def _targets(asked: Asked, inquiry: Inquiry) -> str | None:
    where = {name: asked.parameters[name] for name in ("Rule", "EventBusName") if name in asked.parameters}
    there = (await inquiry("events", "ListTargetsByRule", asked.region, **where) or {}).get("Targets", [])
    count = len({target["Id"] for target in (*there, *asked.parameters.get("Targets", []))})
    return f"A rule has {_MOST_TARGETS} targets at the most, not {count}" if count > _MOST_TARGETS else None


RULES: Final = (_schedule, _bus, _targets)
