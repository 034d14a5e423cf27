"""Systems Manager: what a parameter of the standard tier holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_MOST: Final = 4096
_NESTED: Final = re.compile(r"\{\{.*?\}\}", re.DOTALL)


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
    code_from="memory",
    source="botocore ssm PutParameter.Value: no values wrapped in double brackets {{}}",
)
async def _nested(asked: Asked, _: Inquiry) -> str | None:
    if not _NESTED.search(asked.parameters["Value"]):
        return None
    return "Parameter value can't nest another parameter. Do not use {{}} in the value"


RULES: Final = (_standard, _nested)
