"""Recoveries on the emulated AWS: settings are the source's, the failed Region is not needed, one comes home."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import attrs
import msgspec
import pytest
from botocore.exceptions import ClientError

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.limits import limit
from constructs_lib.errors import InputError, RecoveryError, RefusedError, UnfinishedError
from constructs_lib.operations import object_copies
from constructs_lib.operations.alone import check_alone
from constructs_lib.operations.journal import Journal, journals
from constructs_lib.operations.journal_store import BucketStore
from constructs_lib.operations.operate import begin, look
from constructs_lib.operations.planning import plan_failback, plan_failover, plan_restore, recovered_by
from constructs_lib.operations.rights import policy_of
from tests.emulator.roles import open_key
from tests.operations.command_line import command_line
from tests.operations.conftest import FAST
from tests.operations.seeded import HOME, RECOVERY, place
from tests.operations.unused_rights import unused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.emulator import EmulatedAws
    from constructs_lib.operations.operate import Outcome
    from constructs_lib.operations.plan import Plan
    from tests.operations.conftest import Recorded

    Built = Callable[..., DocumentedWorkload]

pytestmark = pytest.mark.emulator

RESTORED: list[tuple[str, dict[str, Any]]] = [
    ("table", {"pattern": "pitr", "ttl_attribute": "gone", "stream": "NEW_IMAGE"}),
    ("table", {"pattern": "backup_copy"}),
    ("table", {"pattern": "global_table"}),
    ("database", {"engine": "postgres", "pattern": "automated_backups"}),
    ("database", {"engine": "postgres", "pattern": "multi_az_instance"}),
    ("database", {"engine": "postgres", "pattern": "multi_az_cluster"}),
    ("database", {"engine": "aurora-postgresql", "pattern": "aurora"}),
    ("database", {"engine": "aurora-postgresql", "pattern": "aurora_multi_az"}),
    ("database", {"engine": "aurora-postgresql", "pattern": "global_database"}),
    ("database", {"engine": "dsql", "pattern": "dsql"}),
    ("database", {"engine": "dsql", "pattern": "dsql_backup_copy"}),
    ("filesystem", {"pattern": "backup"}),
    ("filesystem", {"pattern": "backup_copy"}),
]
MOVED: list[tuple[str, dict[str, Any]]] = [
    ("bucket", {"pattern": "replication"}),
    ("bucket", {"pattern": "replication_rtc"}),
    ("bucket", {"pattern": "two_way_replication"}),
    ("bucket", {"pattern": "two_way_replication_rtc"}),
    ("table", {"pattern": "backup_copy"}),
    ("table", {"pattern": "global_table"}),
    ("table", {"pattern": "global_table_strong"}),
    ("table", {"pattern": "global_table_strong_witness"}),
    ("filesystem", {"pattern": "replication"}),
    ("filesystem", {"pattern": "backup_copy"}),
    ("database", {"engine": "dsql", "pattern": "dsql_backup_copy"}),
    ("database", {"engine": "dsql", "pattern": "dsql_multi_region"}),
    ("database", {"engine": "postgres", "pattern": "replicated_backups"}),
    ("database", {"engine": "postgres", "pattern": "multi_az_replicated_backups"}),
    ("database", {"engine": "postgres", "pattern": "read_replica"}),
    ("database", {"engine": "postgres", "pattern": "multi_az_read_replica"}),
    ("database", {"engine": "postgres", "pattern": "backup_copy"}),
    ("database", {"engine": "postgres", "pattern": "multi_az_backup_copy"}),
    ("database", {"engine": "aurora-postgresql", "pattern": "aurora_backup_copy"}),
    ("database", {"engine": "aurora-postgresql", "pattern": "aurora_multi_az_backup_copy"}),
    ("database", {"engine": "aurora-postgresql", "pattern": "global_database"}),
    ("database", {"engine": "aurora-postgresql", "pattern": "global_database_headless"}),
    ("database", {"engine": "aurora-postgresql", "pattern": "global_database_enforced_rpo"}),
    ("service", {"pattern": "definitions"}),
    ("service", {"pattern": "at_zero"}),
    ("service", {"pattern": "at_a_share"}),
    ("service", {"pattern": "in_full"}),
]


def test_every_pattern_that_reaches_another_region_is_moved() -> None:
    """With those of a distribution nothing is moved: its edge turns by itself."""
    patterns = [pattern for of_kind in load_catalog().patterns.values() for pattern in of_kind]
    reaching = {
        (item.kind, item.name) for item in patterns if any(part.where == "recovery" for part in item.protections)
    }

    assert {(kind, options["pattern"]) for kind, options in MOVED} == reaching - {("distribution", "origin_group")}


def label(case: tuple[str, dict[str, Any]]) -> str:
    return f"{case[0]}-{case[1]['pattern']}"


def run(plan: Plan, clients: Recorded, directory: Path) -> Outcome:
    """Run *plan* as somebody who may do what its policy allows and nothing else, and who needs all of that."""
    names = [item.name for item in plan.components]
    policy = policy_of(plan)
    with clients.held_to(policy) as asked:
        outcome = begin(plan, clients, directory=directory, store=None, losing=names, splitting=names, manner=FAST)
    of_objects = {item.kind for item in plan.components} == {"bucket"}
    assert unused(policy, asked, encrypts=of_objects) == []
    return outcome


@pytest.mark.parametrize("case", RESTORED, ids=label)
def test_what_is_restored_has_the_settings_of_its_source(
    case: tuple[str, dict[str, Any]], built: Built, clients: Recorded, tmp_path: Path
) -> None:
    workload = built(case[0], **case[1])
    plan = plan_restore(workload, workload.components[0].name, to_time="latest")

    outcome = run(plan, clients, tmp_path)

    assert outcome.differences == {}
    assert outcome.result == "done"
    assert {step["state"] for step in outcome.steps if step["id"] != "mount-targets"} <= {"done", "not needed"}


INSTANCE = (
    "AutoMinorVersionUpgrade",
    "BackupRetentionPeriod",
    "CopyTagsToSnapshot",
    "DBInstanceClass",
    "DeletionProtection",
    "EnabledCloudwatchLogsExports",
    "IAMDatabaseAuthenticationEnabled",
    "MaxAllocatedStorage",
    "MonitoringInterval",
    "MonitoringRoleArn",
    "MultiAZ",
    "PerformanceInsightsEnabled",
    "PerformanceInsightsRetentionPeriod",
    "PubliclyAccessible",
    "StorageType",
)
CLUSTER = (
    "BackupRetentionPeriod",
    "CopyTagsToSnapshot",
    "DeletionProtection",
    "EnabledCloudwatchLogsExports",
    "Engine",
    "IAMDatabaseAuthenticationEnabled",
)


def tags(described: dict[str, Any]) -> set[tuple[str, str]]:
    found = {(item["Key"], item["Value"]) for item in described.get("TagList", ())}
    return {(key, value) for key, value in found if not key.startswith(("drctl:", "aws:"))}


def assert_settings_are_those_of_home(aws: EmulatedAws, workload: DocumentedWorkload) -> None:
    """Of what is restored in the recovery Region; its groups and keys are of that Region."""
    name = f"{workload.name}-ledger"
    here, there = aws.client("rds", HOME), aws.client("rds", RECOVERY)
    found = there.describe_db_instances()["DBInstances"]
    for source in here.describe_db_instances()["DBInstances"]:
        identifier = source["DBInstanceIdentifier"]
        for restored in (item for item in found if item["DBInstanceIdentifier"] == identifier):
            if identifier.startswith(name):
                assert {key: restored.get(key) for key in INSTANCE} == {key: source.get(key) for key in INSTANCE}
                assert tags(restored) >= tags(source)
                assert ("MasterUserSecret" in restored) == ("MasterUserSecret" in source)
                assert f":{RECOVERY}:" in restored["KmsKeyId"]
    found = there.describe_db_clusters()["DBClusters"]
    for source in here.describe_db_clusters()["DBClusters"]:
        identifier = source["DBClusterIdentifier"]
        for restored in (item for item in found if item["DBClusterIdentifier"] == identifier):
            if identifier.startswith(name):
                assert {key: restored.get(key) for key in CLUSTER} == {key: source.get(key) for key in CLUSTER}
                assert tags(restored) >= tags(source)
                assert len(restored["DBClusterMembers"]) == len(source["DBClusterMembers"])


@pytest.mark.parametrize("case", MOVED, ids=label)
def test_a_workload_moves_without_its_region_and_comes_home(
    case: tuple[str, dict[str, Any]], aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    workload = built(case[0], **case[1])
    with aws.fail_region(HOME):
        there = run(plan_failover(workload, RECOVERY), clients, tmp_path)
        for member in workload.components[0].members:
            if (member.type, member.region) == ("aws_s3_bucket", RECOVERY):
                bucket = str(member.arguments["bucket"]).replace("$ACCOUNT", aws.account)
                aws.client("s3", RECOVERY).put_object(Bucket=bucket, Key="written", Body=b"there", Tagging="a=b")
    needed = {(operation, region) for operation, region, _ in clients.calls}
    assert {operation for operation, region in needed if region != RECOVERY} <= {
        "StopDBInstance",
        "StopDBCluster",
        "PutResourcePolicy",
        "UpdateService",
    }
    assert there.result == "done"
    assert_settings_are_those_of_home(aws, workload)

    moved = Journal.open(str(there.operation), tmp_path, None).content
    home = run(plan_failback(workload, recovered=recovered_by(workload.name, [moved])), clients, tmp_path)

    assert home.result == "done"


@pytest.mark.parametrize("own", [False, True], ids=["beside the documents", "in a bucket of one's own"])
def test_the_journal_is_written_to_an_encrypted_bucket_with_the_rights_that_are_printed(
    own: bool, aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    """The bucket of the documents has the key of its site; which one somebody's own has is told nowhere."""
    workload = built("table", pattern="global_table")
    plan = plan_failover(workload, RECOVERY)
    s3, bucket = aws.client("s3", RECOVERY), f"{workload.name}-journals"
    key = open_key(aws, RECOVERY) if own else plan.components[0].names["recovery_key"]
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": RECOVERY})
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    s3.put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]},
    )
    policy = policy_of(plan, f"s3://{bucket}/drctl", beside_documents=not own)

    with clients.held_to(policy) as asked:
        store = BucketStore(clients.inner.client("s3", RECOVERY), bucket, "drctl")
        outcome = begin(
            plan, clients, directory=tmp_path, store=store, losing=["items"], splitting=["items"], manner=FAST
        )

    assert (outcome.result, outcome.trouble) == ("done", None)
    assert {"kms:GenerateDataKey", "s3:PutObject", "s3:ListBucket"} <= {item["action"] for item in asked}
    assert all(item["allowed"] for item in asked)


def test_the_tasks_of_a_service_run_where_they_are_wanted(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    workload = built("service", pattern="at_zero")
    name = f"{workload.name}-front"

    def tasks() -> list[tuple[int, int]]:
        described = [
            aws.client("ecs", region).describe_services(cluster=name, services=[name])["services"][0]
            for region in (HOME, RECOVERY)
        ]
        return [(item["desiredCount"], item["runningCount"]) for item in described]

    before = tasks()
    with aws.fail_region(HOME):
        run(plan_failover(workload, RECOVERY), clients, tmp_path)
    moved = tasks()
    run(plan_failback(workload), clients, tmp_path)

    whole = before[0]
    assert before == [whole, (0, 0)]
    assert whole[0] == whole[1] > 0
    assert moved == [whole, whole]
    assert tasks() == before


def test_what_a_service_is_made_of_on_the_day_is_as_declared_and_gone_after_the_way_home(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    workload = built("service", pattern="definitions", tasks=3)
    name = f"{workload.name}-front"
    ecs, elb = aws.client("ecs", RECOVERY), aws.client("elbv2", RECOVERY)
    home = aws.client("ecs", HOME).describe_services(cluster=name, services=[name])["services"][0]

    def balancers() -> list[dict[str, Any]]:
        return [item for item in elb.describe_load_balancers()["LoadBalancers"] if item["LoadBalancerName"] == name]

    assert balancers() == []
    with aws.fail_region(HOME):
        run(plan_failover(workload, RECOVERY), clients, tmp_path)

    (balancer,) = balancers()
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    (group,) = elb.describe_target_groups(Names=[f"{name}-80"])["TargetGroups"]
    service = ecs.describe_services(cluster=name, services=[name], include=["TAGS"])["services"][0]
    tags = {
        item["key"]: item["value"] for item in ecs.list_tags_for_resource(resourceArn=service["serviceArn"])["tags"]
    }
    told = workload.components[0].members
    (cluster,) = [one.arguments for one in told if (one.type, one.region) == ("aws_ecs_cluster", RECOVERY)]
    assert balancer["Scheme"] == "internet-facing"
    assert balancer["VpcId"] == group["VpcId"]
    assert (listener["Port"], listener["Protocol"]) == (443, "HTTPS")
    assert listener["Certificates"][0]["CertificateArn"] == cluster["tags"]["recovery:certificate"]
    assert listener["DefaultActions"][0]["TargetGroupArn"] == group["TargetGroupArn"]
    assert (service["desiredCount"], service["runningCount"]) == (3, 3)
    assert f":{RECOVERY}:" in service["taskDefinition"]
    assert service["networkConfiguration"]["awsvpcConfiguration"]["subnets"] == [
        cluster["tags"]["recovery:task-subnet-0"]
    ]
    assert service["healthCheckGracePeriodSeconds"] == 60
    assert tags["recovery:workload"] == workload.name
    assert "drctl:operation" in tags

    run(plan_failback(workload), clients, tmp_path)

    assert balancers() == []
    gone = ecs.describe_services(cluster=name, services=[name])["services"]
    assert [item["status"] for item in gone] in ([], ["INACTIVE"])
    back = aws.client("ecs", HOME).describe_services(cluster=name, services=[name])["services"][0]
    assert back["runningCount"] == home["runningCount"] == 3
    # AWS describes what was deleted for a while, and lists it no more.
    assert ecs.list_services(cluster=name)["serviceArns"] == []


def test_a_service_starts_at_home_once_its_data_is_there(built: Built, clients: Recorded, tmp_path: Path) -> None:
    """It was started at once, over data of before the failover, and the one that served was stopped."""
    service, table = built("service", pattern="at_zero"), built("table", pattern="backup_copy")
    both = attrs.evolve(service, components=(*service.components, *table.components))
    plan = plan_failback(both)

    assert [[item.name for item in stage] for stage in plan.stages] == [["items"], ["front"]]
    # Nothing was restored there, so that nothing comes home.
    with pytest.raises(RecoveryError, match="items: back up what runs"):
        begin(plan, clients, directory=tmp_path, store=None, manner=FAST)
    assert "UpdateService" not in {operation for operation, _, _ in clients.taken}


@pytest.mark.parametrize("pattern", ["replication", "backup_copy"])
def test_a_file_system_is_backed_up_wherever_it_is_brought(
    pattern: str, aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    """The plan of the stacks is in the Region that is lost: after it one line of the runbook said that nothing did."""
    workload = built("filesystem", pattern=pattern, throughput_mode="elastic")

    def backed_up(region: str) -> dict[str, tuple[str, str | None]]:
        efs = aws.client("efs", region)
        named = [item for item in efs.describe_file_systems()["FileSystems"] if workload.name in item["CreationToken"]]
        return {
            item["CreationToken"].removeprefix(f"{workload.name}-files"): (
                efs.describe_backup_policy(FileSystemId=item["FileSystemId"])["BackupPolicy"]["Status"],
                next((tag["Value"] for tag in item["Tags"] if tag["Key"] == "recovery:component"), None),
            )
            for item in named
        }

    there = run(plan_failover(workload, RECOVERY), clients, tmp_path)
    found = backed_up(RECOVERY)
    run(plan_failback(workload), clients, tmp_path)

    assert list(found.values()) == [("ENABLED", "files")]
    # It was made with EFS's own default, and is as slow as that; the replica has its own.
    throughput = [step["state"] for step in there.steps if step["id"] == "throughput"]
    assert throughput == (["done"] if pattern == "backup_copy" else [])
    if pattern == "backup_copy":
        assert backed_up(HOME)["-home"] == ("ENABLED", "files")
    else:
        assert [state for state, _ in backed_up(RECOVERY).values()] == ["DISABLED"]


def test_a_file_system_that_an_earlier_failover_has_left_is_not_restored_over(
    built: Built, clients: Recorded, tmp_path: Path
) -> None:
    """EFS takes a creation token once: the job failed after it was waited for, and the old one had that token."""
    workload = built("filesystem", pattern="backup_copy")
    run(plan_failover(workload, RECOVERY), clients, tmp_path / "one")
    run(plan_failback(workload), clients, tmp_path / "one")

    with pytest.raises(RefusedError, match=r"is there already \(available\).*--name files\.restored=NAME"):
        run(plan_failover(workload, RECOVERY), clients, tmp_path / "two")


def test_what_aws_is_still_at_work_on_is_waited_for_before_its_settings_are_put_back(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    """It was called again for a few minutes and given up, however long the first backup of what was restored takes."""
    workload = built("database", engine="postgres", pattern="backup_copy")
    aws.configure(polls=12)
    try:
        assert run(plan_failover(workload, RECOVERY), clients, tmp_path).exit_code == 0
    finally:
        aws.configure(polls=0)

    assert sum(operation == "ModifyDBInstance" for operation, _, _ in clients.calls) > 1


@pytest.mark.parametrize("pattern", ["pitr", "backup_copy"])
def test_a_table_of_an_earlier_restore_is_not_taken_for_this_one(
    built: Built, clients: Recorded, tmp_path: Path, pattern: str
) -> None:
    """A restore takes no tag: the second one was done at once, with the data of the first."""
    workload = built("table", pattern=pattern)
    run(plan_restore(workload, "items", to_time="latest"), clients, tmp_path / "one")

    with pytest.raises(RefusedError, match=r"\(ACTIVE\) was not made by this operation; take another name \(--as\)"):
        run(plan_restore(workload, "items", to_time="latest"), clients, tmp_path / "two")


def test_what_is_restored_from_are_the_backups_that_came_from_home(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    """What an earlier failover had restored has backups there under the same name, and the first one was taken."""
    workload = built("database", engine="postgres", pattern="replicated_backups")
    name = f"{workload.name}-ledger"
    (home,) = aws.client("rds", HOME).describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    run(plan_failover(workload, RECOVERY), clients, tmp_path / "one")

    run(plan_failover(workload, RECOVERY, names={"restored": f"{name}-again"}), clients, tmp_path / "two")

    asked = [given for operation, _, given in clients.calls if operation == "RestoreDBInstanceToPointInTime"]
    arns = {given["SourceDBInstanceAutomatedBackupsArn"] for given in asked}
    backups = aws.client("rds", RECOVERY).describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]
    assert [one["DBInstanceArn"] for one in backups if one.get("DBInstanceAutomatedBackupsArn") in arns] == [
        home["DBInstanceArn"]
    ]


def test_a_job_that_aws_puts_off_is_begun_again(built: Built, clients: Recorded, tmp_path: Path) -> None:
    """AWS was asked about it between the calls, by an id that only the answer to the call tells."""
    workload = built("database", engine="postgres", pattern="backup_copy")
    put_off = ["Throttling"] * 2

    def before(operation: str, region: str) -> None:
        if operation == "StartRestoreJob" and put_off:
            answer: Any = {"Error": {"Code": put_off.pop()}, "ResponseMetadata": {"HTTPStatusCode": 400}}
            raise ClientError(answer, operation)

    clients.before = before

    assert run(plan_failover(workload, RECOVERY), clients, tmp_path).exit_code == 0
    assert put_off == []


def test_a_restore_after_a_way_home_has_mount_targets_like_those_at_home(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    """What was backed up last lay in the other Region, and mount targets like its own were not to be had."""
    workload = built("filesystem", pattern="backup_copy")
    run(plan_failover(workload, RECOVERY), clients, tmp_path)
    run(plan_failback(workload), clients, tmp_path)

    outcome = run(
        plan_restore(workload, "files", to_time="latest", as_name=f"{workload.name}-again"), clients, tmp_path
    )

    (line,) = next(step["commands"] for step in outcome.steps if step["id"] == "mount-targets")
    (home,) = aws.client("efs", HOME).describe_file_systems(CreationToken=f"{workload.name}-files")["FileSystems"]
    assert f"--file-system-id {home['FileSystemId']} " in line


def test_what_people_do_is_told_with_what_to_type_and_what_to_beware_of(
    built: Built, clients: Recorded, tmp_path: Path
) -> None:
    """They were sent to a file system without its id, whose files lie in a directory that nobody named."""
    workload = built("filesystem", pattern="backup_copy")

    steps = {step["id"]: step for step in run(plan_failover(workload, RECOVERY), clients, tmp_path).steps}

    (line,) = steps["mount-targets"]["commands"]
    (id_,) = re.findall(r"fs-[0-9a-f]+", line)
    assert line.startswith(f"aws efs create-mount-target --region {RECOVERY} --file-system-id ")
    assert id_ in steps["repoint"]["title"]
    assert "aws-backup-restore_<time>" in steps["repoint"]["note"]


def test_a_restored_cluster_of_dsql_comes_with_the_plan_that_backs_it_up(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    workload = built("database", engine="dsql", pattern="dsql_backup_copy")

    steps = {step["id"]: step for step in run(plan_failover(workload, RECOVERY), clients, tmp_path).steps}
    with command_line(aws, tmp_path) as shell:
        shell.type(steps["back-up-there"]["commands"])

    backup = aws.client("backup", RECOVERY)
    (plan,) = [
        item for item in backup.list_backup_plans()["BackupPlansList"] if workload.name in item["BackupPlanName"]
    ]
    (rule,) = backup.get_backup_plan(BackupPlanId=plan["BackupPlanId"])["BackupPlan"]["Rules"]
    (one,) = backup.list_backup_selections(BackupPlanId=plan["BackupPlanId"])["BackupSelectionsList"]
    chosen = backup.get_backup_selection(BackupPlanId=plan["BackupPlanId"], SelectionId=one["SelectionId"])
    declared = next(item for item in workload.components[0].members if item.type == "aws_backup_plan").arguments[
        "rule"
    ][0]
    assert rule["ScheduleExpression"] == declared["schedule"]
    assert rule["Lifecycle"]["DeleteAfterDays"] == declared["lifecycle"]["delete_after"]
    assert chosen["BackupSelection"]["Resources"] == [
        aws.client("dsql", RECOVERY).get_cluster(identifier=re.findall(r"cluster/(\w+)", str(chosen))[0])["arn"]
    ]


@pytest.mark.usefixtures("unseen")
def test_a_load_balancer_of_another_network_that_has_the_name_is_left_alone(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    workload = built("service", pattern="definitions")
    other = place(aws, RECOVERY, "another")
    aws.client("elbv2", RECOVERY).create_load_balancer(Name=f"{workload.name}-front", Subnets=other.subnets[:2])

    # The tasks at home were stopped before: that has begun, and says how to go on.
    with pytest.raises(UnfinishedError, match=r"was not made by operation .* other steps were done: .*`drctl resume"):
        run(plan_failover(workload, RECOVERY), clients, tmp_path)


def test_a_cluster_of_dsql_is_found_by_its_tags(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    """Its identifier is AWS's to make up, and another cluster is there, too."""
    workload = built("database", engine="dsql", pattern="dsql_multi_region")
    aws.client("dsql", RECOVERY).create_cluster(tags={"recovery:workload": "another"})
    with aws.fail_region(HOME):
        outcome = run(plan_failover(workload, RECOVERY), clients, tmp_path)

    assert outcome.result == "done"
    asked = [given["identifier"] for operation, _, given in clients.calls if operation == "GetCluster"]
    assert aws.client("dsql", RECOVERY).get_cluster(identifier=asked[-1])["tags"]["recovery:workload"] == workload.name


def test_a_restored_table_has_the_items_of_the_moment(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    workload = built("table", pattern="pitr")
    name = f"{workload.name}-items"
    table = aws.client("dynamodb", HOME)
    table.put_item(TableName=name, Item={"id": {"S": "kept"}})

    run(plan_restore(workload, "items", to_time="latest", as_name=f"{name}-new"), clients, tmp_path)

    items = table.scan(TableName=f"{name}-new")["Items"]
    described = table.describe_table(TableName=f"{name}-new")["Table"]
    assert items == [{"id": {"S": "kept"}}]
    assert described["DeletionProtectionEnabled"] is True
    tags = table.list_tags_of_resource(ResourceArn=described["TableArn"])["Tags"]
    assert {item["Key"] for item in tags} >= {"recovery:workload", "drctl:operation"}


def test_objects_that_were_deleted_or_overwritten_come_back_whatever_their_keys(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More keys than a page of a listing holds, here of 25, and keys that shells and XML stumble over."""
    page: Any = type(clients).page
    monkeypatch.setattr(type(clients), "page", lambda *asked: page(*asked[:-1], {**asked[-1], "MaxKeys": 25}))
    workload = built("bucket", pattern="versioning")
    (bucket,) = [
        str(member.arguments["bucket"]).replace("$ACCOUNT", aws.account)
        for member in workload.components[0].members
        if member.type == "aws_s3_bucket"
    ]
    s3 = aws.client("s3", HOME)
    odd = ["it's", 'a "quote"', "a\ttab", "ünïcode/&?=+ %41"]
    many = [f"n/{number:04}" for number in range(40)]
    for key in [*odd, *many, "untouched"]:
        s3.put_object(Bucket=bucket, Key=key, Body=b"good", StorageClass="STANDARD_IA", Tagging="a=b")
    latest = max(item["LastModified"] for item in s3.list_object_versions(Bucket=bucket)["Versions"])
    time.sleep(1.1)
    since = datetime.now(tz=UTC).replace(microsecond=0)
    assert since > latest
    for key in [*odd[:2], *many]:
        s3.put_object(Bucket=bucket, Key=key, Body=b"bad")
    for key in [*odd[2:], *many[:10]]:
        s3.delete_object(Bucket=bucket, Key=key)

    outcome = run(plan_restore(workload, "files", to_time=since.isoformat()), clients, tmp_path)

    assert outcome.result == "done"
    assert [operation for _, operation, _, _ in clients.asked].count("ListObjectVersions") > 3
    for key in [*odd, *many[:12], many[-1], "untouched"]:
        found = s3.get_object(Bucket=bucket, Key=key)
        assert (key, found["Body"].read(), found.get("StorageClass")) == (key, b"good", "STANDARD_IA")


def test_an_object_that_is_too_large_for_one_call_is_copied_in_parts(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = msgspec.structs.replace(limit("s3.copy_bytes"), most=1024**2)
    monkeypatch.setattr(object_copies, "limit", lambda id: small if id == "s3.copy_bytes" else limit(id))
    monkeypatch.setattr(object_copies, "_PART", 5 * 1024**2)
    workload = built("bucket", pattern="versioning")
    (bucket,) = [
        str(member.arguments["bucket"]).replace("$ACCOUNT", aws.account)
        for member in workload.components[0].members
        if member.type == "aws_s3_bucket"
    ]
    s3, good = aws.client("s3", HOME), b"0123456789" * 600_000
    s3.put_object(
        Bucket=bucket,
        Key="a ?versionId=x",
        Body=good,
        StorageClass="STANDARD_IA",
        Tagging="a=b%20c",
        ContentType="text/plain",
        CacheControl="no-store",
        Metadata={"who": "ana"},
    )
    time.sleep(1.1)
    since = datetime.now(tz=UTC).replace(microsecond=0)
    s3.put_object(Bucket=bucket, Key="a ?versionId=x", Body=b"bad")
    s3.put_object(Bucket=bucket, Key="deleted", Body=b"good")
    s3.delete_object(Bucket=bucket, Key="deleted")

    outcome = run(plan_restore(workload, "files", to_time=since.isoformat()), clients, tmp_path)

    found = s3.get_object(Bucket=bucket, Key="a ?versionId=x")
    assert outcome.result == "done"
    assert [operation for _, operation, _, _ in clients.asked].count("UploadPartCopy") == 2
    assert found["Body"].read() == good
    told = (found["ContentType"], found["CacheControl"], found["Metadata"], found.get("StorageClass"))
    assert told == ("text/plain", "no-store", {"who": "ana"}, "STANDARD_IA")
    tags = s3.get_object_tagging(Bucket=bucket, Key="a ?versionId=x")["TagSet"]
    assert tags == [{"Key": "a", "Value": "b c"}]


@pytest.mark.usefixtures("unseen")
def test_somebody_elses_thing_of_that_name_is_left_alone(
    aws: EmulatedAws, built: Built, clients: Recorded, tmp_path: Path
) -> None:
    workload = built("database", engine="postgres", pattern="multi_az_instance")
    plan = plan_restore(workload, "ledger", to_time="latest")
    run(plan, clients, tmp_path / "one")

    with pytest.raises(RefusedError, match="was not made by operation"):
        run(plan, clients, tmp_path / "two")

    # Nothing was done: another, under the name that it is told to take, has nothing to wait for.
    (left,) = journals(tmp_path / "two", None)
    assert (left.is_open, left.content["result"].startswith("not begun: ledger: ")) == (False, True)
    other = plan_restore(workload, "ledger", to_time="latest", as_name=f"{workload.name}-other")
    check_alone(other, tmp_path / "two", None, ())


def test_a_dry_run_changes_nothing_and_says_how_far_things_are(built: Built, clients: Recorded) -> None:
    workload = built("database", engine="postgres", pattern="multi_az_instance")
    outcome = look(plan_restore(workload, "ledger", to_time="latest"), clients)

    assert outcome.dry_run
    assert clients.taken == []
    states = {step["id"]: step["state"] for step in outcome.steps}
    assert states["restore"] == "not begun"
    assert all(
        set(step) >= {"id", "title", "service", "operation", "region", "seconds", "state"} for step in outcome.steps
    )


def test_data_is_not_lost_and_sides_are_not_split_without_a_word(built: Built) -> None:
    plan = plan_failover(built("bucket", pattern="replication"), RECOVERY)

    with pytest.raises(RefusedError, match="--allow-data-loss files --accept-split-brain files"):
        plan.check_consent((), ())
    with pytest.raises(InputError, match="no component 'other'"):
        plan.check_consent(("other",), ())


def test_a_failover_goes_only_where_the_workload_is_recovered(built: Built) -> None:
    with pytest.raises(InputError, match="is not recovered in 'us-west-2'"):
        plan_failover(built("bucket", pattern="replication"), "us-west-2")
