"""More calls that AWS refuses, and their good twins: values, policies and settings that cannot be.

`BROTHERS` are further calls that a rule refuses, where it stands for many.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

from tests.emulator.roles import document
from tests.emulator.rules.account import HERE, THERE, Account
from tests.emulator.rules.example import Example

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

S3: Final = {"Service": "s3.amazonaws.com"}
ROOT: Final = {"AWS": "arn:aws:iam::123456789012:root"}


def unchecked(account: Account, service: str, region: str = HERE) -> Any:
    """Return a client that sends what is asked, whatever its model says."""
    checked = account.client(service, region)
    return boto3.client(
        service, region_name=region, endpoint_url=checked.meta.endpoint_url, aws_access_key_id="-",
        aws_secret_access_key="-", config=Config(parameter_validation=False, retries={"max_attempts": 0}),
    )  # fmt: skip


def grouped(account: Account, *subnets: str) -> None:
    account.client("rds").create_db_subnet_group(
        DBSubnetGroupName=account.name(), DBSubnetGroupDescription="-", SubnetIds=subnets
    )


def stated(**statement: Any) -> str:
    """Return a policy of one statement as it is given."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trusted(account: Account, name: str = "", **options: Any) -> str:
    """Make a role with a trust policy, of S3 unless another is given; return its name."""
    options.setdefault("AssumeRolePolicyDocument", document(Action="sts:AssumeRole", Principal=S3))
    account.client("iam").create_role(RoleName=name or account.name(), **options)
    return name


def trust(account: Account, **statement: Any) -> None:
    trusted(account, AssumeRolePolicyDocument=stated(**{"Effect": "Allow", "Action": "sts:AssumeRole"} | statement))


def retrust(account: Account, **statement: Any) -> None:
    role = account.role("s3.amazonaws.com").rpartition("/")[2]
    policy = stated(**{"Effect": "Allow", "Action": "sts:AssumeRole"} | statement)
    account.client("iam").update_assume_role_policy(RoleName=role, PolicyDocument=policy)


def managed(account: Account, policy: str = "", **statement: Any) -> str:
    policy = policy or stated(**{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"} | statement)
    made = account.client("iam").create_policy(PolicyName=account.name(), PolicyDocument=policy)
    arn: str = made["Policy"]["Arn"]
    return arn


def key_with(account: Account, policy: str) -> None:
    account.client("kms").create_key(Policy=policy)


def bucket_policy(account: Account, **statement: Any) -> None:
    bucket = account.buckets[0]
    whole = {"Effect": "Allow", "Principal": ROOT, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    account.client("s3").put_bucket_policy(Bucket=bucket, Policy=stated(**whole | statement))


def topic(account: Account, region: str = HERE, **options: Any) -> str:
    arn: str = account.client("sns", region).create_topic(Name=account.name(), **options)["TopicArn"]
    return arn


def topic_policy(account: Account, **statement: Any) -> None:
    arn = topic(account)
    policy = stated(**{"Effect": "Allow", "Principal": ROOT, "Action": "sns:Publish", "Resource": arn} | statement)
    account.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)


def secret(account: Account, value: str = "x", name: str = "", **options: Any) -> str:
    made = account.client("secretsmanager").create_secret(
        Name=name or account.name(), **{"SecretString": value} | options
    )
    arn: str = made["ARN"]
    return arn


def secret_policy(account: Account, policy: str) -> None:
    account.client("secretsmanager").put_resource_policy(SecretId=secret(account), ResourcePolicy=policy)


def table_policy(account: Account, **statement: Any) -> None:
    arn = f"arn:aws:dynamodb:{HERE}:123456789012:table/{account.table()}"
    policy = stated(Effect="Allow", Action="dynamodb:GetItem", Resource=arn, **statement)
    account.client("dynamodb").put_resource_policy(ResourceArn=arn, Policy=policy)


def vault_policy(account: Account, policy: str) -> None:
    account.client("backup").put_backup_vault_access_policy(BackupVaultName=account.vault, Policy=policy)


def parameter(account: Account, name: str = "", **options: Any) -> None:
    account.client("ssm").put_parameter(Name=name or account.name(), **{"Type": "String", "Value": "x"} | options)


def alarm(account: Account, **options: Any) -> str:
    name: str = options.get("AlarmName") or account.name()
    given = {
        "Namespace": "Rules", "MetricName": "Any", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1,
        "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold",
    } | options  # fmt: skip
    account.client("cloudwatch").put_metric_alarm(
        **{"AlarmName": name} | {key: value for key, value in given.items() if value is not None}
    )
    return name


def event_rule(account: Account, name: str = "", **options: Any) -> str:
    name = name or account.name()
    account.client("events").put_rule(Name=name, **options or {"ScheduleExpression": "rate(1 hour)"})
    return name


def log_group(account: Account, name: str) -> None:
    account.client("logs").create_log_group(logGroupName=name)


def repository(account: Account, **options: Any) -> str:
    name = account.name()
    account.client("ecr").create_repository(repositoryName=name, **options)
    return name


def replicated(account: Account, rules: int) -> None:
    """Replicate a registry by so many rules."""
    given = [
        {
            "destinations": [{"region": THERE, "registryId": "123456789012"}],
            "repositoryFilters": [{"filter": f"p{number}", "filterType": "PREFIX_MATCH"}],
        }
        for number in range(rules)
    ]
    account.client("ecr").put_replication_configuration(replicationConfiguration={"rules": given})


def network(account: Account) -> str:
    identifier: str = account.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    return identifier


def target_group(account: Account, **options: Any) -> None:
    given = {"Protocol": "HTTP", "Port": 80, "TargetType": "ip", "VpcId": network(account)} | options
    account.client("elbv2").create_target_group(Name=account.name(), **given)


def scalable(account: Account, table: str = "", **options: Any) -> str:
    """Make writes of a table, a new one unless it is given, scalable; return the table."""
    table = table or account.table(
        BillingMode="PROVISIONED", ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    )
    given = {"MinCapacity": 1, "MaxCapacity": 2} | options
    account.client("application-autoscaling").register_scalable_target(
        **{
            "ServiceNamespace": "dynamodb",
            "ResourceId": f"table/{table}",
            "ScalableDimension": "dynamodb:table:WriteCapacityUnits",
        }
        | {key: value for key, value in given.items() if value is not None}
    )
    return table


def certificate(account: Account, name: str) -> None:
    account.client("acm").request_certificate(DomainName=name, ValidationMethod="DNS")


def cluster_of_dsql(account: Account, **options: Any) -> str:
    identifier: str = account.client("dsql").create_cluster(**options)["identifier"]
    return identifier


def record(account: Account, name: str = "", action: str = "CREATE", **options: Any) -> str:
    """Write a record below the zone, of an address unless another is given; return its name."""
    name = name or f"{account.name()}.rules.test"
    given = {"Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]} | options
    written = {"Name": name} | {key: value for key, value in given.items() if value is not None}
    account.client("route53").change_resource_record_sets(
        HostedZoneId=account.zone, ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": written}]}
    )
    return name


def check(account: Account, reference: str = "", **options: Any) -> str:
    given = {"Type": "HTTP", "FullyQualifiedDomainName": "a.test"} | options
    made = account.client("route53").create_health_check(
        CallerReference=reference or account.name(),
        HealthCheckConfig={key: value for key, value in given.items() if value is not None},
    )
    identifier: str = made["HealthCheck"]["Id"]
    return identifier


def vault(account: Account, name: str) -> None:
    account.client("backup").create_backup_vault(BackupVaultName=name)


def plan(account: Account, *rules: dict[str, Any], name: str = "", **options: Any) -> str:
    """Make a backup plan with these rules; return its id."""
    whole = [
        {"RuleName": "daily", "TargetBackupVaultName": account.vault, "ScheduleExpression": "cron(0 5 * * ? *)"} | one
        for one in rules
    ]
    made = account.client("backup").create_backup_plan(
        BackupPlan={"BackupPlanName": name or account.name(), "Rules": whole, **options}
    )
    identifier: str = made["BackupPlanId"]
    return identifier


def origin(**options: Any) -> dict[str, Any]:
    """Say of a distribution's origins what is not the default."""
    one = {"Id": "one", "DomainName": "one.s3.eu-west-1.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    return {"Origins": {"Quantity": 1, "Items": [one | options]}}


def behavior(**options: Any) -> dict[str, Any]:
    whole = {"TargetOriginId": "one", "ViewerProtocolPolicy": "https-only", "CachePolicyId": CACHED} | options
    return {"DefaultCacheBehavior": {key: value for key, value in whole.items() if value is not None}}


def served(account: Account, **options: Any) -> str:
    """Make a distribution of one bucket; return its id."""
    whole = {"CallerReference": account.name(), "Comment": "", "Enabled": True, **origin(), **behavior(), **options}
    made = account.client("cloudfront").create_distribution(DistributionConfig=whole)
    identifier: str = made["Distribution"]["Id"]
    return identifier


def methods(*names: str) -> dict[str, Any]:
    return behavior(
        AllowedMethods={
            "Quantity": len(names), "Items": names, "CachedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]},
        }
    )  # fmt: skip


def page(code: int, **options: Any) -> dict[str, Any]:
    return {"CustomErrorResponses": {"Quantity": 1, "Items": [{"ErrorCode": code, **options}]}}


def access_control(account: Account) -> str:
    made = account.client("cloudfront").create_origin_access_control(
        OriginAccessControlConfig={
            "Name": account.name(), "SigningProtocol": "sigv4", "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
    )  # fmt: skip
    identifier: str = made["OriginAccessControl"]["Id"]
    return identifier


def undistribute(account: Account, *, enabled: bool) -> None:
    cloudfront, identifier = account.client("cloudfront"), served(account, Enabled=enabled)
    tag = cloudfront.get_distribution(Id=identifier)["ETag"]
    cloudfront.delete_distribution(Id=identifier, IfMatch=tag)


def lifecycle(account: Account, **one: Any) -> None:
    account.client("s3").put_bucket_lifecycle_configuration(
        Bucket=account.buckets[0],
        LifecycleConfiguration={"Rules": [{"ID": "one", "Status": "Enabled", "Filter": {"Prefix": ""}, **one}]},
    )


def moved(*classes: str) -> dict[str, Any]:
    return {"Transitions": [{"Days": 30 * number, "StorageClass": name} for number, name in enumerate(classes, 1)]}


def written(account: Account, key: str) -> None:
    account.client("s3").put_object(
        Bucket=account.buckets[0], Key="k", Body=b"", ServerSideEncryption="aws:kms", SSEKMSKeyId=key
    )


def tagged_object(account: Account, count: int) -> None:
    tags = "&".join(f"tag{number}=x" for number in range(count))
    account.client("s3").put_object(Bucket=account.buckets[0], Key="k", Body=b"", Tagging=tags)


def retained(account: Account, year: int) -> None:
    bucket = account.bucket(ObjectLockEnabledForBucket=True)
    account.client("s3").put_object(
        Bucket=bucket, Key="k", Body=b"", ObjectLockMode="GOVERNANCE",
        ObjectLockRetainUntilDate=datetime(year, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def retained_by_default(account: Account, days: int) -> None:
    lock = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": days}}}
    account.client("s3").put_object_lock_configuration(
        Bucket=account.bucket(ObjectLockEnabledForBucket=True), ObjectLockConfiguration=lock
    )


def opened(account: Account, *, blocked: bool) -> None:
    """Let everybody read a bucket whose public policies are blocked or not."""
    s3, bucket = account.client("s3"), account.bucket()
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"BlockPublicPolicy": blocked})
    policy = document(Principal="*", Action="s3:GetObject", Resource=f"arn:aws:s3:::{bucket}/*")
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)


def logged(account: Account, target: str) -> None:
    account.client("s3").put_bucket_logging(
        Bucket=account.buckets[0],
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": ""}},
    )


def replicated_class(account: Account, name: str) -> None:
    account.client("s3").put_bucket_replication(
        Bucket=account.buckets[0],
        ReplicationConfiguration={
            "Role": account.role("s3.amazonaws.com"),
            "Rules": [
                {
                    "ID": "all", "Priority": 0, "Status": "Enabled", "Filter": {"Prefix": ""},
                    "DeleteMarkerReplication": {"Status": "Enabled"},
                    "Destination": {"Bucket": f"arn:aws:s3:::{account.buckets[1]}", "StorageClass": name},
                }
            ],
        },
    )  # fmt: skip


def replicate_locked(account: Account, *, source: bool, target: bool) -> None:
    """Replicate a bucket, of which either side locks its objects or does not."""
    here = account.bucket(HERE, ObjectLockEnabledForBucket=source)
    there = account.bucket(THERE, ObjectLockEnabledForBucket=target)
    account.client("s3").put_bucket_replication(
        Bucket=here,
        ReplicationConfiguration={
            "Role": account.role("s3.amazonaws.com"),
            "Rules": [
                {
                    "ID": "all", "Priority": 0, "Status": "Enabled", "Filter": {"Prefix": ""},
                    "DeleteMarkerReplication": {"Status": "Enabled"},
                    "Destination": {"Bucket": f"arn:aws:s3:::{there}"},
                }
            ],
        },
    )  # fmt: skip


def bucket(account: Account, prefix: str) -> None:
    account.client("s3").create_bucket(
        Bucket=f"{prefix}{account.name()}", CreateBucketConfiguration={"LocationConstraint": HERE}
    )


def dashboard(account: Account, body: str, name: str = "") -> None:
    account.client("cloudwatch").put_dashboard(DashboardName=name or account.name(), DashboardBody=body)


def ecr_lifecycle(account: Account, *priorities: int) -> None:
    rules = [
        {
            "rulePriority": priority, "action": {"type": "expire"},
            "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1},
        }
        for priority in priorities
    ]  # fmt: skip
    account.client("ecr").put_lifecycle_policy(
        repositoryName=repository(account), lifecyclePolicyText=json.dumps({"rules": rules})
    )


def replicate_registry(account: Account, region: str) -> None:
    rule = {"destinations": [{"region": region, "registryId": "123456789012"}]}
    account.client("ecr").put_replication_configuration(replicationConfiguration={"rules": [rule]})


def files(account: Account, **options: Any) -> str:
    made = account.client("efs").create_file_system(CreationToken=account.name(), **options)
    identifier: str = made["FileSystemId"]
    return identifier


def same_token(account: Account, *tokens: str) -> None:
    for token in tokens:
        account.client("efs").create_file_system(CreationToken=token)


def mounted(account: Account, *groups: str) -> None:
    subnet = account.client("ec2").create_subnet(VpcId=network(account), CidrBlock="10.0.1.0/24")["Subnet"]
    account.client("efs").create_mount_target(
        FileSystemId=files(account), SubnetId=subnet["SubnetId"], **{"SecurityGroups": groups} if groups else {}
    )


def replicate_files(account: Account, **destination: Any) -> None:
    account.client("efs").create_replication_configuration(
        SourceFileSystemId=files(account, Encrypted=True), Destinations=[{"Region": THERE, **destination}]
    )


def age_files(account: Account, *policies: dict[str, str]) -> None:
    account.client("efs").put_lifecycle_configuration(FileSystemId=files(account), LifecyclePolicies=policies)


def target(account: Account, rule: str = "", **options: str) -> str:
    rule = rule or event_rule(account)
    account.client("events").put_targets(
        Rule=rule, Targets=[{"Id": "one", "Arn": f"arn:aws:sqs:{HERE}:123456789012:queue", **options}]
    )
    return rule


def unruled(account: Account, *, aimed: bool) -> None:
    rule = target(account) if aimed else event_rule(account)
    account.client("events").delete_rule(Name=rule)


def attached(account: Account, count: int) -> None:
    name = account.name()
    trusted(account, name)
    for _ in range(count):
        account.client("iam").attach_role_policy(RoleName=name, PolicyArn=managed(account))


def alias(account: Account, name: str) -> None:
    account.client("kms").create_alias(AliasName=name, TargetKeyId=account.key)


def key(account: Account, **options: Any) -> str:
    arn: str = account.client("kms").create_key(**options)["KeyMetadata"]["Arn"]
    return arn


def replicate_key(account: Account, *regions: str, multi_region: bool = True) -> None:
    identifier = key(account, MultiRegion=multi_region)
    for region in regions:
        account.client("kms").replicate_key(KeyId=identifier, ReplicaRegion=region)


def dying_key(account: Account) -> str:
    arn = key(account)
    account.client("kms").schedule_key_deletion(KeyId=arn)
    return arn


def scaling(account: Account, metric: str, *, registered: bool = True) -> None:
    table = scalable(account) if registered else account.table()
    account.client("application-autoscaling").put_scaling_policy(
        PolicyName="rules", PolicyType="TargetTrackingScaling", ServiceNamespace="dynamodb",
        ResourceId=f"table/{table}", ScalableDimension="dynamodb:table:WriteCapacityUnits",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 70, "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
        },
    )  # fmt: skip


def dying_secret(account: Account) -> str:
    name = account.name()
    account.client("secretsmanager").delete_secret(SecretId=secret(account, name=name))
    return name


def subscribed(account: Account, protocol: str, endpoint: str) -> None:
    account.client("sns").subscribe(TopicArn=topic(account), Protocol=protocol, Endpoint=endpoint)


def topic_attribute(account: Account, name: str, value: str) -> None:
    account.client("sns").set_topic_attributes(TopicArn=topic(account), AttributeName=name, AttributeValue=value)


def selection(account: Account, **options: Any) -> str:
    plan_id = plan(account, {})
    role = account.role("backup.amazonaws.com")
    account.client("backup").create_backup_selection(
        BackupPlanId=plan_id, BackupSelection={"SelectionName": "one", "IamRoleArn": role, **options}
    )
    return plan_id


def unplanned(account: Account, *, selected: bool) -> None:
    plan_id = selection(account, Resources=["*"]) if selected else plan(account, {})
    account.client("backup").delete_backup_plan(BackupPlanId=plan_id)


def opted(account: Account, name: str) -> None:
    account.client("backup").update_region_settings(ResourceTypeOptInPreference={name: True})


def backed_up(account: Account, region: str) -> None:
    account.client("backup").start_backup_job(
        BackupVaultName=account.vault, IamRoleArn=account.role("backup.amazonaws.com"),
        ResourceArn=f"arn:aws:dynamodb:{region}:123456789012:table/{account.table(region)}",
    )  # fmt: skip


def bucket_backed_up(account: Account, action: str) -> None:
    name = account.name()
    account.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    account.client("backup").start_backup_job(
        BackupVaultName=account.vault, IamRoleArn=account.role("backup.amazonaws.com", action),
        ResourceArn=f"arn:aws:s3:::{name}",
    )  # fmt: skip


def task(account: Account, *containers: dict[str, Any], **options: Any) -> None:
    given = {"cpu": "256", "memory": "512", "family": account.name()} | options
    account.client("ecs").register_task_definition(
        requiresCompatibilities=["FARGATE"], networkMode="awsvpc",
        containerDefinitions=[{"name": "web", "image": "web"} | one for one in containers],
        **{name: value for name, value in given.items() if value is not None},
    )  # fmt: skip


def ecs_cluster(account: Account) -> str:
    name = account.name()
    account.client("ecs").create_cluster(clusterName=name)
    return name


def service(account: Account, **options: Any) -> str:
    """Make a service on Fargate without a security group of its own; return its cluster."""
    name, subnet = (
        ecs_cluster(account),
        account.client("ec2").create_subnet(VpcId=network(account), CidrBlock="10.0.1.0/24"),
    )
    task(account, {}, family=name)
    account.client("ecs").create_service(
        cluster=name, serviceName=name, taskDefinition=name, desiredCount=1, launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet["Subnet"]["SubnetId"]]}}, **options,
    )  # fmt: skip
    return name


def peered(account: Account, witness: str, *peers: str) -> None:
    given: dict[str, Any] = {"witnessRegion": witness} if witness else {}
    clusters = [f"arn:aws:dsql:{region}:123456789012:cluster/{'a' * 26}" for region in peers]
    account.client("dsql").create_cluster(multiRegionProperties=given | ({"clusters": clusters} if clusters else {}))


def aliased(account: Account, name: str, zone: str = "", **options: Any) -> None:
    target = {"HostedZoneId": zone or account.zone.rpartition("/")[2], "DNSName": name, "EvaluateTargetHealth": False}
    record(account, TTL=None, ResourceRecords=None, AliasTarget=target | options)


def zone(account: Account, name: str) -> None:
    account.client("route53").create_hosted_zone(Name=name, CallerReference=account.name())


def watched(account: Account, name: str) -> None:
    check(
        account, Type="CLOUDWATCH_METRIC", FullyQualifiedDomainName=None,
        AlarmIdentifier={"Region": HERE, "Name": name},
    )  # fmt: skip


def calculated(account: Account, *children: str) -> str:
    return check(
        account, Type="CALCULATED", FullyQualifiedDomainName=None, HealthThreshold=1, ChildHealthChecks=list(children)
    )


def checked_twice(account: Account, *names: str) -> None:
    reference = account.name()
    for name in names:
        check(account, reference, FullyQualifiedDomainName=name)


CACHED: Final = "658327ea-f89d-4fab-a63d-7e88639e58f6"
NOTHING: Final = "00000000-0000-0000-0000-000000000000"
NO_KEY: Final = f"arn:aws:kms:{HERE}:123456789012:key/{NOTHING}"
IN_THE_DAY: Final = datetime(2035, 1, 1, 5, tzinfo=UTC)
MIDNIGHT: Final = datetime(2035, 1, 1, tzinfo=UTC)
CLOUDFRONT: Final = "Z2FDTNDATAQYW2"

FURTHER: Final[Mapping[str, Example]] = {
    "ecs.platform-version-that-does-not-exist": Example(
        lambda a: service(a, platformVersion="9.9.9"), lambda a: service(a, platformVersion="1.4.0")
    ),
    "ecs.deletion-of-a-cluster-with-services": Example(
        lambda a: a.client("ecs").delete_cluster(cluster=service(a)),
        lambda a: a.client("ecs").delete_cluster(cluster=ecs_cluster(a)),
    ),
    "backup.member-that-is-missing": Example(
        lambda a: unchecked(a, "backup").start_backup_job(BackupVaultName=a.vault), lambda a: backed_up(a, HERE)
    ),
    "backup.name-where-an-arn-belongs": Example(
        lambda a: a.client("backup").start_backup_job(
            BackupVaultName=a.vault, IamRoleArn=a.role("backup.amazonaws.com"), ResourceArn=a.table()
        ),
        lambda a: backed_up(a, HERE),
    ),
    "backup.plan-like-another": Example(
        lambda a: [plan(a, {}, name=name) for name in [a.name()] * 2],
        lambda a: [plan(a, {"RuleName": rule}, name=name) for name in [a.name()] for rule in ("one", "two")],
    ),
    "dynamodb.value-outside-the-model": Example(
        lambda a: unchecked(a, "dynamodb").update_time_to_live(TableName=a.table(), TimeToLiveSpecification={}),
        lambda a: a.client("dynamodb").update_time_to_live(
            TableName=a.table(), TimeToLiveSpecification={"Enabled": True, "AttributeName": "ends"}
        ),
    ),
    "rds.member-that-is-missing": Example(lambda a: grouped(a), lambda a: a.subnet_group("ab")),
    "rds.cluster-that-does-not-exist": Example(
        lambda a: a.client("rds").modify_db_cluster(DBClusterIdentifier="nosuch", DeletionProtection=False),
        lambda a: a.client("rds").modify_db_cluster(
            DBClusterIdentifier=a.cluster().rpartition(":")[2], DeletionProtection=False
        ),
    ),
    "s3.replication-of-locked-objects-into-a-bucket-without-lock": Example(
        lambda a: replicate_locked(a, source=True, target=False),
        lambda a: replicate_locked(a, source=True, target=True),
    ),
    "efs.token-of-another-file-system": Example(
        lambda a: same_token(a, token := a.name(), token), lambda a: same_token(a, a.name(), a.name())
    ),
    "efs.security-group-that-does-not-exist": Example(
        lambda a: mounted(a, "sg-0123456789abcdef0"), lambda a: mounted(a)
    ),
    "efs.value-outside-the-model": Example(
        lambda a: files(a, PerformanceMode="quick"), lambda a: files(a, PerformanceMode="generalPurpose")
    ),
    "s3.value-outside-the-model": Example(
        lambda a: replicated_class(a, "COLD"), lambda a: replicated_class(a, "GLACIER_IR")
    ),
    "s3.access-log-into-nothing": Example(
        lambda a: logged(a, "nothing-of-that-name"), lambda a: logged(a, a.buckets[0])
    ),
    "s3.reserved-bucket-name": Example(lambda a: bucket(a, "xn--"), lambda a: bucket(a, "xn-")),
    "s3.public-policy-that-is-blocked": Example(lambda a: opened(a, blocked=True), lambda a: opened(a, blocked=False)),
    "s3.retention-that-is-over": Example(lambda a: retained(a, 2020), lambda a: retained(a, 2035)),
    "s3.default-retention-of-no-time": Example(
        lambda a: retained_by_default(a, 0), lambda a: retained_by_default(a, 1)
    ),
    "s3.written-with-a-key-that-does-not-exist": Example(
        lambda a: written(a, a.key_there), lambda a: written(a, a.key)
    ),
    "s3.written-with-a-disabled-key": Example(lambda a: written(a, a.disabled_key()), lambda a: written(a, a.key)),
    "s3.ten-tags-of-an-object": Example(lambda a: tagged_object(a, 11), lambda a: tagged_object(a, 10)),
    "s3.lifecycle-rule-without-action": Example(lifecycle, lambda a: lifecycle(a, Expiration={"Days": 1})),
    "s3.lifecycle-of-delete-markers-alone": Example(
        lambda a: lifecycle(a, Expiration={"Days": 1, "ExpiredObjectDeleteMarker": True}),
        lambda a: lifecycle(a, Expiration={"ExpiredObjectDeleteMarker": True}),
    ),
    "s3.lifecycle-days-and-dates": Example(
        lambda a: lifecycle(a, **moved("GLACIER"), Expiration={"Date": MIDNIGHT}),
        lambda a: lifecycle(a, **moved("GLACIER"), Expiration={"Days": 365}),
    ),
    "s3.lifecycle-date-in-the-day": Example(
        lambda a: lifecycle(a, Expiration={"Date": IN_THE_DAY}), lambda a: lifecycle(a, Expiration={"Date": MIDNIGHT})
    ),
    "s3.lifecycle-class-twice": Example(
        lambda a: lifecycle(a, **moved("STANDARD_IA", "STANDARD_IA")),
        lambda a: lifecycle(a, **moved("STANDARD_IA", "GLACIER")),
    ),
    "s3.lifecycle-of-uploads-by-tag": Example(
        lambda a: lifecycle(
            a, Filter={"Tag": {"Key": "a", "Value": "b"}}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1}
        ),
        lambda a: lifecycle(a, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1}),
    ),
    "s3.lifecycle-rule-id": Example(
        lambda a: lifecycle(a, ID="x" * 256, Expiration={"Days": 1}),
        lambda a: lifecycle(a, ID="x" * 255, Expiration={"Days": 1}),
    ),
    "cloudfront.policy-that-does-not-exist": Example(lambda a: served(a, **behavior(CachePolicyId=NOTHING)), served),
    "cloudfront.access-control-that-does-not-exist": Example(
        lambda a: served(a, **origin(OriginAccessControlId="E000000000000")),
        lambda a: served(a, **origin(OriginAccessControlId=access_control(a))),
    ),
    "cloudfront.origin-that-is-none": Example(
        lambda a: served(a, **origin(DomainName="https://one.test")),
        lambda a: served(a, **origin(OriginPath="/one", ConnectionAttempts=1, ConnectionTimeout=10)),
    ),
    "cloudfront.methods-of-a-behavior": Example(
        lambda a: served(a, **methods("GET", "POST")), lambda a: served(a, **methods("GET", "HEAD", "OPTIONS"))
    ),
    "cloudfront.root-object-with-a-slash": Example(
        lambda a: served(a, DefaultRootObject="/index.html"), lambda a: served(a, DefaultRootObject="index.html")
    ),
    "cloudfront.page-for-an-error": Example(
        lambda a: served(a, **page(499)), lambda a: served(a, **page(404, ErrorCachingMinTTL=10))
    ),
    "cloudfront.page-without-a-status": Example(
        lambda a: served(a, **page(404, ResponsePagePath="/missing.html")),
        lambda a: served(a, **page(404, ResponsePagePath="/missing.html", ResponseCode="404")),
    ),
    "cloudfront.quantity-of-items": Example(
        lambda a: served(a, Origins={**origin()["Origins"], "Quantity": 2}), served
    ),
    "cloudfront.deletion-of-an-enabled-distribution": Example(
        lambda a: undistribute(a, enabled=True), lambda a: undistribute(a, enabled=False)
    ),
    "dsql.regions-of-one-set": Example(lambda a: peered(a, "ap-northeast-1"), lambda a: peered(a, "eu-west-3")),
    "dsql.peers-without-a-witness": Example(
        lambda a: peered(a, "", "eu-west-2"), lambda a: peered(a, "eu-west-3", "eu-west-2")
    ),
    "cloudwatch.alarm-that-is-not-whole": Example(lambda a: alarm(a, Threshold=None), alarm),
    "cloudwatch.alarm-missing-data": Example(
        lambda a: alarm(a, TreatMissingData="notbreaching"), lambda a: alarm(a, TreatMissingData="notBreaching")
    ),
    "cloudwatch.alarm-action-that-is-no-arn": Example(
        lambda a: alarm(a, AlarmActions=["topic"]), lambda a: alarm(a, AlarmActions=[topic(a)])
    ),
    "cloudwatch.dashboard-name": Example(
        lambda a: dashboard(a, '{"widgets": []}', "my dashboard"),
        lambda a: dashboard(a, '{"widgets": []}', "my_dash-1"),
    ),
    "cloudwatch.dashboard-body": Example(lambda a: dashboard(a, "{}"), lambda a: dashboard(a, '{"widgets": []}')),
    "ecr.replication-to-a-region-that-does-not-exist": Example(
        lambda a: replicate_registry(a, "eu-west-9"), lambda a: replicate_registry(a, THERE)
    ),
    "ecr.lifecycle-policy-that-is-none": Example(lambda a: ecr_lifecycle(a, 1, 1), lambda a: ecr_lifecycle(a, 1, 2)),
    "ecr.key-that-cannot-be-used": Example(
        lambda a: repository(a, encryptionConfiguration={"encryptionType": "KMS", "kmsKey": a.key_there}),
        lambda a: repository(a, encryptionConfiguration={"encryptionType": "KMS", "kmsKey": a.key}),
    ),
    "efs.key-of-an-open-file-system": Example(
        lambda a: files(a, KmsKeyId=a.key), lambda a: files(a, KmsKeyId=a.key, Encrypted=True)
    ),
    "efs.key-that-cannot-be-used": Example(
        lambda a: replicate_files(a, KmsKeyId=a.key), lambda a: replicate_files(a, KmsKeyId=a.key_there)
    ),
    "efs.lifecycle-of-one-transition": Example(
        lambda a: age_files(a, {"TransitionToIA": "AFTER_7_DAYS", "TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"}),
        lambda a: age_files(
            a, {"TransitionToIA": "AFTER_7_DAYS"}, {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"}
        ),
    ),
    "efs.zone-of-another-region": Example(
        lambda a: replicate_files(a, AvailabilityZoneName=f"{HERE}a"),
        lambda a: replicate_files(a, AvailabilityZoneName=f"{THERE}a"),
    ),
    "events.rule-of-nothing": Example(lambda a: event_rule(a, Description="-"), event_rule),
    "events.input-of-a-target": Example(
        lambda a: target(a, Input="{}", InputPath="$.detail"), lambda a: target(a, Input='{"a": 1}')
    ),
    "events.deletion-of-a-rule-with-targets": Example(
        lambda a: unruled(a, aimed=True), lambda a: unruled(a, aimed=False)
    ),
    "iam.managed-policy-of-6144-characters": Example(
        lambda a: managed(a, Resource=[f"arn:aws:s3:::b/{number:05}" for number in range(300)]),
        lambda a: managed(a, Resource=[f"arn:aws:s3:::b/{number:05}" for number in range(200)]),
    ),
    "iam.more-than-ten-managed-policies": Example(lambda a: attached(a, 11), lambda a: attached(a, 10)),
    "iam.boundary-that-does-not-exist": Example(
        lambda a: trusted(a, PermissionsBoundary="arn:aws:iam::123456789012:policy/nothing"),
        lambda a: trusted(a, PermissionsBoundary=managed(a)),
    ),
    "sns.principal-that-does-not-exist": Example(
        lambda a: topic_policy(a, Principal={"AWS": "arn:aws:iam::123456789012:role/nobody"}),
        lambda a: topic_policy(a, Principal={"AWS": a.role("s3.amazonaws.com")}),
    ),
    "kms.alias-of-aws": Example(lambda a: alias(a, "alias/aws/mine"), lambda a: alias(a, "alias/awsome")),
    "kms.use-of-a-key-to-be-deleted": Example(
        lambda a: a.client("kms").enable_key(KeyId=dying_key(a)), lambda a: a.client("kms").enable_key(KeyId=key(a))
    ),
    "kms.replica-of-a-key-of-one-region": Example(
        lambda a: replicate_key(a, THERE, multi_region=False), lambda a: replicate_key(a, THERE)
    ),
    "kms.replica-in-a-region-that-does-not-exist": Example(
        lambda a: replicate_key(a, "eu-west-9"), lambda a: replicate_key(a, "eu-west-2")
    ),
    "kms.replica-where-the-key-is": Example(
        lambda a: replicate_key(a, THERE, THERE), lambda a: replicate_key(a, THERE, "eu-west-2")
    ),
    "kms.rotation-of-a-key-that-does-not-rotate": Example(
        lambda a: a.client("kms").enable_key_rotation(KeyId=key(a, KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")),
        lambda a: a.client("kms").enable_key_rotation(KeyId=key(a)),
    ),
    "kms.usage-of-another-spec": Example(
        lambda a: key(a, KeyUsage="SIGN_VERIFY"), lambda a: key(a, KeyUsage="SIGN_VERIFY", KeySpec="RSA_2048")
    ),
    "kms.use-of-a-disabled-key": Example(
        lambda a: a.client("kms").encrypt(KeyId=a.disabled_key(), Plaintext=b"-"),
        lambda a: a.client("kms").encrypt(KeyId=a.key, Plaintext=b"-"),
    ),
    "ssm.parameter-name": Example(lambda a: parameter(a, "a/b"), lambda a: parameter(a, "/a/b")),
    "ssm.name-that-aws-keeps": Example(
        lambda a: parameter(a, "/awsome/level"), lambda a: parameter(a, "/my-aws/level")
    ),
    "ssm.more-than-fifteen-levels": Example(lambda a: parameter(a, "/l" * 16), lambda a: parameter(a, "/l" * 15)),
    "ssm.key-of-an-open-parameter": Example(
        lambda a: parameter(a, KeyId=a.key), lambda a: parameter(a, KeyId=a.key, Type="SecureString")
    ),
    "ssm.key-that-does-not-exist": Example(
        lambda a: parameter(a, KeyId="alias/nothing", Type="SecureString"),
        lambda a: parameter(a, KeyId="alias/aws/ssm", Type="SecureString"),
    ),
    "backup.plan-that-is-none": Example(lambda a: plan(a, {}, {}), lambda a: plan(a, {}, {"RuleName": "other"})),
    "backup.vault-of-a-plan-that-does-not-exist": Example(
        lambda a: plan(a, {"TargetBackupVaultName": "nothing"}), lambda a: plan(a, {})
    ),
    "backup.copy-that-goes-nowhere": Example(
        lambda a: plan(a, {"CopyActions": [{"DestinationBackupVaultArn": "vault"}]}),
        lambda a: plan(
            a,
            {
                "CopyActions": [
                    {"DestinationBackupVaultArn": f"arn:aws:backup:{THERE}:123456789012:backup-vault:{a.locked_vault}"}
                ]
            },
        ),
    ),
    "backup.selection-of-nothing": Example(selection, lambda a: selection(a, Resources=["*"])),
    "backup.deletion-of-a-plan-with-selections": Example(
        lambda a: unplanned(a, selected=True), lambda a: unplanned(a, selected=False)
    ),
    "backup.type-that-does-not-exist": Example(lambda a: opted(a, "Tape"), lambda a: opted(a, "EFS")),
    "backup.resource-of-another-region": Example(lambda a: backed_up(a, THERE), lambda a: backed_up(a, HERE)),
    "ecs.task-definition-that-is-none": Example(lambda a: task(a, {}, {}), lambda a: task(a, {}, {"name": "side"})),
    "ecs.role-of-a-task": Example(
        lambda a: task(a, {}, taskRoleArn="arn:aws:iam::123456789012:user/me"),
        lambda a: task(a, {}, taskRoleArn=a.role("ecs-tasks.amazonaws.com")),
    ),
    "route53.settings-of-another-check": Example(
        lambda a: check(a, Type="HTTP_STR_MATCH"), lambda a: check(a, Type="HTTP_STR_MATCH", SearchString="ok")
    ),
    "route53.checks-that-do-not-exist": Example(
        lambda a: check(
            a, Type="CALCULATED", FullyQualifiedDomainName=None, HealthThreshold=1, ChildHealthChecks=[NOTHING]
        ),
        lambda a: check(
            a, Type="CALCULATED", FullyQualifiedDomainName=None, HealthThreshold=1, ChildHealthChecks=[check(a)]
        ),
    ),
    "route53.check-calculated-of-calculated-ones": Example(
        lambda a: calculated(a, calculated(a, check(a))), lambda a: calculated(a, check(a), check(a))
    ),
    "route53.alarm-that-cannot-be-watched": Example(
        lambda a: watched(a, alarm(a, Statistic=None, ExtendedStatistic="p99")), lambda a: watched(a, alarm(a))
    ),
    "route53.reference-of-another-check": Example(
        lambda a: checked_twice(a, "a.test", "b.test"), lambda a: checked_twice(a, "a.test")
    ),
    "route53.record-that-is-not-whole": Example(lambda a: record(a, TTL=None), record),
    "route53.routing-of-one-kind": Example(
        lambda a: record(a, SetIdentifier="a", Weight=1, Failover="PRIMARY"),
        lambda a: record(a, SetIdentifier="a", Weight=1),
    ),
    "route53.value-that-is-none": Example(
        lambda a: record(a, Type="TXT", ResourceRecords=[{"Value": "bare"}]),
        lambda a: record(a, Type="TXT", ResourceRecords=[{"Value": '"one" "two \\" three"'}]),
    ),
    "route53.deletion-of-another-record": Example(
        lambda a: record(a, record(a), "DELETE", TTL=61), lambda a: record(a, record(a), "DELETE")
    ),
    "route53.alias-to-nothing": Example(lambda a: aliased(a, "nothing.rules.test"), lambda a: aliased(a, record(a))),
    "route53.zone-name": Example(lambda a: zone(a, "a..test"), lambda a: zone(a, "a.b.test")),
    "application-autoscaling.capacity-of-a-target": Example(
        lambda a: scalable(a, MinCapacity=3), lambda a: scalable(a, MinCapacity=2)
    ),
    "application-autoscaling.dimension-of-another-service": Example(
        lambda a: scalable(a, ScalableDimension="ecs:service:DesiredCount"),
        lambda a: scalable(a, ScalableDimension="dynamodb:table:ReadCapacityUnits"),
    ),
    "application-autoscaling.table-that-does-not-exist": Example(lambda a: scalable(a, "nothing"), scalable),
    "application-autoscaling.policy-of-no-target": Example(
        lambda a: scaling(a, "DynamoDBWriteCapacityUtilization", registered=False),
        lambda a: scaling(a, "DynamoDBWriteCapacityUtilization"),
    ),
    "application-autoscaling.metric-of-another-dimension": Example(
        lambda a: scaling(a, "DynamoDBReadCapacityUtilization"),
        lambda a: scaling(a, "DynamoDBWriteCapacityUtilization"),
    ),
    "secretsmanager.secret-name": Example(
        lambda a: secret(a, name="my secret"), lambda a: secret(a, name="my/secret+1@a.b!")
    ),
    "secretsmanager.two-values": Example(lambda a: secret(a, SecretBinary=b"-"), secret),
    "secretsmanager.replica-region": Example(
        lambda a: secret(a, AddReplicaRegions=[{"Region": "eu-west-9"}]),
        lambda a: secret(a, AddReplicaRegions=[{"Region": THERE, "KmsKeyId": a.key_there}]),
    ),
    "secretsmanager.name-of-a-secret-to-be-deleted": Example(
        lambda a: secret(a, name=dying_secret(a)), lambda a: secret(a, name=a.name())
    ),
    "secretsmanager.key-that-cannot-be-used": Example(
        lambda a: secret(a, KmsKeyId=NO_KEY), lambda a: secret(a, KmsKeyId=a.key)
    ),
    "sns.topic-name": Example(
        lambda a: a.client("sns").create_topic(Name="my topic"),
        lambda a: a.client("sns").create_topic(Name="my_topic-1"),
    ),
    "sns.attribute-of-a-topic": Example(
        lambda a: topic_attribute(a, "Nothing", "-"), lambda a: topic_attribute(a, "DisplayName", "-")
    ),
    "sns.endpoint-of-a-subscription": Example(
        lambda a: subscribed(a, "email", "nobody"), lambda a: subscribed(a, "email", "a@b.test")
    ),
    "iam.policy-that-is-none": Example(lambda a: managed(a, Action="GetObject"), managed),
    "iam.trust-that-is-none": Example(lambda a: trust(a, Principal=S3, Resource="*"), lambda a: trust(a, Principal=S3)),
    "iam.changed-trust-that-is-none": Example(
        lambda a: retrust(a, Principal=S3, Action="s3:GetObject"), lambda a: retrust(a, Principal=S3)
    ),
    "kms.policy-that-is-none": Example(
        lambda a: key_with(a, stated(Effect="Allow", Principal=ROOT, Action="kms:*")),
        lambda a: key_with(a, stated(Effect="Allow", Principal=ROOT, Action="kms:*", Resource="*")),
    ),
    "s3.policy-that-is-none": Example(lambda a: bucket_policy(a, Action="s3:GetTheObject"), bucket_policy),
    "secretsmanager.policy-that-is-none": Example(
        lambda a: secret_policy(a, "{"),
        lambda a: secret_policy(
            a, stated(Effect="Allow", Principal=ROOT, Action="secretsmanager:GetSecretValue", Resource="*")
        ),
    ),
    "backup.policy-that-is-none": Example(
        lambda a: vault_policy(a, "{"),
        lambda a: vault_policy(
            a, stated(Effect="Allow", Principal=ROOT, Action="backup:CopyIntoBackupVault", Resource="*")
        ),
    ),
    "dynamodb.policy-that-is-none": Example(table_policy, lambda a: table_policy(a, Principal=ROOT)),
    "sns.policy-that-is-none": Example(lambda a: topic_policy(a, Action="sns:*"), topic_policy),
    "iam.value-outside-the-model": Example(
        lambda a: trusted(a, "long-" + "x" * 60), lambda a: trusted(a, "long-" + "x" * 59)
    ),
    "kms.value-outside-the-model": Example(
        lambda a: a.client("kms").create_alias(AliasName="alias/my key", TargetKeyId=a.key),
        lambda a: a.client("kms").create_alias(AliasName="alias/mine", TargetKeyId=a.key),
    ),
    "secretsmanager.value-outside-the-model": Example(
        lambda a: secret(a, "x" * 65537), lambda a: secret(a, "x" * 65536)
    ),
    "ssm.value-outside-the-model": Example(lambda a: parameter(a, Type="Text"), parameter),
    "cloudwatch.value-outside-the-model": Example(lambda a: alarm(a, ComparisonOperator="GreaterThan"), alarm),
    "events.value-outside-the-model": Example(lambda a: event_rule(a, "my rule"), event_rule),
    "logs.value-outside-the-model": Example(lambda a: log_group(a, "my group!"), lambda a: log_group(a, "/my/group#1")),
    "ecr.value-outside-the-model": Example(
        lambda a: repository(a, imageTagMutability="NEVER"), lambda a: repository(a, imageTagMutability="IMMUTABLE")
    ),
    "elbv2.value-outside-the-model": Example(
        lambda a: target_group(a, HealthyThresholdCount=11), lambda a: target_group(a, HealthyThresholdCount=10)
    ),
    "application-autoscaling.value-outside-the-model": Example(
        lambda a: scalable(a, ScalableDimension="dynamodb:table:Units"), scalable
    ),
    "acm.value-outside-the-model": Example(
        lambda a: certificate(a, "my domain.test"), lambda a: certificate(a, "*.my-domain.test")
    ),
    "dsql.value-outside-the-model": Example(
        lambda a: cluster_of_dsql(a, kmsEncryptionKey="my key"),
        lambda a: cluster_of_dsql(a, kmsEncryptionKey="AWS_OWNED_KMS_KEY"),
    ),
    "route53.value-outside-the-model": Example(
        lambda a: record(a, SetIdentifier="a", Weight=256), lambda a: record(a, SetIdentifier="a", Weight=255)
    ),
    "backup.value-outside-the-model": Example(lambda a: vault(a, "my vault"), lambda a: vault(a, "my-vault_1")),
}

BROTHERS: Final[Mapping[str, tuple[Callable[[Account], object], ...]]] = {
    "backup.role-lacks-permission": (lambda a: bucket_backed_up(a, "dynamodb:*"),),
    "rds.cluster-that-does-not-exist": (
        lambda a: a.client("rds").promote_read_replica_db_cluster(DBClusterIdentifier="nosuch"),
    ),
    "rds.member-that-is-missing": (lambda a: a.client("rds").modify_db_instance(DBInstanceIdentifier=""),),
    "backup.name-where-an-arn-belongs": (
        lambda a: a.client("backup").start_copy_job(
            RecoveryPointArn="it", SourceBackupVaultName=a.vault, DestinationBackupVaultArn="it", IamRoleArn="it"
        ),
    ),
    "efs.value-outside-the-model": (lambda a: unchecked(a, "efs").create_file_system(CreationToken=""),),
    "events.value-outside-the-model": (lambda a: unchecked(a, "events").delete_rule(Name=""),),
    "logs.key-closed-to-the-service": (
        lambda a: a.client("logs").create_log_group(logGroupName=a.name(), kmsKeyId="nosuch"),
    ),
    "s3.lifecycle-of-uploads-by-tag": (
        lambda a: lifecycle(
            a, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1}, Filter={"ObjectSizeGreaterThan": 1}
        ),
    ),
    "kms.use-of-a-key-to-be-deleted": (lambda a: a.client("kms").schedule_key_deletion(KeyId=dying_key(a)),),
    "iam.changed-trust-that-is-none": (lambda a: retrust(a, Principal={"Service": "dynamo.amazonaws.com"}),),
    "s3.written-with-a-key-that-does-not-exist": (lambda a: written(a, NO_KEY),),
    "cloudfront.origin-that-is-none": (
        lambda a: served(a, **origin(OriginPath="one/")),
        lambda a: served(a, **origin(ConnectionAttempts=4)),
        lambda a: served(a, Origins={"Quantity": 2, "Items": origin()["Origins"]["Items"] * 2}),
    ),
    "cloudfront.methods-of-a-behavior": (lambda a: served(a, **behavior(CachePolicyId=None)),),
    "dsql.regions-of-one-set": (lambda a: peered(a, "us-west-2", "us-east-1"),),
    "cloudwatch.alarm-that-is-not-whole": (
        lambda a: alarm(
            a,
            MetricName=None,
            Namespace=None,
            Period=None,
            Statistic=None,
            Metrics=[{"Id": one, "Expression": "1", "ReturnData": True} for one in "ab"],
        ),
        lambda a: alarm(a, MetricName=None),
        lambda a: alarm(a, Metrics=[{"Id": "a", "Expression": "1"}]),
        lambda a: alarm(a, Period=None),
    ),
    "cloudwatch.dashboard-body": (
        lambda a: dashboard(a, "{"),
        lambda a: dashboard(a, '{"widgets": [{"type": "metric", "properties": {}}]}'),
        lambda a: dashboard(a, '{"widgets": [{"type": "graph", "properties": {}}]}'),
    ),
    "ecr.lifecycle-policy-that-is-none": (
        lambda a: a.client("ecr").put_lifecycle_policy(repositoryName=repository(a), lifecyclePolicyText="{" * 100),
    ),
    "efs.key-that-cannot-be-used": (
        lambda a: files(a, Encrypted=True, KmsKeyId=NO_KEY),
        lambda a: files(a, Encrypted=True, KmsKeyId=a.disabled_key()),
    ),
    "efs.lifecycle-of-one-transition": (lambda a: age_files(a, {"TransitionToIA": "AFTER_2_DAYS"}),),
    "efs.zone-of-another-region": (lambda a: files(a, AvailabilityZoneName=f"{HERE}z"),),
    "events.input-of-a-target": (lambda a: target(a, Input="{"),),
    "kms.replica-where-the-key-is": (lambda a: replicate_key(a, HERE),),
    "ssm.parameter-name": (
        lambda a: parameter(a, "a b"),
        lambda a: parameter(a, "/ssm-tools/level"),
        lambda a: parameter(a, "AWS-level"),
    ),
    "ssm.key-that-does-not-exist": (lambda a: parameter(a, KeyId=a.key_there, Type="SecureString"),),
    "backup.plan-that-is-none": (
        plan,
        lambda a: plan(a, {"Lifecycle": {"DeleteAfterDays": 0}}),
        lambda a: plan(a, {"ScheduleExpressionTimezone": "Mars/Olympus"}),
    ),
    "backup.copy-that-goes-nowhere": (
        lambda a: plan(
            a,
            {
                "CopyActions": [
                    {"DestinationBackupVaultArn": f"arn:aws:backup:{HERE}:123456789012:backup-vault:{a.vault}"}
                ]
            },
        ),
    ),
    "backup.selection-of-nothing": (
        lambda a: selection(a, Resources=["table"]),
        lambda a: selection(a, NotResources=["arn:aws:s3:::*"]),
        lambda a: selection(
            a, Conditions={"StringEquals": [{"ConditionKey": "aws:ResourceTag/team", "ConditionValue": "shop"}]}
        ),
        lambda a: selection(
            a, Conditions={"StringEquals": [{"ConditionKey": "team", "ConditionValue": "shop"}]}, Resources=["*"]
        ),
    ),
    "ecs.task-definition-that-is-none": (
        task,
        lambda a: task(a, {}, family="my family"),
        lambda a: task(a, {}, cpu=None),
        lambda a: task(a, {"essential": False}),
        lambda a: task(a, {"privileged": True}),
        lambda a: task(a, {"memory": 1024}),
        lambda a: task(a, {"portMappings": [{"containerPort": 80, "hostPort": 81}]}),
        lambda a: task(a, {"dependsOn": [{"containerName": "db", "condition": "START"}]}),
        lambda a: task(a, {"mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}]}),
    ),
    "route53.settings-of-another-check": (
        lambda a: check(a, SearchString="ok"),
        lambda a: check(a, Type="TCP"),
        lambda a: check(a, Type="TCP", Port=80, ResourcePath="/"),
        lambda a: check(a, InsufficientDataHealthStatus="Healthy"),
        lambda a: check(a, Type="CLOUDWATCH_METRIC", FullyQualifiedDomainName=None),
        lambda a: check(a, Type="CALCULATED", HealthThreshold=0),
    ),
    "route53.alarm-that-cannot-be-watched": (lambda a: watched(a, alarm(a, Period=10)),),
    "route53.record-that-is-not-whole": (
        lambda a: record(a, ResourceRecords=None),
        lambda a: record(
            a, AliasTarget={"HostedZoneId": CLOUDFRONT, "DNSName": "d1.cloudfront.net", "EvaluateTargetHealth": False}
        ),
    ),
    "route53.routing-of-one-kind": (lambda a: record(a, SetIdentifier="a"),),
    "route53.routed-record-beside-another-kind": (
        lambda a: record(a, record(a, SetIdentifier="a", Region=HERE), SetIdentifier="b", Region=HERE),
    ),
    "route53.value-that-is-none": (
        lambda a: record(a, Type="MX", ResourceRecords=[{"Value": "mail.test"}]),
        lambda a: record(a, Type="CNAME", ResourceRecords=[{"Value": "a.test"}, {"Value": "b.test"}]),
        lambda a: record(a, ResourceRecords=[{"Value": "192.0.2.1"}] * 2),
        lambda a: record(a, f"{'x' * 64}.rules.test"),
    ),
    "route53.deletion-of-another-record": (
        lambda a: record(a, action="DELETE"),
        lambda a: record(a, record(a), "DELETE", ResourceRecords=[{"Value": "192.0.2.2"}]),
    ),
    "route53.alias-to-nothing": (
        lambda a: aliased(a, "x.eu-west-1.elb.amazonaws.com", CLOUDFRONT),
        lambda a: aliased(a, "d1.cloudfront.net", "Z000000000000"),
        lambda a: aliased(a, "d1.cloudfront.net", CLOUDFRONT, EvaluateTargetHealth=True),
    ),
    "route53.zone-name": (lambda a: zone(a, f"{'x' * 64}.test"),),
    "application-autoscaling.capacity-of-a-target": (lambda a: scalable(a, MaxCapacity=None),),
    "secretsmanager.replica-region": (lambda a: secret(a, AddReplicaRegions=[{"Region": HERE}]),),
    "secretsmanager.key-that-cannot-be-used": (
        lambda a: secret(a, KmsKeyId="alias/nothing"),
        lambda a: secret(a, KmsKeyId=a.key_there),
        lambda a: secret(a, KmsKeyId=a.disabled_key()),
        lambda a: secret(a, AddReplicaRegions=[{"Region": THERE, "KmsKeyId": a.key}]),
    ),
    "sns.topic-name": (lambda a: topic(a, Attributes={"FifoTopic": "true"}),),
    "sns.endpoint-of-a-subscription": (
        lambda a: subscribed(a, "fax", "1"),
        lambda a: subscribed(a, "sqs", "queue"),
        lambda a: subscribed(a, "https", "http://a.test"),
    ),
    "iam.policy-that-is-none": (
        lambda a: managed(a, "{"),
        lambda a: managed(a, json.dumps({"Version": "2012-10-18", "Statement": []})),
        lambda a: managed(a, stated(Action="s3:GetObject", Resource="*")),
        lambda a: managed(a, stated(Effect="Allow", Action="s3:GetObject")),
        lambda a: managed(a, Principal="*"),
        lambda a: managed(a, Resource="bucket"),
        lambda a: managed(a, NotAction="s3:PutObject"),
        lambda a: managed(a, Sid="a-b"),
        lambda a: managed(a, Resources="*"),
        lambda a: managed(a, Condition={"StringEqual": {"aws:SourceAccount": "123456789012"}}),
    ),
    "iam.trust-that-is-none": (
        lambda a: trust(a, Principal={"Service": "nosuch.amazonaws.com"}),
        lambda a: trust(a, Principal={"Service": ["s3.amazonaws.com", "rds-monitoring.amazonaws.com"]}),
        trust,
        lambda a: trust(a, Principal="*"),
        lambda a: trust(a, Principal=S3, Action="s3:GetObject"),
        lambda a: trust(a, Principal={"Service": "*.amazonaws.com"}),
        lambda a: trust(a, Principal={"AWS": "arn:aws:iam::123456789012:role/*"}),
        lambda a: trust(a, Principal={"Services": "s3.amazonaws.com"}),
    ),
    "kms.policy-that-is-none": (lambda a: key_with(a, "{nope"),),
    "s3.policy-that-is-none": (
        lambda a: bucket_policy(a, Principal={"Service": "nosuch.amazonaws.com"}),
        lambda a: bucket_policy(a, Action="dynamodb:GetItem"),
        lambda a: bucket_policy(a, Resource=f"arn:aws:s3:::{a.buckets[0]}"),
        lambda a: bucket_policy(a, Action="s3:ListBucket"),
        lambda a: bucket_policy(a, Effect="allow"),
        lambda a: bucket_policy(a, Principal={"Service": "s3"}),
    ),
    "sns.policy-that-is-none": (
        lambda a: topic_policy(a, Action="s3:GetObject"),
        lambda a: topic_policy(a, Principal={"Service": "nosuch.amazonaws.com"}),
    ),
    "iam.value-outside-the-model": (
        lambda a: trusted(a, "a/b"),
        lambda a: trusted(a, Path="x"),
        lambda a: trusted(a, MaxSessionDuration=43201),
    ),
    "ecr.value-outside-the-model": (
        lambda a: replicated(a, 26),
        lambda a: a.client("ecr").create_repository(repositoryName="Shop/web"),
    ),
    "cloudwatch.value-outside-the-model": (
        lambda a: alarm(a, AlarmName="x" * 256),
        lambda a: alarm(a, AlarmActions=[f"arn:aws:sns:{HERE}:123456789012:t{number}" for number in range(6)]),
        lambda a: alarm(a, Statistic="Mean"),
    ),
    "backup.value-outside-the-model": (
        lambda a: vault(a, "x"),
        lambda a: vault(a, "x" * 51),
        lambda a: plan(a, {"RuleName": "my rule"}),
    ),
    "route53.value-outside-the-model": (
        lambda a: unchecked(a, "route53").create_health_check(CallerReference=a.name(), HealthCheckConfig={}),
        lambda a: calculated(a, *[NOTHING] * 257),
        lambda a: check(a, FailureThreshold=11),
        lambda a: check(a, Regions=["eu-west-1", "us-east-1", "eu-west-9"]),
    ),
}

#: Services that AWS knows by names which are not those of an API.
TRUSTED_SERVICES: Final = (
    "batchoperations.s3.amazonaws.com", "delivery.logs.amazonaws.com", "dms.eu-west-1.amazonaws.com",
    "ecs-tasks.amazonaws.com", "edgelambda.amazonaws.com", "elasticfilesystem.amazonaws.com",
    "export.rds.amazonaws.com", "logs.eu-west-1.amazonaws.com", "monitoring.rds.amazonaws.com",
    "pods.eks.amazonaws.com", "restore-testing.backup.amazonaws.com", "scheduler.amazonaws.com",
    "states.eu-west-1.amazonaws.com", "vmie.amazonaws.com", "vpc-flow-logs.amazonaws.com",
)  # fmt: skip
