"""S3: what a replication configuration may say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_PUT: Final = "s3:PutBucketReplication"
_RTC_MINUTES: Final = 15
_LONGEST_ID: Final = 255
_ROLE: Final = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")
#: What deployments were answered by AWS in September 2026.
_SEEN: Final = "https://github.com/badmintoncryer/cdk-preflight,"
_VERSION: Final = "for this version of Cross Region Replication configuration schema"


def _rules(asked: Asked) -> list[Mapping[str, Any]]:
    rules: list[Mapping[str, Any]] = asked.parameters.get("ReplicationConfiguration", {}).get("Rules", [])
    return rules


@rule(
    "s3.existing-object-replication",
    _PUT,
    code="MalformedXML",
    code_from="seen",
    source="https://github.com/hashicorp/terraform-provider-aws/issues/43746 and /23803; existing objects are for Batch"
    " Replication: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-batch.html",
)
async def _existing(asked: Asked, _: Inquiry) -> str | None:
    if not any("ExistingObjectReplication" in one for one in _rules(asked)):
        return None
    return "The XML you provided was not well-formed or did not validate against our published schema"


@rule(
    "s3.replication-time-of-15-minutes",
    _PUT,
    code="InvalidArgument",
    code_from="memory",
    source="botocore s3 ReplicationTimeValue.Minutes, ReplicationTime: 15 is the only value, with metrics of the same;"
    f" the messages in {_SEEN} rules/s3/pf-s3-replication-rtc-minutes-15 and -rtc-needs-metrics",
)
async def _time(asked: Asked, _: Inquiry) -> str | None:
    for one in _rules(asked):
        destination = one.get("Destination", {})
        time, metrics = destination.get("ReplicationTime", {}), destination.get("Metrics", {})
        for minutes in (time.get("Time", {}).get("Minutes"), metrics.get("EventThreshold", {}).get("Minutes")):
            if minutes not in (None, _RTC_MINUTES):
                return f"Invalid time minute value: {minutes}; the only one is {_RTC_MINUTES}"
        if time.get("Status") == "Enabled" and metrics.get("Status") != "Enabled":
            return "Replication destination must contain both ReplicationTime and Metrics or neither."
    return None


@rule(
    "s3.replication-of-encrypted-objects-needs-key",
    _PUT,
    code="InvalidRequest",
    code_from="seen",
    source="botocore s3 Destination.EncryptionConfiguration: required if SourceSelectionCriteria is specified"
    "; code and message in comments of public Terraform modules",
)
async def _key(asked: Asked, _: Inquiry) -> str | None:
    for one in _rules(asked):
        encrypted = one.get("SourceSelectionCriteria", {}).get("SseKmsEncryptedObjects", {}).get("Status") == "Enabled"
        if encrypted and not one.get("Destination", {}).get("EncryptionConfiguration", {}).get("ReplicaKmsKeyID"):
            return "ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present."
    return None


@rule(
    "s3.replication-threshold-without-time-control",
    _PUT,
    code="InvalidArgument",
    code_from="seen",
    source="https://github.com/hashicorp/terraform-provider-aws/issues/22774 and"
    " https://github.com/pulumi/pulumi-aws/issues/5806 quote code and message",
)
async def _threshold(asked: Asked, _: Inquiry) -> str | None:
    for one in _rules(asked):
        destination = one.get("Destination", {})
        timed = destination.get("ReplicationTime", {}).get("Status") == "Enabled"
        if "EventThreshold" in destination.get("Metrics", {}) and not timed:
            return "Metrics cannot contain an event threshold when ReplicationTime is not specified or Disabled"
    return None


@rule(
    "s3.replication-rule-not-whole",
    _PUT,
    code="InvalidRequest",
    code_from="seen",
    source="botocore s3 ReplicationRule.Filter: with it DeleteMarkerReplication, Status and Priority; the code in"
    " https://github.com/rust-lang/simpleinfra/pull/468"
    f"; the message in {_SEEN} rules/s3/pf-s3-replication-filter-requires-delete-marker",
)
async def _whole(asked: Asked, _: Inquiry) -> str | None:
    for one in _rules(asked):
        needed = [name for name in ("Priority", "DeleteMarkerReplication") if ("Filter" in one) != (name in one)]
        if needed:
            return f"{needed[0]} {'must be specified' if 'Filter' in one else 'cannot be used'} {_VERSION}"
    return None


@rule(
    "s3.replication-of-the-former-form-into-two-buckets",
    _PUT,
    code="InvalidRequest",
    code_from="memory",
    source="botocore s3 ReplicationConfiguration.Rules: the current form is that with Filter; the message in"
    " https://github.com/schubergphilis/terraform-aws-mcaf-s3 CHANGELOG, v0.9.1",
)
async def _two_buckets(asked: Asked, _: Inquiry) -> str | None:
    former = [one for one in _rules(asked) if "Filter" not in one]
    if len({one.get("Destination", {}).get("Bucket") for one in former}) <= 1:
        return None
    return "Number of distinct destination bucket ARNs cannot exceed 1"


@rule(
    "s3.replication-priority-twice",
    _PUT,
    code="InvalidRequest",
    code_from="seen",
    source="botocore s3 ReplicationRule.Priority; the message in"
    f" {_SEEN} rules/s3/pf-s3-replication-priority-duplicate"
    "; code and message also of the s3api of OpenStack Swift (replication.py), made after S3",
)
async def _priorities(asked: Asked, _: Inquiry) -> str | None:
    given = [one["Priority"] for one in _rules(asked) if "Priority" in one]
    twice = next((priority for priority in given if given.count(priority) > 1), None)
    return None if twice is None else f"Found duplicate priority {twice}."


@rule(
    "s3.delete-markers-of-tagged-objects",
    _PUT,
    code="InvalidRequest",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-marker-replication.html: not for rules by tag"
    f"; the message in {_SEEN} rules/s3/pf-s3-replication-tag-filter-delete-marker"
    "; code and message also of the s3api of OpenStack Swift (replication.py), made after S3",
)
async def _tagged(asked: Asked, _: Inquiry) -> str | None:
    for one in _rules(asked):
        chosen = one.get("Filter", {})
        tagged = "Tag" in chosen or chosen.get("And", {}).get("Tags")
        if tagged and one.get("DeleteMarkerReplication", {}).get("Status") == "Enabled":
            return "Delete marker replication is not supported if any Tag filter is specified."
    return None


@rule(
    "s3.replication-destination-needs-arn",
    _PUT,
    code="InvalidArgument",
    code_from="seen",
    source="botocore s3 Destination.Bucket: the Amazon Resource Name (ARN) of the bucket"
    f"; the message in {_SEEN} rules/s3/pf-s3-replication-destination-bucket-arn"
    "; code and message also of the s3api of OpenStack Swift (replication.py), made after S3",
)
async def _by_name(asked: Asked, _: Inquiry) -> str | None:
    buckets = [one.get("Destination", {}).get("Bucket", "") for one in _rules(asked)]
    named = next((bucket for bucket in buckets if not bucket.startswith("arn:")), None)
    return None if named is None else f"Invalid bucket ARN: {named}"


@rule(
    "s3.replication-destination-that-does-not-exist",
    _PUT,
    code="InvalidRequest",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html; code and message in"
    " public reports of it",
)
async def _nowhere(asked: Asked, inquiry: Inquiry) -> str | None:
    for one in _rules(asked):
        bucket = one.get("Destination", {}).get("Bucket", "").rpartition(":")[2]
        if await inquiry.region_of_bucket(bucket) is None:
            return f"Destination bucket must exist; there is no {bucket}."
    return None


@rule(
    "s3.replication-into-the-bucket-itself",
    _PUT,
    code="InvalidRequest",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html: copies objects across buckets;"
    " https://github.com/Seagate/cortx-s3server/pull/1583, which follows S3, refuses it"
    "; code and message also of the s3api of OpenStack Swift (replication.py), made after S3",
)
async def _itself(asked: Asked, _: Inquiry) -> str | None:
    source = asked.parameters["Bucket"]
    if not any(one.get("Destination", {}).get("Bucket", "").rpartition(":")[2] == source for one in _rules(asked)):
        return None
    return f"The destination bucket cannot be the source bucket {source}"


@rule(
    "s3.replication-of-locked-objects-into-a-bucket-without-lock",
    _PUT,
    code="InvalidRequest",
    code_from="memory",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html: Object Lock of the"
    " source needs that of the destinations; a refusal of Object Lock is InvalidRequest in"
    " https://github.com/aws-controllers-k8s/community/issues/1885",
)
async def _unlocked(asked: Asked, inquiry: Inquiry) -> str | None:
    if not await _is_locked(asked.parameters["Bucket"], inquiry):
        return None
    for one in _rules(asked):
        name = one.get("Destination", {}).get("Bucket", "").rpartition(":")[2]
        if await inquiry.region_of_bucket(name) and not await _is_locked(name, inquiry):
            return f"Object Lock must be enabled on the destination bucket {name}, as it is on the source."
    return None


async def _is_locked(bucket: str, inquiry: Inquiry) -> bool:
    found = await inquiry("s3", "GetObjectLockConfiguration", "us-east-1", Bucket=bucket) or {}
    return bool(found.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled")


@rule(
    "s3.replication-rule-twice",
    _PUT,
    code="InvalidArgument",
    code_from="seen",
    source="botocore s3 ReplicationRule.ID: a unique identifier, of up to 255 characters; S3 says it as it does for"
    " lifecycle rules, whose code and message stand in public reports, and so do its followers: noobaa-core"
    " (s3_put_bucket_replication.js)",
)
async def _named_twice(asked: Asked, _: Inquiry) -> str | None:
    named = [one["ID"] for one in _rules(asked) if one.get("ID")]
    if any(len(name) > _LONGEST_ID for name in named):
        return f"The length of a rule's ID may not exceed {_LONGEST_ID}"
    if len(set(named)) == len(named):
        return None
    return "Rule ID must be unique. Found same ID for more than one rule"


@rule(
    "s3.replication-role-that-is-none",
    _PUT,
    code="InvalidArgument",
    code_from="seen",
    source="botocore s3 ReplicationConfiguration.Role: the Amazon Resource Name (ARN) of an IAM role;"
    " https://github.com/scality/cloudserver/pull/769, which follows S3, has the code",
)
async def _role(asked: Asked, _: Inquiry) -> str | None:
    role = asked.parameters.get("ReplicationConfiguration", {}).get("Role", "")
    return None if _ROLE.fullmatch(role) else f"Invalid Amazon Resource Name (ARN) of a role: {role!r}"


@rule(
    "s3.replication-owner-without-account",
    _PUT,
    code="InvalidRequest",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, replication: with Owner in"
    f" AccessControlTranslation, Account is needed; {_SEEN} rules/s3/pf-s3-replication-acl-translation-needs-account",
)
async def _owner(asked: Asked, _: Inquiry) -> str | None:
    destinations = [one.get("Destination", {}) for one in _rules(asked)]
    if all(one.get("Account") for one in destinations if one.get("AccessControlTranslation")):
        return None
    return "Account must be specified if the Owner of AccessControlTranslation has a value."


RULES: Final = (
    _role,
    _named_twice,
    _existing,
    _time,
    _key,
    _threshold,
    _whole,
    _two_buckets,
    _priorities,
    _tagged,
    _by_name,
    _nowhere,
    _itself,
    _unlocked,
    _owner,
)
