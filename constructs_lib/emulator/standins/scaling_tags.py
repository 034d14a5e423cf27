"""Application Auto Scaling: tags of scalable targets, which moto does not have."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from constructs_lib.emulator.calls.call import Reply

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.call import Call
    from constructs_lib.emulator.standins import Forward


class ScalingTags:
    """Keeps the tags of scalable targets by their ARNs; that the target exists is not checked."""

    service = "application-autoscaling"

    def __init__(self) -> None:
        self._tags: defaultdict[str, dict[str, str]] = defaultdict(dict)

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Answer for tags, those of a new target too; pass on the rest."""
        if call.operation == "RegisterScalableTarget":
            reply = await forward(call)
            if reply.succeeded:
                self._tags[json.loads(reply.body)["ScalableTargetARN"]] |= json.loads(call.body).get("Tags") or {}
            return reply
        if call.operation not in ("ListTagsForResource", "TagResource", "UntagResource"):
            return await forward(call)
        asked: dict[str, Any] = json.loads(call.body)
        tags = self._tags[asked["ResourceARN"]]
        tags |= asked.get("Tags") or {}
        for key in asked.get("TagKeys") or []:
            tags.pop(key, None)
        shown = {"Tags": tags} if call.operation == "ListTagsForResource" else {}
        return Reply.of(200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(shown))
