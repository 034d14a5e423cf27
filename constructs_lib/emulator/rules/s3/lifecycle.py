"""S3: what a rule of a lifecycle may say, besides the order of its days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

#: What deployments were answered by AWS in September 2026.
_SEEN: Final = "https://github.com/badmintoncryer/cdk-preflight, rules/s3/pf-s3-lifecycle-"
_PUT: Final = "s3:PutBucketLifecycleConfiguration"
_LONGEST_ID: Final = 255
_LARGEST: Final = 1_099_511_627_776_000
_SIZES: Final = ("ObjectSizeGreaterThan", "ObjectSizeLessThan")
_ACTIONS: Final = (
    "Expiration",
    "Transitions",
    "NoncurrentVersionTransitions",
    "NoncurrentVersionExpiration",
    "AbortIncompleteMultipartUpload",
)


def _rules(asked: Asked) -> list[Mapping[str, Any]]:
    rules: list[Mapping[str, Any]] = asked.parameters.get("LifecycleConfiguration", {}).get("Rules", [])
    return rules


def _timed(one: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*one.get("Transitions", []), one.get("Expiration", {})]


@rule(
    "s3.lifecycle-rule-without-action",
    _PUT,
    code="InvalidRequest",
    code_from="seen",
    source=f"{_SEEN}rule-no-action; code and message in public reports of it",
)
async def _idle(asked: Asked, _: Inquiry) -> str | None:
    if all(any(one.get(action) for action in _ACTIONS) for one in _rules(asked)):
        return None
    return "At least one action needs to be specified in a rule"


@rule(
    "s3.lifecycle-of-delete-markers-alone",
    _PUT,
    code="MalformedXML",
    code_from="seen",
    source=f"{_SEEN}delete-marker-exclusive; botocore s3 LifecycleExpiration.ExpiredObjectDeleteMarker",
)
async def _markers(asked: Asked, _: Inquiry) -> str | None:
    ends = [one.get("Expiration", {}) for one in _rules(asked)]
    if not any("ExpiredObjectDeleteMarker" in end and ("Days" in end or "Date" in end) for end in ends):
        return None
    return "The XML you provided was not well-formed or did not validate against our published schema"


@rule(
    "s3.lifecycle-days-and-dates",
    _PUT,
    code="InvalidRequest",
    code_from="seen",
    source=f"{_SEEN}date-days-mix; code and message in public reports of it",
)
async def _mixed(asked: Asked, _: Inquiry) -> str | None:
    for one in _rules(asked):
        if any("Days" in action for action in _timed(one)) and any("Date" in action for action in _timed(one)):
            return "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule"
    return None


@rule(
    "s3.lifecycle-date-in-the-day",
    _PUT,
    code="InvalidArgument",
    code_from="seen",
    source="botocore s3 LifecycleExpiration.Date: at midnight UTC; code and message in public reports of it",
)
async def _midnight(asked: Asked, _: Inquiry) -> str | None:
    for date in (action["Date"] for one in _rules(asked) for action in _timed(one) if "Date" in action):
        if (date.hour, date.minute, date.second) != (0, 0, 0):
            return "'Date' must be at midnight GMT"
    return None


@rule(
    "s3.lifecycle-class-twice",
    _PUT,
    code="InvalidArgument",
    code_from="seen",
    source=f"{_SEEN}transition-storage-class-duplicate; code and message in public reports of it",
)
async def _twice(asked: Asked, _: Inquiry) -> str | None:
    for one in _rules(asked):
        for action in ("Transitions", "NoncurrentVersionTransitions"):
            classes = [move.get("StorageClass") for move in one.get(action, [])]
            if len(set(classes)) < len(classes):
                return "'StorageClass' must be different for 'Transition' actions in same 'Rule'"
    return None


@rule(
    "s3.lifecycle-of-uploads-by-tag",
    _PUT,
    code="InvalidRequest",
    code_from="seen",
    source=f"{_SEEN}abort-mpu-with-tag-filter: uploads have neither tags nor a size; code and messages in public"
    " reports",
)
async def _uploads(asked: Asked, _: Inquiry) -> str | None:
    for one in _rules(asked):
        by = one.get("Filter") or {}
        if not one.get("AbortIncompleteMultipartUpload"):
            continue
        both = by.get("And", {})
        if by.get("Tag") or both.get("Tags"):
            return "AbortIncompleteMultipartUpload cannot be specified with Tags."
        if any(name in part for part in (by, both) for name in _SIZES):
            return "AbortIncompleteMultipartUpload cannot be specified with Object Size."
    return None


@rule(
    "s3.lifecycle-rule-id",
    _PUT,
    code="InvalidArgument",
    code_from="seen",
    source="botocore s3 LifecycleRule.ID: 255 characters at the most; code and message in public reports of it",
)
async def _id(asked: Asked, _: Inquiry) -> str | None:
    if all(len(one.get("ID") or "") <= _LONGEST_ID for one in _rules(asked)):
        return None
    return f"ID length should not exceed allowed limit of {_LONGEST_ID}"


@rule(
    "s3.lifecycle-sizes",
    _PUT,
    code="InvalidRequest",
    code_from="seen",
    source="https://github.com/hashicorp/terraform-provider-aws/issues/41521 quotes code and message of the range;"
    f" {_SEEN}object-size-order the order",
)
async def _sizes(asked: Asked, _: Inquiry) -> str | None:
    for one in _rules(asked):
        given = one.get("Filter") or {}
        more, less = (given.get("And", given).get(name) for name in _SIZES)
        if less is not None and not 1 <= less <= _LARGEST:
            return f"'ObjectSizeLessThan' should be between 1 and {_LARGEST}."
        if more is not None and less is not None and more >= less:
            return "'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'."
    return None


RULES: Final = (_idle, _markers, _mixed, _midnight, _twice, _uploads, _id, _sizes)
