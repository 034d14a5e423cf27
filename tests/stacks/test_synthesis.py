"""The reference stacks: golden Terraform, the same from both engines, valid for the provider."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING, Any

import pytest
from syrupy.extensions.json import JSONSnapshotExtension

from tests.provider_schemas.check import unknown_in
from tests.stacks.synthesis import synthesize
from tests.terraform.validation import terraform_validate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

STACKS = [
    f"{name}-{role}"
    for name in ("payments", "storefront", "reporting", "archive")
    for role in ("primary", "recovery", "global")
]
PROGRAM = "import runpy; runpy.run_module('stacks', run_name='__main__')"


@pytest.fixture(name="synthesized", scope="module")
def _synthesized(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    return synthesize(PROGRAM, tmp_path_factory.mktemp("cdktf"), "cdktf")


@pytest.mark.parametrize("stack", STACKS)
def test_stack_synthesizes_to_its_golden_terraform(
    stack: str, synthesized: Mapping[str, Any], snapshot: SnapshotAssertion
) -> None:
    assert synthesized[stack] == snapshot(name=stack, extension_class=JSONSnapshotExtension)


def test_no_stack_is_missing_a_golden_file(synthesized: Mapping[str, Any]) -> None:
    assert sorted(synthesized) == sorted(STACKS)


def test_both_engines_write_the_same_terraform(synthesized: Mapping[str, Any], tmp_path: Path) -> None:
    assert synthesize(PROGRAM, tmp_path, "cdktn") == synthesized


@pytest.mark.parametrize("provider", ["5.100.0", "6.25.0"])
def test_every_argument_exists_in_the_providers_schema(provider: str, synthesized: Mapping[str, Any]) -> None:
    assert {name: unknown_in(stack, provider) for name, stack in synthesized.items()} == {name: [] for name in STACKS}


@pytest.mark.terraform
def test_terraform_finds_every_stack_valid(synthesized: Mapping[str, Any]) -> None:
    found = terraform_validate(synthesized)

    assert {name: [item for item in items if item.severity == "error"] for name, items in found.items()} == {
        name: [] for name in STACKS
    }


def test_regional_stacks_name_their_own_region_only(synthesized: Mapping[str, Any]) -> None:
    """A plan refreshes every Region it names, so the recovery stack must not name the primary Region's provider."""
    regions = {"primary": "eu-west-1", "recovery": "eu-central-1"}
    for name, stack in synthesized.items():
        role = name.rpartition("-")[2]
        if role in regions:
            assert [provider["region"] for provider in stack["provider"]["aws"]] == [regions[role]]


def test_nothing_passes_from_one_regions_state_to_the_others(synthesized: Mapping[str, Any]) -> None:
    for name, stack in synthesized.items():
        if not name.endswith("-global"):
            assert "terraform_remote_state" not in stack.get("data", {})


def test_recovery_yaml_beside_the_stacks_is_what_they_promise() -> None:
    from constructs_lib.terraform.engine import Testing
    from stacks.application import build
    from stacks.declared import declaration

    declared = {name: workload.objective for name, workload in declaration().workloads.items()}
    assert {workload.name: workload.objective for workload in build(Testing.app())} == declared


def test_the_module_is_what_cdktf_json_runs() -> None:
    assert "build" in runpy.run_module("stacks", run_name="not_main")
