"""ECS services of a Region, with the task definitions they run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.resources.made_on_the_day import LISTS
from constructs_lib.live.found import Found
from constructs_lib.live.region import REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.live.region import Region

_AT_ONCE: Final = 10
"""How many services one call describes."""
_LISTED: Final = 100
"""How many services one call lists."""
_CLUSTERS_AT_ONCE: Final = 100
"""How many clusters one call describes."""


def read_services(region: Region) -> list[Found]:
    """Return the services of *region*; a call for 100 clusters, one for 100 of a cluster, for ten, and for each task.

    Of a cluster without services that is tagged with where to make one, the newest definition of its name.
    """
    clusters = [str(item[""]) for item in region.pages("ecs", "list_clusters", "clusterArns")]
    found: list[Found] = []
    for items in region.each(clusters, lambda cluster: list(_of_cluster(region, cluster))):
        found += items
    used = {str(item.values["cluster"]) for item in found}
    ready = list(_ready(region, [arn for arn in clusters if arn not in used]))
    definitions = dict.fromkeys(
        (*(str(item.values["task_definition"]) for item in found), *(str(item.values["name"]) for item in ready))
    )
    described = region.each(definitions, lambda named: _definition(region, named))
    return [*found, *ready, *(item for item in described if item)]


def _ready(region: Region, arns: list[str]) -> Iterator[Found]:
    for start in range(0, len(arns), _CLUSTERS_AT_ONCE):
        asked = arns[start : start + _CLUSTERS_AT_ONCE]
        told = region.ask("ecs", "describe_clusters", region.name, clusters=asked, include=["TAGS"])
        for given in [] if told is REFUSED else told["clusters"]:
            tags = _tags(given)
            if any(key.startswith(LISTS["task_subnets"]) for key in tags):
                arn = str(given["clusterArn"])
                values = {"id": arn, "arn": arn, "name": given["clusterName"], "tags_all": tags}
                yield Found(type="aws_ecs_cluster", name=arn, region=region.name, values=values)


def _tags(given: dict[str, Any]) -> dict[str, str]:
    return {str(item["key"]): str(item.get("value", "")) for item in given.get("tags", ())}


def _of_cluster(region: Region, cluster: str) -> Iterator[Found]:
    # ECS gives ten at a time unless asked for more (ListServices.maxResults).
    listed = region.pages("ecs", "list_services", "serviceArns", cluster=cluster, maxResults=_LISTED)
    arns = [str(item[""]) for item in listed]
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
            "tags_all": _tags(given),
        },
    )


def _definition(region: Region, named: str) -> Found | None:
    told = region.ask("ecs", "describe_task_definition", named, taskDefinition=named, include=["TAGS"])
    if told is REFUSED:
        return None
    given: dict[str, Any] = told["taskDefinition"]
    arn = str(given["taskDefinitionArn"])
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
            "tags_all": _tags(told),
        },
    )
