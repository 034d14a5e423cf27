"""Pages of a list that begin where none ends: the emulators take such a marker, leave it unread, or break."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.rules.rule import CodeFrom, Rule


def _of(
    service: str,
    member: str,
    operations: str,
    code: str,
    *,
    says: str = "Invalid token.",
    code_from: CodeFrom = "api",
    source: str = "",
    name: str = "marker-that-no-answer-gave",
) -> Rule:
    @rule(
        f"{service}.{name}",
        f"{service}:{operations}",
        code=code,
        code_from=code_from,
        source=f"botocore {service}, {member}: what the answer before gave; {source or code}",
    )
    async def _marker(asked: Asked, inquiry: Inquiry) -> str | None:
        marker = asked.parameters.get(member)
        return says if marker and not inquiry.markers.gave(asked.service, marker) else None

    return _marker


RULES: Final = (
    _of(
        "rds",
        "Marker",
        "DescribeDBInstances DescribeDBClusters DescribeDBSnapshots DescribeDBClusterSnapshots DescribeDBSubnetGroups"
        " DescribeDBParameterGroups DescribeDBClusterParameterGroups DescribeDBParameters DescribeDBClusterParameters"
        " DescribeGlobalClusters DescribeEventSubscriptions DescribeDBInstanceAutomatedBackups DescribeOptionGroups"
        " DescribeDBEngineVersions DescribeOrderableDBInstanceOptions",
        "InvalidParameterValue",
        says="The request included an invalid marker.",
        code_from="memory",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html",
    ),
    _of(
        "elbv2",
        "Marker",
        "DescribeLoadBalancers DescribeTargetGroups DescribeListeners DescribeRules",
        "ValidationError",
        says="The marker is not valid.",
        code_from="memory",
        source="https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html",
    ),
    _of("cloudwatch", "NextToken", "DescribeAlarms GetMetricData", "InvalidNextToken"),
    _of("cloudwatch", "NextToken", "ListMetrics ListDashboards", "InvalidParameterValue", name="token-of-a-list"),
    _of(
        "backup",
        "NextToken",
        "ListRestoreJobs ListBackupJobs ListCopyJobs ListRecoveryPointsByBackupVault ListRecoveryPointsByResource"
        " ListBackupPlans ListBackupVaults ListBackupSelections ListProtectedResources ListRestoreTestingPlans"
        " ListRestoreTestingSelections",
        "InvalidParameterValueException",
    ),
    _of("efs", "Marker", "DescribeFileSystems DescribeMountTargets", "BadRequest"),
    _of("kms", "Marker", "ListAliases ListGrants ListKeys ListResourceTags", "InvalidMarkerException"),
    _of("secretsmanager", "NextToken", "ListSecrets ListSecretVersionIds", "InvalidNextTokenException"),
    _of("ssm", "NextToken", "DescribeParameters GetParametersByPath", "InvalidNextToken"),
    _of("dsql", "nextToken", "ListClusters", "ValidationException"),
    _of(
        "application-autoscaling",
        "NextToken",
        "DescribeScalableTargets DescribeScalingPolicies DescribeScheduledActions",
        "InvalidNextTokenException",
    ),
    _of(
        "events",
        "NextToken",
        "ListRules ListTargetsByRule ListEventBuses",
        "ValidationException",
        code_from="memory",
        source="https://docs.aws.amazon.com/eventbridge/latest/APIReference/CommonErrors.html",
    ),
    _of("logs", "nextToken", "DescribeLogGroups DescribeLogStreams", "InvalidParameterException"),
    _of("ecs", "nextToken", "ListClusters ListServices ListTasks ListTaskDefinitions", "InvalidParameterException"),
    _of("ecr", "nextToken", "DescribeRepositories DescribeImages ListImages", "InvalidParameterException"),
    _of("sns", "NextToken", "ListTopics ListSubscriptions ListSubscriptionsByTopic", "InvalidParameter"),
    _of("acm", "NextToken", "ListCertificates", "ValidationException"),
    _of("resourcegroupstaggingapi", "PaginationToken", "GetResources", "InvalidParameterException"),
    _of(
        "iam",
        "Marker",
        "ListRoles ListPolicies ListRolePolicies ListAttachedRolePolicies",
        "ValidationError",
        code_from="memory",
        source="https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html",
    ),
    _of("cloudfront", "Marker", "ListDistributions ListOriginAccessControls", "InvalidArgument"),
    _of("route53", "Marker", "ListHostedZones ListHealthChecks", "InvalidInput"),
    _of(
        "s3",
        "ContinuationToken",
        "ListObjectsV2 ListBuckets",
        "InvalidArgument",
        says="The continuation token provided is incorrect",
        code_from="seen",
        source="public reports quote code and message",
    ),
)
