"""DynamoDB: the form of a table: its indexes, its stream, its throughput."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

#: What AWS answered in October 2026.
_MEASURED: Final = "https://github.com/aws-controllers-k8s/dynamodb-controller, docs/api-quirks:"
_WRITES: Final = "dynamodb:CreateTable UpdateTable"
_INVALID: Final = "One or more parameter values were invalid: "
#: What a table on demand begins with, and warm throughput cannot be below.
_INITIAL: Final = {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000}
_UNITS: Final = {"ReadUnitsPerSecond": "ReadCapacityUnits", "WriteUnitsPerSecond": "WriteCapacityUnits"}
_REMOVED: Final = -1
_INDEXES: Final = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes", "GlobalSecondaryIndexUpdates")
#: What is changed in a call of its own, and what AWS calls the change.
_ALONE: Final = {
    "SSESpecification": "Server-Side Encryption modification",
    "TableClass": "TableClass modification",
    "DeletionProtectionEnabled": "DeletionProtection modification",
    "ReplicaUpdates": "Replica modification",
}
_OF_REPLICAS: Final = frozenset({"ReplicaUpdates", "MultiRegionConsistency", "GlobalTableWitnessUpdates"})


def _indexes(asked: Asked) -> Iterator[Mapping[str, Any]]:
    """Yield the indexes that a call makes."""
    yield from asked.parameters.get("GlobalSecondaryIndexes") or ()
    yield from asked.parameters.get("LocalSecondaryIndexes") or ()
    for update in asked.parameters.get("GlobalSecondaryIndexUpdates") or ():
        if "Create" in update:
            yield update["Create"]


def _parts(asked: Asked) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what a call says of a table and of each of its indexes, with what AWS calls them."""
    yield "table", asked.parameters
    for index in _indexes(asked):
        yield f"index {index['IndexName']}", index
    for update in asked.parameters.get("GlobalSecondaryIndexUpdates") or ():
        if "Update" in update:
            yield f"index {update['Update']['IndexName']}", update["Update"]


async def _known(asked: Asked, inquiry: Inquiry) -> Mapping[str, Any]:
    """Return the table as it is; empty for one that is being made."""
    if asked.operation == "CreateTable":
        return {}
    found = await inquiry("dynamodb", "DescribeTable", asked.region, TableName=asked.parameters["TableName"])
    table: Mapping[str, Any] = (found or {}).get("Table", {})
    return table


def _is_on_demand(asked: Asked, known: Mapping[str, Any]) -> bool:
    said: str = asked.parameters.get("BillingMode") or known.get("BillingModeSummary", {}).get("BillingMode", "")
    return said == "PAY_PER_REQUEST"


@rule(
    "dynamodb.projection-of-an-index",
    _WRITES,
    code="ValidationException",
    code_from="seen",
    source=f"botocore dynamodb Projection; code and messages in {_MEASURED} DDB-TABLE-442",
)
async def _projection(asked: Asked, _: Inquiry) -> str | None:
    for index in _indexes(asked):
        kind, names = index["Projection"].get("ProjectionType"), index["Projection"].get("NonKeyAttributes")
        if kind is None:
            return f"{_INVALID}Unknown ProjectionType: null"
        if (kind == "INCLUDE") != bool(names):
            stands = "is" if names else "is not"
            return f"{_INVALID}ProjectionType is {kind}, but NonKeyAttributes {stands} specified"
    return None


@rule(
    "dynamodb.stream-without-view",
    _WRITES,
    code="ValidationException",
    code_from="seen",
    source=f"botocore dynamodb StreamSpecification.StreamViewType; code and messages in {_MEASURED} DDB-TABLE-442",
)
async def _stream(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters.get("StreamSpecification") or {}
    enabled, view = given.get("StreamEnabled"), given.get("StreamViewType")
    if enabled is None or enabled == bool(view):
        return None
    if asked.operation == "CreateTable":
        wanted = "is required" if enabled else "should not be specified"
        is_on = "enabled" if enabled else "disabled"
        return f"{_INVALID}Table is being created with a stream {is_on}, UpdateViewType {wanted}"
    if enabled:
        return f"{_INVALID}If stream is being enabled then UpdateViewType is required"
    return f"{_INVALID}If stream is being disabled, then UpdateViewType must not be specified"


@rule(
    "dynamodb.one-index-at-a-time",
    "dynamodb:UpdateTable",
    code="LimitExceededException",
    code_from="api",
    source="botocore dynamodb UpdateTable.GlobalSecondaryIndexUpdates: one index is created or deleted in a call; the"
    " message in Terraform's provider, internal/service/dynamodb",
)
async def _one(asked: Asked, _: Inquiry) -> str | None:
    updates = asked.parameters.get("GlobalSecondaryIndexUpdates") or ()
    if sum("Update" not in update for update in updates) <= 1:
        return None
    return (
        "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table; give"
        " each a call of its own"
    )


@rule(
    "dynamodb.units-of-an-index",
    _WRITES,
    code="ValidationException",
    code_from="seen",
    source=f"botocore dynamodb GlobalSecondaryIndex.ProvisionedThroughput; code and messages in {_MEASURED}"
    " DDB-TABLE-442",
)
async def _units(asked: Asked, inquiry: Inquiry) -> str | None:
    created = list(asked.parameters.get("GlobalSecondaryIndexes") or ())
    created += [one["Create"] for one in asked.parameters.get("GlobalSecondaryIndexUpdates") or () if "Create" in one]
    if not created:
        return None
    on_demand = _is_on_demand(asked, await _known(asked, inquiry))
    for index in created:
        if on_demand and "ProvisionedThroughput" in index:
            return (
                f"{_INVALID}ProvisionedThroughput should not be specified for index: {index['IndexName']} when"
                " BillingMode is PAY_PER_REQUEST"
            )
        if not on_demand and "ProvisionedThroughput" not in index:
            return f"{_INVALID}ProvisionedThroughput is not specified for index: {index['IndexName']}"
    return None


@rule(
    "dynamodb.limit-of-a-table-on-demand",
    _WRITES,
    code="ValidationException",
    code_from="seen",
    source=f"botocore dynamodb OnDemandThroughput; code and messages in {_MEASURED} DDB-TABLE-045, -059 and -442: at"
    " least 1, or -1, which takes the limit away, where there is a table",
)
async def _limit(asked: Asked, inquiry: Inquiry) -> str | None:
    for what, part in _parts(asked):
        limits: Mapping[str, int] = part.get("OnDemandThroughput") or {}
        for name, limit in limits.items():
            if not _is_on_demand(asked, await _known(asked, inquiry)):
                return (
                    f"{_INVALID}{name} for OnDemandThroughput cannot be specified when the table BillingMode is"
                    " PROVISIONED"
                )
            if limit < 1 and not (limit == _REMOVED and asked.operation == "UpdateTable"):
                return f"{_INVALID}Requested {name} for OnDemandThroughput for {what} is outside of valid range"
    return None


@rule(
    "dynamodb.warm-throughput",
    _WRITES,
    code="ValidationException",
    code_from="seen",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html; code and messages"
    f" in {_MEASURED} DDB-TABLE-045, -059 and -442",
)
async def _warm(asked: Asked, inquiry: Inquiry) -> str | None:
    for what, part in _parts(asked):
        wanted: Mapping[str, int] = part.get("WarmThroughput") or {}
        known = await _known(asked, inquiry) if wanted else {}
        if what != "table":
            known = next(
                (one for one in known.get("GlobalSecondaryIndexes", ()) if what == f"index {one['IndexName']}"), {}
            )
        units = part.get("ProvisionedThroughput") or known.get("ProvisionedThroughput") or {}
        for name, value in wanted.items():
            least, why = _INITIAL[name], "initial throughput for OnDemand"
            if not _is_on_demand(asked, await _known(asked, inquiry)):
                least, why = units.get(_UNITS[name], 0), f"{_UNITS[name]} of ProvisionedThroughput"
            if (current := known.get("WarmThroughput", {}).get(name, 0)) > least or known:
                least = max(current, least)
                why = "current WarmThroughput, decreasing WarmThroughput is not supported"
            if value < least:
                return f"{_INVALID}Requested {name} for WarmThroughput for {what} is lower than {why}"
    return None


@rule(
    "dynamodb.list-of-no-index",
    _WRITES,
    code="ValidationException",
    code_from="seen",
    source=f"code and message in {_MEASURED} DDB-TABLE-442",
)
async def _none(asked: Asked, _: Inquiry) -> str | None:
    for name in _INDEXES:
        if asked.parameters.get(name) == []:
            return f"{_INVALID}List of {name} is empty"
    return None


@rule(
    "dynamodb.one-replica-at-a-time",
    "dynamodb:UpdateTable",
    code="ValidationException",
    code_from="seen",
    source=f"code and messages in {_MEASURED} DDB-TABLE-442; of strong consistency two at once are wanted:"
    " https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/multi-region-strong-consistency-gt.html",
)
async def _one_replica(asked: Asked, inquiry: Inquiry) -> str | None:
    updates = asked.parameters.get("ReplicaUpdates") or ()
    made = [kind for update in updates for kind in ("Create", "Delete") if kind in update]
    if len(made) <= 1 or asked.parameters.get("MultiRegionConsistency"):
        return None
    if (await _known(asked, inquiry)).get("MultiRegionConsistency") == "STRONG":
        return None
    if len(set(made)) > 1:
        return "Update table operation with more than one type of replica actions not allowed."
    return "Update table operation with more than one create or delete replica actions not allowed"


@rule(
    "dynamodb.change-that-stands-alone",
    "dynamodb:UpdateTable",
    code="ValidationException",
    code_from="seen",
    source=f"code and messages in {_MEASURED} DDB-TABLE-442",
)
async def _alone(asked: Asked, _: Inquiry) -> str | None:
    changed = asked.parameters.keys() - {"TableName", "AttributeDefinitions"}
    updates = asked.parameters.get("ReplicaUpdates") or ()
    if changed == {"SSESpecification", "ReplicaUpdates"} and all("Update" in update for update in updates):
        return None  # a table's key changes with those of its replicas
    for name, what in _ALONE.items():
        # Strong consistency and its witness belong to the replicas.
        beside = _OF_REPLICAS if name == "ReplicaUpdates" else {name}
        if name in changed and changed - beside:
            return f"{_INVALID}{what} must be the only operation in the request"
    return None


@rule(
    "dynamodb.tag-of-aws",
    "dynamodb:CreateTable TagResource",
    code="ValidationException",
    code_from="seen",
    source=f"code and message in {_MEASURED} DDB-TABLE-442",
)
async def _tag(asked: Asked, _: Inquiry) -> str | None:
    keys = [tag.get("Key", "") for tag in asked.parameters.get("Tags") or ()]
    reserved = next((key for key in keys if key.lower().startswith("aws:")), None)
    if reserved is not None:
        return f"Tag Key cannot be prefixed with aws:, Key: {reserved}"
    twice = next((key for key in keys if keys.count(key) > 1), None)
    return None if twice is None else f"Duplicate Tag Keys provided as input: Duplicate Tag Key found {twice}"


RULES: Final = (
    _projection,
    _stream,
    _one,
    _units,
    _limit,
    _warm,
    _none,
    _one_replica,
    _alone,
    _tag,
)
