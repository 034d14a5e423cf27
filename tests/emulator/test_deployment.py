"""Every resource of the recovery patterns, applied by the real Terraform and AWS provider; a second plan is empty."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.deployment import NOTHING_TO_CHANGE, Terraform

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from constructs_lib.emulator import EmulatedAws

pytestmark = [pytest.mark.emulator]

#: The slow ones first: the provider's own waits dominate, so they are deployed side by side.
CONFIGURATIONS = (
    "database",
    "clusters",
    "bucket",
    "front",
    "table",
    "network",
    "backup",
    "dsql",
    "filesystem",
    "service",
    "configuration",
)
SIDE_BY_SIDE = 4


@pytest.fixture(name="terraform", scope="module")
def _terraform(aws: EmulatedAws, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    return Terraform.initialized(tmp_path_factory.mktemp("deployment"), aws)


@pytest.fixture(name="applied", scope="module")
def _applied(terraform: Terraform) -> Iterator[dict[str, Future[subprocess.CompletedProcess[str]]]]:
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        yield {name: pool.submit(terraform.apply, name) for name in CONFIGURATIONS}
        pool.shutdown(cancel_futures=True)


@pytest.fixture(name="deployed", scope="module")
def _deployed(applied: dict[str, Future[subprocess.CompletedProcess[str]]]) -> Callable[[str], None]:
    def deployed(configuration: str) -> None:
        ended = applied[configuration].result()
        assert ended.returncode == 0, ended.stderr

    return deployed


@pytest.mark.parametrize("configuration", CONFIGURATIONS[::-1])
def test_a_second_plan_is_empty(terraform: Terraform, deployed: Callable[[str], None], configuration: str) -> None:
    deployed(configuration)

    planned = terraform.plan(configuration)

    assert planned.returncode == NOTHING_TO_CHANGE, planned.stdout + planned.stderr


@pytest.mark.parametrize(("here", "there"), [("eu-west-1", "eu-central-1"), ("eu-central-1", "eu-west-1")])
def test_an_object_arrives_in_the_other_region(
    aws: EmulatedAws, deployed: Callable[[str], None], here: str, there: str
) -> None:
    deployed("bucket")

    aws.client("s3", here).put_object(Bucket=f"it-assets-{here}", Key=f"from {here}", Body=b"recovered")

    assert eventually(lambda: body(aws, there, f"it-assets-{there}", f"from {here}")) == b"recovered"


@pytest.mark.parametrize(("here", "there"), [("eu-west-1", "eu-central-1"), ("eu-central-1", "eu-west-1")])
def test_an_item_arrives_in_the_other_region(
    aws: EmulatedAws, deployed: Callable[[str], None], here: str, there: str
) -> None:
    deployed("table")
    key = {"pk": {"S": here}, "sk": {"S": "1"}}

    aws.client("dynamodb", here).put_item(TableName="it-orders", Item=key | {"total": {"N": "7"}})

    replica = aws.client("dynamodb", there)
    assert eventually(lambda: replica.get_item(TableName="it-orders", Key=key).get("Item"))["total"] == {"N": "7"}


def test_with_its_region_gone_a_database_can_be_promoted_in_the_other(
    aws: EmulatedAws, deployed: Callable[[str], None]
) -> None:
    deployed("database")
    rds = aws.client("rds", "eu-central-1")

    with aws.fail_region("eu-west-1"):
        promoted = rds.promote_read_replica(DBInstanceIdentifier="it-b")["DBInstance"]

    assert promoted["DBInstanceStatus"] == "available"
    assert "ReadReplicaSourceDBInstanceIdentifier" not in promoted
    assert promoted["BackupRetentionPeriod"] == 14


def test_the_managed_password_is_a_secret_that_can_be_read(aws: EmulatedAws, deployed: Callable[[str], None]) -> None:
    deployed("clusters")
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
