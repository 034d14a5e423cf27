"""RDS instances: restored here, restored in the other Region, or a replica promoted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.objectives import Disruption
from constructs_lib.procedures.carry_over import CarryOver, PutBack
from constructs_lib.procedures.database import (
    IOPS,
    TAGS,
    THROUGHPUT,
    insights,
    instance_probe,
    instances,
    look_at_instance,
    password,
    prefix,
    region_of,
)
from constructs_lib.procedures.shared import (
    HOURS,
    backup_home,
    by_hand,
    metric_lag,
    newest_copy,
    newest_point,
    repoint,
    restore_job,
    serves_by_itself,
    stop_writer,
    taken_over,
)
from constructs_lib.procedures.step import Call, Fence, Lag, Part, Prepared, Probe, Procedure, Role, Step
from constructs_lib.procedures.value import Carried, Name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.procedures.value import Value

__all__ = ["CARRY_OVERS", "PROCEDURES"]

_ENGINES = ("postgres", "mysql", "mariadb", "oracle-*", "sqlserver-*", "db2-*")


def _settings(role: Role) -> dict[str, Value]:
    """Return the settings that restores and replicas take in the call."""
    start = prefix(role)
    return {
        "DBSubnetGroupName": Name(f"{start}subnet_group", required=True),
        "VpcSecurityGroupIds": Name(f"{start}security_groups", required=True),
        "DBParameterGroupName": Name(f"{start}parameter_group"),
        "OptionGroupName": Name(f"{start}option_group"),
        "MultiAZ": Carried("MultiAZ", "multi_az"),
        "PubliclyAccessible": Carried("PubliclyAccessible", "publicly_accessible"),
        "AutoMinorVersionUpgrade": Carried("AutoMinorVersionUpgrade", "auto_minor_version_upgrade"),
        "CopyTagsToSnapshot": Carried("CopyTagsToSnapshot", "copy_tags_to_snapshot"),
        "DeletionProtection": Carried("DeletionProtection", "deletion_protection"),
        "EnableIAMDatabaseAuthentication": Carried(
            "IAMDatabaseAuthenticationEnabled", "iam_database_authentication_enabled"
        ),
        "EnableCloudwatchLogsExports": Carried("EnabledCloudwatchLogsExports", "enabled_cloudwatch_logs_exports"),
        "MaxAllocatedStorage": Carried("MaxAllocatedStorage", "max_allocated_storage"),
        "StorageType": Carried("StorageType", "storage_type"),
        "Iops": Carried(IOPS, "iops"),
        "StorageThroughput": Carried(THROUGHPUT, "storage_throughput"),
        "DBInstanceClass": Carried("DBInstanceClass", "instance_class"),
        "Port": Carried("Endpoint.Port", "port"),
        "CACertificateIdentifier": Carried("CACertificateIdentifier", "ca_cert_identifier"),
        "NetworkType": Carried("NetworkType", "network_type"),
        "DedicatedLogVolume": Carried("DedicatedLogVolume", "dedicated_log_volume"),
        "Tags": TAGS,
    }


_SAME = "RDS takes it over from the source"
_PLACED = "where an instance lies is for RDS to say; naming a zone excludes Multi-AZ"
_DOMAIN = "the constructs join no directory; an instance in one needs it given by hand"
_CUSTOM = "of RDS Custom and Outposts, which the catalogue has no pattern for"
_ORACLE = "of Oracle or Db2 alone, with secrets that must not be in a journal"

_DOMAINS = ("Domain", "DomainIAMRoleName", "DomainFqdn", "DomainOu", "DomainAuthSecretArn", "DomainDnsIps")
_CUSTOMS = ("EnableCustomerOwnedIp", "BackupTarget", "CustomIamInstanceProfile")


def restore(role: Role) -> CarryOver:
    """Return the account of a restore to a point in time in *role*'s Region."""
    source: dict[str, Value]
    if role is Role.HOME:
        source = {"SourceDBInstanceIdentifier": "{instance}"}
        absent = ("SourceDBInstanceAutomatedBackupsArn", "SourceDbiResourceId")
    else:
        source = {"SourceDBInstanceAutomatedBackupsArn": "{backups}"}
        absent = ("SourceDBInstanceIdentifier", "SourceDbiResourceId")
    return CarryOver(
        service="rds",
        operation="RestoreDBInstanceToPointInTime",
        carried={
            **source,
            "TargetDBInstanceIdentifier": "{restored}",
            "RestoreTime": Name("moment"),
            "UseLatestRestorableTime": Name("latest"),
            **_settings(role),
            "BackupRetentionPeriod": Carried("BackupRetentionPeriod", "backup_retention_period"),
            "PreferredBackupWindow": Carried("PreferredBackupWindow", "backup_window"),
        },
        put_back={
            # The call takes it for Oracle only.
            "ManageMasterUserPassword": PutBack("ModifyDBInstance", "ManageMasterUserPassword"),
            "MasterUserSecretKmsKeyId": PutBack("ModifyDBInstance", "MasterUserSecretKmsKeyId"),
        },
        left_out={
            "the source is named in the other way": absent,
            _SAME: (
                "AllocatedStorage",
                "AdditionalStorageVolumes",
                "DBName",
                "Engine",
                "EngineLifecycleSupport",
                "LicenseModel",
                "ProcessorFeatures",
                "UseDefaultProcessorFeatures",
            ),
            _PLACED: ("AvailabilityZone",),
            _DOMAIN: _DOMAINS,
            _CUSTOM: _CUSTOMS,
            _ORACLE: ("TdeCredentialArn", "TdeCredentialPassword"),
            "Tags says the same": ("TagSpecifications",),
        },
    )


def replica(role: Role, identifier: str, source: str) -> CarryOver:
    """Return the account of a read replica of *source* (an ARN), made in *role*'s Region as *identifier*."""
    settings = _settings(role)
    return CarryOver(
        service="rds",
        operation="CreateDBInstanceReadReplica",
        carried={
            **settings,
            "DBInstanceIdentifier": identifier,
            "SourceDBInstanceIdentifier": source,
            # Of an encrypted source a replica in another Region needs a key of that Region.
            "KmsKeyId": Name(f"{prefix(role)}key", required=True),
            # botocore signs the request that the service makes of the source's Region.
            "SourceRegion": region_of(Role.RECOVERY if role is Role.HOME else Role.HOME),
            **insights(role),
        },
        left_out={
            _SAME: (
                "AllocatedStorage",
                "AdditionalStorageVolumes",
                "DatabaseInsightsMode",
                "ProcessorFeatures",
                "UseDefaultProcessorFeatures",
                "UpgradeStorageConfig",
                "ReplicaMode",
            ),
            _PLACED: ("AvailabilityZone",),
            _DOMAIN: _DOMAINS,
            _CUSTOM: _CUSTOMS,
            "the source is an instance": ("SourceDBClusterIdentifier",),
            "botocore makes it from SourceRegion": ("PreSignedUrl",),
            "Tags says the same": ("TagSpecifications",),
        },
    )


_AT_HOME, _IN_RECOVERY = restore(Role.HOME), restore(Role.RECOVERY)
_RETURNED = "{returned}"
_REPLICA_HOME = replica(Role.HOME, _RETURNED, "arn:aws:rds:{recovery_region}:{account}:db:{recovery_instance}")
_REPLICA_AGAIN = replica(Role.RECOVERY, "{recovery_instance}-2", "arn:aws:rds:{region}:{account}:db:{returned}")
CARRY_OVERS = (_AT_HOME, _IN_RECOVERY, _REPLICA_HOME, _REPLICA_AGAIN)


def _put_back(
    role: Role,
    identifier: str,
    part: Part = Part.ACT,
    extra: Mapping[str, Value] | None = None,
    limit: int | None = None,
) -> Step:
    """Return the call that puts back what a restore does not take."""
    return Step(
        id="put-back",
        title="put back the settings that a restore does not take",
        part=part,
        limit=limit,
        call=Call(
            service="rds",
            operation="ModifyDBInstance",
            region=role,
            parameters={
                "DBInstanceIdentifier": identifier,
                "ApplyImmediately": True,
                **insights(role),
                **password(role),
                "PreferredMaintenanceWindow": Carried("PreferredMaintenanceWindow", "maintenance_window"),
                **(extra or {}),
            },
        ),
        repeatable="it sets the same values again",
        probe=instance_probe(role, identifier, ours=False),
        note="RDS makes a new secret for the master user where it manages the password: tell the application",
    )


def _verify(role: Role, identifier: str, part: Part = Part.VERIFY) -> Step:
    return Step(
        id="verify" if part is Part.VERIFY else "verify-home",
        title="the instance is available, and its newest rows are those that were to be expected",
        part=part,
        call=instances(role, identifier),
        keeps={"endpoint": "DBInstances[0].Endpoint.Address", "source_restored": "DBInstances[0]"},
    )


_FENCED = Step(
    id="fence",
    title="stop the instance in {region}, as far as it can be reached",
    part=Part.FENCE,
    best_effort=True,
    call=Call(
        service="rds",
        operation="StopDBInstance",
        region=Role.HOME,
        parameters={"DBInstanceIdentifier": "{instance}"},
    ),
    repeatable="an instance that is stopped refuses to be stopped",
    note="RDS starts a stopped instance again after seven days",
)
_FENCED_BECAUSE = "the instance in the Region that failed is stopped, where it can still be reached"

_BY_BACKUP: dict[str, Value] = {
    # AWS Backup passes these on to RDS; what it does not take is put back by the next call.
    "DBInstanceIdentifier": "{restored}",
    "DBInstanceClass": Carried("DBInstanceClass", "instance_class"),
    "MultiAZ": Carried("MultiAZ", "multi_az"),
    "PubliclyAccessible": Carried("PubliclyAccessible", "publicly_accessible"),
    "Port": Carried("Endpoint.Port", "port"),
    "StorageType": Carried("StorageType", "storage_type"),
    "EnableIAMDatabaseAuthentication": Carried(
        "IAMDatabaseAuthenticationEnabled", "iam_database_authentication_enabled"
    ),
    "EnableCloudwatchLogsExports": Carried("EnabledCloudwatchLogsExports", "enabled_cloudwatch_logs_exports"),
}


def _by_backup(role: Role, identifier: str = "{restored}") -> dict[str, Value]:
    start = prefix(role)
    return {
        **_BY_BACKUP,
        "DBInstanceIdentifier": identifier,
        "DBSubnetGroupName": Name(f"{start}subnet_group", required=True),
        "VpcSecurityGroupIds": Name(f"{start}security_groups", required=True),
        "DBParameterGroupName": Name(f"{start}parameter_group"),
        "OptionGroupName": Name(f"{start}option_group"),
    }


def _after_backup() -> dict[str, Value]:
    """Return what a restore by AWS Backup leaves to the call after it."""
    return {
        "AutoMinorVersionUpgrade": Carried("AutoMinorVersionUpgrade", "auto_minor_version_upgrade"),
        "BackupRetentionPeriod": Carried("BackupRetentionPeriod", "backup_retention_period"),
        "PreferredBackupWindow": Carried("PreferredBackupWindow", "backup_window"),
        "CACertificateIdentifier": Carried("CACertificateIdentifier", "ca_cert_identifier"),
        "CopyTagsToSnapshot": Carried("CopyTagsToSnapshot", "copy_tags_to_snapshot"),
        "DeletionProtection": Carried("DeletionProtection", "deletion_protection"),
        "MaxAllocatedStorage": Carried("MaxAllocatedStorage", "max_allocated_storage"),
    }


def _tags(role: Role, identifier: str, part: Part = Part.ACT) -> Step:
    return Step(
        id="tags",
        title="put its tags back",
        part=part,
        call=Call(
            service="rds",
            operation="AddTagsToResource",
            region=role,
            parameters={
                "ResourceName": f"arn:aws:rds:{region_of(role)}:{{account}}:db:{identifier}",
                "Tags": TAGS,
            },
        ),
        repeatable="it sets the same tags again",
    )


_KEEP = (
    f"keep {{restored}}: {taken_over('{restored}')}; or copy the good rows back into {{instance}}, which is untouched, "
    f"and delete {{restored}}"
)
_ENDPOINT = "point the application at the endpoint of {restored}"
_CONSOLE = "https://{region}.console.aws.amazon.com/rds/home?region={region}#database:id={instance}"
_CONSOLE_THERE = "https://{recovery_region}.console.aws.amazon.com/rds/home?region={recovery_region}#databases:"
_ROOM = (
    "subnet group {recovery_subnet_group}, and security groups for the database in {recovery_region}",
    "quota and capacity for the instance class in {recovery_region}",
)


def _here(disruptions: tuple[Disruption, ...], *, writer: bool) -> Procedure:
    return Procedure(
        kind="database",
        mechanism="automated_backups",
        disruptions=disruptions,
        source="rds-pitr-doc",
        engines=_ENGINES,
        form="!multi_az_cluster",
        fence_because="the writer is stopped by hand" if writer else "what failed no longer writes",
        steps=(
            *((stop_writer(),) if writer else ()),
            look_at_instance("{instance}"),
            Step(
                id="restore",
                title="restore the instance, under a new name, to the last good moment"
                if writer
                else "restore the instance, under a new name, to the latest moment there is",
                call=_AT_HOME.call(Role.HOME),
                probe=instance_probe(Role.HOME, "{restored}"),
                console=_CONSOLE,
            ),
            _put_back(Role.HOME, "{restored}"),
            repoint(_ENDPOINT),
            _verify(Role.HOME, "{restored}"),
        ),
        back=(by_hand("keep", _KEEP),),
    )


def _from_backup(mechanism: str, *disruptions: Disruption, source: str) -> Procedure:
    writer = Disruption.SOFTWARE in disruptions
    return Procedure(
        kind="database",
        mechanism=mechanism,
        disruptions=disruptions,
        source=source,
        engines=_ENGINES,
        form="!multi_az_cluster",
        fence_because="the writer is stopped by hand" if writer else "an instance that is lost takes no writes",
        steps=(
            *((stop_writer(),) if writer else ()),
            newest_point(Role.HOME, "{vault}"),
            look_at_instance("{instance}"),
            restore_job(
                "restore",
                "restore the last good backup, under a new name",
                Role.HOME,
                _by_backup(Role.HOME),
                "RDS",
                guard=instance_probe(Role.HOME, "{restored}"),
            ),
            _put_back(Role.HOME, "{restored}", extra=_after_backup()),
            _tags(Role.HOME, "{restored}"),
            repoint(_ENDPOINT),
            _verify(Role.HOME, "{restored}"),
        ),
        back=(by_hand("keep", _KEEP),),
    )


PROCEDURES = (
    _here((Disruption.SOFTWARE,), writer=True),
    _here((Disruption.HARDWARE, Disruption.ZONE), writer=False),
    serves_by_itself(
        "database",
        "multi_az_instance",
        (Disruption.HARDWARE, Disruption.ZONE),
        source="rds-multi-az-doc",
        title="RDS fails over to the standby and moves the endpoint's address; nobody does anything",
        verify=_verify(Role.HOME, "{instance}"),
        back="none: RDS makes a new standby",
    ),
    Procedure(
        kind="database",
        mechanism="replicated_backups",
        disruptions=(Disruption.REGION,),
        source="rds-backup-replication-doc",
        fence=Fence.BEST_EFFORT,
        fence_because=_FENCED_BECAUSE,
        steps=(
            _FENCED,
            Step(
                id="find-backups",
                title="find the replicated backups",
                call=Call(
                    service="rds",
                    operation="DescribeDBInstanceAutomatedBackups",
                    region=Role.RECOVERY,
                    parameters={"DBInstanceIdentifier": "{instance}"},
                ),
                keeps={"backups": "DBInstanceAutomatedBackups[0].DBInstanceAutomatedBackupsArn"},
                note="RestoreWindow.LatestTime is how old the data will be",
            ),
            Step(
                id="restore",
                title="restore the instance in {recovery_region} from them, to the latest moment there is",
                call=_IN_RECOVERY.call(Role.RECOVERY),
                probe=instance_probe(Role.RECOVERY, "{restored}"),
                danger="what had not been replicated",
                console=_CONSOLE_THERE,
            ),
            _put_back(Role.RECOVERY, "{restored}"),
            repoint("point the application in {recovery_region} at the endpoint of {restored}"),
            _verify(Role.RECOVERY, "{restored}"),
        ),
        back=(
            Step(
                id="replicate-home",
                title="once {region} is healthy, replicate the backups of {restored} there",
                part=Part.BACK,
                limit=HOURS,
                call=Call(
                    service="rds",
                    operation="StartDBInstanceAutomatedBackupsReplication",
                    region=Role.HOME,
                    parameters={
                        "SourceDBInstanceArn": "arn:aws:rds:{recovery_region}:{account}:db:{restored}",
                        "BackupRetentionPeriod": Carried("BackupRetentionPeriod", "backup_retention_period"),
                        "KmsKeyId": Name("key", required=True),
                        "SourceRegion": "{recovery_region}",
                    },
                ),
                probe=Probe(
                    call=Call(
                        service="rds",
                        operation="DescribeDBInstanceAutomatedBackups",
                        region=Role.HOME,
                        parameters={},
                    ),
                    query="DBInstanceAutomatedBackups[?DBInstanceArn=="
                    "'arn:aws:rds:{recovery_region}:{account}:db:{restored}'].Status | [0]",
                    done="replicating",
                    absent=("None", "retained"),
                    keeps={
                        "backups_home": "DBInstanceAutomatedBackups[?DBInstanceArn=="
                        "'arn:aws:rds:{recovery_region}:{account}:db:{restored}'].DBInstanceAutomatedBackupsArn | [0]"
                    },
                ),
                note="a replica would be refused: RDS manages the password of the master user",
            ),
            by_hand(
                "stop-recovery-writers",
                "stop the writers in {recovery_region}, and wait until RestoreWindow.LatestTime of the replicated "
                "backups in {region} is later than that",
                "what is written after that is not at home",
                (
                    "aws rds describe-db-instance-automated-backups --region {region} --query "
                    "'DBInstanceAutomatedBackups[].[DBInstanceArn,RestoreWindow.LatestTime]' --output text",
                ),
            ),
            Step(
                id="restore-home",
                title="restore the instance in {region}, under a new name, to the latest moment there is",
                part=Part.BACK,
                limit=HOURS,
                call=Call(
                    service="rds",
                    operation="RestoreDBInstanceToPointInTime",
                    region=Role.HOME,
                    parameters={
                        **{
                            member: value
                            for member, value in _AT_HOME.carried.items()
                            if member not in ("SourceDBInstanceIdentifier", "RestoreTime")
                        },
                        "SourceDBInstanceAutomatedBackupsArn": "{backups_home}",
                        "TargetDBInstanceIdentifier": _RETURNED,
                        "UseLatestRestorableTime": True,
                    },
                ),
                probe=instance_probe(Role.HOME, _RETURNED),
            ),
            _put_back(Role.HOME, _RETURNED, Part.BACK, limit=HOURS),
            _verify(Role.HOME, _RETURNED, Part.BACK),
            by_hand(
                "repoint-home",
                f"point the application at the endpoint of {{returned}} in {{region}}; {taken_over('{returned}')}; "
                f"once its backups replicate to {{recovery_region}} again, delete {{restored}} there",
            ),
        ),
        prepared=Prepared(
            state=("replicated automated backups of {instance} in {recovery_region}, with the key of that Region",),
            configuration=_ROOM,
        ),
        lag=Lag(
            call=Call(
                service="rds",
                operation="DescribeDBInstanceAutomatedBackups",
                region=Role.RECOVERY,
                parameters={"DBInstanceIdentifier": "{instance}"},
            ),
            query="DBInstanceAutomatedBackups[0].RestoreWindow.LatestTime",
            unit="since",
        ),
        afterwards="the database has no copy in another Region",
    ),
    Procedure(
        kind="database",
        mechanism="backup_copy",
        disruptions=(Disruption.REGION,),
        source="backup-copy-doc",
        engines=_ENGINES,
        form="!multi_az_cluster",
        fence=Fence.BEST_EFFORT,
        fence_because=_FENCED_BECAUSE,
        steps=(
            _FENCED,
            newest_point(Role.RECOVERY, "{recovery_vault}"),
            restore_job(
                "restore",
                "restore the newest copy in {recovery_region}",
                Role.RECOVERY,
                _by_backup(Role.RECOVERY),
                "RDS",
                guard=instance_probe(Role.RECOVERY, "{restored}"),
            ),
            _put_back(Role.RECOVERY, "{restored}", extra=_after_backup()),
            _tags(Role.RECOVERY, "{restored}"),
            repoint("point the application in {recovery_region} at the endpoint of {restored}"),
            _verify(Role.RECOVERY, "{restored}"),
        ),
        back=(
            *backup_home(
                "arn:aws:rds:{recovery_region}:{account}:db:{restored}",
                "RDS",
                _by_backup(Role.HOME, _RETURNED),
                instance_probe(Role.HOME, _RETURNED),
            ),
            _put_back(Role.HOME, _RETURNED, Part.BACK, _after_backup(), HOURS),
            _tags(Role.HOME, _RETURNED, Part.BACK),
            _verify(Role.HOME, _RETURNED, Part.BACK),
            by_hand(
                "repoint-home",
                f"point the application at the endpoint of {{returned}} in {{region}}; {taken_over('{returned}')}; "
                f"delete {{restored}} in {{recovery_region}} when nobody needs it",
            ),
        ),
        prepared=Prepared(
            state=("vault {recovery_vault} with copies of the backups, encrypted with the key of {recovery_region}",),
            configuration=("role {restore_role}, which AWS Backup may take", *_ROOM),
        ),
        lag=newest_copy(),
        afterwards="the database has no copy in another Region",
    ),
    _from_backup("backup_copy", Disruption.SOFTWARE, source="backup-copy-doc"),
    _from_backup("backup", Disruption.SOFTWARE, source="backup-api"),
    _from_backup("backup", Disruption.HARDWARE, Disruption.ZONE, source="backup-api"),
    Procedure(
        kind="database",
        mechanism="read_replica",
        disruptions=(Disruption.REGION,),
        source="rds-read-replica-doc",
        fence=Fence.BEST_EFFORT,
        fence_because=_FENCED_BECAUSE,
        steps=(
            Step(
                id="promote",
                title="promote the replica in {recovery_region}",
                call=Call(
                    service="rds",
                    operation="PromoteReadReplica",
                    region=Role.RECOVERY,
                    parameters={
                        "DBInstanceIdentifier": "{recovery_instance}",
                        # The call's own default is one day.
                        "BackupRetentionPeriod": Carried("BackupRetentionPeriod", "backup_retention_period"),
                        "PreferredBackupWindow": Carried("PreferredBackupWindow", "backup_window"),
                    },
                ),
                probe=Probe(
                    call=instances(Role.RECOVERY, "{recovery_instance}"),
                    query="DBInstances[0].ReadReplicaSourceDBInstanceIdentifier && "
                    "(DBInstances[0].DBInstanceStatus == 'available' && 'replica' || 'changing') || "
                    "DBInstances[0].DBInstanceStatus",
                    done="available",
                    absent=("replica",),
                ),
                danger="what had not been replicated: ReplicaLag says how much",
                console=_CONSOLE_THERE,
                note="it cannot be undone: it ends the replication. It is refused while a backup of the replica runs.",
            ),
            # An instance with replicas cannot be stopped, so it is after the promotion.
            _FENCED,
            repoint("point the application in {recovery_region} at the endpoint of {recovery_instance}"),
            _verify(Role.RECOVERY, "{recovery_instance}"),
        ),
        back=(
            Step(
                id="replica-home",
                title="once {region} is healthy, make a replica of {recovery_instance} there",
                part=Part.BACK,
                limit=HOURS,
                call=_REPLICA_HOME.call(Role.HOME),
                probe=instance_probe(Role.HOME, _RETURNED),
            ),
            by_hand(
                "stop-recovery-writers",
                "stop the writers in {recovery_region}, and wait until ReplicaLag of {returned} is 0",
                "what is written after that is not at home",
                (
                    "aws cloudwatch get-metric-statistics --region {region} --namespace AWS/RDS "
                    "--metric-name ReplicaLag --dimensions Name=DBInstanceIdentifier,Value={returned} "
                    "--period 60 --statistics Maximum "
                    '--start-time "$(date -u -d -10min +%FT%TZ)" --end-time "$(date -u +%FT%TZ)"',
                ),
            ),
            Step(
                id="promote-home",
                title="promote {returned}",
                part=Part.BACK,
                limit=HOURS,
                call=Call(
                    service="rds",
                    operation="PromoteReadReplica",
                    region=Role.HOME,
                    parameters={
                        "DBInstanceIdentifier": _RETURNED,
                        "BackupRetentionPeriod": Carried("BackupRetentionPeriod", "backup_retention_period"),
                        "PreferredBackupWindow": Carried("PreferredBackupWindow", "backup_window"),
                    },
                ),
                probe=Probe(
                    call=instances(Role.HOME, _RETURNED),
                    query="DBInstances[0].ReadReplicaSourceDBInstanceIdentifier && "
                    "(DBInstances[0].DBInstanceStatus == 'available' && 'replica' || 'changing') || "
                    "DBInstances[0].DBInstanceStatus",
                    done="available",
                    absent=("replica",),
                ),
            ),
            _put_back(Role.HOME, _RETURNED, Part.BACK, limit=HOURS),
            _verify(Role.HOME, _RETURNED, Part.BACK),
            by_hand("repoint-home", "point the application at the endpoint of {returned} in {region}"),
            Step(
                id="replica-again",
                title="make a new replica in {recovery_region}: an instance that was promoted cannot become one",
                part=Part.BACK,
                limit=HOURS,
                call=_REPLICA_AGAIN.call(Role.RECOVERY),
                probe=instance_probe(Role.RECOVERY, "{recovery_instance}-2"),
                note="until it is there, the database has no copy in another Region",
            ),
            by_hand(
                "tidy-up",
                f'{taken_over("{returned}")}; and adopted_recovery="{{recovery_instance}}-2"; delete {{instance}} and '
                f"{{recovery_instance}} when nobody needs them",
            ),
        ),
        prepared=Prepared(
            state=("read replica {recovery_instance} in {recovery_region}, encrypted with the key of that Region",),
            configuration=(
                "security groups that let the application in {recovery_region} connect",
                "the application's credentials in {recovery_region}: those of the source are valid on the replica",
            ),
        ),
        lag=metric_lag("AWS/RDS", "ReplicaLag", {"DBInstanceIdentifier": "{recovery_instance}"}, "seconds"),
        afterwards="the database has no copy in another Region",
    ),
)
