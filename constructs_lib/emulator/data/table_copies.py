"""Whole tables as AWS Backup keeps them: copied with their items, restored under another name and in another Region."""

from __future__ import annotations

import copy
import json
import time
from http import HTTPStatus
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.emulator.data.tables import TableHistory


class TableCopies:
    """Keeps copies of tables by a name that the caller gives."""

    def __init__(self, history: TableHistory) -> None:
        self._history = history
        self._copies: dict[str, dict[str, Any]] = {}

    def keep(self, name: str, asked: dict[str, Any]) -> tuple[int, Any]:
        """Keep a copy of the table `TableArn` as it is, or of the copy `Copy`; answer with its size."""
        table = self._copies.get(asked["Copy"]) if "Copy" in asked else self._history.table(asked["TableArn"])
        if table is None:
            return HTTPStatus.NOT_FOUND, {"message": "there is no such table"}
        self._copies[name] = {part: copy.deepcopy(table[part]) for part in table if not part.startswith("_")}
        return HTTPStatus.OK, {"Bytes": table.get("TableSizeBytes", 0)}

    def restore(self, name: str, asked: dict[str, Any]) -> tuple[int, Any]:
        """Make a table from a copy; answer with its ARN, or the reason why not."""
        metadata = asked["Metadata"]
        data = {}
        if key := metadata.get("kmsMasterKeyArn"):
            data["SSESpecificationOverride"] = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
        if (target := metadata.get("targetTableName")) is None:
            return HTTPStatus.BAD_REQUEST, {"message": "the metadata lacks targetTableName"}
        source = self._copies[name]
        with import_module("ministack.core.responses").request_scope(asked["Account"], asked["Region"]):
            status, _, body = self._history.restored(data, source, target, time.time(), copy.deepcopy(source["items"]))
            if status >= HTTPStatus.BAD_REQUEST:
                return status, {"message": json.loads(body).get("message", "the table could not be made")}
            return HTTPStatus.OK, {"TableArn": json.loads(body)["TableDescription"]["TableArn"]}
