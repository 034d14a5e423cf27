"""Every example runs as a user would run it, and on the other engine after the rename that moving to it takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from syrupy.extensions.json import JSONSnapshotExtension

from tests.provider_schemas.check import unknown_in
from tests.stacks.synthesis import ROOT, synthesize
from tests.terraform.validation import terraform_validate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syrupy.assertion import SnapshotAssertion

EXAMPLES = sorted(path.parent.name for path in (ROOT / "examples").glob("*/main.py"))


def _program(example: str, engine: str) -> str:
    source = (ROOT / "examples" / example / "main.py").read_text(encoding="utf-8")
    for name in ("cdktf", "cdktn"):
        source = source.replace(f"from {name} import", f"from {engine} import")
    return source


@pytest.fixture(name="synthesized", scope="module")
def _synthesized(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, Any]]:
    return {name: synthesize(_program(name, "cdktf"), tmp_path_factory.mktemp(name), "cdktf") for name in EXAMPLES}


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_synthesizes_to_its_golden_terraform(
    example: str, synthesized: Mapping[str, Any], snapshot: SnapshotAssertion
) -> None:
    assert synthesized[example] == snapshot(name=example, extension_class=JSONSnapshotExtension)


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_is_the_same_on_the_other_engine(example: str, synthesized: Mapping[str, Any], tmp_path: Path) -> None:
    assert synthesize(_program(example, "cdktn"), tmp_path, "cdktn") == synthesized[example]


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("provider", ["5.100.0", "6.25.0"])
def test_every_argument_exists_in_the_providers_schema(
    example: str, provider: str, synthesized: Mapping[str, Any]
) -> None:
    assert [item for stack in synthesized[example].values() for item in unknown_in(stack, provider)] == []


@pytest.mark.terraform
def test_terraform_finds_every_example_valid(synthesized: Mapping[str, Mapping[str, Any]]) -> None:
    found = terraform_validate({name: content for stacks in synthesized.values() for name, content in stacks.items()})

    assert [item for items in found.values() for item in items if item.severity == "error"] == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_is_an_app_that_cdktf_can_run(example: str) -> None:
    assert '"app": "python main.py"' in Path(ROOT / "examples" / example / "cdktf.json").read_text(encoding="utf-8")
