"""The calls that make a cluster, of Aurora or of RDS, and its instances, with every member accounted for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.procedures.carry_over import CarryOver, PutBack
from constructs_lib.procedures.database.database import (
    MEMBER_TAGS,
    TAGS,
    insights,
    prefix,
)
from constructs_lib.procedures.step import Role
from constructs_lib.procedures.value import Carried, Name, block

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.procedures.value import Value

__all__ = [
    "AURORA",
    "AURORA_RESTORE",
    "CAPACITY",
    "CARRY_OVERS",
    "CLUSTER_RESTORE",
    "RETURNED",
    "SETTINGS",
    "groups",
    "new_member",
]

AURORA = ("aurora-*",)
RETURNED = "{returned}"

SETTINGS: Mapping[str, Value] = {
    "Port": Carried("Port", "port"),
    "EnableIAMDatabaseAuthentication": Carried(
        "IAMDatabaseAuthenticationEnabled", "iam_database_authentication_enabled"
    ),
    "EnableCloudwatchLogsExports": Carried("EnabledCloudwatchLogsExports", "enabled_cloudwatch_logs_exports"),
    "DeletionProtection": Carried("DeletionProtection", "deletion_protection"),
    "CopyTagsToSnapshot": Carried("CopyTagsToSnapshot", "copy_tags_to_snapshot"),
    "NetworkType": Carried("NetworkType", "network_type"),
    "Tags": TAGS,
}

_SAME = "RDS takes it over from the source"
_DIRECTORY = "the constructs join no directory; a cluster in one needs it given by hand"
_NONE_SUCH = "of RDS Custom, Limitless and Serverless v1, which the catalogue has no pattern for"


def groups(role: Role) -> dict[str, Value]:
    """Return the groups that a cluster in *role*'s Region is put into."""
    start = prefix(role)
    return {
        "DBSubnetGroupName": Name(f"{start}subnet_group", required=True),
        "VpcSecurityGroupIds": Name(f"{start}security_groups", required=True),
        "DBClusterParameterGroupName": Name(f"{start}cluster_parameter_group"),
    }


CAPACITY: Mapping[str, Value] = {
    name: Carried(f"ServerlessV2ScalingConfiguration.{name}", block("serverlessv2_scaling_configuration", argument))
    for name, argument in (
        ("MinCapacity", "min_capacity"),
        ("MaxCapacity", "max_capacity"),
        ("SecondsUntilAutoPause", "seconds_until_auto_pause"),
    )
}
"""Between what serverless instances scale; nothing where a cluster has none."""


def _restore(*, aurora: bool) -> CarryOver:
    """Return the account of a restore to a point in time, in the Region of the source."""
    own: dict[str, Value]
    absent: dict[str, tuple[str, ...]]
    if aurora:
        own = {
            "BacktrackWindow": Carried("[@][?BacktrackWindow > `0`].BacktrackWindow | [0]", "backtrack_window"),
            "StorageType": Carried("[@][?StorageType == 'aurora-iopt1'].StorageType | [0]", "storage_type"),
            "ServerlessV2ScalingConfiguration": CAPACITY,
        }
        absent = {
            "the instances of Aurora have it": (
                "DBClusterInstanceClass",
                "Iops",
                "PubliclyAccessible",
                "MonitoringInterval",
                "MonitoringRoleArn",
                "EnablePerformanceInsights",
                "PerformanceInsightsKMSKeyId",
                "PerformanceInsightsRetentionPeriod",
            ),
        }
    else:
        own = {
            # Class, storage and IOPS must be those of the source, or RDS refuses.
            "DBClusterInstanceClass": Carried("DBClusterInstanceClass", "db_cluster_instance_class"),
            "StorageType": Carried("StorageType", "storage_type"),
            "Iops": Carried("Iops", "iops"),
            "PubliclyAccessible": Carried("PubliclyAccessible"),
            **insights(Role.HOME),
        }
        absent = {"only Aurora has it": ("BacktrackWindow", "ServerlessV2ScalingConfiguration")}
    return CarryOver(
        service="rds",
        operation="RestoreDBClusterToPointInTime",
        carried={
            "SourceDBClusterIdentifier": "{cluster}",
            "DBClusterIdentifier": "{restored}",
            "RestoreToTime": Name("moment"),
            "UseLatestRestorableTime": Name("latest"),
            "KmsKeyId": Carried("KmsKeyId"),
            **groups(Role.HOME),
            **SETTINGS,
            **own,
        },
        put_back={
            "BackupRetentionPeriod": PutBack("ModifyDBCluster", "BackupRetentionPeriod"),
            "PreferredBackupWindow": PutBack("ModifyDBCluster", "PreferredBackupWindow"),
        },
        left_out={
            **absent,
            "a clone would lose its source, and is no evidence of a restore": ("RestoreType",),
            "the source is named by its identifier": ("SourceDbClusterResourceId",),
            "Aurora and clusters of RDS have no options": ("OptionGroupName",),
            _SAME: ("EngineMode", "EngineLifecycleSupport", "AssociatedRoles"),
            _DIRECTORY: ("Domain", "DomainIAMRoleName"),
            _NONE_SUCH: (
                "RdsCustomClusterConfiguration",
                "ScalingConfiguration",
                "EnableVPCNetworking",
                "EnableInternetAccessGateway",
            ),
            "Tags says the same": ("TagSpecifications",),
        },
    )


def new_member(role: Role, cluster: str, number: int, kept: str = "source_member") -> CarryOver:
    """Return the account of an instance of a cluster. What the cluster has, its instances do not take."""
    engine = Carried("Engine", "engine", "member", kept, name="engine")
    return CarryOver(
        service="rds",
        operation="CreateDBInstance",
        carried={
            "DBInstanceIdentifier": f"{cluster}-{number}",
            "DBClusterIdentifier": cluster,
            "Engine": engine,
            "DBInstanceClass": Carried("DBInstanceClass", "instance_class", "member", kept, name="instance_class"),
            "PromotionTier": Carried("PromotionTier", "promotion_tier", "member", kept),
            "PubliclyAccessible": Carried("PubliclyAccessible", "publicly_accessible", "member", kept),
            "AutoMinorVersionUpgrade": Carried("AutoMinorVersionUpgrade", "auto_minor_version_upgrade", "member", kept),
            "CopyTagsToSnapshot": Carried("CopyTagsToSnapshot", "copy_tags_to_snapshot", "member", kept),
            "CACertificateIdentifier": Carried("CACertificateIdentifier", "ca_cert_identifier", "member", kept),
            "PreferredMaintenanceWindow": Carried(
                "PreferredMaintenanceWindow", "preferred_maintenance_window", "member", kept
            ),
            # Only in the home Region: a group belongs to its Region, and the constructs declare none.
            **(
                {"DBParameterGroupName": Carried("DBParameterGroups[0].DBParameterGroupName", "", "member", kept)}
                if role is Role.HOME
                else {}
            ),
            **insights(role, of="member", kept=kept),
            "Tags": MEMBER_TAGS,
        },
        left_out={
            "the cluster has it": (
                "AllocatedStorage",
                "AdditionalStorageVolumes",
                "BackupRetentionPeriod",
                "CharacterSetName",
                "DBName",
                "DBSubnetGroupName",
                "DatabaseInsightsMode",
                "DeletionProtection",
                "EnableCloudwatchLogsExports",
                "EnableIAMDatabaseAuthentication",
                "EngineLifecycleSupport",
                "EngineVersion",
                "Iops",
                "KmsKeyId",
                "LicenseModel",
                "ManageMasterUserPassword",
                "MasterUserAuthenticationType",
                "MasterUserPassword",
                "MasterUserSecretKmsKeyId",
                "MasterUsername",
                "MaxAllocatedStorage",
                "NetworkType",
                "OptionGroupName",
                "Port",
                "PreferredBackupWindow",
                "StorageEncrypted",
                "StorageThroughput",
                "StorageType",
                "VpcSecurityGroupIds",
                *(() if role is Role.HOME else ("DBParameterGroupName",)),
            ),
            "an instance of Aurora has none": (
                "BackupTarget",
                "CustomIamInstanceProfile",
                "DBSecurityGroups",
                "DBSystemId",
                "DedicatedLogVolume",
                "Domain",
                "DomainAuthSecretArn",
                "DomainDnsIps",
                "DomainFqdn",
                "DomainIAMRoleName",
                "DomainOu",
                "EnableCustomerOwnedIp",
                "MultiAZ",
                "MultiTenant",
                "NcharCharacterSetName",
                "ProcessorFeatures",
                "TdeCredentialArn",
                "TdeCredentialPassword",
                "Timezone",
            ),
            "where an instance lies is for Aurora to say, which spreads them": ("AvailabilityZone",),
            "Tags says the same": ("TagSpecifications",),
        },
    )


AURORA_RESTORE, CLUSTER_RESTORE = _restore(aurora=True), _restore(aurora=False)
CARRY_OVERS = (
    AURORA_RESTORE,
    CLUSTER_RESTORE,
    new_member(Role.HOME, "{restored}", 1),
    new_member(Role.RECOVERY, "{restored}", 1),
)
