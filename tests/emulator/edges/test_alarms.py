"""Alarms follow their data and its absence, and tell their topic if its policy and its key let them."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator.regions import HERE, THERE
from tests.emulator.roles import document

if TYPE_CHECKING:
    from constructs_lib.emulator import EmulatedAws

ORDERS = {"Namespace": "Alarms", "Period": 60, "EvaluationPeriods": 2, "Statistic": "Sum", "Threshold": 1.0,
          "ComparisonOperator": "LessThanThreshold"}  # fmt: skip
CLOUDWATCH = {"Service": "cloudwatch.amazonaws.com"}


def state(aws: EmulatedAws, name: str, region: str = HERE) -> str:
    (alarm,) = aws.client("cloudwatch", region).describe_alarms(AlarmNames=[name])["MetricAlarms"]
    found: str = alarm["StateValue"]
    return found


def put(aws: EmulatedAws, metric: str, value: float, **given: Any) -> None:
    aws.client("cloudwatch", HERE).put_metric_data(
        Namespace="Alarms", MetricData=[{"MetricName": metric, "Value": value, **given}]
    )


def told(aws: EmulatedAws, alarm: str) -> list[tuple[str, str, bool]]:
    """Return old state, new state and whether it arrived, for each notice of an alarm."""
    return [
        (notice["message"]["OldStateValue"], notice["message"]["NewStateValue"], notice["refused"] is None)
        for notice in aws.notices()
        if notice["message"]["AlarmName"] == alarm
    ]


def test_an_alarm_goes_with_its_metric_and_tells_a_queue(aws: EmulatedAws) -> None:
    sns, sqs, watch = (aws.client(service, HERE) for service in ("sns", "sqs", "cloudwatch"))
    topic = sns.create_topic(Name="told")["TopicArn"]
    policy = document(Action="sns:Publish", Principal=CLOUDWATCH, Resource=topic)
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    queue = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    watch.put_metric_alarm(AlarmName="going", MetricName="Going", AlarmActions=[topic], OKActions=[topic], **ORDERS)
    assert state(aws, "going") == "INSUFFICIENT_DATA"

    for value in (0, 0):
        put(aws, "Going", value)
        aws.let_pass(60)
    assert state(aws, "going") == "ALARM"
    put(aws, "Going", 5)
    aws.let_pass(60)
    assert state(aws, "going") == "OK"

    assert [new for _, new, arrived in told(aws, "going") if arrived] == ["ALARM", "OK"]
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    notices = [json.loads(json.loads(message["Body"])["Message"]) for message in messages]
    assert [notice["NewStateValue"] for notice in notices] == ["ALARM", "OK"]
    assert notices[0]["Trigger"]["MetricName"] == "Going"


@pytest.mark.parametrize(("meaning", "then"), [("breaching", "ALARM"), ("notBreaching", "OK"), ("ignore", "OK"),
                                          ("missing", "INSUFFICIENT_DATA")])  # fmt: skip
def test_silence_means_what_the_alarm_says(aws: EmulatedAws, meaning: str, then: str) -> None:
    name = f"silent-{meaning}"
    aws.client("cloudwatch", HERE).put_metric_alarm(AlarmName=name, MetricName=name, TreatMissingData=meaning, **ORDERS)
    for _ in range(3):
        put(aws, name, 5)
        aws.let_pass(60)
    assert state(aws, name) == "OK"

    aws.let_pass(5 * 60)

    assert state(aws, name) == then


def test_the_age_of_a_point_counts(aws: EmulatedAws) -> None:
    aws.client("cloudwatch", HERE).put_metric_alarm(AlarmName="aged", MetricName="Aged", **ORDERS)

    put(aws, "Aged", 0, Timestamp=datetime.now(tz=UTC) - timedelta(hours=1))
    aws.let_pass(120)

    assert state(aws, "aged") == "INSUFFICIENT_DATA"


def test_an_alarm_that_is_changed_keeps_its_state(aws: EmulatedAws) -> None:
    watch = aws.client("cloudwatch", HERE)
    orders = {**ORDERS, "TreatMissingData": "ignore"}  # else a minute that begins meanwhile judges it without data
    watch.put_metric_alarm(AlarmName="changed", MetricName="Changed", **orders)
    watch.set_alarm_state(AlarmName="changed", StateValue="ALARM", StateReason="a test")

    watch.put_metric_alarm(AlarmName="changed", MetricName="Changed", AlarmDescription="new", **orders)

    assert state(aws, "changed") == "ALARM"


def test_nothing_is_judged_in_a_region_that_is_gone(aws: EmulatedAws) -> None:
    aws.client("cloudwatch", HERE).put_metric_alarm(
        AlarmName="gone", MetricName="Gone", TreatMissingData="breaching", **ORDERS
    )
    with aws.fail_region(HERE):
        aws.let_pass(600)
    assert state(aws, "gone") == "INSUFFICIENT_DATA"
    aws.let_pass(60)
    assert state(aws, "gone") == "ALARM"


@pytest.mark.parametrize(
    ("topic_lets", "key_lets", "arrives"),
    [(True, None, True), (False, None, False), (True, True, True), (True, False, False)],
)
def test_a_notice_arrives_only_if_topic_and_key_let_cloudwatch(
    aws: EmulatedAws, topic_lets: bool, key_lets: bool | None, arrives: bool
) -> None:
    name = f"asked-{topic_lets}-{key_lets}"
    sns = aws.client("sns", HERE)
    attributes = {}
    if key_lets is not None:
        key = aws.client("kms", HERE).create_key(
            Policy=document(
                Action=["kms:Decrypt", "kms:GenerateDataKey"] if key_lets else "kms:Encrypt", Principal=CLOUDWATCH,
                Resource="*",
            ),
            BypassPolicyLockoutSafetyCheck=True,
        )  # fmt: skip
        attributes = {"KmsMasterKeyId": key["KeyMetadata"]["KeyId"]}
    topic = sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]
    principal = CLOUDWATCH if topic_lets else {"Service": "events.amazonaws.com"}
    policy = document(Action="sns:Publish", Principal=principal, Resource=topic)
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    watch = aws.client("cloudwatch", HERE)
    watch.put_metric_alarm(AlarmName=name, MetricName=name, AlarmActions=[topic], **ORDERS)

    watch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")

    assert told(aws, name) == [("INSUFFICIENT_DATA", "ALARM", arrives)]


def test_an_alarm_tells_no_topic_of_another_region_and_nobody_with_its_actions_off(aws: EmulatedAws) -> None:
    topic = aws.client("sns", THERE).create_topic(Name="elsewhere")["TopicArn"]
    watch = aws.client("cloudwatch", HERE)
    for name, enabled in (("far", True), ("off", False)):
        given = {"AlarmActions": [topic], "ActionsEnabled": enabled, **ORDERS}
        with aws.without_rules("cloudwatch.alarm-action-of-another-region"):
            watch.put_metric_alarm(AlarmName=name, MetricName=name, **given)
        watch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")

    assert told(aws, "far") == [("INSUFFICIENT_DATA", "ALARM", False)]
    assert told(aws, "off") == []


def test_an_alarm_follows_a_metric_that_the_emulator_publishes(aws: EmulatedAws) -> None:
    table = aws.client("dynamodb", HERE)
    key = [{"AttributeName": "id", "KeyType": "HASH"}]
    table.create_table(
        TableName="alarming", KeySchema=key, AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )  # fmt: skip
    table.update_table(TableName="alarming", ReplicaUpdates=[{"Create": {"RegionName": THERE}}])
    aws.client("cloudwatch", HERE).put_metric_alarm(
        AlarmName="late", Namespace="AWS/DynamoDB", MetricName="ReplicationLatency", Statistic="Maximum", Period=60,
        EvaluationPeriods=1, Threshold=100.0, ComparisonOperator="GreaterThanThreshold",
        Dimensions=[{"Name": "TableName", "Value": "alarming"}, {"Name": "ReceivingRegion", "Value": THERE}],
    )  # fmt: skip
    with aws.fail_region(THERE):
        table.put_item(TableName="alarming", Item={"id": {"S": "1"}})
        time.sleep(0.2)
        aws.let_pass(130)
        assert state(aws, "late") == "ALARM"


def composed(aws: EmulatedAws, name: str) -> dict[str, Any]:
    found = aws.client("cloudwatch", HERE).describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])
    (alarm,) = found["CompositeAlarms"]
    assert not found.get("MetricAlarms")
    return dict(alarm)


def test_a_composite_alarm_goes_with_its_rule_and_tells_its_topic(aws: EmulatedAws) -> None:
    sns, watch = (aws.client(service, HERE) for service in ("sns", "cloudwatch"))
    topic = sns.create_topic(Name="composed")["TopicArn"]
    policy = document(Action="sns:Publish", Principal=CLOUDWATCH, Resource=topic)
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    for name in ("part-one", "part-two"):
        watch.put_metric_alarm(AlarmName=name, MetricName=name, TreatMissingData="notBreaching", **ORDERS)
    watch.put_composite_alarm(
        AlarmName="whole", AlarmRule='ALARM("part-one") OR ALARM("part-two")', AlarmActions=[topic], OKActions=[topic],
        Tags=[{"Key": "team", "Value": "shop"}],
    )  # fmt: skip
    watch.put_composite_alarm(AlarmName="outer", AlarmRule="ALARM(whole) AND NOT OK(part-two)")
    assert composed(aws, "whole")["StateValue"] in {"INSUFFICIENT_DATA", "OK"}  # the clock goes on meanwhile

    aws.let_pass(60)
    assert composed(aws, "whole")["StateValue"] == "OK"
    for _ in range(2):
        put(aws, "part-two", 0)
        aws.let_pass(60)
    assert (composed(aws, "whole")["StateValue"], composed(aws, "outer")["StateValue"]) == ("ALARM", "ALARM")
    put(aws, "part-two", 5)
    aws.let_pass(60)
    assert (composed(aws, "whole")["StateValue"], composed(aws, "outer")["StateValue"]) == ("OK", "OK")

    assert told(aws, "whole") == [("INSUFFICIENT_DATA", "OK", True), ("OK", "ALARM", True), ("ALARM", "OK", True)]
    arn = composed(aws, "whole")["AlarmArn"]
    watch.tag_resource(ResourceARN=arn, Tags=[{"Key": "tier", "Value": "one"}])
    watch.untag_resource(ResourceARN=arn, TagKeys=["team"])
    assert watch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "tier", "Value": "one"}]
    both = watch.describe_alarms(AlarmNames=["whole", "part-one"], AlarmTypes=["CompositeAlarm", "MetricAlarm"])
    assert [[alarm["AlarmName"] for alarm in both[kind]] for kind in ("CompositeAlarms", "MetricAlarms")] == [
        ["whole"], ["part-one"],
    ]  # fmt: skip
    watch.delete_alarms(AlarmNames=["outer"])
    watch.delete_alarms(AlarmNames=["whole", "part-one"])
    assert watch.describe_alarms(AlarmNames=["whole"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"] == []


def test_a_composite_alarm_that_is_silenced_is_judged_and_tells_nobody(aws: EmulatedAws) -> None:
    watch = aws.client("cloudwatch", HERE)
    watch.put_metric_alarm(AlarmName="loud", MetricName="Loud", TreatMissingData="ignore", **ORDERS)
    watch.put_composite_alarm(AlarmName="silenced", AlarmRule="ALARM(loud)", AlarmActions=["arn:aws:sns:none"])
    watch.disable_alarm_actions(AlarmNames=["silenced"])
    watch.set_alarm_state(AlarmName="loud", StateValue="ALARM", StateReason="a test")
    aws.let_pass(10)

    assert (composed(aws, "silenced")["StateValue"], composed(aws, "silenced")["ActionsEnabled"]) == ("ALARM", False)
    assert told(aws, "silenced") == []
