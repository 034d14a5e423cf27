"""An audit of the emulated AWS: what is there, what it keeps, how old it is, and what could not be asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs
import boto3
import pytest
from msgspec.structs import replace

from constructs_lib.assessment import Verdict
from constructs_lib.components import Component, Kind
from constructs_lib.declaration.declaration import parse_declaration
from constructs_lib.errors import EvaluationError
from constructs_lib.live.found import Found as FoundLive
from constructs_lib.live.found import Unasked
from constructs_lib.live.keys import keys_in, locked_keys
from constructs_lib.live.kinds.table import with_replicas
from constructs_lib.live.read import Account
from constructs_lib.live.region import REFUSED, Region
from constructs_lib.objectives import Objective
from constructs_lib.operations.auditing.audit import Audit, audit
from constructs_lib.operations.auditing.policy import ACTIONS, audit_policy
from constructs_lib.selection.decision import Decision
from tests.cli.run import drctl
from tests.documents.reference import PRIMARY, write_shop
from tests.emulator.conftest import _aws, _extra  # noqa: F401 - the fixtures
from tests.emulator.roles import open_key
from tests.operations.seeded import back_up, build, place, synthesized

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.emulator import EmulatedAws

HOME, AWAY = "eu-west-1", "eu-central-1"
ROLE = "arn:aws:iam::123456789012:role/replication"
BACKS_UP = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
ASSUMED_BY_BACKUP = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
TODAY = datetime(2026, 11, 26, tzinfo=UTC)
DECLARED = """
version: 1
regions: {primary: eu-west-1, recovery: eu-central-1}
workloads:
  shop:
    objective: {rto: 4h, rpo: 3h}
    components: [{match: "*.audited-*"}]
"""


AUDITOR = "AUDITOR"


class Session:
    """A boto3 session on the emulator, of somebody who may do what the audit's policy allows and nothing else."""

    def __init__(self, aws: EmulatedAws, denied: frozenset[str] = frozenset()) -> None:
        self._aws, self._denied = aws, denied
        aws.hold(AUDITOR, json.loads(audit_policy()))

    def client(self, service: str, region_name: str, config: Any) -> Any:
        client = boto3.client(
            service,
            region_name=region_name,
            endpoint_url=self._aws.endpoint,
            aws_access_key_id=AUDITOR,
            aws_secret_access_key="test",
            config=config,
        )
        for operation in self._denied:
            client.meta.events.register(f"before-call.{service}.{operation}", _deny)
        return client


def _deny(**_: Any) -> Any:
    from botocore.exceptions import ClientError

    raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "denied")


@pytest.fixture(name="seeded", scope="module")
def _seeded(aws: EmulatedAws) -> EmulatedAws:
    for region in (HOME, AWAY):
        s3 = aws.client("s3", region)
        name = f"audited-{region}"
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    rule = {
        "ID": "all",
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::audited-{AWAY}"},
    }
    aws.client("s3", HOME).put_bucket_replication(
        Bucket=f"audited-{HOME}", ReplicationConfiguration={"Role": ROLE, "Rules": [rule]}
    )
    dynamodb = aws.client("dynamodb", HOME)
    dynamodb.create_table(
        TableName="audited-orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.update_continuous_backups(
        TableName="audited-orders", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    aws.client("rds", HOME).create_db_instance(
        DBInstanceIdentifier="audited-db",
        Engine="postgres",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        MasterUsername="master",
        MasterUserPassword="not-a-secret",
        BackupRetentionPeriod=7,
        MultiAZ=True,
    )
    efs, away = aws.client("efs", HOME), aws.client("efs", AWAY)
    source = efs.create_file_system(CreationToken="audited-files")["FileSystemId"]
    replica = away.create_file_system(CreationToken="audited-files")["FileSystemId"]
    away.update_file_system_protection(FileSystemId=replica, ReplicationOverwriteProtection="DISABLED")
    efs.create_replication_configuration(
        SourceFileSystemId=source, Destinations=[{"FileSystemId": replica, "Region": AWAY}]
    )
    return aws


def _audited(aws: EmulatedAws, *denied: str, regions: tuple[str, ...] = (HOME, AWAY), **more: Any) -> Audit:
    declaration = parse_declaration(DECLARED, file="recovery.yaml", today=TODAY.date())
    session = Session(aws, frozenset(denied))
    return audit(regions, declaration, today=TODAY.date(), session=session, **more)


def _protections(found: Audit, address: str) -> set[str]:
    (component,) = (item for item in found.review.components if item.address == address)
    return {link.mechanism for link in component.links_after if link.counted or link.uncertain}


@pytest.mark.emulator
def test_what_is_there_is_judged_as_a_plan_is(seeded: EmulatedAws) -> None:
    found = _audited(seeded)

    assert {"versioning", "replication"} <= _protections(found, f"aws_s3_bucket.audited-{HOME}")
    assert "pitr" in _protections(found, "aws_dynamodb_table.audited-orders")
    assert {"automated_backups", "multi_az_instance"} <= _protections(found, "aws_db_instance.audited-db")
    assert found.review.verdict is Verdict.BREACHED
    lost = {item.address for item in found.review.components if item.verdict is Verdict.BREACHED}
    assert {"aws_dynamodb_table.audited-orders", "aws_db_instance.audited-db"} <= lost


@pytest.mark.emulator
def test_a_file_system_is_one_component_with_its_replica_and_how_old_that_is(seeded: EmulatedAws) -> None:
    """EFS makes names up, so that the file system is known by its id."""
    declared = DECLARED.replace("*.audited-*", "aws_efs_file_system.*")
    declaration = parse_declaration(declared, file="recovery.yaml", today=TODAY.date())
    found = audit((HOME, AWAY), declaration, today=TODAY.date(), session=Session(seeded))

    (files,) = seeded.client("efs", HOME).describe_file_systems()["FileSystems"]
    (component,) = found.review.components
    assert component.address == f"aws_efs_file_system.{files['FileSystemId']}"
    assert _protections(found, component.address) == {"regional_storage", "replication"}
    assert {seen.source for seen in found.observed.values()} == {"LastReplicatedTimestamp"}


@pytest.mark.emulator
def test_the_newest_point_to_go_back_to_is_told_with_its_age(seeded: EmulatedAws) -> None:
    found = _audited(seeded, now=datetime.now(UTC) + timedelta(hours=5))

    seen = found.observed["aws_dynamodb_table.audited-orders"]
    assert seen.source == "LatestRestorableDateTime"
    assert seen.rpo_seconds > 4 * 3600
    assert "aws_dynamodb_table.audited-orders" in found.late


@pytest.mark.emulator
@pytest.mark.parametrize(
    ("denied", "address"),
    [
        ("GetBucketVersioning", f"aws_s3_bucket.audited-{HOME}"),
        ("DescribeContinuousBackups", "aws_dynamodb_table.audited-orders"),
    ],
)
def test_what_may_not_be_asked_is_unknown_and_not_absent(seeded: EmulatedAws, denied: str, address: str) -> None:
    found = _audited(seeded, denied)

    assert {(item.what.split()[0].split(":")[1], item.error) for item in found.unasked} == {(denied, "AccessDenied")}
    (component,) = (item for item in found.review.components if item.address == address)
    assert any(link.uncertain for link in component.links_after)
    assert found.verdict is not Verdict.MET


@pytest.mark.emulator
def test_a_region_that_is_lost_costs_itself_and_no_other(seeded: EmulatedAws) -> None:
    with seeded.fail_region(AWAY):
        found = _audited(seeded)

    assert any(AWAY in item.what for item in found.unasked)
    assert not any(f"in {HOME}" in item.what for item in found.unasked)
    assert "aws_db_instance.audited-db" in {item.address for item in found.review.components}


@pytest.mark.emulator
def test_nothing_answered_is_no_answer(seeded: EmulatedAws) -> None:
    with seeded.fail_region(HOME, "reset"), pytest.raises(EvaluationError, match="nothing could be asked of eu-west-1"):
        _audited(seeded, regions=(HOME,))


@pytest.mark.emulator
def test_terraforms_addresses_are_taken_where_they_are_known(seeded: EmulatedAws) -> None:
    known = {("aws_dynamodb_table", HOME, "audited-orders"): "aws_dynamodb_table.orders"}
    declared = DECLARED.replace("*.audited-*", "aws_dynamodb_table.orders")
    declaration = parse_declaration(declared, file="recovery.yaml", today=TODAY.date())

    found = audit((HOME,), declaration, addresses=known, today=TODAY.date(), session=Session(seeded))

    assert [item.address for item in found.review.components] == ["aws_dynamodb_table.orders"]


def test_the_policy_names_actions_that_exist_and_only_reads() -> None:
    statements = json.loads(audit_policy())["Statement"]

    assert {action.split(":")[0] for item in statements for action in item["Action"]} == set(ACTIONS)
    for item in statements:
        assert all(action.split(":")[1].startswith(("Get", "List", "Describe")) for action in item["Action"])
        assert "*" not in "".join(item["Action"])
        assert "secretsmanager:GetSecretValue" not in item["Action"]


@pytest.mark.parametrize(
    ("asked", "protected", "found"),
    [
        ((HOME, AWAY), True, 0),
        ((HOME, AWAY), False, 1),
        ((HOME,), False, 0),
    ],
)
def test_the_backups_of_a_replica_are_told_by_its_own_region(
    asked: tuple[str, ...], protected: bool, found: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DescribeTable does not tell them; where that Region was not asked, nothing is said of them."""
    live = with_replicas(_global_table(region, enabled=region == HOME or protected) for region in asked)
    account = Account(found=tuple(live), unasked=(), answers=1)
    monkeypatch.setattr("constructs_lib.operations.auditing.audit.read_account", lambda *_, **__: account)
    seen = audit(asked, parse_declaration(DECLARED), today=TODAY.date(), now=TODAY)

    assert [item.id for item in seen.review.findings if item.id == "RECOVERY-210"] == ["RECOVERY-210"] * found


@pytest.mark.parametrize(
    ("asked", "unasked", "verdict"),
    [
        ((HOME, AWAY), (), "breached"),
        ((HOME,), (), "unknown"),
        ((HOME, AWAY), (Unasked(what="everything", error="denied"),), "unknown"),
    ],
)
def test_what_has_no_tags_is_judged_by_what_stacks_promise_for_it(
    asked: tuple[str, ...], unasked: tuple[Unasked, ...], verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where both Regions were asked, a copy that was not found is nowhere else either."""
    live = _global_table(HOME, enabled=True)
    live = attrs.evolve(live, values={**live.values, "replica": [], "tags_all": {"recovery:workload": "theirs"}})
    account = Account(found=(live,), unasked=unasked, answers=1)
    monkeypatch.setattr("constructs_lib.operations.auditing.audit.read_account", lambda *_, **__: account)
    promised = {"recovery:workload": "shop", "recovery:rto": "region=1h", "recovery:rpo": "region=1h"}
    key = ("aws_dynamodb_table", HOME, "audited-orders")

    seen = audit(asked, None, tags={key: promised}, today=TODAY.date(), now=TODAY)

    assert [(item.address, item.workload) for item in seen.review.components] == [
        ("aws_dynamodb_table.audited-orders", "theirs")
    ]
    assert seen.review.verdict.value == verdict
    assert audit(asked, None, today=TODAY.date(), now=TODAY).review.components == ()


@pytest.mark.parametrize(
    ("tags", "asked", "unasked", "missing"),
    [
        ({"recovery:workload": "shop", "recovery:component": "orders"}, (HOME, AWAY), (), []),
        ({"recovery:workload": "shop", "recovery:component": "baskets"}, (HOME, AWAY), (), ["orders"]),
        ({}, (HOME, AWAY), (), ["orders"]),
        ({}, (AWAY,), (), []),
        ({}, (HOME, AWAY), (Unasked(what="everything", error="denied"),), []),
    ],
)
def test_what_stacks_build_and_is_not_there_is_told(
    tags: dict[str, str],
    asked: tuple[str, ...],
    unasked: tuple[Unasked, ...],
    missing: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What exists already and is somebody else's has whatever tags, and is looked up by the plan."""
    live = _global_table(HOME, enabled=True)
    live = attrs.evolve(live, values={**live.values, "tags_all": tags})
    account = Account(found=(live,), unasked=unasked, answers=1)
    monkeypatch.setattr("constructs_lib.operations.auditing.audit.read_account", lambda *_, **__: account)
    decided = Decision(
        component=Component(name="orders", kind=Kind.TABLE, region=HOME),
        workload="shop",
        pattern="global_table",
        objective=Objective(rto="1h", rpo="1h"),
        recovery_region=AWAY,
        provider=">= 5.100, < 7.0",
    )
    external = attrs.evolve(decided, component=Component(name="search", kind=Kind.EXTERNAL, region=HOME))
    theirs = attrs.evolve(
        decided, component=replace(decided.component, name="theirs"), features=frozenset({"existing"})
    )

    seen = audit(asked, None, decisions=(decided, external, theirs), today=TODAY.date(), now=TODAY)

    assert [item.name for item in seen.missing] == missing
    assert (seen.verdict is Verdict.UNKNOWN) == bool(missing or unasked)


def test_the_command_says_what_is_not_there_and_exits_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Account(found=(_global_table(HOME, enabled=True),), unasked=(), answers=1)
    monkeypatch.setattr("constructs_lib.operations.auditing.audit.read_account", lambda *_, **__: account)
    monkeypatch.setattr("constructs_lib.cli.recovery.credentials.check_signed_in", lambda _: None)
    monkeypatch.chdir(tmp_path)

    ran = drctl(capsys, "audit", "--region", PRIMARY, "--stacks", str(write_shop(tmp_path / "cdktf.out")))

    assert ran.code == 1
    said = f"not found: nothing in {PRIMARY} has the tags of assets (bucket) of shop, which the stacks build there\n"
    assert said in ran.out


def _global_table(region: str, *, enabled: bool) -> FoundLive:
    other = AWAY if region == HOME else HOME
    return FoundLive(
        type="aws_dynamodb_table",
        name="audited-orders",
        region=region,
        values={
            "name": "audited-orders",
            "arn": f"arn:aws:dynamodb:{region}:123456789012:table/audited-orders",
            "point_in_time_recovery": [{"enabled": enabled, "recovery_period_in_days": 35}],
            "replica": [{"region_name": other, "consistency_mode": "EVENTUAL"}],
            "tags_all": {},
        },
        unknown=("replica.point_in_time_recovery",),
    )


@pytest.mark.emulator
def test_a_backup_in_the_other_region_is_as_old_as_what_it_is_a_copy_of(aws: EmulatedAws, tmp_path: Path) -> None:
    """Point-in-time recovery at home says nothing of what the loss of the Region leaves."""
    workload = synthesized(
        tmp_path, "copied", place(aws, HOME, "copied"), place(aws, AWAY, "copied"), "table", pattern="backup_copy"
    )
    build(aws, workload)
    back_up(aws, workload)
    later = datetime.now(UTC) + timedelta(hours=5)

    def seen(*regions: str, denied: tuple[str, ...] = ()) -> Audit:
        session = Session(aws, frozenset(denied))
        return audit(regions, None, today=TODAY.date(), session=session, now=later)

    both, home = seen(HOME, AWAY), seen(HOME)
    denied = seen(HOME, AWAY, denied=("ListRecoveryPointsByBackupVault",))

    address = "aws_dynamodb_table.copied-items"
    assert [item.observed[address].source for item in (both, home, denied)] == [
        "CreationDate",
        "LatestRestorableDateTime",
        "LatestRestorableDateTime",
    ]
    assert 5 * 3600 <= both.observed[address].rpo_seconds < 6 * 3600
    assert {item.error for item in denied.unasked} == {"AccessDenied"}


@pytest.mark.emulator
def test_a_plan_of_backups_that_has_made_none_recovers_nothing(aws: EmulatedAws) -> None:
    dynamodb, backup = aws.client("dynamodb", HOME), aws.client("backup", HOME)
    table = dynamodb.create_table(
        TableName="never-backed",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )["TableDescription"]["TableArn"]
    there = aws.client("backup", AWAY).create_backup_vault(BackupVaultName="never")["BackupVaultArn"]
    backup.create_backup_vault(BackupVaultName="never")
    rule = {
        "RuleName": "hourly",
        "TargetBackupVaultName": "never",
        "ScheduleExpression": "cron(0 * * * ? *)",
        "StartWindowMinutes": 60,
        "CopyActions": [{"DestinationBackupVaultArn": there}],
    }
    made = backup.create_backup_plan(BackupPlan={"BackupPlanName": "never", "Rules": [rule]})
    iam = aws.client("iam", "us-east-1")
    role = iam.create_role(RoleName="never", AssumeRolePolicyDocument=json.dumps(ASSUMED_BY_BACKUP))["Role"]["Arn"]
    iam.attach_role_policy(RoleName="never", PolicyArn=BACKS_UP)
    selection = {"SelectionName": "never", "IamRoleArn": role, "Resources": [table]}
    backup.create_backup_selection(BackupPlanId=made["BackupPlanId"], BackupSelection=selection)
    declared = DECLARED.replace("*.audited-*", "aws_dynamodb_table.never-backed")
    declaration = parse_declaration(declared, file="recovery.yaml", today=TODAY.date())

    def unbacked(*regions: str) -> dict[str, str]:
        found = audit(regions, declaration, today=TODAY.date(), session=Session(aws))
        assert found.verdict is Verdict.BREACHED or not found.unbacked
        return dict(found.unbacked)

    address = "aws_dynamodb_table.never-backed"
    assert unbacked(HOME, AWAY) == {address: "there is no backup of it in another Region's vaults"}
    job = backup.start_backup_job(BackupVaultName="never", ResourceArn=table, IamRoleArn=role)
    assert unbacked(HOME, AWAY) == {address: "there is no backup of it in another Region's vaults"}
    backup.start_copy_job(
        RecoveryPointArn=job["RecoveryPointArn"],
        SourceBackupVaultName="never",
        DestinationBackupVaultArn=there,
        IamRoleArn=role,
    )
    assert unbacked(HOME, AWAY) == {}


@pytest.mark.emulator
def test_what_is_encrypted_with_a_key_that_is_disabled_is_not_there(aws: EmulatedAws) -> None:
    """Everything was met, and nothing in the other Region could have been read on the day."""
    dynamodb, backup, kms = (aws.client(service, HOME) for service in ("dynamodb", "backup", "kms"))
    key, other = open_key(aws, HOME), open_key(aws, HOME)
    table = dynamodb.create_table(
        TableName="locked-up",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
    )["TableDescription"]["TableArn"]
    backup.create_backup_vault(BackupVaultName="locked-up", EncryptionKeyArn=other)
    iam = aws.client("iam", "us-east-1")
    role = iam.create_role(RoleName="locked", AssumeRolePolicyDocument=json.dumps(ASSUMED_BY_BACKUP))["Role"]["Arn"]
    iam.attach_role_policy(RoleName="locked", PolicyArn=BACKS_UP)
    backup.start_backup_job(BackupVaultName="locked-up", ResourceArn=table, IamRoleArn=role)
    declared = DECLARED.replace("*.audited-*", "aws_dynamodb_table.locked-up")
    declaration = parse_declaration(declared, file="recovery.yaml", today=TODAY.date())

    def audited() -> Audit:
        return audit([HOME], declaration, today=TODAY.date(), session=Session(aws))

    (address,) = (item.address for item in audited().review.components if item.address.endswith("locked-up"))
    assert address not in audited().unreadable
    assert audited().observed[address].source == "CreationDate"
    kms.disable_key(KeyId=other)
    assert address not in audited().observed, "nothing brings back what is in a vault whose key is disabled"
    there = open_key(aws, AWAY)
    replica = {"Create": {"RegionName": AWAY, "KMSMasterKeyId": there}}
    dynamodb.update_table(TableName="locked-up", ReplicaUpdates=[replica])
    kms.schedule_key_deletion(KeyId=key)
    found = audited()
    assert "RECOVERY-317" not in {item.id for item in found.review.findings}, "the replica that is there has its key"
    assert found.unreadable[address].endswith(f"its key {key} is PendingDeletion")
    assert found.verdict is Verdict.BREACHED


def test_of_keys_what_may_not_be_asked_is_unasked_and_of_other_regions_passed_over() -> None:
    class Told(Region):
        def ask(self, service: str, operation: str, about: str = "", *, absent: Any = (), **given: Any) -> Any:
            return {"gone": None, "denied": REFUSED}.get(
                about[-6:].strip("/y"), {"KeyMetadata": {"KeyState": "Enabled"}}
            )

    arns = [f"arn:aws:kms:{HOME}:1:key/{name}" for name in ("good", "gone", "denied")]
    region = Told(None, HOME)

    assert locked_keys(region, [*arns, f"arn:aws:kms:{AWAY}:1:key/gone"]) == {arns[1]: "gone"}
    assert sorted(keys_in({"rule": [{"sse": {"kms_master_key_id": arns[0]}}], "name": "arn:aws:s3:::x"})) == [arns[0]]


@pytest.mark.emulator
def test_copies_in_vaults_that_were_not_asked_are_not_called_missing(aws: EmulatedAws) -> None:
    """A vault of a third Region, as one of another account, may hold them."""
    third = "eu-north-1"
    table = aws.client("dynamodb", HOME).create_table(
        TableName="backed-elsewhere",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )["TableDescription"]["TableArn"]
    backup, iam = aws.client("backup", HOME), aws.client("iam", "us-east-1")
    backup.create_backup_vault(BackupVaultName="elsewhere")
    there = aws.client("backup", third).create_backup_vault(BackupVaultName="elsewhere")["BackupVaultArn"]
    rule = {
        "RuleName": "hourly",
        "TargetBackupVaultName": "elsewhere",
        "ScheduleExpression": "cron(0 * * * ? *)",
        "StartWindowMinutes": 60,
        "CopyActions": [{"DestinationBackupVaultArn": there}],
    }
    made = backup.create_backup_plan(BackupPlan={"BackupPlanName": "elsewhere", "Rules": [rule]})
    role = iam.create_role(RoleName="elsewhere", AssumeRolePolicyDocument=json.dumps(ASSUMED_BY_BACKUP))["Role"]["Arn"]
    iam.attach_role_policy(RoleName="elsewhere", PolicyArn=BACKS_UP)
    selection = {"SelectionName": "elsewhere", "IamRoleArn": role, "Resources": [table]}
    backup.create_backup_selection(BackupPlanId=made["BackupPlanId"], BackupSelection=selection)
    backup.start_backup_job(BackupVaultName="elsewhere", ResourceArn=table, IamRoleArn=role)
    declared = DECLARED.replace("*.audited-*", "aws_dynamodb_table.backed-elsewhere")
    declaration = parse_declaration(declared, file="recovery.yaml", today=TODAY.date())

    def unbacked(*regions: str) -> dict[str, str]:
        return dict(audit(regions, declaration, today=TODAY.date(), session=Session(aws)).unbacked)

    assert unbacked(HOME, AWAY) == {}
    assert set(unbacked(HOME, AWAY, third)) == {"aws_dynamodb_table.backed-elsewhere"}
