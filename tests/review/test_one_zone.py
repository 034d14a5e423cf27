"""A service whose tasks can start in one Availability Zone only does not outlive the loss of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.review.made import ACCOUNT, HOME, found, resource

_PROMISED = """
version: 1
workloads: {shop: {objective: {%s}, components: [{match: aws_ecs_service.web}]}}
"""
_ZONE = "zone: {rto: 1h, rpo: 0s}, hardware: {rto: 1h, rpo: 0s}"


def _service(subnets: list[str], **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:ecs:{HOME}:{ACCOUNT}:service/all/web"
    network = [{"subnets": subnets, "security_groups": [], "assign_public_ip": False}]
    return resource(
        "aws_ecs_service.web",
        {"id": arn, "name": "web", "cluster": "all", "desired_count": 2, "network_configuration": network},
        **more,
    )


def _subnet(id: str, zone: str) -> dict[str, Any]:
    return resource(f"aws_subnet.{id}", {"id": id, "availability_zone": f"{HOME}{zone}"})


@pytest.mark.parametrize(
    ("subnets", "zones", "alone"),
    [
        (["a"], "", True),
        (["a", "b"], "", False),  # elsewhere, and so in zones that nobody tells
        (["a", "b"], "aa", True),
        (["a", "b"], "ab", False),
        (["a", "b", "c"], "aa", False),
    ],
)
def test_a_service_in_one_zone_does_not_outlive_it(subnets: list[str], zones: str, alone: bool) -> None:
    there = [_subnet(id, zone) for id, zone in zip(subnets, zones, strict=False)]
    result = found(_service(subnets), *there, objectives=_PROMISED % _ZONE)

    rows = {str(row.disruption): row.after_verdict for row in result.components[0].disruptions if row.target}
    assert rows == {"zone": "breached" if alone else "met", "hardware": "met"}
    assert ("RECOVERY-241" in {item.id for item in result.errors}) is alone


def test_what_is_not_known_before_apply_is_not_one_zone() -> None:
    unknown = {"network_configuration": [{"subnets": True}]}
    service = _service([], before=None, unknown=unknown)

    assert "RECOVERY-241" not in {item.id for item in found(service, objectives=_PROMISED % _ZONE).findings}


def test_without_a_promise_for_the_loss_of_a_zone_nothing_is_said() -> None:
    promised = _PROMISED % "software: {rto: 1d, rpo: 1d}"

    assert "RECOVERY-241" not in {item.id for item in found(_service(["a"]), objectives=promised).findings}
