"""A table as it was at a moment, beside itself."""

from __future__ import annotations

from constructs_lib.objectives import Disruption
from constructs_lib.procedures.carry_over import CarryOver
from constructs_lib.procedures.shared import BESIDE, by_hand, repoint, stop_writer
from constructs_lib.procedures.step import Probe, Procedure, Role, Step
from constructs_lib.procedures.table.settings import CODE, LOOK, NOT_RESTORED, described, put_back, there, verify
from constructs_lib.procedures.value import Name

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
        # Of a table that somebody else has made nobody tells the key: DynamoDB takes it over.
        "SSESpecificationOverride": {
            "Enabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": Name("key", decides=True),
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

CARRY_OVERS = (_RESTORE,)

_RESTORED = Step(
    id="restore",
    title="restore the table to the last good moment, under a new name",
    call=_RESTORE.call(Role.HOME),
    probe=Probe(
        call=described(Role.HOME, "{restored}"),
        query="Table.RestoreSummary.RestoreInProgress && 'RESTORING' || Table.TableStatus",
        done="ACTIVE",
        waiting=("CREATING", "RESTORING", "UPDATING"),
        absent_errors=("ResourceNotFoundException",),
        ours={
            "Table.RestoreSummary.SourceTableArn": "arn:aws:dynamodb:{region}:{account}:table/{table}",
            "Table.RestoreSummary.RestoreDateTime": Name("moment"),
        },
    ),
    # The call takes no tag, so that one of another restore of the table looks the same.
    guard=there(Role.HOME, "{restored}"),
    console="https://{region}.console.aws.amazon.com/dynamodbv2/home?region={region}#table?name={table}&tab=backups",
    note=NOT_RESTORED,
)

PROCEDURES = (
    Procedure(
        kind="table",
        mechanism="pitr",
        disruptions=(Disruption.SOFTWARE,),
        source="dynamodb-pitr-api",
        fence_because="the writer is stopped by hand",
        steps=(
            stop_writer(),
            *LOOK,
            _RESTORED,
            *put_back(Role.HOME),
            repoint("set the table of the application to {restored}, or copy the damaged items from it into {table}"),
            verify(Role.HOME, "{restored}"),
        ),
        back=(by_hand("keep", CODE),),
        afterwards=BESIDE,
    ),
)
