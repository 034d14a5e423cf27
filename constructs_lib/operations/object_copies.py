"""How an object of a bucket is copied: in one call or in parts, and again where S3 puts it off."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from constructs_lib.catalog.limits import limit
from constructs_lib.operations.trouble import is_refusal, passes, said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.operations.clients import Clients

__all__ = ["STANDARD", "change", "copy", "try_copy"]

STANDARD: Final = "STANDARD"
"""The storage class of what names none."""
_PART: Final = 256 * 1024**2
"""Bytes of a part: few enough for one answer in time, many enough for an object of terabytes."""
_CARRIED: Final = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Expires",
    "Metadata",
    "WebsiteRedirectLocation",
)
"""What a copy in one call takes over by itself."""
_PAUSES: Final = (1, 2, 4, 8, 16)
"""Seconds before an object is tried again that S3 puts off (`SlowDown`), as it does with many at once."""


def copy(
    clients: Clients,
    item: Mapping[str, Any],
    source: str,
    bucket: str,
    region: str,
    encrypted: Mapping[str, str] | None = None,
) -> None:
    """Copy an object that is small enough for one call, with its metadata and tags."""
    change(
        clients,
        "CopyObject",
        region,
        {
            "Bucket": bucket,
            "Key": item["Key"],
            "CopySource": _version_of(item, source),
            "StorageClass": item.get("StorageClass") or STANDARD,
            "MetadataDirective": "COPY",
            "TaggingDirective": "COPY",
            **(encrypted or {}),
        },
    )


def _version_of(item: Mapping[str, Any], bucket: str) -> dict[str, Any]:
    """Return which version is meant, in parts: a key may hold what would be taken for the version."""
    version = {"VersionId": item["VersionId"]} if item.get("VersionId") else {}
    return {"Bucket": bucket, "Key": item["Key"], **version}


def _copy_in_parts(
    clients: Clients, item: Mapping[str, Any], source: str, bucket: str, region: str, there: str
) -> None:
    """Copy an object that is too large for one call, with what one call takes over by itself.

    What is left of it where it does not come to its end goes by the bucket's lifecycle.
    """
    copied, to = _version_of(item, source), {"Bucket": bucket, "Key": item["Key"]}
    head = clients.call("s3", "HeadObject", there, copied, changes=False)
    tags = clients.call("s3", "GetObjectTagging", there, copied, changes=False).get("TagSet")
    given = {name: head[name] for name in _CARRIED if head.get(name)}
    if tags:
        given["Tagging"] = urlencode([(tag["Key"], tag["Value"]) for tag in tags], quote_via=quote)
    made = {**to, "StorageClass": item.get("StorageClass") or STANDARD, **given}
    upload = change(clients, "CreateMultipartUpload", region, made)["UploadId"]
    size = int(item["Size"])
    length = max(_PART, -(-size // _most("s3.upload_parts")))
    parts = []
    for number, start in enumerate(range(0, size, length), 1):
        part = {"PartNumber": number, "UploadId": upload, "CopySource": copied}
        bytes_ = f"bytes={start}-{min(start + length, size) - 1}"
        answer = change(clients, "UploadPartCopy", region, {**to, **part, "CopySourceRange": bytes_})
        parts.append({"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]})
    change(clients, "CompleteMultipartUpload", region, {**to, "UploadId": upload, "MultipartUpload": {"Parts": parts}})


def change(clients: Clients, operation: str, region: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make a call that does no harm twice; one of a million that S3 puts off does not end the others."""
    from botocore.exceptions import BotoCoreError, ClientError

    for pause in _PAUSES:
        try:
            return clients.call("s3", operation, region, parameters, changes=True)
        except (BotoCoreError, ClientError) as error:
            if not passes(error):
                raise
            time.sleep(pause)
    return clients.call("s3", operation, region, parameters, changes=True)


def try_copy(
    clients: Clients, item: Mapping[str, Any], source: str, bucket: str, region: str, there: str
) -> str | None:
    """Copy an object; return which it is and why where it is this one that S3 refuses, as one in an archive."""
    from botocore.exceptions import ClientError

    try:
        if (item.get("Size") or 0) > _most("s3.copy_bytes"):
            _copy_in_parts(clients, item, source, bucket, region, there)
        else:
            copy(clients, item, source, bucket, region)
    except ClientError as error:
        if not is_refusal(error):
            raise
        return f"{item['Key']} ({said(error)})"
    return None


def _most(id: str) -> int:
    most = limit(id).most
    assert most is not None, f"{id} is a range"
    return most
