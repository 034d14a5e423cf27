"""Failover records that the declaration names beside what they turn the traffic of, without a tag that says so."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.assessment import Verdict
from tests.review.made import found, resource, table

_OBJECTIVE = """
version: 1
regions: {primary: eu-west-1, recovery: eu-central-1}
workloads:
  shop:
    objective: {region: {rto: 10m, rpo: 1h}}
    components: [{match: aws_dynamodb_table.orders}%s]
"""
_HOSTS = {"primary": "a.eu-west-1.elb.amazonaws.com", "recovery": "b.eu-central-1.elb.amazonaws.com"}


def _records(**more: Any) -> list[dict[str, Any]]:
    given = []
    for side, role in (("primary", "PRIMARY"), ("recovery", "SECONDARY")):
        values = {
            "zone_id": "Z1",
            "name": "api.example.com",
            "type": "CNAME",
            "ttl": 60,
            "records": [_HOSTS[side]],
            "set_identifier": side,
            "failover_routing_policy": [{"type": role}],
            "health_check_id": "check" if side == "primary" else None,
            **more,
        }
        given.append(resource(f"aws_route53_record.{side}", values, region=None))
    check = {"id": "check", "type": "HTTPS", "fqdn": _HOSTS["primary"], "request_interval": 30, "failure_threshold": 3}
    return [*given, resource("aws_route53_health_check.check", check, region=None)]


@pytest.mark.parametrize(
    ("named", "records", "verdict"),
    [
        (", {match: aws_route53_record.primary}", _records(), Verdict.MET),
        # In no workload: whose traffic it turns, nobody says.
        ("", _records(), Verdict.BREACHED),
        (", {match: aws_route53_record.primary}", _records(ttl=86400), Verdict.BREACHED),
        (", {match: aws_route53_record.primary}", _records(records=[_HOSTS["primary"]]), Verdict.BREACHED),
    ],
)
def test_records_that_a_workload_names_turn_its_traffic(
    named: str, records: list[dict[str, Any]], verdict: Verdict
) -> None:
    """Before, a human had to, and the fix was to add the health checks and records that stand there."""
    result = found(table(), *records, objectives=_OBJECTIVE % named)

    (orders,) = [item for item in result.components if item.address == "aws_dynamodb_table.orders"]
    assert orders.verdict is verdict
