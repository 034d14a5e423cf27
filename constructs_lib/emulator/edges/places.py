"""Where names are: what a test has put at a name, and what is there when somebody asks over HTTP or TCP.

Nothing but this machine is ever asked. A name that is nowhere refuses, as one without an address.
"""

from __future__ import annotations

import asyncio
import ipaddress
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import aiohttp
import msgspec
from msgspec.structs import replace
from multidict import CIMultiDict
from yarl import URL

from constructs_lib.emulator.calls.call import Reply
from constructs_lib.emulator.edges.running_tasks import running_tasks

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.world import World

_SERVICE: Final = "arn:aws:ecs:"
_PORT: Final = 80


class Unreachable(Exception):  # it is an answer, which the one who asked turns into its own
    """Nobody answered; the message says how."""


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A request of a client, with path and query in `target`; seconds it waits for a connection and for an answer."""

    method: str = "GET"
    host: str = ""
    target: str = "/"
    headers: CIMultiDict[str] = msgspec.field(default_factory=CIMultiDict)
    body: bytes = b""
    connect: float = 4.0
    read: float = 2.0


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A loopback address, `HOST:PORT` or a URL, or the ARN of an ECS service; gone with `region`, if it has one."""

    address: str
    region: str | None = None

    @property
    def url(self) -> str:
        """Return the address as a URL without path."""
        return (self.address if "://" in self.address else f"http://{self.address}").rstrip("/")

    @property
    def ip(self) -> str:
        """Return the IP address, 127.0.0.1 for what has none of its own."""
        host = "" if self.address.startswith(_SERVICE) else urlsplit(self.url).hostname or ""
        return host if _is_loopback(host) else "127.0.0.1"


def placed(address: str, region: str | None) -> Place:
    """Return a place, or raise `ValueError` for an address that is not on this machine."""
    place = Place(address=address, region=region)
    if address.startswith(_SERVICE):
        return replace(place, region=region or address.split(":")[3])
    host, port = urlsplit(place.url).hostname, urlsplit(place.url).port
    if not _is_loopback("127.0.0.1" if host == "localhost" else host or "") or port is None:
        raise ValueError(f"{address!r} is not an address with a port on this machine; give one such as 127.0.0.1:8080")
    return place


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Places:
    """What is at each name. `served` answers a visit at a name that the emulator itself serves, with None at others."""

    def __init__(
        self,
        world: World,
        inquiry: Inquiry,
        addresses: Callable[[str], Awaitable[list[str]]],
        served: Callable[[Visit, str], Awaitable[Reply | None]],
    ) -> None:
        self.known: dict[str, Place] = {}
        self._world = world
        self._inquiry = inquiry
        self._addresses = addresses
        self._served = served

    def put(self, name: str, place: Place | None) -> None:
        """Put a place at a name, or with None take it away."""
        if place is None:
            self.known.pop(_plain(name), None)
        else:
            self.known[_plain(name)] = place

    async def find(self, name: str, port: int = _PORT) -> Place | None:
        """Return what is at a name or address, by the map and by DNS."""
        for known in (name, *await self._addresses(name)):
            if place := self.known.get(_plain(known)):
                return place
            if _is_loopback(known):
                return Place(address=f"{known}:{port}")
        return None

    async def visit(self, visit: Visit, name: str = "", port: int = _PORT) -> Reply:
        """Return what the host of `visit`, or `name` in its stead, answers; raises `Unreachable`."""
        name = name or visit.host
        if place := self.known.get(_plain(name)):
            return await self._ask(place, visit)
        for known in (name, *await self._addresses(name)):
            if (reply := await self._served(visit, known)) is not None:
                return reply
        if place := await self.find(name, port):
            return await self._ask(place, visit)
        raise Unreachable(f"{name} is nowhere; place it with aws.place()")

    async def connect(self, name: str, port: int, seconds: float) -> None:
        """Open a TCP connection and close it; raises `Unreachable`."""
        place = await self.find(name, port)
        if place is None:
            raise Unreachable(f"{name} is nowhere; place it with aws.place()")
        self._require_region(place)
        if place.address.startswith(_SERVICE):
            return
        parts = urlsplit(place.url)
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection(parts.hostname, parts.port), seconds)
            writer.close()
        except (OSError, TimeoutError) as error:
            raise Unreachable(f"no connection: {error or 'timed out'}") from None

    async def _ask(self, place: Place, visit: Visit) -> Reply:
        self._require_region(place)
        if place.address.startswith(_SERVICE):
            up = await running_tasks(self._inquiry, place.address)
            status = HTTPStatus.OK if up else HTTPStatus.SERVICE_UNAVAILABLE
            return Reply.of(status, {"Content-Type": "text/plain"}, f"{up} tasks run\n")
        headers = CIMultiDict(visit.headers)
        headers["Host"] = visit.host
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=visit.connect, sock_read=visit.read)
        try:
            async with (
                aiohttp.ClientSession(auto_decompress=False, timeout=timeout) as session,
                session.request(
                    visit.method,
                    URL(place.url + visit.target, encoded=True),
                    headers=headers,
                    data=visit.body or None,
                    allow_redirects=False,
                    ssl=False,
                ) as answer,
            ):
                return Reply(status=answer.status, headers=CIMultiDict(answer.headers), body=await answer.read())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(f"no answer: {error or 'timed out'}") from None

    def _require_region(self, place: Place) -> None:
        if place.region in self._world.lost:
            raise Unreachable(f"no connection: {place.region} is gone")


def _plain(name: str) -> str:
    return name.rstrip(".").lower()
