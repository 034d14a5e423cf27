"""DynamoDB: the key of a table's replica, which ministack takes and forgets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward


class TableReplicas:
    """Shows each replica with its own key, not its source's, and restores it with that."""

    service = "dynamodb"

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], str] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Correct what describes a table; pass on the rest."""
        reply = await forward(self._restoring(call) if call.operation == "RestoreTableToPointInTime" else call)
        if not reply.succeeded:
            return reply
        match call.operation:
            case "CreateTable" | "UpdateTable" | "DescribeTable":
                return self._table(call, reply)
            case "DeleteTable":
                name = json.loads(reply.body)["TableDescription"]["TableName"]
                self._keys.pop((name, call.region), None)
                return reply
            case _:
                return reply

    def _table(self, call: Call, reply: Reply) -> Reply:
        described = json.loads(reply.body)
        table: dict[str, Any] = described.get("Table") or described["TableDescription"]
        name = table["TableName"]
        for update in json.loads(call.body).get("ReplicaUpdates") or []:
            for asked in (action for kind, action in update.items() if kind in ("Create", "Update")):
                if "KMSMasterKeyId" in asked:
                    self._keys[name, asked["RegionName"]] = asked["KMSMasterKeyId"]
            if "Delete" in update:
                self._keys.pop((name, update["Delete"]["RegionName"]), None)
        for replica in table.get("Replicas") or []:
            if key := self._keys.get((name, replica["RegionName"])):
                replica["KMSMasterKeyId"] = key
        encryption = table.get("SSEDescription") or {}
        if own := self._keys.get((name, call.region)):
            table["SSEDescription"] = {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": own}
        elif f":kms:{call.region}:" not in encryption.get("KMSMasterKeyArn", f":kms:{call.region}:"):
            del table["SSEDescription"]
        return reply.with_body(json.dumps(described).encode())

    def _restoring(self, call: Call) -> Call:
        asked = json.loads(call.body)
        named = asked.get("SourceTableArn") or asked.get("SourceTableName", "")
        region = named.split(":")[3] if named.startswith("arn:") else call.region
        own = self._keys.get((named.rpartition("/")[2], region))
        if own is None or region != call.region or "SSESpecificationOverride" in asked:
            return call
        encryption = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": own}
        return call.instead(body=json.dumps(asked | {"SSESpecificationOverride": encryption}).encode())
