"""How many tasks of an ECS service run: as many as it wants, where its execution role may start them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.permissions import acts
from constructs_lib.emulator.permissions.in_force import InForce

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.call import Reply
    from constructs_lib.emulator.calls.inquiry import Inquiry

#: Of an ARN of a secret; what follows names a key of its value, a stage and a version.
_SECRET_PARTS: Final = 7


async def running_tasks(inquiry: Inquiry, service: str) -> int:
    """Return how many tasks of `service`, an ARN, run: none where there is no such service."""
    _, cluster, name = service.split("/")
    region = service.split(":")[3]
    found = await inquiry("ecs", "DescribeServices", region, cluster=cluster, services=[name])
    if not (services := (found or {}).get("services")):
        return 0
    # moto runs what UpdateService asks for, and nothing of what CreateService does.
    wanted = int(services[0]["desiredCount"])
    return 0 if wanted and await _why_none_starts(inquiry, services[0]) else wanted


async def described(inquiry: Inquiry, reply: Reply) -> Reply:
    """Return what DescribeServices shows with all tasks that are asked for, or none and the event that says why."""
    shown = json.loads(reply.body)
    for service in shown.get("services", []):
        if not service.get("desiredCount"):
            continue
        if why := await _why_none_starts(inquiry, service):
            name = service["serviceName"]
            message = f"(service {name}) is unable to consistently start tasks successfully. {why}"
            event = {"id": name, "createdAt": service.get("createdAt"), "message": message}
            service |= {"runningCount": 0, "events": [event, *service.get("events", [])]}
        else:
            service |= {"runningCount": service["desiredCount"], "pendingCount": 0}
    return reply.with_body(json.dumps(shown).encode())


async def _why_none_starts(inquiry: Inquiry, service: Mapping[str, Any]) -> str | None:
    region = service["serviceArn"].split(":")[3]
    task = service["taskDefinition"]
    found = await inquiry("ecs", "DescribeTaskDefinition", region, taskDefinition=task)
    definition: Mapping[str, Any] = (found or {}).get("taskDefinition", {})
    if not (role := definition.get("executionRoleArn")):
        return None
    containers = definition["containerDefinitions"]
    images = [repository for one in containers if (repository := _repository(one["image"]))]
    streams = [stream for one in containers if (stream := _stream(one.get("logConfiguration", {}), inquiry.account))]
    policies = InForce(inquiry)
    missing = await acts.task_start(policies, role=role, cluster=service["clusterArn"], images=images, streams=streams)
    for given in (secret["valueFrom"] for one in containers for secret in one.get("secrets", [])):
        secret = None if missing else await _secret(inquiry, given, region)
        missing = missing or (
            f"ResourceInitializationError: unable to pull secrets or registry auth: {given} cannot be found"
            if secret is None
            else await acts.task_secret(policies, role=role, secret=secret)
        )
    return missing


async def _secret(inquiry: Inquiry, given: str, region: str) -> acts.TaskSecret | None:
    """Return what `valueFrom` names: a secret by ARN, with or without a key of it, or a parameter by ARN or name."""
    if given.startswith("arn:") and given.split(":")[2] == "secretsmanager":
        arn = ":".join(given.split(":")[:_SECRET_PARTS])
        where = given.split(":")[3]
        found = await inquiry("secretsmanager", "DescribeSecret", where, SecretId=arn)
        return None if found is None else acts.TaskSecret(arn=found["ARN"], key=_own_key(found.get("KmsKeyId"), where))
    name = given.partition(":parameter")[2] or given
    where = given.split(":")[3] if given.startswith("arn:") else region
    filters = [{"Key": "Name", "Values": [name]}]
    listed = await inquiry("ssm", "DescribeParameters", where, ParameterFilters=filters) or {}
    found = next((one for one in listed.get("Parameters", []) if one["Name"].strip("/") == name.strip("/")), None)
    if found is None:
        return None
    arn = f"arn:aws:ssm:{where}:{inquiry.account}:parameter/{name.lstrip('/')}"
    return acts.TaskSecret(arn=arn, key=_own_key(found.get("KeyId"), where))


def _own_key(key: str | None, region: str) -> str:
    """Return the account's own key of a secret; of a replica, the emulator names that of the primary, which is not."""
    return key if key and ":key/" in key and key.split(":")[3:4] == [region] else ""


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
