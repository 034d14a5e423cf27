"""`drctl` itself on the emulated AWS: typed, killed, typed again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.cli.run import drctl
from tests.operations.seeded import HOME, RECOVERY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.emulator import EmulatedAws

    Built = Callable[..., DocumentedWorkload]

pytestmark = pytest.mark.emulator


@pytest.fixture(name="environment")
def _environment(aws: EmulatedAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    found = aws.environment(os.environ) | {"XDG_STATE_HOME": str(tmp_path / "state")}
    for name in set(os.environ) - set(found):
        monkeypatch.delenv(name)
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    return found


def stacks(tmp_path: Path) -> str:
    (found,) = tmp_path.glob("stacks-*")
    return str(found)


def journal_bucket(aws: EmulatedAws, workload: DocumentedWorkload) -> str:
    name = f"{workload.name}-journals"
    aws.client("s3", RECOVERY).create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": RECOVERY})
    return f"s3://{name}/drctl"


def test_a_failover_is_planned_refused_done_listed_and_undone(
    aws: EmulatedAws,
    built: Built,
    environment: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    workload = built("table", pattern="backup_copy")
    place = ["--stacks", stacks(tmp_path), "--journal", journal_bucket(aws, workload), "--format", "json"]
    moved = ["failover", workload.name, "--to", RECOVERY, *place]
    capsys.readouterr()

    with aws.fail_region(HOME):
        planned = drctl(capsys, *moved, "--allow-data-loss", "items")
        refused = drctl(capsys, *moved, "--execute")
        done = drctl(capsys, *moved, "--execute", "--yes", "--poll", "0.05", "--allow-data-loss", "items")
    listed = drctl(capsys, "operations", *place)
    home = drctl(
        capsys, "failback", workload.name, *place, "--execute", "--yes", "--poll", "0.05", "--allow-data-loss", "items"
    )

    assert (planned.code, refused.code, done.code, home.code) == (0, 1, 0, 0), (planned.err, done.err, home.err)
    shown, came = json.loads(planned.out), json.loads(done.out)
    assert shown["dry_run"] is True
    assert shown["operation"] is None
    assert {step["state"] for step in shown["steps"]} <= {"not begun", "yours to do"}
    assert "--allow-data-loss items" in refused.err
    assert came["fences"] == {"items": "best effort"}
    assert came["data_loss_from"] == {"items": "measured"}
    assert 0 <= came["data_loss"]["items"] < 300
    assert [(item["operation"], item["result"]) for item in json.loads(listed.out)["operations"]] == [
        (came["operation"], "done")
    ]
    kept = aws.client("s3", RECOVERY).list_objects_v2(Bucket=f"{workload.name}-journals")["Contents"]
    assert f"drctl/{came['operation']}.json" in {item["Key"] for item in kept}


def test_killed_with_sigkill_another_machine_goes_on(
    aws: EmulatedAws,
    built: Built,
    environment: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workload = built("database", engine="postgres", pattern="multi_az_instance")
    bucket = journal_bucket(aws, workload)
    place = ["--stacks", stacks(tmp_path), "--journal", bucket]
    aws.configure(polls=50)
    try:
        command = ["restore", "ledger", "--to-time", "latest", *place, "--execute", "--yes", "--poll", "0.2"]
        script = "from constructs_lib.cli import command; command()"
        running = subprocess.Popen([sys.executable, "-c", script, *command], env=environment)
        states = tmp_path / "state" / "drctl" / "operations"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            found = [path.read_text(encoding="utf-8") for path in states.glob("*.json")]
            if any('"called"' in text for text in found):
                break
            time.sleep(0.05)
        running.send_signal(signal.SIGKILL)
        assert running.wait() == -signal.SIGKILL
    finally:
        aws.configure(polls=0)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "elsewhere"))
    capsys.readouterr()

    opened = drctl(capsys, "operations", *place)
    resumed = drctl(capsys, "resume", *place, "--yes", "--poll", "0.05", "--format", "json")

    assert "open: `drctl resume restore-" in opened.out
    assert resumed.code == 0, resumed.err
    came = json.loads(resumed.out)
    assert (came["result"], came["differences"]) == ("done", {})
    instances = aws.client("rds", HOME).describe_db_instances()["DBInstances"]
    mine = [item for item in instances if item["DBInstanceIdentifier"].startswith(f"{workload.name}-")]
    assert len(mine) == 2


def test_what_was_moved_to_another_name_comes_home_from_there(
    aws: EmulatedAws,
    built: Built,
    environment: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It was the thing of the usual name that came home: what a failover before had left there."""
    workload = built("table", pattern="backup_copy")
    place = ["--stacks", stacks(tmp_path), "--execute", "--yes", "--poll", "0.05", "--allow-data-loss", "items"]
    other = f"{workload.name}-second"
    drctl(capsys, "failover", workload.name, "--to", RECOVERY, *place)
    assert drctl(capsys, "failback", workload.name, *place).err.count("on this machine alone") == 1

    taken = drctl(capsys, "failover", workload.name, "--to", RECOVERY, *place)
    moved = drctl(capsys, "failover", workload.name, "--to", RECOVERY, "--name", f"items.restored={other}", *place)
    home = drctl(capsys, "failback", workload.name, "--name", f"items.returned={other}-home", *place)

    assert (taken.code, moved.code, home.code) == (1, 0, 0), (taken.err, moved.err, home.err)
    assert "--name items.restored=NAME" in taken.err
    assert f"has brought items home as {workload.name}-items-home, which the stacks do not name" in taken.err
    assert f"as the failover was given: items.restored={other}" in home.err
    assert other in aws.client("dynamodb", RECOVERY).list_tables()["TableNames"]
    assert f"{other}-home" in aws.client("dynamodb", HOME).list_tables()["TableNames"]
    points = aws.client("backup", RECOVERY).list_recovery_points_by_backup_vault(
        BackupVaultName=f"{workload.name}-items"
    )
    assert sum(item["ResourceArn"].endswith(f"table/{other}") for item in points["RecoveryPoints"]) == 1
