"""Workloads of one component, synthesized, and built by boto3 as Terraform would build them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import attrs

from constructs_lib import (
    Bucket,
    Database,
    FileSystem,
    InEachRegion,
    KeyAttribute,
    Network,
    Objective,
    Service,
    ServiceNetwork,
    Sites,
    Table,
    Target,
    Workload,
)
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.resources.provider_constraint import DEFAULT_PROVIDER_CONSTRAINT
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.terraform.engine import App
from tests.emulator.roles import open_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload, Member
    from constructs_lib.emulator import EmulatedAws

HOME, RECOVERY = "eu-west-1", "eu-central-1"
LOOSE = Objective(rto="30d", rpo="30d")
ONE_REGION = Objective(hardware=Target("30d", "30d"), software=Target("30d", "30d"))
SECRET = "not-a-real-password-1"


@attrs.frozen(kw_only=True)
class Place:
    """One Region's network and key."""

    vpc: str
    subnets: tuple[str, ...]
    groups: tuple[str, ...]
    key: str
    certificate: str


def place(aws: EmulatedAws, region: str, workload: str) -> Place:
    """Build a network, a key and a certificate in *region*."""
    ec2 = aws.client("ec2", region)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = tuple(
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{region}{zone}")["Subnet"][
            "SubnetId"
        ]
        for number, zone in enumerate("abc")
    )
    group = ec2.create_security_group(GroupName=f"{workload}-db", Description="db", VpcId=vpc)["GroupId"]
    acm = aws.client("acm", region)
    certificate = acm.request_certificate(DomainName=f"{workload}.example.com")["CertificateArn"]
    return Place(vpc=vpc, subnets=subnets, groups=(group,), key=open_key(aws, region), certificate=certificate)


def unbuilt(region: str, *subnets: str) -> Place:
    """Return a place that is only named."""
    return Place(
        vpc=f"vpc-{region}",
        subnets=tuple(f"{name}-{region}" for name in subnets),
        groups=(f"sg-{region}",),
        key=f"arn:aws:kms:{region}:123456789012:key/k",
        certificate=f"arn:aws:acm:{region}:123456789012:certificate/a",
    )


def synthesized(directory: Path, name: str, here: Place, there: Place, kind: str, **options: Any) -> DocumentedWorkload:
    """Return the workload as the synthesized stacks tell it."""
    app = App(outdir=str(directory))
    keys = {HOME: here.key, RECOVERY: there.key}
    # Strongly consistent tables need the newer provider; nothing here asks it.
    constraint = ">= 6.22, < 7.0" if "strong" in options["pattern"] else DEFAULT_PROVIDER_CONSTRAINT
    sites = Sites.per_region(app, name, primary=HOME, recovery=RECOVERY, key_arns=keys, constraint=constraint)
    workload = Workload(sites, objective=LOOSE if _in_two_regions(kind, options["pattern"]) else ONE_REGION)
    if kind == "table":
        Table(workload, "items", partition_key=KeyAttribute(name="id", type="S"), **options)
    elif kind == "bucket":
        Bucket(workload, "files", **options)
    elif kind == "service":
        service_of(workload, here, there, **options)
    else:
        network = Network(
            subnet_ids=here.subnets,
            security_group_ids=here.groups,
            recovery_subnet_ids=there.subnets,
            recovery_security_group_ids=there.groups,
        )
        if kind == "filesystem":
            FileSystem(workload, "files", network=network, **options)
            app.synth()
            (found,) = read_stacks(directory, None)
            return found
        options = {"network": network, **options} if options.get("engine") != "dsql" else options
        Database(workload, "ledger", **options)
    app.synth()
    (found,) = read_stacks(directory, None)
    return found


def _in_two_regions(kind: str, pattern: str) -> bool:
    return any(item.where == "recovery" for item in load_catalog().pattern(kind, pattern).protections)


def service_of(workload: Workload, here: Place, there: Place, **options: Any) -> None:
    """Build the service `front` of a workload."""
    networks = [
        ServiceNetwork(
            vpc_id=place.vpc,
            load_balancer_subnet_ids=place.subnets[:2],
            load_balancer_security_group_ids=place.groups,
            task_subnet_ids=place.subnets[2:],
            task_security_group_ids=place.groups,
        )
        for place in (here, there)
    ]
    Service(
        workload,
        "front",
        image=f"123456789012.dkr.ecr.{HOME}.amazonaws.com/front@sha256:{'0' * 64}",
        port=80,
        network=networks[0],
        recovery_network=networks[1],
        certificate_arn=InEachRegion(primary=here.certificate, recovery=there.certificate),
        **options,
    )


def build(aws: EmulatedAws, workload: DocumentedWorkload) -> None:
    """Build the resources of the one component, from the arguments that Terraform would be given."""
    (item,) = workload.components
    order = (
        "aws_db_subnet_group",
        "aws_db_option_group",
        "aws_db_parameter_group",
        "aws_rds_cluster_parameter_group",
        "aws_backup_vault",
        "aws_s3_bucket",
        "aws_s3_bucket_versioning",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_dynamodb_table",
        "aws_dynamodb_table_replica",
        "aws_db_instance",
        "aws_rds_cluster",
        "aws_rds_global_cluster",
        "aws_rds_cluster_instance",
        "aws_db_instance_automated_backups_replication",
        "aws_dsql_cluster",
        "aws_efs_file_system",
        "aws_lb_target_group",
        "aws_ecs_cluster",
        "aws_ecs_task_definition",
        "aws_ecs_service",
    )
    members = [member for type_ in order for member in item.members if member.type == type_]
    # The primary Region first: the other one's things name it.
    members.sort(key=lambda member: (_turn(order, member), member.region != item.component.region))
    for member in members:
        assert member.region is not None
        arguments = json.loads(json.dumps(dict(member.arguments)).replace("$ACCOUNT", aws.account))
        _BUILDERS[member.type](aws, member.region, arguments)


def _turn(order: Sequence[str], member: Member) -> float:
    """Return when a member is built: a global database is made around one cluster, and then the other joins it."""
    joins = member.type == "aws_rds_cluster" and "global_cluster_identifier" in member.arguments
    return order.index("aws_rds_global_cluster") + 0.5 if joins else order.index(member.type)


def back_up(aws: EmulatedAws, workload: DocumentedWorkload, role: str = "backup") -> None:
    """Back the component up at home, and copy the backup where there is a vault in the other Region."""
    (item,) = workload.components
    vaults = {member.region: member.arguments["name"] for member in item.members if member.type == "aws_backup_vault"}
    backup = aws.client("backup", HOME)
    arns = {
        "aws_dynamodb_table": f"arn:aws:dynamodb:{HOME}:{aws.account}:table/%(name)s",
        "aws_db_instance": f"arn:aws:rds:{HOME}:{aws.account}:db:%(identifier)s",
        "aws_rds_cluster": f"arn:aws:rds:{HOME}:{aws.account}:cluster:%(cluster_identifier)s",
    }
    found = [arns[member.type] % member.arguments for member in item.members if member.type in arns]
    if any(member.type == "aws_dsql_cluster" for member in item.members):
        # The newest is that of this workload: each test builds its own.
        dsql = aws.client("dsql", HOME)
        clusters = [dsql.get_cluster(identifier=item["identifier"]) for item in dsql.list_clusters()["clusters"]]
        found = [item["arn"] for item in clusters if item["tags"].get("recovery:workload") == workload.name]
    if any(member.type == "aws_efs_file_system" for member in item.members):
        systems = aws.client("efs", HOME).describe_file_systems(CreationToken=f"{workload.name}-files")["FileSystems"]
        found = [item["FileSystemArn"] for item in systems]
    (arn,) = found
    role = f"arn:aws:iam::{aws.account}:role/{role}"
    job = backup.start_backup_job(
        BackupVaultName=vaults[HOME],
        ResourceArn=arn,
        IamRoleArn=role,
    )
    if RECOVERY in vaults:
        backup.start_copy_job(
            RecoveryPointArn=job["RecoveryPointArn"],
            SourceBackupVaultName=vaults[HOME],
            DestinationBackupVaultArn=f"arn:aws:backup:{RECOVERY}:{aws.account}:backup-vault:{vaults[RECOVERY]}",
            IamRoleArn=role,
        )


def _tags(arguments: dict[str, Any]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in arguments.get("tags", {}).items()]


def _lower(arguments: dict[str, Any]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in arguments.get("tags", {}).items()]


def _given(arguments: dict[str, Any], **members: str) -> dict[str, Any]:
    return {member: arguments[name] for member, name in members.items() if arguments.get(name) is not None}


_INSTANCE = {
    "DBInstanceIdentifier": "identifier",
    "DBInstanceClass": "instance_class",
    "DBSubnetGroupName": "db_subnet_group_name",
    "VpcSecurityGroupIds": "vpc_security_group_ids",
    "DBParameterGroupName": "parameter_group_name",
    "OptionGroupName": "option_group_name",
    "MultiAZ": "multi_az",
    "PubliclyAccessible": "publicly_accessible",
    "AutoMinorVersionUpgrade": "auto_minor_version_upgrade",
    "CopyTagsToSnapshot": "copy_tags_to_snapshot",
    "DeletionProtection": "deletion_protection",
    "EnableIAMDatabaseAuthentication": "iam_database_authentication_enabled",
    "EnableCloudwatchLogsExports": "enabled_cloudwatch_logs_exports",
    "MaxAllocatedStorage": "max_allocated_storage",
    "StorageType": "storage_type",
    "KmsKeyId": "kms_key_id",
    "MonitoringInterval": "monitoring_interval",
    "MonitoringRoleArn": "monitoring_role_arn",
    "EnablePerformanceInsights": "performance_insights_enabled",
    "PerformanceInsightsKMSKeyId": "performance_insights_kms_key_id",
    "PerformanceInsightsRetentionPeriod": "performance_insights_retention_period",
}


def _instance(aws: EmulatedAws, region: str, arguments: dict[str, Any]) -> None:
    rds = aws.client("rds", region)
    common = {**_given(arguments, **_INSTANCE), "Tags": _tags(arguments)}
    if arguments.get("replicate_source_db"):
        group = common.pop("DBParameterGroupName")
        rds.create_db_instance_read_replica(
            SourceDBInstanceIdentifier=arguments["replicate_source_db"], SourceRegion=HOME, **common
        )
        # As the provider does, since RDS takes no group for a replica of PostgreSQL.
        rds.modify_db_instance(DBInstanceIdentifier=common["DBInstanceIdentifier"], DBParameterGroupName=group)
        return
    managed = arguments.get("manage_master_user_password")
    password = (
        {"ManageMasterUserPassword": True, "MasterUserSecretKmsKeyId": arguments["master_user_secret_kms_key_id"]}
        if managed
        else {"MasterUserPassword": SECRET}
    )
    rds.create_db_instance(
        Engine=arguments["engine"],
        EngineVersion=arguments["engine_version"],
        AllocatedStorage=arguments["allocated_storage"],
        MasterUsername=arguments["username"],
        StorageEncrypted=True,
        BackupRetentionPeriod=arguments["backup_retention_period"],
        **common,
        **password,
    )


def _cluster(aws: EmulatedAws, region: str, arguments: dict[str, Any]) -> None:
    given = _given(
        arguments,
        DBClusterIdentifier="cluster_identifier",
        Engine="engine",
        EngineVersion="engine_version",
        DBSubnetGroupName="db_subnet_group_name",
        VpcSecurityGroupIds="vpc_security_group_ids",
        DBClusterParameterGroupName="db_cluster_parameter_group_name",
        KmsKeyId="kms_key_id",
        EnableIAMDatabaseAuthentication="iam_database_authentication_enabled",
        EnableCloudwatchLogsExports="enabled_cloudwatch_logs_exports",
        DeletionProtection="deletion_protection",
        CopyTagsToSnapshot="copy_tags_to_snapshot",
        BackupRetentionPeriod="backup_retention_period",
        GlobalClusterIdentifier="global_cluster_identifier",
        DBClusterInstanceClass="db_cluster_instance_class",
        StorageType="storage_type",
        AllocatedStorage="allocated_storage",
        Iops="iops",
    )
    if "DBClusterInstanceClass" in given:
        given |= _given(
            arguments,
            EnablePerformanceInsights="performance_insights_enabled",
            PerformanceInsightsKMSKeyId="performance_insights_kms_key_id",
            PerformanceInsightsRetentionPeriod="performance_insights_retention_period",
            MonitoringInterval="monitoring_interval",
            MonitoringRoleArn="monitoring_role_arn",
        )
    secret: dict[str, Any] = {}
    if arguments.get("manage_master_user_password"):
        secret = {"ManageMasterUserPassword": True, "MasterUserSecretKmsKeyId": arguments["kms_key_id"]}
    elif region == HOME:
        secret = {"MasterUserPassword": SECRET}
    if region == HOME:
        secret["MasterUsername"] = arguments.get("master_username", "dbadmin")
    aws.client("rds", region).create_db_cluster(StorageEncrypted=True, Tags=_tags(arguments), **given, **secret)


def _cluster_instance(aws: EmulatedAws, region: str, arguments: dict[str, Any]) -> None:
    given = _given(
        arguments,
        DBInstanceIdentifier="identifier",
        Engine="engine",
        DBInstanceClass="instance_class",
        PromotionTier="promotion_tier",
        PubliclyAccessible="publicly_accessible",
        AutoMinorVersionUpgrade="auto_minor_version_upgrade",
        CopyTagsToSnapshot="copy_tags_to_snapshot",
        MonitoringInterval="monitoring_interval",
        MonitoringRoleArn="monitoring_role_arn",
        EnablePerformanceInsights="performance_insights_enabled",
        PerformanceInsightsKMSKeyId="performance_insights_kms_key_id",
        PerformanceInsightsRetentionPeriod="performance_insights_retention_period",
    )
    cluster = arguments.get("cluster_identifier") or arguments["identifier"].rpartition("-")[0]
    aws.client("rds", region).create_db_instance(DBClusterIdentifier=cluster, Tags=_tags(arguments), **given)


def _table(aws: EmulatedAws, region: str, arguments: dict[str, Any]) -> None:
    dynamodb = aws.client("dynamodb", region)
    name = arguments["name"]
    stream: dict[str, Any] = {}
    if arguments.get("stream_view_type"):
        stream = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": arguments["stream_view_type"]}}
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={
            "Enabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": arguments["server_side_encryption"]["kms_key_arn"],
        },
        DeletionProtectionEnabled=True,
        Tags=_tags(arguments),
        **stream,
    )
    days = arguments["point_in_time_recovery"]["recovery_period_in_days"]
    dynamodb.update_continuous_backups(
        TableName=name,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": days},
    )
    if arguments.get("replica"):
        witness = arguments.get("global_table_witness")
        dynamodb.update_table(
            TableName=name,
            MultiRegionConsistency="STRONG",
            ReplicaUpdates=[
                {"Create": {"RegionName": there, "KMSMasterKeyId": item.get("kms_key_arn") or open_key(aws, there)}}
                for item in arguments["replica"]
                for there in [item["region_name"]]
            ],
            **({"GlobalTableWitnessUpdates": [{"Create": {"RegionName": witness["region_name"]}}]} if witness else {}),
        )
    if arguments.get("ttl"):
        specification = {"Enabled": True, "AttributeName": arguments["ttl"]["attribute_name"]}
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=specification)


def _replica(aws: EmulatedAws, region: str, arguments: dict[str, Any]) -> None:
    name = arguments["global_table_arn"].rpartition("/")[2]
    create = {"RegionName": region, "KMSMasterKeyId": arguments["kms_key_arn"]}
    aws.client("dynamodb", HOME).update_table(TableName=name, ReplicaUpdates=[{"Create": create}])


def _bucket(aws: EmulatedAws, region: str, arguments: dict[str, Any]) -> None:
    aws.client("s3", region).create_bucket(
        Bucket=arguments["bucket"], CreateBucketConfiguration={"LocationConstraint": region}
    )


def _encryption(aws: EmulatedAws, region: str, arguments: dict[str, Any]) -> None:
    rule = arguments["rule"]
    default = rule["apply_server_side_encryption_by_default"]
    given = {"SSEAlgorithm": default["sse_algorithm"], "KMSMasterKeyID": default["kms_master_key_id"]}
    aws.client("s3", region).put_bucket_encryption(
        Bucket=arguments["bucket"],
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": given}]},
    )


def _versioning(aws: EmulatedAws, region: str, arguments: dict[str, Any]) -> None:
    aws.client("s3", region).put_bucket_versioning(
        Bucket=arguments["bucket"], VersioningConfiguration={"Status": "Enabled"}
    )


def _file_system(aws: EmulatedAws, region: str, arguments: dict[str, Any]) -> None:
    """Build a file system; one that may be overwritten is the replica of that of the same token at home."""
    efs, token = aws.client("efs", region), arguments["creation_token"]
    system = efs.create_file_system(
        CreationToken=token, Encrypted=True, KmsKeyId=arguments["kms_key_id"], Tags=_tags(arguments)
    )["FileSystemId"]
    if not arguments.get("protection"):
        return
    efs.update_file_system_protection(FileSystemId=system, ReplicationOverwriteProtection="DISABLED")
    home = aws.client("efs", HOME)
    source = home.describe_file_systems(CreationToken=token)["FileSystems"][0]["FileSystemId"]
    home.create_replication_configuration(
        SourceFileSystemId=source, Destinations=[{"FileSystemId": system, "Region": region}]
    )


def _task_definition(aws: EmulatedAws, region: str, arguments: dict[str, Any]) -> None:
    # Without the role that would start it: none of the roles is there.
    aws.client("ecs", region).register_task_definition(
        family=arguments["family"],
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu=arguments["cpu"],
        memory=arguments["memory"],
        containerDefinitions=json.loads(arguments["container_definitions"]),
    )


def _service(aws: EmulatedAws, region: str, arguments: dict[str, Any]) -> None:
    network = arguments["network_configuration"]
    aws.client("ecs", region).create_service(
        cluster=arguments["name"],
        serviceName=arguments["name"],
        taskDefinition=arguments["name"],
        desiredCount=arguments["desired_count"],
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {"subnets": network["subnets"], "securityGroups": network["security_groups"]}
        },
    )


_BUILDERS: dict[str, Callable[[EmulatedAws, str, dict[str, Any]], Any]] = {
    "aws_backup_vault": lambda aws, region, given: aws.client("backup", region).create_backup_vault(
        BackupVaultName=given["name"], EncryptionKeyArn=given["kms_key_arn"]
    ),
    "aws_db_subnet_group": lambda aws, region, given: aws.client("rds", region).create_db_subnet_group(
        DBSubnetGroupName=given["name"], DBSubnetGroupDescription="ours", SubnetIds=given["subnet_ids"]
    ),
    "aws_db_option_group": lambda aws, region, given: aws.client("rds", region).create_option_group(
        OptionGroupName=given["name"],
        OptionGroupDescription="ours",
        EngineName=given["engine_name"],
        MajorEngineVersion=given["major_engine_version"],
    ),
    "aws_db_parameter_group": lambda aws, region, given: aws.client("rds", region).create_db_parameter_group(
        DBParameterGroupName=given["name"], DBParameterGroupFamily=given["family"], Description="ours"
    ),
    "aws_rds_cluster_parameter_group": lambda aws, region, given: aws.client(
        "rds", region
    ).create_db_cluster_parameter_group(
        DBClusterParameterGroupName=given["name"], DBParameterGroupFamily=given["family"], Description="ours"
    ),
    "aws_s3_bucket": _bucket,
    "aws_s3_bucket_versioning": _versioning,
    "aws_s3_bucket_server_side_encryption_configuration": _encryption,
    "aws_dynamodb_table": _table,
    "aws_dynamodb_table_replica": _replica,
    "aws_db_instance": _instance,
    "aws_rds_global_cluster": lambda aws, region, given: aws.client("rds", region).create_global_cluster(
        GlobalClusterIdentifier=given["global_cluster_identifier"],
        # They have the same name, and the reference to the ARN is AWS's to tell.
        SourceDBClusterIdentifier=f"arn:aws:rds:{HOME}:{aws.account}:cluster:{given['global_cluster_identifier']}",
    ),
    "aws_rds_cluster": _cluster,
    "aws_rds_cluster_instance": _cluster_instance,
    "aws_db_instance_automated_backups_replication": lambda aws, region, given: aws.client(
        "rds", region
    ).start_db_instance_automated_backups_replication(
        SourceDBInstanceArn=given["source_db_instance_arn"],
        BackupRetentionPeriod=given["retention_period"],
        KmsKeyId=given["kms_key_id"],
        SourceRegion=HOME,
    ),
    "aws_efs_file_system": _file_system,
    "aws_ecs_cluster": lambda aws, region, given: aws.client("ecs", region).create_cluster(
        clusterName=given["name"], tags=_lower(given)
    ),
    "aws_lb_target_group": lambda aws, region, given: aws.client("elbv2", region).create_target_group(
        Name=given["name"], Port=given["port"], Protocol="HTTP", TargetType="ip", VpcId=given["vpc_id"]
    ),
    "aws_ecs_task_definition": _task_definition,
    "aws_ecs_service": _service,
    "aws_dsql_cluster": lambda aws, region, given: aws.client("dsql", region).create_cluster(
        deletionProtectionEnabled=True, kmsEncryptionKey=given["kms_encryption_key"], tags=given["tags"]
    ),
}
