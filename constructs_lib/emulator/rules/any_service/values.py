"""What a service's own model rules out: what is missing, too long, out of range, or none of those listed.

The services read their input by the same model that botocore carries, and answer what it does not admit with one
message for all. boto3 looks at the least of it (what is too short or too small), Terraform's provider at some of it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from botocore.model import ListShape, MapShape, StructureShape

from constructs_lib.emulator.calls.asked import operation_of
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import Shape

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.rules.rule import CodeFrom, Rule

_MODEL: Final = "the constraints of botocore's model; code and message in"
_ISSUES: Final = "https://github.com/hashicorp/terraform-provider-aws/issues"


def _of(
    service: str, operations: str, code: str, source: str, code_from: CodeFrom = "seen", says: str | None = None
) -> Rule:
    @rule(
        f"{service}.value-outside-the-model",
        f"{service}:{operations}",
        code=code,
        code_from=code_from,
        source=f"{_MODEL} {source}",
    )
    async def _outside(asked: Asked, _: Inquiry) -> str | None:
        operation = operation_of(asked.service, asked.operation)
        if operation is None or operation.input_shape is None:
            return None
        fault = _fault(operation.input_shape, asked.parameters, "")
        return says if fault and says else fault

    return _outside


def _lower(path: str, name: str) -> str:
    return f"{path}.{name[0].lower()}{name[1:]}".lstrip(".")


def _fault(shape: Shape, value: Any, path: str) -> str | None:
    if value is None:
        return (
            f"1 validation error detected: Value null at '{path}' failed to satisfy constraint: Member must not be null"
        )
    if shape.type_name != "structure" and (own := _own(shape, value)):
        return (
            f"1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: Member must {own}"
        )
    return next(filter(None, (_fault(*one) for one in _inside(shape, value, path))), None)


def _inside(shape: Shape, value: Any, path: str) -> Iterator[tuple[Shape, Any, str]]:
    match shape:
        case StructureShape():
            yield from (
                (shape.members[name], None, _lower(path, name)) for name in shape.required_members if name not in value
            )
            for name in shape.members.keys() & value.keys():
                yield shape.members[name], value[name], _lower(path, name)
        case ListShape():
            yield from ((shape.member, one, f"{path}.{number}.member") for number, one in enumerate(value, 1))
        case MapShape():
            yield from ((shape.value, one, f"{path}.{name}.member") for name, one in value.items())


def _own(shape: Shape, value: Any) -> str | None:
    """Return what the model asks of this value itself and it is not."""
    said = shape.metadata
    if isinstance(value, str):
        # As Route 53 shows the id of a zone, and takes it.
        value = value.removeprefix("/hostedzone/")
    least, most = said.get("min"), said.get("max")
    if isinstance(value, str | bytes | list | dict):
        if most is not None and len(value) > most:
            return f"have length less than or equal to {most}"
        if least is not None and len(value) < least:
            return f"have length greater than or equal to {least}"
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if most is not None and value > most:
            return f"have value less than or equal to {most}"
        if least is not None and value < least:
            return f"have value greater than or equal to {least}"
    if isinstance(value, str):
        if (listed := said.get("enum")) and value not in listed:
            return f"satisfy enum value set: [{', '.join(listed)}]"
        if (pattern := said.get("pattern")) and (wanted := _compiled(pattern)) and not wanted.fullmatch(value):
            return f"satisfy regular expression pattern: {pattern}"
    return None


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:
        # A dialect that Python has not: surrogates, \p{L}. Such a value, a tag mostly, is not looked at.
        return None


RULES: Final = (
    _of(
        "s3",
        "PutBucketLifecycleConfiguration PutBucketReplication PutBucketEncryption PutBucketOwnershipControls"
        " PutObjectLockConfiguration PutBucketVersioning",
        "MalformedXML",
        "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList and public reports",
        says="The XML you provided was not well-formed or did not validate against our published schema",
    ),
    _of(
        "iam",
        "CreateRole UpdateRole CreatePolicy PutRolePolicy AttachRolePolicy UpdateAssumeRolePolicy"
        " PutRolePermissionsBoundary",
        "ValidationError",
        "https://github.com/legion-platform/legion/issues/530, a role's name of more than 64 characters",
    ),
    _of(
        "kms",
        "CreateKey CreateAlias UpdateAlias PutKeyPolicy ReplicateKey EnableKeyRotation ScheduleKeyDeletion CreateGrant"
        " DescribeKey DisableKey EnableKey GetKeyPolicy Encrypt Decrypt GenerateDataKey ListResourceTags"
        " GetKeyRotationStatus CancelKeyDeletion DeleteAlias",
        "ValidationException",
        "moto's tests of KMS's answers, which are AWS's: the name of an alias",
    ),
    _of(
        "secretsmanager",
        "CreateSecret UpdateSecret PutSecretValue PutResourcePolicy ReplicateSecretToRegions DescribeSecret"
        " GetSecretValue GetResourcePolicy DeleteSecret RestoreSecret RemoveRegionsFromReplication",
        "ValidationException",
        "public reports of a value of more than 65,536 characters",
    ),
    _of(
        "ssm",
        "PutParameter",
        "ValidationException",
        "https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html, and public reports",
    ),
    _of(
        "cloudwatch",
        "PutMetricAlarm PutCompositeAlarm SetAlarmState",
        "ValidationError",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html, and public reports",
    ),
    _of(
        "events",
        "CreateEventBus PutRule DeleteRule PutTargets PutPermission",
        "ValidationException",
        "https://docs.aws.amazon.com/eventbridge/latest/APIReference/CommonErrors.html, and public reports",
    ),
    _of(
        "logs",
        "CreateLogGroup PutRetentionPolicy AssociateKmsKey",
        "InvalidParameterException",
        "public reports of names that a shell had changed",
        code_from="api",
    ),
    _of(
        "ecr",
        "CreateRepository PutReplicationConfiguration PutLifecyclePolicy",
        "InvalidParameterException",
        "https://github.com/badmintoncryer/cdk-preflight, rules/ecr",
        code_from="api",
    ),
    _of(
        "elbv2",
        "CreateLoadBalancer CreateTargetGroup ModifyTargetGroup CreateListener DeleteTargetGroup",
        "ValidationError",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html",
    ),
    _of(
        "application-autoscaling",
        "RegisterScalableTarget PutScalingPolicy ListTagsForResource",
        "ValidationException",
        "botocore application-autoscaling ValidationException",
        code_from="api",
    ),
    _of(
        "acm",
        "RequestCertificate",
        "ValidationException",
        "https://github.com/terraform-aws-modules/terraform-aws-acm/issues/93",
    ),
    _of(
        "dsql",
        "CreateCluster UpdateCluster",
        "ValidationException",
        "botocore dsql ValidationException",
        code_from="api",
    ),
    _of(
        "route53",
        "ChangeResourceRecordSets CreateHealthCheck UpdateHealthCheck CreateHostedZone",
        "InvalidInput",
        "https://github.com/aws/aws-sdk-ruby/issues/312: what its schema does not admit is invalid XML",
        code_from="api",
    ),
    _of(
        "cloudfront",
        "CreateDistribution CreateDistributionWithTags UpdateDistribution CreateOriginAccessControl",
        "MalformedXML",
        "https://github.com/aws/aws-cli/issues/6275, a protocol version that is none",
    ),
    _of(
        "dynamodb",
        "CreateTable UpdateTable UpdateTimeToLive UpdateContinuousBackups RestoreTableToPointInTime",
        "ValidationException",
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html, and public reports",
    ),
    _of(
        "efs",
        "CreateFileSystem CreateReplicationConfiguration CreateMountTarget",
        "BadRequest",
        "botocore efs BadRequest: the value of a parameter is not valid",
        code_from="api",
    ),
    _of(
        "backup",
        "CreateBackupVault CreateBackupPlan UpdateBackupPlan CreateBackupSelection PutBackupVaultLockConfiguration",
        "InvalidParameterValueException",
        "https://github.com/aws/aws-cdk/issues/8685, a vault's name with a space",
        code_from="api",
    ),
)
