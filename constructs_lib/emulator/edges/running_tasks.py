"""How many tasks of an ECS service run: as many as it wants, where its execution role may start them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.emulator.permissions import acts
from constructs_lib.emulator.permissions.in_force import InForce

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.inquiry import Inquiry


async def running_tasks(inquiry: Inquiry, service: str) -> int:
    """Return how many tasks of `service`, an ARN, run: none where there is no such service."""
    _, cluster, name = service.split("/")
    region = service.split(":")[3]
    found = await inquiry("ecs", "DescribeServices", region, cluster=cluster, services=[name])
    if not (services := (found or {}).get("services")):
        return 0
    running = int(services[0]["runningCount"])
    return running if running and await _may_start(inquiry, services[0]) else 0


async def _may_start(inquiry: Inquiry, service: Mapping[str, Any]) -> bool:
    region = service["serviceArn"].split(":")[3]
    task = service["taskDefinition"]
    found = await inquiry("ecs", "DescribeTaskDefinition", region, taskDefinition=task)
    definition: Mapping[str, Any] = (found or {}).get("taskDefinition", {})
    if not (role := definition.get("executionRoleArn")):
        return True
    containers = definition["containerDefinitions"]
    images = [repository for one in containers if (repository := _repository(one["image"]))]
    streams = [stream for one in containers if (stream := _stream(one.get("logConfiguration", {}), inquiry.account))]
    missing = await acts.task_start(
        InForce(inquiry), role=role, cluster=service["clusterArn"], images=images, streams=streams
    )
    return missing is None


def _repository(image: str) -> str | None:
    """Return the ARN of the repository of ECR that an image is pulled from, None for an image of elsewhere."""
    host, _, path = image.partition("/")
    account, _, rest = host.partition(".dkr.ecr.")
    if not rest:
        return None
    return f"arn:aws:ecr:{rest.split('.')[0]}:{account}:repository/{path.partition('@')[0].partition(':')[0]}"


def _stream(logs: Mapping[str, Any], account: str) -> str | None:
    if logs.get("logDriver") != "awslogs":
        return None
    group, region = logs["options"]["awslogs-group"], logs["options"]["awslogs-region"]
    return f"arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:any"
