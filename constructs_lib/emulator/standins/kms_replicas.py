"""KMS: keys named by their ARN, and multi-Region keys, of which moto forgets a replica's tags and the primary."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward

_BY_IDENTIFIER: Final = frozenset(
    {"DisableKey", "EnableKey", "ScheduleKeyDeletion", "CancelKeyDeletion", "ReplicateKey"}
)


class KmsReplicas:
    """Tags a new replica key as ReplicateKey asked, and tells primary from replica by their ARNs."""

    service = "kms"

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Complete ReplicateKey and the description of a multi-Region key; pass on the rest."""
        call = _by_identifier(call)
        reply = await forward(call)
        if not reply.succeeded or b'"MultiRegionConfiguration"' not in reply.body:
            return reply
        answer: dict[str, Any] = json.loads(reply.body)
        metadata = answer.get("KeyMetadata") or answer.get("ReplicaKeyMetadata") or {}
        if call.operation == "ReplicateKey" and (tags := json.loads(call.body).get("Tags")):
            body = json.dumps({"KeyId": metadata["KeyId"], "Tags": tags}).encode()
            region = json.loads(call.body)["ReplicaRegion"]
            await forward(call.instead(region=region, target="TrentService.TagResource", body=body))
        if configuration := metadata.get("MultiRegionConfiguration"):
            primary = configuration["PrimaryKey"]["Arn"] == metadata["Arn"]
            configuration["MultiRegionKeyType"] = "PRIMARY" if primary else "REPLICA"
        return reply.with_body(json.dumps(answer).encode())


def _by_identifier(call: Call) -> Call:
    # moto disables, enables, deletes and replicates by identifier only.
    if call.operation not in _BY_IDENTIFIER:
        return call
    asked = json.loads(call.body)
    return call.instead(body=json.dumps(asked | {"KeyId": asked["KeyId"].rpartition("/")[2]}).encode())
