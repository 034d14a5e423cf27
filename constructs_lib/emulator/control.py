"""The emulator's own interface beside the emulated services: `/_emulated/...` on the port of the gateway.

`PUT /_emulated/settings` takes the settings to change, as JSON; `PUT /_emulated/arrived` delivers what is on the way;
`PUT` and `DELETE /_emulated/lost/REGION` take a Region's data away and bring it back. `PUT /_emulated/clock` puts the
clock forward by `seconds`; `PUT` and `DELETE /_emulated/names/NAME` say what is at a name (`address`, `region`);
`GET /_emulated/notices` lists what alarms told. `PUT /_emulated/callers/KEY` holds an access key to policies, `GET`
lists what IAM was asked of it, `DELETE` lets it go.
"""

from __future__ import annotations

import json
import time
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from constructs_lib.emulator.control_client import PATH
from constructs_lib.emulator.edges.places import placed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from constructs_lib.emulator.edges.edges import Edges
    from constructs_lib.emulator.permissions.callers import Callers
    from constructs_lib.emulator.world import World


class Control:
    """Changes the world; `tell` passes a change on to the processes that keep a part of it."""

    def __init__(
        self,
        world: World,
        edges: Edges,
        callers: Callers,
        tell: Callable[[web.Request, bytes], Awaitable[None]],
    ) -> None:
        self._world = world
        self._edges = edges
        self._callers = callers
        self._tell = tell

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Let the gateway answer for it."""
        router.add_put(f"{PATH}settings", self._settings)
        router.add_put(f"{PATH}arrived", self._arrived)
        router.add_put(f"{PATH}lost/{{region}}", self._lost)
        router.add_delete(f"{PATH}lost/{{region}}", self._returned)

        router.add_put(f"{PATH}clock", self._clock)
        router.add_put(f"{PATH}names/{{name}}", self._named)
        router.add_delete(f"{PATH}names/{{name}}", self._unnamed)
        router.add_get(f"{PATH}notices", self._notices)
        router.add_put(f"{PATH}callers/{{key}}", self._held)
        router.add_get(f"{PATH}callers/{{key}}", self._asked)
        router.add_delete(f"{PATH}callers/{{key}}", self._released)

    async def _held(self, request: web.Request) -> web.Response:
        self._callers.hold(request.match_info["key"], await request.json())
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def _asked(self, request: web.Request) -> web.Response:
        return web.json_response(self._callers.asked(request.match_info["key"]))

    async def _released(self, request: web.Request) -> web.Response:
        self._callers.release(request.match_info["key"])
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def _clock(self, request: web.Request) -> web.Response:
        await self._world.clock.advance((await request.json())["seconds"])
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def _named(self, request: web.Request) -> web.Response:
        given = await request.json()
        try:
            place = placed(given["address"], given.get("region"))
        except ValueError as error:
            return web.Response(status=HTTPStatus.BAD_REQUEST, text=str(error))
        self._edges.places.put(request.match_info["name"], place)
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def _unnamed(self, request: web.Request) -> web.Response:
        self._edges.places.put(request.match_info["name"], None)
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def _notices(self, _: web.Request) -> web.Response:
        return web.json_response(self._edges.notices.sent, dumps=partial(json.dumps, default=str))

    async def _settings(self, request: web.Request) -> web.Response:
        self._world.configure(**await request.json())
        return await self._told(request)

    async def _arrived(self, request: web.Request) -> web.Response:
        self._world.settled = time.time()
        return await self._told(request)

    async def _lost(self, request: web.Request) -> web.Response:
        self._world.lost[request.match_info["region"]] = time.time()
        return await self._told(request)

    async def _returned(self, request: web.Request) -> web.Response:
        self._world.lost.pop(request.match_info["region"], None)
        return await self._told(request)

    async def _told(self, request: web.Request) -> web.Response:
        await self._tell(request, await request.read())
        for listener in self._world.listeners:
            await listener()
        return web.Response(status=204)
