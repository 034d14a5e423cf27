"""SNS: names, attributes and subscriptions of a topic."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
_MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PROTOCOLS: Final = ("http", "https", "email", "email-json", "sms", "sqs", "application", "lambda", "firehose")
_ATTRIBUTES: Final = frozenset(
    {
        *(
            f"{protocol}{fed}"
            for protocol in ("Application", "HTTP", "Firehose", "Lambda", "SQS")
            for fed in ("SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn")
        ),
        *("DeliveryPolicy", "DisplayName", "Policy", "TracingConfig", "KmsMasterKeyId", "SignatureVersion"),
        *("ArchivePolicy", "ContentBasedDeduplication", "FifoThroughputScope", "DataProtectionPolicy"),
    }
)


@rule(
    "sns.topic-name",
    "sns:CreateTopic",
    code="InvalidParameter",
    code_from="api",
    source="botocore sns CreateTopic.Name: letters, numbers, underscores and hyphens, 256 at the most, and `.fifo` at"
    " the end of a FIFO topic's",
)
async def _name(asked: Asked, _: Inquiry) -> str | None:
    name, fifo = asked.parameters["Name"], asked.parameters.get("Attributes", {}).get("FifoTopic") == "true"
    if not _NAME.fullmatch(name.removesuffix(".fifo")) or name.endswith(".fifo") is not fifo:
        return "Invalid parameter: Topic Name"
    return None


@rule(
    "sns.attribute-of-a-topic",
    "sns:SetTopicAttributes",
    code="InvalidParameter",
    code_from="api",
    source="botocore sns SetTopicAttributes.AttributeName",
)
async def _attribute(asked: Asked, _: Inquiry) -> str | None:
    return None if asked.parameters["AttributeName"] in _ATTRIBUTES else "Invalid parameter: AttributeName"


@rule(
    "sns.endpoint-of-a-subscription",
    "sns:Subscribe",
    code="InvalidParameter",
    code_from="api",
    source="botocore sns Subscribe.Protocol and Endpoint; the messages in public reports of it",
)
async def _endpoint(asked: Asked, _: Inquiry) -> str | None:
    protocol, endpoint = asked.parameters["Protocol"], asked.parameters.get("Endpoint", "")
    if protocol not in _PROTOCOLS:
        return f"Invalid parameter: Amazon SNS does not support this protocol string: {protocol}"
    if protocol.startswith("email") and not _MAIL.fullmatch(endpoint):
        return "Invalid parameter: Email address"
    if protocol in ("sqs", "lambda", "firehose", "application") and not endpoint.startswith("arn:"):
        return f"Invalid parameter: {protocol.upper()} endpoint ARN"
    if protocol in ("http", "https") and not endpoint.startswith(f"{protocol}://"):
        return "Invalid parameter: Endpoint must match the specified protocol"
    return None


RULES: Final = (_name, _attribute, _endpoint)
