"""S3: lifecycle rules, policies, encryption and access logs of a bucket."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

#: What deployments were answered by AWS in September 2026.
_SEEN: Final = "https://github.com/badmintoncryer/cdk-preflight, rules/s3"
_LIFECYCLE: Final = "s3:PutBucketLifecycleConfiguration"
_GUIDE: Final = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
#: Down which objects move, and how many days they must have stayed where they leave.
_CLASSES: Final = ("STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")
_STAY: Final = {"STANDARD_IA": 30, "ONEZONE_IA": 30, "GLACIER_IR": 90, "GLACIER": 90}
_PREFIXES: Final = ("xn--", "sthree-", "amzn-s3-demo-")
_SUFFIXES: Final = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_ARCHIVES: Final = ("GLACIER", "DEEP_ARCHIVE")


def _rules(asked: Asked) -> list[Mapping[str, Any]]:
    rules: list[Mapping[str, Any]] = asked.parameters.get("LifecycleConfiguration", {}).get("Rules", [])
    return rules


def _days(one: Mapping[str, Any]) -> Mapping[str, int]:
    return {move["StorageClass"]: move["Days"] for move in one.get("Transitions", []) if "Days" in move}


@rule(
    "s3.lifecycle-days-out-of-order",
    _LIFECYCLE,
    code="InvalidArgument",
    code_from="seen",
    source=f"{_GUIDE}/lifecycle-transition-general-considerations.html; the messages in {_SEEN}"
    "/pf-s3-lifecycle-days-order and -min-storage-duration-chain, the code in public reports of both. That objects"
    " move to infrequent access after 30 days, S3 no longer asks",
)
async def _order(asked: Asked, _: Inquiry) -> str | None:
    for one in _rules(asked):
        days = _days(one)
        for before, after in ((a, b) for a in _CLASSES for b in _ARCHIVES if a in days and b in days and a != b):
            if _CLASSES.index(before) < _CLASSES.index(after) and days[after] < days[before] + _STAY.get(before, 1):
                return (
                    f"'Days' in the 'Transition' action for StorageClass '{after}' must be {_STAY.get(before, 1)} days"
                    f" more than the 'Transition' action for StorageClass '{before}'"
                )
        ends = one.get("Expiration", {}).get("Days")
        if ends is not None and any(moves >= ends for moves in days.values()):
            return "'Days' in the Expiration action must be greater than 'Days' in the Transition action"
    return None


@rule(
    "s3.lifecycle-rule-twice",
    _LIFECYCLE,
    code="InvalidArgument",
    code_from="seen",
    source="https://github.com/pingcap/tiflash/issues/9889 quotes code and message",
)
async def _twice(asked: Asked, _: Inquiry) -> str | None:
    given = [one["ID"] for one in _rules(asked) if one.get("ID")]
    if len(set(given)) == len(given):
        return None
    return "Rule ID must be unique. Found same ID for more than one rule"


def _statements(asked: Asked) -> list[Mapping[str, Any]]:
    try:
        statements = json.loads(asked.parameters.get("Policy", "{}")).get("Statement", [])
    except ValueError:
        return []
    return statements if isinstance(statements, list) else [statements]


def _texts(value: object) -> list[str]:
    return [value] if isinstance(value, str) else [one for one in value or [] if isinstance(one, str)]  # type: ignore[attr-defined]


@rule(
    "s3.policy-of-another-bucket",
    "s3:PutBucketPolicy",
    code="MalformedPolicy",
    code_from="seen",
    source="https://github.com/aws-samples/aws-media-services-vod-automation/issues/17 and"
    " https://github.com/hashicorp/terraform/issues/23570 quote code and message",
)
async def _other(asked: Asked, _: Inquiry) -> str | None:
    bucket = f"arn:aws:s3:::{asked.parameters['Bucket']}"
    for statement in _statements(asked):
        for resource in _texts(statement.get("Resource") or statement.get("NotResource")):
            if resource != bucket and not resource.startswith(f"{bucket}/"):
                return "Policy has invalid resource"
    return None


@rule(
    "s3.key-of-an-encryption-without-one",
    "s3:PutBucketEncryption",
    code="InvalidArgument",
    code_from="seen",
    source="botocore s3 ServerSideEncryptionByDefault.KMSMasterKeyID: only with aws:kms or aws:kms:dsse; the message in"
    f" {_SEEN}/pf-s3-encryption-kms-key-with-aes256, the code in LocalStack's snapshots of AWS",
)
async def _key(asked: Asked, _: Inquiry) -> str | None:
    for one in asked.parameters.get("ServerSideEncryptionConfiguration", {}).get("Rules", []):
        default = one.get("ApplyServerSideEncryptionByDefault", {})
        if default.get("KMSMasterKeyID") and not default.get("SSEAlgorithm", "").startswith("aws:kms"):
            return "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse"
    return None


@rule(
    "s3.access-log-in-another-region",
    "s3:PutBucketLogging",
    code="CrossLocationLoggingProhibitted",
    status=403,
    code_from="seen",
    source=f"{_GUIDE}/ServerLogs.html: both buckets in one Region; code and message in"
    " https://github.com/localstack/localstack/pull/9737, whose test was run on AWS",
)
async def _log(asked: Asked, inquiry: Inquiry) -> str | None:
    target = asked.parameters.get("BucketLoggingStatus", {}).get("LoggingEnabled", {}).get("TargetBucket")
    if not target:
        return None
    regions = {await inquiry.region_of_bucket(bucket) for bucket in (target, asked.parameters["Bucket"])}
    return "Cross S3 location logging not allowed." if None not in regions and len(regions) > 1 else None


@rule(
    "s3.access-log-into-nothing",
    "s3:PutBucketLogging",
    code="InvalidTargetBucketForLogging",
    code_from="seen",
    source=f"{_GUIDE}/enable-server-access-logging.html; https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses"
    ".html#ErrorCodeList, InvalidTargetBucketForLogging",
)
async def _nowhere(asked: Asked, inquiry: Inquiry) -> str | None:
    target = asked.parameters.get("BucketLoggingStatus", {}).get("LoggingEnabled", {}).get("TargetBucket")
    if not target or await inquiry.region_of_bucket(target):
        return None
    return "The target bucket for logging does not exist"


@rule(
    "s3.reserved-bucket-name",
    "s3:CreateBucket",
    code="InvalidBucketName",
    code_from="seen",
    source=f"{_GUIDE}/bucketnamingrules.html; the code in the list of S3's error codes",
)
async def _reserved(asked: Asked, _: Inquiry) -> str | None:
    name = asked.parameters["Bucket"]
    if name.startswith(_PREFIXES) or name.endswith(_SUFFIXES):
        return "The specified bucket is not valid."
    return None


@rule(
    "s3.public-policy-that-is-blocked",
    "s3:PutBucketPolicy",
    code="AccessDenied",
    status=403,
    code_from="seen",
    source=f"{_GUIDE}/access-control-block-public-access.html, BlockPublicPolicy; the code in many public reports",
)
async def _public(asked: Asked, inquiry: Inquiry) -> str | None:
    if not any(map(_opens, _statements(asked))):
        return None
    found = await inquiry("s3", "GetPublicAccessBlock", asked.region, Bucket=asked.parameters["Bucket"])
    if not (found or {}).get("PublicAccessBlockConfiguration", {}).get("BlockPublicPolicy"):
        return None
    return "Access Denied: public policies are blocked by the BlockPublicPolicy block public access setting"


def _opens(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    named = principal if isinstance(principal, str) else (principal or {}).get("AWS", [])
    return statement.get("Effect") == "Allow" and "*" in _texts(named) and not statement.get("Condition")


@rule(
    "s3.retention-that-is-over",
    "s3:PutObject PutObjectRetention CopyObject CreateMultipartUpload",
    code="InvalidArgument",
    code_from="seen",
    source=f"{_GUIDE}/object-lock-managing.html; code and message in public reports of it",
)
async def _over(asked: Asked, _: Inquiry) -> str | None:
    until = asked.parameters.get("ObjectLockRetainUntilDate")
    until = until or asked.parameters.get("Retention", {}).get("RetainUntilDate")
    if until is None or until.replace(tzinfo=until.tzinfo or UTC) > datetime.now(UTC):
        return None
    return "The retain until date must be in the future!"


@rule(
    "s3.default-retention-of-no-time",
    "s3:PutObjectLockConfiguration",
    code="InvalidArgument",
    code_from="seen",
    source="botocore s3 DefaultRetention.Days and Years; code and message in public reports of it",
)
async def _default(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters.get("ObjectLockConfiguration", {}).get("Rule", {}).get("DefaultRetention", {})
    if all(given.get(unit, 1) > 0 for unit in ("Days", "Years")):
        return None
    return "Default retention period must be a positive integer value."


RULES: Final = (_order, _twice, _other, _key, _log, _nowhere, _reserved, _public, _over, _default)
