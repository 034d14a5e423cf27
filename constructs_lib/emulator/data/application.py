"""ministack with our storage: its application, and the control calls that the gateway passes on."""

from __future__ import annotations

import json
from http import HTTPStatus
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from constructs_lib.emulator.data.buckets import BucketReplication
from constructs_lib.emulator.data.images import ImageReplication
from constructs_lib.emulator.data.links import Links
from constructs_lib.emulator.data.schedules import Schedules
from constructs_lib.emulator.data.table_copies import TableCopies
from constructs_lib.emulator.data.table_replication import TableReplication
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
        self._links = Links()
        self._buckets = BucketReplication(self._links)
        self._buckets.install()
        replication = TableReplication(self._links)
        replication.install()
        history = TableHistory(self._links, replication)
        history.install()
        ImageReplication(self._links).install()
        self._copies = TableCopies(history)
        self._schedules = Schedules(self._links)
        self._schedules.install()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI has it."""
        self._links.deliver_due()
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
                self._links.lose(unquote(region))
            case "DELETE", ["lost", region]:
                self._links.regain(unquote(region))
            case "PUT", ["settings"]:
                settings = json.loads(body)
                self._links.delay = settings.get("replication_delay", self._links.delay)
                self._links.speed = settings.get("clock_speed", self._links.speed)
            case "PUT", ["fired"]:
                return HTTPStatus.OK, self._schedules.fire(json.loads(body)["now"])
            case "PUT", ["events"]:
                return HTTPStatus.OK, self._schedules.arrive(**json.loads(body))
            case "PUT", ["arrived"]:
                self._links.deliver_all()
            case "PUT", ["refused-replications", bucket]:
                self._buckets.refused[unquote(bucket)] = json.loads(body)
            case "GET", ["links"]:
                return HTTPStatus.OK, self._links.report()
            case "GET", ["buckets", bucket]:
                return HTTPStatus.OK, self._buckets.region(unquote(bucket))
            case "PUT", ["table-copies", name]:
                return self._copies.keep(unquote(name), json.loads(body))
            case "POST", ["table-copies", name]:
                return self._copies.restore(unquote(name), json.loads(body))
        return HTTPStatus.OK, {}
