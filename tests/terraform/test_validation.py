from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.terraform import engine
from tests.provider_schemas.check import PROVIDERS, unknown_in, unknown_references
from tests.terraform.sample_app import build
from tests.terraform.validation import terraform_validate


def _synthesized() -> list[dict[str, Any]]:
    stacks = build(engine.Testing.app())
    # Tokens find their way across stacks only once every stack is prepared, which `App.synth` would do.
    for stack in stacks:
        stack.prepare_stack()
    return [stack.to_terraform() for stack in stacks]


@pytest.mark.terraform
def test_the_provider_accepts_what_the_engine_writes_and_names_what_it_does_not() -> None:
    """One init for four configurations; every finding names its configuration and block."""
    primary, reader = _synthesized()
    wrong = reader | {"resource": {"aws_ssm_parameter": {"parameter": {"name": "x", "typ": "String"}}}}
    lost = reader | {"provider": {"aws": [{**block, "reigon": "x"} for block in reader["provider"]["aws"]]}}

    found = terraform_validate({"primary": primary, "reader": reader, "wrong": wrong, "lost": lost})

    assert found["primary"] == []
    assert found["reader"] == []
    assert {"error"} == {diagnostic.severity for diagnostic in found["wrong"]}
    assert any("resource.aws_ssm_parameter.parameter" in str(diagnostic) for diagnostic in found["wrong"])
    assert any("provider.aws" in str(diagnostic) and "reigon" in str(diagnostic) for diagnostic in found["lost"])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_extracts_agree_with_the_provider(provider: str) -> None:
    for content in _synthesized():
        assert unknown_in(content, provider) == []
        assert unknown_references(content, provider) == []
