"""A Route 53 failover record pair with the health check that moves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.constructs.sites.alarm import alarm
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part, placed
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.routing.health_check_routing import HealthCheckRouting
    from constructs_lib.constructs.sites.sites import Sites

LATCH_NAMESPACE: Final = "Recovery"
LATCH_METRIC: Final = "Latch"


def _answer(endpoint: str, zone_id: str | None, *, ttl: object, follows: bool) -> dict[str, object]:
    """Return what a record answers with; where the zone of the endpoint is known, it is an alias.

    The secondary one does not follow its target, so that it is answered whenever the primary one is not.
    """
    if zone_id is None:
        return {"type": "CNAME", "ttl": ttl, "records": [endpoint]}
    return {"type": "A", "alias": {"name": endpoint, "zone_id": zone_id, "evaluate_target_health": follows}}


class FailoverRecord(Construct):
    """Health checks, primary and secondary record, an alarm on the primary endpoint, and a latch.

    Route 53 answers with the recovery endpoint as soon as its health checkers, which run in many Regions, call the
    primary endpoint unhealthy: no control plane takes part. The secondary record has no health check, so that it is
    answered whenever the primary is not.

    Left to itself the record returns as soon as the primary endpoint answers again, though the writer of a database may
    be in the recovery Region by then. The latch holds it there: a metric of the recovery Region, which anybody who may
    call `cloudwatch:PutMetricData` there sets to 1 and releases with 0. It also moves the traffic of a healthy primary.
    Setting and releasing needs no control plane of Route 53, and nothing of the primary Region. With
    `HealthCheckRouting(by_latch=True)` the record follows the latch and nothing else.

    Args:
        sites: The records are built in the global site, the latch's alarm in the recovery one.
        routing: Names and endpoints.

    Attributes:
        routing: As given.
        health_check: The `aws_route53_health_check` of the primary endpoint.
        latch: The alarm on the latch's metric, in the recovery Region: it tells who is told of alarms there.
        latch_check: The `aws_route53_health_check` that follows it.
        both: The calculated `aws_route53_health_check` of the primary record: the endpoint answers, and nothing holds;
            None where traffic moves by the latch alone.
        primary_record: The `aws_route53_record` that answers while `both` is healthy, or the latch is released.
        recovery_record: The one that answers otherwise.
        alarm: Rings when the primary endpoint is unhealthy; None without monitoring.
    """

    def __init__(self, sites: Sites, routing: HealthCheckRouting) -> None:
        site = sites.global_
        super().__init__(site.scope, "FailoverRecord")
        placed(self, site.scope, "FailoverRecord")
        settings = (
            next(item for item in load_catalog().routings if item.name == routing.checks).protections[0].parameters
        )
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
        self.latch, self.latch_check = self._build_latch(sites, tags)
        self.both = None if routing.by_latch else self._build_both(sites, tags)
        self.primary_record = AwsResource(
            self,
            "Primary",
            "aws_route53_record",
            {
                "zone_id": routing.zone_id,
                "name": routing.record_name,
                **_answer(routing.primary_endpoint, routing.primary_zone_id, ttl=settings["ttl"], follows=True),
                "set_identifier": "primary",
                "failover_routing_policy": {"type": "PRIMARY"},
                "health_check_id": (self.both or self.latch_check).here("id"),
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
                **_answer(routing.recovery_endpoint, routing.recovery_zone_id, ttl=settings["ttl"], follows=False),
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
            description=f"{routing.primary_endpoint} is unhealthy, {routing.record_name} "
            + ("waits for the latch" if routing.by_latch else "answers with the recovery one"),
            namespace="AWS/Route53",
            metric="HealthCheckStatus",
            dimensions={"HealthCheckId": self.health_check.here("id")},
            statistic="Minimum",
            comparison="LessThanThreshold",
            threshold=1,
            periods=1,
            missing="breaching",
            at_risk=False,
            tags=tags,
        )

    def _build_latch(self, sites: Sites, tags: Mapping[str, str]) -> tuple[AwsResource, AwsResource]:
        """Build the alarm on the latch, and the check that follows it."""
        site, recovery = sites.global_, sites.recovery
        assert recovery is not None, "a workload with a routing has a recovery Region"
        name = f"{sites.name}-latch"
        latch = alarm(
            part(recovery.scope, "RecoveryLatch"),
            "Default",
            recovery,
            name=name,
            description=f"somebody holds {self.routing.record_name} in {recovery.region}: release it with 0 once "
            f"{sites.primary.region} serves and writes again",
            namespace=LATCH_NAMESPACE,
            metric=LATCH_METRIC,
            dimensions={"Workload": sites.name},
            threshold=0,
            periods=1,
            # Between the 1 and the 0 there is no data: it stays as it is.
            missing="ignore",
            at_risk=False,
            needed=True,
            tags=tags,
        )
        assert latch is not None, "the latch is built without monitoring too"
        together = recovery.stack is site.stack
        check = AwsResource(
            self,
            "LatchCheck",
            "aws_route53_health_check",
            {
                "type": "CLOUDWATCH_METRIC",
                # The name, not a reference: this stack must not need the recovery Region's state.
                "cloudwatch_alarm_name": name,
                "cloudwatch_alarm_region": recovery.region,
                # Healthy until it is first set, and then what it was set to last.
                "insufficient_data_health_status": "LastKnownStatus",
                "tags": {**tags, "Name": name},
            },
            provider=site.provider,
            depends_on=[latch] if together else [],
        )
        return latch, check

    def _build_both(self, sites: Sites, tags: Mapping[str, str]) -> AwsResource:
        """Build the check that joins the latch's with the endpoint's."""
        return AwsResource(
            self,
            "PrimaryServes",
            "aws_route53_health_check",
            {
                "type": "CALCULATED",
                "child_healthchecks": [self.health_check.here("id"), self.latch_check.here("id")],
                "child_health_threshold": 2,
                "tags": {**tags, "Name": f"{sites.name} primary serves"},
            },
            provider=sites.global_.provider,
        )
