"""Systems Manager: names, values and keys of a parameter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_MOST: Final = 4096
_NESTED: Final = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_LEVELS: Final = 15
_NAME: Final = re.compile(r"[A-Za-z0-9._/-]+|arn:aws\S+")
_API: Final = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html"
_SEEN: Final = "https://github.com/badmintoncryer/cdk-preflight, rules/ssm/pf-ssm-parameter-"


@rule(
    "ssm.standard-parameter-of-4096-characters",
    "ssm:PutParameter",
    code="ValidationException",
    code_from="seen",
    source="https://github.com/hashicorp/terraform-provider-aws/issues/18521",
)
async def _standard(asked: Asked, _: Inquiry) -> str | None:
    if asked.parameters.get("Tier", "Standard") != "Standard" or len(asked.parameters["Value"].encode()) <= _MOST:
        return None
    return f"Standard tier parameters support a maximum parameter value of {_MOST} characters."


@rule(
    "ssm.parameter-that-names-another",
    "ssm:PutParameter",
    code="ValidationException",
    code_from="seen",
    source=f"botocore ssm PutParameter.Value: no values wrapped in double brackets {{{{}}}}; {_SEEN}value",
)
async def _nested(asked: Asked, _: Inquiry) -> str | None:
    if not _NESTED.search(asked.parameters["Value"]):
        return None
    return "Parameter value can't nest another parameter. Do not use {{}} in the value"


@rule(
    "ssm.parameter-name",
    "ssm:PutParameter",
    code="ValidationException",
    code_from="seen",
    source=f"{_API}, Name; {_SEEN}name",
)
async def _name(asked: Asked, _: Inquiry) -> str | None:
    name = asked.parameters["Name"]
    if "/" in name and not name.startswith("/"):
        return "Parameter name must be a fully qualified name."
    if name.lower().lstrip("/").startswith("ssm") or (name.lower().startswith("aws") and "/" not in name):
        return 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).'
    if _NAME.fullmatch(name):
        return None
    return "Parameter name: Only a mix of letters, numbers and the following 4 symbols .-_/ are allowed."


@rule(
    "ssm.name-that-aws-keeps",
    "ssm:PutParameter",
    code="AccessDeniedException",
    code_from="seen",
    source=f"{_API}, Name: none starts with aws; code and message in moto, whose tests are run against AWS",
)
async def _kept(asked: Asked, _: Inquiry) -> str | None:
    name = asked.parameters["Name"]
    return f"No access to reserved parameter name: {name}." if name.lower().startswith("/aws") else None


@rule(
    "ssm.more-than-fifteen-levels",
    "ssm:PutParameter",
    code="HierarchyLevelLimitExceededException",
    code_from="api",
    source="botocore ssm HierarchyLevelLimitExceededException: a hierarchy has 15 levels at the most",
)
async def _levels(asked: Asked, _: Inquiry) -> str | None:
    if asked.parameters["Name"].count("/") <= _LEVELS:
        return None
    return f"A hierarchy can have a maximum of {_LEVELS} levels."


@rule(
    "ssm.key-of-an-open-parameter",
    "ssm:PutParameter",
    code="ValidationException",
    code_from="seen",
    source=f"{_API}, KeyId: of a SecureString; code and message in public reports of it",
)
async def _open(asked: Asked, _: Inquiry) -> str | None:
    if not asked.parameters.get("KeyId") or asked.parameters.get("Type") == "SecureString":
        return None
    return "KeyId is required for SecureString type parameter only."


@rule(
    "ssm.key-that-does-not-exist",
    "ssm:PutParameter",
    code="InvalidKeyId",
    code_from="api",
    source="botocore ssm InvalidKeyId: the query key ID is not valid",
)
async def _key(asked: Asked, inquiry: Inquiry) -> str | None:
    key = asked.parameters.get("KeyId")
    if not key or "alias/aws/" in key or asked.parameters.get("Type") != "SecureString":
        return None
    found = await inquiry("kms", "DescribeKey", asked.region, KeyId=key)
    if found and found["KeyMetadata"]["KeyState"] == "Enabled" and key.split(":")[3:4] in ([], [asked.region]):
        return None
    return f"Invalid keyId {key}"


RULES: Final = (_standard, _nested, _name, _kept, _levels, _open, _key)
