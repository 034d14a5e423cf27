"""A Route 53 failover record pair with the health check that moves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.constructs.sites.alarm import alarm
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from constructs_lib.constructs.routing.health_check_routing import HealthCheckRouting
    from constructs_lib.constructs.sites.sites import Sites


class FailoverRecord(Construct):
    """Health check, primary and secondary record, and an alarm on the health check; all in the global site.

    Route 53 answers with the recovery endpoint as soon as its health checkers, which run in many Regions, call the
    primary endpoint unhealthy: no control plane takes part. The secondary record has no health check, so that it is
    answered whenever the primary is not.

    Args:
        sites: The global site is where the records are built.
        routing: Names and endpoints.
    """

    def __init__(self, sites: Sites, routing: HealthCheckRouting) -> None:
        site = sites.global_
        super().__init__(site.scope, "FailoverRecord")
        settings = next(item for item in load_catalog().routings if item.name == routing.name).protections[0].parameters
        tags = {**site.tags, "recovery:workload": sites.name}
        self.routing = routing
        self.health_check = AwsResource(
            self,
            "HealthCheck",
            "aws_route53_health_check",
            {
                "type": "HTTPS",
                "fqdn": routing.primary_endpoint,
                "port": 443,
                "resource_path": routing.path,
                "request_interval": settings["request_interval"],
                "failure_threshold": settings["failure_threshold"],
                "tags": {**tags, "Name": f"{sites.name} primary"},
            },
            provider=site.provider,
        )
        self.primary_record = AwsResource(
            self,
            "Primary",
            "aws_route53_record",
            {
                "zone_id": routing.zone_id,
                "name": routing.record_name,
                "type": "CNAME",
                "ttl": settings["ttl"],
                "records": [routing.primary_endpoint],
                "set_identifier": "primary",
                "failover_routing_policy": {"type": "PRIMARY"},
                "health_check_id": self.health_check.ref("id"),
            },
            provider=site.provider,
        )
        self.recovery_record = AwsResource(
            self,
            "Recovery",
            "aws_route53_record",
            {
                "zone_id": routing.zone_id,
                "name": routing.record_name,
                "type": "CNAME",
                "ttl": settings["ttl"],
                "records": [routing.recovery_endpoint],
                "set_identifier": "recovery",
                "failover_routing_policy": {"type": "SECONDARY"},
            },
            provider=site.provider,
        )
        self.alarm = alarm(
            self,
            "Alarm",
            site,
            name=f"{sites.name}-primary-unhealthy",
            description=f"{routing.primary_endpoint} is unhealthy, {routing.record_name} answers with the recovery one",
            namespace="AWS/Route53",
            metric="HealthCheckStatus",
            dimensions={"HealthCheckId": self.health_check.ref("id")},
            statistic="Minimum",
            comparison="LessThanThreshold",
            threshold=1,
            periods=1,
            missing="breaching",
            tags=tags,
        )
