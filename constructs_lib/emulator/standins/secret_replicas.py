"""Secrets Manager: the key of a secret's replica, which moto takes and forgets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward


class SecretReplicas:
    """Shows in each replica's status the key it was asked for."""

    service = "secretsmanager"

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], str] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Complete the replication status wherever a reply shows it; pass on the rest."""
        reply = await forward(call)
        if not reply.succeeded or b'"ReplicationStatus"' not in reply.body:
            return reply
        answer: dict[str, Any] = json.loads(reply.body)
        for replica in json.loads(call.body).get("AddReplicaRegions") or []:
            if "KmsKeyId" in replica:
                self._keys[answer["ARN"], replica["Region"]] = replica["KmsKeyId"]
        for secret in answer.get("SecretList", [answer]):
            for replica in secret.get("ReplicationStatus") or []:
                if key := self._keys.get((secret["ARN"], replica["Region"])):
                    replica["KmsKeyId"] = key
        return reply.with_body(json.dumps(answer).encode())
