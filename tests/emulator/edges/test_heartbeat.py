"""A heartbeat from one Region to the other: it goes silent with its Region, and the other Region's alarm rings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.emulator.edges.test_alarms import state, told
from tests.emulator.regions import HERE, THERE
from tests.emulator.roles import document

if TYPE_CHECKING:
    from constructs_lib.emulator import EmulatedAws

ACCOUNT = "123456789012"


def heart(aws: EmulatedAws, name: str, *, trusted: str = "events.amazonaws.com", may: str = "events:PutEvents") -> None:
    """Beat each minute from HERE to a bus THERE, whose silence rings the alarm `name`."""
    bus = aws.client("events", THERE).create_event_bus(Name=name)["EventBusArn"]
    iam = aws.client("iam")
    role = iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=document(Action="sts:AssumeRole", Principal={"Service": trusted})
    )["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="beat", PolicyDocument=document(Action=may, Resource=bus))
    there = aws.client("events", THERE)
    there.put_rule(
        Name=name, EventBusName=name, EventPattern=json.dumps({"source": ["aws.events"], "account": [ACCOUNT]})
    )
    # A rule without a target is not known to be counted.
    log = f"arn:aws:logs:{THERE}:{ACCOUNT}:log-group:/aws/events/{name}"
    there.put_targets(Rule=name, EventBusName=name, Targets=[{"Id": "log", "Arn": log}])
    here = aws.client("events", HERE)
    here.put_rule(Name=name, ScheduleExpression="rate(1 minute)")
    here.put_targets(Rule=name, Targets=[{"Id": "bus", "Arn": bus, "RoleArn": role}])
    topic = aws.client("sns", THERE).create_topic(Name=name)["TopicArn"]
    aws.client("sns", THERE).set_topic_attributes(
        TopicArn=topic, AttributeName="Policy",
        AttributeValue=document(
            Action="sns:Publish", Principal={"Service": "cloudwatch.amazonaws.com"}, Resource=topic
        ),
    )  # fmt: skip
    aws.client("cloudwatch", THERE).put_metric_alarm(
        AlarmName=name, Namespace="AWS/Events", MetricName="MatchedEvents", Statistic="Sum", Period=60,
        EvaluationPeriods=3, Threshold=1.0, ComparisonOperator="LessThanThreshold", TreatMissingData="breaching",
        Dimensions=[{"Name": "RuleName", "Value": name}], AlarmActions=[topic],
    )  # fmt: skip


def test_a_schedule_fires_by_the_clock(aws: EmulatedAws) -> None:
    sqs = aws.client("sqs", HERE)
    queue = sqs.create_queue(QueueName="fired")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws.client("scheduler", HERE).create_schedule(
        Name="fires", ScheduleExpression="rate(5 minutes)", FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": arn, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/any"},
    )  # fmt: skip

    # The first test: each of these minutes would cost the beats of the hearts below, too.
    aws.let_pass(26 * 60)

    count = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])
    # Five; the clock looks once a minute, and on a busy machine a firing comes late, or real time adds one.
    assert int(count["Attributes"]["ApproximateNumberOfMessages"]) in (4, 5, 6)


def test_the_alarm_rings_when_the_region_is_gone_and_ends_when_it_is_back(aws: EmulatedAws) -> None:
    heart(aws, "heart")
    aws.let_pass(8 * 60)
    assert state(aws, "heart", THERE) == "OK"

    with aws.fail_region(HERE):
        aws.let_pass(6 * 60)
        assert state(aws, "heart", THERE) == "ALARM"
    assert told(aws, "heart")[-1] == ("OK", "ALARM", True)
    aws.let_pass(6 * 60)
    assert state(aws, "heart", THERE) == "OK"


@pytest.mark.parametrize(
    ("name", "broken"),
    [("heart-untrusted", {"trusted": "scheduler.amazonaws.com"}), ("heart-unable", {"may": "events:PutRule"})],
)
def test_a_heart_whose_role_may_not_beat_is_silent(aws: EmulatedAws, name: str, broken: dict[str, str]) -> None:
    heart(aws, name, **broken)

    aws.let_pass(8 * 60)

    assert state(aws, name, THERE) == "ALARM"
    metrics = aws.client("cloudwatch", HERE).list_metrics(Namespace="AWS/Events", MetricName="FailedInvocations")
    assert name in {dimension["Value"] for metric in metrics["Metrics"] for dimension in metric["Dimensions"]}


def test_an_event_crosses_as_soon_as_it_is_put_and_waits_for_a_region_that_is_gone(aws: EmulatedAws) -> None:
    heart(aws, "crossing")
    sqs = aws.client("sqs", THERE)
    queue = sqs.create_queue(QueueName="crossed")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    there, here = (aws.client("events", region) for region in (THERE, HERE))
    pattern = json.dumps({"source": ["shop"], "region": [HERE]})
    there.put_rule(Name="crossed", EventBusName="crossing", EventPattern=pattern)
    there.put_targets(Rule="crossed", EventBusName="crossing", Targets=[{"Id": "queue", "Arn": arn}])
    (target,) = here.list_targets_by_rule(Rule="crossing")["Targets"]
    here.put_rule(Name="orders", EventPattern=json.dumps({"source": ["shop"]}))
    here.put_targets(Rule="orders", Targets=[target])

    def arrived() -> int:
        found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])
        return int(found["Attributes"]["ApproximateNumberOfMessages"])

    order = {"Source": "shop", "DetailType": "order", "Detail": "{}"}
    here.put_events(Entries=[order])
    assert arrived() == 1

    with aws.fail_region(THERE):
        here.put_events(Entries=[order])
        aws.let_pass(120)
    assert arrived() == 1
    aws.let_pass(60)
    assert arrived() == 2
