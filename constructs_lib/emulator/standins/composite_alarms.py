"""CloudWatch: composite alarms, which moto does not have; `edges.alarms` judges them."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from botocore.parsers import create_parser

from constructs_lib.emulator.alarm_rules import parse_rule
from constructs_lib.emulator.calls.asked import Asked, operation_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward

_KIND: Final = "CompositeAlarm"
_GIVEN: Final = (
    "AlarmDescription", "AlarmRule", "AlarmActions", "OKActions", "InsufficientDataActions", "ActionsSuppressor",
    "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod",
)  # fmt: skip
_OPERATIONS: Final = frozenset(
    {
        "PutCompositeAlarm", "DescribeAlarms", "DeleteAlarms", "SetAlarmState", "EnableAlarmActions",
        "DisableAlarmActions", "ListTagsForResource", "TagResource", "UntagResource",
    }
)  # fmt: skip
_NEW: Final = "Unchecked: Initial alarm creation"


class CompositeAlarms:
    """The composite alarms by Region and name, with their tags; an actions suppressor suppresses nothing."""

    service = "monitoring"

    def __init__(self, account: str) -> None:
        self._account = account
        self._alarms: dict[tuple[str, str], dict[str, Any]] = {}
        self._tags: dict[str, dict[str, str]] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Answer for composite alarms; pass on what is about others."""
        if (call.operation or call.segments[-1]) not in _OPERATIONS:
            return await forward(call)
        asked = Asked.of(call)
        match asked.operation:
            case "PutCompositeAlarm":
                return self._put(asked)
            case "DescribeAlarms":
                return await self._describe(asked, forward)
            case "ListTagsForResource" | "TagResource" | "UntagResource":
                return self._tagged(asked) or await forward(call)
        given = asked.parameters
        names = given["AlarmNames"] if "AlarmNames" in given else [given["AlarmName"]]
        mine = [name for name in names if (asked.region, name) in self._alarms]
        for name in mine:
            self._change(asked, name)
        return asked.answered({}) if mine == names else await forward(call)

    def _change(self, asked: Asked, name: str) -> None:
        alarm, given = self._alarms[asked.region, name], asked.parameters
        if asked.operation == "DeleteAlarms":
            del self._alarms[asked.region, name]
            self._tags.pop(alarm["AlarmArn"], None)
        elif asked.operation == "SetAlarmState":
            now = datetime.now(UTC)
            alarm |= {"StateValue": given["StateValue"], "StateReason": given["StateReason"]}
            alarm |= {"StateUpdatedTimestamp": now, "StateTransitionedTimestamp": now}
        else:
            alarm["ActionsEnabled"] = asked.operation == "EnableAlarmActions"

    def _put(self, asked: Asked) -> Reply:
        given, key = asked.parameters, (asked.region, asked.parameters["AlarmName"])
        try:
            parse_rule(given["AlarmRule"])
        except ValueError as error:
            return asked.refused("ValidationError", f"AlarmRule: {error}", HTTPStatus.BAD_REQUEST)
        now, arn = datetime.now(UTC), f"arn:aws:cloudwatch:{asked.region}:{self._account}:alarm:{key[1]}"
        fresh = {"StateValue": "INSUFFICIENT_DATA", "StateReason": _NEW, "StateUpdatedTimestamp": now}
        known = self._alarms.get(key, fresh)
        self._alarms[key] = {
            "AlarmName": key[1],
            "AlarmArn": arn,
            "ActionsEnabled": given.get("ActionsEnabled", True),
            "AlarmConfigurationUpdatedTimestamp": now,
            **{name: known[name] for name in fresh},
            **{name: given[name] for name in _GIVEN if name in given},
        }
        # Tags of an alarm that is there are not changed by a second PutCompositeAlarm.
        self._tags.setdefault(arn, {tag["Key"]: tag["Value"] for tag in given.get("Tags", [])})
        return asked.answered({})

    async def _describe(self, asked: Asked, forward: Forward) -> Reply:
        given = asked.parameters
        kinds = given.get("AlarmTypes") or ["MetricAlarm"]
        if _KIND not in kinds:
            return await forward(asked.call)
        found: dict[str, Any] = {"CompositeAlarms": [one for one in self._in(asked.region) if _is_asked(one, given)]}
        if len(kinds) > 1:
            reply = await forward(asked.call)
            model = operation_of(asked.service, asked.operation)
            assert model is not None
            read = {"headers": reply.headers, "body": reply.body, "status_code": reply.status}
            found["MetricAlarms"] = create_parser(asked.protocol).parse(read, model.output_shape)["MetricAlarms"]
        return asked.answered(found)

    def _in(self, region: str) -> list[dict[str, Any]]:
        return [alarm for (where, _), alarm in sorted(self._alarms.items()) if where == region]

    def _tagged(self, asked: Asked) -> Reply | None:
        given = asked.parameters
        tags = self._tags.get(given["ResourceARN"])
        if tags is None:
            return None
        tags |= {tag["Key"]: tag["Value"] for tag in given.get("Tags", [])}
        for key in given.get("TagKeys", []):
            tags.pop(key, None)
        shown = [{"Key": key, "Value": value} for key, value in tags.items()]
        return asked.answered({"Tags": shown} if asked.operation == "ListTagsForResource" else {})


def _is_asked(alarm: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    names = given.get("AlarmNames") or [alarm["AlarmName"]]
    prefix, state = given.get("AlarmNamePrefix") or "", given.get("StateValue") or alarm["StateValue"]
    return alarm["AlarmName"] in names and alarm["AlarmName"].startswith(prefix) and alarm["StateValue"] == state
