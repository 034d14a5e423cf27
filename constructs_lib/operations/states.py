"""Terraform's states and their copies: which is the newest, how old it is, and whether somebody holds a lock.

A copy that was replicated can be old, or carry the lock of somebody who will not come back. So every bucket that the
stacks keep states in is asked for each state; only `serial` and `lineage` are read of it, and nothing is shown else.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs_lib.operations.clients import Clients
    from constructs_lib.plan.document.stack import KeptState

__all__ = ["Copy", "FoundState", "look_at_states"]

_LOCK: Final = ".tflock"
"""What the key of a lock ends with, beside that of the state (`use_lockfile`)."""
_ABSENT: Final = ("NoSuchKey", "404")
_BEHIND: Final = ("PENDING", "FAILED")
"""What S3 says of an object that is not, or not yet, in the other bucket."""
_NOT_THERE: Final = "does not have it"
_SILENT: Final = "does not answer"


class _State(msgspec.Struct):
    """What of a state is read."""

    serial: int
    lineage: str


class _Lock(msgspec.Struct):
    """What of a lock is read."""

    ID: str = "without an id"
    Who: str = "somebody"
    Created: str = "some time"


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """A state as one bucket has it.

    Attributes:
        bucket: The bucket.
        region: Its Region.
        home: Whether the stack itself is kept there.
        serial: Its number, which grows with each change; None where there is none, or it was not read.
        lineage: Which state it is: two of different lineage have nothing to do with each other.
        written: When the bucket got it, in ISO 8601.
        replication: What S3 says of its replication, such as `REPLICA`, `COMPLETED`, `PENDING` or `FAILED`.
        lock: Who holds it, in words; None: nobody.
        trouble: Why it was not read; None where it was.
    """

    bucket: str
    region: str
    home: bool
    serial: int | None = None
    lineage: str | None = None
    written: str | None = None
    replication: str | None = None
    lock: str | None = None
    trouble: str | None = None


class FoundState(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one stack, wherever it is.

    Attributes:
        stack: The stack.
        key: Its key in the buckets.
        copies: As each bucket has it, that of the stack's own backend first.
    """

    stack: str
    key: str
    copies: tuple[Copy, ...]

    @property
    def newest(self) -> Copy | None:
        """The copy to use: of the highest number, and of those the stack's own; None where none was read."""
        read = [item for item in self.copies if item.serial is not None]
        return max(read, key=lambda item: (item.serial, item.home), default=None)

    def troubles(self) -> Iterator[str]:
        """Yield what is to be cleared up before one of the copies is used, each with what to do."""
        newest = self.newest
        if newest is None or newest.serial is None:
            yield "no bucket has it, or lets it be read"
            return
        if len({item.lineage for item in self.copies if item.lineage}) > 1:
            yield "the copies are different states (of other lineage): use none before you know which is whose"
        for item in self.copies:
            where = f"{item.bucket} in {item.region}"
            if item.serial is not None and item.serial < newest.serial:
                yield (
                    f"{where} is {newest.serial - item.serial} behind ({item.serial}, and {newest.serial} is in "
                    f"{newest.bucket}): do not use it"
                )
            if item.replication in _BEHIND:
                yield f"{where} has not been replicated ({item.replication}): other buckets may have an older one"
            if item.lock is not None:
                yield f"{where} is locked by {item.lock}: see that nobody works with it, then terraform force-unlock"
            if item.home and item.serial is None:
                yield (
                    f"{where}, where it is kept, {item.trouble}: it may have a newer one than {newest.serial}, of "
                    f"{newest.written}; compare with the last run that you know of"
                )
        if not any(item.serial is not None for item in self.copies if item is not newest):
            yield f"only {newest.bucket} in {newest.region} has it: it is lost with that Region; replicate the bucket"


def look_at_states(states: Iterable[KeptState], clients: Clients) -> tuple[FoundState, ...]:
    """Return what every bucket has of each state: the stack's own, and those that the other stacks are kept in."""
    known = list(states)
    buckets = dict.fromkeys((item.bucket, item.region) for item in known)
    return tuple(
        FoundState(
            stack=item.stack,
            key=item.key,
            copies=tuple(
                _copy(clients, item.key, bucket, region, home=(bucket, region) == (item.bucket, item.region))
                for bucket, region in sorted(buckets, key=lambda place: place != (item.bucket, item.region))
            ),
        )
        for item in known
    )


def _copy(clients: Clients, key: str, bucket: str, region: str, *, home: bool) -> Copy:
    place = Copy(bucket=bucket, region=region, home=home)
    found = _object(clients, key, bucket, region)
    if isinstance(found, str):
        return replace(place, trouble=found)
    text, reply = found
    try:
        state = msgspec.json.decode(text, type=_State)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return replace(place, trouble="holds something that is no state")
    return replace(
        place,
        serial=state.serial,
        lineage=state.lineage,
        written=str(reply.get("LastModified")),
        replication=reply.get("ReplicationStatus"),
        lock=_lock(clients, key, bucket, region),
    )


def _lock(clients: Clients, key: str, bucket: str, region: str) -> str | None:
    found = _object(clients, f"{key}{_LOCK}", bucket, region)
    if isinstance(found, str):
        return None if found == _NOT_THERE else f"whom nobody can tell ({found})"
    try:
        lock = msgspec.json.decode(found[0], type=_Lock)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        lock = _Lock()
    return f"{lock.Who} since {lock.Created} ({lock.ID})"


def _object(clients: Clients, key: str, bucket: str, region: str) -> tuple[bytes, Mapping[str, Any]] | str:
    """Return what an object holds, and what S3 says of it; or why there is none to read, in words."""
    from botocore.exceptions import BotoCoreError, ClientError

    from constructs_lib.operations.clients import TakesTooLongError

    try:
        reply = clients.call_briefly("s3", "GetObject", region, {"Bucket": bucket, "Key": key})
        return reply["Body"].read(), reply
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if error.response["ResponseMetadata"].get("HTTPStatusCode", 0) >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return _SILENT
        return _NOT_THERE if code in _ABSENT else f"does not let it be read ({code})"
    except (BotoCoreError, TakesTooLongError):
        return _SILENT
