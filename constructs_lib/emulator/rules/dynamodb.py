"""DynamoDB: replicas of a table, and restores to a point in time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.asked import Asked
    from constructs_lib.emulator.inquiry import Inquiry

_GUIDE: Final = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"
_RESTORE: Final = "dynamodb:RestoreTableToPointInTime"
_WRITES: Final = "dynamodb:{}:WriteCapacityUnits"


def _created(asked: Asked) -> list[Mapping[str, Any]]:
    return [update["Create"] for update in asked.parameters.get("ReplicaUpdates") or [] if "Create" in update]


async def _table(asked: Asked, inquiry: Inquiry) -> Mapping[str, Any]:
    found = await inquiry("dynamodb", "DescribeTable", asked.region, TableName=asked.parameters["TableName"])
    table: Mapping[str, Any] = (found or {}).get("Table", {})
    return table


@rule(
    "dynamodb.replica-without-key",
    "dynamodb:UpdateTable",
    code="ValidationException",
    code_from="seen",
    source=f"{_GUIDE}/V2globaltables_reqs_bestpractices.html: a customer managed key is needed for each replica"
    "; code and message in https://github.com/hashicorp/terraform-provider-aws/issues/17422",
)
async def _without_key(asked: Asked, inquiry: Inquiry) -> str | None:
    keyless = [replica["RegionName"] for replica in _created(asked) if not replica.get("KMSMasterKeyId")]
    if not keyless:
        return None
    encryption = (await _table(asked, inquiry)).get("SSEDescription", {})
    key = encryption.get("KMSMasterKeyArn", "")
    if encryption.get("SSEType") != "KMS" or not await _is_customer_managed(asked, inquiry, key):
        return None
    return f"The table is encrypted with the customer managed key {key}; give KMSMasterKeyId for {', '.join(keyless)}"


async def _is_customer_managed(asked: Asked, inquiry: Inquiry, key: str) -> bool:
    described = await inquiry("kms", "DescribeKey", asked.region, KeyId=key) if key else None
    return described is not None and described["KeyMetadata"].get("KeyManager") == "CUSTOMER"


@rule(
    "dynamodb.replica-key-of-another-region",
    "dynamodb:UpdateTable",
    code="ValidationException",
    code_from="memory",
    source="botocore dynamodb CreateReplicationGroupMemberAction.KMSMasterKeyId: the key of the replica's Region",
)
async def _foreign_key(asked: Asked, _: Inquiry) -> str | None:
    for replica in _created(asked):
        key = replica.get("KMSMasterKeyId", "")
        if key.startswith("arn:") and key.split(":")[3] != replica["RegionName"]:
            return f"The key {key} is not in {replica['RegionName']}, where the replica is created"
    return None


@rule(
    "dynamodb.provisioned-replica-without-scaling",
    "dynamodb:UpdateTable",
    code="ValidationException",
    code_from="seen",
    source=f"{_GUIDE}/V2globaltables_reqs_bestpractices.html: on-demand, or auto scaling of writes, indexes included",
)
async def _without_scaling(asked: Asked, inquiry: Inquiry) -> str | None:
    table = await _table(asked, inquiry) if _created(asked) else {}
    if not table or table.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST":
        return None
    name = table["TableName"]
    needed = {f"table/{name}": ("Table", "table")} | {
        f"table/{name}/index/{index['IndexName']}": ("GSI", "index")
        for index in table.get("GlobalSecondaryIndexes", [])
    }
    for resource, (called, kind) in needed.items():
        if not await _scales_writes(asked, inquiry, resource, _WRITES.format(kind)):
            return f"{called} write capacity should either be Pay-Per-Request or AutoScaled."
    return None


async def _scales_writes(asked: Asked, inquiry: Inquiry, resource: str, dimension: str) -> bool:
    # A target alone is not enough: a policy has to move it.
    policies = await inquiry(
        "application-autoscaling",
        "DescribeScalingPolicies",
        asked.region,
        ServiceNamespace="dynamodb",
        ResourceId=resource,
        ScalableDimension=dimension,
    )
    return bool((policies or {}).get("ScalingPolicies"))


@rule(
    "dynamodb.restore-without-recovery",
    _RESTORE,
    code="PointInTimeRecoveryUnavailableException",
    code_from="api",
    source="botocore dynamodb PointInTimeRecoveryUnavailableException: not yet enabled for the source table",
)
async def _without_recovery(asked: Asked, inquiry: Inquiry) -> str | None:
    recovery = await _recovery(asked, inquiry)
    if recovery is None or recovery.get("PointInTimeRecoveryStatus") == "ENABLED":
        return None
    return "Point in time recovery is not enabled for the source table"


@rule(
    "dynamodb.restore-outside-window",
    _RESTORE,
    code="InvalidRestoreTimeException",
    code_from="api",
    source="botocore dynamodb InvalidRestoreTimeException: between EarliestRestorableDateTime and LatestRestorable...",
)
async def _outside(asked: Asked, inquiry: Inquiry) -> str | None:
    wanted = asked.parameters.get("RestoreDateTime")
    recovery = await _recovery(asked, inquiry) if wanted else None
    if recovery is None or wanted is None:
        return None
    moment = (wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC)).replace(microsecond=0)
    earliest = recovery.get("EarliestRestorableDateTime")
    latest = recovery.get("LatestRestorableDateTime") or datetime.now(UTC)
    if earliest is None or earliest.replace(microsecond=0) <= moment <= latest:
        return None
    return f"{moment.isoformat()} is not between {earliest.isoformat()} and {latest.isoformat()}"


async def _recovery(asked: Asked, inquiry: Inquiry) -> Mapping[str, Any] | None:
    source = asked.parameters.get("SourceTableName") or asked.parameters.get("SourceTableArn", "").rpartition("/")[2]
    if not source:
        return None
    found = await inquiry("dynamodb", "DescribeContinuousBackups", asked.region, TableName=source)
    described: Mapping[str, Any] = (found or {}).get("ContinuousBackupsDescription", {})
    return described.get("PointInTimeRecoveryDescription")


RULES: Final = (_without_key, _foreign_key, _without_scaling, _without_recovery, _outside)
