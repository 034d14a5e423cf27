"""Application Auto Scaling: what can be scaled, between what, and by which metric."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_REGISTER: Final = "application-autoscaling:RegisterScalableTarget"
_POLICY: Final = "application-autoscaling:PutScalingPolicy"
_API: Final = "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html"
_NAMED: Final = ("ServiceNamespace", "ResourceId", "ScalableDimension")


async def _target(asked: Asked, inquiry: Inquiry) -> Mapping[str, Any] | None:
    given = asked.parameters
    found = await inquiry(
        "application-autoscaling",
        "DescribeScalableTargets",
        asked.region,
        ServiceNamespace=given["ServiceNamespace"],
        ResourceIds=[given["ResourceId"]],
        ScalableDimension=given["ScalableDimension"],
    )
    return next(iter((found or {}).get("ScalableTargets", [])), None)


@rule(
    "application-autoscaling.capacity-of-a-target",
    _REGISTER,
    code="ValidationException",
    code_from="api",
    source=f"{_API}, MinCapacity and MaxCapacity: both for a new target, and the least is not above the most",
)
async def _capacity(asked: Asked, inquiry: Inquiry) -> str | None:
    known = await _target(asked, inquiry) or {}
    least, most = (asked.parameters.get(name, known.get(name)) for name in ("MinCapacity", "MaxCapacity"))
    if least is None or most is None:
        return "Both MinCapacity and MaxCapacity must be specified for a new scalable target."
    return "Maximum capacity cannot be less than minimum capacity" if most < least else None


@rule(
    "application-autoscaling.dimension-of-another-service",
    f"{_REGISTER} PutScalingPolicy",
    code="ValidationException",
    code_from="api",
    source=f"{_API}, ScalableDimension: service namespace, resource type and property; the message in moto's tests",
)
async def _dimension(asked: Asked, _: Inquiry) -> str | None:
    namespace, resource, dimension = (asked.parameters[name] for name in _NAMED)
    kind = resource.partition("/")[0]
    wanted = f"{namespace}:index:" if "/index/" in resource else f"{namespace}:{kind}:"
    if namespace not in ("dynamodb", "ecs") or dimension.startswith(wanted):
        return None
    return "Unsupported service namespace, resource type or scalable dimension"


@rule(
    "application-autoscaling.table-that-does-not-exist",
    _REGISTER,
    code="ValidationException",
    code_from="api",
    source=f"{_API}, ResourceId: of a resource that is there; the message in public reports of it",
)
async def _table(asked: Asked, inquiry: Inquiry) -> str | None:
    kind, _, name = asked.parameters["ResourceId"].partition("/")
    if asked.parameters["ServiceNamespace"] != "dynamodb" or kind != "table":
        return None
    found = await inquiry("dynamodb", "DescribeTable", asked.region, TableName=name.partition("/")[0])
    return None if found else f"DynamoDB table does not exist: {asked.parameters['ResourceId']}"


@rule(
    "application-autoscaling.policy-of-no-target",
    _POLICY,
    code="ObjectNotFoundException",
    code_from="api",
    source="botocore application-autoscaling ObjectNotFoundException: PutScalingPolicy before RegisterScalableTarget",
)
async def _no_target(asked: Asked, inquiry: Inquiry) -> str | None:
    if await _target(asked, inquiry):
        return None
    namespace, resource, dimension = (asked.parameters[name] for name in _NAMED)
    return (
        f"No scalable target registered for service namespace: {namespace}, resource ID: {resource}, scalable"
        f" dimension: {dimension}"
    )


@rule(
    "application-autoscaling.metric-of-another-dimension",
    _POLICY,
    code="ValidationException",
    code_from="api",
    source="botocore application-autoscaling PredefinedMetricSpecification.PredefinedMetricType: writes by the use of"
    " writes, reads by that of reads",
)
async def _metric(asked: Asked, _: Inquiry) -> str | None:
    tracked = asked.parameters.get("TargetTrackingScalingPolicyConfiguration", {})
    metric = tracked.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType", "")
    dimension = asked.parameters["ScalableDimension"]
    wanted = {
        "WriteCapacityUnits": "DynamoDBWrite",
        "ReadCapacityUnits": "DynamoDBRead",
        "DesiredCount": ("ECS", "ALB"),
    }
    begins = wanted.get(dimension.rpartition(":")[2], "")
    if not metric or metric.startswith(begins):
        return None
    return f"{metric} metric type can not be used with the scalable dimension {dimension}"


RULES: Final = (_capacity, _dimension, _table, _no_target, _metric)
