"""ECS: what the containers of a task definition may say."""

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


RULES: Final = (_none, _role)
