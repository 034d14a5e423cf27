"""ECR: where a registry replicates to; names, lifecycles and keys of repositories."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.regions import is_region
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry


@rule(
    "ecr.replication-to-itself",
    "ecr:PutReplicationConfiguration",
    code="InvalidParameterException",
    code_from="seen",
    source="https://github.com/getmoto/moto/pull/4170 (seen at AWS with Terraform); the message is moto's",
)
async def _itself(asked: Asked, inquiry: Inquiry) -> str | None:
    own = {"region": asked.region, "registryId": inquiry.account}
    rules = asked.parameters["replicationConfiguration"].get("rules", [])
    if not any(destination == own for rule in rules for destination in rule.get("destinations", [])):
        return None
    return (
        "Invalid parameter at 'replicationConfiguration' failed to satisfy constraint: 'Replication destination cannot"
        " be the same as the source registry'"
    )


@rule(
    "ecr.replication-to-a-region-that-does-not-exist",
    "ecr:PutReplicationConfiguration",
    code="InvalidParameterException",
    code_from="api",
    source="botocore ecr ReplicationDestination.region: the Region to replicate to; InvalidParameterException",
)
async def _nowhere(asked: Asked, _: Inquiry) -> str | None:
    rules = asked.parameters["replicationConfiguration"].get("rules", [])
    for region in (destination["region"] for one in rules for destination in one.get("destinations", [])):
        if not is_region(region):
            return (
                "Invalid parameter at 'replicationConfiguration' failed to satisfy constraint: 'Invalid replication"
                f" destination region {region}'"
            )
    return None


@rule(
    "ecr.lifecycle-policy-that-is-none",
    "ecr:PutLifecyclePolicy",
    code="InvalidParameterException",
    code_from="api",
    source="https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html; the messages in"
    " https://github.com/badmintoncryer/cdk-preflight, rules/ecr/pf-ecr-lifecycle-*",
)
async def _lifecycle(asked: Asked, _: Inquiry) -> str | None:
    failed = "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy"
    try:
        rules = json.loads(asked.parameters["lifecyclePolicyText"])["rules"]
        priorities = [one["rulePriority"] for one in rules]
        selections = [one["selection"] for one in rules]
        counted = all("countType" in one and "countNumber" in one for one in selections)
    except (ValueError, KeyError, TypeError):
        return f"{failed} parsing failure: Could not map policyString into LifecyclePolicy.'"
    if len(set(priorities)) < len(priorities):
        return f"{failed} validation failure: Duplicate priority in multiple rules'"
    for one in selections:
        if one.get("tagStatus") == "tagged" and not (one.get("tagPrefixList") or one.get("tagPatternList")):
            return f"{failed} validation failure: Must specify tagPrefixList or tagPatternList'"
    return None if counted else f"{failed} validation failure: countType and countNumber are required'"


@rule(
    "ecr.key-that-cannot-be-used",
    "ecr:CreateRepository",
    code="KmsException",
    code_from="api",
    source="botocore ecr KmsException: the operation failed due to a KMS exception",
)
async def _key(asked: Asked, inquiry: Inquiry) -> str | None:
    key = asked.parameters.get("encryptionConfiguration", {}).get("kmsKey")
    if not key or "alias/aws/" in key:
        return None
    found = await inquiry("kms", "DescribeKey", asked.region, KeyId=key)
    if found and found["KeyMetadata"]["KeyState"] == "Enabled" and key.split(":")[3:4] in ([], [asked.region]):
        return None
    return f"KmsException: Key '{key}' is not there or not enabled"


RULES: Final = (_itself, _nowhere, _lifecycle, _key)
