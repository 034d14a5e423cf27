"""The way between two PostgreSQL servers: what the source sends arrives later, or not at all once it is cut.

Delaying the replay instead would lose nothing at a promotion, as a standby replays all that it has received.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs_lib.emulator.postgres.server import Server

#: The source's answer that begins the stream; what comes before it is a conversation, which no delay may stretch.
_STREAM_BEGINS: Final = b"W"
_LOOK_SECONDS: Final = 0.02


class DelayedLink:
    """A socket in a directory of its own that leads to the source.

    `passes` tells until when what was sent has arrived, `is_cut` whether anything gets through at all.
    """

    def __init__(
        self, source: Server, directory: Path, passes: Callable[[], float], is_cut: Callable[[], bool]
    ) -> None:
        self._source, self.directory, self._passes, self._is_cut = source, directory, passes, is_cut
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._hurries = False

    async def open(self) -> None:
        """Take connections."""
        self.directory.mkdir(parents=True)
        path = self.directory / self._source.socket.name
        self._server = await asyncio.start_unix_server(self._connected, path)
        path.chmod(0o777)

    def hurry(self) -> None:
        """Let everything pass at once from now on."""
        self._hurries = True

    def cut(self) -> None:
        """Lose what is on the way; new connections are taken again when the link is not cut any more."""
        for connection in self._connections:
            connection.cancel()

    async def close(self) -> None:
        """Cut for good."""
        if self._server is not None:
            self._server.close()
        self.cut()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        with contextlib.suppress(OSError, asyncio.CancelledError, asyncio.IncompleteReadError):
            if not self._is_cut():
                await self._serve(reader, writer)
        self._connections.discard(task)
        writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream, to_source = await asyncio.open_unix_connection(str(self._source.socket))
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        pumps = [
            asyncio.ensure_future(_pump(reader, to_source)),
            asyncio.ensure_future(self._receive(upstream, writer, waiting)),
            asyncio.ensure_future(self._deliver(writer, waiting)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            to_source.transport.abort()

    async def _receive(
        self, upstream: asyncio.StreamReader, writer: asyncio.StreamWriter, waiting: asyncio.Queue[tuple[float, bytes]]
    ) -> None:
        kind = b""
        while kind != _STREAM_BEGINS:
            kind = await upstream.readexactly(1)
            length = await upstream.readexactly(4)
            writer.write(kind + length + await upstream.readexactly(int.from_bytes(length) - 4))
        while received := await upstream.read(1 << 16):
            waiting.put_nowait((time.time(), received))
        await waiting.join()

    async def _deliver(self, writer: asyncio.StreamWriter, waiting: asyncio.Queue[tuple[float, bytes]]) -> None:
        while True:
            sent, data = await waiting.get()
            while not self._hurries and sent > self._passes():
                await asyncio.sleep(_LOOK_SECONDS)
            writer.write(data)
            await writer.drain()
            waiting.task_done()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()
