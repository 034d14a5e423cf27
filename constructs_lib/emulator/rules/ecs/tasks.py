"""ECS: what the containers of a task definition may say, and where tasks of Fargate are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_API: Final = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html"
_SEEN: Final = "https://github.com/badmintoncryer/cdk-preflight, rules/ecs/pf-ecs-"
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,255}")
#: Of a container's health check: between what.
_CHECKED: Final = {"interval": (5, 300), "timeout": (2, 60), "retries": (1, 10), "startPeriod": (0, 300)}
_LEAST_GIB, _MOST_GIB = 21, 200
_ROLE: Final = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+|[\w+=,.@-]+")


@rule(
    "ecs.task-definition-that-is-none",
    "ecs:RegisterTaskDefinition",
    code="ClientException",
    code_from="api",
    source=f"{_API}: family, containerDefinitions, cpu and memory; the messages in public reports, and {_SEEN}"
    "mountpoint-source-volume-missing",
)
async def _none(asked: Asked, _: Inquiry) -> str | None:
    return next(_faults(asked.parameters), None)


def _faults(given: Mapping[str, Any]) -> Iterator[str]:
    containers: list[Mapping[str, Any]] = given.get("containerDefinitions") or []
    names = [one.get("name", "") for one in containers]
    fargate = "FARGATE" in given.get("requiresCompatibilities", ())
    if not _NAME.fullmatch(given.get("family", "")):
        yield "Family contains invalid characters."
    if not containers:
        yield "Container list cannot be empty."
    if len(set(names)) < len(names):
        yield "Container.name values in a task definition must be unique."
    if containers and not any(one.get("essential", True) for one in containers):
        yield "Task definition must have at least one essential container."
    if fargate and not (given.get("cpu") and given.get("memory")):
        yield "Fargate requires task definition to have cpu and memory at the task level."
    volumes = {volume.get("name") for volume in given.get("volumes") or []}
    for one in containers:
        name = one.get("name", "")
        if not _NAME.fullmatch(name):
            yield f"Invalid container name {name!r}"
        for mount in one.get("mountPoints") or []:
            if mount.get("sourceVolume") not in volumes:
                yield f"Unknown volume '{mount.get('sourceVolume')}'."
        for other in one.get("dependsOn") or []:
            if other.get("containerName") not in names:
                yield f"Container '{name}' depends on container '{other.get('containerName')}' which does not exist"
        for port in one.get("portMappings") or []:
            if given.get("networkMode") in ("awsvpc", "host") and port.get("hostPort") not in (
                None,
                0,
                port.get("containerPort"),
            ):
                yield (
                    f"When networkMode={given['networkMode']}, the host ports and container ports in port mappings must"
                    " match."
                )
        if fargate and one.get("privileged"):
            yield "Containers cannot be privileged on Fargate."
        if (size := given.get("memory", "")).isdigit() and one.get("memory", 0) > int(size):
            yield f"Invalid 'memory' setting for container '{name}': it is more than the task's {size} MiB"


@rule(
    "ecs.role-of-a-task",
    "ecs:RegisterTaskDefinition",
    code="ClientException",
    code_from="api",
    source=f"{_API}, taskRoleArn and executionRoleArn: the name or the ARN of a role; the message in public reports",
)
async def _role(asked: Asked, _: Inquiry) -> str | None:
    for member in ("taskRoleArn", "executionRoleArn"):
        if (role := asked.parameters.get(member)) and not _ROLE.fullmatch(role):
            return "Role is not valid"
    return None


@rule(
    "ecs.log-without-a-group",
    "ecs:RegisterTaskDefinition",
    code="ClientException",
    code_from="api",
    source=f"the message in {_SEEN}awslogs-missing-group",
)
async def _log(asked: Asked, _: Inquiry) -> str | None:
    for one in asked.parameters.get("containerDefinitions") or []:
        log = one.get("logConfiguration") or {}
        if log.get("logDriver") == "awslogs" and not (log.get("options") or {}).get("awslogs-group"):
            return "Log driver awslogs requires options: awslogs-group"
    return None


@rule(
    "ecs.health-check-of-a-container",
    "ecs:RegisterTaskDefinition",
    code="ClientException",
    code_from="api",
    source=f"botocore ecs HealthCheck: the ranges; {_SEEN}healthcheck-interval-range and three like it",
)
async def _health(asked: Asked, _: Inquiry) -> str | None:
    for one in asked.parameters.get("containerDefinitions") or []:
        for name, (least, most) in _CHECKED.items():
            value = (one.get("healthCheck") or {}).get(name)
            if value is not None and not least <= value <= most:
                return f"Invalid health check {name} for container '{one.get('name')}': between {least} and {most}"
    return None


@rule(
    "ecs.size-of-a-task-s-storage",
    "ecs:RegisterTaskDefinition",
    code="ClientException",
    code_from="api",
    source=f"botocore ecs EphemeralStorage.sizeInGiB; the messages in {_SEEN}ephemeral-storage-range",
)
async def _storage(asked: Asked, _: Inquiry) -> str | None:
    size = (asked.parameters.get("ephemeralStorage") or {}).get("sizeInGiB")
    if size is None or _LEAST_GIB <= size <= _MOST_GIB:
        return None
    return "EphemeralStorage size should be at " + (f"least {_LEAST_GIB}" if size < _LEAST_GIB else f"most {_MOST_GIB}")


@rule(
    "ecs.place-of-a-task-on-fargate",
    "ecs:RegisterTaskDefinition",
    code="ClientException",
    code_from="api",
    source=f"{_API}, placementConstraints: not of tasks on Fargate; the message in"
    f" {_SEEN}fargate-placement-constraints",
)
async def _placed(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters
    if "FARGATE" not in given.get("requiresCompatibilities", ()) or not given.get("placementConstraints"):
        return None
    return "Fargate compatible task definitions do not support constraints"


@rule(
    "ecs.place-of-a-service-on-fargate",
    "ecs:CreateService",
    code="InvalidParameterException",
    code_from="api",
    source="botocore ecs CreateService.schedulingStrategy: tasks on Fargate have no daemons;"
    f" {_SEEN}service-fargate-placement: nor are they placed",
)
async def _daemon(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters
    if given.get("launchType") != "FARGATE":
        return None
    if given.get("schedulingStrategy") == "DAEMON":
        return "The daemon scheduling strategy is not supported on the FARGATE launch type"
    for name, what in (("placementConstraints", "constraints"), ("placementStrategy", "strategies")):
        if given.get(name):
            return f"Placement {what} are not supported with FARGATE launch type."
    return None


RULES: Final = (_none, _role, _log, _health, _storage, _placed, _daemon)
