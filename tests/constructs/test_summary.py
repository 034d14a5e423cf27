"""After a synth, what was decided is on standard error, once for each workload, unless it is turned off."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.terraform.child_process import ROOT

if TYPE_CHECKING:
    from pathlib import Path

APP = """
from constructs_lib import Acceptance, App, Bucket, Objective, Sites, Target, Workload

app = App()
sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1")
shop = Workload(sites, objective=Objective(rto="1h", rpo="15m"))
Bucket(shop, "files")
accepted = Acceptance(owner="web team", reason="made anew", region=Target("4h", "4h"))
Bucket(shop, "thumbs", accept=accepted)
app.synth()
"""


def _synthesized(directory: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **extra}
    return subprocess.run(
        [sys.executable, "-c", APP], cwd=directory, env=environment, capture_output=True, text=True, check=True
    )


@pytest.fixture(name="ran", scope="module")
def _ran(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    return _synthesized(tmp_path_factory.mktemp("app"))


def test_a_workload_is_said_in_a_few_lines(ran: subprocess.CompletedProcess[str]) -> None:
    lines = ran.stderr.splitlines()

    assert lines[0].startswith("shop: met; warm standby; about USD ")
    assert sum(line.startswith("shop: ") for line in lines) == 1
    assert any(line.startswith("  region: met: RTO ") and "(thumbs)" in line for line in lines)
    assert any(line.startswith("  files (bucket): replication") for line in lines)
    assert any("web team accepts" in line and "made anew" in line for line in lines)
    assert "no compute is declared" in lines[-1]
    assert ran.stdout == ""


def test_it_can_be_turned_off(tmp_path: Path) -> None:
    assert _synthesized(tmp_path, CDKTF_DR_QUIET="1").stderr == ""


def test_what_becomes_of_what_runs_is_said_where_its_pattern_is_another_one(tmp_path: Path) -> None:
    """The last synth lies in the output: what was decided then, and what is now, has a row in the table of changes."""
    app = """
import sys
from constructs_lib import App, Database, Network, Objective, Sites, Table, Target, Workload, KeyAttribute

app = App()
sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1")
shop = Workload(sites, objective=Objective(software=Target("30d", "30d")))
network = Network(
    subnet_ids=["subnet-1", "subnet-2", "subnet-3"],
    security_group_ids=["sg-1"],
    recovery_subnet_ids=["subnet-4", "subnet-5", "subnet-6"],
    recovery_security_group_ids=["sg-2"],
)
Database(shop, "ledger", engine="postgres", network=network, pattern=sys.argv[1])
Table(shop, "orders", partition_key=KeyAttribute("id"), pattern="pitr")
app.synth()
"""

    def said(pattern: str) -> list[str]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", app, pattern]
        ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        return [line for line in ran.stderr.splitlines() if "if that was deployed" in line]

    assert said("automated_backups") == said("automated_backups") == []
    (replicated,) = said("replicated_backups")
    assert replicated.startswith(
        "  ledger runs as automated_backups, if that was deployed: step: replication begins with"
    )
    assert "aws rds describe-db-instance-automated-backups" in replicated
    assert any("refused: it is another resource" in line for line in said("multi_az_cluster"))
    said("read_replica")
    assert any("--db-instance-identifier shop-ledger-recovery --no-del" in line for line in said("automated_backups"))
    for damaged in (b"{", b'{"//": {"recovery": {"shop-ledger": {"kind": "\xff"}}}}', b'{"//": ' + b"[" * 100_000):
        (tmp_path / "cdktf.out" / "stacks" / "shop-primary" / "cdk.tf.json").write_bytes(damaged)
        assert said("replicated_backups") == []


def test_a_large_app_says_a_line_for_each_workload(tmp_path: Path) -> None:
    many = """
from constructs_lib import App, Bucket, Objective, Sites, Workload

app = App()
for number in range(13):
    sites = Sites.per_region(app, f"shop-{number}", primary="eu-west-1", recovery="eu-central-1")
    Bucket(Workload(sites, objective=Objective(rto="1h", rpo="3h")), "files")
app.synth()
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", many], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )

    assert len(ran.stderr.splitlines()) == 13
