"""A stack whose Terraform state is a test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.terraform.engine import LocalBackend, TerraformStack

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.terraform.engine import App


def stack_with_own_state(app: App, name: str, directory: Path) -> TerraformStack:
    """Return a new stack that keeps its state in *directory*.

    Without a backend it is where the engine's process was started, in the same file for every test's stack of the name.
    """
    stack = TerraformStack(app, name)
    LocalBackend(stack, path=str(directory / "terraform.tfstate"))
    return stack
