"""Alarms that notice the loss of a Region from another one, and tell somebody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.components import Protection
from constructs_lib.plan.kinds.failover_record import standing_by
from constructs_lib.plan.kinds.health_check import asked_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.kinds.component_builder import ComponentBuilder
    from constructs_lib.plan.side import Side

_ALARM: Final = "aws_cloudwatch_metric_alarm"
_RULE: Final = "aws_cloudwatch_event_rule"
_TARGET: Final = "aws_cloudwatch_event_target"
_CHECK: Final = "aws_route53_health_check"
_WORKLOAD: Final = "recovery:workload"
_SENDER: Final = re.compile(r"(arn:aws[a-z-]*:events:([a-z0-9-]+):[^:\"]*:rule/[\w./-]+)", re.ASCII)


def add_detection(side: Side, builders: Sequence[ComponentBuilder]) -> None:
    """Give the components of a workload what notices that their Region is lost: a heartbeat, an endpoint's alarm."""
    of_workload: dict[str | None, list[ComponentBuilder]] = {}
    alarms = [alarm for alarm in side.of(_ALARM) if _WORKLOAD in alarm.tags]
    # What asks the endpoint that stands by notices nothing of the loss of the other.
    away = standing_by(side) if alarms else frozenset()
    for builder in builders if alarms else ():
        of_workload.setdefault(builder.main.tags.get(_WORKLOAD), []).append(builder)
    for alarm in alarms:
        workload = alarm.tags[_WORKLOAD]
        here = of_workload.get(workload, [])
        if alarm.text("namespace") == "AWS/Events" and alarm.text("treat_missing_data") == "breaching":
            senders = _senders(side, alarm)
            _add("heartbeat", alarm, [builder for builder in here if builder.region in senders])
        elif alarm.text("metric_name") == "HealthCheckStatus":
            check = side.link(alarm, ("dimensions", "HealthCheckId"), _CHECK).target
            if check is not None and check.tags.get(_WORKLOAD) == workload and asked_by(side, check) not in away:
                _add("endpoint_alarm", alarm, here)


def _senders(side: Side, alarm: Resource) -> set[str]:
    """Return the Regions whose beats the alarm's rule counts, but those where the plan takes the schedule away.

    A rule counts only what it passes on: none does without a target.
    """
    rule = side.link(alarm, ("dimensions", "RuleName"), _RULE).target
    if rule is None or not _passes_on(side, rule):
        return set()
    sent = _SENDER.findall(rule.text("event_pattern") or "")
    return {region for arn, region in sent if not side.lacks(_RULE, arn) and _passes_on(side, side.find(_RULE, arn))}


def _passes_on(side: Side, rule: Resource | None) -> bool:
    """Tell whether a rule, as far as the plan holds it, is on, and not without a target that it had."""
    if rule is None:
        return True
    off = rule.get("is_enabled") is False or (rule.text("state") or "").startswith("DISABLED")
    return not off and (_has_target(side, rule) or not _loses_target(side, rule))


def _has_target(side: Side, rule: Resource) -> bool:
    """Tell whether something takes what *rule* passes on, or may."""
    return any(_takes(side, item, rule) is not False for item in side.of(_TARGET))


def _loses_target(side: Side, rule: Resource) -> bool:
    """Tell whether something takes it on the other side of the plan, and Terraform does not only let go of it."""
    other = side.sibling
    return any(_takes(other, item, rule) for item in other.of(_TARGET) if item.address not in side.forgotten)


def _takes(side: Side, target: Resource, rule: Resource) -> bool | None:
    """Tell whether *target* takes what *rule* passes on; None where that is told at apply.

    A target has no ARN, so one that the plan destroys has no Region: its rule is then the one of that name in its plan.
    """
    link = side.link(target, ("rule",), _RULE)
    if link.target is not None or not link.known:
        return None if link.target is None else link.target.address == rule.address
    return target.region is None and (target.document, link.text) == (rule.document, rule.text("name"))


def _add(mechanism: str, alarm: Resource, builders: Sequence[ComponentBuilder]) -> None:
    told = alarm.get("actions_enabled") is not False and (
        bool(alarm.get("alarm_actions")) or alarm.is_unknown("alarm_actions")
    )
    doubts = () if told else ("its alarm tells nobody",)
    for builder in builders:
        builder.protections.append(
            Protection(mechanism=mechanism, parameters={"rings_in": alarm.region}, address=alarm.address, doubts=doubts)
        )
