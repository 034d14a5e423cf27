"""How a bucket encrypts what is put into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.catalog.regions import partition_of
from constructs_lib.plan.document.arn import parse_arn

if TYPE_CHECKING:
    from constructs_lib.plan import Resource
    from constructs_lib.review.checks.roles.lookups import Lookups

__all__ = ["ENCRYPTION", "KEYS", "Encryption", "bucket_arn", "encryption_of", "key_arn_of", "key_meant", "stand_in"]

ENCRYPTION: Final = "aws_s3_bucket_server_side_encryption_configuration"
_ALIAS: Final = "aws_kms_alias"
_REAL: Final = ("aws_kms_key", "aws_kms_replica_key")
KEYS: Final = (*_REAL, _ALIAS)
_KMS: Final = frozenset({"aws:kms", "aws:kms:dsse"})


class Encryption(msgspec.Struct, frozen=True, kw_only=True):
    """How a bucket encrypts: with a KMS key or not, with which, and with a Bucket Key or not."""

    kms: bool
    key_arn: str | None
    key: Resource | None
    bucket_key: bool
    own: bool
    """Whether the key is one of the customer's, which permissions must name."""


def encryption_of(under_review: Lookups, bucket: Resource | None) -> Encryption | None:
    """Return how a bucket encrypts what is put into it; None where that is not in the plans."""
    return None if bucket is None else under_review.once(_encryption_of, bucket)


def _encryption_of(under_review: Lookups, bucket: Resource) -> Encryption | None:
    for part in under_review.parts_of(bucket.address, ENCRYPTION, "bucket"):
        return _read_encryption(under_review, part, ("rule", 0))
    inline = ("server_side_encryption_configuration", 0, "rule", 0)
    if bucket.get(*inline) and not bucket.left_out(inline[0], block=True):
        return _read_encryption(under_review, bucket, inline)
    return None


def _read_encryption(under_review: Lookups, part: Resource, place: tuple[str | int, ...]) -> Encryption | None:
    default = (*place, "apply_server_side_encryption_by_default", 0)
    algorithm = part.text(*default, "sse_algorithm")
    if algorithm is None:
        return None
    name = (*default, "kms_master_key_id")
    given = part.text(*name)
    # Left empty it means no key, and is not looked for.
    open_ = given is None and part.is_unknown(*name)
    key = key_meant(under_review, part, name) if given is not None or open_ else None
    return Encryption(
        kms=algorithm in _KMS,
        key_arn=key_arn_of(given, key),
        key=key,
        bucket_key=part.get(*place, "bucket_key_enabled") is True,
        own=given is not None or (open_ and not part.left_out(str(name[0]))),
    )


def key_meant(under_review: Lookups, resource: Resource, path: tuple[str | int, ...]) -> Resource | None:
    """Return the key that an argument means, itself or by its alias; the alias where its key is not told."""
    found = under_review.target(resource, path, *KEYS)
    if found is None or found.type != _ALIAS or found.text("target_key_arn") is not None:
        return found
    return under_review.target(found, "target_key_id", *_REAL) or found


def stand_in(key: Resource) -> str | None:
    """Return what stands for the ARN of a key that is to be made: nothing but a reference to it can mean that one."""
    return f"arn:aws:kms:::new/{key.address}" if key.type in _REAL and key.is_unknown("arn") else None


def key_arn_of(given: str | None, key: Resource | None) -> str | None:
    """Return the ARN of the key itself: permissions name keys, not aliases."""
    if key is not None:
        return key.text("target_key_arn" if key.type == "aws_kms_alias" else "arn")
    arn = parse_arn(given)
    return given if arn is not None and arn.resource.startswith("key/") else None


def bucket_arn(bucket: Resource | None) -> str | None:
    """Return the ARN of a bucket, which is made of its name; None where neither is known."""
    if bucket is None:
        return None
    name = bucket.text("bucket") or bucket.text("id")
    return bucket.text("arn") or (None if name is None else f"arn:{partition_of(bucket.region)}:s3:::{name}")
