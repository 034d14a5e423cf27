"""A stack with an AWS provider, fresh for every test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.terraform.engine import App, TerraformStack, Testing
from constructs_lib.terraform.provider import AwsProvider

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(name="app")
def _app() -> App:
    return Testing.app()


@pytest.fixture(name="stack")
def _stack(app: App) -> TerraformStack:
    return TerraformStack(app, "shop")


@pytest.fixture(name="provider")
def _provider(stack: TerraformStack) -> AwsProvider:
    return AwsProvider(stack, "aws", region="eu-west-1")


@pytest.fixture(name="written")
def _written(stack: TerraformStack) -> Callable[[str, str], dict[str, Any]]:
    """What the stack writes for one resource, by type and name, without the engine's notes."""

    def written(type_: str, name: str) -> dict[str, Any]:
        block = dict(stack.to_terraform()["resource"][type_][name])
        del block["//"]
        return block

    return written
