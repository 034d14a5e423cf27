"""An objective that is tightened on what runs: the real Terraform plans and applies it over the former state."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from botocore.exceptions import ClientError

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.kinds.pattern_changes import load_other_changes, pattern_changes
from constructs_lib.constructs.bucket.bucket import Bucket
from constructs_lib.constructs.database.database import Database
from constructs_lib.constructs.filesystem.filesystem import FileSystem
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.table.key_attribute import KeyAttribute
from constructs_lib.constructs.table.table import Table
from constructs_lib.objectives import Objective, Target
from constructs_lib.terraform.engine import App
from constructs_lib.terraform_cli.mirror import terraform_binary, terraform_environment
from stacks.network import network, vpcs
from tests.terraform.lock import trust_provider
from tests.terraform.own_state import stack_with_own_state

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.emulator import EmulatedAws

pytestmark = [pytest.mark.emulator(minutes=12)]

PRIMARY, RECOVERY = "eu-west-1", "eu-central-1"
ANYTHING = Objective(software=Target("30d", "30d"))
FORMER = {
    "ledger": "aurora",
    "books": "automated_backups",
    "stock": "automated_backups",
    "tally": "dsql",
    "orders": "pitr",
    "files": "versioning",
    "exports": "backup",
}
TIGHTENED = FORMER | {
    "ledger": "global_database",
    "books": "read_replica",
    "stock": "multi_az_instance",
    "orders": "global_table",
    "files": "replication",
    "exports": "replication",
}
REFUSED = {"tally": "dsql_multi_region", "files": "object_lock", "exports": "one_zone_backup"}
ANOTHER = {"books": "multi_az_cluster"}
ENGINES = {"ledger": "aurora-postgresql", "books": "postgres", "stock": "postgres", "tally": "dsql"}
KINDS = dict.fromkeys(ENGINES, "database") | {"orders": "table", "files": "bucket", "exports": "filesystem"}
MAIN = {
    "aws_rds_cluster.ledger",
    "aws_db_instance.books",
    "aws_db_instance.stock",
    "aws_dsql_cluster.tally",
    "aws_dynamodb_table.orders",
    "aws_s3_bucket.files",
    "aws_efs_file_system.exports",
    "aws_kms_key.RecoveryKey",
}
HOLDS_DATA = (
    "aws_db_instance.",
    "aws_rds_cluster.",
    "aws_rds_cluster_instance.",
    "aws_rds_global_cluster.",
    "aws_dsql_cluster.",
    "aws_dynamodb_table.",
    "aws_dynamodb_table_replica.",
    "aws_s3_bucket.",
    "aws_efs_file_system.",
    "aws_kms_key.",
)


def synthesized(patterns: dict[str, str], directory: Path, primary: str = PRIMARY) -> None:
    """Synthesize a component of each pattern, in one stack, and put it where Terraform runs."""
    app = App(outdir=str(directory / "cdktf.out"))
    sites = Sites.in_one_stack(stack_with_own_state(app, "shop", directory), "shop", primary=primary, recovery=RECOVERY)
    private = network(*vpcs(sites))
    # A Multi-AZ DB cluster wants three; this one is planned only.
    three = attrs.evolve(
        private,
        subnet_ids=[*private.subnet_ids, "subnet-0a1b2c3d"],
        recovery_subnet_ids=[*private.recovery_subnet_ids, "subnet-0a1b2c3e"],
    )
    for name, pattern in patterns.items():
        options: dict[str, Any] = {"objective": ANYTHING, "pattern": pattern}
        if name == "orders":
            Table(sites, name, partition_key=KeyAttribute("id"), **options)
        elif name == "files":
            Bucket(sites, name, **options)
        elif name == "exports":
            zone = f"{primary}a" if pattern == "one_zone_backup" else None
            FileSystem(sites, name, network=private, availability_zone=zone, **options)
        elif name == "tally":
            third = "eu-west-3" if pattern == "dsql_multi_region" else None
            Database(sites, name, engine="dsql", third_region=third, **options)
        else:
            of = three if pattern == "multi_az_cluster" else private
            Database(sites, name, engine=ENGINES[name], network=of, **options)  # type: ignore[arg-type]
    app.synth()
    written = directory / "cdktf.out" / "stacks" / "shop" / "cdk.tf.json"
    (directory / "cdk.tf.json").write_bytes(written.read_bytes())


class AppliedStack:
    def __init__(self, directory: Path, aws: EmulatedAws) -> None:
        binary = terraform_binary()
        if binary is None:
            pytest.skip("needs terraform or tofu on PATH")
        self._binary = str(binary)
        self._directory = directory
        self._environment = aws.environment(terraform_environment(directory))

    def __call__(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
        ended = subprocess.run(
            [self._binary, *arguments],
            cwd=self._directory,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        assert ended.returncode in codes, ended.stdout[-4000:] + ended.stderr
        if arguments[0] == "init":
            trust_provider(self._directory)
        return ended

    def refused(self) -> set[str]:
        """Return the addresses that keep a plan from being made, since they may not be destroyed."""
        ended = self("plan", "-input=false", "-no-color", codes=(1,))
        assert ended.stderr.count("Error: ") == ended.stderr.count("Error: Instance cannot be destroyed")
        return set(re.findall(r"Resource (\S+) has\s+lifecycle\.prevent_destroy", ended.stderr))

    def planned(self, *targets: str) -> dict[str, list[str]]:
        """Return what a plan, of the *targets* alone where there are any, would do, by address."""
        self("plan", "-input=false", "-no-color", "-out=tf.plan", *(f"-target={address}" for address in targets))
        changes: list[dict[str, Any]] = json.loads(self("show", "-json", "tf.plan").stdout)["resource_changes"]
        return {item["address"]: item["change"]["actions"] for item in changes}


def effects(former: dict[str, str], latter: dict[str, str]) -> dict[str, set[str]]:
    """Return what the table of changes says of each component that has another pattern."""
    catalog = load_catalog()
    return {
        name: {
            change.effect
            for change in pattern_changes(
                catalog.pattern(KINDS[name], former[name]), catalog.pattern(KINDS[name], latter[name])
            )
        }
        for name in latter
        if former[name] != latter[name]
    }


def test_terraform_does_to_what_runs_what_the_table_of_changes_says(aws: EmulatedAws, tmp_path: Path) -> None:
    terraform = AppliedStack(tmp_path, aws)
    synthesized(FORMER, tmp_path)
    terraform("init", "-input=false", "-no-color")
    terraform("apply", "-input=false", "-no-color", "-auto-approve", "-parallelism=40")

    synthesized(FORMER | REFUSED, tmp_path)
    assert terraform.refused() == {"aws_dsql_cluster.tally", "aws_s3_bucket.files", "aws_efs_file_system.exports"}
    assert all("refused" in found for found in effects(FORMER, REFUSED).values())

    synthesized(FORMER | ANOTHER, tmp_path)
    planned = terraform.planned()
    assert (planned["aws_db_instance.books"], planned["aws_rds_cluster.books"]) == (["delete"], ["create"])
    assert "refused" in effects(FORMER, ANOTHER)["books"]
    with pytest.raises(ClientError, match="deletion protection"):
        aws.client("rds", PRIMARY).delete_db_instance(DBInstanceIdentifier="shop-books", SkipFinalSnapshot=True)

    # As AWS does in a maintenance window: the secondary has to have what its primary has by then.
    aws.client("rds", PRIMARY).modify_db_cluster(
        DBClusterIdentifier="shop-ledger", EngineVersion="16.6", ApplyImmediately=True
    )
    synthesized(TIGHTENED, tmp_path)
    planned = terraform.planned()
    kept = {address for address in planned if address.startswith(HOLDS_DATA)}
    assert not {address for address in kept if "delete" in planned[address]}
    assert planned["aws_rds_cluster.ledger"] == ["update"]
    assert planned["aws_db_instance.books"] == planned["aws_db_instance.stock"] == ["update"]
    assert not any("refused" in found for found in effects(FORMER, TIGHTENED).values())
    terraform("apply", "-input=false", "-no-color", "-parallelism=40", "tf.plan")
    (group,) = aws.client("rds", PRIMARY).describe_global_clusters()["GlobalClusters"]
    members = {item["DBClusterArn"].split(":")[3]: item["IsWriter"] for item in group["GlobalClusterMembers"]}
    assert members == {PRIMARY: True, RECOVERY: False}
    (secondary,) = aws.client("rds", RECOVERY).describe_db_clusters()["DBClusters"]
    assert secondary["EngineVersion"] == "16.6"
    again = terraform("plan", "-input=false", "-no-color", "-detailed-exitcode", codes=(0, 2))
    assert again.returncode == 0, again.stdout

    synthesized(FORMER, tmp_path)
    planned = terraform.planned()
    gone = {address for address in planned if address.startswith(HOLDS_DATA) and "delete" in planned[address]}
    assert {address.partition(".")[0] for address in gone} == {
        "aws_db_instance",
        "aws_rds_cluster",
        "aws_rds_cluster_instance",
        "aws_rds_global_cluster",
        "aws_dynamodb_table_replica",
        "aws_s3_bucket",
        "aws_efs_file_system",
        # That of the recovery Region, where nothing uses it any more: the table says to keep it for what is kept.
        "aws_kms_key",
    }
    assert gone.isdisjoint(MAIN)
    assert not any("refused" in found for found in effects(TIGHTENED, FORMER).values())

    synthesized(FORMER, tmp_path, primary="eu-west-2")
    assert terraform.planned("aws_dynamodb_table.orders")["aws_dynamodb_table.orders"] == ["create"]
    assert "forgets it" in load_other_changes()["another_primary_region"].because
