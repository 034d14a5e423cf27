"""Systems Manager: what a parameter of the standard tier holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_MOST: Final = 4096


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


RULES: Final = (_standard,)
