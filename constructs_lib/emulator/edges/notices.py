"""What CloudWatch tells SNS when an alarm changes its state, if topic and key let it; and what arrived."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.permissions import acts
from constructs_lib.emulator.permissions.in_force import InForce

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.world import World

_TOPIC: Final = "arn:aws:sns:"
_ACTIONS: Final = {"OK": "OKActions", "ALARM": "AlarmActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
_TRIGGER: Final = (
    "MetricName", "Namespace", "Statistic", "Period", "EvaluationPeriods", "DatapointsToAlarm", "ComparisonOperator",
    "Threshold", "TreatMissingData", "Dimensions",
)  # fmt: skip


class Notices:
    """Sends notices; `sent` has each, with the reason why it did not arrive where one did not."""

    def __init__(self, world: World, inquiry: Inquiry) -> None:
        self.sent: list[Mapping[str, Any]] = []
        self._world = world
        self._inquiry = inquiry

    async def tell(self, region: str, alarm: Mapping[str, Any], old: str, new: str, reason: str) -> None:
        """Do what an alarm does at a change of its state: its actions that are topics; others only count as sent."""
        if not alarm.get("ActionsEnabled", True):
            return
        when = datetime.fromtimestamp(self._world.clock.now(), UTC)
        message = {
            "AlarmName": alarm["AlarmName"],
            "AlarmDescription": alarm.get("AlarmDescription"),
            "AWSAccountId": self._world.account,
            "NewStateValue": new,
            "NewStateReason": reason,
            "StateChangeTime": when.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
            "Region": region,
            "AlarmArn": alarm["AlarmArn"],
            "OldStateValue": old,
            **{name: alarm.get(name, []) for name in _ACTIONS.values()},
            **({"AlarmRule": alarm["AlarmRule"]} if "AlarmRule" in alarm else {}),
            "Trigger": {name: alarm[name] for name in _TRIGGER if name in alarm},
        }
        for action in alarm.get(_ACTIONS[new], []):
            refused = await self._refusal(region, alarm["AlarmArn"], action)
            if refused is None:
                subject = f'{new}: "{alarm["AlarmName"]}" in {region}'[:100]
                text = json.dumps(message, default=str)
                arrived = await self._inquiry("sns", "Publish", region, TopicArn=action, Subject=subject, Message=text)
                refused = None if arrived else f"there is no topic {action}"
            self.sent.append(
                {"time": when.isoformat(), "region": region, "topic": action, "refused": refused, "message": message}
            )

    async def _refusal(self, region: str, alarm: str, action: str) -> str | None:
        if not action.startswith(_TOPIC):
            return "the emulator does nothing but notify topics"
        if action.split(":")[3] != region:
            return f"{action} is not in the alarm's Region"
        return await acts.publication(
            InForce(self._inquiry),
            service="cloudwatch.amazonaws.com",
            topic=action,
            key=await self._key(region, action),
            account=self._world.account,
            source=alarm,
        )

    async def _key(self, region: str, topic: str) -> str:
        found = await self._inquiry("sns", "GetTopicAttributes", region, TopicArn=topic)
        key = (found or {}).get("Attributes", {}).get("KmsMasterKeyId", "")
        if not key or (key.startswith("arn:aws:kms:") and ":key/" in key):
            return str(key)
        described = await self._inquiry("kms", "DescribeKey", region, KeyId=key)
        # A key that is not there cannot be used: the ARN of none is refused like one that says no.
        if described is None:
            return f"arn:aws:kms:{region}:{self._world.account}:key/{key}"
        return str(described["KeyMetadata"]["Arn"])
