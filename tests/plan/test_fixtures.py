"""The committed plans are what Terraform makes of the configurations beside them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from constructs_lib.plan import read_plan
from tests.plan.fixtures.make import HERE, make


@pytest.mark.terraform
def test_a_plan_made_anew_is_read_as_the_committed_one(tmp_path: Path) -> None:
    copy = tmp_path / "fixtures" / "modules"
    shutil.copytree(HERE / "modules", copy, ignore=shutil.ignore_patterns("*.json"))
    make(copy, tmp_path)
    made, committed = read_plan(copy / "plan.json"), read_plan(HERE / "modules" / "plan.json")
    assert made.after == committed.after
    assert made.members_after == committed.members_after
    assert made.inventory == committed.inventory


def test_every_fixture_has_its_plan_and_names_no_time() -> None:
    configurations = sorted(HERE.glob("*/main.tf"))
    assert len(configurations) > 10
    for configuration in configurations:
        assert b'"timestamp"' not in configuration.with_name("plan.json").read_bytes()
