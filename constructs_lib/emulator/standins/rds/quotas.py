"""RDS: how many instances an account may have in a Region, and has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.standins.rds.reply import answered, append, asking, document, put, resources, success

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward
    from constructs_lib.emulator.world import World

_OPERATION: Final = "DescribeAccountAttributes"


class RdsQuotas:
    """Tells the quota of instances, RDS's own default unless a test sets another; it refuses nothing."""

    service = "rds"

    def __init__(self, world: World) -> None:
        self._world = world

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Return the answer to `call`."""
        if call.operation != _OPERATION:
            return await forward(call)
        reply = await forward(asking(call, "DescribeDBInstances"))
        if not reply.succeeded:
            return reply
        used = len(list(resources(document(reply), "DBInstance")))
        root, result = answered(_OPERATION)
        quota = {"AccountQuotaName": "DBInstances", "Used": str(used), "Max": str(self._world.settings.db_instances)}
        append(put(result, "AccountQuotas"), "AccountQuota", quota)
        return success(root)
