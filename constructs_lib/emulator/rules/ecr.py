"""ECR: a registry that would replicate to itself, and names of repositories."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_PART: Final = r"[a-z0-9]+(?:[._-][a-z0-9]+)*"
_NAME: Final = re.compile(rf"(?:{_PART}/)*{_PART}")


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
    "ecr.repository-name",
    "ecr:CreateRepository",
    code="InvalidParameterException",
    code_from="api",
    source="botocore ecr CreateRepository.repositoryName, its pattern",
)
async def _name(asked: Asked, _: Inquiry) -> str | None:
    if _NAME.fullmatch(asked.parameters["repositoryName"]):
        return None
    return f"Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy {_NAME.pattern}'"


RULES: Final = (_itself, _name)
