"""What AWS's services need to act for us: each function returns the first permission that is missing, None if none is.

The condition keys that a service sends are those that AWS documents for it; others are absent, as a policy must expect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.emulator.permissions.authority import (
    account_may_use_key,
    identity_may,
    may_assume,
    role_may,
    service_may,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from constructs_lib.emulator.permissions.authority import Policies
    from constructs_lib.emulator.permissions.conditions import Context

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
_OF_SOURCE_BUCKET: Final = ("s3:GetReplicationConfiguration", "s3:ListBucket")
_OF_SOURCE_OBJECT: Final = (
    "s3:GetObjectVersionForReplication",
    "s3:GetObjectVersionAcl",
    "s3:GetObjectVersionTagging",
)
_OF_REPLICA: Final = ("s3:ReplicateObject", "s3:ReplicateTags")
_OF_IMAGE: Final = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_OF_SECRET: Final = {"secretsmanager": "secretsmanager:GetSecretValue", "ssm": "ssm:GetParameters"}
_OF_STREAM: Final = ("logs:CreateLogStream", "logs:PutLogEvents")
_TLS: Final = {"aws:SecureTransport": "true"}


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """A bucket of a replication: its key is an ARN, "" where objects are not encrypted with one."""

    bucket: str
    region: str
    key: str


async def replication(
    policies: Policies,
    *,
    role: str,
    source: Side,
    destination: Side,
    name: str,
    marker: bool = False,
) -> str | None:
    """S3 replicates the object `name`, or with `marker` its delete marker, with a role.

    AWS's examples of the trust policy have no condition, and no page says that S3 sends a key for one.
    """
    if not await may_assume(policies, role, "s3.amazonaws.com", {}):
        return f"S3 may not assume {role}"
    there, here = f"arn:aws:s3:::{destination.bucket}/{name}", f"arn:aws:s3:::{source.bucket}"
    needed = [(action, here) for action in _OF_SOURCE_BUCKET]
    if marker:
        needed.append(("s3:ReplicateDelete", there))
    else:
        needed += [(action, f"{here}/{name}") for action in _OF_SOURCE_OBJECT]
        needed += [(action, there) for action in _OF_REPLICA]
    for action, resource in needed:
        if not await role_may(policies, role, action, resource, _TLS):
            return f"{role} may not {action} on {resource}"
    return None if marker else await _replication_keys(policies, role, source, destination, name)


async def _replication_keys(policies: Policies, role: str, source: Side, destination: Side, name: str) -> str | None:
    # Without kms:GenerateDataKey: https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/1144 tried it.
    for side, action in ((source, "kms:Decrypt"), (destination, "kms:Encrypt")):
        context: Context = {
            "kms:ViaService": f"s3.{side.region}.amazonaws.com",
            "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{side.bucket}/{name}",
        }
        if side.key and not await role_may(policies, role, action, side.key, context):
            return f"{role} may not {action} with {side.key}"
    return None


async def publication(
    policies: Policies, *, service: str, topic: str, key: str, account: str, source: str
) -> str | None:
    """CloudWatch (`cloudwatch.amazonaws.com`) or RDS events publish from `source`, an ARN, to a topic.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html, USER_Events.GrantingPermissions.html of RDS.
    """
    context = {"aws:SourceAccount": account, "aws:SourceArn": source}
    if not await service_may(policies, service, "sns:Publish", topic, context):
        return f"{service} may not sns:Publish to {topic}"
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        if key and not await service_may(policies, service, action, key, context):
            return f"{service} may not {action} with {key}"
    return None


async def origin_access(policies: Policies, *, distribution: str, bucket: str, name: str, key: str = "") -> str | None:
    """CloudFront reads an object for a distribution, an ARN, with origin access control.

    AWS documents the distribution's ARN as condition key, and no other:
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html.
    """
    context = {"aws:SourceArn": distribution}
    resource = f"arn:aws:s3:::{bucket}/{name}"
    if not await service_may(policies, "cloudfront.amazonaws.com", "s3:GetObject", resource, context | _TLS):
        return f"cloudfront.amazonaws.com may not s3:GetObject on {resource}"
    if key and not await service_may(policies, "cloudfront.amazonaws.com", "kms:Decrypt", key, context):
        return f"cloudfront.amazonaws.com may not kms:Decrypt with {key}"
    return None


async def origin_tells_what_is_missing(policies: Policies, *, distribution: str, bucket: str) -> bool:
    """Tell whether an object that is not there is a 404 to CloudFront, which needs s3:ListBucket, rather than a 403."""
    context = {"aws:SourceArn": distribution} | _TLS
    return await service_may(policies, "cloudfront.amazonaws.com", "s3:ListBucket", f"arn:aws:s3:::{bucket}", context)


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """An origin access identity of CloudFront: its id, and its canonical user id at S3."""

    id: str
    canonical: str

    @property
    def arn(self) -> str:
        """What a policy calls it."""
        return f"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {self.id}"


async def identity_reads(
    policies: Policies, *, identity: Identity, bucket: str, name: str, key: str = ""
) -> str | None:
    """CloudFront reads an object as an origin access identity, which KMS does not know.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html.
    """
    resource = f"arn:aws:s3:::{bucket}/{name}"
    if not await identity_may(policies, identity.arn, identity.canonical, "s3:GetObject", resource, _TLS):
        return f"{identity.arn} may not s3:GetObject on {resource}"
    return f"an origin access identity cannot read what is encrypted with {key}" if key else None


async def identity_lists(policies: Policies, *, identity: Identity, bucket: str) -> bool:
    """Tell whether an object that is not there is a 404 to an origin access identity, rather than a 403."""
    return await identity_may(
        policies, identity.arn, identity.canonical, "s3:ListBucket", f"arn:aws:s3:::{bucket}", _TLS
    )


async def backup_role(policies: Policies, *, role: str) -> str | None:
    """AWS Backup takes a role; https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html."""
    if await may_assume(policies, role, "backup.amazonaws.com", {}):
        return None
    return f"IAM Role {role} cannot be assumed by AWS Backup"


async def table_backup(policies: Policies, *, role: str, action: str, table: str) -> str | None:
    """AWS Backup backs up or restores a table; the actions are those of its managed policies."""
    return None if await role_may(policies, role, action, table, {}) else f"{role} may not {action} on {table}"


async def bucket_backup(policies: Policies, *, role: str, bucket: str) -> str | None:
    """AWS Backup backs up a bucket; the actions are those of its managed policy for S3."""
    for action, on in (("s3:GetBucketVersioning", bucket), ("s3:GetObjectVersion", f"{bucket}/any")):
        if not await role_may(policies, role, action, on, {}):
            return f"{role} may not {action} on {on}"
    return None


async def takes_monitoring_role(policies: Policies, *, role: str, account: str, source: str) -> bool:
    """Tell whether RDS may take a role for enhanced monitoring of `source`, an instance's ARN."""
    context = {"aws:SourceAccount": account, "aws:SourceArn": source}
    return await may_assume(policies, role, "monitoring.rds.amazonaws.com", context)


async def monitoring_role(policies: Policies, *, role: str, account: str, source: str) -> str | None:
    """RDS takes a role for enhanced monitoring; USER_Monitoring.OS.Enabling.html names both condition keys."""
    if not await takes_monitoring_role(policies, role=role, account=account, source=source):
        return f"monitoring.rds.amazonaws.com may not assume {role}"
    stream = f"arn:aws:logs:{source.split(':')[3]}:{account}:log-group:RDSOSMetrics:log-stream:any"
    if not await role_may(policies, role, "logs:PutLogEvents", stream, {}):
        return f"{role} may not logs:PutLogEvents"
    return None


async def use_of_key(policies: Policies, *, key: str, account: str, service: str, region: str) -> str | None:
    """A caller of the account has a service encrypt with a key: RDS, DynamoDB, S3, Secrets Manager, Backup.

    The service uses the caller's permissions, by a grant or by forwarding; the key's policy has to let the account in.
    """
    context = {"kms:ViaService": f"{service}.{region}.amazonaws.com", "kms:CallerAccount": account}
    for action in ("kms:CreateGrant", "kms:GenerateDataKey", "kms:Decrypt"):
        if not await account_may_use_key(policies, account, action, key, context):
            return f"the policy of {key} does not let the account {action}"
    return None


async def dsql_key(policies: Policies, *, key: str, account: str, cluster: str) -> str | None:
    """Aurora DSQL encrypts a cluster; https://docs.aws.amazon.com/aurora-dsql/latest/userguide/data-encryption.html."""
    context = {
        "aws:SourceAccount": account,
        "aws:SourceArn": cluster,
        "kms:EncryptionContext:aws:dsql:ClusterId": cluster.rpartition("/")[2],
    }
    for action in ("kms:DescribeKey", "kms:Decrypt", "kms:GenerateDataKey"):
        if not await service_may(policies, "dsql.amazonaws.com", action, key, context):
            return f"dsql.amazonaws.com may not {action} with {key}"
    return None


async def log_group_key(policies: Policies, *, key: str, group: str) -> str | None:
    """CloudWatch Logs encrypts a log group, an ARN.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html.
    """
    service = f"logs.{group.split(':')[3]}.amazonaws.com"
    context = {"kms:EncryptionContext:aws:logs:arn": group}
    for action in ("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey"):
        if not await service_may(policies, service, action, key, context):
            return f"{service} may not {action} with {key}"
    return None


class TaskSecret(msgspec.Struct, frozen=True, kw_only=True):
    """What a container is given: the ARN of a secret or parameter; `key` is the ARN of its own key, "" for AWS's."""

    arn: str
    key: str

    @property
    def service(self) -> str:
        """The service that keeps it, `secretsmanager` or `ssm`."""
        return self.arn.split(":")[2]


async def task_secret(policies: Policies, *, role: str, secret: TaskSecret) -> str | None:
    """ECS reads a secret or parameter for a container with the task's execution role.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html, "Secrets Manager or
    Systems Manager permissions"; the reason is as ECS gives it for a task that it stops.
    """
    action = _OF_SECRET[secret.service]
    needed: list[tuple[str, str, Context]] = [(action, secret.arn, {})]
    if secret.key:
        needed.append(
            (
                "kms:Decrypt",
                secret.key,
                {"kms:ViaService": f"{secret.service}.{secret.arn.split(':')[3]}.amazonaws.com"},
            )
        )
    for action, resource, context in needed:
        if not await role_may(policies, role, action, resource, context):
            user = f"arn:aws:sts::{role.split(':')[4]}:assumed-role/{role.rpartition('/')[2]}/task"
            kept = "secret from asm" if secret.service == "secretsmanager" else "secrets from ssm"
            return (
                "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval"
                f" failed: unable to retrieve {kept}: AccessDeniedException: User: {user} is not authorized to perform:"
                f" {action} on resource: {resource}"
            )
    return None


async def task_start(
    policies: Policies, *, role: str, cluster: str, images: Collection[str], streams: Collection[str]
) -> str | None:
    """ECS on Fargate starts a task: `images` are ARNs of repositories of ECR, `streams` those of log streams.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html; the condition keys are
    those of the trust policy in task-iam-roles.html.
    """
    region, account = cluster.split(":")[3:5]
    context = {"aws:SourceAccount": account, "aws:SourceArn": f"arn:aws:ecs:{region}:{account}:*"}
    if not await may_assume(policies, role, "ecs-tasks.amazonaws.com", context):
        return f"ECS was unable to assume the role {role}"
    needed = [(action, image) for image in images for action in _OF_IMAGE]
    needed += [(action, stream) for stream in streams for action in _OF_STREAM]
    if images:
        needed.append(("ecr:GetAuthorizationToken", "arn:aws:ecr:::"))
    for action, resource in needed:
        if not await role_may(policies, role, action, resource, {}):
            return f"{role} may not {action} on {resource}"
    return None


async def crossing(policies: Policies, *, role: str, bus: str, account: str, source: str) -> str | None:
    """EventBridge puts an event on a bus in another Region, with the role of a target of `source`, a rule's ARN.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html; for the condition keys
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html.
    """
    if not await may_assume(
        policies, role, "events.amazonaws.com", {"aws:SourceAccount": account, "aws:SourceArn": source}
    ):
        return f"events.amazonaws.com may not assume {role}"
    return None if await role_may(policies, role, "events:PutEvents", bus, {}) else f"{role} may not put on {bus}"
