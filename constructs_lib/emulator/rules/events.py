"""EventBridge: schedules that are none, rules of nothing, and targets that a rule may not have."""

from __future__ import annotations

import json
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
    code_from="seen",
    source=f"{_GUIDE}/eb-create-rule-schedule.html: scheduled rules are of the default event bus"
    "; code and message in moto's tests and in public reports of aws_cloudwatch_event_rule",
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


@rule(
    "events.rule-of-nothing",
    "events:PutRule",
    code="ValidationException",
    code_from="seen",
    source="botocore events PutRule: an EventPattern or a ScheduleExpression; code and message in public reports of it",
)
async def _nothing(asked: Asked, _: Inquiry) -> str | None:
    if asked.parameters.get("EventPattern") or asked.parameters.get("ScheduleExpression"):
        return None
    return "Parameter(s) EventPattern or ScheduleExpression must be specified."


@rule(
    "events.input-of-a-target",
    "events:PutTargets",
    code="ValidationException",
    code_from="seen",
    source="https://github.com/badmintoncryer/cdk-preflight, rules/events/pf-events-target-input-exclusive;"
    " botocore events Target.Input: valid JSON",
)
async def _input(asked: Asked, _: Inquiry) -> str | None:
    for target in asked.parameters.get("Targets", []):
        if sum(name in target for name in ("Input", "InputPath", "InputTransformer")) > 1:
            return f"Only one of Input, InputPath, or InputTransformer must be provided for target {target['Id']}."
        try:
            json.loads(target.get("Input", "{}"))
        except ValueError:
            return f"Parameter Input is not valid. Reason: the input of target {target['Id']} is no JSON."
    return None


@rule(
    "events.deletion-of-a-rule-with-targets",
    "events:DeleteRule",
    code="ValidationException",
    code_from="seen",
    source="botocore events DeleteRule: the targets first; code and message in public reports of it",
)
async def _deleted(asked: Asked, inquiry: Inquiry) -> str | None:
    where = {"Rule": asked.parameters["Name"]}
    if bus := asked.parameters.get("EventBusName"):
        where["EventBusName"] = bus
    found = await inquiry("events", "ListTargetsByRule", asked.region, **where)
    return "Rule can't be deleted since it has targets." if (found or {}).get("Targets") else None


RULES: Final = (_schedule, _bus, _targets, _nothing, _input, _deleted)
