"""What is done for each of many objects of a bucket, page by page, many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.operations.ask import moment_of
from constructs_lib.procedures import Each, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from constructs_lib.operations.clients import Clients
    from constructs_lib.operations.facts import Facts
    from constructs_lib.procedures import Step

__all__ = ["for_each_object"]

_AT_ONCE: Final = 16
_BATCH: Final = 1000
_STANDARD: Final = "STANDARD"


def for_each_object(step: Step, facts: Facts, clients: Clients, stop: Callable[[], bool]) -> int:
    """Make the step's call for each object it is for, and return for how many.

    Args:
        step: A step with `each`.
        facts: The component's.
        clients: What calls.
        stop: Asked between pages whether to leave off; what was done stays done, and is passed over the next time.
    """
    assert step.call is not None
    region = facts.region(step.call.region)
    home = step.call.region is Role.HOME
    bucket = str(facts.name("bucket" if home else "recovery_bucket"))
    if step.each is Each.WRITTEN_THERE:
        return _bring_home(facts, clients, stop, bucket=bucket, region=region)
    since = moment_of(facts.name("since"))
    assert since is not None, "whoever plans the operation settles the moment"
    if step.each is Each.DELETED_SINCE:
        return _undelete(clients, stop, bucket=bucket, region=region, since=since)
    return _roll_back(clients, stop, bucket=bucket, region=region, since=since)


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


def _undelete(clients: Clients, stop: Callable[[], bool], *, bucket: str, region: str, since: datetime) -> int:
    count = 0
    for page in _pages(clients, "ListObjectVersions", region, bucket):
        markers = [
            {"Key": item["Key"], "VersionId": item["VersionId"]}
            for item in page.get("DeleteMarkers", ())
            if item["IsLatest"] and _since(item, since)
        ]
        for start in range(0, len(markers), _BATCH):
            batch = markers[start : start + _BATCH]
            reply = clients.call(
                "s3",
                "DeleteObjects",
                region,
                {"Bucket": bucket, "Delete": {"Objects": batch, "Quiet": True}},
                changes=True,
            )
            _check(reply)
            count += len(batch)
        if stop():
            return count
    return count


def _roll_back(clients: Clients, stop: Callable[[], bool], *, bucket: str, region: str, since: datetime) -> int:
    """Copy the newest version from before *since* over each object whose newest is younger.

    Versions of a key follow one another, the newest first, also over the end of a page.
    """
    count = 0
    bad: str | None = None
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for page in _pages(clients, "ListObjectVersions", region, bucket):
            copies = []
            for item in page.get("Versions", ()):
                if item["IsLatest"]:
                    bad = item["Key"] if _since(item, since) else None
                elif bad is not None and item["Key"] == bad and not _since(item, since):
                    bad = None
                    copies.append(item)
            for _ in pool.map(lambda item: _copy(clients, item, bucket, bucket, region), copies):
                count += 1
            if stop():
                return count
    return count


def _bring_home(facts: Facts, clients: Clients, stop: Callable[[], bool], *, bucket: str, region: str) -> int:
    """Copy home what was written in the recovery Region: what is no replica, and is younger than what is at home."""
    there, source = str(facts.name("recovery_region")), str(facts.name("recovery_bucket"))
    count = 0
    for page in _pages(clients, "ListObjectsV2", there, source):
        for item in page.get("Contents", ()):
            if _is_newer(clients, item, bucket=bucket, region=region, source=source, there=there):
                _copy(clients, item, source, bucket, region)
                count += 1
        if stop():
            return count
    return count


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


def _copy(clients: Clients, item: Mapping[str, Any], source: str, bucket: str, region: str) -> None:
    copied = f"{source}/{item['Key']}"
    if item.get("VersionId"):
        copied += f"?versionId={item['VersionId']}"
    clients.call(
        "s3",
        "CopyObject",
        region,
        {
            "Bucket": bucket,
            "Key": item["Key"],
            "CopySource": copied,
            "StorageClass": item.get("StorageClass") or _STANDARD,
            "MetadataDirective": "COPY",
            "TaggingDirective": "COPY",
        },
        changes=True,
    )


def _since(item: Mapping[str, Any], since: datetime) -> bool:
    written = moment_of(item["LastModified"])
    return written is not None and written >= since


def _check(reply: Mapping[str, Any]) -> None:
    from botocore.exceptions import ClientError

    for trouble in reply.get("Errors", ()):
        raise ClientError({"Error": {"Code": trouble["Code"], "Message": trouble.get("Message", "")}}, "DeleteObjects")
