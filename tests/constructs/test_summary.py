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
