"""What is there already comes under our constructs: hand-made, imported, and nothing destroyed or replaced."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.catalog.import_ids import import_id, load_import_ids
from constructs_lib.operations.adopting.imports import imports_of
from constructs_lib.plan import read_stacks
from constructs_lib.terraform_cli.mirror import terraform_binary, terraform_environment
from tests.emulator.conftest import _aws, _extra  # noqa: F401 - the fixtures
from tests.operations.test_audit import Session
from tests.terraform.child_process import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.emulator import EmulatedAws

HOME = "eu-west-1"
APP = """
from constructs_lib import App, Bucket, KeyAttribute, Objective, Sites, Table, Target, TerraformStack, Workload

app = App()
stack = TerraformStack(app, "shop")
sites = Sites.in_one_stack(stack, "shop", primary="eu-west-1")
shop = Workload(sites, objective=Objective(zone=Target("1h", "1h")))
Bucket(shop, "files", name={"eu-west-1": "handmade-files"})
Table(shop, "orders", name="handmade-orders", partition_key=KeyAttribute("id"))
app.synth()
"""


@pytest.fixture(name="handmade", scope="module")
def _handmade(aws: EmulatedAws) -> EmulatedAws:
    s3 = aws.client("s3", HOME)
    s3.create_bucket(Bucket="handmade-files", CreateBucketConfiguration={"LocationConstraint": HOME})
    s3.put_bucket_versioning(Bucket="handmade-files", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="handmade-files", Key="kept", Body=b"kept")
    aws.client("dynamodb", HOME).create_table(
        TableName="handmade-orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return aws


@pytest.fixture(name="stacks", scope="module")
def _stacks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import os

    directory = tmp_path_factory.mktemp("app")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CDKTF_DR_QUIET": "1"}
    subprocess.run([sys.executable, "-c", APP], cwd=directory, env=environment, check=True)
    return directory / "cdktf.out"


@pytest.mark.emulator
def test_what_is_there_is_found_by_type_region_and_name(handmade: EmulatedAws, stacks: Path) -> None:
    found = imports_of(read_stacks(stacks), session=Session(handmade))

    assert {(item.stack, item.to.split(".")[0], item.id) for item in found.blocks} == {
        ("shop", "aws_s3_bucket", "handmade-files"),
        ("shop", "aws_s3_bucket_server_side_encryption_configuration", "handmade-files"),
        ("shop", "aws_s3_bucket_versioning", "handmade-files"),
        ("shop", "aws_dynamodb_table", "handmade-orders"),
    }
    assert not found.unasked
    assert any(address.startswith("aws_s3_bucket_lifecycle_configuration") for address in found.missing)
    assert any(address.startswith("aws_kms_key") for address in found.untold)


@pytest.mark.emulator
@pytest.mark.terraform
def test_importing_destroys_and_replaces_nothing_and_leaves_an_empty_plan(
    handmade: EmulatedAws, stacks: Path, tmp_path: Path
) -> None:
    found = imports_of(read_stacks(stacks), session=Session(handmade))
    working = stacks / "stacks" / "shop"
    (working / "import.tf.json").write_text(found.documents()["shop"], encoding="utf-8")
    terraform = Terraform(working, handmade, tmp_path)

    terraform("init", "-input=false")
    planned = terraform("plan", "-input=false", "-out=tfplan")
    actions = [item["change"]["actions"] for item in terraform.shown("tfplan")["resource_changes"]]

    assert f"{len(found.blocks)} to import" in planned
    assert not any("delete" in action for action in actions)
    terraform("apply", "-input=false", "tfplan")
    assert "No changes" in terraform("plan", "-input=false")
    body = handmade.client("s3", HOME).get_object(Bucket="handmade-files", Key="kept")["Body"].read()
    assert body == b"kept"


class Terraform:
    """Terraform in a synthesized stack, on the emulator."""

    def __init__(self, directory: Path, aws: EmulatedAws, scratch: Path) -> None:
        self._directory = directory
        self._environment = aws.environment(terraform_environment(scratch))

    def __call__(self, *arguments: str) -> str:
        command = [str(terraform_binary()), *arguments, "-no-color"]
        done = subprocess.run(
            command, cwd=self._directory, env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def shown(self, plan: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self("show", "-json", plan))
        return found


def test_every_form_of_an_id_is_made_of_attributes() -> None:
    assert import_id("aws_backup_selection", {"plan_id": "p", "id": "s"}) == "p|s"
    assert import_id("aws_backup_selection", {"plan_id": "p"}) is None
    assert import_id("aws_nothing", {"id": "x"}) is None
    assert len(load_import_ids()) > 15
