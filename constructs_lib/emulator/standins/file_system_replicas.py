"""EFS: when a replica was last brought up to date, which ministack tells once, when replication begins."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward
    from constructs_lib.emulator.world import World


class FileSystemReplicas:
    """Shows in LastReplicatedTimestamp until when what was written has arrived. There are no files."""

    service = "elasticfilesystem"

    def __init__(self, world: World) -> None:
        self._world = world

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Correct whatever describes a replication; pass on the rest."""
        reply = await forward(call)
        if not reply.succeeded or call.segments[-1] not in ("replication-configurations", "replication-configuration"):
            return reply
        if call.method == "DELETE":
            return reply
        answer = json.loads(reply.body)
        for replication in answer.get("Replications", [answer]):
            for destination in replication["Destinations"]:
                destination["LastReplicatedTimestamp"] = self._last(replication)
        return reply.with_body(json.dumps(answer).encode())

    def _last(self, replication: dict[str, Any]) -> float:
        begun: float = replication["CreationTime"]
        return max(begun, self._world.arrived_until(replication["SourceFileSystemRegion"]))
