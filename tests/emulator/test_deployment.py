"""Every resource of the recovery patterns, applied by the real Terraform and AWS provider; a second plan is empty."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.deployment import NOTHING_TO_CHANGE, Terraform

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs_lib.emulator import EmulatedAws

pytestmark = [pytest.mark.emulator(minutes=6)]

CONFIGURATIONS = (
    "backup",
    "bucket",
    "clusters",
    "configuration",
    "database",
    "dsql",
    "filesystem",
    "front",
    "network",
    "service",
    "table",
)


@pytest.fixture(name="terraform", scope="module")
def _terraform(aws: EmulatedAws, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    return Terraform.initialized(tmp_path_factory.mktemp("deployment"), aws)


@pytest.fixture(name="deployed", scope="module")
def _deployed(terraform: Terraform) -> Path:
    directory = terraform.together("everything", CONFIGURATIONS)
    ended = terraform.apply(directory)
    assert ended.returncode == 0, ended.stderr
    return directory


def test_every_configuration_has_its_place(terraform: Terraform) -> None:
    beside = {path.stem for path in terraform.configurations.glob("*.tf")} - {"providers", "postgres"}

    assert beside == set(CONFIGURATIONS)


def test_a_second_plan_is_empty(terraform: Terraform, deployed: Path) -> None:
    planned = terraform.plan(deployed)

    assert planned.returncode == NOTHING_TO_CHANGE, planned.stdout + planned.stderr


@pytest.mark.parametrize(("here", "there"), [("eu-west-1", "eu-central-1"), ("eu-central-1", "eu-west-1")])
@pytest.mark.usefixtures("deployed")
def test_an_object_arrives_in_the_other_region(aws: EmulatedAws, here: str, there: str) -> None:
    aws.client("s3", here).put_object(Bucket=f"it-assets-{here}", Key=f"from {here}", Body=b"recovered")

    assert eventually(lambda: body(aws, there, f"it-assets-{there}", f"from {here}")) == b"recovered"


@pytest.mark.parametrize(("here", "there"), [("eu-west-1", "eu-central-1"), ("eu-central-1", "eu-west-1")])
@pytest.mark.usefixtures("deployed")
def test_an_item_arrives_in_the_other_region(aws: EmulatedAws, here: str, there: str) -> None:
    key = {"pk": {"S": here}, "sk": {"S": "1"}}

    aws.client("dynamodb", here).put_item(TableName="it-orders", Item=key | {"total": {"N": "7"}})

    replica = aws.client("dynamodb", there)
    assert eventually(lambda: replica.get_item(TableName="it-orders", Key=key).get("Item"))["total"] == {"N": "7"}


@pytest.mark.usefixtures("deployed")
def test_with_its_region_gone_a_database_can_be_promoted_in_the_other(aws: EmulatedAws) -> None:
    rds = aws.client("rds", "eu-central-1")

    with aws.fail_region("eu-west-1"):
        promoted = rds.promote_read_replica(DBInstanceIdentifier="it-b")["DBInstance"]

    assert promoted["DBInstanceStatus"] == "available"
    assert "ReadReplicaSourceDBInstanceIdentifier" not in promoted
    assert promoted["BackupRetentionPeriod"] == 14


@pytest.mark.usefixtures("deployed")
def test_the_managed_password_is_a_secret_that_can_be_read(aws: EmulatedAws) -> None:
    cluster = aws.client("rds").describe_db_clusters(DBClusterIdentifier="it-maz")["DBClusters"][0]

    secret = aws.client("secretsmanager").get_secret_value(SecretId=cluster["MasterUserSecret"]["SecretArn"])

    assert "password" in secret["SecretString"]


def body(aws: EmulatedAws, region: str, bucket: str, key: str) -> bytes | None:
    try:
        content: bytes = aws.client("s3", region).get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError:
        return None
    return content


def eventually(look: Callable[[], Any], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while (found := look()) is None and time.monotonic() < deadline:
        time.sleep(0.2)
    return found
