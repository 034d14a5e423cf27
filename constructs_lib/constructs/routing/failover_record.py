"""A pair of Route 53 records with the health checks that move it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.components.latch import LATCH_METRIC, LATCH_NAMESPACE
from constructs_lib.constructs.sites.alarm import alarm
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import build, part
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.constructs.routing.health_check_routing import HealthCheckRouting
    from constructs_lib.constructs.sites.sites import Sites

_WHOLE: Final = 100


class FailoverRecord(Construct):
    """Health checks, primary and secondary record, an alarm on each endpoint that is asked, and a latch.

    Route 53 answers with the recovery endpoint as soon as its health checkers, which run in many Regions, call the
    primary endpoint unhealthy: no control plane takes part. The secondary record has no health check, so that it is
    answered whenever the primary is not. Of weighted records both are answered every day, and each has one.

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
        data_checks: Those of its data: the one that asks *data_path*, and those that follow *data_alarms*.
        latch: The alarm on the latch's metric, in the recovery Region: it tells who is told of alarms there.
        latch_check: The `aws_route53_health_check` that follows it.
        both: The calculated `aws_route53_health_check` of the primary record: the endpoint answers, and nothing holds;
            None where traffic moves by the latch alone.
        primary_record: The `aws_route53_record` that answers while `both` is healthy, or the latch is released.
        recovery_record: The one that answers otherwise, and its share of the time where the records are weighted.
        alarm: Rings when the primary endpoint is unhealthy; None without monitoring.
    """

    def __init__(self, sites: Sites, routing: HealthCheckRouting) -> None:
        self._site = site = sites.global_
        build(self, site.scope, "FailoverRecord")
        self._settings = (
            next(item for item in load_catalog().routings if item.name == routing.checks).protections[0].parameters
        )
        self._tags = {**site.tags, "recovery:workload": sites.name}
        self.routing = routing
        share = routing.recovery_share_percent
        (self.health_check, self.alarm), *of_data = self._ask("", "primary", routing.primary_endpoint)
        self.latch, self.latch_check, again = self._build_latch(sites)
        alarms = enumerate(routing.data_alarms, start=1)
        self.data_checks = (
            *(check for check, _ in of_data),
            *(self._follow(f"DataAlarm{number}", name, name, sites.primary.region) for number, name in alarms),
        )
        turning = [self.health_check, *self.data_checks]
        self.both = (
            None
            if routing.by_latch
            else self._join(
                "PrimaryServes",
                f"{sites.name} primary serves",
                [*turning, self.latch_check, *again],
                # All of them; or, with as many of the latch's as of the others, one of the others and the latch's.
                len(turning) + 1,
            )
        )
        self.primary_record = self._record(
            "primary",
            routing.primary_endpoint,
            routing.primary_zone_id,
            # What waits for the latch, or for service and data both, must not be turned by its target alone.
            follows=not routing.by_latch and routing.moves_when == "any",
            policy=_failover("PRIMARY") if share is None else _weighted(_WHOLE - share),
            check=self.both or self.latch_check,
        )
        self.recovery_record = self._record(
            "recovery",
            routing.recovery_endpoint,
            routing.recovery_zone_id,
            # The secondary one does not, so that it is answered whenever the primary one is not.
            follows=share is not None and routing.moves_when == "any",
            policy=_failover("SECONDARY") if share is None else _weighted(share),
            check=None if share is None else self._build_recovery(),
        )

    def _record(
        self,
        side: str,
        endpoint: str,
        zone_id: str | None,
        *,
        follows: bool,
        policy: Mapping[str, object],
        check: AwsResource | None,
    ) -> AwsResource:
        """Build the record of one side; where the zone of its endpoint is known, it is an alias."""
        alias = {"name": endpoint, "zone_id": zone_id, "evaluate_target_health": follows}
        answer: dict[str, object] = {"type": "A", "alias": alias}
        if zone_id is None:
            answer = {"type": "CNAME", "ttl": self._settings["ttl"], "records": [endpoint]}
        return AwsResource(
            self,
            side.capitalize(),
            "aws_route53_record",
            {
                "zone_id": self.routing.zone_id,
                "name": self.routing.record_name,
                **answer,
                "set_identifier": side,
                **policy,
                "health_check_id": None if check is None else check.here("id"),
            },
            provider=self._site.provider,
        )

    def _check(
        self, id: str, name: str, arguments: Mapping[str, object], depends_on: Sequence[AwsResource] = ()
    ) -> AwsResource:
        return AwsResource(
            self,
            id,
            "aws_route53_health_check",
            {**arguments, "tags": {**self._tags, "Name": name}},
            provider=self._site.provider,
            depends_on=list(depends_on),
        )

    def _ask(self, id: str, side: str, endpoint: str) -> list[tuple[AwsResource, AwsResource | None]]:
        """Build what asks an endpoint for the service, and for its data where they have a path, each with its alarm."""
        routing, settings = self.routing, self._settings
        moves = f"{routing.record_name} " + (
            "waits for the latch"
            if routing.by_latch
            else f"answers with the {'primary' if id else 'recovery'} one"
            + ("" if routing.moves_when == "any" else " once neither service nor data answer")
        )
        asked = [("Health", id, "", routing.path, endpoint)]
        if routing.data_path is not None:
            asked.append(("Data", f"{id}Data", " data", routing.data_path, f"{endpoint}{routing.data_path}"))
        return [
            (
                check := self._check(
                    f"{id}{what}Check",
                    f"{self._site.name} {side}{data}",
                    {
                        "type": "HTTPS",
                        "fqdn": endpoint,
                        "port": 443,
                        "resource_path": path,
                        "request_interval": settings["request_interval"],
                        "failure_threshold": settings["failure_threshold"],
                    },
                ),
                self._ring(f"{alarm_id}Alarm", f"{side}{data}", f"{said} is unhealthy, {moves}", check),
            )
            for what, alarm_id, data, path, said in asked
        ]

    def _follow(
        self, id: str, name: str, alarm: str, region: str, depends_on: Sequence[AwsResource] = ()
    ) -> AwsResource:
        """Build what follows an alarm: healthy until it first rings, and where its data end what they told last."""
        return self._check(
            id,
            name,
            {
                "type": "CLOUDWATCH_METRIC",
                # The name, not a reference: this stack must not need a Region's state.
                "cloudwatch_alarm_name": alarm,
                "cloudwatch_alarm_region": region,
                "insufficient_data_health_status": "LastKnownStatus",
            },
            depends_on,
        )

    def _join(self, id: str, name: str, checks: Sequence[AwsResource], threshold: int) -> AwsResource:
        return self._check(
            id,
            name,
            {
                "type": "CALCULATED",
                "child_healthchecks": [check.here("id") for check in checks],
                "child_health_threshold": threshold,
            },
        )

    def _ring(self, id: str, what: str, description: str, check: AwsResource) -> AwsResource | None:
        return alarm(
            self,
            id,
            self._site,
            name=f"{self._site.name}-{what.replace(' ', '-')}-unhealthy",
            description=description,
            namespace="AWS/Route53",
            metric="HealthCheckStatus",
            dimensions={"HealthCheckId": check.here("id")},
            statistic="Minimum",
            comparison="LessThanThreshold",
            threshold=1,
            periods=1,
            missing="breaching",
            at_risk=False,
            tags=self._tags,
        )

    def _build_latch(self, sites: Sites) -> tuple[AwsResource, AwsResource, list[AwsResource]]:
        """Build the alarm on the latch, the check that follows it, and those that follow it too."""
        recovery = sites.recovery
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
            tags=self._tags,
        )
        assert latch is not None, "the latch is built without monitoring too"
        together = [latch] if recovery.stack is self._site.stack else []
        # A check that is calculated cannot follow another that is. Where all have to fail, the latch counts as much as
        # all of them: it turns the record alone, and they do together.
        voices = 2 if self.routing.moves_when == "all" else 1
        first, *more = (
            self._follow(f"LatchCheck{'' if number == 1 else number}", name, name, recovery.region, together)
            for number in range(1, voices + 1)
        )
        return latch, first, more

    def _build_recovery(self) -> AwsResource:
        """Build the check of the recovery endpoint, and of its data where they are asked."""
        asked = self._ask("Recovery", "recovery", self.routing.recovery_endpoint)
        checks = [check for check, _ in asked]
        if len(checks) == 1:
            return checks[0]
        threshold = 1 if self.routing.moves_when == "all" else len(checks)
        return self._join("RecoveryServes", f"{self._site.name} recovery serves", checks, threshold)


def _failover(role: str) -> Mapping[str, object]:
    return {"failover_routing_policy": {"type": role}}


def _weighted(weight: int) -> Mapping[str, object]:
    return {"weighted_routing_policy": {"weight": weight}}
