"""ECS: what a task on Fargate can have and needs, and what a service may be joined to."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_WHOLE: Final = 100
_PERCENTS: Final = {"minimumHealthyPercent", "maximumPercent"}
_PLATFORMS: Final = ("LATEST", "1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0")
_UNITS: Final = 1024
_DEFINITION: Final = 65536
_SIZE: Final = re.compile(r"(?P<number>\d*\.?\d+)\s*(?P<unit>vcpu|gb)?", re.IGNORECASE)
_ECR: Final = re.compile(r"\d{12}\.dkr\.ecr\.")
#: By CPU units, the MiB of memory.
_MEMORY: Final[Mapping[int, Collection[int]]] = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
    8192: range(16384, 61440 + 1, 4096),
    16384: range(32768, 122880 + 1, 8192),
}


def _units(text: str) -> float | None:
    """Return CPU units or MiB, None where the text is neither a number nor a number of vCPU or GB."""
    found = _SIZE.fullmatch(text.strip())
    return float(found["number"]) * (_UNITS if found["unit"] else 1) if found else None


@rule(
    "ecs.fargate-size-that-does-not-exist",
    "ecs:RegisterTaskDefinition",
    code="ClientException",
    code_from="seen",
    source="botocore ecs RegisterTaskDefinition.memory: the values for each value of cpu; code and message in"
    " https://github.com/aws-games/cloud-game-development-toolkit/issues/737",
)
async def _size(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters
    cpu, memory = _units(given.get("cpu", "")), _units(given.get("memory", ""))
    if "FARGATE" not in given.get("requiresCompatibilities", ()) or cpu is None or memory is None:
        return None
    if memory in _MEMORY.get(int(cpu), ()):
        return None
    return (
        f"No Fargate configuration exists for given values: {cpu:g} CPU, {memory:g} memory. See the Amazon ECS"
        " documentation for the valid values."
    )


@rule(
    "ecs.task-definition-of-64-kb",
    "ecs:RegisterTaskDefinition",
    code="ClientException",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html: size of a task definition,"
    " 64 KB; many public reports quote code and message",
)
async def _long(asked: Asked, _: Inquiry) -> str | None:
    length = len(json.dumps(asked.parameters, separators=(",", ":"), default=str).encode())
    return None if length <= _DEFINITION else f"Actual length: '{length}'. Max allowed length is '{_DEFINITION}' bytes."


@rule(
    "ecs.too-many-subnets-or-groups",
    "ecs:CreateService UpdateService",
    code="InvalidParameterException",
    code_from="api",
    source="botocore ecs InvalidParameterException, AwsVpcConfiguration.subnets and .securityGroups: limits of 16 and"
    " of 5",
)
async def _many(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    for name, most in (("subnets", 16), ("securityGroups", 5)):
        if len(given.get(name, ())) > most:
            return f"{name} can have at most {most} items."
    return None


def _on_fargate(asked: Asked) -> bool:
    return "FARGATE" in asked.parameters.get("requiresCompatibilities", ())


@rule(
    "ecs.fargate-network-mode",
    "ecs:RegisterTaskDefinition",
    code="ClientException",
    code_from="seen",
    source="botocore ecs RegisterTaskDefinition.networkMode: awsvpc for Fargate; code and message in"
    " https://github.com/badmintoncryer/cdk-preflight, rules/ecs/pf-ecs-fargate-network-mode",
)
async def _mode(asked: Asked, _: Inquiry) -> str | None:
    if not _on_fargate(asked) or asked.parameters.get("networkMode") == "awsvpc":
        return None
    return "Fargate only supports network mode 'awsvpc'."


@rule(
    "ecs.fargate-without-execution-role",
    "ecs:RegisterTaskDefinition",
    code="ClientException",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html; code and messages"
    " in https://github.com/virtual-kubelet/virtual-kubelet/issues/193,"
    " https://github.com/hashicorp/terraform-provider-aws/issues/3051 and public reports of container secrets",
)
async def _role(asked: Asked, _: Inquiry) -> str | None:
    if not _on_fargate(asked) or asked.parameters.get("executionRoleArn"):
        return None
    for container in asked.parameters.get("containerDefinitions", []):
        if container.get("secrets"):
            return "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
        if container.get("logConfiguration", {}).get("logDriver") == "awslogs":
            return "Fargate requires task definition to have execution role ARN to support log driver awslogs."
        if _ECR.match(container.get("image", "")):
            return "Fargate requires task definition to have execution role ARN to support ECR images."
    return None


async def _definition(asked: Asked, inquiry: Inquiry) -> Mapping[str, Any]:
    named = asked.parameters.get("taskDefinition")
    found = await inquiry("ecs", "DescribeTaskDefinition", asked.region, taskDefinition=named) if named else None
    definition: Mapping[str, Any] = (found or {}).get("taskDefinition", {})
    return definition


@rule(
    "ecs.service-without-network-configuration",
    "ecs:CreateService",
    code="InvalidParameterException",
    code_from="seen",
    source="botocore ecs CreateService.networkConfiguration: required with awsvpc, not supported with other modes;"
    " https://github.com/fabfuel/ecs-deploy/issues/133 and https://github.com/DataDog/test-infra-definitions/pull/57"
    " quote code and messages",
)
async def _network(asked: Asked, inquiry: Inquiry) -> str | None:
    definition, given = await _definition(asked, inquiry), bool(asked.parameters.get("networkConfiguration"))
    if not definition or given == (definition.get("networkMode") == "awsvpc"):
        return None
    if given:
        return "Network Configuration is not valid for the given networkMode of this task definition."
    return "Network Configuration must be provided when networkMode 'awsvpc' is specified."


@rule(
    "ecs.container-that-does-not-exist",
    "ecs:CreateService",
    code="InvalidParameterException",
    code_from="seen",
    source="botocore ecs LoadBalancer.containerName, containerPort; the messages in"
    " https://github.com/badmintoncryer/cdk-preflight, rules/ecs/pf-ecs-svc-lb-container-name-missing and"
    " -port-missing, the code in public reports of the first",
)
async def _container(asked: Asked, inquiry: Inquiry) -> str | None:
    definition = await _definition(asked, inquiry)
    containers = {one["name"]: one for one in definition.get("containerDefinitions", [])}
    for joined in asked.parameters.get("loadBalancers", []) if definition else []:
        name, port = joined.get("containerName", ""), joined.get("containerPort")
        if name not in containers:
            return f"The container {name} does not exist in the task definition."
        if port not in {mapping.get("containerPort") for mapping in containers[name].get("portMappings", [])}:
            return f"The container {name} did not have a container port {port} defined."
    return None


async def _target_groups(asked: Asked, inquiry: Inquiry) -> list[Mapping[str, Any]]:
    arns = [one["targetGroupArn"] for one in asked.parameters.get("loadBalancers", []) if "targetGroupArn" in one]
    found = await inquiry("elbv2", "DescribeTargetGroups", asked.region, TargetGroupArns=arns) if arns else None
    groups: list[Mapping[str, Any]] = (found or {}).get("TargetGroups", [])
    return groups


@rule(
    "ecs.target-group-of-instances",
    "ecs:CreateService",
    code="InvalidParameterException",
    code_from="seen",
    source="botocore ecs LoadBalancer.targetGroupArn: ip, not instance, with awsvpc;"
    " https://github.com/riboseinc/terraform-aws-ecs-gitlab/issues/5 quotes code and message",
)
async def _targets(asked: Asked, inquiry: Inquiry) -> str | None:
    mode = (await _definition(asked, inquiry)).get("networkMode")
    for group in await _target_groups(asked, inquiry):
        if mode == "awsvpc" and group.get("TargetType") == "instance":
            return (
                f"The provided target group {group['TargetGroupArn']} has target type instance, which is incompatible"
                " with the awsvpc network mode specified in the task definition."
            )
    return None


@rule(
    "ecs.target-group-without-load-balancer",
    "ecs:CreateService",
    code="InvalidParameterException",
    code_from="seen",
    source="https://github.com/hashicorp/terraform/issues/32908 and many public reports quote code and message",
)
async def _unbalanced(asked: Asked, inquiry: Inquiry) -> str | None:
    for group in await _target_groups(asked, inquiry):
        if not group.get("LoadBalancerArns"):
            arn = group["TargetGroupArn"]
            return f"The target group with targetGroupArn {arn} does not have an associated load balancer."
    return None


@rule(
    "ecs.platform-version-that-does-not-exist",
    "ecs:CreateService UpdateService",
    code="PlatformUnknownException",
    code_from="api",
    source="botocore ecs PlatformUnknownException: the platform version does not exist; those of Linux and Windows in"
    " https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html",
)
async def _platform(asked: Asked, _: Inquiry) -> str | None:
    version = asked.parameters.get("platformVersion") or _PLATFORMS[0]
    return None if version in _PLATFORMS else f"The platform version {version} does not exist."


@rule(
    "ecs.percent-of-a-deployment",
    "ecs:CreateService UpdateService",
    code="InvalidParameterException",
    code_from="api",
    source="botocore ecs DeploymentConfiguration; the messages in https://github.com/badmintoncryer/cdk-preflight,"
    " rules/ecs/pf-ecs-service-deployment-percent and pf-ecs-svc-min-healthy-over-max-percent",
)
async def _percent(asked: Asked, inquiry: Inquiry) -> str | None:
    given = asked.parameters.get("deploymentConfiguration") or {}
    if asked.operation == "UpdateService" and len(given.keys() & _PERCENTS) == 1:
        # What is not given stays as it is.
        where = {name: asked.parameters[name] for name in ("cluster",) if name in asked.parameters}
        found = await inquiry("ecs", "DescribeServices", asked.region, services=[asked.parameters["service"]], **where)
        services: list[Mapping[str, Any]] = (found or {}).get("services", [])
        known = services[0].get("deploymentConfiguration", {}) if services else {}
        given = {name: known[name] for name in _PERCENTS if name in known} | given
    least, most = given.get("minimumHealthyPercent", 100), given.get("maximumPercent", 200)
    if least > _WHOLE:
        return f"minimumHealthyPercent must be at most {_WHOLE}"
    if most < _WHOLE:
        return f"maximumPercent must be at least {_WHOLE}"
    if least == most == _WHOLE:
        return "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments"
    return None


@rule(
    "ecs.deletion-of-a-cluster-with-services",
    "ecs:DeleteCluster",
    code="ClusterContainsServicesException",
    code_from="api",
    source="botocore ecs ClusterContainsServicesException: not while a cluster contains services",
)
async def _services(asked: Asked, inquiry: Inquiry) -> str | None:
    cluster = asked.parameters["cluster"]
    found = await inquiry("ecs", "ListServices", asked.region, cluster=cluster) or {}
    return "The Cluster cannot be deleted while Services are active." if found.get("serviceArns") else None


RULES: Final = (
    _size,
    _long,
    _many,
    _mode,
    _role,
    _network,
    _container,
    _targets,
    _unbalanced,
    _platform,
    _percent,
    _services,
)
