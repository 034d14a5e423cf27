"""ECS services of a Region, with the task definitions they run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.live.found import Found
from constructs_lib.live.region import REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.live.region import Region

_AT_ONCE: Final = 10
"""How many services one call describes."""


def read_services(region: Region) -> list[Found]:
    """Return the services of *region*; a call for 100 clusters, one for each cluster's, for ten, and for each task."""
    clusters = [str(item[""]) for item in region.pages("ecs", "list_clusters", "clusterArns")]
    found: list[Found] = []
    for items in region.each(clusters, lambda cluster: list(_of_cluster(region, cluster))):
        found += items
    definitions = dict.fromkeys(str(item.values["task_definition"]) for item in found)
    return [*found, *(item for item in region.each(definitions, lambda arn: _definition(region, arn)) if item)]


def _of_cluster(region: Region, cluster: str) -> Iterator[Found]:
    arns = [str(item[""]) for item in region.pages("ecs", "list_services", "serviceArns", cluster=cluster)]
    for start in range(0, len(arns), _AT_ONCE):
        asked = arns[start : start + _AT_ONCE]
        told = region.ask("ecs", "describe_services", cluster, cluster=cluster, services=asked, include=["TAGS"])
        for given in [] if told is REFUSED else told["services"]:
            yield _service(region, given)


def _service(region: Region, given: dict[str, Any]) -> Found:
    return Found(
        type="aws_ecs_service",
        name=str(given["serviceArn"]),
        region=region.name,
        values={
            "id": given["serviceArn"],
            "name": given["serviceName"],
            "cluster": given.get("clusterArn"),
            "desired_count": given.get("desiredCount"),
            "launch_type": given.get("launchType"),
            "task_definition": given.get("taskDefinition"),
            "load_balancer": [
                {"target_group_arn": item.get("targetGroupArn")} for item in given.get("loadBalancers", ())
            ],
            "tags_all": {str(item["key"]): str(item.get("value", "")) for item in given.get("tags", ())},
        },
    )


def _definition(region: Region, arn: str) -> Found | None:
    told = region.ask("ecs", "describe_task_definition", arn, taskDefinition=arn)
    if told is REFUSED:
        return None
    given: dict[str, Any] = told["taskDefinition"]
    platform = given.get("runtimePlatform", {})
    return Found(
        type="aws_ecs_task_definition",
        name=arn,
        region=region.name,
        values={
            "id": given.get("family"),
            "arn": arn,
            "family": given.get("family"),
            "cpu": given.get("cpu"),
            "memory": given.get("memory"),
            "runtime_platform": [{"cpu_architecture": platform.get("cpuArchitecture")}],
        },
    )
