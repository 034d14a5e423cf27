"""Drills on the emulated AWS: restored beside the workload, checked, removed, recorded as simulated."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from msgspec.structs import replace

from constructs_lib.assessment.evidence import EvidenceKind, read_evidence
from constructs_lib.errors import RefusedError, UnfinishedError
from constructs_lib.objectives import Disruption
from constructs_lib.operations.rehearsing.clean import clean as clean_up
from constructs_lib.operations.rehearsing.drill import check_account, run_drill
from constructs_lib.operations.rehearsing.drill_plan import plan_drill
from constructs_lib.operations.rehearsing.drill_rights import drill_policy_of
from constructs_lib.procedures import PROCEDURES
from tests.operations.conftest import FAST, Recorded
from tests.operations.seeded import HOME, RECOVERY, back_up, synthesized, unbuilt
from tests.operations.unused_rights import unused
from tests.operations.workloads import workload as service_workload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.emulator import EmulatedAws
    from constructs_lib.operations.rehearsing.drill import Drilled

    Built = Callable[..., DocumentedWorkload]

pytestmark = pytest.mark.emulator

CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("software", "table", {"pattern": "pitr", "ttl_attribute": "gone", "stream": "NEW_IMAGE"}),
    ("region", "table", {"pattern": "backup_copy"}),
    ("software", "database", {"engine": "postgres", "pattern": "multi_az_instance"}),
    ("region", "database", {"engine": "postgres", "pattern": "multi_az_replicated_backups"}),
    ("software", "database", {"engine": "postgres", "pattern": "multi_az_cluster"}),
    ("software", "database", {"engine": "aurora-postgresql", "pattern": "aurora_multi_az"}),
]
TOKEN = "0a1b2c3d"


def run(
    workload: DocumentedWorkload,
    disruption: str,
    clients: Recorded,
    directory: Path,
    stop: Callable[[], bool] = bool,
    whole: bool = False,
    **more: Any,
) -> Drilled:
    """Drill as somebody who may do what the policy of drills of the workload allows, and nothing else."""
    plan = plan_drill(workload, Disruption(disruption), token=TOKEN)
    policy = drill_policy_of(plan_drill(workload, Disruption(disruption), token="*"))
    with clients.held_to(policy) as asked:
        drilled = run_drill(
            workload,
            plan,
            clients,
            state=directory / "state",
            store=None,
            evidence=directory / "evidence",
            manner=replace(FAST, stop=stop),
            **more,
        )
    if whole:
        assert unused(policy, asked, encrypts=plan.components[0].kind == "bucket") == []
    return drilled


def names(aws: EmulatedAws, region: str) -> list[str]:
    rds = aws.client("rds", region)
    buckets = aws.client("s3", region).list_buckets(BucketRegion=region)["Buckets"]
    return [
        *(item["Name"] for item in buckets),
        *(item["identifier"] for item in aws.client("dsql", region).list_clusters()["clusters"]),
        *(item["FileSystemId"] for item in aws.client("efs", region).describe_file_systems()["FileSystems"]),
        *aws.client("dynamodb", region).list_tables()["TableNames"],
        *(item["DBInstanceIdentifier"] for item in rds.describe_db_instances()["DBInstances"]),
        *(item["DBClusterIdentifier"] for item in rds.describe_db_clusters()["DBClusters"]),
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[2]['pattern']}")
def test_a_drill_restores_beside_the_workload_and_leaves_nothing(
    case: tuple[str, str, dict[str, Any]], aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    disruption, kind, options = case
    workload = built(kind, **options)
    before = {region: names(aws, region) for region in (HOME, RECOVERY)}

    drilled = run(
        workload, disruption, clients, tmp_path, whole=True, check="echo $DRCTL_RESTORED seen in $DRCTL_REGION"
    )

    record = drilled.record
    made = {name for call in clients.calls for name in str(call[2]).split("'") if name.startswith("drctl-drill-")}
    assert any(name.startswith(f"drctl-drill-{TOKEN}-") for name in made)
    assert {region: names(aws, region) for region in (HOME, RECOVERY)} == before
    assert drilled.cleaned.left == ()
    assert drilled.cleaned.removed
    assert record.kind is EvidenceKind.SIMULATED
    assert record.components[0].measured.rto_seconds["act"] is not None
    assert [check.passed for check in record.checks] == [True]
    where = HOME if disruption == "software" else RECOVERY
    assert f"drctl-drill-{TOKEN}-" in record.checks[0].found
    assert f"seen in {where}" in record.checks[0].found
    assert record.cleanup is not None
    assert record.cleanup["proven_by"]
    assert record.components[0].differences == []
    assert [read for read, _ in read_evidence(tmp_path / "evidence")] == [record]
    changed = {
        (operation, repr(parameters)) for operation, _, parameters in clients.calls if "Describe" not in operation
    }
    touched = [call for call in changed if call[0].startswith(("Update", "Modify", "Delete", "Stop", "Promote"))]
    assert all(f"drctl-drill-{TOKEN}-" in text for _, text in touched)


def test_a_copy_has_the_tags_of_the_drill_and_none_by_which_the_workload_is_found(
    built: Built, clients: Recorded, tmp_path: Path
) -> None:
    workload = built("database", engine="postgres", pattern="multi_az_instance")

    run(workload, "software", clients, tmp_path)

    (restore,) = [given for operation, _, given in clients.calls if operation == "RestoreDBInstanceToPointInTime"]
    assert {item["Key"] for item in restore["Tags"]} == {"drctl:operation", "drctl:expires"}


def test_a_check_that_fails_makes_the_drill_fail_and_the_copies_go_all_the_same(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    drilled = run(built("table", pattern="pitr"), "software", clients, tmp_path, check="echo no rows; exit 3")

    assert drilled.record.verdict == "failed"
    assert drilled.record.checks[0].found == "exit code 3: no rows"
    assert drilled.exit_code == 1
    assert drilled.cleaned.left == ()


def test_what_would_touch_the_workload_is_not_drilled_and_said(tmp_path: Path) -> None:
    here, there = (unbuilt(region, "subnet-1", "subnet-2") for region in (HOME, RECOVERY))
    cases: tuple[tuple[str, dict[str, Any]], ...] = (
        ("database", {"engine": "dsql", "pattern": "dsql_multi_region"}),
        ("database", {"engine": "postgres", "pattern": "multi_az_read_replica"}),
        ("database", {"engine": "aurora-postgresql", "pattern": "global_database"}),
        ("table", {"pattern": "global_table"}),
    )
    for number, (kind, options) in enumerate(cases):
        workload = synthesized(tmp_path / str(number), f"t{number}", here, there, kind, **options)
        with pytest.raises(RefusedError, match=r"nothing of .* can be tried beside it"):
            plan_drill(workload, Disruption.REGION, token=TOKEN)


def test_a_drill_that_is_interrupted_goes_on_or_is_given_up(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    workload = built("table", pattern="pitr")
    asked = iter([False, False, False, False, False, True, True, True])
    with pytest.raises(UnfinishedError, match="--clean gives it up"):
        run(workload, "software", clients, tmp_path, stop=lambda: next(asked, True))
    (journal,) = (tmp_path / "state").glob("*.json")

    given_up = run_drill(
        workload,
        None,
        clients,
        operation=journal.stem,
        give_up=True,
        state=tmp_path / "state",
        store=None,
        evidence=tmp_path / "evidence",
        manner=FAST,
    )

    assert not [name for name in names(aws, HOME) if name.startswith("drctl-drill-")]
    assert given_up.record.verdict == "failed"
    assert "given up before its end" in given_up.record.deviations
    assert given_up.record.components[0].measured.rto_seconds["act"] is None


def test_what_cannot_be_removed_is_said_and_is_exit_code_4(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    dynamodb = aws.client("dynamodb", HOME)
    dynamodb.create_table(
        TableName="drctl-drill-99999999-x",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )

    def refuse(operation: str, region: str) -> None:
        if operation == "DeleteTable":
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, operation)

    clients.before = refuse
    cleaned = clean_up("drctl-drill-99999999-", "op", (HOME,), clients, poll=0.01)
    clients.before = lambda operation, region: None

    assert any("drctl-drill-99999999-x" in text for text in cleaned.left)
    assert any("AccessDenied" in text for text in cleaned.left)
    assert cleaned.as_data()["proven_by"] == []
    assert clean_up("drctl-drill-99999999-", "op", (HOME,), clients, poll=0.01).left == ()


def test_what_has_the_tag_under_another_name_is_found(aws: EmulatedAws, clients: Recorded) -> None:
    topic = aws.client("sns", HOME).create_topic(Name="odd", Tags=[{"Key": "drctl:operation", "Value": "drill-odd"}])[
        "TopicArn"
    ]

    left = clean_up("drctl-drill-77777777-", "drill-odd", (HOME,), clients, poll=0.01).left
    aws.client("sns", HOME).delete_topic(TopicArn=topic)

    assert any("odd" in text for text in left)


def test_accounts_that_are_not_named_are_refused() -> None:
    check_account("123456789012", ("123456789012",), "recovery.yaml")
    with pytest.raises(RefusedError, match=r"of account 111111111111, and recovery.yaml names 123456789012"):
        check_account("111111111111", ("123456789012",), "recovery.yaml")
    with pytest.raises(RefusedError, match="names none"):
        check_account("111111111111", (), "recovery.yaml")


def test_the_command_refuses_records_and_leaves(
    aws: EmulatedAws, built: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.cli.run import drctl

    workload = built("table", pattern="pitr")
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    (stacks,) = tmp_path.glob("stacks-*")
    arguments = ("drill", workload.name, "--stacks", str(stacks), "--execute", "--poll", "0.02", "--state", "s")
    refused = drctl(capsys, *arguments)
    (tmp_path / "recovery.yaml").write_text(f'version: 1\naccounts: ["{aws.account}"]\n', encoding="utf-8")
    ran = drctl(capsys, *arguments, "--check", "true", "--format", "json")
    listed = drctl(capsys, "evidence", "list")
    verified = drctl(capsys, "evidence", "verify")
    page = drctl(capsys, "evidence", "page", "--output", "page.html")

    assert (refused.code, "names none" in refused.err) == (1, True)
    assert ran.code == 0, ran.err
    record = json.loads(ran.out)
    assert record["kind"] == "simulated"
    assert set(record) >= {
        "schema_version", "id", "kind", "workload", "disruption", "fingerprint", "objective", "times", "measured",
        "checks", "deviations", "not_covered", "cleanup", "expires", "previous_sha256",
    }  # fmt: skip
    assert "simulated" in listed.out
    assert verified.code == 0
    assert page.code == 0
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert text.count(">simulated<") == 2
    assert "no evidence of recovery" in text
    (file,) = (tmp_path / "evidence").glob("*.json")
    file.write_text(file.read_text(encoding="utf-8").replace("simulated", "incident"), encoding="utf-8")
    assert drctl(capsys, "evidence", "verify", "--newest", verified.out.split()[-1]).code == 1


def bucket_in(workload: DocumentedWorkload, region: str, aws: EmulatedAws) -> str:
    (name,) = [
        str(member.arguments["bucket"])
        for member in workload.components[0].members
        if (member.type, member.region) == ("aws_s3_bucket", region)
    ]
    return name.replace("$ACCOUNT", aws.account)


def versions(aws: EmulatedAws, bucket: str, region: str) -> list[tuple[str, str, bool]]:
    found = aws.client("s3", region).list_object_versions(Bucket=bucket)
    return sorted(
        (item["Key"], item["VersionId"], item["IsLatest"])
        for item in [*found.get("Versions", ()), *found.get("DeleteMarkers", ())]
    )


@pytest.mark.parametrize("disruption", ["software", "region"])
def test_a_bucket_is_sampled_into_a_bucket_of_the_drill(
    disruption: str, aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    workload = built("bucket", pattern="replication")
    region = HOME if disruption == "software" else RECOVERY
    bucket, s3 = bucket_in(workload, region, aws), aws.client("s3", region)
    for key, body in (("it's", b"bad"), ("it's", b"good"), ("a ünï&?=+ %41", b"more"), ("gone", b"deleted")):
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    s3.delete_object(Bucket=bucket, Key="gone")
    for number in range(120):
        s3.put_object(Bucket=bucket, Key=f"z/{number:03}", Body=b"z", Tagging="a=b")
    before = versions(aws, bucket, region), {place: names(aws, place) for place in (HOME, RECOVERY)}
    look = f"test $DRCTL_RESTORED = drctl-drill-{TOKEN}-files && test $DRCTL_REGION = {region}"

    drilled = run(workload, disruption, clients, tmp_path, whole=True, check=look)

    record, (tried,) = drilled.record, drilled.record.components
    assert (versions(aws, bucket, region), {place: names(aws, place) for place in (HOME, RECOVERY)}) == before
    assert drilled.cleaned.left == ()
    assert drilled.cleaned.removed == (f"bucket drctl-drill-{TOKEN}-files in {region}",)
    copied = [given for operation, _, given in clients.calls if operation == "CopyObject"]
    assert {given["Bucket"] for given in copied} == {f"drctl-drill-{TOKEN}-files"}
    assert {given["Key"] for given in copied} == {"a ünï&?=+ %41", "it's", *(f"z/{number:03}" for number in range(98))}
    assert {given["ServerSideEncryption"] for given in copied} == {"aws:kms"}
    assert all(f":{region}:" in given["SSEKMSKeyId"] for given in copied)
    assert [(check.passed, check.found) for check in record.checks] == [
        (True, "100 objects of 106 bytes"),
        (True, "exit code 0"),
    ]
    assert record.kind is EvidenceKind.SIMULATED
    parts = tried.measured.rto_seconds
    assert (parts["detect"], parts["decide"], parts["propagate"]) == (None, None, None)
    assert parts["act"] is not None
    assert parts["verify"] is not None
    assert tried.size_gb == round(106 / 1024**3, 6)
    # Only a copy can be behind.
    assert (tried.measured.rpo_seconds_at_most is None) == (disruption == "software")
    assert "newest object seen in the copy" in tried.measured.how[-1] or disruption == "software"
    read = {place for service, operation, place, _ in clients.asked if service == "s3" and operation != "ListBuckets"}
    assert read == {region}


def test_a_bucket_of_which_nothing_arrives_fails_the_drill(built: Built, clients: Recorded, tmp_path: Path) -> None:
    drilled = run(built("bucket", pattern="replication"), "region", clients, tmp_path)

    assert (drilled.record.verdict, drilled.exit_code) == ("failed", 1)
    assert drilled.record.checks[0].found == "0 objects of 0 bytes"
    assert any("number and bytes were compared; --check reads it" in text for text in drilled.record.not_covered)
    assert drilled.cleaned.left == ()


def test_a_sample_is_of_each_object_as_it_was_at_the_moment() -> None:
    """Over the end of a page, with what was deleted by then left out, and what was deleted since brought back."""
    from datetime import UTC, datetime

    from constructs_lib.operations.objects import as_it_was

    def version(key: str, second: int, *, latest: bool = False, **more: Any) -> dict[str, Any]:
        return {"Key": key, "LastModified": f"2026-11-26T10:00:{second:02}+00:00", "IsLatest": latest, **more}

    pages = (
        {
            "Versions": [version("a", 50, latest=True, Size=1), version("a", 10, Size=2)],
        },
        {
            "Versions": [version("a", 5, Size=3), version("b", 10, Size=4), version("c", 5, Size=5)],
            "DeleteMarkers": [version("b", 40, latest=True), version("c", 20)],
        },
        {
            "Versions": [version("c", 50, latest=True, Size=6), version("d", 7, Size=7), version("e", 40, Size=8)],
            "DeleteMarkers": [version("d", 7, latest=True)],
        },
    )

    found = as_it_was(pages, datetime(2026, 11, 26, 10, 0, 30, tzinfo=UTC))

    assert [(item["Key"], item["Size"]) for item in found] == [("a", 2), ("b", 4)]


@pytest.mark.parametrize("disruption", ["software", "region"])
def test_a_cluster_of_dsql_is_restored_under_the_name_of_the_drill(
    disruption: str, aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    workload = built("database", engine="dsql", pattern="dsql_backup_copy")
    region = HOME if disruption == "software" else RECOVERY
    before = {place: names(aws, place) for place in (HOME, RECOVERY)}

    drilled = run(workload, disruption, clients, tmp_path, whole=True, check="echo $DRCTL_RESTORED at $DRCTL_ENDPOINT")

    record, (tried,) = drilled.record, drilled.record.components
    assert {place: names(aws, place) for place in (HOME, RECOVERY)} == before
    assert drilled.cleaned.left == ()
    assert drilled.cleaned.removed == (f"DSQL cluster drctl-drill-{TOKEN}-ledger in {region}",)
    (tagged,) = [given["tags"] for operation, _, given in clients.calls if operation == "TagResource"]
    assert set(tagged) == {"Name", "drctl:operation", "drctl:expires"}
    (deleted,) = [given["identifier"] for operation, _, given in clients.calls if operation == "DeleteCluster"]
    assert deleted not in before[region]
    assert record.checks[0].found.startswith(f"exit code 0: {deleted} at ")
    assert tried.measured.rto_seconds["act"] is not None
    assert tried.measured.rto_seconds["verify"] is not None
    assert record.deviations == []
    assert (tried.measured.rpo_seconds_at_most is None) == (disruption == "software")


@pytest.mark.parametrize("disruption", ["software", "region"])
def test_a_bucket_that_aws_backup_keeps_is_restored_to_a_bucket_of_the_drill(
    disruption: str,
    aws: EmulatedAws,
    built: Built,
    clients: Recorded,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No pattern of ours backs a bucket up; plans of others do, and the names are theirs to give."""
    workload = built("bucket", pattern="replication")
    region, bucket = (HOME if disruption == "software" else RECOVERY), bucket_in(workload, HOME, aws)
    aws.client("s3", HOME).put_object(Bucket=bucket, Key="a/it's ünï&", Body=b"kept")
    vaults = keep_bucket(aws, bucket, workload.name)
    procedures = [item for item in PROCEDURES if (item.kind, item.mechanism) == ("bucket", "backup_copy")]
    (backed_up,) = [item for item in procedures if Disruption(disruption) in item.disruptions]
    monkeypatch.setattr("constructs_lib.operations.planning.procedure_for", lambda item, disruption: backed_up)
    role = f"arn:aws:iam::{aws.account}:role/backup"
    names_given = {"vault": vaults, "recovery_vault": vaults, "restore_role": role}
    plan = plan_drill(workload, Disruption(disruption), token=TOKEN, names=names_given)
    before = {place: names(aws, place) for place in (HOME, RECOVERY)}
    seen: list[bytes] = []

    def read(operation: str, _region: str) -> None:
        if operation == "HeadBucket":
            made = aws.client("s3", region).get_object(Bucket=f"drctl-drill-{TOKEN}-files", Key="a/it's ünï&")
            seen.append(made["Body"].read())

    clients.after = read
    drilled = run_drill(workload, plan, clients, state=tmp_path / "s", store=None, evidence=tmp_path / "e", manner=FAST)

    assert seen == [b"kept"]
    assert {place: names(aws, place) for place in (HOME, RECOVERY)} == before
    assert drilled.cleaned.left == ()
    assert drilled.cleaned.removed == (f"bucket drctl-drill-{TOKEN}-files in {region}",)
    assert drilled.record.components[0].measured.rto_seconds["act"] is not None


def keep_bucket(aws: EmulatedAws, bucket: str, name: str) -> str:
    """Back *bucket* up to a vault, copy that to the other Region, and return how both vaults are called."""
    role = f"arn:aws:iam::{aws.account}:role/backup"
    for region in (HOME, RECOVERY):
        aws.client("backup", region).create_backup_vault(BackupVaultName=f"{name}-kept")
    point = aws.client("backup", HOME).start_backup_job(
        BackupVaultName=f"{name}-kept", ResourceArn=f"arn:aws:s3:::{bucket}", IamRoleArn=role
    )["RecoveryPointArn"]
    aws.client("backup", HOME).start_copy_job(
        RecoveryPointArn=point,
        SourceBackupVaultName=f"{name}-kept",
        DestinationBackupVaultArn=f"arn:aws:backup:{RECOVERY}:{aws.account}:backup-vault:{name}-kept",
        IamRoleArn=role,
    )
    return f"{name}-kept"


@pytest.mark.parametrize("disruption", ["software", "region"])
def test_a_file_system_is_restored_beside_the_workload_and_removed(
    disruption: str, aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    workload = built("filesystem", pattern="backup_copy")
    region = HOME if disruption == "software" else RECOVERY
    before = {place: names(aws, place) for place in (HOME, RECOVERY)}

    drilled = run(workload, disruption, clients, tmp_path, whole=True, check="echo $DRCTL_RESTORED")

    record, (tried,) = drilled.record, drilled.record.components
    assert {place: names(aws, place) for place in (HOME, RECOVERY)} == before
    assert drilled.cleaned.left == ()
    assert drilled.cleaned.removed == (f"file system drctl-drill-{TOKEN}-files in {region}",)
    (tags,) = [given["Tags"] for operation, _, given in clients.calls if operation == "TagResource"]
    assert {item["Key"] for item in tags} == {"Name", "drctl:operation", "drctl:expires"}
    (deleted,) = [given["FileSystemId"] for operation, _, given in clients.calls if operation == "DeleteFileSystem"]
    assert deleted not in before[region]
    assert record.checks[0].found == f"exit code 0: {deleted}"
    assert tried.measured.rto_seconds["act"] is not None


def test_a_file_system_that_something_is_mounted_at_is_said_to_be_left(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    """A check may have made a mount target: it is the check's to remove."""
    workload = built("filesystem", pattern="backup_copy")

    def in_use(operation: str, region: str) -> None:
        if operation == "DeleteFileSystem":
            raise ClientError({"Error": {"Code": "FileSystemInUse", "Message": "has mount targets"}}, operation)

    clients.before = in_use
    drilled = run(workload, "software", clients, tmp_path)
    clients.before = lambda operation, region: None
    assert clean_up(f"drctl-drill-{TOKEN}-", "op", (HOME,), clients, poll=0.01, services=["efs"]).left == ()

    assert drilled.exit_code == 4
    assert any("FileSystemInUse" in text for text in drilled.cleaned.left)


def test_a_cluster_of_dsql_in_several_regions_is_restored_from_its_backup_and_not_taken_over(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    workload = built("database", engine="dsql", pattern="dsql_multi_region")
    back_up(aws, workload)
    before = {place: names(aws, place) for place in (HOME, RECOVERY)}

    drilled = run(workload, "software", clients, tmp_path)

    assert {place: names(aws, place) for place in (HOME, RECOVERY)} == before
    assert drilled.cleaned.removed == (f"DSQL cluster drctl-drill-{TOKEN}-ledger in {HOME}",)
    with pytest.raises(RefusedError, match="ledger: AWS goes on by itself, and nothing is restored"):
        plan_drill(workload, Disruption.REGION, token=TOKEN)


@pytest.mark.parametrize("disruption", ["software", "region"])
@pytest.mark.parametrize("pattern", ["at_zero", "at_a_share", "in_full"])
def test_what_holds_no_data_is_not_drilled_and_the_sentence_says_what_to_do(
    pattern: str, disruption: str, tmp_path: Path
) -> None:
    service = service_workload(tmp_path, "service", pattern=pattern)

    with pytest.raises(RefusedError, match="it: a service holds no data, and AWS restores none beside it: the plan of"):
        plan_drill(service, Disruption(disruption), token=TOKEN)


class KilledError(BaseException):
    """As SIGKILL."""


@pytest.mark.parametrize(
    ("when", "give_up"), [("after", False), ("before", True), ("after", True)], ids=lambda item: str(item)
)
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("bucket", {"pattern": "versioning"}),
        ("database", {"engine": "dsql", "pattern": "dsql"}),
        ("filesystem", {"pattern": "backup"}),
    ],
    ids=["bucket", "dsql", "filesystem"],
)
def test_killed_at_any_change_nothing_is_left_behind(
    kind: str,
    options: dict[str, Any],
    when: str,
    give_up: bool,
    aws: EmulatedAws,
    built: Built,
    clients: Recorded,
    tmp_path: Path,
) -> None:
    """After a call its answer is lost; before it, it was not made."""
    workload = built(kind, **options)
    if kind == "bucket":
        aws.client("s3", HOME).put_object(Bucket=bucket_in(workload, HOME, aws), Key="one", Body=b"1")
    else:
        back_up(aws, workload)
    before = names(aws, HOME)
    for moment in itertools.count():
        moments = itertools.count()

        def tick(operation: str, region: str, moment: int = moment, moments: Any = moments) -> None:
            reads = operation.startswith(("Describe", "Get", "Head", "List"))
            if not reads and next(moments) == moment:
                raise KilledError

        setattr(clients, when, tick)
        directory = tmp_path / str(moment)
        try:
            run(workload, "software", clients, directory)
        except KilledError:
            setattr(clients, when, lambda operation, region: None)
            (journal,) = (directory / "state").glob("*.json")
            drilled = run_drill(
                workload,
                None,
                clients,
                operation=journal.stem,
                give_up=give_up,
                state=directory / "state",
                store=None,
                evidence=directory / "evidence",
                manner=FAST,
            )
            assert drilled.cleaned.left == ()
            assert sorted(names(aws, HOME)) == sorted(before)
        else:
            break
    # One change makes it, one tags it, one removes it.
    assert moment >= 3


class StillRestoring(Recorded):
    """A restore job that goes on for a while, and shows nothing until it ends."""

    asked_for: int = 0

    def call(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any], *, changes: bool
    ) -> Mapping[str, Any]:
        reply = super().call(service, operation, region, parameters, changes=changes)
        if operation == "DescribeRestoreJob":
            self.asked_for += 1
            if self.asked_for < 3:
                return {"Status": "RUNNING"}
        return reply


def test_a_restore_that_still_runs_is_waited_for_before_nothing_is_said_to_be_left(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    workload = built("database", engine="dsql", pattern="dsql_backup_copy")
    before = names(aws, HOME)
    # Before it begins, and before each of the two steps that begin the job.
    asked = iter([False] * 3)
    with pytest.raises(UnfinishedError):
        run(workload, "software", clients, tmp_path, stop=lambda: next(asked, True))
    (journal,) = (tmp_path / "state").glob("*.json")
    written = json.loads(journal.read_text(encoding="utf-8"))
    job = written["components"]["ledger"]["kept"]["restore_job"]
    slow = StillRestoring(clients.inner)

    cleaned = clean_up(
        f"drctl-drill-{TOKEN}-", journal.stem, (HOME,), slow, poll=0.01, services=("dsql",), jobs=[(HOME, job)]
    )

    assert cleaned.left == ()
    assert slow.asked_for == 3
    assert cleaned.removed == (f"DSQL cluster drctl-drill-{TOKEN}-untagged in {HOME}",)
    assert names(aws, HOME) == before


def test_a_bucket_that_cannot_be_emptied_is_said_to_be_left(aws: EmulatedAws, clients: Recorded) -> None:
    s3, name = aws.client("s3", HOME), "drctl-drill-88888888-files"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": HOME})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=name, Key="a", Body=b"1")
    s3.delete_object(Bucket=name, Key="a")

    def refuse(operation: str, region: str) -> None:
        if operation == "DeleteObjects":
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)

    clients.before = refuse
    # What is refused for good is given up after a few tries, however long each of them takes.
    left = clean_up("drctl-drill-88888888-", "op", (HOME,), clients, poll=0.01, services=("s3",)).left
    clients.before = lambda operation, region: None

    assert any(name in text and "AccessDenied" in text for text in left)
    assert clean_up("drctl-drill-88888888-", "op", (HOME,), clients, poll=0.01, services=("s3",)).left == ()
    assert name not in names(aws, HOME)
