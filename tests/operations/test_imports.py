"""What is there already comes under our constructs: hand-made, imported, and nothing destroyed or replaced."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.catalog.resources.import_ids import import_id, load_import_ids
from constructs_lib.live.found import Found as FoundLive
from constructs_lib.live.read import Account
from constructs_lib.operations.adopting.imports import imports_of
from constructs_lib.plan.stacks import read_stacks
from constructs_lib.terraform_cli.mirror import terraform_binary, terraform_environment
from tests.cli.run import drctl
from tests.emulator.conftest import _aws, _extra  # noqa: F401 - the fixtures
from tests.operations.test_audit import Session
from tests.terraform.child_process import ROOT
from tests.terraform.lock import trust_provider

if TYPE_CHECKING:
    from collections.abc import Iterator
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


DATABASES = """
import os

from constructs_lib import App, Database, Network, Objective, Sites, Target, TerraformStack, Workload

app = App()
stack = TerraformStack(app, "rows")
sites = Sites.in_one_stack(stack, "rows", primary="eu-west-1", key_arns={"eu-west-1": os.environ["KEY"]})
rows = Workload(sites, objective=Objective(zone=Target("1h", "1h")))
network = Network(
    subnet_ids=os.environ["SUBNETS"].split(), security_group_ids=[os.environ["GROUP"]], subnet_group="handmade"
)
Database(
    rows,
    "ledger",
    engine="postgres",
    adopted="handmade-ledger",
    network=network,
    instance_class="db.m6g.large",
    storage_gb=50,
    database_name="ledger",
    username="root_of_ledger",
    engine_version="17",
)
Database(
    rows,
    "books",
    engine="aurora-postgresql",
    adopted="handmade-books",
    adopted_members=["handmade-books-writer", "handmade-books-reader"],
    network=network,
    instance_class="db.r6g.large",
    username="root_of_books",
    engine_version="16",
    pattern="aurora_multi_az",
)
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
    return _synthesized(APP, tmp_path_factory.mktemp("app"))


def _synthesized(app: str, directory: Path, **variables: str) -> Path:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CDKTF_DR_QUIET": "1", **variables}
    subprocess.run([sys.executable, "-c", app], cwd=directory, env=environment, check=True)
    return directory / "cdktf.out"


def _handmade_databases(aws: EmulatedAws) -> dict[str, str]:
    """Make an instance and a cluster of two as somebody does by hand: with other names, classes and sizes."""
    key = aws.client("kms", HOME).create_key()["KeyMetadata"]["Arn"]
    ec2, rds = aws.client("ec2", HOME), aws.client("rds", HOME)
    vpc = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.77.{number}.0/24", AvailabilityZone=f"{HOME}{zone}")["Subnet"][
            "SubnetId"
        ]
        for number, zone in enumerate("ab")
    ]
    group = ec2.create_security_group(GroupName="handmade", Description="by hand", VpcId=vpc)["GroupId"]
    rds.create_db_subnet_group(DBSubnetGroupName="handmade", DBSubnetGroupDescription="by hand", SubnetIds=subnets)
    placed: dict[str, Any] = {"DBSubnetGroupName": "handmade", "VpcSecurityGroupIds": [group], "KmsKeyId": key}
    rds.create_db_instance(
        DBInstanceIdentifier="handmade-ledger",
        Engine="postgres",
        EngineVersion="17",
        DBInstanceClass="db.m6g.large",
        AllocatedStorage=50,
        DBName="ledger",
        MasterUsername="root_of_ledger",
        BackupRetentionPeriod=7,
        MasterUserPassword="of-somebody's",
        StorageEncrypted=True,
        **placed,
    )
    rds.create_db_cluster(
        DBClusterIdentifier="handmade-books",
        Engine="aurora-postgresql",
        EngineVersion="16",
        MasterUsername="root_of_books",
        BackupRetentionPeriod=7,
        ManageMasterUserPassword=True,
        StorageEncrypted=True,
        **placed,
    )
    for name in ("handmade-books-writer", "handmade-books-reader"):
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBClusterIdentifier="handmade-books",
            Engine="aurora-postgresql",
            DBInstanceClass="db.r6g.large",
        )
    return {"KEY": key, "SUBNETS": " ".join(subnets), "GROUP": group}


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


@pytest.mark.emulator(minutes=4)
@pytest.mark.terraform
def test_databases_that_were_made_by_hand_are_taken_over_with_their_rows(aws: EmulatedAws, tmp_path: Path) -> None:
    variables = _handmade_databases(aws)
    rds = aws.client("rds", HOME)
    made = {item["DBInstanceIdentifier"]: item["DbiResourceId"] for item in rds.describe_db_instances()["DBInstances"]}
    stacks = _synthesized(DATABASES, tmp_path, **variables)
    found = imports_of(read_stacks(stacks), session=Session(aws))
    assert found.replaced == ()
    working = stacks / "stacks" / "rows"
    (working / "import.tf.json").write_text(found.documents()["rows"], encoding="utf-8")
    terraform = Terraform(working, aws, tmp_path)

    terraform("init", "-input=false")
    planned = terraform("plan", "-input=false", "-out=tfplan")
    changes = terraform.shown("tfplan")["resource_changes"]

    assert sorted(item.id for item in found.blocks) == [
        "handmade-books",
        "handmade-books-reader",
        "handmade-books-writer",
        "handmade-ledger",
    ]
    assert "4 to import" in planned
    assert [item["address"] for item in changes if "delete" in item["change"]["actions"]] == []
    terraform("apply", "-input=false", "tfplan")
    outputs = json.loads(terraform("output", "-json"))
    assert outputs["rows-books-secret-arn"]["value"].startswith("arn:")
    assert "rows-ledger-secret-arn" not in outputs, "RDS does not manage its password"
    terraform("plan", "-input=false", "-out=tfplan")
    assert list(_changes(terraform.shown("tfplan"))) == []
    after = {item["DBInstanceIdentifier"]: item for item in rds.describe_db_instances()["DBInstances"]}
    assert {name: item["DbiResourceId"] for name, item in after.items()} == made
    assert after["handmade-ledger"]["BackupRetentionPeriod"] == 35
    assert after["handmade-ledger"]["DBSubnetGroup"]["DBSubnetGroupName"] == "handmade"


def _changes(plan: dict[str, Any]) -> Iterator[tuple[str, str, object, object]]:
    """Yield each argument that a plan changes, before and after."""
    for item in plan["resource_changes"]:
        change = item["change"]
        if item["mode"] == "managed" and change["actions"] != ["no-op"]:
            before, after = change["before"] or {}, change["after"] or {}
            for name in sorted(before.keys() | after.keys()):
                if before.get(name) != after.get(name):
                    yield item["address"], name, before.get(name), after.get(name)


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
        if arguments[0] == "init":
            trust_provider(self._directory)
        return done.stdout

    def shown(self, plan: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self("show", "-json", plan))
        return found


def test_every_form_of_an_id_is_made_of_attributes() -> None:
    assert import_id("aws_backup_selection", {"plan_id": "p", "id": "s"}) == "p|s"
    assert import_id("aws_backup_selection", {"plan_id": "p"}) is None
    assert import_id("aws_nothing", {"id": "x"}) is None
    assert len(load_import_ids()) > 15


def test_a_name_that_holds_the_account_is_found_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack does not say where it is deployed; the credentials do."""
    stacks = _synthesized(APP.replace(', name={"eu-west-1": "handmade-files"}', ""), tmp_path)
    name = f"shop-files-{HOME}-123456789012"
    there = FoundLive(type="aws_s3_bucket", name=name, region=HOME, values={"bucket": name})
    account = Account(found=(there,), unasked=(), answers=1)
    monkeypatch.setattr("constructs_lib.operations.adopting.imports.read_account", lambda *_, **__: account)
    monkeypatch.setattr("constructs_lib.operations.adopting.imports.account_id", lambda *_, **__: "123456789012")

    assert [item.id for item in imports_of(read_stacks(stacks)).blocks] == [name]


def test_what_terraform_would_replace_is_told_before_any_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stacks = _synthesized(
        DATABASES.replace(', key_arns={"eu-west-1": os.environ["KEY"]}', ""),
        tmp_path,
        SUBNETS="subnet-1 subnet-2",
        GROUP="sg-1",
    )
    there = FoundLive(
        type="aws_db_instance",
        name="handmade-ledger",
        region=HOME,
        values={
            "identifier": "handmade-ledger",
            "engine": "postgres",
            "kms_key_id": f"arn:aws:kms:{HOME}:123456789012:key/theirs",
            "storage_encrypted": True,
            "username": "somebody",
            "db_name": "ledger",
        },
    )
    account = Account(found=(there,), unasked=(), answers=1)
    monkeypatch.setattr("constructs_lib.operations.adopting.imports.read_account", lambda *_, **__: account)
    monkeypatch.setattr("constructs_lib.operations.adopting.imports.account_id", lambda *_, **__: "123456789012")
    monkeypatch.setattr("constructs_lib.cli.recovery.credentials.check_signed_in", lambda *_: None)

    ran = drctl(capsys, "import", "--stacks", str(stacks))

    assert ran.code == 1
    assert [line.partition("since ")[2] for line in ran.err.splitlines()[1:]] == [
        f"kms_key_id is arn:aws:kms:{HOME}:123456789012:key/theirs there and one that is built here in the stack; "
        'declare what is there: key_arns={"REGION": "ARN"} of the sites, unless AWS manages that key for one service '
        "(docs/existing.md)",
        "username is somebody there and root_of_ledger in the stack; declare what is there",
    ]
