"""Secrets Manager: names, replicas and keys of a secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.regions import is_region
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_API: Final = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html"
_SEEN: Final = "https://github.com/badmintoncryer/cdk-preflight, rules/secretsmanager/pf-secretsmanager-"
_NAME: Final = re.compile(r"[A-Za-z0-9/_+=.@!-]+")
_OF_AWS: Final = "alias/aws/"


@rule(
    "secretsmanager.secret-name",
    "secretsmanager:CreateSecret",
    code="ValidationException",
    code_from="seen",
    source=f"{_API}, Name; {_SEEN}secret-name",
)
async def _name(asked: Asked, _: Inquiry) -> str | None:
    if _NAME.fullmatch(asked.parameters["Name"]):
        return None
    return "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"


@rule(
    "secretsmanager.two-values",
    "secretsmanager:CreateSecret UpdateSecret PutSecretValue",
    code="InvalidParameterException",
    code_from="api",
    source=f"{_API}, SecretString and SecretBinary: one of them, but not both",
)
async def _both(asked: Asked, _: Inquiry) -> str | None:
    if not ("SecretString" in asked.parameters and "SecretBinary" in asked.parameters):
        return None
    return "You can't specify both a binary secret value and a string secret value in the same secret."


@rule(
    "secretsmanager.replica-region",
    "secretsmanager:CreateSecret ReplicateSecretToRegions",
    code="InvalidParameterException",
    code_from="api",
    source=f"{_API}, AddReplicaRegions; {_SEEN}replica-regions",
)
async def _region(asked: Asked, _: Inquiry) -> str | None:
    for replica in asked.parameters.get("AddReplicaRegions") or ():
        if not is_region(replica["Region"]) or replica["Region"] == asked.region:
            return "Invalid replica region."
    return None


@rule(
    "secretsmanager.name-of-a-secret-to-be-deleted",
    "secretsmanager:CreateSecret",
    code="InvalidRequestException",
    code_from="seen",
    source=f"{_API}, Name; code and message in many public reports of it",
)
async def _dying(asked: Asked, inquiry: Inquiry) -> str | None:
    found = await inquiry("secretsmanager", "DescribeSecret", asked.region, SecretId=asked.parameters["Name"])
    if not (found or {}).get("DeletedDate"):
        return None
    return "You can't create this secret because a secret with this name is already scheduled for deletion."


@rule(
    "secretsmanager.key-that-cannot-be-used",
    "secretsmanager:CreateSecret UpdateSecret ReplicateSecretToRegions",
    code="EncryptionFailure",
    code_from="api",
    source=f"botocore secretsmanager EncryptionFailure: the key is not available, not enabled or in an invalid state;"
    f" {_SEEN}kms-key",
)
async def _key(asked: Asked, inquiry: Inquiry) -> str | None:
    given = [(asked.region, asked.parameters.get("KmsKeyId"))]
    given += [(one.get("Region", ""), one.get("KmsKeyId")) for one in asked.parameters.get("AddReplicaRegions") or ()]
    for region, key in given:
        if not key or key.removeprefix("arn:aws:kms:").find(_OF_AWS) >= 0:
            continue
        found = await inquiry("kms", "DescribeKey", region, KeyId=key)
        if key.startswith("arn:") and key.split(":")[3] != region:
            return f"The operation failed because of an invalid KMS key: Invalid arn {key.split(':')[3]}"
        if found is None or found["KeyMetadata"]["KeyState"] != "Enabled":
            return f"The operation failed because of an invalid KMS key: {key} is not there or not enabled"
    return None


RULES: Final = (_name, _both, _region, _dying, _key)
