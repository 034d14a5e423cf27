"""After a synth, what was decided is on standard error, once for each workload, unless it is turned off."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Literal

import pytest

from constructs_lib import (
    App,
    AwsResource,
    Bucket,
    Database,
    KeyAttribute,
    Network,
    Objective,
    Sites,
    Table,
    Target,
    Workload,
)
from constructs_lib.terraform.engine import TerraformStack
from tests.terraform.child_process import ROOT

if TYPE_CHECKING:
    from pathlib import Path

Pattern = Literal["automated_backups", "replicated_backups", "multi_az_cluster", "read_replica"]

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


def test_a_workload_is_said_in_a_few_lines(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", APP],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = ran.stderr.splitlines()

    assert lines[0].startswith("shop: met; warm standby; about USD ")
    assert sum(line.startswith("shop: ") for line in lines) == 1
    assert any(line.startswith("  region: met: RTO ") and "(thumbs)" in line for line in lines)
    assert any(line.startswith("  files (bucket): replication") for line in lines)
    assert any("web team accepts" in line and "made anew" in line for line in lines)
    assert "no compute is declared" in lines[-1]
    assert ran.stdout == ""


def test_a_reader_of_it_that_leaves_keeps_no_stack_from_being_written(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", APP],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
    )
    assert running.stderr is not None
    running.stderr.close()
    running.wait(timeout=60)

    assert list((tmp_path / "cdktf.out").glob("stacks/*/cdk.tf.json"))


def _synthesize_shops(directory: Path, count: int) -> None:
    app = App(outdir=str(directory))
    for number in range(count):
        sites = Sites.per_region(app, f"shop-{number}", primary="eu-west-1", recovery="eu-central-1")
        Bucket(Workload(sites, objective=Objective(rto="1h", rpo="3h")), "files")
    app.synth()


def test_it_can_be_turned_off(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _synthesize_shops(tmp_path, 1)
    assert capfd.readouterr().err != ""

    monkeypatch.setenv("CDKTF_DR_QUIET", "1")
    _synthesize_shops(tmp_path, 1)

    assert capfd.readouterr().err == ""


def test_what_becomes_of_what_runs_is_said_where_its_pattern_is_another_one(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The last synth lies in the output: what was decided then, and what is now, has a row in the table of changes."""
    network = Network(
        subnet_ids=["subnet-1", "subnet-2", "subnet-3"],
        security_group_ids=["sg-1"],
        recovery_subnet_ids=["subnet-4", "subnet-5", "subnet-6"],
        recovery_security_group_ids=["sg-2"],
    )

    def said(pattern: Pattern) -> list[str]:
        app = App(outdir=str(tmp_path))
        sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1")
        shop = Workload(sites, objective=Objective(software=Target("30d", "30d")))
        Database(shop, "ledger", engine="postgres", network=network, pattern=pattern)
        Table(shop, "orders", partition_key=KeyAttribute("id"), pattern="pitr")
        app.synth()
        lines = capfd.readouterr().err.splitlines()
        assert any(line.startswith("shop: ") for line in lines)
        return [line for line in lines if "if that was deployed" in line]

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
        (tmp_path / "stacks" / "shop-primary" / "cdk.tf.json").write_bytes(damaged)
        assert said("replicated_backups") == []


def test_what_another_region_leaves_behind_is_said_once_for_a_workload(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def said(primary: str, recovery: str | None) -> list[str]:
        app = App(outdir=str(tmp_path))
        sites = Sites.per_region(app, "shop", primary=primary, recovery=recovery)
        shop = Workload(sites, objective=Objective(hardware=Target("1h", "1h")))
        for name in ("orders", "carts"):
            Table(shop, name, partition_key=KeyAttribute("id"))
        app.synth()
        lines = capfd.readouterr().err.splitlines()
        return [line for line in lines if "if it was deployed" in line]

    assert said("eu-west-1", "eu-central-1") == said("eu-west-1", "eu-central-1") == []
    (copies,) = said("eu-west-1", "eu-west-3")
    assert copies.startswith("  shop, if it was deployed: another recovery Region: ")
    assert "looks for the copies in eu-west-3, finds nothing" in copies
    assert "those in eu-central-1 go on" in copies
    (left,) = said("eu-west-1", None)
    assert left.startswith("  shop, if it was deployed: the stack shop-recovery is written no more")
    assert "what it built in eu-west-3 goes on, and is billed" in left
    assert "terraform destroy in cdktf.out/stacks/shop-recovery" in left
    assert said("eu-west-1", None) == []
    assert said("eu-west-1", "eu-west-3") == []
    (home,) = said("eu-west-2", "eu-west-3")
    assert "another primary Region: " in home
    assert "what is in eu-west-1 goes on, and no Terraform knows of it" in home


def test_what_holds_data_and_is_built_no_more_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def said(*names: str) -> list[str]:
        app = App(outdir=str(tmp_path))
        sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1")
        shop = Workload(sites, objective=Objective(rto="1h", rpo="3h"))
        for name in names:
            Bucket(shop, name)
        if "files" in names:
            Bucket.existing(shop, "theirs", name="somebody-elses")
        app.synth()
        return [line for line in capfd.readouterr().err.splitlines() if "is built no more" in line]

    assert said("files", "thumbs") == said("files", "thumbs", "more") == []
    (gone,) = said("pictures", "thumbs", "more")
    assert gone.startswith("  shop/files (bucket) is built no more, if it was deployed: the plan deletes it.")
    assert "under another one an empty one is built" in gone


def test_a_key_that_is_built_no_more_is_said_before_terraform_deletes_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    keys = {region: f"arn:aws:kms:{region}:111122223333:key/mrk-1" for region in ("eu-west-1", "eu-central-1")}

    def said(key_arns: dict[str, str] | None, *, in_one_stack: bool = False) -> list[str]:
        app = App(outdir=str(tmp_path))
        home, there = keys
        if in_one_stack:
            stack = TerraformStack(app, "all")
            AwsResource(stack, "TheirRecovery", "aws_kms_key", {"description": str(key_arns)}, provider=None)
            sites = Sites.in_one_stack(stack, "shop", primary=home, recovery=there, key_arns=key_arns)
        else:
            sites = Sites.per_region(app, "shop", primary=home, recovery=there, key_arns=key_arns)
        Bucket(Workload(sites, objective=Objective(rto="1h", rpo="3h")), "files")
        app.synth()
        return [line for line in capfd.readouterr().err.splitlines() if "is built no more" in line]

    assert said(None) == said(None) == []
    lost = said(keys)
    assert [line.split(" is ")[0].strip() for line in lost] == [
        "aws_kms_key.RecoveryKey of shop-primary",
        "aws_kms_key.RecoveryKey of shop-recovery",
    ]
    assert "30 days later nobody reads what it encrypted" in lost[0]
    assert "terraform state rm aws_kms_key.RecoveryKey" in lost[0]
    assert said(keys) == []
    assert said(None, in_one_stack=True) == []
    both = said(keys, in_one_stack=True)
    assert len(both) == 2
    assert all(" of all is " in line for line in both)


def test_a_large_app_says_a_line_for_each_workload(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _synthesize_shops(tmp_path, 13)

    assert len(capfd.readouterr().err.splitlines()) == 13
