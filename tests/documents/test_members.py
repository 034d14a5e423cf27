"""What belongs to a component, as its synthesized stacks tell it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from constructs_lib import FileSystem, Network, Objective, Sites, Workload
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.terraform.engine import App

if TYPE_CHECKING:
    from pathlib import Path

LOOSE = Objective("1h", "1h")
NETWORK = Network(
    subnet_ids=["subnet-1", "subnet-2"],
    security_group_ids=["sg-1"],
    recovery_subnet_ids=["subnet-3", "subnet-4"],
    recovery_security_group_ids=["sg-2"],
)


def test_what_one_stack_builds_and_another_looks_up_is_there_once(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    shop = Workload(Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1"), objective=LOOSE)
    FileSystem(shop, "files", network=NETWORK, pattern="replication")
    app.synth()

    (workload,) = read_stacks(tmp_path, None)
    (files,) = workload.components
    systems = [member for member in files.members if member.type == "aws_efs_file_system"]

    assert sorted(str(member.region) for member in systems) == ["eu-central-1", "eu-west-1"]
    assert not any(member.address.startswith("data.") for member in systems)


@pytest.mark.parametrize("note", ['"by hand"', '{"recovery_network": 3}', '{"recovery_network": {"shop/files": 3}}'])
def test_a_comment_of_anybody_else_is_read_over(tmp_path: Path, note: str) -> None:
    app = App(outdir=str(tmp_path))
    shop = Workload(Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1"), objective=LOOSE)
    FileSystem(shop, "files", network=NETWORK, pattern="replication")
    app.synth()
    (before,) = read_stacks(tmp_path, None)
    file = tmp_path / "stacks" / "shop-global" / "cdk.tf.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | {"//": json.loads(note)}), "utf-8")

    (after,) = read_stacks(tmp_path, None)

    assert (after.name, after.objective) == (before.name, before.objective)
    assert [item.component for item in after.components] == [item.component for item in before.components]
