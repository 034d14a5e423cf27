"""ECS: fields of a service that moto takes and does not show again, or cannot do without, and what it lists."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward

_FIELDS: Final = ("availabilityZoneRebalancing", "enableECSManagedTags", "healthCheckGracePeriodSeconds")
_SEEN: Final = ("CreateService", "UpdateService", "DeleteService", "DescribeServices", "ListServices")


class ServiceFields:
    """Keeps those fields by the ARN of the service; that they have any effect is not emulated.

    A service that was deleted is described still, and listed no more (DeleteService in ECS's API reference).
    """

    service = "ecs"

    def __init__(self) -> None:
        self._kept: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        self._deleted: set[str] = set()

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Answer with the fields as they were last given."""
        reply = await forward(_with_groups(call) if call.operation in ("CreateService", "UpdateService") else call)
        if call.operation not in _SEEN or not reply.succeeded:
            return reply
        shown: dict[str, Any] = json.loads(reply.body)
        if call.operation == "ListServices":
            shown["serviceArns"] = [arn for arn in shown.get("serviceArns", ()) if arn not in self._deleted]
            return reply.with_body(json.dumps(shown).encode())
        if call.operation in ("CreateService", "DeleteService"):
            note = self._deleted.discard if call.operation == "CreateService" else self._deleted.add
            note(shown["service"]["serviceArn"])
        services = shown.get("services", [shown["service"]] if "service" in shown else [])
        for service in services:
            kept = self._kept[service["serviceArn"]]
            if call.operation in ("CreateService", "UpdateService"):
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
