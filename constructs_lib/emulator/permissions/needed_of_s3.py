"""What IAM asks of a caller of S3, whose actions are not its operations, and of the keys of what it reads and writes.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html (the actions of each
operation), https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html (keys),
https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html (what is not there, for who may not list).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, unquote

from constructs_lib.emulator.permissions.in_force import InForce
from constructs_lib.emulator.permissions.policy import Request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.permissions.conditions import Context

_ACTIONS: Final[Mapping[str, str]] = {
    # Two operations of one request.
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
}
"""Operations whose permission has another name."""
_READS: Final = frozenset({"GetObject", "GetObjectTagging", "HeadObject"})
_SSE_KMS: Final = "aws:kms"


async def needed_of_s3(asked: Asked, inquiry: Inquiry, caller: str) -> AsyncIterator[Request]:
    """Yield everything that the policies of `caller` must allow for a call to S3."""

    def on(action: str, bucket: str, key: str | None = None) -> Request:
        resource = f"arn:aws:s3:::{bucket}" + ("" if key is None else f"/{key}")
        return Request(action=f"s3:{action}", resource=resource, arn=caller)

    given, operation = asked.parameters, asked.operation
    source = asked.call.headers.get("x-amz-copy-source")
    bucket, key = given.get("Bucket"), given.get("Key")
    if bucket is None:
        yield Request(action=f"s3:{_ACTIONS.get(operation, operation)}", resource="*", arn=caller)
    elif operation in _READS:
        async for request in _reading(on, operation, inquiry, asked.region, bucket, str(key), given.get("VersionId")):
            yield request
    elif operation in ("PutObject", "CopyObject", "CreateMultipartUpload"):
        # A copy is a write with another header, and is read as one.
        if source is not None:
            path, _, query = source.lstrip("/").partition("?")
            from_, _, name = unquote(path).partition("/")
            version = parse_qs(query).get("versionId", [None])[0]
            region = await inquiry.region_of_bucket(from_) or asked.region
            async for request in _reading(on, "GetObject", inquiry, region, from_, name, version):
                yield request
            named = {"VersionId": version} if version else {}
            tags = await inquiry("s3", "GetObjectTagging", region, Bucket=from_, Key=name, **named)
            if (tags or {}).get("TagSet") and asked.call.headers.get("x-amz-tagging-directive") != "REPLACE":
                yield on("GetObjectVersionTagging" if version else "GetObjectTagging", from_, name)
                yield on("PutObjectTagging", bucket, key)
        yield on("PutObject", bucket, key)
        if given.get("Tagging"):
            yield on("PutObjectTagging", bucket, key)
        told = await inquiry("s3", "GetBucketEncryption", asked.region, Bucket=bucket)
        by_default = _default_key(told or {}) if given.get("ServerSideEncryption", _SSE_KMS) == _SSE_KMS else None
        async for request in _key(given.get("SSEKMSKeyId") or by_default, "GenerateDataKey", inquiry, caller):
            yield request
    elif operation == "DeleteObjects":
        for item in given["Delete"]["Objects"]:
            yield on("DeleteObjectVersion" if item.get("VersionId") else "DeleteObject", bucket, item["Key"])
    elif operation == "DeleteObject":
        yield on("DeleteObjectVersion" if given.get("VersionId") else "DeleteObject", bucket, key)
    else:
        yield on(_ACTIONS.get(operation, operation), bucket, key)


async def _reading(
    on: Any, operation: str, inquiry: Inquiry, region: str, bucket: str, key: str, version: str | None
) -> AsyncIterator[Request]:
    named = {"VersionId": version} if version else {}
    found = await inquiry("s3", "HeadObject", region, Bucket=bucket, Key=key, **named)
    if found is None:
        # Who may not list is not told that there is none.
        yield on("ListBucket", bucket)
    of = "GetObjectVersion" if version else "GetObject"
    yield on(of + ("Tagging" if operation == "GetObjectTagging" else ""), bucket, key)
    if found is not None and operation != "GetObjectTagging":
        async for request in _key(found.get("SSEKMSKeyId"), "Decrypt", inquiry, on("", bucket).arn):
            yield request


async def _key(key: str | None, action: str, inquiry: Inquiry, caller: str) -> AsyncIterator[Request]:
    if key is not None and key.startswith("arn:"):
        aliases = await InForce(inquiry).aliases(key)
        context: Context = {"kms:ResourceAliases": aliases, "kms:ViaService": f"s3.{key.split(':')[3]}.amazonaws.com"}
        yield Request(action=f"kms:{action}", resource=key, arn=caller, context=context)


def _default_key(told: Mapping[str, Any]) -> str | None:
    for rule in told.get("ServerSideEncryptionConfiguration", {}).get("Rules", ()):
        key: str | None = rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")
        if key:
            return key
    return None
