"""What a type checker finds in somebody's app before anything runs: planted mistakes, and the same app without them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.components import Kind
from constructs_lib.constructs.bucket.options import BucketPattern
from constructs_lib.constructs.database.settings import DatabasePattern, EngineName
from constructs_lib.constructs.distribution.options import DistributionPattern
from constructs_lib.constructs.table.options import StreamName, StreamView, TableClass, TableClassName, TablePattern

pytestmark = pytest.mark.programs

ROOT = Path(__file__).resolve().parents[2]

APP = """
from constructs_lib import (
    Acceptance, App, Bucket, Database, Distribution, KeyAttribute, Lifecycle, Network, Objective, Sites, Table,
    Target, Workload,
)

sites = Sites.per_region(App(), "shop", primary="eu-west-1", recovery="eu-central-1")
shop = Workload(sites, objective=Objective(rto="1h", rpo="15m"))
network = Network(subnet_ids=["subnet-1", "subnet-2"], security_group_ids=["sg-1"])
looser = Acceptance(owner="shop team", reason="made anew", region=Target("4h", "1h"))
files = Bucket(shop, "files", pattern="replication_rtc", lifecycle=Lifecycle(), minimum_tls="1.3", accept=looser)
orders = Table(
    shop, "orders", partition_key=KeyAttribute("id", "S"), stream="NEW_IMAGE", table_class="STANDARD",
    pattern="backup_copy",
)
ledger = Database(shop, "ledger", engine="postgres", network=network, storage_gb=50)
site = Distribution(shop, "site", bucket=files, pattern="origin_group")
print(files.decision.pattern, orders.decision.assessment)
"""

MISTAKES = {
    'engine="postgres"': 'engine="postgresql"',
    'pattern="replication_rtc"': 'pattern="replicaton_rtc"',
    'pattern="backup_copy"': 'pattern="multi_az_instance"',
    'pattern="origin_group"': 'pattern="origin-group"',
    'stream="NEW_IMAGE"': 'stream="NEW"',
    'table_class="STANDARD"': 'table_class="STANDARD_IA"',
    'KeyAttribute("id", "S")': 'KeyAttribute("id", "STRING")',
    'partition_key=KeyAttribute("id", "S")': 'partition_key="id"',
    'objective=Objective(rto="1h", rpo="15m")': 'objective="1h"',
    'Workload(sites, objective=Objective(rto="1h", rpo="15m"))': "Workload(sites)",
    "bucket=files": 'bucket="files"',
    "network=network": 'network="vpc-1"',
    "lifecycle=Lifecycle()": "versioning=True",
    "lifecycle=Lifecycle(), minimum": 'lifecycle=Lifecycle(transition_days=30, transition_class="GLACIER"), minimum',
    'minimum_tls="1.3"': "minimum_tls=1.3",
    "accept=looser": 'accept=Target("4h", "1h")',
    'owner="shop team", ': "",
    "storage_gb=50": 'storage_gb="50"',
    'rto="1h", rpo="15m"': 'rto=60, rpo="15m"',
    'Target("4h", "1h"))': 'Target("4h", 1))',
    'subnet_ids=["subnet-1", "subnet-2"]': 'subnet_ids="subnet-1"',
    "files.decision": "files.decison",
}
"""What is right, and the mistake in its place."""


def test_each_planted_mistake_is_found_and_nothing_is_said_of_the_app_without_them(tmp_path: Path) -> None:
    """One run for all, since starting the checker is what takes time."""
    apps = {"without": APP}
    for number, (right, wrong) in enumerate(MISTAKES.items()):
        assert APP.count(right) == 1, right
        apps[f"mistake_{number:02}"] = APP.replace(right, wrong)
    for name, text in apps.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--follow-imports=silent", "--no-explicit-package-bases"]
    command += ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(tmp_path / "cache")]
    ran = subprocess.run(
        [*command, *sorted(map(str, tmp_path.glob("*.py")))], cwd=ROOT, capture_output=True, text=True, check=False
    )
    found = set(re.findall(r"(\w+)\.py:\d+: error", ran.stdout))

    missed = [wrong for number, wrong in enumerate(MISTAKES.values()) if f"mistake_{number:02}" not in found]
    assert "without" not in found, ran.stdout
    assert missed == [], ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("kind", "literal"),
    [
        (Kind.BUCKET, BucketPattern),
        (Kind.TABLE, TablePattern),
        (Kind.DATABASE, DatabasePattern),
        (Kind.DISTRIBUTION, DistributionPattern),
    ],
)
def test_the_patterns_that_a_type_checker_knows_are_those_of_the_catalog(kind: Kind, literal: object) -> None:
    assert set(get_args(literal)) == {pattern.name for pattern in load_catalog().patterns[kind]}


def test_the_engines_that_a_type_checker_knows_are_those_of_the_catalog() -> None:
    assert set(get_args(EngineName)) == {*load_catalog().engines()}


def test_what_may_be_written_as_text_is_what_the_enumerations_hold() -> None:
    assert set(get_args(StreamName)) == {*StreamView}
    assert set(get_args(TableClassName)) == {*TableClass}
