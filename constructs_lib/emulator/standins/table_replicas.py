"""DynamoDB: the key of a table's replica and the days of point-in-time recovery, which ministack takes and forgets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from constructs_lib.emulator.call import Call, Reply
    from constructs_lib.emulator.standins import Forward

_DEFAULT_RECOVERY_DAYS: Final = 35


class TableReplicas:
    """Shows each replica with its own key, not its source's, and recovery over as many days as asked."""

    service = "dynamodb"

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], str] = {}
        self._recovery_days: dict[tuple[str, str], int] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Correct what describes a table or its continuous backups; pass on the rest."""
        reply = await forward(call)
        if not reply.succeeded:
            return reply
        match call.operation:
            case "CreateTable" | "UpdateTable" | "DescribeTable":
                return self._table(call, reply)
            case "UpdateContinuousBackups" | "DescribeContinuousBackups":
                return self._backups(call, reply)
            case "DeleteTable":
                name = json.loads(reply.body)["TableDescription"]["TableName"]
                self._keys.pop((name, call.region), None)
                self._recovery_days.pop((name, call.region), None)
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

    def _backups(self, call: Call, reply: Reply) -> Reply:
        asked, described = json.loads(call.body), json.loads(reply.body)
        key = asked["TableName"].rpartition("/")[2], call.region
        if days := (asked.get("PointInTimeRecoverySpecification") or {}).get("RecoveryPeriodInDays"):
            self._recovery_days[key] = days
        recovery = described["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription") or {}
        if recovery.get("PointInTimeRecoveryStatus") == "ENABLED":
            recovery["RecoveryPeriodInDays"] = self._recovery_days.get(key, _DEFAULT_RECOVERY_DAYS)
        return reply.with_body(json.dumps(described).encode())
