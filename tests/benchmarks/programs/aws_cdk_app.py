"""The reference workloads once more, as someone would write them with the constructs of AWS CDK.

It runs in the rivals' environment. The same stacks, and in them the same things: buckets that replicate, those with the
runbooks too, a global table and one that is backed up, a file system with its copy, an RDS instance with a replica, an
Aurora global database, two DSQL clusters, a distribution over two origins, services on Fargate behind load balancers in
networks with endpoints, failover records with their checks, heartbeats, backup plans, keys, alarm topics, alarms and
dashboards. CloudFormation counts fewer resources for them (a bucket with its versioning, encryption and lifecycle is
one), and what would take a function of one's own there is left out (objects, what accepts a peering), so the comparison
favours AWS CDK.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk  # type: ignore[import-not-found]  # not in this environment
from aws_cdk import aws_backup as backup
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_dsql as dsql
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_efs as efs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm

ACCOUNT = "111122223333"
REGIONS = {"primary": "eu-west-1", "recovery": "eu-central-1", "global": "us-east-1"}


class Site:
    """A stack with what its components share."""

    def __init__(self, app: Any, workload: str, role: str, *, bare: bool = False) -> None:
        self.region = REGIONS[role]
        self.workload = workload
        self.stack = cdk.Stack(app, f"{workload}-{role}", env=cdk.Environment(account=ACCOUNT, region=self.region))
        self.alarms: list[Any] = []
        self.topic: Any = None
        if not bare:
            self.key = kms.Key(self.stack, "Key", alias=workload, enable_key_rotation=True)
            self.topic = sns.Topic(self.stack, "Alarms", topic_name=f"{workload}-recovery-alarms", master_key=self.key)

    def alarm(self, id_: str, namespace: str, name: str, dimensions: dict[str, str]) -> None:
        """Ring the topic when a metric passes a threshold."""
        metric = cloudwatch.Metric(
            namespace=namespace, metric_name=name, dimensions_map=dimensions, period=cdk.Duration.minutes(5)
        )
        alarm = cloudwatch.Alarm(self.stack, id_, metric=metric, threshold=900, evaluation_periods=3)
        if self.topic is not None:
            alarm.add_alarm_action(actions.SnsAction(self.topic))
        self.alarms.append(alarm)


def sites(app: Any, workload: str, *, bare: bool = False) -> tuple[Site, Site, Site]:
    """Return a stack in each Region and one for what is global, which is *bare* where nothing there is encrypted."""
    primary, recovery = (Site(app, workload, role) for role in ("primary", "recovery"))
    global_ = Site(app, workload, "global", bare=bare)
    global_.stack.add_stack_dependency(recovery.stack)
    return primary, recovery, global_


def bucket(site: Site, id_: str, destination: Any = None) -> Any:
    """Return a bucket with versions, encryption and a lifecycle, replicated to *destination* where given."""
    rules, role = None, None
    if destination is not None:
        # The one that AWS CDK makes has one name for all of a stack.
        role = iam.Role(site.stack, f"{id_}Role", assumed_by=iam.ServicePrincipal("s3.amazonaws.com"))
        rules = [
            s3.ReplicationRule(
                destination=destination,
                priority=1,
                replication_time_control=s3.ReplicationTimeValue.FIFTEEN_MINUTES,
                metrics=s3.ReplicationTimeValue.FIFTEEN_MINUTES,
                delete_marker_replication=True,
                sse_kms_encrypted_objects=True,
            )
        ]
        for name in ("ReplicationLatency", "OperationsFailedReplication"):
            site.alarm(f"{id_}{name}", "AWS/S3", name, {"SourceBucket": f"{site.workload}-{id_}"})
    made = s3.Bucket(
        site.stack,
        id_,
        bucket_name=f"{site.workload}-{id_}-{site.region}",
        versioned=True,
        encryption=s3.BucketEncryption.KMS,
        encryption_key=site.key,
        bucket_key_enabled=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        removal_policy=cdk.RemovalPolicy.RETAIN,
        lifecycle_rules=[
            s3.LifecycleRule(
                noncurrent_version_expiration=cdk.Duration.days(90),
                abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
            )
        ],
        replication_rules=rules,
        replication_role=role,
    )
    if role is not None:
        for actions_, resource in (
            (["s3:GetReplicationConfiguration", "s3:ListBucket"], made.bucket_arn),
            (["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl"], made.arn_for_objects("*")),
            (["s3:ReplicateObject", "s3:ReplicateDelete"], destination.arn_for_objects("*")),
            (["kms:Decrypt"], site.key.key_arn),
        ):
            role.add_to_principal_policy(iam.PolicyStatement(actions=actions_, resources=[resource]))
    return made


def pair(primary: Site, recovery: Site, id_: str) -> Any:
    """Return the primary one of two buckets, which replicates to the other."""
    copy = bucket(recovery, id_)
    return bucket(primary, id_, copy)


def network(site: Site, *asked: str, public: bool = False) -> Any:
    """Return a VPC with two subnets that reaches what a service starts with, and what else is *asked*, by endpoints."""
    kind = ec2.SubnetType.PUBLIC if public else ec2.SubnetType.PRIVATE_ISOLATED
    made = ec2.Vpc(
        site.stack,
        "Network",
        ip_addresses=ec2.IpAddresses.cidr("10.10.0.0/16"),
        availability_zones=[f"{site.region}a", f"{site.region}b"],
        subnet_configuration=[ec2.SubnetConfiguration(name="service", subnet_type=kind, cidr_mask=24)],
        nat_gateways=0,
        restrict_default_security_group=False,
    )
    made.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
    for service in ("ECR", "ECR_DOCKER", "CLOUDWATCH_LOGS", *asked):
        made.add_interface_endpoint(service, service=getattr(ec2.InterfaceVpcEndpointAwsService, service))
    return made


def serve(site: Site, vpc: Any, domain: str, tasks: int | None, *, own: bool = False) -> None:
    """Run a service behind a load balancer; of *tasks* None only what it is started from.

    One with an image of its *own* is served from public subnets, and has a repository.
    """
    subnets = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC if own else ec2.SubnetType.PRIVATE_ISOLATED)
    image = ecs.ContainerImage.from_registry("nginx@sha256:" + "0" * 64)
    if own:
        repository = ecr.Repository(
            site.stack,
            "Repository",
            repository_name=f"{site.workload}/api",
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            image_scan_on_push=True,
            encryption=ecr.RepositoryEncryption.KMS,
            encryption_key=site.key,
        )
        image = ecs.ContainerImage.from_ecr_repository(repository, "sha256:" + "0" * 64)
    definition = ecs.FargateTaskDefinition(site.stack, "Definition", cpu=256, memory_limit_mib=512)
    definition.add_container(
        "api",
        image=image,
        port_mappings=[ecs.PortMapping(container_port=8080)],
        readonly_root_filesystem=True,
        logging=ecs.LogDrivers.aws_logs(
            stream_prefix="api",
            log_group=logs.LogGroup(site.stack, "Log", retention=logs.RetentionDays.ONE_YEAR, encryption_key=site.key),
        ),
    )
    cluster = ecs.Cluster(site.stack, "Cluster", vpc=vpc, container_insights_v2=ecs.ContainerInsights.ENABLED)
    certificate = acm.Certificate(
        site.stack, "Certificate", domain_name=domain, validation=acm.CertificateValidation.from_dns()
    )
    if tasks is None:
        return
    service = ecs.FargateService(
        site.stack,
        "Service",
        cluster=cluster,
        task_definition=definition,
        desired_count=tasks,
        min_healthy_percent=100,
        circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
        vpc_subnets=subnets,
        assign_public_ip=own,
    )
    scaling = service.auto_scale_task_count(min_capacity=tasks, max_capacity=8)
    scaling.scale_on_cpu_utilization("Load", target_utilization_percent=60)
    balancer = elb.ApplicationLoadBalancer(
        site.stack,
        "Balancer",
        vpc=vpc,
        vpc_subnets=subnets,
        internet_facing=own,
        deletion_protection=True,
        drop_invalid_header_fields=True,
    )
    listener = balancer.add_listener("Listener", port=443, certificates=[certificate])
    listener.add_targets(
        "Api",
        port=8080,
        protocol=elb.ApplicationProtocol.HTTP,
        targets=[service],
        health_check=elb.HealthCheck(path="/health", healthy_http_codes="200"),
    )
    site.alarm("NothingAnswers", "AWS/ApplicationELB", "HealthyHostCount", {"LoadBalancer": "api"})


def routing(site: Site, recovery: Site, domain: str) -> None:
    """Build a zone, what tells that the primary Region serves, the latch, and four records."""
    zone = route53.PublicHostedZone(site.stack, "Zone", zone_name=domain)
    check = route53.HealthCheck(
        site.stack,
        "Check",
        type=route53.HealthCheckType.HTTPS,
        fqdn=f"api-eu-west-1.{domain}",
        request_interval=cdk.Duration.seconds(10),
        failure_threshold=3,
    )
    recovery.alarm("Latch", "Recovery", "Latch", {"Workload": site.workload})
    latch = route53.CfnHealthCheck(
        site.stack,
        "LatchCheck",
        health_check_config=route53.CfnHealthCheck.HealthCheckConfigProperty(
            type="CLOUDWATCH_METRIC",
            alarm_identifier=route53.CfnHealthCheck.AlarmIdentifierProperty(
                name=f"{site.workload}-latch", region=recovery.region
            ),
            insufficient_data_health_status="LastKnownStatus",
        ),
    )
    serves = route53.CfnHealthCheck(
        site.stack,
        "PrimaryServes",
        health_check_config=route53.CfnHealthCheck.HealthCheckConfigProperty(
            type="CALCULATED",
            child_health_checks=[check.health_check_id, latch.attr_health_check_id],
            health_threshold=2,
        ),
    )
    for failover, region in (("PRIMARY", "eu-west-1"), ("SECONDARY", "eu-central-1")):
        route53.CfnRecordSet(
            site.stack,
            f"Endpoint{failover.title()}",
            hosted_zone_id=zone.hosted_zone_id,
            name=f"api-{region}.{domain}",
            type="CNAME",
            ttl="60",
            resource_records=[f"balancer.{region}.elb.amazonaws.com"],
        )
        route53.CfnRecordSet(
            site.stack,
            f"Record{failover.title()}",
            hosted_zone_id=zone.hosted_zone_id,
            name=f"api.{domain}",
            type="CNAME",
            ttl="60",
            resource_records=[f"api-{region}.{domain}"],
            failover=failover,
            set_identifier=failover.lower(),
            health_check_id=serves.attr_health_check_id if failover == "PRIMARY" else None,
        )
    site.alarm("Unhealthy", "AWS/Route53", "HealthCheckStatus", {"HealthCheckId": check.health_check_id})


def heartbeat(primary: Site, recovery: Site) -> None:
    """Send an event a minute to the recovery Region, where an alarm rings when none comes."""
    bus = events.EventBus.from_event_bus_arn(
        primary.stack, "There", f"arn:aws:events:{recovery.region}:{ACCOUNT}:event-bus/default"
    )
    sent = events.Rule(
        primary.stack,
        "Heartbeat",
        schedule=events.Schedule.rate(cdk.Duration.minutes(1)),
        targets=[targets.EventBus(bus)],
    )
    events.Rule(
        recovery.stack,
        "Heartbeat",
        event_pattern=events.EventPattern(source=["aws.events"], resources=[f"{primary.workload}-{sent.node.id}"]),
        targets=[targets.SqsQueue(sqs.Queue(recovery.stack, "Heartbeats", encryption_master_key=recovery.key))],
    )
    recovery.alarm("HeartbeatSilent", "AWS/Events", "Invocations", {"RuleName": "heartbeat"})


def watch(*watched: Site) -> None:
    """Say in one alarm whether a recovery is at risk, and show all of them on a dashboard."""
    for site in watched:
        risk = cloudwatch.CompositeAlarm(site.stack, "AtRisk", alarm_rule=cloudwatch.AlarmRule.any_of(*(site.alarms)))
        risk.add_alarm_action(actions.SnsAction(site.topic))
        board = cloudwatch.Dashboard(site.stack, "Dashboard", dashboard_name=f"{site.workload}-recovery-{site.region}")
        board.add_widgets(cloudwatch.AlarmStatusWidget(alarms=site.alarms))


def payments(app: Any) -> None:
    """A ledger that loses nothing and receipts in two Regions."""
    primary, recovery, global_ = sites(app, "payments")
    routing(global_, recovery, "payments.example.com")
    for site in (primary, recovery):
        dsql.CfnCluster(
            site.stack,
            "Ledger",
            deletion_protection_enabled=True,
            multi_region_properties=dsql.CfnCluster.MultiRegionPropertiesProperty(witness_region="eu-west-2"),
        )
        site.alarm("LedgerFull", "AWS/AuroraDSQL", "ClusterStorageSize", {"ClusterId": "ledger"})
        backups(site, "Ledger", None)
        vpc = network(site, "SECRETS_MANAGER", public=True)
        serve(site, vpc, "api.payments.example.com", tasks=2, own=True)
    pair(primary, recovery, "receipts")
    pair(primary, recovery, "runbooks")
    secretsmanager.Secret(
        primary.stack,
        "CardScheme",
        encryption_key=primary.key,
        replica_regions=[secretsmanager.ReplicaRegion(region=recovery.region)],
    )
    heartbeat(primary, recovery)
    watch(primary, recovery)


def storefront(app: Any) -> None:
    """A site, its orders and its catalogue."""
    primary, recovery, global_ = sites(app, "storefront")
    routing(global_, recovery, "shop.example.com")
    pair(primary, recovery, "site")
    pair(primary, recovery, "runbooks")
    copies = s3.Bucket.from_bucket_attributes(
        global_.stack, "Copies", bucket_name=f"storefront-site-{recovery.region}", region=recovery.region
    )
    shown = s3.Bucket.from_bucket_attributes(
        global_.stack, "Pages", bucket_name=f"storefront-site-{primary.region}", region=primary.region
    )
    cloudfront.Distribution(
        global_.stack,
        "Distribution",
        default_root_object="index.html",
        default_behavior=cloudfront.BehaviorOptions(
            origin=origins.OriginGroup(
                primary_origin=origins.S3BucketOrigin.with_origin_access_control(shown),
                fallback_origin=origins.S3BucketOrigin.with_origin_access_control(copies),
                fallback_status_codes=[500, 502, 503, 504],
            ),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        ),
    )
    for name in ("5xxErrorRate", "OriginLatency"):
        global_.alarm(f"Distribution{name}", "AWS/CloudFront", name, {"Region": "Global"})
    dynamodb.TableV2(
        primary.stack,
        "Orders",
        table_name="storefront-orders",
        partition_key=dynamodb.Attribute(name="order_id", type=dynamodb.AttributeType.STRING),
        billing=dynamodb.Billing.on_demand(),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        encryption=dynamodb.TableEncryptionV2.aws_managed_key(),
        deletion_protection=True,
        replicas=[dynamodb.ReplicaTableProps(region=recovery.region, deletion_protection=True)],
    )
    for name in ("ReplicationLatency", "SystemErrors", "ThrottledRequests"):
        primary.alarm(f"Orders{name}", "AWS/DynamoDB", name, {"TableName": "storefront-orders"})
    rds.CfnGlobalCluster(
        primary.stack, "Catalogue", global_cluster_identifier="storefront-catalogue", engine="aurora-postgresql"
    )
    for site in (primary, recovery):
        engine = rds.DatabaseClusterEngine.aurora_postgres(version=rds.AuroraPostgresEngineVersion.VER_16_4)
        vpc = network(site, "SSM", public=True)
        serve(site, vpc, "api.shop.example.com", tasks=2 if site is primary else 1, own=True)
        ssm.StringParameter(site.stack, "Title", parameter_name="/shop/title", string_value="Our shop")
        there = recovery if site is primary else primary
        ecr.CfnReplicationConfiguration(
            site.stack,
            "Images",
            replication_configuration=ecr.CfnReplicationConfiguration.ReplicationConfigurationProperty(
                rules=[
                    ecr.CfnReplicationConfiguration.ReplicationRuleProperty(
                        destinations=[
                            ecr.CfnReplicationConfiguration.ReplicationDestinationProperty(
                                region=there.region, registry_id=ACCOUNT
                            )
                        ]
                    )
                ]
            ),
        )
        instance = ec2.InstanceType("r6g.large")
        rds.DatabaseCluster(
            site.stack,
            "CatalogueCluster",
            engine=engine,
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            writer=rds.ClusterInstance.provisioned("writer", instance_type=instance, publicly_accessible=False),
            readers=[rds.ClusterInstance.provisioned("reader", instance_type=instance, publicly_accessible=False)]
            if site is primary
            else None,
            parameter_group=rds.ParameterGroup(site.stack, "CatalogueParameters", engine=engine),
            storage_encryption_key=site.key,
            backup=rds.BackupProps(retention=cdk.Duration.days(7)),
            deletion_protection=True,
        )
        database_events(site, "db-cluster")
        for name in ("AuroraGlobalDBRPOLag", "AuroraReplicaLagMaximum"):
            site.alarm(f"Catalogue{name}", "AWS/RDS", name, {"DBClusterIdentifier": "storefront-catalogue"})
    heartbeat(primary, recovery)
    watch(primary, recovery)


def reporting(app: Any) -> None:
    """A database with a replica in the other Region, and reports."""
    primary, recovery, _ = sites(app, "reporting", bare=True)
    vpc, there = network(primary), network(recovery)
    serve(primary, vpc, "reporting.example.com", tasks=2)
    serve(recovery, there, "reporting.example.com", tasks=0)
    engine = rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_16_4)
    rds.DatabaseInstance(
        primary.stack,
        "Warehouse",
        engine=engine,
        instance_type=ec2.InstanceType("r6g.large"),
        vpc=vpc,
        vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        credentials=rds.Credentials.from_generated_secret("warehouse"),
        parameter_group=rds.ParameterGroup(primary.stack, "WarehouseParameters", engine=engine),
        multi_az=True,
        storage_encryption_key=primary.key,
        backup_retention=cdk.Duration.days(7),
        deletion_protection=True,
        monitoring_interval=cdk.Duration.seconds(60),
    )
    database_events(primary, "db-instance")
    source = rds.DatabaseInstance.from_database_instance_attributes(
        recovery.stack,
        "Source",
        instance_identifier=f"arn:aws:rds:{primary.region}:{ACCOUNT}:db:reporting-warehouse",
        instance_endpoint_address="warehouse",
        port=5432,
        security_groups=[],
    )
    rds.DatabaseInstanceReadReplica(
        recovery.stack,
        "Replica",
        source_database_instance=source,
        instance_type=ec2.InstanceType("r6g.large"),
        vpc=there,
        vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        parameter_group=rds.ParameterGroup(recovery.stack, "WarehouseParameters", engine=engine),
        storage_encryption_key=recovery.key,
        backup_retention=cdk.Duration.days(7),
        deletion_protection=True,
    )
    database_events(recovery, "db-instance")
    for id_ in ("WarehouseLag", "WarehouseStopped"):
        recovery.alarm(id_, "AWS/RDS", "ReplicaLag", {"DBInstanceIdentifier": "reporting-warehouse"})
    pair(primary, recovery, "reports")
    pair(primary, recovery, "runbooks")
    heartbeat(primary, recovery)
    watch(primary, recovery)


def archive(app: Any) -> None:
    """Records that may take days to come back."""
    primary, recovery, global_ = sites(app, "archive", bare=True)
    pair(primary, recovery, "documents")
    pair(primary, recovery, "runbooks")
    dynamodb.TableV2(
        primary.stack,
        "Index",
        table_name="archive-index",
        partition_key=dynamodb.Attribute(name="document_id", type=dynamodb.AttributeType.STRING),
        billing=dynamodb.Billing.on_demand(),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        encryption=dynamodb.TableEncryptionV2.aws_managed_key(),
        deletion_protection=True,
    )
    backup.BackupVault(recovery.stack, "Copies", backup_vault_name="archive-copies", encryption_key=recovery.key)
    vault = backup.BackupVault.from_backup_vault_arn(
        primary.stack, "Copies", f"arn:aws:backup:{recovery.region}:{ACCOUNT}:backup-vault:archive-copies"
    )
    backups(primary, "Index", vault)
    backups(primary, "Scans", None)
    for site in (primary, recovery):
        vpc = network(site)
        efs.FileSystem(
            site.stack,
            "Scans",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            encrypted=True,
            kms_key=site.key,
            enable_automatic_backups=True,
            replication_configuration=efs.ReplicationConfiguration.regional_file_system(recovery.region)
            if site is primary
            else None,
            replication_overwrite_protection=efs.ReplicationOverwriteProtection.DISABLED if site is recovery else None,
        )
        serve(site, vpc, "reader.example.com", tasks=2 if site is primary else None)
    global_.alarm("ScansLag", "AWS/EFS", "TimeSinceLastSync", {"FileSystemId": "scans"})
    recovery.alarm("CertificateEnds", "AWS/CertificateManager", "DaysToExpiry", {"CertificateArn": "reader"})
    heartbeat(primary, recovery)
    watch(primary, recovery)


def database_events(site: Site, source: str) -> None:
    """Tell the topic what happens to the databases."""
    rds.CfnEventSubscription(
        site.stack,
        "DatabaseEvents",
        sns_topic_arn=site.topic.topic_arn,
        source_type=source,
        event_categories=["failover", "failure"],
    )


def backups(site: Site, id_: str, copies: Any) -> None:
    """Back up what carries the workload's tag, with a copy in the vault *copies* where given."""
    for name in ("NumberOfBackupJobsFailed", "NumberOfBackupJobsCompleted"):
        site.alarm(f"{id_}{name}", "AWS/Backup", name, {"BackupVaultName": id_})
    vault = backup.BackupVault(site.stack, f"{id_}Vault", encryption_key=site.key)
    plan = backup.BackupPlan(site.stack, f"{id_}Plan", backup_vault=vault)
    plan.add_rule(
        backup.BackupPlanRule(
            schedule_expression=events.Schedule.cron(hour="0", minute="0"),
            delete_after=cdk.Duration.days(35),
            copy_actions=None
            if copies is None
            else [backup.BackupPlanCopyActionProps(destination_backup_vault=copies)],
        )
    )
    plan.add_selection(
        f"{id_}Selection",
        resources=[backup.BackupResource.from_tag("recovery:workload", site.workload)],
        role=iam.Role(
            site.stack,
            f"{id_}BackupRole",
            assumed_by=iam.ServicePrincipal("backup.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AWSBackupServiceRolePolicyForBackup")
            ],
        ),
    )


app = cdk.App(outdir="cdk.out")
for workload in (payments, storefront, reporting, archive):
    workload(app)
app.synth()
count = sum(
    len(json.loads(path.read_text(encoding="utf-8")).get("Resources", {}))
    for path in Path("cdk.out").glob("*.template.json")
)
print(json.dumps({"resources": count}))
