"""AWS Backup: the settings of a Region, which ministack shows empty and does not take."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.calls.call import Reply

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.call import Call
    from constructs_lib.emulator.standins import Forward

_PREFERENCES: Final = ("ResourceTypeOptInPreference", "ResourceTypeManagementPreference")
#: What a Region of a new account starts with (from memory): every type is opted in, and tables are fully managed.
_AT_FIRST: Final = {"DynamoDB": True}


class BackupSettings:
    """Keeps and shows which resource types are opted in and fully managed in a Region."""

    service = "backup"

    def __init__(self) -> None:
        self._settings: defaultdict[str, dict[str, dict[str, bool]]] = defaultdict(
            lambda: {_PREFERENCES[0]: {}, _PREFERENCES[1]: dict(_AT_FIRST)}
        )

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Answer for the settings; pass on the rest."""
        if call.segments != ("account-settings",):
            return await forward(call)
        settings = self._settings[call.region]
        if call.method == "PUT":
            asked = json.loads(call.body or b"{}")
            for name in _PREFERENCES:
                settings[name] |= asked.get(name) or {}
        shown = settings if call.method == "GET" else {}
        return Reply.of(200, {"Content-Type": "application/json"}, json.dumps(shown))
