"""DynamoDB: replicas and settings of a table, and restores to a point in time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.regions import is_region
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_GUIDE: Final = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"
#: What AWS answered in October 2026.
_MEASURED: Final = "https://github.com/aws-controllers-k8s/dynamodb-controller, docs/api-quirks:"
_RESTORE: Final = "dynamodb:RestoreTableToPointInTime"
_WRITES: Final = "dynamodb:{}:WriteCapacityUnits"
_OTHERS_OF_STRONG, _MOST_DAYS, _MOST_INDEXES = 2, 35, 20
_MOST_LOCAL: Final = 5
_STRONG_SETS: Final = (
    {"us-east-1", "us-east-2", "us-west-2"},
    {"eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"},
    {"ap-northeast-1", "ap-northeast-2", "ap-northeast-3"},
)


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
    code_from="seen",
    source="botocore dynamodb CreateReplicationGroupMemberAction.KMSMasterKeyId: the key of the replica's Region;"
    f" code and message in {_MEASURED} DDB-TABLE-309",
)
async def _foreign_key(asked: Asked, _: Inquiry) -> str | None:
    for replica in _created(asked):
        key = replica.get("KMSMasterKeyId", "")
        if key.startswith("arn:") and key.split(":")[3] != replica["RegionName"]:
            return f"KMS validation error: Invalid arn {key.split(':')[3]}; give a key of {replica['RegionName']}"
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


@rule(
    "dynamodb.replica-in-a-region-that-does-not-exist",
    "dynamodb:UpdateTable",
    code="ValidationException",
    code_from="seen",
    source=f"{_MEASURED} DDB-TABLE-223",
)
async def _nowhere(asked: Asked, _: Inquiry) -> str | None:
    unknown = [replica["RegionName"] for replica in _created(asked) if not is_region(replica["RegionName"])]
    return f"Region {unknown[0]} is not supported." if unknown else None


@rule(
    "dynamodb.stream-of-a-replicated-table",
    "dynamodb:UpdateTable",
    code="ValidationException",
    code_from="seen",
    source=f"{_MEASURED} DDB-TABLE-222: once a replica exists the stream is immutable",
)
async def _stream(asked: Asked, inquiry: Inquiry) -> str | None:
    if "StreamSpecification" not in asked.parameters or not (await _table(asked, inquiry)).get("Replicas"):
        return None
    return "Disabling Stream is not allowed for a Global Table replica"


@rule(
    "dynamodb.strong-consistency-in-three-regions",
    "dynamodb:UpdateTable",
    code="ValidationException",
    code_from="seen",
    source=f"{_GUIDE}/multi-region-strong-consistency-gt.html: three replicas, or two and a witness; the message in"
    " https://github.com/badmintoncryer/cdk-preflight, rules/dynamodb/pf-dynamodb-global-table-mrsc-replica-count"
    f"; the code in {_MEASURED} DDB-TABLE-258",
)
async def _strong(asked: Asked, _: Inquiry) -> str | None:
    joining = len(_created(asked)) + len(asked.parameters.get("GlobalTableWitnessUpdates") or [])
    if asked.parameters.get("MultiRegionConsistency") != "STRONG" or joining == _OTHERS_OF_STRONG:
        return None
    return "Unsupported replica count for global tables with MultiRegionConsistency set to STRONG"


@rule(
    "dynamodb.recovery-period-without-recovery",
    "dynamodb:UpdateContinuousBackups",
    code="ValidationException",
    code_from="seen",
    source="botocore dynamodb PointInTimeRecoverySpecification.RecoveryPeriodInDays: 1 to 35, and with recovery enabled"
    f"; code and message in {_MEASURED} errors",
)
async def _period(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters.get("PointInTimeRecoverySpecification", {})
    days = given.get("RecoveryPeriodInDays")
    if days is not None and not given.get("PointInTimeRecoveryEnabled"):
        return "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery."
    if days is not None and not 1 <= days <= _MOST_DAYS:
        return f"RecoveryPeriodInDays is {days}; give 1 to {_MOST_DAYS}"
    return None


@rule(
    "dynamodb.time-to-live-that-is-on",
    "dynamodb:UpdateTimeToLive",
    code="ValidationException",
    code_from="seen",
    source=f"{_GUIDE}/time-to-live-ttl-how-to.html; https://github.com/go-to-k/cdkd/pull/932 and public measurements"
    " quote code and messages",
)
async def _lives(asked: Asked, inquiry: Inquiry) -> str | None:
    wanted = asked.parameters.get("TimeToLiveSpecification", {})
    found = await inquiry("dynamodb", "DescribeTimeToLive", asked.region, TableName=asked.parameters["TableName"])
    current = (found or {}).get("TimeToLiveDescription", {})
    if current.get("TimeToLiveStatus") not in ("ENABLED", "ENABLING"):
        return None
    if (name := current.get("AttributeName")) != wanted.get("AttributeName"):
        return f"TimeToLive is active on a different AttributeName: current AttributeName is {name}"
    return "TimeToLive is already enabled" if wanted.get("Enabled") else None


@rule(
    "dynamodb.twenty-global-indexes",
    "dynamodb:CreateTable",
    code="ValidationException",
    code_from="seen",
    source=f"{_GUIDE}/ServiceQuotas.html; the message in https://github.com/badmintoncryer/cdk-preflight,"
    f" rules/dynamodb/pf-dynamodb-gsi-count; the code in {_MEASURED} errors",
)
async def _indexes(asked: Asked, _: Inquiry) -> str | None:
    if len(asked.parameters.get("GlobalSecondaryIndexes") or ()) <= _MOST_INDEXES:
        return None
    return (
        "One or more parameter values were invalid: GlobalSecondaryIndex count exceeds the per-table limit of"
        f" {_MOST_INDEXES}"
    )


@rule(
    "dynamodb.stream-as-it-is",
    "dynamodb:UpdateTable",
    code="ValidationException",
    code_from="seen",
    source="botocore dynamodb UpdateTable.StreamSpecification: a ValidationException where a stream that is on is"
    " switched on, or one that is off is switched off; Terraform's provider, internal/service/dynamodb/table.go, quotes"
    " the first message",
)
async def _stream_is(asked: Asked, inquiry: Inquiry) -> str | None:
    wanted = asked.parameters.get("StreamSpecification", {}).get("StreamEnabled")
    if wanted is None:
        return None
    name, is_on = asked.parameters["TableName"], (await _table(asked, inquiry)).get("StreamSpecification", {})
    if wanted and is_on.get("StreamEnabled"):
        return f"Table already has an enabled stream: TableName: {name}"
    return None if wanted or is_on.get("StreamEnabled") else f"Table has no stream to disable: TableName: {name}"


@rule(
    "dynamodb.five-local-indexes",
    "dynamodb:CreateTable",
    code="ValidationException",
    code_from="seen",
    source=f"{_GUIDE}/LSI.html: five; the message in {_MEASURED} errors",
)
async def _local(asked: Asked, _: Inquiry) -> str | None:
    if len(asked.parameters.get("LocalSecondaryIndexes") or ()) <= _MOST_LOCAL:
        return None
    return (
        "One or more parameter values were invalid: Number of LocalSecondaryIndexes exceeds per-table limit of"
        f" {_MOST_LOCAL}"
    )


@rule(
    "dynamodb.encryption-of-a-table",
    "dynamodb:CreateTable UpdateTable",
    code="ValidationException",
    code_from="seen",
    source="botocore dynamodb SSESpecification; https://github.com/badmintoncryer/cdk-preflight,"
    " rules/dynamodb/pf-dynamodb-sse-type",
)
async def _encryption(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters.get("SSESpecification", {})
    kind = given.get("SSEType", "KMS")
    if kind != "KMS":
        return f"One or more parameter values were invalid: SSEType {kind} is not supported"
    if not given.get("Enabled") and (given.get("KMSMasterKeyId") or given.get("SSEType")):
        return (
            "One or more parameter values were invalid: SSEType and KMSMasterKeyId are for encryption that is enabled"
        )
    return None


@rule(
    "dynamodb.time-to-live-that-is-off",
    "dynamodb:UpdateTimeToLive",
    code="ValidationException",
    code_from="seen",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html;"
    " https://github.com/aws-controllers-k8s/dynamodb-controller, pkg/resource/table, looks for code and message",
)
async def _off(asked: Asked, inquiry: Inquiry) -> str | None:
    if asked.parameters["TimeToLiveSpecification"]["Enabled"]:
        return None
    found = await inquiry("dynamodb", "DescribeTimeToLive", asked.region, TableName=asked.parameters["TableName"])
    status = (found or {}).get("TimeToLiveDescription", {}).get("TimeToLiveStatus", "DISABLED")
    return "TimeToLive is already disabled" if status == "DISABLED" else None


@rule(
    "dynamodb.provisioned-without-units",
    "dynamodb:UpdateTable",
    code="ValidationException",
    code_from="seen",
    source=f"botocore dynamodb UpdateTable.BillingMode; the message in {_MEASURED} errors",
)
async def _units(asked: Asked, _: Inquiry) -> str | None:
    if asked.parameters.get("BillingMode") != "PROVISIONED" or asked.parameters.get("ProvisionedThroughput"):
        return None
    return (
        "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified"
        " when BillingMode is PROVISIONED"
    )


@rule(
    "dynamodb.strong-consistency-in-one-set-of-regions",
    "dynamodb:UpdateTable",
    code="ValidationException",
    code_from="memory",
    source=f"{_GUIDE}/V2globaltables_HowItWorks.html, MRSC: three Regions of one set, of which one may be a witness",
)
async def _sets(asked: Asked, _: Inquiry) -> str | None:
    if asked.parameters.get("MultiRegionConsistency") != "STRONG":
        return None
    witnesses = asked.parameters.get("GlobalTableWitnessUpdates") or ()
    named = {asked.region, *(replica["RegionName"] for replica in _created(asked))}
    named |= {update["Create"]["RegionName"] for update in witnesses if "Create" in update}
    if any(named <= regions for regions in _STRONG_SETS):
        return None
    return f"Multi-Region strong consistency is not supported across {', '.join(sorted(named))}"


@rule(
    "dynamodb.strong-consistency-of-items-that-are-there",
    "dynamodb:UpdateTable",
    code="ValidationException",
    code_from="memory",
    source=f"{_GUIDE}/V2globaltables_HowItWorks.html, MRSC: only an existing table that is empty",
)
async def _filled(asked: Asked, inquiry: Inquiry) -> str | None:
    if asked.parameters.get("MultiRegionConsistency") != "STRONG":
        return None
    found = await inquiry("dynamodb", "Scan", asked.region, TableName=asked.parameters["TableName"], Limit=1)
    if not (found or {}).get("Items"):
        return None
    return "The table must be empty to be made a global table with strong consistency"


RULES: Final = (
    _nowhere,
    _without_key,
    _foreign_key,
    _without_scaling,
    _without_recovery,
    _outside,
    _stream,
    _strong,
    _period,
    _lives,
    _indexes,
    _stream_is,
    _local,
    _encryption,
    _off,
    _units,
    _sets,
    _filled,
)
