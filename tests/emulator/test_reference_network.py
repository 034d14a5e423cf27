"""The network of the reference workloads is built, and a second plan of it is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib import Sites
from constructs_lib.terraform.engine import App
from constructs_lib.terraform_cli.mirror import terraform_binary
from stacks.network import service_network, vpcs
from tests.emulator.conftest import _aws  # noqa: F401 - the fixture
from tests.operations.test_imports import Terraform
from tests.terraform.own_state import stack_with_own_state

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.emulator import EmulatedAws


@pytest.mark.emulator
@pytest.mark.terraform
def test_endpoints_of_a_service_are_built(aws: EmulatedAws, tmp_path: Path) -> None:
    if terraform_binary() is None:
        pytest.skip("needs terraform or tofu on PATH")
    app = App(outdir=str(tmp_path / "cdktf.out"))
    stack = stack_with_own_state(app, "network", tmp_path)
    sites = Sites.in_one_stack(stack, "shop", primary="eu-west-1", recovery="eu-central-1")
    (here, _) = vpcs(sites)
    service_network(here, reads=("secretsmanager", "ssm"))
    app.synth()
    terraform = Terraform(tmp_path / "cdktf.out" / "stacks" / "network", aws, tmp_path)

    terraform("init", "-input=false")
    terraform("apply", "-input=false", "-auto-approve")

    assert "No changes" in terraform("plan", "-input=false")
    found = aws.client("ec2", "eu-west-1").describe_vpc_endpoints()["VpcEndpoints"]
    built = {item["ServiceName"].removeprefix("com.amazonaws.eu-west-1."): item["VpcEndpointType"] for item in found}
    assert (
        built.items()
        >= {
            "ecr.api": "Interface",
            "ecr.dkr": "Interface",
            "logs": "Interface",
            "secretsmanager": "Interface",
            "ssm": "Interface",
            "s3": "Gateway",
        }.items()
    )
