"""An instance of RDS: the calls that make one, with every member accounted for, and the steps of all its procedures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.procedures.carry_over import CarryOver, PutBack
from constructs_lib.procedures.database.database import (
    INSTANCE_SERVES,
    IOPS,
    TAGS,
    THROUGHPUT,
    insights,
    instance_probe,
    instances,
    password,
    prefix,
)
from constructs_lib.procedures.step import Call, Part, Role, Step
from constructs_lib.procedures.value import Carried, Name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.procedures.value import Value

__all__ = [
    "AT_HOME",
    "CARRY_OVERS",
    "CONSOLE_THERE",
    "ENGINES",
    "FENCED",
    "FENCED_BECAUSE",
    "IN_RECOVERY",
    "REPLICA_AGAIN",
    "REPLICA_HOME",
    "RETURNED",
    "after_backup",
    "backup_metadata",
    "put_back",
    "put_group_back",
    "put_tags_back",
    "replica",
    "restore",
    "verify",
]

ENGINES = ("postgres", "mysql", "mariadb", "oracle-*", "sqlserver-*", "db2-*")


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


_GROUP = "DBParameterGroupName"
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
    settings = {member: value for member, value in _settings(role).items() if member != _GROUP}
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
            "SourceRegion": (Role.RECOVERY if role is Role.HOME else Role.HOME).region_name,
            **insights(role),
        },
        # The call takes it for MySQL and Oracle only, and refuses it for PostgreSQL.
        put_back={_GROUP: PutBack("ModifyDBInstance", _GROUP)},
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


AT_HOME, IN_RECOVERY = restore(Role.HOME), restore(Role.RECOVERY)
RETURNED = "{returned}"
REPLICA_HOME = replica(Role.HOME, RETURNED, "arn:aws:rds:{recovery_region}:{account}:db:{recovery_instance}")
REPLICA_AGAIN = replica(Role.RECOVERY, "{replica_again}", "arn:aws:rds:{region}:{account}:db:{returned}")
CARRY_OVERS = (AT_HOME, IN_RECOVERY, REPLICA_HOME, REPLICA_AGAIN)


def put_back(
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


def put_group_back(role: Role, identifier: str, part: Part, step: str, limit: int | None = None) -> Step:
    """Return the call that gives a replica the parameters of its Region."""
    return Step(
        id=step,
        title=f"give {identifier} its parameter group",
        part=part,
        limit=limit,
        call=Call(
            service="rds",
            operation="ModifyDBInstance",
            region=role,
            parameters={
                "DBInstanceIdentifier": identifier,
                "ApplyImmediately": True,
                _GROUP: Name(f"{prefix(role)}parameter_group"),
            },
        ),
        repeatable="it sets the same group again",
        probe=instance_probe(role, identifier, ours=False),
        note="it is in force after the next restart, which a promotion is",
    )


def verify(role: Role, identifier: str, part: Part = Part.VERIFY) -> Step:
    """Return the step that looks at an instance."""
    return Step(
        id="verify" if part is Part.VERIFY else "verify-home",
        title="the instance is available, and its newest rows are those that were to be expected",
        part=part,
        call=instances(role, identifier),
        expects=INSTANCE_SERVES,
        keeps={"endpoint": "DBInstances[0].Endpoint.Address", "source_restored": "DBInstances[0]"},
    )


FENCED = Step(
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
FENCED_BECAUSE = "the instance in the Region that failed is stopped, where it can still be reached"

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


def backup_metadata(role: Role, identifier: str = "{restored}") -> dict[str, Value]:
    """Return what AWS Backup is told of an instance it restores."""
    start = prefix(role)
    return {
        **_BY_BACKUP,
        "DBInstanceIdentifier": identifier,
        "DBSubnetGroupName": Name(f"{start}subnet_group", required=True),
        "VpcSecurityGroupIds": Name(f"{start}security_groups", required=True),
        "DBParameterGroupName": Name(f"{start}parameter_group"),
        "OptionGroupName": Name(f"{start}option_group"),
    }


def after_backup() -> dict[str, Value]:
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


def put_tags_back(role: Role, identifier: str, part: Part = Part.ACT) -> Step:
    """Return the call that puts the tags of an instance back, which AWS Backup does not."""
    return Step(
        id="tags",
        title="put its tags back",
        part=part,
        call=Call(
            service="rds",
            operation="AddTagsToResource",
            region=role,
            parameters={
                "ResourceName": f"arn:aws:rds:{role.region_name}:{{account}}:db:{identifier}",
                "Tags": TAGS,
            },
        ),
        repeatable="it sets the same tags again",
    )


CONSOLE_THERE = "https://{recovery_region}.console.aws.amazon.com/rds/home?region={recovery_region}#databases:"
