"""Writers that note what was acknowledged and when, and can be pointed at the other Region while they write."""

from __future__ import annotations

import subprocess
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import attrs
import msgspec

from constructs_lib.emulator.postgres.programs import Programs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator import EmulatedAws

__all__ = ["BucketPlace", "DatabasePlace", "NotTakenError", "Place", "TablePlace", "Writer"]

_PAUSE = 0.05


class NotTakenError(Exception):
    """Raised by a database that does not take a statement."""


class Place(Protocol):
    """Where a component can be written and read in one Region."""

    def write(self, key: str) -> None:
        """Write *key*; raises what the client raises, or `NotTakenError`, where that is not acknowledged."""

    def keys(self) -> set[str]:
        """Return the keys that are there."""


class TablePlace(msgspec.Struct, frozen=True, kw_only=True):
    """A table in a Region."""

    client: Any
    name: str
    key: str

    @classmethod
    def of(cls, aws: EmulatedAws, region: str, name: str, key: str) -> TablePlace:
        """Return the table *name* in *region*, whose partition key is *key*."""
        return cls(client=aws.client("dynamodb", region), name=name, key=key)

    def write(self, key: str) -> None:
        """Write an item."""
        self.client.put_item(TableName=self.name, Item={self.key: {"S": key}})

    def keys(self) -> set[str]:
        """Return the keys of all items."""
        pages = self.client.get_paginator("scan").paginate(TableName=self.name)
        return {item[self.key]["S"] for page in pages for item in page["Items"]}


class BucketPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A bucket in a Region."""

    client: Any
    name: str

    @classmethod
    def of(cls, aws: EmulatedAws, region: str, name: str) -> BucketPlace:
        """Return the bucket *name* in *region*."""
        return cls(client=aws.client("s3", region), name=name)

    def write(self, key: str) -> None:
        """Write an object."""
        self.client.put_object(Bucket=self.name, Key=key, Body=key.encode())

    def keys(self) -> set[str]:
        """Return the keys of all objects."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        return {item["Key"] for page in pages for item in page.get("Contents", ())}


@attrs.frozen(kw_only=True)
class DatabasePlace:
    """A PostgreSQL cluster in a Region, at the endpoint that AWS shows."""

    address: str
    port: int
    user: str
    password: str = attrs.field(repr=False)

    @classmethod
    def of(cls, aws: EmulatedAws, region: str, cluster: str, user: str, password: str) -> DatabasePlace:
        """Return the cluster of that name in *region*, opened by its master user."""
        (found,) = aws.client("rds", region).describe_db_clusters(DBClusterIdentifier=cluster)["DBClusters"]
        return cls(address=found["Endpoint"], port=found["Port"], user=user, password=password)

    def prepare(self) -> None:
        """Make the table that is written to."""
        self._asked("create table if not exists taken (key text primary key)")

    def write(self, key: str) -> None:
        """Write a row."""
        self._asked(f"insert into taken values ('{key}')")

    def keys(self) -> set[str]:
        """Return the keys of all rows."""
        return set(self._asked("select key from taken").split())

    def _asked(self, statement: str) -> str:
        """Return what `psql` prints.

        Raises:
            NotTakenError: If it is refused, or nobody answers.
        """
        where = [f"--host={self.address}", f"--port={self.port}", f"--username={self.user}", "--dbname=postgres"]
        done = subprocess.run(
            [str(Programs.of(16).directory / "psql"), "-XAtq", "--no-password", *where, f"--command={statement}"],
            env={"PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "5"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise NotTakenError(done.stderr.strip())
        return done.stdout


class Writer:
    """Writes one key after the other in a thread, whether it is acknowledged or not.

    Args:
        component: Whose.
        places: Where it can write, by Region.
        region: Where it writes first.
    """

    def __init__(self, component: str, places: Mapping[str, Place], region: str) -> None:
        self.component = component
        self.places = places
        self.region = region
        self.acknowledged: list[tuple[str, str, datetime]] = []
        """Key, Region and moment of each write that was acknowledged."""
        self.refused: list[tuple[str, datetime]] = []
        """Region and moment of each that was not."""
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Leave off, after the write that is under way."""
        self._end.set()
        self._thread.join()

    def wait_for(self, count: int, region: str, timeout: float = 60) -> None:
        """Wait until *count* writes were acknowledged in *region*.

        Raises:
            TimeoutError: If they are not within *timeout* seconds.
        """
        until = time.monotonic() + timeout
        while sum(where == region for _, where, _ in self.acknowledged) < count:
            if time.monotonic() > until:
                msg = f"{self.component} took fewer than {count} writes in {region} within {timeout:.0f} s"
                raise TimeoutError(msg)
            time.sleep(_PAUSE)

    def wait_until_arrived(self, region: str, timeout: float = 60) -> set[str]:
        """Wait until all that was acknowledged by now is in *region* too, and return its keys.

        Raises:
            TimeoutError: If it is not within *timeout* seconds.
        """
        until = time.monotonic() + timeout
        wanted = {key for key, _, _ in list(self.acknowledged)}
        while not wanted <= self.places[region].keys():
            if time.monotonic() > until:
                msg = f"what {self.component} took is not in {region} after {timeout:.0f} s"
                raise TimeoutError(msg)
            time.sleep(_PAUSE)
        return wanted

    def wait_for_refusals(self, count: int, timeout: float = 60) -> datetime:
        """Wait until *count* writes were refused, and return the moment of the last: what an alarm would see."""
        until = time.monotonic() + timeout
        while len(self.refused) < count and time.monotonic() < until:
            time.sleep(_PAUSE)
        return self.refused[count - 1][1]

    def _write(self) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        number = 0
        while not self._end.is_set():
            number += 1
            region = self.region
            try:
                self.places[region].write(f"{number:06}")
            except (BotoCoreError, ClientError, NotTakenError):
                self.refused.append((region, datetime.now(UTC)))
            else:
                self.acknowledged.append((f"{number:06}", region, datetime.now(UTC)))
            time.sleep(_PAUSE)
