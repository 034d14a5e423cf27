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
_ROLE: Final = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")
#: Services that EventBridge calls by assuming a role.
_WITH_ROLE: Final = frozenset(
    {"batch", "codebuild", "codepipeline", "ecs", "events", "firehose", "glue", "kinesis", "redshift", "ssm", "states"}
)


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


@rule(
    "events.name-of-a-bus",
    "events:CreateEventBus",
    code="ValidationException",
    code_from="seen",
    source="botocore events CreateEventBus.Name: custom buses have no / in their name, and none begins with aws.; the"
    " message of the first in https://github.com/badmintoncryer/cdk-preflight, rules/events/pf-events-bus-name; the"
    " code in CommonErrors.html of its API",
)
async def _named(asked: Asked, _: Inquiry) -> str | None:
    name, source = asked.parameters.get("Name", ""), asked.parameters.get("EventSourceName")
    if source:
        return None if name == source else "Event bus name must match event source name."
    if name.lower().startswith("aws."):
        return "Event bus name must not start with 'aws.'."
    return "Event bus name must not contain '/'." if "/" in name else None


@rule(
    "events.role-of-a-target",
    "events:PutTargets PutRule",
    code="ValidationException",
    code_from="seen",
    source="botocore events Target.RoleArn; the message in https://github.com/badmintoncryer/cdk-preflight,"
    " rules/events/pf-events-target-role-required: buses and what follows are invoked with a role",
)
async def _role(asked: Asked, _: Inquiry) -> str | None:
    named = [asked.parameters, *asked.parameters.get("Targets", [])]
    for arn in (one["RoleArn"] for one in named if "RoleArn" in one):
        if not _ROLE.fullmatch(arn):
            return f"Parameter {arn} is not valid. Reason: Provided Arn is not in correct format."
    for target in asked.parameters.get("Targets", []):
        service = (target["Arn"].split(":") + [""] * 3)[2]
        if service in _WITH_ROLE and "RoleArn" not in target:
            return f"RoleArn is required for target {target['Arn']}."
    return None


RULES: Final = (_named, _role, _schedule, _bus, _targets, _nothing, _input, _deleted)
