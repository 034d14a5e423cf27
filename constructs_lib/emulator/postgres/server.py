"""One PostgreSQL server: its data, its archive of write-ahead log, and the base backup that restores start from."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.errors import EvaluationError

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.emulator.postgres.programs import Programs

#: The owner of everything, as on RDS; it can only connect through the socket in a directory of ours.
SUPERUSER: Final = "rdsadmin"
_HBA: Final = f"""\
local all {SUPERUSER} trust
local replication {SUPERUSER} trust
host all {SUPERUSER} all reject
host all all all scram-sha-256
"""
_SETTINGS: Final = (
    "archive_mode=on",
    "fsync=off",  # what is lost here is lost by a failed Region, never by a failed disk
    "log_min_messages=fatal",
    "max_connections=60",
    "shared_buffers=16MB",
    "timezone=UTC",
    "wal_keep_size=256MB",
    # A link may be silent for longer than any of the defaults allow.
    "wal_receiver_timeout=0",
    "wal_sender_timeout=0",
    "wal_retrieve_retry_interval=200ms",
)
_READY: Final = ("ready", "standby")
_WAIT_SECONDS: Final = 60.0


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """What a restore is made of: a base backup and, for one to a point in time, the archive beside it."""

    programs: Programs
    base: Path
    archive: Path | None


class Server:
    """A server in a directory of its own, at an address and port of its own."""

    def __init__(self, programs: Programs, directory: Path, address: str, port: int) -> None:
        self.programs, self.directory, self.address, self.port = programs, directory, address, port
        self.data, self.archive, self._base = directory / "data", directory / "archive", directory / "base"
        self._process: asyncio.subprocess.Process | None = None
        self.archive.mkdir(parents=True)

    @property
    def backup(self) -> Backup:
        """What this server can be restored from."""
        return Backup(programs=self.programs, base=self._base, archive=self.archive)

    @property
    def socket(self) -> Path:
        """The socket it listens to beside its address."""
        return self.directory / f".s.PGSQL.{self.port}"

    async def initialize(self, template: Path) -> None:
        """Start empty, from a template that is made where there is none yet."""
        if not template.exists():
            await self.programs.run(
                "initdb", "--no-sync", "--wal-segsize=1", "--locale=C", "--encoding=UTF8", "--auth=trust",
                f"--username={SUPERUSER}", f"--pgdata={template}",
            )  # fmt: skip
            (template / "pg_hba.conf").write_text(_HBA)
        await asyncio.to_thread(shutil.copytree, template, self.data)
        await self.start()

    async def restore(self, backup: Backup, until: float | None = None) -> None:
        """Start with the data of a backup, at the moment `until` or with everything in it."""
        await asyncio.to_thread(shutil.copytree, backup.base, self.data)
        if backup.archive is not None:
            settings = [f'restore_command = \'cp "{backup.archive}/%f" "%p"\'']
            if until is not None:
                moment = datetime.fromtimestamp(until, tz=UTC).isoformat(sep=" ")
                settings += [f"recovery_target_time = '{moment}'", "recovery_target_action = 'promote'"]
            self._configure("recovery.signal", settings)
        await self.start()
        await self._until_writable()

    async def follow(self, source: Server, through: Path) -> None:
        """Start as a standby of `source`, whose changes come through the socket in the directory `through`."""
        await source.base_backup(self.data)
        self._configure("standby.signal", [f"primary_conninfo = 'host={through} port={source.port} user={SUPERUSER}'"])
        await self.start()

    def _configure(self, signal_file: str, settings: list[str]) -> None:
        (self.data / "postgresql.auto.conf").write_text("\n".join([*settings, ""]))
        (self.data / signal_file).touch()

    async def start(self) -> None:
        """Start, and wait until it takes connections."""
        copy = f'cp "%p" "{self.archive}/.%f" && mv "{self.archive}/.%f" "{self.archive}/%f"'
        settings = (
            *_SETTINGS,
            f"archive_command={copy}",
            f"listen_addresses={self.address}",
            f"unix_socket_directories={self.directory}",
        )
        options = [part for setting in settings for part in ("-c", setting)]
        command = self.programs.command("postgres", "-D", str(self.data), "-p", str(self.port), *options)
        self.data.chmod(0o700)
        (self.data / "postmaster.pid").unlink(missing_ok=True)  # of a server that was killed, or copied
        with (self.directory / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + _WAIT_SECONDS
        while self._status() not in _READY:
            if self._process.returncode is not None or time.monotonic() > deadline:
                log_text = (self.directory / "log").read_text(errors="replace")
                raise EvaluationError(f"PostgreSQL did not start in {self.directory}: {log_text[-2000:].strip()}")
            await asyncio.sleep(0.01)

    def _status(self) -> str:
        with contextlib.suppress(OSError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return lines[7].strip() if len(lines) > 7 else ""
        return ""

    async def stop(self, *, at_once: bool = False) -> None:
        """Stop: having sent and archived everything, or at once, as when the power goes."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
        await process.wait()

    @property
    def _connection(self) -> tuple[str, ...]:
        return f"--host={self.directory}", f"--port={self.port}", f"--username={SUPERUSER}"

    @property
    def runs(self) -> bool:
        """True while it takes connections."""
        return self._process is not None and self._process.returncode is None

    async def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement as the superuser; return the values of its rows."""
        options = ("-XAtq", "--set=ON_ERROR_STOP=1", f"--dbname={database}", f"--command={statement}")
        printed = await self.programs.run("psql", *self._connection, *options)
        return printed.strip()

    async def base_backup(self, directory: Path) -> None:
        """Copy all data, consistent by itself, into a directory that does not exist yet."""
        options = ("--no-sync", "--wal-method=fetch", "--checkpoint=fast", f"--pgdata={directory}")
        await self.programs.run("pg_basebackup", *self._connection, *options)

    def empty(self) -> None:
        """Remove all data and backups of a server that is stopped."""
        for part in (self.data, self._base, self.archive):
            shutil.rmtree(part, ignore_errors=True)
        self.archive.mkdir()

    async def back_up(self) -> None:
        """Take the base backup from which restores to a point in time start."""
        if not self._base.exists():
            await self.base_backup(self._base)

    async def flush(self) -> None:
        """Archive all that was written; a commit of ours after it lets a restore know that it has come far enough."""
        segment = await self.sql("begin; select pg_current_xact_id(); commit; select pg_walfile_name(pg_switch_wal())")
        last = segment.splitlines()[-1]
        deadline = time.monotonic() + _WAIT_SECONDS
        while not (self.archive / last).exists():
            if time.monotonic() > deadline:
                raise EvaluationError(f"PostgreSQL in {self.directory} did not archive {last}")
            await asyncio.sleep(0.01)

    async def promote(self) -> None:
        """Stop following, and take writes."""
        await self.sql("select pg_promote()")
        await self._until_writable()

    async def _until_writable(self) -> None:
        deadline = time.monotonic() + _WAIT_SECONDS
        while True:
            with contextlib.suppress(EvaluationError):  # it may not take connections yet
                if await self.sql("select pg_is_in_recovery()") == "f":
                    return
            if not self.runs or time.monotonic() > deadline:
                log_text = (self.directory / "log").read_text(errors="replace")
                raise EvaluationError(f"PostgreSQL in {self.directory} did not recover: {log_text[-2000:].strip()}")
            await asyncio.sleep(0.02)
