"""Clusters, of Aurora and of RDS with three members: restored with their instances, failed over, switched back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.objectives import Disruption
from constructs_lib.procedures.carry_over import CarryOver, PutBack
from constructs_lib.procedures.database import (
    MEMBER_TAGS,
    TAGS,
    cluster_probe,
    clusters,
    insights,
    instance_probe,
    look_at_cluster,
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
from constructs_lib.procedures.step import Call, Fence, Part, Prepared, Probe, Procedure, Role, Step
from constructs_lib.procedures.value import Carried, Name, block

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.procedures.value import Value

__all__ = ["CARRY_OVERS", "PROCEDURES"]

_AURORA = ("aurora-*",)
_RETURNED = "{returned}"

_CLUSTER: Mapping[str, Value] = {
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


def _groups(role: Role) -> dict[str, Value]:
    start = prefix(role)
    return {
        "DBSubnetGroupName": Name(f"{start}subnet_group", required=True),
        "VpcSecurityGroupIds": Name(f"{start}security_groups", required=True),
        "DBClusterParameterGroupName": Name(f"{start}cluster_parameter_group"),
    }


def _restore(*, aurora: bool) -> CarryOver:
    """Return the account of a restore to a point in time, in the Region of the source."""
    own: dict[str, Value]
    absent: dict[str, tuple[str, ...]]
    if aurora:
        own = {
            "BacktrackWindow": Carried("[@][?BacktrackWindow > `0`].BacktrackWindow | [0]", "backtrack_window"),
            "StorageType": Carried("[@][?StorageType == 'aurora-iopt1'].StorageType | [0]", "storage_type"),
            "ServerlessV2ScalingConfiguration": Carried("ServerlessV2ScalingConfiguration"),
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
            **_groups(Role.HOME),
            **_CLUSTER,
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


def _member(role: Role, cluster: str, number: int, kept: str = "source_member") -> CarryOver:
    """Return the account of an instance of a cluster. What the cluster has, its instances do not take."""
    engine = Carried("Engine", "engine", "member", kept)
    return CarryOver(
        service="rds",
        operation="CreateDBInstance",
        carried={
            "DBInstanceIdentifier": f"{cluster}-{number}",
            "DBClusterIdentifier": cluster,
            "Engine": engine,
            "DBInstanceClass": Carried("DBInstanceClass", "instance_class", "member", kept),
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


_AURORA_RESTORE, _CLUSTER_RESTORE = _restore(aurora=True), _restore(aurora=False)
CARRY_OVERS = (
    _AURORA_RESTORE,
    _CLUSTER_RESTORE,
    _member(Role.HOME, "{restored}", 1),
    _member(Role.RECOVERY, "{restored}", 1),
)


def _capacity(role: Role, cluster: str, part: Part = Part.ACT) -> Step:
    """Return the call that gives a cluster what serverless instances need, as AWS Backup restores it without."""
    least, most = (
        Carried(f"ServerlessV2ScalingConfiguration.{name}", block("serverlessv2_scaling_configuration", argument))
        for name, argument in (("MinCapacity", "min_capacity"), ("MaxCapacity", "max_capacity"))
    )
    return Step(
        id="capacity",
        title="give it the range of capacity without which it can have no serverless instance",
        part=part,
        needs=(most,),
        limit=HOURS if part is Part.BACK else None,
        call=Call(
            service="rds",
            operation="ModifyDBCluster",
            region=role,
            parameters={
                "DBClusterIdentifier": cluster,
                "ApplyImmediately": True,
                "ServerlessV2ScalingConfiguration": {"MinCapacity": least, "MaxCapacity": most},
            },
        ),
        repeatable="it sets the same values again",
        probe=cluster_probe(role, cluster, ours=False),
    )


def _members(role: Role, cluster: str = "{restored}", part: Part = Part.ACT) -> tuple[Step, ...]:
    """Return the calls that give a restored Aurora cluster its instances; without one nobody can connect."""
    return tuple(
        Step(
            id=f"instance-{number}",
            title="give it an instance, which writes" if number == 1 else "give it a reader",
            part=part,
            limit=HOURS if part is Part.BACK else None,
            form=None if number == 1 else "aurora_reader",
            call=_member(role, cluster, number).call(role),
            probe=instance_probe(role, f"{cluster}-{number}"),
            note="needs capacity for the class on that day" if number == 1 else None,
        )
        for number in (1, 2)
    )


def _put_back(role: Role, cluster: str, part: Part = Part.ACT, *, by_backup: bool = False) -> Step:
    """Return the call that puts back what a restore of a cluster does not take."""
    restored: dict[str, Value] = {}
    if by_backup:
        restored = {
            name: value
            for name, value in _CLUSTER.items()
            if name in ("DeletionProtection", "CopyTagsToSnapshot", "EnableIAMDatabaseAuthentication")
        }
    return Step(
        id="put-back",
        title="put back the settings that a restore does not take",
        part=part,
        limit=HOURS if part is Part.BACK else None,
        call=Call(
            service="rds",
            operation="ModifyDBCluster",
            region=role,
            parameters={
                "DBClusterIdentifier": cluster,
                "ApplyImmediately": True,
                "BackupRetentionPeriod": Carried("BackupRetentionPeriod", "backup_retention_period"),
                "PreferredBackupWindow": Carried("PreferredBackupWindow", "preferred_backup_window"),
                "PreferredMaintenanceWindow": Carried("PreferredMaintenanceWindow", "preferred_maintenance_window"),
                "EnableHttpEndpoint": Carried("HttpEndpointEnabled && `true`", "enable_http_endpoint"),
                **password(role),
                **restored,
            },
        ),
        repeatable="it sets the same values again",
        probe=cluster_probe(role, cluster, ours=False),
        note="RDS makes a new secret for the master user where it manages the password: tell the application",
    )


def _verify(role: Role, cluster: str, part: Part = Part.VERIFY) -> Step:
    return Step(
        id="verify" if part is Part.VERIFY else "verify-home",
        title="the cluster is available and has a writer, and its newest rows are those that were to be expected",
        part=part,
        call=clusters(role, cluster),
        keeps={"endpoint": "DBClusters[0].Endpoint", "source_restored": "DBClusters[0]"},
    )


_LOOK_AT_MEMBER = Step(
    id="source-member",
    title="read the settings of its instances",
    call=Call(
        service="rds",
        operation="DescribeDBInstances",
        region=Role.HOME,
        parameters={"Filters": ({"Name": "db-cluster-id", "Values": ("{cluster}",)},)},
    ),
    keeps={"source_member": "DBInstances[0]"},
)

_FENCED = Step(
    id="fence",
    title="stop the cluster in {region}, as far as it can be reached",
    part=Part.FENCE,
    best_effort=True,
    call=Call(
        service="rds", operation="StopDBCluster", region=Role.HOME, parameters={"DBClusterIdentifier": "{cluster}"}
    ),
    repeatable="a cluster that is stopped refuses to be stopped",
    note="RDS starts a stopped cluster again after seven days",
)


def _by_backup(role: Role, cluster: str = "{restored}") -> dict[str, Value]:
    return {
        "DBClusterIdentifier": cluster,
        "Engine": Carried("Engine", "engine"),
        "Port": Carried("Port", "port"),
        # Also of a copy that AWS Backup has encrypted with the key of the vault's Region.
        "KmsKeyId": Name(f"{prefix(role)}key", required=True),
        "EnableIAMDatabaseAuthentication": _CLUSTER["EnableIAMDatabaseAuthentication"],
        "EnableCloudwatchLogsExports": _CLUSTER["EnableCloudwatchLogsExports"],
        **_groups(role),
    }


def _tags(role: Role, cluster: str, part: Part = Part.ACT) -> Step:
    return Step(
        id="tags",
        title="put its tags back",
        part=part,
        call=Call(
            service="rds",
            operation="AddTagsToResource",
            region=role,
            parameters={
                "ResourceName": f"arn:aws:rds:{region_of(role)}:{{account}}:cluster:{cluster}",
                "Tags": TAGS,
            },
        ),
        repeatable="it sets the same tags again",
    )


_KEEP = (
    f"keep {{restored}}: {taken_over('{restored}')}; or copy the good rows back into {{cluster}}, which is untouched, "
    f"and delete {{restored}}"
)
_CONSOLE = "https://{region}.console.aws.amazon.com/rds/home?region={region}#database:id={cluster};is-cluster=true"
_CONSOLE_THERE = (
    "https://{recovery_region}.console.aws.amazon.com/rds/home?region={recovery_region}"
    "#database:id={recovery_cluster};is-cluster=true"
)


def _to_a_moment(
    mechanism: str, disruptions: tuple[Disruption, ...], account: CarryOver, *, writer: bool, source: str
) -> Procedure:
    aurora = mechanism == "cluster_backups"
    when = "to the last good moment" if writer else "to the latest moment there is"
    return Procedure(
        kind="database",
        mechanism=mechanism,
        disruptions=disruptions,
        source=source,
        engines=_AURORA if aurora else (),
        form=None if aurora else "multi_az_cluster",
        fence_because="the writer is stopped by hand" if writer else "what failed no longer writes",
        steps=(
            *((stop_writer(),) if writer else ()),
            look_at_cluster("{cluster}"),
            *((_LOOK_AT_MEMBER,) if aurora else ()),
            Step(
                id="restore",
                title=f"restore the cluster, under a new name, {when}",
                call=account.call(Role.HOME),
                probe=cluster_probe(Role.HOME, "{restored}"),
                console=_CONSOLE,
            ),
            *(_members(Role.HOME) if aurora else ()),
            _put_back(Role.HOME, "{restored}"),
            repoint("point the application at the endpoint of {restored}"),
            _verify(Role.HOME, "{restored}"),
        ),
        back=(by_hand("keep", _KEEP),),
    )


def _from_backup(mechanism: str, disruption: Disruption) -> Procedure:
    region = disruption is Disruption.REGION
    role = Role.RECOVERY if region else Role.HOME
    vault = "{recovery_vault}" if region else "{vault}"
    steps: tuple[Step, ...] = (
        *((_FENCED,) if region else (stop_writer(),)),
        newest_point(role, vault),
        *(() if region else (look_at_cluster("{cluster}"), _LOOK_AT_MEMBER)),
        restore_job(
            "restore",
            "restore the cluster from the backup",
            role,
            _by_backup(role),
            "Aurora",
            guard=cluster_probe(role, "{restored}"),
        ),
        _capacity(role, "{restored}"),
        *_members(role),
        _put_back(role, "{restored}", by_backup=True),
        _tags(role, "{restored}"),
        repoint("point the application at the endpoint of {restored}"),
        _verify(role, "{restored}"),
    )
    home: tuple[Step, ...] = (
        *backup_home(
            "arn:aws:rds:{recovery_region}:{account}:cluster:{restored}",
            "Aurora",
            _by_backup(Role.HOME, _RETURNED),
            cluster_probe(Role.HOME, _RETURNED),
        ),
        _capacity(Role.HOME, _RETURNED, Part.BACK),
        *_members(Role.HOME, _RETURNED, Part.BACK),
        _put_back(Role.HOME, _RETURNED, Part.BACK, by_backup=True),
        _tags(Role.HOME, _RETURNED, Part.BACK),
        _verify(Role.HOME, _RETURNED, Part.BACK),
        by_hand(
            "repoint-home",
            f"point the application at the endpoint of {{returned}} in {{region}}; {taken_over('{returned}')}; "
            f"delete {{restored}} in {{recovery_region}} when nobody needs it",
        ),
    )
    return Procedure(
        kind="database",
        mechanism=mechanism,
        disruptions=(disruption,),
        source="backup-copy-doc" if mechanism == "backup_copy" else "backup-api",
        engines=_AURORA,
        fence=Fence.BEST_EFFORT if region else Fence.COMPLETE,
        fence_because="the cluster in the Region that failed is stopped, where it can still be reached"
        if region
        else "the writer is stopped by hand",
        steps=steps,
        back=home if region else (by_hand("keep", _KEEP),),
        prepared=Prepared(
            state=("vault {recovery_vault} with copies of the backups, encrypted with the key of {recovery_region}",),
            configuration=(
                "role {restore_role}, which AWS Backup may take",
                "subnet group {recovery_subnet_group}, and security groups for the database in {recovery_region}",
                "quota and capacity for the instance class in {recovery_region}",
            ),
        )
        if region
        else Prepared(),
        afterwards="the database has no copy in another Region" if region else None,
        lag=newest_copy() if region else None,
    )


def _members_of(arn: str) -> str:
    return f"GlobalClusters[0].GlobalClusterMembers[?DBClusterArn=='{arn}']"


_HOME_ARN = "arn:aws:rds:{region}:{account}:cluster:{cluster}"
_RECOVERY_ARN = "arn:aws:rds:{recovery_region}:{account}:cluster:{recovery_cluster}"
_GLOBAL = Call(
    service="rds",
    operation="DescribeGlobalClusters",
    region=Role.RECOVERY,
    parameters={"GlobalClusterIdentifier": "{global_cluster}"},
)


def _writes(arn: str) -> Probe:
    """Return a probe that is done once the cluster *arn* is the one that writes, and nothing is under way.

    `wait db-cluster-available` proves nothing here: the cluster is available all the time.
    """
    return Probe(
        call=_GLOBAL,
        query=f"GlobalClusters[0].FailoverState.Status || ({_members_of(arn)}.IsWriter | [0])",
        done="True",
        absent=("False",),
        waiting=("pending", "failing-over", "switching-over", "cancelling"),
    )


def _failover(term: int) -> Step:
    return Step(
        id="fail-over",
        title="fail the global database over to {recovery_cluster}, in {recovery_region}",
        term=term,
        call=Call(
            service="rds",
            operation="FailoverGlobalCluster",
            # A failover is called where it goes to.
            region=Role.RECOVERY,
            parameters={
                "GlobalClusterIdentifier": "{global_cluster}",
                "TargetDbClusterIdentifier": _RECOVERY_ARN,
                "AllowDataLoss": True,
            },
        ),
        probe=_writes(_RECOVERY_ARN),
        danger="what had not been replicated",
        console=_CONSOLE_THERE,
        note="for a rehearsal use switchover-global-cluster, in the Region of the current primary: it loses nothing",
    )


_HEADLESS = Step(
    id="instance-1",
    title="give the secondary cluster an instance",
    call=_member(Role.RECOVERY, "{recovery_cluster}", 1).call(Role.RECOVERY),
    probe=instance_probe(Role.RECOVERY, "{recovery_cluster}-1"),
    console=_CONSOLE_THERE,
    note="needs capacity for the class in {recovery_region} on that day",
)


def _scale_up(cluster: str, term: int) -> Step:
    return Step(
        id="scale-up",
        title=f"Aurora scales {cluster} up to the load, and until then it throttles",
        term=term,
        note="a higher least makes it faster: modify-db-cluster --serverless-v2-scaling-configuration; ACUUtilization "
        "tells when it has caught up",
    )


def _global(*, headless: bool, serverless: bool) -> Procedure:
    return Procedure(
        kind="database",
        mechanism="global_database",
        disruptions=(Disruption.REGION,),
        source="aurora-global-dr-doc",
        engines=_AURORA,
        when={"headless": headless, "serverless": serverless},
        fence=Fence.BEST_EFFORT,
        fence_because="Aurora tries to keep the old primary from writing: event RDS-EVENT-0390 says that it did, 0391 "
        "that it could not",
        steps=(
            *((_HEADLESS,) if headless else ()),
            _failover(1 if headless else 0),
            *((_scale_up("{recovery_cluster}", 2 if headless else 1),) if serverless else ()),
            repoint("point the application in {recovery_region} at the endpoint of {recovery_cluster}"),
            _verify(Role.RECOVERY, "{recovery_cluster}"),
        ),
        back=(
            Step(
                id="resynchronised",
                title="wait until {region} is healthy and Aurora has made the old primary a secondary again",
                part=Part.BACK,
                limit=HOURS,
                probe=Probe(
                    call=_GLOBAL,
                    # Where it writes already, there is nothing to wait for.
                    query="GlobalClusters[0].FailoverState.Status || "
                    f"(({_members_of(_HOME_ARN)}.IsWriter | [0]) && 'connected') || "
                    f"({_members_of(_HOME_ARN)}.SynchronizationStatus | [0])",
                    done="connected",
                ),
                note="it is rebuilt on a new volume: minutes to hours; until then the database has no standby",
            ),
            Step(
                id="find-lost-writes",
                title="find the snapshot that Aurora made of the old volume: it is the only copy of the writes that "
                "were lost",
                part=Part.BACK,
                call=Call(
                    service="rds",
                    operation="DescribeDBClusterSnapshots",
                    region=Role.HOME,
                    parameters={"DBClusterIdentifier": "{cluster}"},
                ),
                keeps={
                    "lost_writes": "DBClusterSnapshots[?starts_with(DBClusterSnapshotIdentifier, "
                    "'rds:unplanned-global-failover-')].DBClusterSnapshotIdentifier | [0]"
                },
            ),
            Step(
                id="keep-lost-writes",
                title="copy it: it goes with the old cluster's backups otherwise",
                part=Part.BACK,
                needs=(Name("lost_writes"),),
                limit=HOURS,
                call=Call(
                    service="rds",
                    operation="CopyDBClusterSnapshot",
                    region=Role.HOME,
                    parameters={
                        "SourceDBClusterSnapshotIdentifier": "{lost_writes}",
                        "TargetDBClusterSnapshotIdentifier": "{cluster}-lost-writes-{operation}",
                        "CopyTags": True,
                    },
                ),
                probe=Probe(
                    call=Call(
                        service="rds",
                        operation="DescribeDBClusterSnapshots",
                        region=Role.HOME,
                        parameters={"DBClusterSnapshotIdentifier": "{cluster}-lost-writes-{operation}"},
                    ),
                    query="DBClusterSnapshots[0].Status",
                    done="available",
                    absent=("None",),
                    absent_errors=("DBClusterSnapshotNotFoundFault",),
                    failed=("failed",),
                ),
            ),
            Step(
                id="switch-over",
                title="switch over to {cluster}, which loses nothing",
                part=Part.BACK,
                limit=HOURS,
                call=Call(
                    service="rds",
                    operation="SwitchoverGlobalCluster",
                    # A switchover is called where the current primary is.
                    region=Role.RECOVERY,
                    parameters={
                        "GlobalClusterIdentifier": "{global_cluster}",
                        "TargetDbClusterIdentifier": _HOME_ARN,
                    },
                ),
                probe=_writes(_HOME_ARN),
                note="refused where the versions differ: upgrade first",
            ),
            *(
                (
                    Step(
                        id="headless-again",
                        title="remove the instance in {recovery_region}",
                        part=Part.BACK,
                        limit=HOURS,
                        call=Call(
                            service="rds",
                            operation="DeleteDBInstance",
                            region=Role.RECOVERY,
                            parameters={"DBInstanceIdentifier": "{recovery_cluster}-1"},
                        ),
                        probe=Probe(
                            call=Call(
                                service="rds",
                                operation="DescribeDBClusters",
                                region=Role.RECOVERY,
                                parameters={"DBClusterIdentifier": "{recovery_cluster}"},
                            ),
                            query="length(DBClusters[0].DBClusterMembers[?DBInstanceIdentifier=="
                            "'{recovery_cluster}-1']) == `0` && 'gone' || 'there'",
                            done="gone",
                            absent=("there",),
                        ),
                    ),
                )
                if headless
                else ()
            ),
            _verify(Role.HOME, "{cluster}", Part.BACK),
            by_hand("repoint-home", "point the application at the endpoint of {cluster} in {region}"),
        ),
        prepared=Prepared(
            state=(
                "secondary cluster {recovery_cluster} in {recovery_region}"
                + (", without an instance" if headless else "")
                + ", encrypted with the key of that Region",
            ),
            configuration=(
                *(("quota and capacity for the instance class in {recovery_region}",) if headless else ()),
                "security groups that let the application in {recovery_region} connect",
                "the application's credentials in {recovery_region}, in a secret of that Region",
            ),
        ),
        afterwards="the database has no standby until Aurora has made the old primary a secondary again"
        + (", and no reader in {recovery_region}" if headless else ""),
        lag=metric_lag(
            "AWS/RDS", "AuroraGlobalDBRPOLag", {"DBClusterIdentifier": "{recovery_cluster}"}, "milliseconds"
        ),
    )


PROCEDURES = (
    serves_by_itself(
        "database",
        "multi_az_cluster",
        (Disruption.HARDWARE, Disruption.ZONE),
        source="rds-multi-az-cluster-secondary",
        title="RDS fails over to a reader and moves the writer's endpoint; nobody does anything",
        verify=_verify(Role.HOME, "{cluster}"),
        back="none: RDS makes a new reader",
    ),
    serves_by_itself(
        "database",
        "cluster_volume",
        (Disruption.HARDWARE, Disruption.ZONE),
        source="aurora-global-availability-doc",
        title="Aurora makes a new writer over the same volume; nobody does anything",
        verify=_verify(Role.HOME, "{cluster}"),
        back="none: the writer is a new one over the same data",
    ),
    *(
        serves_by_itself(
            "database",
            "aurora_reader",
            (Disruption.HARDWARE, Disruption.ZONE),
            source="aurora-global-secondary",
            title="Aurora promotes the reader and moves the cluster endpoint; nobody does anything",
            verify=_verify(Role.HOME, "{cluster}"),
            back="none: writer and reader are alike",
            when={"scales_alone": scales_alone},
            then=(_scale_up("{cluster}", 1),) if scales_alone else (),
        )
        for scales_alone in (False, True)
    ),
    _to_a_moment("automated_backups", (Disruption.SOFTWARE,), _CLUSTER_RESTORE, writer=True, source="rds-pitr-doc"),
    _to_a_moment(
        "automated_backups",
        (Disruption.HARDWARE, Disruption.ZONE),
        _CLUSTER_RESTORE,
        writer=False,
        source="rds-pitr-doc",
    ),
    _to_a_moment(
        "cluster_backups", (Disruption.SOFTWARE,), _AURORA_RESTORE, writer=True, source="aurora-pitr-secondary"
    ),
    _from_backup("backup_copy", Disruption.REGION),
    _from_backup("backup_copy", Disruption.SOFTWARE),
    _from_backup("backup", Disruption.SOFTWARE),
    *(_global(headless=headless, serverless=serverless) for headless in (False, True) for serverless in (False, True)),
)
