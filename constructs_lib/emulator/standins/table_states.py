"""DynamoDB: the states in which AWS makes a client wait; ministack's tables are active at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.calls.call import Reply

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.call import Call
    from constructs_lib.emulator.standins import Forward
    from constructs_lib.emulator.world import World

_BEGINS: Final = {
    "CreateTable": "CREATING",
    "RestoreTableToPointInTime": "CREATING",
    "RestoreTableFromBackup": "CREATING",
    "UpdateTable": "UPDATING",
}
_DATA: Final = frozenset({"PutItem", "GetItem", "UpdateItem", "DeleteItem", "Query", "Scan"})
_BACKUPS: Final = "UpdateContinuousBackups"
_SETTINGS: Final = frozenset({"UpdateTable", "DeleteTable", "UpdateTimeToLive", _BACKUPS})


class TableStates:
    """Shows CREATING and UPDATING for as many polls as are set, and refuses what has to wait.

    Point-in-time recovery of a new table is refused as often once the table is active: its backups are enabled last.
    """

    service = "dynamodb"

    def __init__(self, world: World) -> None:
        self._world = world

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Refuse what has to wait, begin what the call begins, and show the state of the table described."""
        if not self._world.settings.polls:
            return await forward(call)
        name = (json.loads(call.body).get("TableName") or "").rpartition("/")[2]
        state = self._world.under_way(("table", call.region, name))
        if state == "CREATING" and call.operation in _DATA:
            return _error("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found")
        backups = ("continuous backups", call.region, name)
        if call.operation == _BACKUPS and (state == "CREATING" or self._world.polled(backups) is not None):
            return _error("ContinuousBackupsUnavailableException", f"Backups are being enabled for the table: {name}.")
        if state is not None and call.operation in _SETTINGS:
            return _error("ResourceInUseException", f"Table is being {state.lower()}: {name}")
        reply = await forward(call)
        if not reply.succeeded or call.operation not in {*_BEGINS, "DescribeTable"}:
            return reply
        described = json.loads(reply.body)
        table: dict[str, Any] = described.get("Table") or described["TableDescription"]
        key = ("table", call.region, table["TableName"])
        if begun := _BEGINS.get(call.operation):
            self._world.begin(key, begun)
            if begun == "CREATING":
                self._world.begin(("continuous backups", call.region, table["TableName"]), "ENABLING")
        ask = self._world.polled if call.operation == "DescribeTable" else self._world.under_way
        if (shown := ask(key)) is None:
            return reply
        table["TableStatus"] = shown
        if "RestoreSummary" in table:
            table["RestoreSummary"]["RestoreInProgress"] = shown == "CREATING"
        return reply.with_body(json.dumps(described).encode())


def _error(code: str, message: str) -> Reply:
    document = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message}
    return Reply.of(400, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(document))
