"""S3: which events a bucket tells, and whether it may tell them to a topic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.calls.asked import operation_of
from constructs_lib.emulator.permissions import acts
from constructs_lib.emulator.permissions.in_force import InForce
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_PUT: Final = "s3:PutBucketNotificationConfiguration"
_ERRORS: Final = "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"
_TARGETS: Final = ("TopicConfigurations", "QueueConfigurations", "LambdaFunctionConfigurations")


def _told(asked: Asked, *kinds: str) -> list[Mapping[str, Any]]:
    given = asked.parameters.get("NotificationConfiguration") or {}
    return [one for kind in kinds for one in given.get(kind) or ()]


def _events() -> frozenset[str]:
    operation = operation_of("s3", "PutBucketNotificationConfiguration")
    assert operation is not None
    shape = operation.service_model.shape_for("Event")
    return frozenset(getattr(shape, "enum", ()))


@rule(
    "s3.notification-of-no-event",
    _PUT,
    code="InvalidArgument",
    code_from="seen",
    source=f"botocore s3 Event; {_ERRORS}, S3 notifications: the specified event is not supported for notifications",
)
async def _event(asked: Asked, _: Inquiry) -> str | None:
    if {event for one in _told(asked, *_TARGETS) for event in one.get("Events", ())} <= _events():
        return None
    return "The event is not supported for notifications"


@rule(
    "s3.notification-that-the-topic-does-not-take",
    _PUT,
    code="InvalidArgument",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html: the policy"
    " of the topic, and of its key, lets s3.amazonaws.com; code and message in many public reports",
)
async def _closed(asked: Asked, inquiry: Inquiry) -> str | None:
    for one in _told(asked, "TopicConfigurations"):
        topic = one.get("TopicArn", "")
        found = await inquiry("sns", "GetTopicAttributes", asked.region, TopicArn=topic)
        if found is None:
            continue  # the emulator below answers that the topic is not there
        named = found["Attributes"].get("KmsMasterKeyId", "")
        key = (await inquiry("kms", "DescribeKey", asked.region, KeyId=named) or {}).get("KeyMetadata", {})
        closed = await acts.publication(
            InForce(inquiry),
            service="s3.amazonaws.com",
            topic=topic,
            key=key.get("Arn", ""),
            account=inquiry.account,
            source=f"arn:aws:s3:::{asked.parameters['Bucket']}",
        )
        if closed:
            return f"Unable to validate the following destination configurations ({closed})"
    return None


RULES: Final = (_event, _closed)
