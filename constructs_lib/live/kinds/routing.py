"""Route 53's records that fail over for a workload, and the health checks that turn them; they are of no Region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.live.found import Found
from constructs_lib.live.region import REFUSED
from constructs_lib.live.terraform_names import tags
from constructs_lib.objectives.tags import WORKLOAD

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from constructs_lib.live.region import Region

__all__ = ["CONTROL_PLANE", "read_routing"]

CONTROL_PLANE: Final = "us-east-1"
"""The Region in which Route 53 tells what is set."""

_AT_ONCE: Final = 10
"""The most health checks whose tags one call tells (Route 53's API reference)."""

_ALARMS_AT_ONCE: Final = 100
"""The most alarms that one call names (CloudWatch's API reference)."""

_CHECK: Final = {
    "Type": "type",
    "FullyQualifiedDomainName": "fqdn",
    "IPAddress": "ip_address",
    "Port": "port",
    "ResourcePath": "resource_path",
    "SearchString": "search_string",
    "RequestInterval": "request_interval",
    "FailureThreshold": "failure_threshold",
    "Inverted": "invert_healthcheck",
    "Disabled": "disabled",
    "ChildHealthChecks": "child_healthchecks",
    "HealthThreshold": "child_health_threshold",
    "InsufficientDataHealthStatus": "insufficient_data_health_status",
}
_RECORD: Final = {
    "Type": "type",
    "TTL": "ttl",
    "SetIdentifier": "set_identifier",
    "HealthCheckId": "health_check_id",
}


def read_routing(region: Region, workloads: Collection[str], others: Collection[Region] = ()) -> list[Found]:
    """Return the health checks whose tags say that they are of *workloads*, and the records that follow them.

    With them come the alarms that they follow, as far as those lie in Regions that are asked.

    Where there are none, no hosted zone is looked into: one may hold ten thousand records.

    Args:
        region: That of Route 53's control plane.
        workloads: The workloads, by name.
        others: The Regions that are asked for their own.
    """
    if not workloads:
        return []
    checks = region.pages("route53", "list_health_checks", "HealthChecks")
    parts = [checks[start : start + _AT_ONCE] for start in range(0, len(checks), _AT_ONCE)]
    own = [found for some in parts for found in _checks(region, some, workloads)]
    if not own:
        return []
    followed = {str(item.values["id"]) for item in own}
    zones = region.pages("route53", "list_hosted_zones", "HostedZones")
    return [
        *own,
        *_alarms(own, others),
        *(
            record
            for records in region.each(zones, lambda zone: _records(region, zone, followed))
            for record in records
        ),
    ]


def _checks(region: Region, given: list[dict[str, Any]], workloads: Collection[str]) -> Iterator[Found]:
    answer = region.ask(
        "route53",
        "list_tags_for_resources",
        ResourceType="healthcheck",
        ResourceIds=[str(check["Id"]) for check in given],
    )
    told = {} if answer is REFUSED else {str(one["ResourceId"]): tags(one["Tags"]) for one in answer["ResourceTagSets"]}
    for check in given:
        own, identity, config = told.get(str(check["Id"]), {}), str(check["Id"]), check["HealthCheckConfig"]
        if own.get(WORKLOAD) not in workloads:
            continue
        alarm = config.get("AlarmIdentifier", {})
        yield Found(
            type="aws_route53_health_check",
            name=identity,
            region=region.name,
            values={
                **{argument: config[member] for member, argument in _CHECK.items() if member in config},
                "id": identity,
                "cloudwatch_alarm_name": alarm.get("Name"),
                "cloudwatch_alarm_region": alarm.get("Region"),
                "tags_all": own,
            },
        )


def _alarms(checks: Sequence[Found], regions: Collection[Region]) -> Iterator[Found]:
    for region in regions:
        names = sorted(
            str(check.values["cloudwatch_alarm_name"])
            for check in checks
            if check.values["cloudwatch_alarm_region"] == region.name
        )
        for start in range(0, len(names), _ALARMS_AT_ONCE):
            some = names[start : start + _ALARMS_AT_ONCE]
            for given in region.pages("cloudwatch", "describe_alarms", "MetricAlarms", AlarmNames=some):
                yield Found(
                    type="aws_cloudwatch_metric_alarm",
                    name=str(given["AlarmName"]),
                    region=region.name,
                    values={
                        "alarm_name": given["AlarmName"],
                        "namespace": given.get("Namespace"),
                        "metric_name": given.get("MetricName"),
                        "alarm_actions": given.get("AlarmActions", []),
                        "treat_missing_data": given.get("TreatMissingData"),
                    },
                )


def _records(region: Region, zone: dict[str, Any], followed: Collection[str]) -> list[Found]:
    identity = str(zone["Id"]).rpartition("/")[2]
    sets: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for given in region.pages("route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=identity):
        if "SetIdentifier" in given:
            sets.setdefault((given["Name"], given["Type"]), []).append(given)
    return [
        _record(region, identity, given)
        for records in sets.values()
        if any(given.get("HealthCheckId") in followed for given in records)
        for given in records
    ]


def _record(region: Region, zone: str, given: dict[str, Any]) -> Found:
    name = str(given["Name"]).replace("\\052", "*").rstrip(".")
    alias = given.get("AliasTarget")
    return Found(
        type="aws_route53_record",
        # As Terraform's provider calls it.
        name=f"{zone}_{name}_{given['Type']}_{given['SetIdentifier']}",
        region=region.name,
        values={
            **{argument: given[member] for member, argument in _RECORD.items() if member in given},
            "zone_id": zone,
            "name": name,
            "records": [one["Value"] for one in given.get("ResourceRecords", ())],
            "alias": [] if alias is None else [_alias(alias)],
            "failover_routing_policy": [{"type": given["Failover"]}] if "Failover" in given else [],
            "weighted_routing_policy": [{"weight": given["Weight"]}] if "Weight" in given else [],
        },
    )


def _alias(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": str(given["DNSName"]).rstrip("."),
        "zone_id": given["HostedZoneId"],
        "evaluate_target_health": given["EvaluateTargetHealth"],
    }
