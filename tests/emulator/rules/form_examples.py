"""Calls that AWS refuses for their form alone, and their good twins: tables, replication, services, policies, names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.emulator.rules.account import HERE, Account
from tests.emulator.rules.database_examples import set_cluster_parameter, set_parameter, table, update
from tests.emulator.rules.example import Example
from tests.emulator.rules.examples import subnets, task
from tests.emulator.rules.further_examples import event_rule, plan, replicate_locked, watched

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KEYED: Final = [{"AttributeName": "pk", "AttributeType": "S"}]
UNITS: Final = {"ReadCapacityUnits": 10, "WriteCapacityUnits": 10}
WINDOWS: Final = {"ResourceType": "EC2", "BackupOptions": {"WindowsVSS": "enabled"}}


def index(name: str = "by-key", **options: Any) -> dict[str, Any]:
    keys = [{"AttributeName": "pk", "KeyType": "HASH"}]
    return {"IndexName": name, "KeySchema": keys, "Projection": {"ProjectionType": "ALL"}} | options


def indexed(account: Account, **projection: Any) -> str:
    return table(account, GlobalSecondaryIndexes=[index(Projection=projection)])


def provisioned(account: Account, **options: Any) -> str:
    return table(account, **{"BillingMode": "PROVISIONED", "ProvisionedThroughput": UNITS} | options)


def create_indexes(account: Account, *indexes: dict[str, Any]) -> None:
    created = [{"Create": one} for one in indexes]
    update(account, table(account), AttributeDefinitions=KEYED, GlobalSecondaryIndexUpdates=created)


def warm(reads: int, writes: int) -> dict[str, Any]:
    return {"WarmThroughput": {"ReadUnitsPerSecond": reads, "WriteUnitsPerSecond": writes}}


def limited(reads: int) -> dict[str, Any]:
    return {"OnDemandThroughput": {"MaxReadRequestUnits": reads}}


def replicated(account: Account, *names: str, role: str = "") -> None:
    """Replicate a bucket by rules of these names."""
    source, target = account.buckets
    rules = [
        {
            "ID": name, "Priority": priority, "Status": "Enabled", "Filter": {"Prefix": f"{priority}/"},
            "DeleteMarkerReplication": {"Status": "Enabled"}, "Destination": {"Bucket": f"arn:aws:s3:::{target}"},
        }
        for priority, name in enumerate(names or ("all",))
    ]  # fmt: skip
    role = role or account.role("s3.amazonaws.com")
    account.client("s3").put_bucket_replication(Bucket=source, ReplicationConfiguration={"Role": role, "Rules": rules})


def service(account: Account, **percents: int) -> str:
    ecs, name = account.client("ecs"), account.name()
    ecs.create_cluster(clusterName="forms")
    ecs.create_service(
        cluster="forms", serviceName=name, taskDefinition=task(account), launchType="FARGATE", desiredCount=1,
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets(account, "ab")}},
        deploymentConfiguration=percents,
    )  # fmt: skip
    return name


def redeployed(account: Account, **percents: int) -> None:
    name = service(account, minimumHealthyPercent=100, maximumPercent=200)
    account.client("ecs").update_service(cluster="forms", service=name, deploymentConfiguration=percents)


def bus(account: Account, name: str) -> None:
    account.client("events").create_event_bus(Name=name)


def aimed(account: Account, **options: str) -> None:
    there = "arn:aws:events:eu-central-1:123456789012:event-bus/default"
    account.client("events").put_targets(Rule=event_rule(account), Targets=[{"Id": "one", "Arn": there, **options}])


def some(behavior: str, *items: str, of: str = "Header") -> dict[str, Any]:
    """Choose headers, or what *of* says, by this behavior."""
    listed = {f"{of}s": {"Quantity": len(items), "Items": items}} if items else {}
    return {f"{of}sConfig": {f"{of}Behavior": behavior} | listed}


def keys(**options: Any) -> dict[str, Any]:
    taken = some("none") | some("none", of="Cookie") | some("none", of="QueryString")
    return {"ParametersInCacheKeyAndForwardedToOrigin": {"EnableAcceptEncodingGzip": False} | taken | options}


def cached(account: Account, **options: Any) -> None:
    account.client("cloudfront").create_cache_policy(CachePolicyConfig={"Name": account.name(), "MinTTL": 0} | options)


def asked(account: Account, **options: Any) -> None:
    taken = some("none") | some("none", of="Cookie") | some("none", of="QueryString")
    account.client("cloudfront").create_origin_request_policy(
        OriginRequestPolicyConfig={"Name": account.name()} | taken | options
    )


def answered(account: Account, **options: Any) -> None:
    account.client("cloudfront").create_response_headers_policy(
        ResponseHeadersPolicyConfig={"Name": account.name()} | options
    )


def with_headers(*names: str) -> dict[str, Any]:
    items = [{"Header": name, "Value": "x", "Override": True} for name in names]
    return {"CustomHeadersConfig": {"Quantity": len(items), "Items": items}}


def protected(**options: Any) -> dict[str, Any]:
    return {"SecurityHeadersConfig": {"XSSProtection": {"Override": True, "Protection": True} | options}}


def forwarding(account: Account, version: str, **options: Any) -> str:
    return account.cluster(EngineVersion=version, EnableLocalWriteForwarding=True, **options)


def secondary(account: Account, **options: Any) -> str:
    return account.secondary(account.global_cluster(), EnableGlobalWriteForwarding=True, **options)


FORMS: Final[Mapping[str, Example]] = {
    "dynamodb.projection-of-an-index": Example(indexed, lambda a: indexed(a, ProjectionType="KEYS_ONLY")),
    "dynamodb.stream-without-view": Example(
        lambda a: table(a, StreamSpecification={"StreamEnabled": True}),
        lambda a: table(a, StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}),
    ),
    "dynamodb.one-index-at-a-time": Example(
        lambda a: create_indexes(a, index("one"), index("two")), lambda a: create_indexes(a, index("one"))
    ),
    "dynamodb.units-of-an-index": Example(
        lambda a: provisioned(a, GlobalSecondaryIndexes=[index()]),
        lambda a: provisioned(a, GlobalSecondaryIndexes=[index(ProvisionedThroughput=UNITS)]),
    ),
    "dynamodb.limit-of-a-table-on-demand": Example(lambda a: table(a, **limited(0)), lambda a: table(a, **limited(1))),
    "dynamodb.warm-throughput": Example(
        lambda a: table(a, **warm(11999, 4000)), lambda a: table(a, **warm(12000, 4000))
    ),
    "s3.replication-rule-twice": Example(
        lambda a: replicated(a, "all", "all"), lambda a: replicated(a, "all", "others")
    ),
    "s3.replication-role-that-is-none": Example(lambda a: replicated(a, role="replication"), replicated),
    "ecs.percent-of-a-deployment": Example(
        lambda a: service(a, minimumHealthyPercent=100, maximumPercent=100),
        lambda a: service(a, minimumHealthyPercent=50, maximumPercent=100),
    ),
    "backup.advanced-settings": Example(
        lambda a: plan(a, {}, AdvancedBackupSettings=[WINDOWS | {"ResourceType": "S3"}]),
        lambda a: plan(a, {}, AdvancedBackupSettings=[WINDOWS]),
    ),
    "events.name-of-a-bus": Example(lambda a: bus(a, "aws.orders"), lambda a: bus(a, a.name())),
    "events.role-of-a-target": Example(
        lambda a: aimed(a, RoleArn="nobody"), lambda a: aimed(a, RoleArn=a.role("events.amazonaws.com"))
    ),
    "cloudfront.times-of-a-cache-policy": Example(
        lambda a: cached(a, MinTTL=60, DefaultTTL=30), lambda a: cached(a, MinTTL=30, DefaultTTL=60, MaxTTL=60)
    ),
    "cloudfront.keys-of-a-policy-without-caching": Example(
        lambda a: cached(a, DefaultTTL=0, MaxTTL=0, **keys(**some("whitelist", "Authorization"))),
        lambda a: cached(a, DefaultTTL=0, MaxTTL=1, **keys(**some("whitelist", "Authorization"))),
    ),
    "cloudfront.chosen-by-a-policy": Example(
        lambda a: cached(a, **keys(**some("whitelist"))), lambda a: cached(a, **keys(**some("whitelist", "Origin")))
    ),
    "cloudfront.accept-encoding-in-a-policy": Example(
        lambda a: cached(a, **keys(EnableAcceptEncodingGzip=True, **some("whitelist", "Accept-Encoding"))),
        lambda a: cached(a, **keys(**some("whitelist", "Accept-Encoding"))),
    ),
    "cloudfront.headers-of-a-response": Example(
        lambda a: answered(a, **with_headers("Host")), lambda a: answered(a, **with_headers("X-Shop"))
    ),
    "cloudfront.security-headers-of-a-response": Example(
        lambda a: answered(a, **protected(ModeBlock=True, ReportUri="https://rules.test/")),
        lambda a: answered(a, **protected(ReportUri="https://rules.test/")),
    ),
    "rds.write-forwarding-of-another-engine": Example(lambda a: forwarding(a, "16.1"), lambda a: forwarding(a, "16.4")),
    "rds.write-forwarding-without-a-global-database": Example(
        lambda a: a.cluster(EnableGlobalWriteForwarding=True), secondary
    ),
}

FORM_BROTHERS: Final[Mapping[str, tuple[Callable[[Account], object], ...]]] = {
    "dynamodb.projection-of-an-index": (
        lambda a: indexed(a, ProjectionType="ALL", NonKeyAttributes=["x"]),
        lambda a: create_indexes(a, index(Projection={})),
    ),
    "dynamodb.stream-without-view": (
        lambda a: update(a, table(a), StreamSpecification={"StreamEnabled": True}),
        lambda a: table(a, StreamSpecification={"StreamEnabled": False, "StreamViewType": "KEYS_ONLY"}),
    ),
    "dynamodb.units-of-an-index": (
        lambda a: table(a, GlobalSecondaryIndexes=[index(ProvisionedThroughput=UNITS)]),
        lambda a: update(
            a, provisioned(a), AttributeDefinitions=KEYED, GlobalSecondaryIndexUpdates=[{"Create": index()}]
        ),
    ),
    "dynamodb.limit-of-a-table-on-demand": (
        lambda a: table(a, **limited(-1)),
        lambda a: provisioned(a, **limited(5)),
        lambda a: update(a, provisioned(a), **limited(5)),
        lambda a: table(a, GlobalSecondaryIndexes=[index(**limited(0))]),
    ),
    "dynamodb.warm-throughput": (
        lambda a: table(a, **warm(12000, 3999)),
        lambda a: provisioned(a, **warm(9, 10)),
        lambda a: update(a, table(a), **warm(6000, 4000)),
        lambda a: table(a, GlobalSecondaryIndexes=[index(**warm(1, 1))]),
    ),
    "s3.replication-rule-twice": (lambda a: replicated(a, "a" * 256),),
    "s3.replication-role-that-is-none": (lambda a: replicated(a, role="arn:aws:iam::123456789012:user/someone"),),
    "ecs.percent-of-a-deployment": (
        lambda a: service(a, minimumHealthyPercent=101, maximumPercent=200),
        lambda a: service(a, minimumHealthyPercent=50, maximumPercent=90),
        lambda a: redeployed(a, maximumPercent=100),
    ),
    "backup.advanced-settings": (
        lambda a: plan(a, {}, AdvancedBackupSettings=[WINDOWS | {"BackupOptions": {"WindowsVSS": "yes"}}]),
    ),
    "events.name-of-a-bus": (lambda a: bus(a, "team/orders"),),
    "events.role-of-a-target": (
        aimed,
        lambda a: a.client("events").put_rule(
            Name=a.name(), ScheduleExpression="rate(1 hour)", RoleArn=f"arn:aws:sqs:{HERE}:123456789012:queue"
        ),
    ),
    "cloudfront.times-of-a-cache-policy": (lambda a: cached(a, DefaultTTL=60, MaxTTL=30),),
    "cloudfront.keys-of-a-policy-without-caching": (
        lambda a: cached(a, DefaultTTL=0, MaxTTL=0, **keys(EnableAcceptEncodingGzip=True)),
        lambda a: cached(a, DefaultTTL=0, MaxTTL=0, **keys(**some("all", of="Cookie"))),
    ),
    "cloudfront.chosen-by-a-policy": (
        lambda a: cached(a, **keys(**some("none", "Origin"))),
        lambda a: cached(a, **keys(**some("allExcept", of="QueryString"))),
        lambda a: asked(a, **some("whitelist", of="Cookie")),
    ),
    "cloudfront.accept-encoding-in-a-policy": (lambda a: asked(a, **some("whitelist", "Accept-Encoding")),),
    "cloudfront.headers-of-a-response": (
        lambda a: answered(a, **with_headers("X-Shop", "x-shop")),
        lambda a: answered(a, **with_headers("X-Edge-Location")),
        lambda a: answered(a, RemoveHeadersConfig={"Quantity": 1, "Items": [{"Header": "Via"}]}),
    ),
    "cloudfront.security-headers-of-a-response": (
        lambda a: answered(a, **protected(Protection=False, ReportUri="https://rules.test/")),
        lambda a: answered(a, ServerTimingHeadersConfig={"Enabled": True}),
    ),
    "rds.write-forwarding-of-another-engine": (
        lambda a: a.multi_az_cluster(EnableLocalWriteForwarding=True),
        lambda a: forwarding(a, "13.15"),
    ),
    "rds.parameter-that-does-not-exist": (
        lambda a: set_parameter(a, "rds.force_sl", "1"),
        lambda a: set_parameter(a, "rds.optimised_writes", "1", family="mysql8.0"),
        lambda a: set_parameter(a, "aurora_parallel_query", "1", family="mysql8.0"),
        lambda a: set_cluster_parameter(a, "aurora_parallel_querry", "ON"),
        lambda a: set_cluster_parameter(a, "server_audit_loging", "1"),
    ),
    "rds.parameter-value": (
        lambda a: set_parameter(a, "collation_server", "utf8mb4_marsian_ci", family="mysql8.0"),
        lambda a: set_parameter(a, "collation_server", "latin1_unicode_ci", family="mysql8.0"),
        lambda a: set_parameter(a, "collation_server", "utf8mb4_0900_ai_ci", family="mysql5.7"),
        lambda a: set_parameter(a, "collation_server", "utf8mb4_0900_ai_ci", family="mariadb10.6"),
        lambda a: set_parameter(a, "innodb_buffer_pool_instances", "65", family="mysql8.0"),
        lambda a: set_parameter(a, "innodb_lock_wait_timeout", "0", family="mysql8.0"),
        lambda a: set_parameter(a, "long_query_time", "-2", family="mysql8.0"),
    ),
}

#: What AWS takes, where a rule might think otherwise.
FORMS_TAKEN: Final[tuple[Callable[[Account], object], ...]] = (
    lambda a: update(a, table(a, **limited(10)), **limited(-1)),
    lambda a: provisioned(a, **warm(10, 10)),
    lambda a: update(a, table(a), **warm(12001, 4000)),
    lambda a: redeployed(a, minimumHealthyPercent=50),
    lambda a: replicated(a, "", ""),
    lambda a: watched(a, "an-alarm-to-come"),
    lambda a: plan(a, {"ScheduleExpression": "cron(0 5/12 ? * * *)"}),
    lambda a: replicate_locked(a, source=False, target=True),
    lambda a: cached(a, **keys(**some("all", of="QueryString"))),
    lambda a: a.cluster(EnableGlobalWriteForwarding=False, EnableLocalWriteForwarding=False),
    lambda a: set_parameter(a, "rds.logical_replication", "1"),
    lambda a: set_parameter(a, "pgaudit.log", "ddl"),
    lambda a: set_cluster_parameter(a, "aurora_parallel_query", "ON"),
    lambda a: set_cluster_parameter(a, "server_audit_logging", "1"),
    lambda a: set_parameter(a, "collation_server", "utf8mb4_0900_ai_ci", family="mysql8.0"),
    lambda a: set_parameter(a, "collation_server", "utf8mb4_es_trad_0900_as_cs", family="mysql8.0"),
    lambda a: set_parameter(a, "collation_server", "utf8mb4_unicode_ci", family="mariadb10.6"),
    lambda a: set_parameter(a, "collation_server", "utf8mb4_unicode_520_nopad_ci", family="mariadb10.6"),
    lambda a: set_parameter(a, "collation_server", "utf8mb4_uca1400_ai_ci", family="mariadb10.11"),
    lambda a: set_parameter(a, "collation_connection", "latin1_swedish_ci", family="mysql8.0"),
)
