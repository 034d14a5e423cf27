"""Tables: restored to a moment, restored from a copy in the other Region, or served by a replica."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.objectives import Disruption
from constructs_lib.procedures.carry_over import CarryOver, PutBack
from constructs_lib.procedures.shared import (
    HOURS,
    backup_home,
    by_hand,
    metric_lag,
    newest_copy,
    newest_point,
    repoint,
    restore_job,
    serves_by_itself,
    stop_writer,
    taken_over,
)
from constructs_lib.procedures.step import Call, Fence, Part, Prepared, Probe, Procedure, Role, Step
from constructs_lib.procedures.value import Carried, Json, Name, Tags, block

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.procedures.value import Value

__all__ = ["CARRY_OVERS", "PROCEDURES"]

_KEPT = "DynamoDB takes it over from the source as it is at the call"

_RESTORE = CarryOver(
    service="dynamodb",
    operation="RestoreTableToPointInTime",
    carried={
        "SourceTableName": "{table}",
        "TargetTableName": "{restored}",
        "RestoreDateTime": Name("moment"),
        "UseLatestRestorableTime": Name("latest"),
        "SSESpecificationOverride": {
            "Enabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": Name("key", required=True),
        },
    },
    left_out={
        _KEPT: (
            "BillingModeOverride",
            "GlobalSecondaryIndexOverride",
            "LocalSecondaryIndexOverride",
            "ProvisionedThroughputOverride",
            "OnDemandThroughputOverride",
            "VectorIndexOverride",
        ),
        "the source is in the same Region, where its name is enough": ("SourceTableArn",),
    },
)

DROPPED = {
    "stream": PutBack("UpdateTable", "StreamSpecification"),
    "deletion protection": PutBack("UpdateTable", "DeletionProtectionEnabled"),
    "tags": PutBack("TagResource", "Tags"),
    "time to live": PutBack("UpdateTimeToLive", "TimeToLiveSpecification"),
    "point-in-time recovery": PutBack("UpdateContinuousBackups", "PointInTimeRecoverySpecification"),
}
"""What a restore of a table drops, and the call that puts it back."""

CARRY_OVERS = (_RESTORE,)

_TTL = Carried("AttributeName", block("ttl", "attribute_name"), kept="source_ttl")
_STREAM = Carried("StreamSpecification.StreamViewType", "stream_view_type")
_PROTECTED = Carried("DeletionProtectionEnabled", "deletion_protection_enabled")
_DAYS = Carried(
    "RecoveryPeriodInDays", block("point_in_time_recovery", "recovery_period_in_days"), kept="source_backups"
)


def _described(role: Role, table: str) -> Call:
    return Call(service="dynamodb", operation="DescribeTable", region=role, parameters={"TableName": table})


def _look(id_: str, title: str, operation: str, parameters: Mapping[str, Value], keeps: Mapping[str, str]) -> Step:
    call = Call(service="dynamodb", operation=operation, region=Role.HOME, parameters=parameters)
    return Step(id=id_, title=title, call=call, keeps=keeps)


_NAMED: Mapping[str, Value] = {"TableName": "{table}"}
_LOOK = (
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
        call=_described(role, table),
        query=f"Table.TableStatus == 'ACTIVE' && {word} && 'made' || Table.TableStatus",
        done="made",
        waiting=("UPDATING", "CREATING"),
        absent=("ACTIVE",),
    )


def _put_back(role: Role, table: str = "{restored}", part: Part = Part.ACT) -> tuple[Step, ...]:
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


def _verify(role: Role, table: str, part: Part = Part.VERIFY) -> Step:
    return Step(
        id="verify" if part is Part.VERIFY else "verify-home",
        title="the table is active and has its items",
        part=part,
        call=_described(role, table),
        keeps={"source_restored": "Table"},
        note="DynamoDB counts items every six hours or so: look at some that you know",
    )


def _there(role: Role, table: str) -> Probe:
    return Probe(
        call=_described(role, table),
        query="Table.TableStatus",
        done="ACTIVE",
        absent_errors=("ResourceNotFoundException",),
    )


def _key_metadata(key: str) -> Mapping[str, Value]:
    return {"targetTableName": "{restored}", "encryptionType": "KMS", "kmsMasterKeyArn": Name(key, required=True)}


_REST = (
    "alarms, auto scaling, resource policies, contributor insights and Kinesis destinations of the table are not "
    "restored: Terraform makes those that are declared"
)
_CODE = f"keep {{restored}}: {taken_over('{restored}')}; or copy the good items into {{table}} and delete {{restored}}"

_RESTORED = Step(
    id="restore",
    title="restore the table to the last good moment, under a new name",
    call=_RESTORE.call(Role.HOME),
    probe=Probe(
        call=_described(Role.HOME, "{restored}"),
        query="Table.RestoreSummary.RestoreInProgress && 'RESTORING' || Table.TableStatus",
        done="ACTIVE",
        waiting=("CREATING", "RESTORING", "UPDATING"),
        absent_errors=("ResourceNotFoundException",),
        ours={
            "Table.RestoreSummary.SourceTableArn": "arn:aws:dynamodb:{region}:{account}:table/{table}",
            "Table.RestoreSummary.RestoreDateTime": Name("moment"),
        },
    ),
    console="https://{region}.console.aws.amazon.com/dynamodbv2/home?region={region}#table?name={table}&tab=backups",
    note=_REST,
)


def _from_backup(mechanism: str, source: str) -> Procedure:
    return Procedure(
        kind="table",
        mechanism=mechanism,
        disruptions=(Disruption.SOFTWARE,),
        source=source,
        fence_because="the writer is stopped by hand",
        steps=(
            stop_writer(),
            newest_point(Role.HOME, "{vault}"),
            *_LOOK,
            restore_job(
                "restore",
                "restore the last good backup to a new table",
                Role.HOME,
                _key_metadata("key"),
                "DynamoDB",
                guard=_there(Role.HOME, "{restored}"),
            ),
            *_put_back(Role.HOME),
            repoint("set the table of the application to {restored}"),
            _verify(Role.HOME, "{restored}"),
        ),
        back=(by_hand("keep", _CODE),),
    )


PROCEDURES = (
    serves_by_itself(
        "table",
        "regional_service",
        (Disruption.HARDWARE, Disruption.ZONE),
        source="dynamodb-zones-doc",
        title="DynamoDB goes on from the other Availability Zones",
        verify=Step(id="verify", title="the table is active", part=Part.VERIFY, call=_described(Role.HOME, "{table}")),
    ),
    Procedure(
        kind="table",
        mechanism="pitr",
        disruptions=(Disruption.SOFTWARE,),
        source="dynamodb-pitr-api",
        fence_because="the writer is stopped by hand",
        steps=(
            stop_writer(),
            *_LOOK,
            _RESTORED,
            *_put_back(Role.HOME),
            repoint("set the table of the application to {restored}, or copy the damaged items from it into {table}"),
            _verify(Role.HOME, "{restored}"),
        ),
        back=(by_hand("keep", _CODE),),
    ),
    _from_backup("backup", "backup-api"),
    _from_backup("backup_copy", "backup-copy-doc"),
    Procedure(
        kind="table",
        mechanism="backup_copy",
        disruptions=(Disruption.REGION,),
        source="backup-copy-doc",
        fence=Fence.BEST_EFFORT,
        fence_because="a policy on the table in the Region that failed refuses writes, where it can still be reached",
        steps=(
            Step(
                id="fence",
                title="refuse writes to the table in {region}, as far as it can be reached",
                part=Part.FENCE,
                best_effort=True,
                call=Call(
                    service="dynamodb",
                    operation="PutResourcePolicy",
                    region=Role.HOME,
                    parameters={
                        "ResourceArn": "arn:aws:dynamodb:{region}:{account}:table/{table}",
                        "ExpectedRevisionId": "NO_POLICY",
                        "Policy": Json(
                            {
                                "Version": "2012-10-17",
                                "Statement": (
                                    {
                                        "Sid": "FailedOver",
                                        "Effect": "Deny",
                                        "Principal": "*",
                                        "Action": (
                                            "dynamodb:BatchWriteItem",
                                            "dynamodb:DeleteItem",
                                            "dynamodb:PartiQLDelete",
                                            "dynamodb:PartiQLInsert",
                                            "dynamodb:PartiQLUpdate",
                                            "dynamodb:PutItem",
                                            "dynamodb:UpdateItem",
                                        ),
                                        "Resource": "arn:aws:dynamodb:{region}:{account}:table/{table}",
                                    },
                                ),
                            }
                        ),
                    },
                ),
                repeatable="it is refused where there is a policy",
                note="the policy takes effect some seconds later; the way home takes it away",
            ),
            newest_point(Role.RECOVERY, "{recovery_vault}"),
            restore_job(
                "restore",
                "restore the newest copy in {recovery_region}, encrypted with the key there",
                Role.RECOVERY,
                _key_metadata("recovery_key"),
                "DynamoDB",
                guard=_there(Role.RECOVERY, "{restored}"),
            ),
            *_put_back(Role.RECOVERY),
            repoint("let the application in {recovery_region} use table {restored} there"),
            _verify(Role.RECOVERY, "{restored}"),
        ),
        back=(
            *backup_home(
                "arn:aws:dynamodb:{recovery_region}:{account}:table/{restored}",
                "DynamoDB",
                {**_key_metadata("key"), "targetTableName": "{returned}"},
                _there(Role.HOME, "{returned}"),
            ),
            *_put_back(Role.HOME, "{returned}", Part.BACK),
            Step(
                id="unfence",
                title="take away the policy that refused writes to {table}",
                part=Part.BACK,
                call=Call(
                    service="dynamodb",
                    operation="DeleteResourcePolicy",
                    region=Role.HOME,
                    parameters={"ResourceArn": "arn:aws:dynamodb:{region}:{account}:table/{table}"},
                ),
                repeatable="taking away what is not there changes nothing",
            ),
            by_hand(
                "repoint-home",
                f"set the table of the application to {{returned}} in {{region}}; {taken_over('{returned}')}; "
                f"delete {{restored}} in {{recovery_region}} when nobody needs it",
            ),
        ),
        prepared=Prepared(
            state=("vault {recovery_vault} with copies of the backups, encrypted with the key of {recovery_region}",),
            configuration=(
                "role {restore_role}, which AWS Backup may take",
                "service quotas for restore jobs and table capacity in {recovery_region}",
            ),
        ),
        afterwards="the table has no copy in another Region",
        lag=newest_copy(),
    ),
    Procedure(
        kind="table",
        mechanism="global_table",
        disruptions=(Disruption.REGION,),
        source="dynamodb-global-tables-guidance",
        when={"consistency": "EVENTUAL"},
        # What the recovery Region's writes take to the other one: as good a word as there is while that one is gone.
        lag=metric_lag(
            "AWS/DynamoDB",
            "ReplicationLatency",
            {"TableName": "{table}", "ReceivingRegion": "{region}"},
            "milliseconds",
        ),
        fence=Fence.NONE,
        fence_because="both sides take writes by design; where both change an item, the last writer wins",
        steps=(
            Step(
                id="take-over",
                title="the replica reads and writes all the time: see that it is active",
                call=_described(Role.RECOVERY, "{table}"),
                danger="what was written and not yet replicated, until the Region returns",
                console="https://{recovery_region}.console.aws.amazon.com/dynamodbv2/home?region={recovery_region}"
                "#table?name={table}",
            ),
            repoint(
                "send the callers to the application in {recovery_region}, which uses table {table} there",
                "do not delete the replica in the Region that failed: the way home would become a rebuild",
            ),
            _verify(Role.RECOVERY, "{table}"),
        ),
        back=(
            Step(
                id="converged",
                title="nothing to copy: DynamoDB brings the writes home when {region} returns; wait until the replica "
                "there is active",
                part=Part.BACK,
                limit=HOURS,
                probe=Probe(
                    call=_described(Role.RECOVERY, "{table}"),
                    query="Table.Replicas[?RegionName=='{region}'].ReplicaStatus | [0]",
                    done="ACTIVE",
                ),
                note="then see that ReplicationLatency in {recovery_region} is back to seconds",
            ),
            by_hand("repoint-home", "send the callers back; with failover records Route 53 does that by itself"),
        ),
        prepared=Prepared(
            state=(
                "replica of table {table} in {recovery_region}, encrypted with the key of that Region, with "
                "point-in-time recovery of its own",
            ),
            configuration=("write capacity limits and quotas in {recovery_region} that bear the whole traffic",),
        ),
    ),
    Procedure(
        kind="table",
        mechanism="global_table",
        disruptions=(Disruption.REGION,),
        source="dynamodb-mrsc-launch",
        when={"consistency": "STRONG"},
        fence=Fence.COMPLETE,
        fence_because="a write is acknowledged only once it is in another Region",
        steps=(
            Step(
                id="take-over",
                title="the replica reads and writes all the time: see that it is active",
                call=_described(Role.RECOVERY, "{table}"),
            ),
            repoint("send the callers to the application in {recovery_region}, which uses table {table} there"),
            _verify(Role.RECOVERY, "{table}"),
        ),
        back=(by_hand("repoint-home", "nothing to copy: once {region} has returned, send the callers back"),),
        prepared=Prepared(
            state=("replica of table {table} in {recovery_region}, encrypted with the key of that Region",),
            configuration=("write capacity limits and quotas in {recovery_region} that bear the whole traffic",),
        ),
    ),
)
