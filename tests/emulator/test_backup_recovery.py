"""AWS Backup: what a recovery point holds, its copy in another Region, and the table restored from that."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from botocore.exceptions import ClientError

from tests.emulator.regions import HERE, THERE, Region, code, create_instance, described
from tests.emulator.roles import open_key
from tests.emulator.test_database_recovery import create_cluster
from tests.emulator.test_table_recovery import create_table, keys, put

if TYPE_CHECKING:
    from constructs_lib.emulator import EmulatedAws

ROLE = "arn:aws:iam::123456789012:role/backup"


@attrs.frozen(kw_only=True)
class Vaults:
    """A vault in each Region, called alike, and a table that is backed up."""

    here: Any
    there: Any
    name: str
    table: str

    def back_up(self, **more: Any) -> str:
        arn: str = self.here.start_backup_job(
            BackupVaultName=self.name,
            ResourceArn=f"arn:aws:dynamodb:{HERE}:123456789012:table/{self.table}",
            IamRoleArn=ROLE,
            **more,
        )["RecoveryPointArn"]
        return arn

    def copy(self, arn: str) -> dict[str, Any]:
        job = self.here.start_copy_job(
            RecoveryPointArn=arn,
            SourceBackupVaultName=self.name,
            DestinationBackupVaultArn=f"arn:aws:backup:{THERE}:123456789012:backup-vault:{self.name}",
            IamRoleArn=ROLE,
        )["CopyJobId"]
        copied: dict[str, Any] = self.here.describe_copy_job(CopyJobId=job)["CopyJob"]
        return copied


@pytest.fixture(name="vaults")
def _vaults(aws: EmulatedAws, request: pytest.FixtureRequest) -> Vaults:
    name = request.node.name[-50:].strip("_")
    clients = [aws.client("backup", region) for region in (HERE, THERE)]
    for client in clients:
        client.create_backup_vault(BackupVaultName=name)
    create_table(aws, name)
    put(aws.client("dynamodb", HERE), name, "backed-up")
    return Vaults(here=clients[0], there=clients[1], name=name, table=name)


def test_a_backup_job_makes_a_recovery_point_that_is_listed(vaults: Vaults) -> None:
    arn = vaults.back_up(Lifecycle={"DeleteAfterDays": 35})

    (point,) = vaults.here.list_recovery_points_by_backup_vault(BackupVaultName=vaults.name)["RecoveryPoints"]
    assert (point["RecoveryPointArn"], point["Status"], point["ResourceType"]) == (arn, "COMPLETED", "DynamoDB")
    assert (point["CalculatedLifecycle"]["DeleteAt"] - point["CreationDate"]).days == 35
    by_resource = vaults.here.list_recovery_points_by_resource(ResourceArn=point["ResourceArn"])["RecoveryPoints"]
    assert [one["RecoveryPointArn"] for one in by_resource] == [arn]
    protected = vaults.here.describe_protected_resource(ResourceArn=point["ResourceArn"])
    assert protected["LastRecoveryPointArn"] == arn
    assert vaults.here.describe_backup_vault(BackupVaultName=vaults.name)["NumberOfRecoveryPoints"] == 1
    with pytest.raises(ClientError, match="not empty"):
        vaults.here.delete_backup_vault(BackupVaultName=vaults.name)


def test_a_copy_keeps_the_creation_date_and_is_restored_with_its_region_gone(aws: EmulatedAws, vaults: Vaults) -> None:
    arn = vaults.back_up()
    put(aws.client("dynamodb", HERE), vaults.table, "after-the-backup")
    time.sleep(0.02)
    copied = vaults.copy(arn)

    with aws.fail_region(HERE):
        (point,) = vaults.there.list_recovery_points_by_backup_vault(BackupVaultName=vaults.name)["RecoveryPoints"]
        job = vaults.there.start_restore_job(
            RecoveryPointArn=point["RecoveryPointArn"],
            Metadata={"targetTableName": f"{vaults.table[:40]}-2"},
            IamRoleArn=ROLE,
        )["RestoreJobId"]
        restored = vaults.there.describe_restore_job(RestoreJobId=job)

    original = vaults.here.describe_recovery_point(BackupVaultName=vaults.name, RecoveryPointArn=arn)
    assert point["RecoveryPointArn"] == copied["DestinationRecoveryPointArn"]
    assert point["CreationDate"] == original["CreationDate"] < copied["CompletionDate"]
    assert restored["Status"] == "COMPLETED"
    assert restored["CreatedResourceArn"].startswith(f"arn:aws:dynamodb:{THERE}:")
    assert keys(aws.client("dynamodb", THERE), f"{vaults.table[:40]}-2") == ["backed-up"]


def test_a_database_is_copied_and_restored_in_the_other_region(aws: EmulatedAws, here: Region, there: Region) -> None:
    name = "database-backups"
    backups = [aws.client("backup", region.rds.meta.region_name) for region in (here, there)]
    for client, region in zip(backups, (here, there), strict=True):
        client.create_backup_vault(BackupVaultName=name, EncryptionKeyArn=region.key)
    arn = create_instance(here, "backed-up-by-plan", MultiAZ=True, DeletionProtection=True)["DBInstanceArn"]
    point = backups[0].start_backup_job(BackupVaultName=name, ResourceArn=arn, IamRoleArn=ROLE)["RecoveryPointArn"]
    backups[0].start_copy_job(
        RecoveryPointArn=point, SourceBackupVaultName=name, IamRoleArn=ROLE,
        DestinationBackupVaultArn=f"arn:aws:backup:{THERE}:123456789012:backup-vault:{name}",
    )  # fmt: skip

    with aws.fail_region(HERE):
        (copied,) = backups[1].list_recovery_points_by_backup_vault(BackupVaultName=name)["RecoveryPoints"]
        metadata = {
            "DBInstanceIdentifier": "restored-by-job",
            "DBSubnetGroupName": there.subnets,
            "VpcSecurityGroupIds": f'["{there.group}"]',
        }
        job = backups[1].start_restore_job(
            RecoveryPointArn=copied["RecoveryPointArn"], Metadata=metadata, IamRoleArn=ROLE
        )["RestoreJobId"]
        ended = backups[1].describe_restore_job(RestoreJobId=job)
        restored = described(there, "restored-by-job")

    assert point.startswith(f"arn:aws:rds:{HERE}:123456789012:snapshot:awsbackup")
    assert (ended["Status"], ended["CreatedResourceArn"]) == ("COMPLETED", restored["DBInstanceArn"])
    assert (restored["KmsKeyId"], restored["DBInstanceClass"]) == (there.key, "db.r6g.large")
    assert (restored["MultiAZ"], restored["DeletionProtection"]) == (False, False)
    assert [group["VpcSecurityGroupId"] for group in restored["VpcSecurityGroups"]] == [there.group]


def test_a_cluster_is_backed_up_and_restored(aws: EmulatedAws, here: Region) -> None:
    backup = aws.client("backup", HERE)
    backup.create_backup_vault(BackupVaultName="cluster-backups")
    arn = create_cluster(here, "backed-up-cluster", DeletionProtection=True)["DBClusterArn"]
    point = backup.start_backup_job(BackupVaultName="cluster-backups", ResourceArn=arn, IamRoleArn=ROLE)

    job = backup.start_restore_job(
        RecoveryPointArn=point["RecoveryPointArn"],
        Metadata={"DBClusterIdentifier": "restored-cluster", "Engine": "aurora-postgresql"},
        IamRoleArn=ROLE,
    )["RestoreJobId"]

    ended = backup.describe_restore_job(RestoreJobId=job)
    assert (ended["Status"], ended.get("StatusMessage")) == ("COMPLETED", None)
    (restored,) = here.rds.describe_db_clusters(DBClusterIdentifier="restored-cluster")["DBClusters"]
    assert ended["CreatedResourceArn"] == restored["DBClusterArn"]
    assert restored["DeletionProtection"] is False


def test_a_copy_into_a_region_that_is_gone_is_not_begun(aws: EmulatedAws, vaults: Vaults) -> None:
    with aws.fail_region(THERE):
        copied = vaults.copy(vaults.back_up())

    assert copied["State"] == "CREATED"
    assert "DestinationRecoveryPointArn" not in copied
    assert vaults.there.list_recovery_points_by_backup_vault(BackupVaultName=vaults.name)["RecoveryPoints"] == []


def test_the_same_token_starts_one_job(vaults: Vaults) -> None:
    assert vaults.back_up(IdempotencyToken="one") == vaults.back_up(IdempotencyToken="one")
    points = vaults.here.list_recovery_points_by_backup_vault(BackupVaultName=vaults.name)["RecoveryPoints"]
    assert len(points) == 1


def test_jobs_run_for_as_many_polls_as_are_set(aws: EmulatedAws, vaults: Vaults) -> None:
    aws.configure(polls=2)
    try:
        job = vaults.here.start_restore_job(
            RecoveryPointArn=vaults.back_up(), Metadata={"targetTableName": "polled"}, IamRoleArn=ROLE
        )["RestoreJobId"]
        states = [vaults.here.describe_restore_job(RestoreJobId=job)["Status"] for _ in range(3)]
    finally:
        aws.configure(polls=0)

    assert states == ["RUNNING", "RUNNING", "COMPLETED"]


def test_a_restore_of_what_holds_no_data_fails_and_says_so(vaults: Vaults) -> None:
    volume = "arn:aws:ec2:eu-west-1:123456789012:volume/vol-1"
    arn = vaults.here.start_backup_job(BackupVaultName=vaults.name, ResourceArn=volume, IamRoleArn=ROLE)[
        "RecoveryPointArn"
    ]

    job = vaults.here.start_restore_job(RecoveryPointArn=arn, Metadata={}, IamRoleArn=ROLE)["RestoreJobId"]

    restored = vaults.here.describe_restore_job(RestoreJobId=job)
    assert restored["Status"] == "FAILED"
    assert "holds no data of ec2" in restored["StatusMessage"]


def test_a_file_system_and_a_cluster_of_dsql_are_restored_to_new_ones(aws: EmulatedAws, vaults: Vaults) -> None:
    """They hold nothing here, and neither does what is restored."""
    region = vaults.here.meta.region_name
    efs, dsql = aws.client("efs", region), aws.client("dsql", region)
    key = open_key(aws, region)
    system = efs.create_file_system(CreationToken="files", Encrypted=True, KmsKeyId=key)
    cluster = dsql.create_cluster(kmsEncryptionKey=key)
    wanted = {"region": region, "isDeletionProtectionEnabled": True, "kmsKeyId": key}
    metadata = {
        system["FileSystemArn"]: {"CreationToken": "files-restored", "Encrypted": "true", "KmsKeyId": key},
        cluster["arn"]: {"regionalConfig": json.dumps([wanted])},
    }
    made = []
    for source, given in metadata.items():
        point = vaults.here.start_backup_job(BackupVaultName=vaults.name, ResourceArn=source, IamRoleArn=ROLE)
        job = vaults.here.start_restore_job(
            RecoveryPointArn=point["RecoveryPointArn"], Metadata=given, IamRoleArn=ROLE
        )["RestoreJobId"]
        made.append(vaults.here.describe_restore_job(RestoreJobId=job)["CreatedResourceArn"])

    restored = efs.describe_file_systems(CreationToken="files-restored")["FileSystems"][0]
    assert made[0] == restored["FileSystemArn"] != system["FileSystemArn"]
    assert restored["KmsKeyId"] == key
    described = dsql.get_cluster(identifier=made[1].rpartition("/")[2])
    assert described["identifier"] != cluster["identifier"]
    assert described["deletionProtectionEnabled"] is True


def test_a_recovery_point_in_a_locked_vault_cannot_be_deleted(vaults: Vaults) -> None:
    arn = vaults.back_up()
    vaults.here.put_backup_vault_lock_configuration(BackupVaultName=vaults.name, MinRetentionDays=1)

    with pytest.raises(ClientError, match="locked"):
        vaults.here.delete_recovery_point(BackupVaultName=vaults.name, RecoveryPointArn=arn)

    vaults.here.delete_backup_vault_lock_configuration(BackupVaultName=vaults.name)
    vaults.here.delete_recovery_point(BackupVaultName=vaults.name, RecoveryPointArn=arn)
    with pytest.raises(ClientError) as failure:
        vaults.here.describe_recovery_point(BackupVaultName=vaults.name, RecoveryPointArn=arn)
    assert code(failure) == "ResourceNotFoundException"


def test_a_backup_of_a_table_that_does_not_exist_is_refused(vaults: Vaults) -> None:
    with pytest.raises(ClientError) as failure:
        attrs.evolve(vaults, table="nowhere").back_up()

    assert code(failure) == "InvalidParameterValueException"
