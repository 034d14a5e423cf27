"""ECS: fields of a service that moto takes and does not show again, or cannot do without."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward

_FIELDS: Final = ("availabilityZoneRebalancing", "enableECSManagedTags", "healthCheckGracePeriodSeconds")


class ServiceFields:
    """Keeps those fields by the ARN of the service; that they have any effect is not emulated."""

    service = "ecs"

    def __init__(self) -> None:
        self._kept: defaultdict[str, dict[str, Any]] = defaultdict(dict)

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Answer with the fields as they were last given."""
        reply = await forward(_with_groups(call) if call.operation in ("CreateService", "UpdateService") else call)
        if call.operation not in ("CreateService", "UpdateService", "DescribeServices") or not reply.succeeded:
            return reply
        shown: dict[str, Any] = json.loads(reply.body)
        services = shown.get("services", [shown["service"]] if "service" in shown else [])
        for service in services:
            kept = self._kept[service["serviceArn"]]
            if call.operation != "DescribeServices":
                asked: dict[str, Any] = json.loads(call.body)
                kept |= {name: asked[name] for name in _FIELDS if name in asked}
            service |= kept
        return reply.with_body(json.dumps(shown).encode())


def _with_groups(call: Call) -> Call:
    # Without any the VPC's own security group counts; moto fails.
    asked: dict[str, Any] = json.loads(call.body)
    network = asked.get("networkConfiguration", {}).get("awsvpcConfiguration")
    if not network or "securityGroups" in network:
        return call
    network["securityGroups"] = []
    return call.instead(body=json.dumps(asked).encode())
