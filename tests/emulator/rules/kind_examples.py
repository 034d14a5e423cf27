"""Calls that AWS refuses for what they say of one thing, and their good twins, of which Terraform sends each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from tests.emulator.rules.account import HERE, THERE, Account
from tests.emulator.rules.database_examples import instance, table, update
from tests.emulator.rules.edge_examples import named
from tests.emulator.rules.example import Example
from tests.emulator.rules.examples import balance, replicate_table
from tests.emulator.rules.examples import target_group as balanced_group
from tests.emulator.rules.further_examples import (
    alarm,
    check,
    lifecycle,
    network,
    origin,
    record,
    served,
    service,
    target_group,
    task,
    topic,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

INDEXES: Final[dict[str, list[object]]] = {"GlobalSecondaryIndexes": []}
FARGATE: Final = {"type": "memberOf", "expression": "attribute:ecs.availability-zone == eu-west-1a"}
TRANSLATED: Final = {"AccessControlTranslation": {"Owner": "Destination"}}


def sized(**sizes: int) -> dict[str, Any]:
    """Say for which objects a rule of a lifecycle is."""
    return {"Filter": {"And": {"Prefix": "", **sizes}}, "Expiration": {"Days": 30}}


def owned(account: Account, **destination: Any) -> None:
    """Replicate a bucket into another that is, or becomes, someone's."""
    source, target = account.buckets
    rule = {
        "ID": "all", "Priority": 1, "Status": "Enabled", "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{target}"} | destination,
    }  # fmt: skip
    account.client("s3").put_bucket_replication(
        Bucket=source, ReplicationConfiguration={"Role": account.role("s3.amazonaws.com"), "Rules": [rule]}
    )


def open_topic(account: Account, **options: Any) -> str:
    """Return the ARN of a topic to which S3 may publish."""
    arn = topic(account, **options)
    statement = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sns:Publish"}
    policy = {"Version": "2012-10-17", "Statement": [statement | {"Resource": arn}]}
    account.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(policy))
    return arn


def told(account: Account, target: str, event: str = "s3:ObjectCreated:*") -> None:
    account.client("s3").put_bucket_notification_configuration(
        Bucket=account.buckets[0],
        NotificationConfiguration={"TopicConfigurations": [{"TopicArn": target, "Events": [event]}]},
    )


def with_header(name: str) -> dict[str, Any]:
    return origin(CustomHeaders={"Quantity": 1, "Items": [{"HeaderName": name, "HeaderValue": "x"}]})


def website(**options: Any) -> dict[str, Any]:
    return {"DomainName": "one.s3-website-eu-west-1.amazonaws.com", **options}


def asked_by_name(account: Account) -> str:
    """Serve the website of a bucket as what it is; return the distribution's id."""
    custom = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"}
    one = {"Id": "one", "CustomOriginConfig": custom} | website()
    return served(account, Origins={"Quantity": 1, "Items": [one]})


def change_replicas(account: Account, table: str, *updates: dict[str, Any]) -> None:
    account.client("dynamodb").update_table(TableName=table, ReplicaUpdates=updates)


def replicated_table(account: Account) -> str:
    name = account.table()
    replicate_table(account, name, RegionName=THERE)
    return name


def tagged(account: Account, *keys: str) -> str:
    return table(account, Tags=[{"Key": key, "Value": "x"} for key in keys])


def listened(account: Account, *ports: int) -> None:
    """Make a listener on each port, of another target group each."""
    balancer = balance(account, "ab")
    for port in ports:
        target = balanced_group(account, balanced=False)
        account.client("elbv2").create_listener(
            LoadBalancerArn=balancer, Protocol="HTTP", Port=port,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": target}],
        )  # fmt: skip


def subnet(account: Account, zone: str) -> None:
    account.client("ec2").create_subnet(VpcId=network(account), CidrBlock="10.0.0.0/24", AvailabilityZone=zone)


def primary(account: Account, **options: Any) -> str:
    return record(account, SetIdentifier="primary", Failover="PRIMARY", **options)


def located(account: Account, *locations: dict[str, str]) -> None:
    """Write a record for each location under one name."""
    name = f"{account.name()}.rules.test"
    for number, location in enumerate(locations):
        record(account, name, SetIdentifier=str(number), GeoLocation=location)


def metrics(*names: str) -> dict[str, Any]:
    """Alarm on the first of these, of which the others are parts."""
    metric = {"Metric": {"Namespace": "Rules", "MetricName": "Any"}, "Period": 60, "Stat": "Sum"}
    given = [{"Id": name, "MetricStat": metric, "ReturnData": not number} for number, name in enumerate(names)]
    return {"Metrics": given} | dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period"))


def logged(**options: str) -> dict[str, Any]:
    return {"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-region": HERE, **options}}}


def checked(**options: int) -> dict[str, Any]:
    return {"healthCheck": {"command": ["CMD", "true"], **options}}


def stored(account: Account, size: int) -> None:
    task(account, {}, ephemeralStorage={"sizeInGiB": size})


def healthy(account: Account, **options: Any) -> None:
    target_group(account, **{"HealthCheckPath": "/"} | options)


def codes(text: str) -> dict[str, Any]:
    return {"Matcher": {"HttpCode": text}}


KINDS: Final[Mapping[str, Example]] = {
    "ec2.subnet-in-a-zone-of-another-region": Example(
        lambda a: subnet(a, f"{THERE}a"), lambda a: subnet(a, f"{HERE}a")
    ),
    "s3.lifecycle-sizes": Example(
        lambda a: lifecycle(a, **sized(ObjectSizeGreaterThan=500, ObjectSizeLessThan=500)),
        lambda a: lifecycle(a, **sized(ObjectSizeGreaterThan=500, ObjectSizeLessThan=501)),
    ),
    "s3.replication-owner-without-account": Example(
        lambda a: owned(a, **TRANSLATED), lambda a: owned(a, Account="123456789012", **TRANSLATED)
    ),
    "s3.notification-of-no-event": Example(
        lambda a: told(a, open_topic(a), "s3:ObjectMade:*"), lambda a: told(a, open_topic(a))
    ),
    "s3.notification-that-the-topic-does-not-take": Example(
        lambda a: told(a, topic(a)), lambda a: told(a, open_topic(a))
    ),
    "cloudfront.website-as-a-bucket": Example(lambda a: served(a, **origin(**website())), asked_by_name),
    "cloudfront.header-of-an-origin": Example(
        lambda a: served(a, **with_header("Host")), lambda a: served(a, **with_header("X-Shop"))
    ),
    "cloudfront.shield-of-no-region": Example(
        lambda a: served(a, **origin(OriginShield={"Enabled": True})),
        lambda a: served(a, **origin(OriginShield={"Enabled": True, "OriginShieldRegion": HERE})),
    ),
    "cloudfront.alias-twice": Example(
        lambda a: served(a, **named("twice.rules.test", "Twice.rules.test", certificate=a.certificate)),
        lambda a: served(a, **named("once.rules.test", "other.rules.test", certificate=a.certificate)),
    ),
    "dynamodb.list-of-no-index": Example(lambda a: table(a, **INDEXES), table),
    "dynamodb.one-replica-at-a-time": Example(
        lambda a: change_replicas(
            a, a.table(), {"Create": {"RegionName": THERE}}, {"Create": {"RegionName": "us-east-1"}}
        ),
        lambda a: change_replicas(a, replicated_table(a), {"Create": {"RegionName": "us-east-1"}}),
    ),
    "dynamodb.change-that-stands-alone": Example(
        lambda a: update(a, SSESpecification={"Enabled": True, "SSEType": "KMS"}, DeletionProtectionEnabled=True),
        lambda a: update(a, SSESpecification={"Enabled": True, "SSEType": "KMS"}),
    ),
    "dynamodb.tag-of-aws": Example(lambda a: tagged(a, "aws:owner"), lambda a: tagged(a, "owner")),
    "elbv2.name-of-a-load-balancer": Example(
        lambda a: balance(a, "ab", Name="internal-rules"), lambda a: balance(a, "ab", Name="rules-internal")
    ),
    "elbv2.port-in-use": Example(lambda a: listened(a, 80, 80), lambda a: listened(a, 80, 81)),
    "elbv2.health-check-of-a-target-group": Example(
        lambda a: healthy(a, HealthCheckPath="health"), lambda a: healthy(a, **codes("200-299,404"))
    ),
    "route53.primary-record-without-health-check": Example(
        lambda a: primary(a), lambda a: primary(a, HealthCheckId=check(a))
    ),
    "cloudwatch.percentile-above-100": Example(
        lambda a: alarm(a, Statistic=None, ExtendedStatistic="p101"),
        lambda a: alarm(a, Statistic=None, ExtendedStatistic="p99.9"),
    ),
    "cloudwatch.id-of-a-metric": Example(
        lambda a: alarm(a, **metrics("Errors")), lambda a: alarm(a, **metrics("errors"))
    ),
    "rds.insights-kept-without-insights": Example(
        lambda a: instance(a, PerformanceInsightsRetentionPeriod=7),
        lambda a: instance(a, PerformanceInsightsRetentionPeriod=7, EnablePerformanceInsights=True),
    ),
    "rds.character-set-of-another-engine": Example(
        lambda a: instance(a, CharacterSetName="AL32UTF8"),
        lambda a: instance(a, CharacterSetName="AL32UTF8", Engine="oracle-ee", DBInstanceClass="db.m5.large"),
    ),
    "rds.time-zone-of-another-engine": Example(
        lambda a: instance(a, Timezone="UTC"),
        lambda a: instance(a, Timezone="UTC", Engine="sqlserver-ex", DBInstanceClass="db.t3.small"),
    ),
    "ecs.log-without-a-group": Example(
        lambda a: task(a, logged(), executionRoleArn=a.role("ecs-tasks.amazonaws.com")),
        lambda a: task(a, logged(**{"awslogs-group": "/ecs/web"}), executionRoleArn=a.role("ecs-tasks.amazonaws.com")),
    ),
    "ecs.health-check-of-a-container": Example(
        lambda a: task(a, checked(interval=4)), lambda a: task(a, checked(interval=5, timeout=2, retries=10))
    ),
    "ecs.size-of-a-task-s-storage": Example(lambda a: stored(a, 20), lambda a: stored(a, 21)),
    "ecs.place-of-a-task-on-fargate": Example(
        lambda a: task(a, {}, placementConstraints=[FARGATE]), lambda a: task(a, {})
    ),
    "ecs.place-of-a-service-on-fargate": Example(lambda a: service(a, schedulingStrategy="DAEMON"), service),
}

KIND_BROTHERS: Final[Mapping[str, tuple[Callable[[Account], object], ...]]] = {
    "s3.lifecycle-sizes": (lambda a: lifecycle(a, **sized(ObjectSizeLessThan=0)),),
    "cloudfront.header-of-an-origin": (lambda a: served(a, **with_header("X-Amz-Date")),),
    "dynamodb.one-replica-at-a-time": (
        lambda a: change_replicas(
            a, replicated_table(a), {"Delete": {"RegionName": THERE}}, {"Create": {"RegionName": "us-east-1"}}
        ),
    ),
    "dynamodb.change-that-stands-alone": (
        lambda a: update(a, TableClass="STANDARD_INFREQUENT_ACCESS", BillingMode="PAY_PER_REQUEST"),
        lambda a: update(a, DeletionProtectionEnabled=True, BillingMode="PAY_PER_REQUEST"),
    ),
    "dynamodb.tag-of-aws": (lambda a: tagged(a, "owner", "owner"),),
    "elbv2.name-of-a-load-balancer": (lambda a: balance(a, "ab", Name="rules-"),),
    "elbv2.health-check-of-a-target-group": (
        lambda a: healthy(a, **codes("200-500")),
        lambda a: healthy(a, **codes("2xx")),
    ),
    "route53.routed-record-beside-another-kind": (lambda a: located(a, {"CountryCode": "DE"}, {"CountryCode": "DE"}),),
    "route53.value-that-is-none": (lambda a: record(a, Type="CAA", ResourceRecords=[{"Value": '0 issues "ca.test"'}]),),
    "cloudwatch.id-of-a-metric": (lambda a: alarm(a, **metrics("errors", "errors")),),
    "ecs.health-check-of-a-container": (
        lambda a: task(a, checked(timeout=61)),
        lambda a: task(a, checked(retries=0)),
        lambda a: task(a, checked(startPeriod=301)),
    ),
    "ecs.size-of-a-task-s-storage": (lambda a: stored(a, 201),),
    "ecs.place-of-a-service-on-fargate": (
        lambda a: service(a, placementConstraints=[FARGATE]),
        lambda a: service(a, placementStrategy=[{"type": "spread", "field": "instanceId"}]),
    ),
}

#: What AWS takes, where a rule might think otherwise.
KINDS_TAKEN: Final[tuple[Callable[[Account], object], ...]] = (
    lambda a: lifecycle(a, **sized(ObjectSizeGreaterThan=0, ObjectSizeLessThan=1)),
    lambda a: located(a, {"CountryCode": "DE"}, {"CountryCode": "*"}, {"ContinentCode": "EU"}),
    lambda a: record(a, Type="CAA", ResourceRecords=[{"Value": '0 issue "ca.test"'}]),
    lambda a: healthy(a, **codes("200,301-302")),
    lambda a: target_group(
        a, Protocol="TCP", HealthCheckProtocol="HTTP", HealthCheckPath="/", Matcher={"HttpCode": "200-599"}
    ),
    lambda a: alarm(a, Statistic=None, ExtendedStatistic="p100"),
    lambda a: update(a, DeletionProtectionEnabled=True),
    lambda a: update(
        a,
        replicated_table(a),
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": a.key},
        ReplicaUpdates=[{"Update": {"RegionName": THERE, "KMSMasterKeyId": a.key_there}}],
    ),
)
