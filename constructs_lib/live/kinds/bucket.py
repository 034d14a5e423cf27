"""Buckets of a Region, with versioning, replication, lifecycle and lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.live.found import Found
from constructs_lib.live.region import REFUSED
from constructs_lib.live.terraform_names import blocks, tags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.live.region import Region

_ELSEWHERE: Final = ("PermanentRedirect", "NoSuchBucket", "301")
_NAMES: Final = {
    "Rules": "rule",
    "Transitions": "transition",
    "NoncurrentVersionTransitions": "noncurrent_version_transition",
}


def read_buckets(region: Region) -> list[Found]:
    """Return the buckets of *region* and what is set on each; 1 call, and 6 for each bucket."""
    named = region.pages("s3", "list_buckets", "Buckets", BucketRegion=region.name)
    buckets = [item for item in named if item.get("BucketRegion") in (None, region.name)]
    return [found for items in region.each(buckets, lambda item: list(_read(region, item))) for found in items]


def _read(region: Region, item: dict[str, Any]) -> Iterator[Found]:
    name = str(item["Name"])
    if item.get("BucketRegion") is None and not _is_here(region, name):
        return
    tagged = _ask(region, "get_bucket_tagging", name, "NoSuchTagSet")
    yield Found(
        type="aws_s3_bucket",
        name=name,
        region=region.name,
        values={
            "bucket": name,
            "id": name,
            "arn": f"arn:aws:s3:::{name}",
            "region": region.name,
            "tags_all": {} if tagged in (None, REFUSED) else tags(tagged.get("TagSet")),
        },
    )
    versioning = _ask(region, "get_bucket_versioning", name)
    status = None if versioning in (None, REFUSED) else versioning.get("Status", "Disabled")
    yield _part(
        region, name, "aws_s3_bucket_versioning", {"versioning_configuration": [{"status": status}]}, versioning
    )
    replication = _ask(
        region,
        "get_bucket_replication",
        name,
        "ReplicationConfigurationNotFoundError",
        "NoSuchReplicationConfiguration",
    )
    if replication is not None:
        given = {} if replication is REFUSED else replication["ReplicationConfiguration"]
        yield _part(region, name, "aws_s3_bucket_replication_configuration", blocks(given, _NAMES), replication)
    lifecycle = _ask(region, "get_bucket_lifecycle_configuration", name, "NoSuchLifecycleConfiguration")
    if lifecycle is not None:
        rules = [] if lifecycle is REFUSED else lifecycle.get("Rules", [])
        yield _part(region, name, "aws_s3_bucket_lifecycle_configuration", blocks({"Rules": rules}, _NAMES), lifecycle)
    lock = _ask(region, "get_object_lock_configuration", name, "ObjectLockConfigurationNotFoundError")
    if lock is not None:
        given = {} if lock is REFUSED else lock["ObjectLockConfiguration"]
        yield _part(region, name, "aws_s3_bucket_object_lock_configuration", blocks(given), lock)
    encryption = _ask(region, "get_bucket_encryption", name, "ServerSideEncryptionConfigurationNotFoundError")
    if encryption is not None and encryption is not REFUSED:
        given = blocks(
            encryption["ServerSideEncryptionConfiguration"], {"KMSMasterKeyID": "kms_master_key_id", **_NAMES}
        )
        yield _part(region, name, "aws_s3_bucket_server_side_encryption_configuration", given, encryption)


def _is_here(region: Region, name: str) -> bool:
    """Tell whether a bucket is in the Region, where the listing does not say."""
    answer = region.ask("s3", "get_bucket_location", name, absent=_ELSEWHERE, Bucket=name)
    if answer is None or answer is REFUSED:
        return False
    return (answer.get("LocationConstraint") or "us-east-1") == region.name


def _ask(region: Region, operation: str, name: str, *absent: str) -> Any:
    return region.ask("s3", operation, name, absent=absent, Bucket=name)


def _part(region: Region, bucket: str, type: str, values: dict[str, Any], answer: Any) -> Found:
    refused = answer is REFUSED
    return Found(
        type=type,
        name=bucket,
        region=region.name,
        values={"bucket": bucket, "id": bucket, **({} if refused else values)},
        unknown=tuple(values) or ("rule",) if refused else (),
    )
