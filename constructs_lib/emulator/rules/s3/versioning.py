"""S3: versioning that something else needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_PUT: Final = "s3:PutBucketVersioning"
_GUIDE: Final = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"


def _suspends(asked: Asked) -> bool:
    return bool(asked.parameters.get("VersioningConfiguration", {}).get("Status") == "Suspended")


@rule(
    "s3.versioning-of-a-replicated-bucket",
    _PUT,
    code="InvalidBucketState",
    status=409,
    code_from="seen",
    source=f"{_GUIDE}/replication-requirements.html; the message in public reports of `terraform destroy`",
)
async def _replicated(asked: Asked, inquiry: Inquiry) -> str | None:
    bucket = asked.parameters["Bucket"]
    if not _suspends(asked) or not await inquiry("s3", "GetBucketReplication", asked.region, Bucket=bucket):
        return None
    return (
        "A replication configuration is present on this bucket, so you cannot change the versioning state. To change"
        " the versioning state, first delete the replication configuration."
    )


@rule(
    "s3.versioning-of-a-locked-bucket",
    _PUT,
    code="InvalidBucketState",
    status=409,
    code_from="seen",
    source=f"{_GUIDE}/object-lock-configure.html; the message in https://github.com/badmintoncryer/cdk-preflight,"
    " rules/s3/pf-s3-objectlock-versioning-suspended",
)
async def _locked(asked: Asked, inquiry: Inquiry) -> str | None:
    found = await inquiry("s3", "GetObjectLockConfiguration", asked.region, Bucket=asked.parameters["Bucket"])
    if not _suspends(asked) or (found or {}).get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") != "Enabled":
        return None
    return "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."


RULES: Final = (_replicated, _locked)
