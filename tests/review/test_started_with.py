"""What the tasks of a service are started with, and what failover records lead to: destroyed, it is missed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.plan import read_plan
from constructs_lib.review import review
from tests.review.made import AWAY, HOME, declared, plan, resource
from tests.review.recorded import TODAY
from tests.review.test_standby_closure import given, service

SERVED = [*given(HOME), *given(AWAY), *service(HOME), *service(AWAY)]


def destroyed(entries: list[dict[str, Any]], address: str) -> list[dict[str, Any]]:
    """Return *entries* with one that the plan destroys."""
    found = json.loads(json.dumps(entries))
    (entry,) = (item for item in found if item["address"] == address)
    entry["change"].update(actions=["delete"], after=None)
    return list(found)


def parts(entries: list[dict[str, Any]]) -> dict[str, str]:
    """Return the messages about parts that recovery needs, by address."""
    findings = review(read_plan(json.dumps(plan(*entries)).encode()), declared(), today=TODAY).findings
    return {str(item.address): item.message for item in findings if item.id == "RECOVERY-127"}


@pytest.mark.parametrize(
    ("address", "what"),
    [
        (f"aws_ssm_parameter.{HOME}", "the parameter that the tasks of aws_ecs_task_definition.home"),
        (f"aws_ssm_parameter.{AWAY}", "the parameter that the tasks of aws_ecs_task_definition.there"),
        (f"aws_cloudwatch_log_group.{AWAY}", "the log group that the tasks of aws_ecs_task_definition.there"),
        ("aws_secretsmanager_secret.token", "the secret that the tasks of aws_ecs_task_definition.home"),
        ("aws_ecr_repository.web", "the repository that the tasks of aws_ecs_task_definition.home"),
        (
            "aws_ecr_replication_configuration.all",
            "which brings the image that the tasks of aws_ecs_task_definition.there",
        ),
    ],
)
def test_what_tasks_are_started_with_is_missed_where_the_plan_destroys_it(address: str, what: str) -> None:
    assert parts(SERVED) == {}
    assert parts(destroyed(SERVED, address)) == {address: f"the plan destroys {address}, {what} need to start"}


def test_what_no_task_is_given_any_more_may_go() -> None:
    other = resource("aws_ssm_parameter.old", {"name": "/shop/old", "id": "/shop/old"})
    assert parts(destroyed([*SERVED, other], "aws_ssm_parameter.old")) == {}

    without = [item for item in SERVED if item["address"] != "aws_ecs_task_definition.there"]
    definition = service(AWAY, definition="[]")[0]
    assert parts(destroyed([*without, definition], f"aws_ssm_parameter.{AWAY}")) == {}


def test_a_name_that_a_failover_record_leads_to_is_missed() -> None:
    def record(address: str, name: str, leads_to: str, **more: Any) -> dict[str, Any]:
        values = {"zone_id": "Z1", "name": name, "type": "CNAME", "records": [leads_to], "id": address}
        return resource(f"aws_route53_record.{address}", {**values, **more})

    records = [
        record("failover", "shop.test", "there.shop.test", failover_routing_policy=[{"type": "SECONDARY"}]),
        record("there", "there.shop.test", "balancer.test"),
        record("other", "other.shop.test", "balancer.test"),
    ]

    assert parts(destroyed(records, "aws_route53_record.there")) == {
        "aws_route53_record.there": "the plan destroys aws_route53_record.there, to which "
        "aws_route53_record.failover leads"
    }
    assert parts(destroyed(records, "aws_route53_record.other")) == {}
