"""Lists that are asked to go on from a place that no answer gave, and calls that leave out what they need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.emulator.rules.account import Account
from tests.emulator.rules.example import Example
from tests.emulator.rules.examples import subnets, task
from tests.emulator.rules.further_examples import alarm, grouped, unchecked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def goes_on(account: Account, service: str, operation: str, member: str, marker: str = "", **given: Any) -> Any:
    return getattr(account.client(service), operation)(**({member: marker} if marker else {}), **given)


def pages(account: Account, operation: str = "list_objects_v2") -> None:
    """Read a bucket page by page."""
    s3, bucket = account.client("s3"), account.bucket()
    for name in "abc":
        s3.put_object(Bucket=bucket, Key=name, Body=b"")
    read = s3.get_paginator(operation).paginate(Bucket=bucket, PaginationConfig={"PageSize": 1})
    assert [found["Key"] for page in read for found in page["Contents"]] == ["a", "b", "c"]


def aliases(account: Account) -> None:
    """Read the aliases of KMS page by page."""
    read = account.client("kms").get_paginator("list_aliases").paginate(PaginationConfig={"PageSize": 2})
    assert len([found for page in read for found in page["Aliases"]]) > 2


def _of(service: str, operation: str, member: str, **given: Any) -> Example:
    return Example(
        lambda a: goes_on(a, service, operation, member, "rubbish", **given),
        lambda a: goes_on(a, service, operation, member, **given),
    )


def points(account: Account, **given: Any) -> None:
    unchecked(account, "cloudwatch").put_metric_data(**given)


def alarmed(account: Account) -> str:
    """Return the ARN of a new alarm."""
    name = alarm(account)
    (found,) = account.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    arn: str = found["AlarmArn"]
    return arn


def two_networks(account: Account) -> None:
    """Group subnets of two networks."""
    grouped(account, subnets(account, "a")[0], subnets(account, "b")[0])


POINT: Final = {"MetricName": "any", "Value": 1.0}
_GAVE: Final = "marker-that-no-answer-gave"

PAGES: Final[Mapping[str, Example]] = {
    f"rds.{_GAVE}": _of("rds", "describe_db_instances", "Marker"),
    f"elbv2.{_GAVE}": _of("elbv2", "describe_load_balancers", "Marker"),
    f"cloudwatch.{_GAVE}": _of("cloudwatch", "describe_alarms", "NextToken"),
    "cloudwatch.token-of-a-list": _of("cloudwatch", "list_metrics", "NextToken"),
    f"backup.{_GAVE}": _of("backup", "list_restore_jobs", "NextToken"),
    f"efs.{_GAVE}": _of("efs", "describe_file_systems", "Marker"),
    f"kms.{_GAVE}": Example(lambda a: goes_on(a, "kms", "list_aliases", "Marker", "rubbish"), aliases),
    f"secretsmanager.{_GAVE}": _of("secretsmanager", "list_secrets", "NextToken"),
    f"ssm.{_GAVE}": _of("ssm", "describe_parameters", "NextToken"),
    f"dsql.{_GAVE}": _of("dsql", "list_clusters", "nextToken"),
    f"application-autoscaling.{_GAVE}": _of(
        "application-autoscaling", "describe_scalable_targets", "NextToken", ServiceNamespace="dynamodb"
    ),
    f"events.{_GAVE}": _of("events", "list_rules", "NextToken"),
    f"logs.{_GAVE}": _of("logs", "describe_log_groups", "nextToken"),
    f"ecs.{_GAVE}": _of("ecs", "list_clusters", "nextToken"),
    f"ecr.{_GAVE}": _of("ecr", "describe_repositories", "nextToken"),
    f"sns.{_GAVE}": _of("sns", "list_topics", "NextToken"),
    f"acm.{_GAVE}": _of("acm", "list_certificates", "NextToken"),
    f"resourcegroupstaggingapi.{_GAVE}": _of("resourcegroupstaggingapi", "get_resources", "PaginationToken"),
    f"iam.{_GAVE}": _of("iam", "list_roles", "Marker"),
    f"cloudfront.{_GAVE}": _of("cloudfront", "list_distributions", "Marker"),
    f"route53.{_GAVE}": _of("route53", "list_hosted_zones", "Marker"),
    f"s3.{_GAVE}": Example(
        lambda a: goes_on(a, "s3", "list_objects_v2", "ContinuationToken", "rubbish", Bucket=a.buckets[0]), pages
    ),
    "cloudwatch.member-that-is-missing": Example(
        lambda a: points(a, MetricData=[POINT]), lambda a: points(a, Namespace="Rules", MetricData=[POINT])
    ),
    "cloudwatch.resource-that-is-missing": Example(
        lambda a: unchecked(a, "cloudwatch").list_tags_for_resource(),
        lambda a: a.client("cloudwatch").list_tags_for_resource(ResourceARN=alarmed(a)),
    ),
    "sns.member-that-is-missing": Example(
        lambda a: unchecked(a, "sns").create_topic(), lambda a: a.client("sns").create_topic(Name=a.name())
    ),
    "ecs.member-that-is-missing": Example(
        lambda a: unchecked(a, "ecs").describe_task_definition(),
        lambda a: a.client("ecs").describe_task_definition(taskDefinition=task(a)),
    ),
    "rds.subnet-that-does-not-exist": Example(
        lambda a: grouped(a, "subnet-12345678", "subnet-87654321"), lambda a: grouped(a, *subnets(a, "ab"))
    ),
}

PAGE_BROTHERS: Final[Mapping[str, tuple[Callable[[Account], object], ...]]] = {
    f"rds.{_GAVE}": (
        lambda a: goes_on(a, "rds", "describe_db_clusters", "Marker", "rubbish"),
        lambda a: goes_on(a, "rds", "describe_db_parameters", "Marker", "x", DBParameterGroupName=a.parameter_group()),
    ),
    "cloudwatch.member-that-is-missing": (lambda a: points(a, Namespace="Rules"),),
    "backup.member-that-is-missing": (
        lambda a: unchecked(a, "backup").put_backup_vault_access_policy(BackupVaultName=a.vault),
        lambda a: unchecked(a, "backup").create_restore_testing_plan(),
    ),
    "secretsmanager.value-outside-the-model": (lambda a: unchecked(a, "secretsmanager").get_secret_value(),),
    "rds.subnet-that-does-not-exist": (two_networks,),
    "kms.value-outside-the-model": (
        lambda a: unchecked(a, "kms").create_grant(KeyId=a.key),
        lambda a: unchecked(a, "kms").describe_key(),
    ),
    "rds.member-that-is-missing": (
        lambda a: unchecked(a, "rds").stop_db_instance(),
        lambda a: unchecked(a, "rds").create_db_instance_read_replica(DBInstanceIdentifier=a.name()),
        lambda a: unchecked(a, "rds").add_tags_to_resource(ResourceName="x"),
        lambda a: unchecked(a, "rds").start_db_instance_automated_backups_replication(),
    ),
}
