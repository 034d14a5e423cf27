"""What Route 53 does for a workload is read where its health checks say whose it is, and nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.components.latch import LATCH_METRIC, LATCH_NAMESPACE
from constructs_lib.live.kinds.routing import CONTROL_PLANE, read_routing
from constructs_lib.live.region import Region
from constructs_lib.objectives import Disruption
from constructs_lib.operations.auditing.audit import audit
from tests.operations.seeded import HOME, RECOVERY
from tests.operations.test_audit import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.emulator import EmulatedAws

pytestmark = pytest.mark.emulator


def route(aws: EmulatedAws, workload: str | None, zone: str, **primary: Any) -> tuple[str, str]:
    """Make a pair of failover records in a zone of their own; return the ids of the health check and of the zone."""
    edge = aws.client("route53", "us-east-1")
    zone_id = edge.create_hosted_zone(Name=zone, CallerReference=zone)["HostedZone"]["Id"].rpartition("/")[2]
    asks = {
        "Type": "HTTPS",
        "FullyQualifiedDomainName": f"p.{zone}",
        "Port": 443,
        "ResourcePath": "/health",
        "RequestInterval": 30,
        "FailureThreshold": 3,
    }
    check = edge.create_health_check(CallerReference=zone, HealthCheckConfig=asks)["HealthCheck"]["Id"]
    if workload is not None:
        tags = [{"Key": "recovery:workload", "Value": workload}]
        edge.change_tags_for_resource(ResourceType="healthcheck", ResourceId=check, AddTags=tags)
    for role, at, more in (("PRIMARY", "p", {"HealthCheckId": check, **primary}), ("SECONDARY", "r", {})):
        record = {
            "Name": f"app.{zone}",
            "Type": "CNAME",
            "TTL": 60,
            "Failover": role,
            "SetIdentifier": role.lower(),
            "ResourceRecords": [{"Value": f"{at}.{zone}"}],
            **more,
        }
        change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        edge.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch=change)
    return check, zone_id


def edge_of(aws: EmulatedAws) -> Region:
    return Region(Session(aws), CONTROL_PLANE)


def test_records_are_read_as_terraform_shows_them(aws: EmulatedAws) -> None:
    check, zone = route(aws, "routed", "routed-a.net")
    route(aws, "other", "routed-b.net")

    found = {(item.type, item.name): item.values for item in read_routing(edge_of(aws), {"routed"})}

    assert set(found) == {
        ("aws_route53_health_check", check),
        ("aws_route53_record", f"{zone}_app.routed-a.net_CNAME_primary"),
        ("aws_route53_record", f"{zone}_app.routed-a.net_CNAME_secondary"),
    }
    asked = found["aws_route53_health_check", check]
    assert (asked["fqdn"], asked["failure_threshold"], asked["request_interval"]) == ("p.routed-a.net", 3, 30)
    record = found["aws_route53_record", f"{zone}_app.routed-a.net_CNAME_primary"]
    assert record["failover_routing_policy"] == [{"type": "PRIMARY"}]
    assert (record["name"], record["ttl"], record["health_check_id"]) == ("app.routed-a.net", 60, check)


def test_no_zone_is_looked_into_for_what_is_nobodys(aws: EmulatedAws) -> None:
    route(aws, None, "routed-c.net")
    edge = edge_of(aws)

    assert read_routing(edge, {"nobody's"}) == []
    assert read_routing(edge, ()) == []
    assert edge.unasked == []


def test_what_fails_over_by_itself_is_as_fast_live_as_in_its_stacks(
    aws: EmulatedAws, built: Callable[..., DocumentedWorkload]
) -> None:
    """Each routed workload was called breached, with the health checks that it has as the fix."""
    workload = built("table", pattern="global_table")
    address = f"aws_dynamodb_table.{workload.name}-items"

    def rto() -> set[int | None]:
        found = audit((HOME, RECOVERY), None, today=datetime.now(UTC).date(), session=Session(aws))
        own = [item.after for item in found.review.components if item.address.endswith(address)]
        return {after.estimates[Disruption.REGION].rto_seconds for after in own if after is not None}

    by_hand = rto()
    route(aws, workload.name, f"{workload.name}.net")
    by_itself = rto()

    assert by_hand == {22 * 60}
    assert by_itself == {3 * 60 + 10}


def test_a_record_that_waits_for_the_latch_is_no_faster_than_people(
    aws: EmulatedAws, built: Callable[..., DocumentedWorkload]
) -> None:
    workload = built("table", pattern="global_table")
    alarm = {
        "Namespace": LATCH_NAMESPACE,
        "MetricName": LATCH_METRIC,
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    }
    aws.client("cloudwatch", RECOVERY).put_metric_alarm(AlarmName=f"{workload.name}-latch", **alarm)
    _, zone = route(aws, None, f"{workload.name}.net")
    edge = aws.client("route53", "us-east-1")
    follows = {
        "Type": "CLOUDWATCH_METRIC",
        "AlarmIdentifier": {"Region": RECOVERY, "Name": f"{workload.name}-latch"},
        "InsufficientDataHealthStatus": "LastKnownStatus",
    }
    latch = edge.create_health_check(CallerReference=workload.name, HealthCheckConfig=follows)["HealthCheck"]["Id"]
    tags = [{"Key": "recovery:workload", "Value": workload.name}]
    edge.change_tags_for_resource(ResourceType="healthcheck", ResourceId=latch, AddTags=tags)
    records = edge.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    (primary,) = [one for one in records if one.get("Failover") == "PRIMARY"]
    change = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": {**primary, "HealthCheckId": latch}}]}
    edge.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=change)

    found = audit((HOME, RECOVERY), None, today=datetime.now(UTC).date(), session=Session(aws))

    own = [item.after for item in found.review.components if item.address.endswith(f"{workload.name}-items")]
    assert {after.estimates[Disruption.REGION].rto_seconds for after in own if after is not None} == {22 * 60}


def test_who_may_not_ask_route_53_is_told(aws: EmulatedAws, built: Callable[..., DocumentedWorkload]) -> None:
    built("table", pattern="global_table")
    session = Session(aws, frozenset({"ListHealthChecks"}))

    found = audit((HOME, RECOVERY), None, today=datetime.now(UTC).date(), session=session)

    assert [item.what for item in found.unasked] == ["route53:ListHealthChecks in us-east-1"]


def test_where_no_zone_of_the_account_has_the_record_it_is_said_and_all_else_is_judged(
    aws: EmulatedAws, built: Callable[..., DocumentedWorkload]
) -> None:
    """The zone was another account's: callers counted as sent by people, and nothing said why."""
    workload = built("table", pattern="global_table")
    check, zone = route(aws, workload.name, f"{workload.name}.net")
    edge = aws.client("route53", "us-east-1")

    def untold() -> list[str]:
        found = audit((HOME, RECOVERY), None, today=datetime.now(UTC).date(), session=Session(aws))
        assert found.unasked == ()
        return [text for text in found.untold if workload.name in text]

    before = untold()
    records = edge.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    changes = [{"Action": "DELETE", "ResourceRecordSet": one} for one in records if "SetIdentifier" in one]
    edge.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    (after,) = untold()

    assert before == []
    assert f"follows health check {check} of {workload.name}" in after
    assert "where another account has the zone" in after
