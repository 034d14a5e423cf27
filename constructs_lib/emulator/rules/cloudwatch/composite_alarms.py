"""CloudWatch: composite alarms and the alarms that their rules name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.alarm_rules import parse_rule
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_MOST: Final = 100


def _named(alarm_rule: str) -> tuple[str, ...]:
    try:
        return parse_rule(alarm_rule).names
    except ValueError:
        return ()


async def _alarms(asked: Asked, inquiry: Inquiry, **which: Any) -> Mapping[str, Any]:
    kinds = ["CompositeAlarm", "MetricAlarm"]
    return await inquiry("cloudwatch", "DescribeAlarms", asked.region, AlarmTypes=kinds, **which) or {}


@rule(
    "cloudwatch.composite-of-alarms-that-do-not-exist",
    "cloudwatch:PutCompositeAlarm",
    code="ValidationError",
    code_from="seen",
    source="https://github.com/awsdocs/aws-cloudformation-user-guide/issues/911: `Could not save the composite alarm as"
    " alarms ... in the alarm rule do not exist`",
)
async def _exist(asked: Asked, inquiry: Inquiry) -> str | None:
    names = _named(asked.parameters["AlarmRule"])
    if not names:
        return None
    found = await _alarms(asked, inquiry, AlarmNames=list(names))
    there = {alarm["AlarmName"] for kind in ("CompositeAlarms", "MetricAlarms") for alarm in found.get(kind, [])}
    missing = ", ".join(name for name in names if name not in there)
    return f"Could not save the composite alarm as alarms {missing} in the alarm rule do not exist" if missing else None


@rule(
    "cloudwatch.composite-of-a-hundred-alarms",
    "cloudwatch:PutCompositeAlarm",
    code="ValidationError",
    code_from="memory",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html: as many as 100"
    " underlying alarms",
)
async def _hundred(asked: Asked, _: Inquiry) -> str | None:
    count = len(_named(asked.parameters["AlarmRule"]))
    return f"The alarm rule has {count} underlying alarms, and may have {_MOST}" if count > _MOST else None


@rule(
    "cloudwatch.alarm-of-a-composite",
    "cloudwatch:DeleteAlarms",
    code="ValidationError",
    code_from="seen",
    source="https://github.com/cloud-custodian/cloud-custodian/issues/7763: `Cannot delete ... as there are composite"
    " alarm(s) depending on them.`",
)
async def _needed(asked: Asked, inquiry: Inquiry) -> str | None:
    names = asked.parameters.get("AlarmNames", [])
    composites = (await _alarms(asked, inquiry)).get("CompositeAlarms", [])
    needed = {name for one in composites if one["AlarmName"] not in names for name in _named(one["AlarmRule"])}
    kept = ",".join(name for name in names if name in needed)
    return f"Cannot delete {kept} as there are composite alarm(s) depending on it." if kept else None


RULES: Final = (_hundred, _exist, _needed)
