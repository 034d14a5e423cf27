"""All PostgreSQL servers of the emulated AWS, by the identity of their database: who follows whom, and from where."""

from __future__ import annotations

import contextlib
import ipaddress
import itertools
import secrets
import shutil
import socket
import sys
import time
from typing import TYPE_CHECKING

import attrs

from constructs_lib.emulator.postgres.link import DelayedLink
from constructs_lib.emulator.postgres.programs import Programs
from constructs_lib.emulator.postgres.server import Backup, Server
from constructs_lib.errors import EvaluationError

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.emulator.world import World


@attrs.define(kw_only=True)
class Database:
    """A server, where it is, the key and the link of the one it follows, and whether its owner has stopped it."""

    server: Server
    region: str
    source: str | None = None
    link: DelayedLink | None = None
    stopped: bool = False


class Fleet:
    """Makes, restores, promotes and removes databases in a directory of ours, and lets Regions take theirs away."""

    def __init__(self, world: World, directory: Path) -> None:
        self.databases: dict[str, Database] = {}
        self.snapshots: dict[str, Backup] = {}
        self.backups: dict[str, Backup] = {}
        self._world = world
        self._directory = directory
        self._numbers = itertools.count(1)

    async def create(self, key: str, region: str, port: int, major: int) -> Server:
        """Make an empty database."""
        programs = Programs.of(major)
        server = self._new(programs, port)
        await server.initialize(self._directory / f"template-{programs.directory.parent.name}")
        self.databases[key] = Database(server=server, region=region)
        return server

    async def keep_backups(self, key: str) -> None:
        """Take the first backup of a database, from which on it can be restored to any time."""
        database = self.databases[key]
        await database.server.back_up()
        self.backups[key] = database.server.backup

    async def restore(self, key: str, region: str, port: int, backup: Backup, until: float | None = None) -> None:
        """Make a database from a backup, with everything in it or as it was at `until`."""
        server = self._new(backup.programs, port)
        await server.restore(backup, until)
        self.databases[key] = Database(server=server, region=region)

    async def follow(self, key: str, region: str, port: int, source: str) -> None:
        """Make a database that follows another."""
        leader = self.databases[source]
        server = self.databases[key].server if key in self.databases else self._new(leader.server.programs, port)
        link = DelayedLink(
            leader.server,
            server.directory / f"link-{next(self._numbers)}",
            lambda: time.time() if leader.region == region else self._world.arrived_until(leader.region),
            lambda: bool({leader.region, region} & self._world.lost.keys()),
        )
        await link.open()
        await server.follow(leader.server, link.directory)
        self.databases[key] = Database(server=server, region=region, source=source, link=link)

    async def promote(self, key: str, *, lossless: bool = False) -> None:
        """Let a database go on by itself; `lossless` stops its source first and waits for all that it has."""
        database = self.databases[key]
        if lossless and database.source is not None and database.link is not None:
            database.link.hurry()
            await self.databases[database.source].server.stop()
        if database.link is not None:
            await database.link.close()
        await database.server.promote()
        database.source, database.link = None, None

    async def replace(self, key: str, source: str) -> None:
        """Rebuild a database as one that follows another, without what it had of its own."""
        database = self.databases[key]
        if database.link is not None:
            await database.link.close()
        await database.server.stop(at_once=True)
        database.server.empty()
        self.backups.pop(key, None)
        await self.follow(key, database.region, database.server.port, source)

    async def snapshot(self, name: str, key: str) -> None:
        """Copy a database as it is."""
        database = self.databases[key]
        base = self._directory / f"snapshot-{next(self._numbers)}"
        await database.server.base_backup(base)
        self.snapshots[name] = Backup(programs=database.server.programs, base=base, archive=None)

    async def remove(self, key: str) -> None:
        """End a database; its backups stay."""
        database = self.databases.pop(key)
        if database.link is not None:
            await database.link.close()
        if database.server.runs and database.source is None and key in self.backups:
            await database.server.flush()
        await database.server.stop(at_once=True)
        shutil.rmtree(database.server.data)

    async def stop(self, key: str) -> None:
        """Stop a database until it is started."""
        self.databases[key].stopped = True
        await self.databases[key].server.stop()

    async def start(self, key: str) -> None:
        """Start a database that was stopped."""
        self.databases[key].stopped = False
        await self.follow_regions()

    async def flush(self, key: str) -> None:
        """Archive what a database has written, where it runs."""
        database = self.databases.get(key)
        if database is not None and database.server.runs and database.source is None:
            await database.server.flush()

    async def follow_regions(self) -> None:
        """Stop the databases of Regions that are gone, and start those of Regions that are back."""
        lost = self._world.lost
        for database in self.databases.values():
            source = self.databases.get(database.source or "")
            if database.link is not None and {database.region, source.region if source else ""} & lost.keys():
                database.link.cut()
        for key, database in self.databases.items():
            if database.region in lost and database.server.runs:
                # What was restorable elsewhere when the Region went stays restorable.
                await self.flush(key)
                await database.server.stop(at_once=True)
        for database in self.databases.values():
            if database.region not in lost and not database.server.runs and not database.stopped:
                await database.server.start()

    def _new(self, programs: Programs, port: int) -> Server:
        address, port = _free(port)
        return Server(programs, self._directory / str(next(self._numbers)), address, port)


def _free(port: int) -> tuple[str, int]:
    # All of 127.0.0.0/8 is this machine on Linux, so every database has the port it was asked for. Elsewhere it is not.
    for _ in range(100):
        linux = sys.platform == "linux"
        address = (
            str(ipaddress.IPv4Address(0x7F000000 + (1 << 16) + secrets.randbelow(0xFE0000))) if linux else "127.0.0.1"
        )
        wanted = port if linux else 0
        with contextlib.suppress(OSError), socket.create_server((address, wanted)) as listener:
            return address, listener.getsockname()[1]
    raise EvaluationError(f"no loopback address with port {port} is free for an emulated database")
