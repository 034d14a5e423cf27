"""For each rule of the emulator a call that AWS refuses, and its good twin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.emulator.roles import document
from tests.emulator.rules.account import HERE, THERE, Account
from tests.emulator.rules.example import Example

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


BACKUP = "backup.amazonaws.com"
S3 = {"Service": "s3.amazonaws.com"}


def parameters(account: Account, name: str, method: str = "pending-reboot", family: str = "postgres16") -> None:
    account.client("rds").modify_db_parameter_group(
        DBParameterGroupName=account.parameter_group(family),
        Parameters=[{"ParameterName": name, "ParameterValue": "1", "ApplyMethod": method}],
    )


def replicate_bucket_in_the_former_form(account: Account, targets: int) -> None:
    source, target = account.buckets
    other = account.name()
    s3 = account.client("s3")
    s3.create_bucket(Bucket=other, CreateBucketConfiguration={"LocationConstraint": HERE})
    s3.put_bucket_versioning(Bucket=other, VersioningConfiguration={"Status": "Enabled"})
    rules = [
        {"ID": name, "Status": "Enabled", "Prefix": f"{name}/", "Destination": {"Bucket": f"arn:aws:s3:::{name}"}}
        for name in (target, other)[:targets]
    ]
    s3.put_bucket_replication(
        Bucket=source, ReplicationConfiguration={"Role": "arn:aws:iam::123456789012:role/it", "Rules": rules}
    )


def replicate_files(account: Account, *, protected: bool = False, encrypted: bool = True) -> None:
    """Replicate an encrypted file system into one that is there."""
    here, there = account.client("efs"), account.client("efs", THERE)
    source = here.create_file_system(CreationToken=account.name(), Encrypted=True)["FileSystemId"]
    target = there.create_file_system(CreationToken=account.name(), Encrypted=encrypted)["FileSystemId"]
    overwrite = "ENABLED" if protected else "DISABLED"
    there.update_file_system_protection(FileSystemId=target, ReplicationOverwriteProtection=overwrite)
    destination = {"FileSystemId": target, "Region": THERE}
    here.create_replication_configuration(SourceFileSystemId=source, Destinations=[destination])


def replicate_backups(account: Account, source: str, region: str = THERE, **options: Any) -> None:
    account.client("rds", region).start_db_instance_automated_backups_replication(
        SourceDBInstanceArn=source, BackupRetentionPeriod=7, **options
    )


def restore(account: Account, source: str, **options: Any) -> None:
    account.client("rds").restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier=source.rpartition(":")[2], TargetDBInstanceIdentifier=account.name(), **options
    )


def restore_at(account: Account, *, minutes: int) -> None:
    source = account.source()
    restore(account, source, RestoreTime=now(minutes))


def restore_cluster(account: Account, *, minutes: int) -> None:
    source = account.cluster()
    account.client("rds").restore_db_cluster_to_point_in_time(
        SourceDBClusterIdentifier=source.rpartition(":")[2],
        DBClusterIdentifier=account.name(),
        RestoreToTime=now(minutes),
    )


def encrypted_with(account: Account, key: str) -> None:
    account.table(SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key})


def replicate_table(account: Account, table: str, **options: Any) -> None:
    account.client("dynamodb").update_table(
        TableName=table, ReplicaUpdates=[{"Create": {"RegionName": THERE, **options}}]
    )


def provisioned(account: Account, *, scaled: bool) -> str:
    table = account.table(
        BillingMode="PROVISIONED", ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    )
    if scaled:
        account.scale(table)
    return table


def restore_table(account: Account, *, recovers: bool, minutes: int | None = None) -> None:
    table = account.table()
    if recovers:
        account.recover(table)
    moment = {"UseLatestRestorableTime": True} if minutes is None else {"RestoreDateTime": now(minutes)}
    account.client("dynamodb").restore_table_to_point_in_time(
        SourceTableName=table, TargetTableName=account.name(), **moment
    )


def replicate_bucket(
    account: Account, *, destination: dict[str, Any] | None = None, without: str = "", **rule: Any
) -> None:
    source, target = account.buckets
    whole = {
        "ID": "all",
        "Priority": 0,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{target}", **(destination or {})},
        **rule,
    }
    whole.pop(without, None)
    account.client("s3").put_bucket_replication(
        Bucket=source, ReplicationConfiguration={"Role": account.role("s3.amazonaws.com"), "Rules": [whole]}
    )


def within(minutes: int, **metrics: Any) -> dict[str, Any]:
    return {"ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": minutes}}, **metrics}


def plan(account: Account, **rule: Any) -> None:
    account.client("backup").create_backup_plan(
        BackupPlan={
            "BackupPlanName": account.name(),
            "Rules": [
                {
                    "RuleName": "daily",
                    "TargetBackupVaultName": account.vault,
                    "ScheduleExpression": "cron(0 5 * * ? *)",
                    **rule,
                }
            ],
        }
    )


def back_up(
    account: Account, vault: str, region: str, days: int, *, service: str = BACKUP, action: str = "dynamodb:*"
) -> str:
    job = account.client("backup", region).start_backup_job(
        BackupVaultName=vault,
        ResourceArn=f"arn:aws:dynamodb:{region}:123456789012:table/{account.table(region)}",
        IamRoleArn=account.role(service, action),
        Lifecycle={"DeleteAfterDays": days},
    )
    point: str = job["RecoveryPointArn"]
    return point


def back_up_opted(account: Account, *, opted_in: bool) -> None:
    backup = account.client("backup")
    backup.update_region_settings(ResourceTypeOptInPreference={"DynamoDB": opted_in})
    try:
        back_up(account, account.vault, HERE, 10)
    finally:
        backup.update_region_settings(ResourceTypeOptInPreference={"DynamoDB": True})


def copy_table_backup(account: Account, *, advanced: bool) -> None:
    point = back_up(account, account.vault, HERE, 10)
    backup = account.client("backup")
    backup.update_region_settings(
        ResourceTypeOptInPreference={}, ResourceTypeManagementPreference={"DynamoDB": advanced}
    )
    try:
        backup.start_copy_job(
            RecoveryPointArn=point,
            SourceBackupVaultName=account.vault,
            DestinationBackupVaultArn=f"arn:aws:backup:{THERE}:123456789012:backup-vault:{account.locked_vault}",
            IamRoleArn=account.role(BACKUP),
            Lifecycle={"DeleteAfterDays": 10},
        )
    finally:
        backup.update_region_settings(
            ResourceTypeOptInPreference={}, ResourceTypeManagementPreference={"DynamoDB": True}
        )


def replicate_by_priorities(account: Account, *priorities: int) -> None:
    source, target = account.buckets
    rules = [
        {
            "ID": prefix,
            "Priority": priority,
            "Status": "Enabled",
            "Filter": {"Prefix": prefix},
            "DeleteMarkerReplication": {"Status": "Enabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::{target}"},
        }
        for prefix, priority in zip("ab", priorities, strict=True)
    ]
    account.client("s3").put_bucket_replication(
        Bucket=source, ReplicationConfiguration={"Role": account.role("s3.amazonaws.com"), "Rules": rules}
    )


def suspend(account: Account, bucket: str) -> None:
    account.client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


def replicated(account: Account) -> str:
    replicate_bucket(account)
    return account.buckets[0]


def copy_snapshot(account: Account, **options: Any) -> None:
    rds = account.client("rds")
    taken = rds.create_db_snapshot(
        DBInstanceIdentifier=account.source().rpartition(":")[2], DBSnapshotIdentifier=account.name()
    )["DBSnapshot"]
    account.client("rds", THERE).copy_db_snapshot(
        SourceDBSnapshotIdentifier=taken["DBSnapshotArn"], TargetDBSnapshotIdentifier=account.name(), **options
    )


def copy_cluster_snapshot(account: Account, source: str) -> None:
    rds = account.client("rds")
    taken = rds.create_db_cluster_snapshot(
        DBClusterIdentifier=source.rpartition(":")[2], DBClusterSnapshotIdentifier=account.name()
    )["DBClusterSnapshot"]
    rds.copy_db_cluster_snapshot(
        SourceDBClusterSnapshotIdentifier=taken["DBClusterSnapshotArn"],
        TargetDBClusterSnapshotIdentifier=account.name(),
    )


def change(account: Account, source: str, **options: Any) -> None:
    account.client("rds").modify_db_instance(
        DBInstanceIdentifier=source.rpartition(":")[2], ApplyImmediately=True, **options
    )


def upgrade_a_source(account: Account, *, replica_first: bool = False) -> None:
    source = account.instance(EngineVersion="16.3")
    replica = account.replica(source)
    if replica_first:
        account.client("rds", THERE).modify_db_instance(
            DBInstanceIdentifier=replica, EngineVersion="16.4", ApplyImmediately=True
        )
    change(account, source, EngineVersion="16.4")


def source_of_a_replica(account: Account) -> str:
    source = account.instance()
    account.replica(source)
    return source


def delete(account: Account, **options: Any) -> None:
    account.client("rds").delete_db_instance(DBInstanceIdentifier=account.instance().rpartition(":")[2], **options)


def grouped(account: Account, family: str, version: str = "16.4") -> None:
    account.instance(EngineVersion=version, DBParameterGroupName=account.parameter_group(family))


def replica_with_group(account: Account, engine: str) -> None:
    group = account.name()
    account.client("rds", THERE).create_db_parameter_group(
        DBParameterGroupName=group,
        DBParameterGroupFamily="postgres16" if engine == "postgres" else "mysql8.0",
        Description="-",
    )
    version = "16.4" if engine == "postgres" else "8.0.40"
    account.replica(account.source(Engine=engine, EngineVersion=version), DBParameterGroupName=group)


def global_with(account: Account, **options: Any) -> None:
    account.client("rds").create_global_cluster(
        GlobalClusterIdentifier=account.name(), SourceDBClusterIdentifier=account.cluster(), **options
    )


def cluster_named(account: Account, name: str) -> None:
    account.client("rds").create_db_cluster(
        DBClusterIdentifier=name,
        Engine="aurora-postgresql",
        MasterUsername="dbadmin",
        MasterUserPassword="not-a-secret",
    )


def stream(account: Account, *, replicas: bool) -> None:
    table = account.table()
    if replicas:
        replicate_table(account, table)
    account.client("dynamodb").update_table(TableName=table, StreamSpecification={"StreamEnabled": False})


def strong(account: Account, *regions: str) -> None:
    account.client("dynamodb").update_table(
        TableName=account.table(),
        ReplicaUpdates=[{"Create": {"RegionName": region}} for region in regions],
        MultiRegionConsistency="STRONG",
    )


def recovery_period(account: Account, **given: Any) -> None:
    account.client("dynamodb").update_continuous_backups(
        TableName=account.table(), PointInTimeRecoverySpecification=given
    )


def vault_with(account: Account, key: str) -> None:
    account.client("backup").create_backup_vault(BackupVaultName=account.name(), EncryptionKeyArn=key)


def zones(account: Account, *references: str) -> None:
    for reference in references:
        account.client("route53").create_hosted_zone(Name="zones.test", CallerReference=reference)


def create_records(account: Account, *records: dict[str, Any]) -> None:
    """Create the records below a name of their own, one call for each."""
    name = f"{account.name()}.rules.test"
    for given in records:
        shown = {"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]} | given
        account.client("route53").change_resource_record_sets(
            HostedZoneId=account.zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": shown}]}
        )


def failing_over(identifier: str, failover: str, **more: Any) -> dict[str, Any]:
    return {"SetIdentifier": identifier, "Failover": failover, **more}


def check(account: Account, interval: int = 30) -> str:
    made = account.client("route53").create_health_check(
        CallerReference=account.name(),
        HealthCheckConfig={"Type": "HTTP", "FullyQualifiedDomainName": "a.test", "RequestInterval": interval},
    )
    identifier: str = made["HealthCheck"]["Id"]
    return identifier


def alarm(account: Account) -> str:
    name = account.name()
    account.client("cloudwatch").put_metric_alarm(
        AlarmName=name, Namespace="Rules", MetricName="Any", Statistic="Sum", Period=60, EvaluationPeriods=1,
        Threshold=1, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    return name


def watched(account: Account, **options: Any) -> None:
    given = {"Period": 60, "EvaluationPeriods": 1, "Statistic": "Sum"} | options
    given |= {"Namespace": "Rules", "MetricName": "Any", "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"}
    named = {name: value for name, value in given.items() if value is not None}
    account.client("cloudwatch").put_metric_alarm(AlarmName=account.name(), **named)


def topic(account: Account, region: str = HERE) -> str:
    arn: str = account.client("sns", region).create_topic(Name=account.name())["TopicArn"]
    return arn


def scheduled(account: Account, schedule: str, bus: str = "default") -> str:
    name, events = account.name(), account.client("events")
    if bus != "default":
        events.create_event_bus(Name=bus)
    events.put_rule(Name=name, ScheduleExpression=schedule, EventBusName=bus)
    return name


def with_targets(account: Account, count: int) -> None:
    """Give a rule one target, and then some more."""
    rule = scheduled(account, "rate(1 hour)")
    queues = [{"Id": str(number), "Arn": f"arn:aws:sqs:{HERE}:123456789012:q{number}"} for number in range(count)]
    account.client("events").put_targets(Rule=rule, Targets=queues[:1])
    account.client("events").put_targets(Rule=rule, Targets=queues[1:])


def own_role(account: Account, trusted: str | None = None) -> str:
    name, principal = account.name(), S3 if trusted is None else {"AWS": trusted}
    account.client("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=document(Action="sts:AssumeRole", Principal=principal)
    )
    return f"arn:aws:iam::123456789012:role/{name}"


def with_policies(account: Account, *sizes: int) -> None:
    """Give a role inline policies with so many objects each, of which one takes some 23 characters."""
    role = own_role(account).rpartition("/")[2]
    for number, size in enumerate(sizes):
        resources = [f"arn:aws:s3:::b/{index:04}" for index in range(size)]
        account.client("iam").put_role_policy(
            RoleName=role, PolicyName=str(number), PolicyDocument=document(Action="s3:GetObject", Resource=resources)
        )


def attached(account: Account, policy: str) -> None:
    role = own_role(account).rpartition("/")[2]
    account.client("iam").attach_role_policy(RoleName=role, PolicyArn=policy)


def parameter(account: Account, value: str, tier: str = "Standard") -> None:
    account.client("ssm").put_parameter(Name=account.name(), Type="String", Value=value, Tier=tier)


def registry(account: Account, region: str) -> None:
    destination = {"region": region, "registryId": "123456789012"}
    account.client("ecr").put_replication_configuration(
        replicationConfiguration={"rules": [{"destinations": [destination]}]}
    )


def asking(account: Account, **config: Any) -> None:
    account.client("route53").create_health_check(CallerReference=account.name(), HealthCheckConfig=config)


def any_of(names: Iterable[str]) -> str:
    return " OR ".join(f"ALARM({name})" for name in names)


def composite(account: Account, rule: str) -> str:
    name = account.name()
    account.client("cloudwatch").put_composite_alarm(AlarmName=name, AlarmRule=rule)
    return name


def without_its_alarm(account: Account, *, composed: bool) -> None:
    part = alarm(account)
    whole = composite(account, f"ALARM({part})")
    account.client("cloudwatch").delete_alarms(AlarmNames=[part] if composed else [part, whole])


def record(account: Account, name: str, value: str) -> None:
    account.client("route53").change_resource_record_sets(
        HostedZoneId=account.zone,
        ChangeBatch={
            "Changes": [
                {
                    "Action": "UPSERT",
                    "ResourceRecordSet": {
                        "Name": name,
                        "Type": "CNAME",
                        "TTL": 60,
                        "ResourceRecords": [{"Value": value}],
                    },
                }
            ]
        },
    )


def distribution(
    account: Account,
    *,
    methods: Sequence[str] = ("GET", "HEAD"),
    statuses: Sequence[int] = (503,),
    target: str = "group",
    members: Sequence[str] = ("one", "two"),
    origin: dict[str, Any] | None = None,
    **configuration: Any,
) -> None:
    origins = [
        {"Id": name, "DomainName": f"{name}.s3.eu-west-1.amazonaws.com"}
        | (origin or {"S3OriginConfig": {"OriginAccessIdentity": ""}})
        for name in ("one", "two")
    ]
    account.client("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": account.name(),
            "Comment": "",
            "Enabled": True,
            **configuration,
            "Origins": {"Quantity": 2, "Items": origins},
            "OriginGroups": {
                "Quantity": 1,
                "Items": [
                    {
                        "Id": "group",
                        "FailoverCriteria": {"StatusCodes": {"Quantity": len(statuses), "Items": statuses}},
                        "Members": {"Quantity": 2, "Items": [{"OriginId": member} for member in members]},
                    }
                ],
            },
            "DefaultCacheBehavior": {
                "TargetOriginId": target,
                "ViewerProtocolPolicy": "https-only",
                "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
                "AllowedMethods": {
                    "Quantity": len(methods),
                    "Items": methods,
                    "CachedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]},
                },
            },
        }
    )


def waiting(seconds: int) -> dict[str, Any]:
    custom = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only", "OriginReadTimeout": seconds}
    return {"CustomOriginConfig": custom}


def known_as(name: str, certificate: str) -> dict[str, Any]:
    viewer: dict[str, Any] = {"CloudFrontDefaultCertificate": True}
    if certificate:
        viewer = {
            "ACMCertificateArn": certificate,
            "SSLSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1.2_2021",
        }
    return {"Aliases": {"Quantity": 1, "Items": [name]}, "ViewerCertificate": viewer}


def known_as_twice(account: Account, *names: str) -> None:
    for name in names:
        distribution(account, **known_as(f"{name}.rules.test", account.certificate))


READS = ["GET", "HEAD"]
ALL = [*READS, "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]


def peered(account: Account, witness: str) -> None:
    account.client("dsql").create_cluster(multiRegionProperties={"witnessRegion": witness})


def promoted_again(account: Account) -> None:
    replica = account.replica(account.source())
    for _ in range(2):
        account.client("rds", THERE).promote_read_replica(DBInstanceIdentifier=replica)


def global_of(account: Account, source: str) -> None:
    account.client("rds").create_global_cluster(
        GlobalClusterIdentifier=account.name(), SourceDBClusterIdentifier=source
    )


def global_in(account: Account, region: str) -> None:
    account.client("rds", region).create_global_cluster(
        GlobalClusterIdentifier=account.name(), Engine="aurora-postgresql", EngineVersion="16.4"
    )


def primary_of(account: Account, joined: str) -> str:
    (found,) = account.client("rds").describe_global_clusters(GlobalClusterIdentifier=joined)["GlobalClusters"]
    arn: str = next(member["DBClusterArn"] for member in found["GlobalClusterMembers"] if member["IsWriter"])
    return arn


def upgrade(account: Account, version: str) -> None:
    account.client("rds").modify_global_cluster(
        GlobalClusterIdentifier=account.global_cluster(), EngineVersion=version, AllowMajorVersionUpgrade=True
    )


def joined_first(account: Account, **options: Any) -> None:
    name = account.name()
    account.client("rds").create_global_cluster(
        GlobalClusterIdentifier=name, Engine="aurora-mysql", EngineVersion="8.0.mysql_aurora.3.08.0"
    )
    account.cluster(
        GlobalClusterIdentifier=name, Engine="aurora-mysql", EngineVersion="8.0.mysql_aurora.3.08.0", **options
    )


def promote_cluster(account: Account, *, replica: bool) -> None:
    source = account.cluster()
    name = source
    if replica:
        name = account.cluster(THERE, ReplicationSourceIdentifier=source, MasterUsername=None, MasterUserPassword=None)
    account.client("rds", THERE if replica else HERE).promote_read_replica_db_cluster(
        DBClusterIdentifier=name.rpartition(":")[2]
    )


def schedule_deletion(account: Account, days: int) -> None:
    kms = account.client("kms")
    kms.schedule_key_deletion(KeyId=kms.create_key()["KeyMetadata"]["Arn"], PendingWindowInDays=days)


def task(account: Account, cpu: str = "1024", memory: str = "2048", mode: str = "awsvpc", **container: Any) -> str:
    """Return the name of a new task definition of the container `web`."""
    role = container.pop("role", None)
    made = account.client("ecs").register_task_definition(
        family=account.name(), requiresCompatibilities=["FARGATE"], networkMode=mode, cpu=cpu, memory=memory,
        containerDefinitions=[{"name": "web", "image": "web", "portMappings": [{"containerPort": 80}], **container}],
        **({"executionRoleArn": role} if role else {}),
    )  # fmt: skip
    name: str = made["taskDefinition"]["taskDefinitionArn"]
    return name


def logging(account: Account, role: str | None) -> None:
    task(account, role=role, logConfiguration={"logDriver": "awslogs", "options": {"awslogs-group": "logs"}})


def subnets(account: Account, zones: str) -> list[str]:
    """Return new subnets of one network in these zones."""
    ec2 = account.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    return [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{HERE}{zone}")["Subnet"][
            "SubnetId"
        ]
        for number, zone in enumerate(zones)
    ]


def balance(account: Account, zones: str, **options: Any) -> str:
    """Return the ARN of a new load balancer."""
    made = account.client("elbv2").create_load_balancer(
        **{"Name": account.name(), "Scheme": "internal", "Subnets": subnets(account, zones)} | options
    )
    arn: str = made["LoadBalancers"][0]["LoadBalancerArn"]
    return arn


def target_group(account: Account, *, kind: str = "ip", balanced: bool = True) -> str:
    """Return the ARN of a new target group, with a load balancer that leads to it."""
    elb = account.client("elbv2")
    vpc = account.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = elb.create_target_group(Name=account.name(), Protocol="HTTP", Port=80, VpcId=vpc, TargetType=kind)
    arn: str = made["TargetGroups"][0]["TargetGroupArn"]
    if balanced:
        listen(account, "HTTP", target=arn)
    return arn


def unproved(account: Account) -> str:
    """Return the ARN of a certificate for which nobody has written a record."""
    made = account.client("acm").request_certificate(DomainName="waits.rules.test", ValidationMethod="DNS")
    arn: str = made["CertificateArn"]
    return arn


def listen(account: Account, protocol: str, *, target: str = "", certificate: str = "") -> None:
    account.client("elbv2").create_listener(
        LoadBalancerArn=balance(account, "ab"), Protocol=protocol, Port=443,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": target or target_group(account, balanced=False)}],
        **({"Certificates": [{"CertificateArn": certificate}]} if certificate else {}),
    )  # fmt: skip


def drop(account: Account, target: str) -> None:
    account.client("elbv2").delete_target_group(TargetGroupArn=target)


def serve(account: Account, *, network: bool = True, target: str = "", container: str = "web", groups: int = 1) -> None:
    joined = {
        "subnets": subnets(account, "ab"),
        "securityGroups": [security_group(account) for _ in range(groups)],
    }
    ecs = account.client("ecs")
    ecs.create_cluster(clusterName="rules")
    ecs.create_service(
        cluster="rules", serviceName=account.name(), taskDefinition=task(account), launchType="FARGATE", desiredCount=1,
        **({"networkConfiguration": {"awsvpcConfiguration": joined}} if network else {}),
        loadBalancers=[{"targetGroupArn": target, "containerName": container, "containerPort": 80}] if target else [],
    )  # fmt: skip


def file_system(account: Account, **options: Any) -> str:
    made = account.client("efs").create_file_system(CreationToken=account.name(), **options)
    identifier: str = made["FileSystemId"]
    return identifier


def replicate_files_to(account: Account, region: str) -> None:
    account.client("efs").create_replication_configuration(
        SourceFileSystemId=file_system(account), Destinations=[{"Region": region}]
    )


def live(account: Account, *names: str) -> None:
    table = account.table()
    for name in names:
        account.client("dynamodb").update_time_to_live(
            TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": name}
        )


def indexed(account: Account, count: int) -> None:
    keys = [f"k{number}" for number in range(count)]
    account.client("dynamodb").create_table(
        TableName=account.name(), BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[{"AttributeName": keys[0], "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {"IndexName": f"by-{key}", "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
             "Projection": {"ProjectionType": "ALL"}}
            for key in keys
        ],
    )  # fmt: skip


def lifecycle(account: Account, *rules: dict[str, Any]) -> None:
    account.client("s3").put_bucket_lifecycle_configuration(
        Bucket=account.buckets[0],
        LifecycleConfiguration={"Rules": [{"Status": "Enabled", "Filter": {"Prefix": ""}, **one} for one in rules]},
    )


def moves(**days: int) -> dict[str, Any]:
    return {"Transitions": [{"StorageClass": to, "Days": after} for to, after in days.items()]}


def permit(account: Account, bucket: str, principal: object = "*") -> None:
    policy = document(Effect="Deny", Principal=principal, Action="s3:GetObject", Resource=f"arn:aws:s3:::{bucket}/*")
    account.client("s3").put_bucket_policy(Bucket=account.buckets[0], Policy=policy)


def encrypt(account: Account, algorithm: str) -> None:
    default = {"SSEAlgorithm": algorithm, "KMSMasterKeyID": account.key}
    account.client("s3").put_bucket_encryption(
        Bucket=account.bucket(),
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]},
    )


def log_into(account: Account, target: str) -> None:
    account.client("s3").put_bucket_logging(
        Bucket=account.buckets[0],
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "logs/"}},
    )


def read_encrypted(account: Account, *, then: str) -> None:
    """Write an object with a key of its own, do `then` to the key, and read the object."""
    kms, s3, bucket = account.client("kms"), account.client("s3"), account.buckets[0]
    key = kms.create_key()["KeyMetadata"]["Arn"]
    s3.put_object(Bucket=bucket, Key="a b", Body=b"-", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    getattr(kms, then)(KeyId=key)
    s3.get_object(Bucket=bucket, Key="a b")


def now(minutes: int = 0) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=minutes)


def scaled(account: Account, least: float | None, most: float | None) -> str:
    """Return the ARN of a new cluster with a range of capacity."""
    given = {"MinCapacity": least, "MaxCapacity": most}
    return account.cluster(
        ServerlessV2ScalingConfiguration={name: value for name, value in given.items() if value is not None}
    )


def member(account: Account, cluster: str, instance_class: str = "db.serverless") -> None:
    account.client("rds").create_db_instance(
        DBInstanceIdentifier=account.name(),
        DBClusterIdentifier=cluster.rpartition(":")[2],
        DBInstanceClass=instance_class,
        Engine="aurora-postgresql",
    )


def insights(account: Account, days: int, **options: Any) -> None:
    account.instance(EnablePerformanceInsights=True, PerformanceInsightsRetentionPeriod=days, **options)


def security_group(account: Account) -> str:
    made = account.client("ec2").create_security_group(GroupName=account.name(), Description="-")
    identifier: str = made["GroupId"]
    return identifier


def roles(account: Account, *names: str) -> None:
    trust = document(Action="sts:AssumeRole", Principal={"Service": "backup.amazonaws.com"})
    for name in names:
        account.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)


def subscribe(account: Account, *categories: str, topic: str = "", source: str = "db-instance") -> None:
    account.client("rds").create_event_subscription(
        SubscriptionName=account.name(),
        SnsTopicArn=topic or account.client("sns").create_topic(Name=account.name())["TopicArn"],
        SourceType=source,
        EventCategories=categories,
    )


SQL_SERVER = {"Engine": "sqlserver-ee", "LicenseModel": "license-included", "DBInstanceClass": "db.m5.xlarge"}
EXAMPLES = {
    "rds.replica-without-key": Example(
        lambda a: a.client("rds", THERE).create_db_instance_read_replica(
            DBInstanceIdentifier=a.name(), SourceDBInstanceIdentifier=a.source()
        ),
        lambda a: a.replica(a.source()),
    ),
    "rds.cluster-copy-without-key": Example(
        lambda a: a.secondary(a.joined, KmsKeyId=None), lambda a: a.secondary(a.global_cluster())
    ),
    "rds.replicated-backups-without-key": Example(
        lambda a: replicate_backups(a, a.instance()),
        lambda a: replicate_backups(a, a.instance(), KmsKeyId=a.key_there),
    ),
    "rds.key-of-another-region": Example(
        lambda a: a.replica(a.source(), KmsKeyId=a.key), lambda a: a.replica(a.source(), KmsKeyId=a.key_there)
    ),
    "rds.replica-source-needs-arn": Example(
        lambda a: a.replica(a.source().rpartition(":")[2]), lambda a: a.replica(a.source())
    ),
    "rds.replica-of-source-without-backups": Example(
        lambda a: a.replica(a.source(BackupRetentionPeriod=0)),
        lambda a: a.replica(a.source(BackupRetentionPeriod=1)),
    ),
    "rds.replica-of-managed-password": Example(
        lambda a: a.replica(a.source(ManageMasterUserPassword=True)), lambda a: a.replica(a.source())
    ),
    "rds.oracle-replica-option-group": Example(
        lambda a: a.replica(a.source(Engine="oracle-ee", DBInstanceClass="db.m5.large"), OptionGroupName="mine"),
        lambda a: a.replica(a.source(Engine="oracle-ee", DBInstanceClass="db.m5.large")),
    ),
    "rds.promotion-of-no-replica": Example(
        promoted_again,
        lambda a: a.client("rds", THERE).promote_read_replica(DBInstanceIdentifier=a.replica(a.source())),
    ),
    "rds.cluster-source-needs-arn": Example(
        lambda a: global_of(a, a.cluster().rpartition(":")[2]), lambda a: global_of(a, a.cluster())
    ),
    "rds.managed-password-in-global": Example(
        lambda a: joined_first(a, ManageMasterUserPassword=True, MasterUserPassword=None), joined_first
    ),
    "rds.class-of-a-global-database": Example(
        lambda a: member(a, primary_of(a, a.joined), "db.t4g.medium"),
        lambda a: member(a, primary_of(a, a.joined), "db.r6g.large"),
    ),
    "rds.global-database-that-is-not-offered": Example(
        lambda a: global_in(a, "ap-southeast-7"), lambda a: global_in(a, "ap-southeast-1")
    ),
    "rds.global-versions-differ": Example(
        lambda a: a.secondary(a.joined, EngineVersion="16.6"),
        lambda a: a.secondary(a.global_cluster(), EngineVersion="16.4"),
    ),
    "rds.cluster-already-in-a-global": Example(
        lambda a: global_of(a, primary_of(a, a.joined)), lambda a: global_of(a, a.cluster())
    ),
    "rds.global-second-primary": Example(
        lambda a: a.secondary(a.joined, MasterUsername="dbadmin"), lambda a: a.secondary(a.global_cluster())
    ),
    "rds.major-version-unchanged": Example(lambda a: upgrade(a, "16"), lambda a: upgrade(a, "17")),
    "rds.backtrack-in-global": Example(
        lambda a: joined_first(a, BacktrackWindow=3600), lambda a: joined_first(a, BacktrackWindow=0)
    ),
    "rds.promotion-of-no-cluster-replica": Example(
        lambda a: promote_cluster(a, replica=False), lambda a: promote_cluster(a, replica=True)
    ),
    "rds.serverless-instance-without-capacity": Example(
        lambda a: member(a, a.cluster()), lambda a: member(a, scaled(a, 0.5, 16))
    ),
    "rds.serverless-capacity": Example(lambda a: scaled(a, 16, 8), lambda a: scaled(a, 8, 16)),
    "rds.parameter-that-does-not-exist": Example(
        lambda a: parameters(a, "max_conections"), lambda a: parameters(a, "statement_timeout")
    ),
    "rds.static-parameter-applied-immediately": Example(
        lambda a: parameters(a, "shared_preload_libraries", "immediate"),
        lambda a: parameters(a, "rds.force_ssl", "immediate"),
    ),
    "rds.version-that-does-not-exist": Example(
        lambda a: a.instance(EngineVersion="99"), lambda a: a.instance(EngineVersion="16")
    ),
    "rds.class-that-does-not-exist": Example(
        lambda a: a.instance(DBInstanceClass="db.nosuch.large"), lambda a: a.instance(DBInstanceClass="db.t4g.micro")
    ),
    "rds.class-not-for-the-engine": Example(
        lambda a: a.instance(DBInstanceClass="db.serverless"), lambda a: a.instance(DBInstanceClass="db.t4g.micro")
    ),
    "rds.class-not-for-the-version": Example(
        lambda a: a.instance(DBInstanceClass="db.m8g.large", EngineVersion="14.7"),
        lambda a: a.instance(DBInstanceClass="db.m8g.large", EngineVersion="14.9"),
    ),
    "rds.multi-az-cluster-that-is-not-offered": Example(
        lambda a: a.multi_az_cluster(EngineVersion="12.17"), lambda a: a.multi_az_cluster(EngineVersion="16.4")
    ),
    "rds.encryption-that-is-not-offered": Example(
        lambda a: a.instance(Engine="sqlserver-ex", DBInstanceClass="db.t3.large"),
        lambda a: a.instance(Engine="sqlserver-web", DBInstanceClass="db.t3.large"),
    ),
    "rds.zone-of-a-multi-az-instance": Example(
        lambda a: a.instance(MultiAZ=True, AvailabilityZone=f"{HERE}a"), lambda a: a.instance(MultiAZ=True)
    ),
    "rds.family-that-does-not-exist": Example(
        lambda a: a.parameter_group("postgres99"), lambda a: a.parameter_group("aurora-mysql8.0")
    ),
    "rds.replicated-backups-between-these-regions": Example(
        lambda a: replicate_backups(
            a, a.instance(), "eu-south-2", KmsKeyId="arn:aws:kms:eu-south-2:123456789012:key/one"
        ),
        lambda a: replicate_backups(a, a.instance(), KmsKeyId=a.key_there),
    ),
    "rds.replicated-backups-of-cluster": Example(
        lambda a: replicate_backups(
            a,
            a.client("rds").create_db_instance(
                DBInstanceIdentifier=a.name(),
                Engine="aurora-postgresql",
                DBInstanceClass="db.r6g.large",
                DBClusterIdentifier=a.cluster().rpartition(":")[2],
            )["DBInstance"]["DBInstanceArn"],
            KmsKeyId=a.key_there,
        ),
        lambda a: replicate_backups(a, a.instance(), KmsKeyId=a.key_there),
    ),
    "rds.restore-without-backups": Example(
        lambda a: restore(a, a.source(BackupRetentionPeriod=0), UseLatestRestorableTime=True),
        lambda a: restore(a, a.source(), UseLatestRestorableTime=True),
    ),
    "rds.restore-outside-window": Example(
        lambda a: restore_at(a, minutes=60),
        lambda a: restore_at(a, minutes=0),
    ),
    "rds.cluster-restore-outside-window": Example(
        lambda a: restore_cluster(a, minutes=-60), lambda a: restore_cluster(a, minutes=0)
    ),
    "dynamodb.replica-without-key": Example(
        lambda a: replicate_table(a, a.encrypted_table()),
        lambda a: replicate_table(a, a.encrypted_table(), KMSMasterKeyId=a.key_there),
    ),
    "dynamodb.replica-key-of-another-region": Example(
        lambda a: replicate_table(a, a.encrypted_table(), KMSMasterKeyId=a.key),
        lambda a: replicate_table(a, a.encrypted_table(), KMSMasterKeyId=a.key_there),
    ),
    "dynamodb.provisioned-replica-without-scaling": Example(
        lambda a: replicate_table(a, provisioned(a, scaled=False)),
        lambda a: replicate_table(a, provisioned(a, scaled=True)),
    ),
    "dynamodb.restore-without-recovery": Example(
        lambda a: restore_table(a, recovers=False),
        lambda a: restore_table(a, recovers=True),
    ),
    "dynamodb.restore-outside-window": Example(
        lambda a: restore_table(a, recovers=True, minutes=60),
        lambda a: restore_table(a, recovers=True, minutes=0),
    ),
    "s3.existing-object-replication": Example(
        lambda a: replicate_bucket(a, ExistingObjectReplication={"Status": "Enabled"}), replicate_bucket
    ),
    "s3.replication-time-of-15-minutes": Example(
        lambda a: replicate_bucket(
            a, destination=within(10, Metrics={"Status": "Enabled", "EventThreshold": {"Minutes": 15}})
        ),
        lambda a: replicate_bucket(
            a, destination=within(15, Metrics={"Status": "Enabled", "EventThreshold": {"Minutes": 15}})
        ),
    ),
    "s3.replication-threshold-without-time-control": Example(
        lambda a: replicate_bucket(
            a, destination={"Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}}}
        ),
        lambda a: replicate_bucket(a, destination={"Metrics": {"Status": "Enabled"}}),
    ),
    "s3.replication-of-encrypted-objects-needs-key": Example(
        lambda a: replicate_bucket(a, SourceSelectionCriteria={"SseKmsEncryptedObjects": {"Status": "Enabled"}}),
        lambda a: replicate_bucket(
            a,
            SourceSelectionCriteria={"SseKmsEncryptedObjects": {"Status": "Enabled"}},
            destination={"EncryptionConfiguration": {"ReplicaKmsKeyID": a.key_there}},
        ),
    ),
    "backup.start-window-of-an-hour": Example(
        lambda a: plan(a, StartWindowMinutes=10), lambda a: plan(a, StartWindowMinutes=60)
    ),
    "backup.cold-storage-for-90-days": Example(
        lambda a: plan(a, Lifecycle={"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 60}),
        lambda a: plan(a, Lifecycle={"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 120}),
    ),
    "backup.continuous-for-35-days": Example(
        lambda a: plan(a, EnableContinuousBackup=True, Lifecycle={"DeleteAfterDays": 36}),
        lambda a: plan(a, EnableContinuousBackup=True, Lifecycle={"DeleteAfterDays": 35}),
    ),
    "backup.retention-outside-vault-lock": Example(
        lambda a: back_up(a, a.locked_vault, THERE, 3), lambda a: back_up(a, a.locked_vault, THERE, 7)
    ),
    "backup.type-not-opted-in": Example(
        lambda a: back_up_opted(a, opted_in=False), lambda a: back_up_opted(a, opted_in=True)
    ),
    "backup.table-copy-without-advanced-features": Example(
        lambda a: copy_table_backup(a, advanced=False), lambda a: copy_table_backup(a, advanced=True)
    ),
    "route53.reserved-zone": Example(
        lambda a: a.client("route53").create_hosted_zone(Name="shop.example.com", CallerReference=a.name()),
        lambda a: a.client("route53").create_hosted_zone(Name="shop.test", CallerReference=a.name()),
    ),
    "route53.zone-made-already": Example(
        lambda a: zones(a, name := a.name(), name), lambda a: zones(a, a.name(), a.name())
    ),
    "route53.record-that-points-at-itself": Example(
        lambda a: record(a, "app.rules.test", "app.rules.test."), lambda a: record(a, "app.rules.test", "b.rules.test")
    ),
    "route53.cname-at-apex": Example(
        lambda a: record(a, "rules.test", "b.rules.test"), lambda a: record(a, "c.rules.test", "b.rules.test")
    ),
    "cloudwatch.composite-of-alarms-that-do-not-exist": Example(
        lambda a: composite(a, "ALARM(nothing)"), lambda a: composite(a, f"ALARM({alarm(a)})")
    ),
    "cloudwatch.composite-of-a-hundred-alarms": Example(
        # How many there may be is asked before whether they exist.
        lambda a: composite(a, any_of(f"never-made-{number}" for number in range(101))),
        lambda a: composite(a, any_of(alarm(a) for _ in range(100))),
    ),
    "cloudwatch.alarm-of-a-composite": Example(
        lambda a: without_its_alarm(a, composed=True), lambda a: without_its_alarm(a, composed=False)
    ),
    "cloudfront.writes-to-an-origin-group": Example(
        lambda a: distribution(a, methods=ALL, statuses=[503]), lambda a: distribution(a, methods=READS, statuses=[503])
    ),
    "cloudfront.failover-status-codes": Example(
        lambda a: distribution(a, methods=READS, statuses=[418]),
        lambda a: distribution(a, methods=READS, statuses=[429, 416]),
    ),
    "dsql.key-closed-to-the-service": Example(
        lambda a: a.client("dsql").create_cluster(kmsEncryptionKey=a.key),
        lambda a: a.client("dsql").create_cluster(kmsEncryptionKey=a.key_for({"Service": "dsql.amazonaws.com"})),
    ),
    "rds.key-closed-to-the-account": Example(
        lambda a: a.instance(KmsKeyId=a.key_for({"Service": "rds.amazonaws.com"})), lambda a: a.instance()
    ),
    "dynamodb.key-closed-to-the-account": Example(
        lambda a: encrypted_with(a, a.key_for({"Service": "dynamodb.amazonaws.com"})),
        lambda a: encrypted_with(a, a.key_for({"AWS": "arn:aws:iam::123456789012:root"})),
    ),
    "rds.monitoring-role": Example(
        lambda a: a.instance(MonitoringInterval=60, MonitoringRoleArn=a.role("rds.amazonaws.com")),
        lambda a: a.instance(MonitoringInterval=60, MonitoringRoleArn=a.role("monitoring.rds.amazonaws.com")),
    ),
    "backup.role-cannot-be-assumed": Example(
        lambda a: back_up(a, a.vault, HERE, 10, service="s3.amazonaws.com"), lambda a: back_up(a, a.vault, HERE, 10)
    ),
    "backup.role-lacks-permission": Example(
        lambda a: back_up(a, a.vault, HERE, 10, action="s3:*"), lambda a: back_up(a, a.vault, HERE, 10)
    ),
    "logs.key-closed-to-the-service": Example(
        lambda a: a.client("logs").create_log_group(logGroupName=a.name(), kmsKeyId=a.key),
        lambda a: a.client("logs").create_log_group(
            logGroupName=a.name(), kmsKeyId=a.key_for({"Service": f"logs.{HERE}.amazonaws.com"})
        ),
    ),
    "rds.copy-of-a-multi-az-cluster-snapshot": Example(
        lambda a: copy_cluster_snapshot(a, a.multi_az_cluster()), lambda a: copy_cluster_snapshot(a, a.cluster())
    ),
    "rds.snapshot-copy-without-key": Example(copy_snapshot, lambda a: copy_snapshot(a, KmsKeyId=a.key_there)),
    "rds.encrypted-replica-of-an-open-source": Example(
        lambda a: a.replica(a.source(StorageEncrypted=False, KmsKeyId="")), lambda a: a.replica(a.source())
    ),
    "rds.key-that-cannot-be-used": Example(
        lambda a: a.instance(KmsKeyId=a.disabled_key()), lambda a: a.instance(KmsKeyId=a.key)
    ),
    "rds.major-upgrade-not-allowed": Example(
        lambda a: change(a, a.instance(EngineVersion="15.8"), EngineVersion="16.4"),
        lambda a: change(a, a.instance(EngineVersion="15.8"), EngineVersion="16.4", AllowMajorVersionUpgrade=True),
    ),
    "rds.downgrade": Example(
        lambda a: change(a, a.instance(EngineVersion="16.4"), EngineVersion="16.3"),
        lambda a: change(a, a.instance(EngineVersion="16.3"), EngineVersion="16.4"),
    ),
    "rds.upgrade-before-its-replicas": Example(upgrade_a_source, lambda a: upgrade_a_source(a, replica_first=True)),
    "rds.subnet-group-in-one-zone": Example(lambda a: a.subnet_group("aa"), lambda a: a.subnet_group("ab")),
    "rds.subnet-group-name-in-use": Example(
        lambda a: a.subnet_group("ab", a.subnet_group("ab")), lambda a: a.subnet_group("ab")
    ),
    "s3.replication-of-the-former-form-into-two-buckets": Example(
        lambda a: replicate_bucket_in_the_former_form(a, 2), lambda a: replicate_bucket_in_the_former_form(a, 1)
    ),
    "rds.multi-az-cluster-in-two-zones": Example(
        lambda a: a.multi_az_cluster(DBSubnetGroupName=a.subnet_group("ab")),
        lambda a: a.multi_az_cluster(DBSubnetGroupName=a.subnet_group("abc")),
    ),
    "rds.parameter-group-of-another-family": Example(
        lambda a: grouped(a, "postgres15"), lambda a: grouped(a, "postgres16")
    ),
    "rds.replica-parameter-group-of-postgres": Example(
        lambda a: replica_with_group(a, "postgres"), lambda a: replica_with_group(a, "mysql")
    ),
    "rds.backups-kept-35-days": Example(
        lambda a: a.instance(BackupRetentionPeriod=36), lambda a: a.instance(BackupRetentionPeriod=35)
    ),
    "rds.backups-off-under-a-replica": Example(
        lambda a: change(a, source_of_a_replica(a), BackupRetentionPeriod=0),
        lambda a: change(a, a.instance(), BackupRetentionPeriod=0),
    ),
    "rds.replicated-backups-of-source-without": Example(
        lambda a: replicate_backups(a, a.source(BackupRetentionPeriod=0), KmsKeyId=a.key_there),
        lambda a: replicate_backups(a, a.instance(), KmsKeyId=a.key_there),
    ),
    "rds.deletion-without-final-snapshot": Example(delete, lambda a: delete(a, FinalDBSnapshotIdentifier=a.name())),
    "rds.global-of-nothing": Example(lambda a: a.secondary("nowhere"), lambda a: a.secondary(a.global_cluster())),
    "rds.global-second-member-in-a-region": Example(
        lambda a: a.cluster(GlobalClusterIdentifier=a.joined, MasterUsername=None, MasterUserPassword=None),
        lambda a: a.secondary(a.global_cluster()),
    ),
    "rds.replica-of-an-edition-without": Example(
        lambda a: a.replica(a.source(Engine="oracle-se2", DBInstanceClass="db.m5.large")),
        lambda a: a.replica(a.source(Engine="oracle-ee", DBInstanceClass="db.m5.large")),
    ),
    "rds.replica-of-a-version-without": Example(
        lambda a: a.replica(a.source(**SQL_SERVER, EngineVersion="14.00.3192.2.v1")),
        lambda a: a.replica(a.source(**SQL_SERVER, EngineVersion="15.00.4316.3.v1")),
    ),
    "rds.master-password": Example(
        lambda a: a.instance(MasterUserPassword="not/secret"), lambda a: a.instance(MasterUserPassword="8-plain!")
    ),
    "rds.master-user-reserved": Example(
        lambda a: a.instance(MasterUsername="admin"), lambda a: a.instance(MasterUsername="postgres")
    ),
    "rds.master-user-name": Example(
        lambda a: a.instance(Engine="mysql", MasterUsername="a" * 33),
        lambda a: a.instance(Engine="mysql", MasterUsername="a" * 32),
    ),
    "kms.policy-that-locks-out": Example(
        lambda a: a.client("kms").create_key(Policy=document(Principal=S3, Action="kms:*", Resource="*")),
        lambda a: a.key_for(S3),
    ),
    "kms.deletion-in-7-to-30-days": Example(lambda a: schedule_deletion(a, 6), lambda a: schedule_deletion(a, 7)),
    "ecs.fargate-size-that-does-not-exist": Example(
        lambda a: task(a, "1024", "1024"), lambda a: task(a, "1 vCPU", "2 GB")
    ),
    "efs.replication-into-a-protected-file-system": Example(
        lambda a: replicate_files(a, protected=True), lambda a: replicate_files(a, protected=False)
    ),
    "efs.replication-of-encrypted-files-into-a-plain-file-system": Example(
        lambda a: replicate_files(a, encrypted=False), lambda a: replicate_files(a, encrypted=True)
    ),
    "s3.replication-into-the-bucket-itself": Example(
        lambda a: replicate_bucket(a, destination={"Bucket": f"arn:aws:s3:::{a.buckets[0]}"}), replicate_bucket
    ),
    "s3.object-of-a-disabled-key": Example(
        lambda a: read_encrypted(a, then="disable_key"), lambda a: read_encrypted(a, then="enable_key")
    ),
    "s3.object-of-a-key-to-be-deleted": Example(
        lambda a: read_encrypted(a, then="schedule_key_deletion"), lambda a: read_encrypted(a, then="enable_key")
    ),
    "rds.global-engine-beside-a-source": Example(lambda a: global_with(a, Engine="aurora-postgresql"), global_with),
    "rds.cluster-name-in-use": Example(
        lambda a: cluster_named(a, a.cluster().rpartition(":")[2]), lambda a: cluster_named(a, a.name())
    ),
    "dynamodb.key-that-cannot-be-used": Example(
        lambda a: encrypted_with(a, a.key_there), lambda a: encrypted_with(a, a.key)
    ),
    "dynamodb.replica-in-a-region-that-does-not-exist": Example(
        lambda a: a.client("dynamodb").update_table(
            TableName=a.table(), ReplicaUpdates=[{"Create": {"RegionName": "eu-west-9"}}]
        ),
        lambda a: replicate_table(a, a.table()),
    ),
    "dynamodb.stream-of-a-replicated-table": Example(
        lambda a: stream(a, replicas=True), lambda a: stream(a, replicas=False)
    ),
    "dynamodb.strong-consistency-in-three-regions": Example(
        lambda a: strong(a, THERE), lambda a: strong(a, THERE, "eu-west-2")
    ),
    "dynamodb.recovery-period-without-recovery": Example(
        lambda a: recovery_period(a, PointInTimeRecoveryEnabled=False, RecoveryPeriodInDays=7),
        lambda a: recovery_period(a, PointInTimeRecoveryEnabled=True, RecoveryPeriodInDays=7),
    ),
    "s3.replication-rule-not-whole": Example(
        lambda a: replicate_bucket(a, without="DeleteMarkerReplication"), replicate_bucket
    ),
    "s3.replication-priority-twice": Example(
        lambda a: replicate_by_priorities(a, 1, 1), lambda a: replicate_by_priorities(a, 1, 2)
    ),
    "s3.delete-markers-of-tagged-objects": Example(
        lambda a: replicate_bucket(a, Filter={"Tag": {"Key": "kept", "Value": "yes"}}),
        lambda a: replicate_bucket(
            a, Filter={"Tag": {"Key": "kept", "Value": "yes"}}, DeleteMarkerReplication={"Status": "Disabled"}
        ),
    ),
    "s3.replication-destination-needs-arn": Example(
        lambda a: replicate_bucket(a, destination={"Bucket": a.buckets[1]}), replicate_bucket
    ),
    "s3.replication-destination-that-does-not-exist": Example(
        lambda a: replicate_bucket(a, destination={"Bucket": "arn:aws:s3:::nowhere-to-be-found"}), replicate_bucket
    ),
    "s3.versioning-of-a-replicated-bucket": Example(
        lambda a: suspend(a, replicated(a)), lambda a: suspend(a, a.bucket())
    ),
    "s3.versioning-of-a-locked-bucket": Example(
        lambda a: suspend(a, a.bucket(ObjectLockEnabledForBucket=True)), lambda a: suspend(a, a.bucket())
    ),
    "backup.schedule-that-is-no-cron": Example(
        lambda a: plan(a, ScheduleExpression="rate(1 day)"),
        lambda a: plan(a, ScheduleExpression="cron(0 0 1 1 ? 2035)"),
    ),
    "backup.completion-after-the-start-window": Example(
        lambda a: plan(a, StartWindowMinutes=120, CompletionWindowMinutes=179),
        lambda a: plan(a, StartWindowMinutes=120, CompletionWindowMinutes=180),
    ),
    "backup.vault-key-of-another-region": Example(lambda a: vault_with(a, a.key_there), lambda a: vault_with(a, a.key)),
    "route53.record-that-exists": Example(
        lambda a: create_records(a, {}, {}),
        lambda a: create_records(a, {}, {"Type": "TXT", "ResourceRecords": [{"Value": '"a"'}]}),
    ),
    "route53.cname-beside-another-record": Example(
        lambda a: create_records(a, {}, {"Type": "CNAME", "ResourceRecords": [{"Value": "b.test"}]}),
        lambda a: create_records(a, {"Type": "CNAME", "ResourceRecords": [{"Value": "b.test"}]}),
    ),
    "route53.routed-record-beside-another-kind": Example(
        lambda a: create_records(a, failing_over("a", "SECONDARY"), failing_over("b", "SECONDARY")),
        lambda a: create_records(
            a, failing_over("a", "PRIMARY", HealthCheckId=check(a)), failing_over("b", "SECONDARY")
        ),
    ),
    "route53.routed-record-without-identifier": Example(
        lambda a: create_records(a, {"Failover": "SECONDARY"}),
        lambda a: create_records(a, failing_over("a", "SECONDARY")),
    ),
    "route53.address-that-is-none": Example(
        lambda a: create_records(a, {"ResourceRecords": [{"Value": "300.0.2.1"}]}), lambda a: create_records(a, {})
    ),
    "route53.health-check-that-does-not-exist": Example(
        lambda a: create_records(a, failing_over("a", "PRIMARY", HealthCheckId="00000000-0000-0000-0000-000000000000")),
        lambda a: create_records(a, failing_over("a", "PRIMARY", HealthCheckId=check(a))),
    ),
    "route53.health-check-interval": Example(lambda a: check(a, 20), check),
    "route53.alarm-of-a-basic-check": Example(
        lambda a: asking(a, Type="TCP", IPAddress="192.0.2.1", Port=80, AlarmIdentifier={"Region": HERE, "Name": "a"}),
        lambda a: asking(
            a,
            Type="CLOUDWATCH_METRIC",
            AlarmIdentifier={"Region": HERE, "Name": alarm(a)},
            InsufficientDataHealthStatus="Unhealthy",
        ),
    ),
    "route53.check-that-asks-nobody": Example(
        lambda a: asking(a, Type="HTTP", IPAddress="10.0.0.1", Port=80),
        lambda a: asking(a, Type="HTTP", IPAddress="192.0.2.1", Port=80),
    ),
    "cloudwatch.alarm-period": Example(lambda a: watched(a, Period=45), lambda a: watched(a, Period=30)),
    "cloudwatch.alarm-over-too-long-a-time": Example(
        lambda a: watched(a, Period=1800, EvaluationPeriods=49),
        lambda a: watched(a, Period=3600, EvaluationPeriods=168),
    ),
    "cloudwatch.datapoints-beyond-the-periods": Example(
        lambda a: watched(a, DatapointsToAlarm=2), lambda a: watched(a, DatapointsToAlarm=1)
    ),
    "cloudwatch.alarm-statistic": Example(
        lambda a: watched(a, ExtendedStatistic="p99"), lambda a: watched(a, Statistic=None, ExtendedStatistic="p99")
    ),
    "cloudwatch.alarm-action-of-another-region": Example(
        lambda a: watched(a, OKActions=[topic(a, THERE)]), lambda a: watched(a, OKActions=[topic(a)])
    ),
    "events.schedule-that-is-none": Example(
        lambda a: scheduled(a, "rate(1 minutes)"), lambda a: scheduled(a, "cron(0 3 ? * MON-FRI *)")
    ),
    "events.schedule-on-a-bus-of-its-own": Example(
        lambda a: scheduled(a, "rate(5 minutes)", a.name()), lambda a: scheduled(a, "rate(5 minutes)")
    ),
    "events.more-than-five-targets": Example(lambda a: with_targets(a, 6), lambda a: with_targets(a, 5)),
    "iam.trust-in-a-principal-that-does-not-exist": Example(
        lambda a: own_role(a, "arn:aws:iam::123456789012:role/nobody"), lambda a: own_role(a, own_role(a))
    ),
    "kms.principal-that-does-not-exist": Example(
        lambda a: a.key_for({"AWS": "arn:aws:iam::123456789012:role/nobody"}), lambda a: a.key_for({"AWS": own_role(a)})
    ),
    "iam.role-name-in-another-case": Example(
        lambda a: roles(a, "Orders-backup", "orders-backup"), lambda a: roles(a, "Orders-restore", "orders-recover")
    ),
    "iam.inline-policies-of-10240-characters": Example(
        lambda a: with_policies(a, 200, 300), lambda a: with_policies(a, 200, 200)
    ),
    "iam.policy-that-cannot-be-attached": Example(
        lambda a: attached(a, "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForBackup"),
        lambda a: attached(a, "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"),
    ),
    "ssm.standard-parameter-of-4096-characters": Example(
        lambda a: parameter(a, "x" * 4097), lambda a: parameter(a, "x" * 4097, "Advanced")
    ),
    "ssm.parameter-that-names-another": Example(
        lambda a: parameter(a, "{{ssm:other}}"), lambda a: parameter(a, '{"a": {"b": 1}}')
    ),
    "ecr.replication-to-itself": Example(lambda a: registry(a, HERE), lambda a: registry(a, THERE)),
    "cloudfront.behavior-of-no-origin": Example(
        lambda a: distribution(a, target="nothing"), lambda a: distribution(a, target="one")
    ),
    "cloudfront.members-of-an-origin-group": Example(
        lambda a: distribution(a, members=["one", "three"]), lambda a: distribution(a, members=["two", "one"])
    ),
    "cloudfront.origin-read-timeout": Example(
        lambda a: distribution(a, origin=waiting(121)), lambda a: distribution(a, origin=waiting(120))
    ),
    "cloudfront.alias-without-certificate": Example(
        lambda a: distribution(a, **known_as("bare.rules.test", certificate="")),
        lambda a: distribution(a, **known_as(f"{a.name()}.rules.test", a.certificate)),
    ),
    "cloudfront.alias-in-use": Example(
        lambda a: known_as_twice(a, name := a.name(), name), lambda a: known_as_twice(a, a.name(), a.name())
    ),
    "dsql.witness-in-a-region-of-its-own": Example(lambda a: peered(a, HERE), lambda a: peered(a, "eu-west-3")),
    "rds.backup-window-of-half-an-hour": Example(
        lambda a: a.instance(PreferredBackupWindow="23:45-00:14"),
        lambda a: a.instance(PreferredBackupWindow="23:45-00:15", PreferredMaintenanceWindow="mon:03:00-mon:04:00"),
    ),
    "rds.port-out-of-range": Example(lambda a: a.instance(Port=1149), lambda a: a.instance(Port=1150)),
    "rds.database-name": Example(lambda a: a.instance(DBName="my-db"), lambda a: a.instance(DBName="my_db")),
    "rds.performance-of-a-small-volume": Example(
        lambda a: a.instance(StorageType="gp3", Iops=12000, AllocatedStorage=399),
        lambda a: a.instance(StorageType="gp3", Iops=12000, AllocatedStorage=400),
    ),
    "rds.insights-kept": Example(lambda a: insights(a, 94), lambda a: insights(a, 93)),
    "rds.insights-of-a-small-class": Example(
        lambda a: insights(a, 7, Engine="mysql", EngineVersion="8.0.40", DBInstanceClass="db.t3.small"),
        lambda a: insights(a, 7, Engine="mysql", EngineVersion="8.0.40", DBInstanceClass="db.t3.medium"),
    ),
    "rds.logs-of-another-engine": Example(
        lambda a: change(a, a.source(), CloudwatchLogsExportConfiguration={"EnableLogTypes": ["audit"]}),
        lambda a: change(a, a.source(), CloudwatchLogsExportConfiguration={"EnableLogTypes": ["upgrade"]}),
    ),
    "rds.license-of-another-engine": Example(
        lambda a: a.instance(LicenseModel="license-included"),
        lambda a: a.instance(LicenseModel="postgresql-license"),
    ),
    "rds.certificate-that-does-not-exist": Example(
        lambda a: a.instance(CACertificateIdentifier="rds-ca-2015"),
        lambda a: a.instance(CACertificateIdentifier="rds-ca-rsa2048-g1"),
    ),
    "rds.security-group-that-does-not-exist": Example(
        lambda a: a.instance(VpcSecurityGroupIds=["sg-00000000000000000"]),
        lambda a: a.instance(VpcSecurityGroupIds=[security_group(a)]),
    ),
    "rds.events-to-a-topic-that-does-not-exist": Example(
        lambda a: subscribe(a, topic=f"arn:aws:sns:{HERE}:123456789012:nothing"), lambda a: subscribe(a)
    ),
    "rds.event-category-that-does-not-exist": Example(
        lambda a: subscribe(a, "restoration", source="db-cluster"), lambda a: subscribe(a, "restoration")
    ),
    "dynamodb.time-to-live-that-is-on": Example(lambda a: live(a, "a", "b"), lambda a: live(a, "a")),
    "dynamodb.twenty-global-indexes": Example(lambda a: indexed(a, 21), lambda a: indexed(a, 20)),
    "s3.lifecycle-days-out-of-order": Example(
        lambda a: lifecycle(a, moves(STANDARD_IA=5, GLACIER=34)),
        lambda a: lifecycle(a, moves(STANDARD_IA=5, GLACIER=35) | {"Expiration": {"Days": 36}}),
    ),
    "s3.lifecycle-rule-twice": Example(
        lambda a: lifecycle(a, *({"ID": "one", "Expiration": {"Days": days}} for days in (1, 2))),
        lambda a: lifecycle(a, *({"ID": f"after-{days}", "Expiration": {"Days": days}} for days in (1, 2))),
    ),
    "s3.policy-of-another-bucket": Example(lambda a: permit(a, "another"), lambda a: permit(a, a.buckets[0])),
    "s3.principal-that-does-not-exist": Example(
        lambda a: permit(a, a.buckets[0], {"AWS": "arn:aws:iam::123456789012:role/nobody"}),
        lambda a: permit(a, a.buckets[0], {"AWS": own_role(a)}),
    ),
    "s3.key-of-an-encryption-without-one": Example(lambda a: encrypt(a, "AES256"), lambda a: encrypt(a, "aws:kms")),
    "s3.access-log-in-another-region": Example(lambda a: log_into(a, a.buckets[1]), lambda a: log_into(a, a.bucket())),
    "ecs.task-definition-of-64-kb": Example(
        lambda a: task(a, environment=[{"name": "LONG", "value": "x" * 65536}]),
        lambda a: task(a, environment=[{"name": "LONG", "value": "x" * 60000}]),
    ),
    "ecs.too-many-subnets-or-groups": Example(lambda a: serve(a, groups=6), lambda a: serve(a, groups=5)),
    "ecs.fargate-network-mode": Example(lambda a: task(a, mode="bridge"), task),
    "ecs.fargate-without-execution-role": Example(
        lambda a: logging(a, None), lambda a: logging(a, a.role("ecs-tasks.amazonaws.com"))
    ),
    "ecs.service-without-network-configuration": Example(lambda a: serve(a, network=False), serve),
    "ecs.container-that-does-not-exist": Example(
        lambda a: serve(a, target=target_group(a), container="app"), lambda a: serve(a, target=target_group(a))
    ),
    "ecs.target-group-of-instances": Example(
        lambda a: serve(a, target=target_group(a, kind="instance")), lambda a: serve(a, target=target_group(a))
    ),
    "ecs.target-group-without-load-balancer": Example(
        lambda a: serve(a, target=target_group(a, balanced=False)), lambda a: serve(a, target=target_group(a))
    ),
    "elbv2.application-load-balancer-in-one-zone": Example(
        lambda a: balance(a, "a"), lambda a: balance(a, "a", Type="network")
    ),
    "elbv2.two-subnets-in-a-zone": Example(lambda a: balance(a, "aab"), lambda a: balance(a, "abc")),
    "elbv2.certificate-of-a-listener": Example(
        lambda a: listen(a, "HTTPS"), lambda a: listen(a, "HTTPS", certificate=a.issued(HERE))
    ),
    "elbv2.certificate-that-is-not-there": Example(
        lambda a: listen(a, "HTTPS", certificate=a.issued(THERE)),
        lambda a: listen(a, "HTTPS", certificate=a.issued(HERE)),
    ),
    "elbv2.certificate-that-is-not-issued": Example(
        lambda a: listen(a, "HTTPS", certificate=unproved(a)), lambda a: listen(a, "HTTPS", certificate=a.issued(HERE))
    ),
    "elbv2.target-group-in-use": Example(
        lambda a: drop(a, target_group(a)), lambda a: drop(a, target_group(a, balanced=False))
    ),
    "efs.throughput-that-does-not-go-with-its-mode": Example(
        lambda a: file_system(a, ThroughputMode="provisioned"),
        lambda a: file_system(a, ThroughputMode="provisioned", ProvisionedThroughputInMibps=1),
    ),
    "efs.max-io-with-elastic-throughput": Example(
        lambda a: file_system(a, PerformanceMode="maxIO", ThroughputMode="elastic"),
        lambda a: file_system(a, PerformanceMode="maxIO", ThroughputMode="bursting"),
    ),
    "efs.replication-to-a-region-that-does-not-exist": Example(
        lambda a: replicate_files_to(a, "eu-west-9"), lambda a: replicate_files_to(a, THERE)
    ),
}

#: Calls that no emulator answers: their good twins are let through by the rules and end there.
ANSWERED_BY_NOBODY = frozenset({"rds.promotion-of-no-cluster-replica"})
