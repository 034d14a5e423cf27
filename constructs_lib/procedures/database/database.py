"""What the procedures of RDS and Aurora share: words of states, and the settings of an instance and of a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.procedures.step import Call, Part, Probe, Role, Step
from constructs_lib.procedures.value import Carried, Name, Tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.procedures.value import Value

_BROKEN = (
    "failed",
    "incompatible-restore",
    "incompatible-parameters",
    "incompatible-network",
    "incompatible-option-group",
    "inaccessible-encryption-credentials",
    "storage-full",
    "deleting",
)
NO_INSTANCE = ("DBInstanceNotFound", "DBInstanceNotFoundFault")
NO_CLUSTER = ("DBClusterNotFoundFault", "DBClusterNotFound")

_OPERATION = "TagList[?Key=='drctl:operation'].Value | [0]"

# What a restore takes from its source by itself cannot be said here, but is: RDS refuses IOPS for a gp3 volume too
# small to have any of its own.
IOPS = "[@][?StorageType != 'gp3' || AllocatedStorage >= `400`].Iops | [0]"
THROUGHPUT = "[@][?StorageType == 'gp3' && AllocatedStorage >= `400`].StorageThroughput | [0]"


_SERVES = "serves"
_DOES_NOT = ", ".join(f"'{word}'" for word in (*_BROKEN, "creating", "stopped", "stopping"))
INSTANCE_SERVES = (
    f"contains([{_DOES_NOT}], DBInstances[0].DBInstanceStatus) && DBInstances[0].DBInstanceStatus || '{_SERVES}'",
    _SERVES,
)
"""What RDS says of an instance that can be used: it may be backed up or changed meanwhile."""
CLUSTER_SERVES = (
    "starts_with(DBClusters[0].Engine, 'aurora') && !(DBClusters[0].DBClusterMembers[?IsClusterWriter]) "
    f"&& 'that it has no writer' || '{_SERVES}'",
    _SERVES,
)
"""And of a cluster that can be written; one that is not Aurora's has instances of RDS's making."""


def prefix(role: Role) -> str:
    """Return what the names of *role*'s Region begin with."""
    return "recovery_" if role is Role.RECOVERY else ""


def instances(role: Role, identifier: str) -> Call:
    """Return the call that describes an instance."""
    parameters = {"DBInstanceIdentifier": identifier}
    return Call(service="rds", operation="DescribeDBInstances", region=role, parameters=parameters)


def clusters(role: Role, identifier: str) -> Call:
    """Return the call that describes a cluster."""
    parameters = {"DBClusterIdentifier": identifier}
    return Call(service="rds", operation="DescribeDBClusters", region=role, parameters=parameters)


def instance_probe(role: Role, identifier: str, *, ours: bool = True) -> Probe:
    """Return a probe that is done once the instance is available."""
    return Probe(
        call=instances(role, identifier),
        query="DBInstances[0].DBInstanceStatus",
        done="available",
        absent_errors=NO_INSTANCE,
        failed=_BROKEN,
        ours={f"DBInstances[0].{_OPERATION}": "{operation}"} if ours else {},
    )


def cluster_probe(role: Role, identifier: str, *, ours: bool = True) -> Probe:
    """Return a probe that is done once the cluster is available."""
    return Probe(
        call=clusters(role, identifier),
        query="DBClusters[0].Status",
        done="available",
        absent_errors=NO_CLUSTER,
        failed=_BROKEN,
        ours={f"DBClusters[0].{_OPERATION}": "{operation}"} if ours else {},
    )


def look_at_instance(identifier: str, role: Role = Role.HOME, part: Part = Part.ACT) -> Step:
    """Return the step that reads the settings of the source, where its Region can be asked."""
    return Step(
        id="source",
        title="read the settings of the instance",
        part=part,
        call=instances(role, identifier),
        keeps={"source": "DBInstances[0]"},
    )


def look_at_cluster(identifier: str, role: Role = Role.HOME, part: Part = Part.ACT) -> Step:
    """Return the step that reads the settings of the source, where its Region can be asked."""
    return Step(
        id="source",
        title="read the settings of the cluster",
        part=part,
        call=clusters(role, identifier),
        keeps={"source": "DBClusters[0]"},
    )


TAGS = Tags(Carried("TagList", "tags"))
MEMBER_TAGS = Tags(Carried("TagList", "tags", kept="source_member"))

_MANAGED = "MasterUserSecret.SecretArn && `true`"


def insights(role: Role, *, of: str = "main", kept: str = "source") -> dict[str, Value]:
    """Return the members that turn Performance Insights and Enhanced Monitoring on as they were."""
    # Without monitoring there is no role, and RDS refuses one for an interval of 0.
    interval = "[@][?MonitoringInterval > `0`].%s | [0]"
    key: Value = (
        Carried("PerformanceInsightsKMSKeyId", "performance_insights_kms_key_id", of, kept)
        if role is Role.HOME
        # A key belongs to its Region.
        else Name("recovery_insights_key")
    )
    return {
        "EnablePerformanceInsights": Carried("PerformanceInsightsEnabled", "performance_insights_enabled", of, kept),
        "PerformanceInsightsKMSKeyId": key,
        "PerformanceInsightsRetentionPeriod": Carried(
            "PerformanceInsightsRetentionPeriod", "performance_insights_retention_period", of, kept
        ),
        "MonitoringInterval": Carried(interval % "MonitoringInterval", "monitoring_interval", of, kept),
        "MonitoringRoleArn": Carried(interval % "MonitoringRoleArn", "monitoring_role_arn", of, kept),
    }


def password(role: Role) -> dict[str, Value]:
    """Return the members that let RDS manage the master user's password where it did."""
    key: Value = (
        Carried("MasterUserSecret.KmsKeyId", "master_user_secret_kms_key_id")
        if role is Role.HOME
        else Name("recovery_password_key")
    )
    return {
        "ManageMasterUserPassword": Carried(_MANAGED, "manage_master_user_password"),
        "MasterUserSecretKmsKeyId": key,
    }


def arguments(role: Role) -> Mapping[str, Value]:
    """Return the groups that a database in *role*'s Region is put into."""
    start = prefix(role)
    return {
        "DBSubnetGroupName": Name(f"{start}subnet_group", required=True),
        "VpcSecurityGroupIds": Name(f"{start}security_groups", required=True),
    }
