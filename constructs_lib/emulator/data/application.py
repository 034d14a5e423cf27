"""ministack with our storage: its application, and the control calls that the gateway passes on."""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from constructs_lib.emulator.data.table_copies import TableCopies
from constructs_lib.emulator.data.tables import TableHistory

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from typing import TypeAlias

    Scope: TypeAlias = MutableMapping[str, Any]
    Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_CONTROL: Final = "/_emulated/"


class Application:
    """Answers control calls, and passes on all others to ministack."""

    def __init__(self) -> None:
        self._ministack = import_module("ministack.app").app
        self._lost: dict[str, float] = {}
        history = TableHistory(self._lost)
        history.install()
        self._copies = TableCopies(history)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI has it."""
        if scope["type"] != "http" or not scope["path"].startswith(_CONTROL):
            await self._ministack(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        status, answer = self._control(scope["method"], scope["path"].removeprefix(_CONTROL).split("/"), body)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _control(self, method: str, path: list[str], body: bytes) -> tuple[int, Any]:
        match method, path:
            case "PUT", ["lost", region]:
                self._lost[unquote(region)] = time.time()
            case "DELETE", ["lost", region]:
                self._lost.pop(unquote(region), None)
            case "PUT", ["table-copies", name]:
                return self._copies.keep(unquote(name), json.loads(body))
            case "POST", ["table-copies", name]:
                return self._copies.restore(unquote(name), json.loads(body))
        return HTTPStatus.OK, {}
