"""The stacks of both Regions are planned before anything is deployed: a pull request that adds them is reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib import Objective, Secret, Sites, Workload
from constructs_lib.terraform.engine import App
from constructs_lib.terraform_cli.mirror import terraform_binary
from tests.constructs.test_configuration import serve
from tests.emulator.conftest import _aws  # noqa: F401 - the fixture
from tests.operations.test_imports import Terraform

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.emulator import EmulatedAws


@pytest.mark.emulator
@pytest.mark.terraform
def test_a_recovery_stack_that_looks_a_replica_up_is_planned_before_the_secret_is_there(
    aws: EmulatedAws, tmp_path: Path
) -> None:
    if terraform_binary() is None:
        pytest.skip("needs terraform or tofu on PATH")
    app = App(outdir=str(tmp_path / "cdktf.out"))
    sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1", account_id="111122223333")
    shop = Workload(sites, objective=Objective(rto="30d", rpo="30d"))
    serve(shop, pattern="definitions", secrets={"TOKEN": Secret(shop, "token")})
    app.synth()
    stack = tmp_path / "cdktf.out" / "stacks" / "shop-recovery"
    (stack / "override.tf").write_text('terraform {\n  backend "local" {}\n}\n')
    terraform = Terraform(stack, aws, tmp_path)

    terraform("init", "-input=false")
    terraform("plan", "-input=false", "-lock=false", "-out=tfplan")

    changes = terraform.shown("tfplan")["resource_changes"]
    (definition,) = [item["change"] for item in changes if item["type"] == "aws_ecs_task_definition"]
    assert definition["after_unknown"]["container_definitions"] is True
    assert {item["type"] for item in changes} >= {"aws_ecs_cluster", "aws_lb_target_group", "aws_kms_key"}
