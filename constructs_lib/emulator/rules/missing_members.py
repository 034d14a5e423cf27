"""What a service needs and is not given, where its answer is another than for a value that cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.calls.asked import operation_of
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry


def _missing(asked: Asked) -> str | None:
    operation = operation_of(asked.service, asked.operation)
    needed = operation.input_shape.required_members if operation and operation.input_shape else ()
    return next((name for name in needed if asked.parameters.get(name) in (None, "", [])), None)


@rule(
    "rds.member-that-is-missing",
    "rds:CreateDBInstance CreateDBInstanceReadReplica CreateDBCluster CreateDBSubnetGroup ModifyDBSubnetGroup"
    " CreateDBParameterGroup CreateDBClusterParameterGroup ModifyDBParameterGroup"
    " ModifyDBClusterParameterGroup CreateEventSubscription ModifyEventSubscription ModifyDBInstance"
    " ModifyDBCluster ModifyGlobalCluster DeleteDBInstance DeleteDBCluster CreateDBSnapshot"
    " CreateDBClusterSnapshot CopyDBSnapshot CopyDBClusterSnapshot PromoteReadReplica"
    " PromoteReadReplicaDBCluster RestoreDBClusterFromSnapshot RestoreDBInstanceFromDBSnapshot"
    " RestoreDBInstanceToPointInTime RestoreDBClusterToPointInTime ModifyDBSnapshotAttribute"
    " ModifyDBClusterSnapshotAttribute CreateOptionGroup",
    code="MissingParameter",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html: a required parameter is not"
    " supplied; the message in public reports of it",
)
async def _rds(asked: Asked, _: Inquiry) -> str | None:
    name = _missing(asked)
    return f"The request must contain the parameter {name}" if name else None


@rule(
    "backup.member-that-is-missing",
    "backup:CreateBackupPlan CreateBackupSelection StartBackupJob StartCopyJob StartRestoreJob",
    code="MissingParameterValueException",
    code_from="api",
    source="botocore backup MissingParameterValueException: a required parameter is missing",
)
async def _backup(asked: Asked, _: Inquiry) -> str | None:
    name = _missing(asked)
    return f"The parameter {name} is required" if name else None


RULES: Final = (_rds, _backup)
