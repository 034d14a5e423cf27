"""Of a service whose definitions alone stand by, the review counts what is ready, and misses each part that goes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.review.made import ACCOUNT, AWAY, HOME, found, resource

if TYPE_CHECKING:
    from constructs_lib.review import Review

TAGS = {"recovery:workload": "shop", "recovery:component": "web"}
READY = {**TAGS, "recovery:task-subnet-0": "subnet-1", "recovery:certificate": "arn"}


def definition(region: str, revision: int = 1, image_region: str | None = None) -> dict[str, Any]:
    image = f"{ACCOUNT}.dkr.ecr.{image_region or region}.amazonaws.com/web@sha256:{'0' * 64}"
    return {
        "family": "web",
        "id": "web",
        "arn": f"arn:aws:ecs:{region}:{ACCOUNT}:task-definition/web:{revision}",
        "container_definitions": json.dumps([{"name": "web", "image": image}]),
        "tags_all": {**TAGS, **({"recovery:site": "recovery"} if region == AWAY else {})},
    }


SERVICE = {
    "name": "web",
    "id": "web",
    "cluster": "web",
    "task_definition": definition(HOME)["arn"],
    "desired_count": 2,
    "tags_all": TAGS,
}
HERE = [
    resource("aws_ecs_task_definition.here", definition(HOME)),
    resource("aws_ecs_service.here", SERVICE),
]
THERE: dict[str, dict[str, Any]] = {
    "aws_ecs_cluster.there": {"name": "web", "id": "web", "arn": "arn:cluster", "tags_all": READY},
    "aws_ecs_task_definition.there": definition(AWAY),
    "aws_lb_target_group.there": {"name": "web", "id": "web", "arn": "arn:targets", "tags_all": TAGS},
}


def reviewed(**changes: Any) -> Review:
    """Review the service with what stands by for it, each part as *changes* say: by type, what it is after."""
    there = []
    for address, values in THERE.items():
        after = changes.get(address.split(".")[0], values)
        replace = [["container_definitions"]] if after is not None and after != values else None
        there.append(resource(address, after, values, region=AWAY, replace=replace))
    return found(*HERE, *there)


def rto(result: Review) -> int | None:
    (component,) = [item for item in result.components if item.address == "aws_ecs_service.here"]
    assert component.after is not None
    seconds: int | None = component.after.estimates["region"].rto_seconds  # type: ignore[index]
    return seconds


def test_definitions_that_are_ready_count() -> None:
    result = reviewed()

    assert {item.severity for item in result.findings} <= {"note"}
    assert rto(result) == 120 + 900 + 600 + 300 + 300


def test_a_new_revision_is_no_loss() -> None:
    """Terraform replaces a task definition for each, in both Regions: an image that is deployed breaks no promise."""
    home = definition(HOME, 2) | {"cpu": "512"}
    result = found(
        resource("aws_ecs_task_definition.here", home, definition(HOME), replace=[["cpu"]]),
        resource("aws_ecs_service.here", SERVICE | {"task_definition": home["arn"]}, SERVICE),
        *(
            resource(address, values, region=AWAY)
            for address, values in THERE.items()
            if address != "aws_ecs_task_definition.there"
        ),
        resource(
            "aws_ecs_task_definition.there", definition(AWAY, 2), definition(AWAY), region=AWAY, replace=[["cpu"]]
        ),
    )

    assert [item for item in result.findings if item.severity != "note"] == []
    assert rto(result) is not None


@pytest.mark.parametrize("type", ["aws_ecs_cluster", "aws_ecs_task_definition", "aws_lb_target_group"])
def test_each_part_that_goes_is_missed_by_its_address(type: str) -> None:
    result = reviewed(**{type: None})

    assert any(f"{type}.there" in f"{item.address} {item.message}" for item in result.findings), result.findings
    assert rto(result) is None


def test_a_definition_that_leads_home_is_named() -> None:
    result = reviewed(aws_ecs_task_definition=definition(AWAY, 2, image_region=HOME))

    assert "RECOVERY-231" in {item.id for item in result.findings}


def test_a_definition_in_a_cluster_that_tells_nothing_does_not_count() -> None:
    """Whoever makes the service on the day would not know where to."""
    result = reviewed(aws_ecs_cluster=THERE["aws_ecs_cluster.there"] | {"tags_all": TAGS})

    assert rto(result) is None
