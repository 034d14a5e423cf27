"""What somebody else made gets its protection from beside it: applied, working, and the next plan is empty."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib import App, Bucket, Database, Objective, Sites, Table, Target, Workload
from constructs_lib.terraform_cli.mirror import terraform_binary
from tests.emulator.regions import HERE, THERE
from tests.operations.test_imports import Terraform
from tests.terraform.own_state import stack_with_own_state

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.emulator import EmulatedAws


def _make_by_hand(aws: EmulatedAws) -> None:
    s3, dynamodb, rds = aws.client("s3", HERE), aws.client("dynamodb", HERE), aws.client("rds", HERE)
    s3.create_bucket(Bucket="theirs-files", CreateBucketConfiguration={"LocationConstraint": HERE})
    for name, stream in (("theirs-orders", True), ("theirs-carts", False)):
        view: dict[str, Any] = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            **({"StreamSpecification": view} if stream else {}),
        )
    rds.create_db_instance(
        DBInstanceIdentifier="theirs-stock",
        Engine="postgres",
        DBInstanceClass="db.m6g.large",
        AllocatedStorage=50,
        MasterUsername="root_of_stock",
        ManageMasterUserPassword=True,
        StorageEncrypted=True,
        BackupRetentionPeriod=7,
    )


def _synthesized(directory: Path) -> Path:
    app = App(outdir=str(directory))
    sites = Sites.in_one_stack(stack_with_own_state(app, "beside", directory), "beside", primary=HERE, recovery=THERE)
    place = Workload(sites, objective=Objective("2d", "2d", software=Target("4h", "1h")))
    Bucket.existing(place, "files", name="theirs-files", pattern="replication")
    Table.existing(
        place, "orders", name="theirs-orders", recovery_period_days=None, stream=True, pattern="global_table"
    )
    Table.existing(place, "carts", name="theirs-carts", recovery_period_days=None, pattern="backup_copy")
    Database.existing(
        place,
        "stock",
        identifier="theirs-stock",
        engine="postgres",
        backup_retention_days=7,
        multi_az=False,
        pattern="replicated_backups",
    )
    app.synth()
    return directory / "stacks" / "beside"


@pytest.mark.emulator(minutes=4)
@pytest.mark.terraform
def test_what_is_added_beside_works_and_leaves_an_empty_plan(aws: EmulatedAws, tmp_path: Path) -> None:
    if terraform_binary() is None:
        pytest.skip("needs terraform or tofu on PATH")
    _make_by_hand(aws)
    terraform = Terraform(_synthesized(tmp_path / "app"), aws, tmp_path)

    terraform("init", "-input=false")
    terraform("apply", "-input=false", "-auto-approve", "-parallelism=40")

    assert "No changes" in terraform("plan", "-input=false")
    aws.client("s3", HERE).put_object(Bucket="theirs-files", Key="a", Body=b"a")
    aws.client("dynamodb", HERE).put_item(TableName="theirs-orders", Item={"id": {"S": "1"}})
    copy = f"beside-files-{THERE}-{aws.account}"
    assert _soon(lambda: aws.client("s3", THERE).list_objects_v2(Bucket=copy)["KeyCount"] == 1)
    assert _soon(lambda: aws.client("dynamodb", THERE).scan(TableName="theirs-orders")["Count"] == 1)
    backups = aws.client("rds", THERE).describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]
    assert "theirs-stock" in {item["DBInstanceIdentifier"] for item in backups}
    plans = aws.client("backup", HERE).list_backup_plans()["BackupPlansList"]
    assert "beside-carts" in {plan["BackupPlanName"] for plan in plans}


def _soon(holds: Any, seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.2)
    return bool(holds())
