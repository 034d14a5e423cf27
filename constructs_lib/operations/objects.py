"""What is done for each of many objects of a bucket, page by page, many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import parsedate_to_datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.limits import limit
from constructs_lib.errors import RefusedError
from constructs_lib.operations.ask import moment_of
from constructs_lib.operations.object_copies import STANDARD, change, copy, try_copy
from constructs_lib.plural import plural
from constructs_lib.procedures import Each, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from constructs_lib.operations.clients import Clients
    from constructs_lib.operations.facts import Facts
    from constructs_lib.procedures import Step

__all__ = ["SAMPLE", "as_it_was", "empty_bucket", "for_each_object", "objects_in"]

_AT_ONCE: Final = 16
_BATCH: Final = 1000
_SAMPLED: Final = 100
"""Objects of a sample at most."""
_SAMPLED_BYTES: Final = 1024**3
"""Bytes of a sample at most."""
_SAMPLED_PAGES: Final = 20
"""Pages of a listing that are read for a sample at most."""
_NOT_READABLE: Final = ("InvalidObjectState", "ObjectNotInActiveTierError")
"""What S3 says of an object that has to be restored before it can be read."""
_NAMED: Final = 5
"""How many objects are named that cannot be copied."""
_ROLLING_BACK: Final = "rolling_back_since"
"""The name under which is kept when the copying of older versions began, by AWS's clock."""
SAMPLE: Final = "sample"
"""The name under which is kept what a sample came to."""


def for_each_object(
    step: Step, facts: Facts, clients: Clients, save: Callable[[], None] = lambda: None
) -> Iterator[int]:
    """Make the step's call for each object it is for; yield for how many, page by page.

    Whoever leaves off between pages finds done what was done, and it is passed over the next time.

    Args:
        step: A step with `each`.
        facts: The component's.
        clients: What calls.
        save: Writes down what is kept.

    Raises:
        RefusedError: If some cannot be copied; all others are.
    """
    assert step.call is not None
    region = facts.region(step.call.region)
    home = step.call.region is Role.HOME
    bucket = str(facts.name("bucket" if home else "recovery_bucket"))
    if step.each is Each.SAMPLED:
        yield _sample(facts, clients, bucket=bucket, region=region, key=facts.name("key" if home else "recovery_key"))
        return
    if step.each is Each.WRITTEN_THERE:
        yield from _bring_home(facts, clients, bucket=bucket, region=region)
        return
    since = moment_of(facts.name("since"))
    assert since is not None, "whoever plans the operation settles the moment"
    if step.each is Each.DELETED_SINCE:
        yield from _undelete(clients, bucket=bucket, region=region, since=since)
        return
    begun = _rolling_back_since(facts, clients, save, bucket=bucket, region=region)
    yield from _roll_back(clients, bucket=bucket, region=region, since=since, begun=begun)


def _pages(clients: Clients, operation: str, region: str, bucket: str, **more: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the pages of a listing, so that a bucket of many objects is never held whole."""
    markers: dict[str, Any] = {}
    names = (
        {"NextKeyMarker": "KeyMarker", "NextVersionIdMarker": "VersionIdMarker"}
        if operation == "ListObjectVersions"
        else {"NextContinuationToken": "ContinuationToken"}
    )
    while True:
        page = clients.page("s3", operation, region, {"Bucket": bucket, **markers, **more})
        yield page
        if not page.get("IsTruncated"):
            return
        markers = {wanted: page[found] for found, wanted in names.items() if page.get(found)}


def _undelete(clients: Clients, *, bucket: str, region: str, since: datetime) -> Iterator[int]:
    for page in _pages(clients, "ListObjectVersions", region, bucket):
        markers = [item for item in page.get("DeleteMarkers", ()) if item["IsLatest"] and _since(item, since)]
        for start in range(0, len(markers), _BATCH):
            _delete(clients, bucket, region, markers[start : start + _BATCH])
        yield len(markers)


def _rolling_back_since(
    facts: Facts, clients: Clients, save: Callable[[], None], *, bucket: str, region: str
) -> datetime | None:
    """Return when the copying began by AWS's clock: what is younger was written by it, or by whoever was let in again.

    The clock here may be behind, and what did the damage a moment ago would be taken for a copy.
    """
    if facts.name(_ROLLING_BACK) is None:
        reply = clients.call("s3", "HeadBucket", region, {"Bucket": bucket}, changes=False)
        date = reply.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
        if date is None:
            return None
        # It is told to the second: what was written in this one may be the damage.
        facts.keep(_ROLLING_BACK, (parsedate_to_datetime(date) + timedelta(seconds=1)).isoformat())
        save()
    return moment_of(facts.name(_ROLLING_BACK))


def _roll_back(clients: Clients, *, bucket: str, region: str, since: datetime, begun: datetime | None) -> Iterator[int]:
    """Copy what each object was before *since* over it where its newest version is younger."""
    keys = _by_key(_pages(clients, "ListObjectVersions", region, bucket))
    refused = list[str]()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while some := list(islice(keys, _BATCH)):
            copies = [item for held in some for item in _before(held, since, begun)]
            answers = list(pool.map(lambda item: try_copy(clients, item, bucket, bucket, region, region), copies))
            refused += [why for why in answers if why is not None]
            yield answers.count(None)
    _check_all_copied(refused)


def _before(held: Sequence[Mapping[str, Any]], since: datetime, begun: datetime | None) -> Iterator[Mapping[str, Any]]:
    """Yield what a key was before *since*, where it is another now; what had been deleted by then stays as it is."""
    now = next((item for item in held if item["IsLatest"]), None)
    if now is None or now["Size"] is None or not _since(now, since):
        return
    if begun is None or not _since(now, begun):
        yield from _newest(held, since)


def _check_all_copied(refused: Sequence[str]) -> None:
    """Say which objects are not copied: one of them keeps nobody from the others.

    Raises:
        RefusedError: If there are any.
    """
    if refused:
        more = f" and {len(refused) - _NAMED} more" if len(refused) > _NAMED else ""
        some = plural(len(refused), "object")
        msg = f"{some} cannot be copied, and all others are: {'; '.join(refused[:_NAMED])}{more}"
        raise RefusedError(msg)


def _bring_home(facts: Facts, clients: Clients, *, bucket: str, region: str) -> Iterator[int]:
    """Copy home what was written in the recovery Region: what is no replica, and is younger than what is at home."""
    there, source = str(facts.name("recovery_region")), str(facts.name("recovery_bucket"))
    refused = list[str]()

    def bring(item: Mapping[str, Any]) -> tuple[bool, str | None]:
        newer = _is_newer(clients, item, bucket=bucket, region=region, source=source, there=there)
        return newer, try_copy(clients, item, source, bucket, region, there) if newer else None

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for page in _pages(clients, "ListObjectsV2", there, source):
            answers = [why for newer, why in pool.map(bring, page.get("Contents", ())) if newer]
            refused += [why for why in answers if why is not None]
            yield answers.count(None)
    _check_all_copied(refused)


def _is_newer(clients: Clients, item: Mapping[str, Any], *, bucket: str, region: str, source: str, there: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        home = clients.call("s3", "HeadObject", region, {"Bucket": bucket, "Key": item["Key"]}, changes=False)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey", "NotFound"):
            raise
        home = None
    if home is not None and home.get("ETag") == item.get("ETag"):
        return False
    head = clients.call("s3", "HeadObject", there, {"Bucket": source, "Key": item["Key"]}, changes=False)
    if head.get("ReplicationStatus") == "REPLICA":
        return False
    written = moment_of(item["LastModified"])
    at_home = None if home is None else moment_of(home.get("LastModified"))
    return at_home is None or (written is not None and written > at_home)


def _sample(facts: Facts, clients: Clients, *, bucket: str, region: str, key: str | None) -> int:
    """Copy some of what *bucket* held at the moment to the drill's bucket, and keep what it came to.

    They are the first keys of the listing whose objects can be read at once, as many and as large as a sample may be.
    """
    until = moment_of(facts.name("as_of"))
    assert until is not None, "whoever plans the drill settles the moment"
    archives = limit("s3.archive_storage_class").values
    copies: list[Mapping[str, Any]] = []
    newest, size, passed = "", 0, 0
    for item in as_it_was(islice(_pages(clients, "ListObjectVersions", region, bucket), _SAMPLED_PAGES), until):
        newest = max(newest, item["LastModified"])
        if item.get("StorageClass") in archives or size + item["Size"] > _SAMPLED_BYTES:
            passed += 1
            continue
        copies.append(item)
        size += item["Size"]
        if len(copies) == _SAMPLED:
            break
    # As what it is read from: with the workload's key, whatever the account's default is.
    encrypted = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}
    restored = str(facts.name("restored"))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        read = list(pool.map(lambda item: _read(clients, item, bucket, restored, region, encrypted), copies))
    copied = [item for item, is_read in zip(copies, read, strict=True) if is_read]
    facts.keep(
        SAMPLE,
        {
            "objects": len(copied),
            "bytes": sum(item["Size"] for item in copied),
            "older": sum(not item["IsLatest"] for item in copied),
            "passed_over": passed + len(copies) - len(copied),
            "newest": newest or None,
        },
    )
    return len(copied)


def as_it_was(pages: Iterable[Mapping[str, Any]], until: datetime) -> Iterator[Mapping[str, Any]]:
    """Yield the version of each key that was the newest before *until*, where it had not been deleted by then."""
    return chain.from_iterable(_newest(held, until) for held in _by_key(pages))


def _by_key(pages: Iterable[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    """Yield all versions of each key, of which markers have no `Size`; they may go on over the end of a page."""
    held: list[Mapping[str, Any]] = []
    for page in pages:
        markers = [{**item, "Size": None} for item in page.get("DeleteMarkers", ())]
        # As S3 lists them: by bytes.
        for item in sorted([*page.get("Versions", ()), *markers], key=lambda item: str(item["Key"]).encode()):
            if held and held[0]["Key"] != item["Key"]:
                yield held
                held = []
            held.append(item)
    if held:
        yield held


def _newest(versions: Sequence[Mapping[str, Any]], until: datetime) -> Iterator[Mapping[str, Any]]:
    # S3 dates to the second; of two within one, the latest is the later.
    before = [item for item in versions if not _since(item, until)]
    newest = max(before, key=lambda item: (moment_of(item["LastModified"]), item["IsLatest"]), default=None)
    if newest is not None and newest["Size"] is not None:
        yield newest


def _read(
    clients: Clients, item: Mapping[str, Any], source: str, bucket: str, region: str, encrypted: Mapping[str, str]
) -> bool:
    """Copy one object of a sample; tell whether it could be read."""
    from botocore.exceptions import ClientError

    try:
        # A class with a shortest time of storage would be paid for long after the drill.
        copy(clients, {**item, "StorageClass": STANDARD}, source, bucket, region, encrypted)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NOT_READABLE:
            raise
        return False
    return True


def objects_in(clients: Clients, bucket: str, region: str) -> tuple[int, int]:
    """Return how many objects are in *bucket*, and their bytes."""
    sizes = [
        item["Size"] for page in _pages(clients, "ListObjectsV2", region, bucket) for item in page.get("Contents", ())
    ]
    return len(sizes), sum(sizes)


def empty_bucket(clients: Clients, bucket: str, region: str, stop: Callable[[], bool]) -> bool:
    """Delete every version in *bucket*, which is a drill's own; tell whether it came to the end.

    Raises:
        ClientError: If one is not deleted.
    """
    while not stop():
        page = clients.page("s3", "ListObjectVersions", region, {"Bucket": bucket})
        found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        if not found:
            return True
        _delete(clients, bucket, region, found)
    return False


def _delete(clients: Clients, bucket: str, region: str, versions: Sequence[Mapping[str, Any]]) -> None:
    objects = [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in versions]
    given = {"Bucket": bucket, "Delete": {"Objects": objects, "Quiet": True}}
    _check(change(clients, "DeleteObjects", region, given))


def _since(item: Mapping[str, Any], since: datetime) -> bool:
    written = moment_of(item["LastModified"])
    return written is not None and written >= since


def _check(reply: Mapping[str, Any]) -> None:
    from botocore.exceptions import ClientError

    for trouble in reply.get("Errors", ()):
        raise ClientError({"Error": {"Code": trouble["Code"], "Message": trouble.get("Message", "")}}, "DeleteObjects")
