"""Notices in the recovery Region that the primary Region is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from constructs_lib.catalog.limits import limit
from constructs_lib.components import Protection
from constructs_lib.constructs.sites.alarm import alarm
from constructs_lib.constructs.sites.component_name import build_component, check_component_name, claim_component_name
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.constructs.sites.tags import checked_tags
from constructs_lib.constructs.workload.decide import notice_with
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import check_type
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.sites.site import Site

_MINUTE = 60
_FEWEST = 2
"""Minutes of silence that are none: two beats, a minute apart, may fall into one minute and none into the next."""


class Heartbeat(Construct):
    """An event each minute from the primary Region to the recovery Region, where an alarm takes silence as the loss.

    ```python
    Heartbeat(shop, "heartbeat")
    ```

    An alarm in a Region that is lost rings nowhere, and none rings for copies that are merely getting old. This one
    rings in the recovery Region, to the topic there, and nothing runs that must be looked after: a schedule of
    EventBridge, a rule in the recovery Region that counts what it passes on to a queue, and an alarm. It costs cents a
    month.

    It notices the loss of the Region, or of EventBridge there, and nothing else: not that the application fails, nor
    that data is damaged. For those keep alarms of your own. It is a reason to look, not to fail over: people decide.
    The decisions in the stack have it, those of components that were built before it too.

    Args:
        workload: The workload; its sites have a recovery Region.
        id: Construct id.
        tags: Extra tags.

    Attributes:
        minutes: How many minutes of silence ring: the objective's detection time, and two at least. CloudWatch needs up
            to a minute more.
        schedule: The `aws_cloudwatch_event_rule` in the primary Region.
        role: The `aws_iam_role` that EventBridge sends with.
        arrivals: The `aws_cloudwatch_event_rule` in the recovery Region.
        queue: The `aws_sqs_queue` in the recovery Region.
        alarm: The `aws_cloudwatch_metric_alarm` in the recovery Region; None without monitoring, where the metric
            `Invocations` of the rule is for something else to watch.

    Raises:
        ConfigurationError: If there is no workload, no recovery Region, or the id cannot be one.
    """

    def __init__(self, workload: Workload, id: str, *, tags: Mapping[str, str] | None = None) -> None:
        check_type(workload, Workload, f"the workload of heartbeat {id!r}", "a Workload")
        sites = workload.sites
        recovery = sites.recovery
        if recovery is None:
            msg = f"{sites.name} has no recovery Region, where a heartbeat could be missed; name one in Sites"
            raise ConfigurationError(msg)
        check_component_name(sites, id, "heartbeat")
        own_tags = checked_tags(tags, f"heartbeat {id!r}", {"recovery:workload": sites.name})
        sites.primary.check_providers()
        recovery.check_providers()

        build_component(self, sites, id)
        claim_component_name(sites, id)
        self._sites = sites
        self._name = f"{sites.name}-{id}"
        self._tags = {**sites.primary.tags, **own_tags}
        self.minutes = max(_FEWEST, workload.objective.assumptions.detection_time // _MINUTE)
        there = part(recovery.scope, id)
        self.schedule, self.role = self._build_beat(sites.primary, recovery)
        self.arrivals, self.queue = self._build_arrivals(there, recovery)
        self.alarm = self._build_alarm(there, recovery)
        if self.alarm is not None:
            notice_with(workload, Protection(mechanism="heartbeat", parameters={"rings_in": recovery.region}))

    @property
    def _rule_name(self) -> str:
        return fitted_name(self._name, limit("eventbridge.rule_name").most)

    def _build_beat(self, site: Site, recovery: Site) -> tuple[AwsResource, AwsResource]:
        bus = f"arn:aws:events:{recovery.region}:{site.account_id}:event-bus/default"
        role = AwsResource(
            self,
            "Role",
            "aws_iam_role",
            {
                "name": fitted_name(f"{self._name}-{site.region}", limit("iam.role_name").most),
                "description": f"lets EventBridge send the heartbeat of {self._sites.name} to {recovery.region}",
                "assume_role_policy": _policy(
                    {
                        "Sid": "EventBridgeTakesIt",
                        "Effect": "Allow",
                        "Principal": {"Service": "events.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ),
                "tags": self._tags,
            },
            provider=site.provider,
        )
        policy = AwsResource(
            self,
            "RolePolicy",
            "aws_iam_role_policy",
            {
                "name": "heartbeat",
                "role": role.here("id"),
                "policy": _policy(
                    {
                        "Sid": "HeartbeatsReachTheOtherRegion",
                        "Effect": "Allow",
                        "Action": "events:PutEvents",
                        "Resource": bus,
                    }
                ),
            },
            provider=site.provider,
        )
        schedule = AwsResource(
            self,
            "Default",
            "aws_cloudwatch_event_rule",
            {
                "name": self._rule_name,
                "description": f"tells {recovery.region} each minute that {site.region} is there",
                "schedule_expression": "rate(1 minute)",
                "tags": self._tags,
            },
            provider=site.provider,
        )
        AwsResource(
            self,
            "Beat",
            "aws_cloudwatch_event_target",
            {"rule": schedule.here("name"), "arn": bus, "role_arn": role.here("arn")},
            provider=site.provider,
            depends_on=[policy],
        )
        return schedule, role

    def _build_arrivals(self, scope: Construct, site: Site) -> tuple[AwsResource, AwsResource]:
        primary = self._sites.primary
        sent_by = f"arn:aws:events:{primary.region}:{site.account_id}:rule/{self._rule_name}"
        rule = AwsResource(
            scope,
            "Default",
            "aws_cloudwatch_event_rule",
            {
                "name": self._rule_name,
                "description": f"counts the heartbeats of {primary.region}",
                "event_pattern": json.dumps({"source": ["aws.events"], "resources": [sent_by]}),
                "tags": self._tags,
            },
            provider=site.provider,
        )
        # A rule counts what it passes on; what it passes on to is read by nobody.
        name = fitted_name(self._name, limit("sqs.queue_name").most)
        queue = AwsResource(
            scope,
            "Queue",
            "aws_sqs_queue",
            {
                "name": name,
                "message_retention_seconds": limit("sqs.message_retention_seconds").least,
                "sqs_managed_sse_enabled": True,
                "policy": _policy(
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "events.amazonaws.com"},
                        "Action": "sqs:SendMessage",
                        "Resource": f"arn:aws:sqs:{site.region}:{site.account_id}:{name}",
                        "Condition": {"ArnEquals": {"aws:SourceArn": rule.here("arn")}},
                    }
                ),
                "tags": self._tags,
            },
            provider=site.provider,
        )
        AwsResource(
            scope,
            "Arrival",
            "aws_cloudwatch_event_target",
            {"rule": rule.here("name"), "arn": queue.here("arn")},
            provider=site.provider,
        )
        return rule, queue

    def _build_alarm(self, scope: Construct, site: Site) -> AwsResource | None:
        primary = self._sites.primary
        return alarm(
            scope,
            "Silent",
            site,
            name=f"{self._name}-silent",
            description=f"nothing was heard of {primary.region} for {self.minutes} minutes: look whether the Region is "
            f"lost, and decide whether {self._sites.name} moves to {site.region}",
            namespace="AWS/Events",
            metric="Invocations",
            dimensions={"RuleName": self.arrivals.here("name")},
            statistic="Sum",
            comparison="LessThanThreshold",
            threshold=1,
            periods=self.minutes,
            missing="breaching",
            at_risk=False,
            tags=self._tags,
        )


def _policy(statement: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
