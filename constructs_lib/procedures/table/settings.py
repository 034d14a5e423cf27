"""What a restore of a table drops: read from the source before it, put back after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.procedures.shared import HOURS, taken_over
from constructs_lib.procedures.step import Call, Part, Probe, Role, Step
from constructs_lib.procedures.value import Carried, Tags, block

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.procedures.value import Value

__all__ = ["CODE", "LOOK", "NOT_RESTORED", "NOT_RESTORED_THERE", "SERVES", "described", "put_back", "there", "verify"]

_REST = (
    "alarms, auto scaling, resource policies, contributor insights and Kinesis destinations of the table "
    "are not restored"
)
NOT_RESTORED = f"{_REST}: Terraform makes those that are declared"
NOT_RESTORED_THERE = f"{_REST}: where its capacity is provisioned, set it for the whole load"

_TTL = Carried("AttributeName", block("ttl", "attribute_name"), kept="source_ttl")
_STREAM = Carried("StreamSpecification.StreamViewType", "stream_view_type")
_PROTECTED = Carried("DeletionProtectionEnabled", "deletion_protection_enabled")
_DAYS = Carried(
    "RecoveryPeriodInDays", block("point_in_time_recovery", "recovery_period_in_days"), kept="source_backups"
)


def described(role: Role, table: str) -> Call:
    """Return the call that describes *table*."""
    return Call(service="dynamodb", operation="DescribeTable", region=role, parameters={"TableName": table})


def there(role: Role, table: str) -> Probe:
    """Return a probe that tells whether there is a table of the name, whoever made it."""
    return Probe(
        call=described(role, table),
        query="Table.TableStatus",
        done="ACTIVE",
        absent_errors=("ResourceNotFoundException",),
    )


SERVES = ("contains(['ACTIVE', 'UPDATING'], Table.TableStatus) && 'serves' || Table.TableStatus", "serves")
"""What DynamoDB says of a table that can be read and written."""


def _look(id_: str, title: str, operation: str, parameters: Mapping[str, Value], keeps: Mapping[str, str]) -> Step:
    call = Call(service="dynamodb", operation=operation, region=Role.HOME, parameters=parameters)
    return Step(id=id_, title=title, call=call, keeps=keeps)


_NAMED: Mapping[str, Value] = {"TableName": "{table}"}
LOOK = (
    _look("source", "read the settings of the table", "DescribeTable", _NAMED, {"source": "Table"}),
    _look(
        "source-ttl",
        "read its time to live",
        "DescribeTimeToLive",
        _NAMED,
        {"source_ttl": "TimeToLiveDescription"},
    ),
    _look(
        "source-backups",
        "read how far back it can be restored",
        "DescribeContinuousBackups",
        _NAMED,
        {"source_backups": "ContinuousBackupsDescription.PointInTimeRecoveryDescription"},
    ),
    _look(
        "source-tags",
        "read its tags",
        "ListTagsOfResource",
        {"ResourceArn": "arn:aws:dynamodb:{region}:{account}:table/{table}"},
        {"source_tags": "@"},
    ),
)


def _active(role: Role, table: str, word: str) -> Probe:
    """Return a probe of a change of the table; *word* is true once it is made."""
    return Probe(
        call=described(role, table),
        query=f"Table.TableStatus == 'ACTIVE' && {word} && 'made' || Table.TableStatus",
        done="made",
        waiting=("UPDATING", "CREATING"),
        absent=("ACTIVE",),
    )


def put_back(role: Role, table: str = "{restored}", part: Part = Part.ACT) -> tuple[Step, ...]:
    """Return the calls that put back what a restore drops. DynamoDB takes one change of a table at a time."""
    named: Mapping[str, Value] = {"TableName": table}
    limit = HOURS if part is Part.BACK else None
    return (
        Step(
            id="tags",
            title="put its tags back",
            part=part,
            limit=limit,
            call=Call(
                service="dynamodb",
                operation="TagResource",
                region=role,
                parameters={
                    "ResourceArn": f"arn:aws:dynamodb:{role.region_name}:{{account}}:table/{table}",
                    "Tags": Tags(Carried("Tags", "tags", kept="source_tags")),
                },
            ),
            repeatable="it sets the same tags again",
        ),
        Step(
            id="ttl",
            title="put its time to live back",
            part=part,
            limit=limit,
            needs=(_TTL,),
            call=Call(
                service="dynamodb",
                operation="UpdateTimeToLive",
                region=role,
                parameters={**named, "TimeToLiveSpecification": {"Enabled": True, "AttributeName": _TTL}},
            ),
            probe=Probe(
                call=Call(service="dynamodb", operation="DescribeTimeToLive", region=role, parameters=named),
                query="TimeToLiveDescription.TimeToLiveStatus",
                done="ENABLED",
                waiting=("ENABLING", "DISABLING"),
                absent=("DISABLED", "None"),
            ),
        ),
        Step(
            id="pitr",
            title="turn its point-in-time recovery on",
            part=part,
            limit=limit,
            call=Call(
                service="dynamodb",
                operation="UpdateContinuousBackups",
                region=role,
                parameters={
                    **named,
                    "PointInTimeRecoverySpecification": {
                        "PointInTimeRecoveryEnabled": True,
                        "RecoveryPeriodInDays": _DAYS,
                    },
                },
            ),
            probe=Probe(
                call=Call(service="dynamodb", operation="DescribeContinuousBackups", region=role, parameters=named),
                query="ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus",
                done="ENABLED",
                absent=("DISABLED", "None"),
                waiting=("ENABLING",),
            ),
            note="where it answers ContinuousBackupsUnavailableException, type it again a minute later",
        ),
        Step(
            id="stream",
            title="turn its stream on",
            part=part,
            limit=limit,
            needs=(_STREAM,),
            call=Call(
                service="dynamodb",
                operation="UpdateTable",
                region=role,
                parameters={**named, "StreamSpecification": {"StreamEnabled": True, "StreamViewType": _STREAM}},
            ),
            probe=_active(role, table, "Table.StreamSpecification.StreamEnabled"),
            note="the stream is a new one, with an ARN of its own: who reads it must be told",
        ),
        Step(
            id="protect",
            title="protect it from deletion",
            part=part,
            limit=limit,
            needs=(_PROTECTED,),
            call=Call(
                service="dynamodb",
                operation="UpdateTable",
                region=role,
                parameters={**named, "DeletionProtectionEnabled": True},
            ),
            probe=_active(role, table, "Table.DeletionProtectionEnabled"),
        ),
    )


def verify(role: Role, table: str) -> Step:
    """Return the look at *table* at the end."""
    return Step(
        id="verify",
        title="the table is active and has its items",
        part=Part.VERIFY,
        call=described(role, table),
        expects=SERVES,
        keeps={"source_restored": "Table"},
        note="DynamoDB counts items every six hours or so: look at some that you know",
    )


CODE = f"keep {{restored}}: {taken_over('{restored}')}; or copy the good items into {{table}} and delete {{restored}}"
