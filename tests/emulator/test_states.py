"""A replicated state can be old, or carry a lock: every copy is asked, and what is wrong with it is said."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from msgspec.structs import replace

from constructs_lib import Bucket, Objective, Sites, StateBackend
from constructs_lib.errors import PlanError
from constructs_lib.operations.clients import AwsClients
from constructs_lib.operations.states import Copy, FoundState, look_at_states
from constructs_lib.plan.stacks import read_kept_states
from constructs_lib.terraform.engine import App
from tests.cli.run import drctl
from tests.emulator.regions import HERE as HOME
from tests.emulator.regions import THERE as RECOVERY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from constructs_lib.emulator import EmulatedAws
    from constructs_lib.plan.document.stack import KeptState

ROLE = "arn:aws:iam::123456789012:role/replication"
LOCK = {"ID": "b1e5", "Operation": "OperationTypeApply", "Who": "ci@runner", "Created": "2026-11-27T09:00:00Z"}


@pytest.fixture(name="boto")
def _boto(aws: EmulatedAws) -> AwsClients:
    session = boto3.session.Session(aws_access_key_id="test", aws_secret_access_key="test")
    return AwsClients(session, aws.endpoint)


@pytest.fixture(name="stopped")
def _stopped(aws: EmulatedAws) -> Iterator[None]:
    """Let nothing that is written from now on arrive elsewhere."""
    yield
    aws.configure(replication_delay=0)


@pytest.fixture(name="buckets")
def _buckets(aws: EmulatedAws) -> dict[str, str]:
    """Return a bucket for states in each Region; what is written in one is replicated to the other."""
    names = {region: f"states-{time.time_ns()}-{region}" for region in (HOME, RECOVERY)}
    for region, name in names.items():
        s3 = aws.client("s3", region)
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for region, other in ((HOME, RECOVERY), (RECOVERY, HOME)):
        rule = {
            "ID": "all",
            "Priority": 1,
            "Status": "Enabled",
            "Filter": {},
            "DeleteMarkerReplication": {"Status": "Enabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::{names[other]}"},
        }
        aws.client("s3", region).put_bucket_replication(
            Bucket=names[region], ReplicationConfiguration={"Role": ROLE, "Rules": [rule]}
        )
    return names


def kept(directory: Path, buckets: dict[str, str]) -> tuple[KeptState, ...]:
    """Return where the stacks of a bucket in both Regions keep their states: each outside its own Region."""
    app = App(outdir=str(directory))
    sites = Sites.per_region(app, "shop", primary=HOME, recovery=RECOVERY, account_id="123456789012")
    Bucket(sites, "files", objective=Objective(rto="1d", rpo="1d"), pattern="replication")
    StateBackend(buckets).keep(sites)
    app.synth()
    return read_kept_states(directory)


def write(aws: EmulatedAws, state: KeptState, serial: int, lineage: str = "one") -> None:
    content = {"version": 4, "serial": serial, "lineage": lineage, "resources": [{"secret": "hunter2"}]}
    aws.client("s3", state.region).put_object(Bucket=state.bucket, Key=state.key, Body=json.dumps(content).encode())


def lock(aws: EmulatedAws, state: KeptState) -> None:
    aws.client("s3", state.region).put_object(
        Bucket=state.bucket, Key=f"{state.key}.tflock", Body=json.dumps(LOCK).encode()
    )


def of(found: tuple[FoundState, ...], stack: str) -> FoundState:
    return next(item for item in found if item.stack == stack)


def test_each_state_is_looked_for_in_its_own_bucket_first(tmp_path: Path, buckets: dict[str, str]) -> None:
    states = kept(tmp_path, buckets)

    assert [(item.stack, item.region) for item in states] == [
        ("shop-global", RECOVERY),
        ("shop-primary", RECOVERY),
        ("shop-recovery", HOME),
    ]
    assert {item.bucket for item in states} == set(buckets.values())


@pytest.mark.emulator
def test_copies_that_agree_may_be_used_and_one_that_is_late_may_not(
    aws: EmulatedAws, boto: AwsClients, buckets: dict[str, str], tmp_path: Path, stopped: None
) -> None:
    states = kept(tmp_path, buckets)
    for state in states:
        write(aws, state, 7)
    aws.let_pass(60)
    found = look_at_states(states, boto)
    assert [list(item.troubles()) for item in found] == [[], [], []]
    assert [item.newest.home for item in found if item.newest] == [True, True, True]

    aws.configure(replication_delay=3600)
    write(aws, states[1], 9)
    late = of(look_at_states(states, boto), "shop-primary")
    assert late.newest is not None
    assert (late.newest.bucket, late.newest.serial) == (buckets[RECOVERY], 9)
    behind, *more = late.troubles()
    assert (
        behind
        == f"{buckets[RECOVERY]} in {RECOVERY} has not been replicated (PENDING): other buckets may have an older one"
    )
    assert more == [f"{buckets[HOME]} in {HOME} is 2 behind (7, and 9 is in {buckets[RECOVERY]}): do not use it"]


@pytest.mark.emulator
def test_a_copy_whose_home_is_lost_is_used_with_what_nobody_can_tell_and_its_lock_is_named(
    aws: EmulatedAws, boto: AwsClients, buckets: dict[str, str], tmp_path: Path
) -> None:
    states = kept(tmp_path, buckets)
    recovery = next(item for item in states if item.stack == "shop-recovery")
    write(aws, recovery, 4)
    lock(aws, recovery)
    aws.let_pass(60)

    with aws.fail_region(HOME):
        found = of(look_at_states(states, boto), "shop-recovery")

    assert found.newest is not None
    assert (found.newest.bucket, found.newest.serial, found.newest.home) == (buckets[RECOVERY], 4, False)
    assert found.newest.replication == "REPLICA"
    said = list(found.troubles())
    assert any("where it is kept, does not answer: it may have a newer one than 4, of 2" in text for text in said)
    assert any("is locked by ci@runner since 2026-11-27T09:00:00Z (b1e5)" in text for text in said)


@pytest.mark.emulator
def test_what_is_another_state_or_none_is_said_and_nothing_else_of_it(
    aws: EmulatedAws,
    boto: AwsClients,
    buckets: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    stopped: None,
) -> None:
    states = kept(tmp_path, buckets)
    write(aws, states[0], 3)
    aws.let_pass(60)
    aws.configure(replication_delay=3600)
    write(aws, replace(states[0], bucket=buckets[HOME], region=HOME), 5, lineage="two")
    aws.client("s3", HOME).put_object(Bucket=buckets[HOME], Key=states[2].key, Body=b"<html>")

    found = look_at_states(states, boto)
    assert next(of(found, "shop-global").troubles()).startswith("the copies are different states (of other lineage)")
    assert list(of(found, "shop-primary").troubles()) == ["no bucket has it, or lets it be read"]
    assert of(found, "shop-recovery").copies[0].trouble == "holds something that is no state"

    for name, value in aws.environment({}).items():
        monkeypatch.setenv(name, value)
    table = drctl(capsys, "state", "--stacks", str(tmp_path))
    assert table.code == 1
    assert "shop-primary (shop-primary.tfstate)" in table.out
    assert "hunter2" not in table.out
    listed: list[dict[str, Any]] = json.loads(drctl(capsys, "state", "--stacks", str(tmp_path), "--format", "json").out)
    assert [item["stack"] for item in listed] == ["shop-global", "shop-primary", "shop-recovery"]


def _found(*copies: Copy) -> list[str]:
    return list(FoundState(stack="a", key="a", copies=copies).troubles())


def test_two_lineages_are_two_states_and_a_single_copy_is_lost_with_its_region() -> None:
    one = Copy(bucket="here", region=HOME, home=True, serial=3, lineage="one", written="2026-11-27")
    two = Copy(bucket="there", region=RECOVERY, home=False, serial=3, lineage="two", written="2026-11-27")

    assert _found(one, two) == [
        "the copies are different states (of other lineage): use none before you know which is whose"
    ]
    gone = replace(two, serial=None, lineage=None, trouble="does not have it")
    assert _found(one, gone) == [f"only here in {HOME} has it: it is lost with that Region; replicate the bucket"]


def test_stacks_without_a_backend_are_told_to_have_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = App(outdir=str(tmp_path))
    sites = Sites.per_region(app, "shop", primary=HOME, recovery=RECOVERY, account_id="123456789012")
    Bucket(sites, "files", objective=Objective(rto="1d", rpo="1d"), pattern="replication")
    app.synth()

    ran = drctl(capsys, "state", "--stacks", str(tmp_path))
    assert (ran.code, ran.out) == (2, "")
    assert "keeps its state in S3; give them StateBackend" in ran.err
    with pytest.raises(PlanError):
        read_kept_states(tmp_path / "nothing")
