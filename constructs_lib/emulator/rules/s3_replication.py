"""S3: what a replication configuration may say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.asked import Asked
    from constructs_lib.emulator.inquiry import Inquiry

_PUT: Final = "s3:PutBucketReplication"
_RTC_MINUTES: Final = 15


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
    source="botocore s3 ReplicationTimeValue.Minutes, ReplicationTime: 15 is the only value, with metrics of the same",
)
async def _time(asked: Asked, _: Inquiry) -> str | None:
    for one in _rules(asked):
        destination = one.get("Destination", {})
        time, metrics = destination.get("ReplicationTime", {}), destination.get("Metrics", {})
        for minutes in (time.get("Time", {}).get("Minutes"), metrics.get("EventThreshold", {}).get("Minutes")):
            if minutes not in (None, _RTC_MINUTES):
                return f"{minutes} minutes is not allowed; the only value is {_RTC_MINUTES}"
        if time.get("Status") == "Enabled" and metrics.get("Status") != "Enabled":
            return "ReplicationTime must be specified together with Metrics"
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
            return "EncryptionConfiguration must be specified where SseKmsEncryptedObjects are replicated"
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


RULES: Final = (_existing, _time, _key, _threshold)
