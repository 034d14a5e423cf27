"""An objective that is tightened on what runs: the real Terraform plans and applies it over the former state."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.constructs.database.database import Database
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

pytestmark = [pytest.mark.emulator(minutes=9)]

PRIMARY, RECOVERY = "eu-west-1", "eu-central-1"
ANYTHING = Objective(software=Target("30d", "30d"))
FORMER = {"ledger": "aurora", "books": "automated_backups", "stock": "automated_backups", "orders": "pitr"}
TIGHTENED = {
    "ledger": "global_database",
    "books": "read_replica",
    "stock": "multi_az_instance",
    "orders": "global_table",
}
HOLDS_DATA = ("aws_db_instance", "aws_rds_cluster", "aws_rds_cluster_instance", "aws_dynamodb_table", "aws_kms_key")


def synthesized(patterns: dict[str, str], directory: Path) -> None:
    """Synthesize a database or table of each pattern, in one stack, and put it where Terraform runs."""
    app = App(outdir=str(directory / "cdktf.out"))
    sites = Sites.in_one_stack(stack_with_own_state(app, "shop", directory), "shop", primary=PRIMARY, recovery=RECOVERY)
    private = network(*vpcs(sites))
    for name, pattern in patterns.items():
        if name == "orders":
            Table(sites, name, partition_key=KeyAttribute("id"), objective=ANYTHING, pattern=pattern)  # type: ignore[arg-type]
            continue
        engine = "aurora-postgresql" if name == "ledger" else "postgres"
        Database(sites, name, engine=engine, network=private, objective=ANYTHING, pattern=pattern)  # type: ignore[arg-type]
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

    def planned(self) -> dict[str, list[str]]:
        """Return what a plan would do, by address."""
        self("plan", "-input=false", "-no-color", "-out=tf.plan")
        changes: list[dict[str, Any]] = json.loads(self("show", "-json", "tf.plan").stdout)["resource_changes"]
        return {item["address"]: item["change"]["actions"] for item in changes}


def test_a_tightened_objective_is_applied_in_place_and_a_second_plan_is_empty(aws: EmulatedAws, tmp_path: Path) -> None:
    terraform = AppliedStack(tmp_path, aws)
    synthesized(FORMER, tmp_path)
    terraform("init", "-input=false", "-no-color")
    terraform("apply", "-input=false", "-no-color", "-auto-approve", "-parallelism=40")

    synthesized(TIGHTENED, tmp_path)
    planned = terraform.planned()

    kept = {address for address in planned if address.startswith(HOLDS_DATA)}
    assert not {address for address in kept if "delete" in planned[address]}
    assert planned["aws_rds_cluster.ledger"] == ["update"]
    assert planned["aws_db_instance.books"] == planned["aws_db_instance.stock"] == ["update"]
    terraform("apply", "-input=false", "-no-color", "-parallelism=40", "tf.plan")
    (group,) = aws.client("rds", PRIMARY).describe_global_clusters()["GlobalClusters"]
    members = {item["DBClusterArn"].split(":")[3]: item["IsWriter"] for item in group["GlobalClusterMembers"]}
    assert members == {PRIMARY: True, RECOVERY: False}
    again = terraform("plan", "-input=false", "-no-color", "-detailed-exitcode", codes=(0, 2))
    assert again.returncode == 0, again.stdout
