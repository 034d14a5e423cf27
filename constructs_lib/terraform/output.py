"""An output of a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.terraform.engine import TerraformOutput, create

if TYPE_CHECKING:
    from constructs_lib.terraform.engine import TerraformStack

__all__ = ["Output"]


class Output(TerraformOutput):
    """One `output` block, made as `AwsResource` is: without the engine's checks of types that are known here.

    Args:
        stack: Deeper down than in the stack itself the engine would add a digest of the path to the name.
        name: Its name.
        value: What it shows.
        description: What that is.
    """

    def __init__(self, stack: TerraformStack, name: str, *, value: str, description: str) -> None:
        create(type(self), self, [stack, name, {"value": value, "description": description}])
