"""Writers that note what was acknowledged and when, and can be pointed at the other Region while they write."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator import EmulatedAws

__all__ = ["BucketPlace", "Place", "TablePlace", "Writer"]

_PAUSE = 0.05


class Place(Protocol):
    """Where a component can be written and read in one Region."""

    def write(self, key: str) -> None:
        """Write *key*; raises what the client raises where that is not acknowledged."""

    def keys(self) -> set[str]:
        """Return the keys that are there."""


@attrs.frozen(kw_only=True)
class TablePlace:
    """A table in a Region."""

    client: Any
    name: str

    @classmethod
    def of(cls, aws: EmulatedAws, region: str, name: str) -> TablePlace:
        """Return the table *name* in *region*."""
        return cls(client=aws.client("dynamodb", region), name=name)

    def write(self, key: str) -> None:
        """Write an item."""
        self.client.put_item(TableName=self.name, Item={"id": {"S": key}})

    def keys(self) -> set[str]:
        """Return the ids of all items."""
        pages = self.client.get_paginator("scan").paginate(TableName=self.name)
        return {item["id"]["S"] for page in pages for item in page["Items"]}


@attrs.frozen(kw_only=True)
class BucketPlace:
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
            except (BotoCoreError, ClientError):
                self.refused.append((region, datetime.now(UTC)))
            else:
                self.acknowledged.append((f"{number:06}", region, datetime.now(UTC)))
            time.sleep(_PAUSE)
