"""What a service needs and is not given, where its answer is another than for a value that cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.calls.asked import operation_of
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry


_POINTS: Final = ("MetricData", "EntityMetricData")
#: Of which a replica has one.
_SOURCES: Final = ("SourceDBInstanceIdentifier", "SourceDBClusterIdentifier")


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
    " ModifyDBClusterSnapshotAttribute CreateOptionGroup AddTagsToResource RemoveTagsFromResource StopDBInstance"
    " StartDBInstance StopDBCluster StartDBCluster RebootDBInstance StartDBInstanceAutomatedBackupsReplication"
    " StopDBInstanceAutomatedBackupsReplication FailoverDBCluster FailoverGlobalCluster SwitchoverGlobalCluster"
    " RemoveFromGlobalCluster DeleteGlobalCluster CreateGlobalCluster ListTagsForResource DescribeDBParameters"
    " DescribeDBClusterParameters",
    code="MissingParameter",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html: a required parameter is not"
    " supplied; the message in public reports of it",
)
async def _rds(asked: Asked, _: Inquiry) -> str | None:
    name = _missing(asked)
    if asked.operation == "CreateDBInstanceReadReplica" and not any(map(asked.parameters.get, _SOURCES)):
        name = name or _SOURCES[0]
    return f"The request must contain the parameter {name}" if name else None


@rule(
    "backup.member-that-is-missing",
    "backup:CreateBackupPlan CreateBackupSelection StartBackupJob StartCopyJob StartRestoreJob"
    " CreateRestoreTestingPlan PutBackupVaultAccessPolicy",
    code="MissingParameterValueException",
    code_from="api",
    source="botocore backup MissingParameterValueException: a required parameter is missing",
)
async def _backup(asked: Asked, _: Inquiry) -> str | None:
    name = _missing(asked)
    if asked.operation == "PutBackupVaultAccessPolicy" and not asked.parameters.get("Policy"):
        # The model does not ask for it, the service does.
        name = "Policy"
    return f"The parameter {name} is required" if name else None


@rule(
    "cloudwatch.member-that-is-missing",
    "cloudwatch:PutMetricData GetMetricStatistics DeleteAlarms",
    code="MissingParameter",
    code_from="api",
    source="botocore cloudwatch MissingRequiredParameterException, whose code it is",
)
async def _cloudwatch(asked: Asked, _: Inquiry) -> str | None:
    name = _missing(asked)
    if asked.operation == "PutMetricData" and not any(map(asked.parameters.get, _POINTS)):
        name = name or _POINTS[0]
    return f"The parameter {name} is required." if name else None


@rule(
    "cloudwatch.resource-that-is-missing",
    "cloudwatch:ListTagsForResource TagResource UntagResource",
    code="InvalidParameterValue",
    code_from="api",
    source="botocore cloudwatch ListTagsForResource.ResourceARN: required, and its error",
)
async def _tagged(asked: Asked, _: Inquiry) -> str | None:
    name = _missing(asked)
    return f"The parameter {name} is required." if name else None


@rule(
    "sns.member-that-is-missing",
    "sns:CreateTopic SetTopicAttributes Subscribe GetTopicAttributes DeleteTopic",
    code="InvalidParameter",
    code_from="api",
    source="botocore sns InvalidParameterException: a request parameter does not comply with its constraints",
)
async def _sns(asked: Asked, _: Inquiry) -> str | None:
    name = _missing(asked)
    return f"Invalid parameter: {name} Reason: no value for required parameter" if name else None


@rule(
    "ecs.member-that-is-missing",
    "ecs:CreateService UpdateService DeleteService DescribeServices DescribeTaskDefinition DeleteCluster"
    " DeregisterTaskDefinition",
    code="InvalidParameterException",
    code_from="api",
    source="botocore ecs InvalidParameterException: the specified parameter isn't valid",
)
async def _ecs(asked: Asked, _: Inquiry) -> str | None:
    name = _missing(asked)
    return f"{name} can not be blank." if name else None


RULES: Final = (_rds, _backup, _cloudwatch, _tagged, _sns, _ecs)
