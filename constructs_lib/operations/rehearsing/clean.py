"""What a drill made, removed; and that nothing of it is left, by name and by tag."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import attrs

from constructs_lib.operations.journal import now
from constructs_lib.procedures.fill import OPERATION_TAG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from constructs_lib.operations.clients import Clients

__all__ = ["Cleaned", "clean"]

_LIMIT: Final = 3600.0
"""Seconds after which what still goes is said to be left; RDS deletes a database in minutes."""
_AURORA: Final = "aurora"


@attrs.frozen(kw_only=True)
class _Left:
    """One thing that is still there."""

    type: str
    region: str
    name: str
    arn: str
    status: str
    protected: bool = False
    cluster: str | None = None
    engine: str = ""

    def __str__(self) -> str:
        return f"{self.type} {self.name} in {self.region} ({self.status})"


@attrs.frozen(kw_only=True)
class Cleaned:
    """What became of what a drill made.

    Attributes:
        removed: What was removed.
        left: What is still there, or cannot be told; empty: nothing is, by name and by tag.
        regions: The Regions that were asked.
        at: When it was proven.
    """

    removed: tuple[str, ...]
    left: tuple[str, ...]
    regions: tuple[str, ...]
    at: str

    def as_data(self) -> dict[str, Any]:
        """Return it as a record holds it."""
        return {
            "removed": list(self.removed),
            "left": list(self.left),
            "regions": list(self.regions),
            "proven_by": [] if self.left else ["names in listings", f"tag {OPERATION_TAG}"],
            "at": self.at,
        }


def clean(
    prefix: str,
    operation: str,
    regions: Sequence[str],
    clients: Clients,
    *,
    poll: float,
    limit: float = _LIMIT,
    stop: Callable[[], bool] = bool,
    sleep: Callable[[float], None] = time.sleep,
) -> Cleaned:
    """Remove everything whose name begins with *prefix*, and prove that nothing of *operation* is left.

    It asks what is there, does the next thing for each, and asks again; so it can be interrupted and begun again at
    any moment, and finds also what was made by a call whose answer was lost.

    Args:
        prefix: What names begin with; nothing else is touched.
        operation: The operation, whose tag the things have.
        regions: Where to look.
        clients: What calls.
        poll: Seconds between questions.
        limit: Seconds after which what still goes is said to be left.
        stop: Asked whether to leave off.
        sleep: What waits.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    seen: dict[str, str] = {}
    troubles: dict[str, str] = {}
    until = time.monotonic() + limit
    while True:
        left = []
        for region in regions:
            try:
                left += [item for item in _there(region, clients) if item.name.startswith(prefix)]
                troubles.pop(region, None)
            except (BotoCoreError, ClientError) as error:
                troubles[region] = f"what is left in {region} cannot be told ({error})"
        seen.update({item.arn: f"{item.type} {item.name} in {item.region}" for item in left})
        if (not left and not troubles) or stop() or time.monotonic() > until:
            break
        for item in left:
            try:
                _go_on(item, left, clients)
            except (BotoCoreError, ClientError) as error:
                # It is asked for again; what keeps it there is said in the end.
                troubles[item.arn] = f"{item} is not removed ({error})"
            else:
                troubles.pop(item.arn, None)
        sleep(poll)
    gone = {arn for arn in seen if arn not in {item.arn for item in left}}
    tagged = [] if left else list(_tagged(operation, regions, clients))
    return Cleaned(
        removed=tuple(sorted(seen[arn] for arn in gone)),
        left=(*map(str, left), *(text for text in troubles.values() if left or "cannot be told" in text), *tagged),
        regions=tuple(regions),
        at=now(),
    )


def _there(region: str, clients: Clients) -> Iterator[_Left]:
    """Yield every table and database in *region*."""
    for name in _asked(clients, "dynamodb", "ListTables", region)["TableNames"]:
        yield _Left(type="table", region=region, name=name, arn=f"table/{region}/{name}", status="listed")
    for item in _asked(clients, "rds", "DescribeDBInstances", region)["DBInstances"]:
        yield _Left(
            type="instance",
            region=region,
            name=item["DBInstanceIdentifier"],
            arn=item["DBInstanceArn"],
            status=item["DBInstanceStatus"],
            protected=item.get("DeletionProtection", False),
            cluster=item.get("DBClusterIdentifier"),
            engine=item["Engine"],
        )
    for item in _asked(clients, "rds", "DescribeDBClusters", region)["DBClusters"]:
        yield _Left(
            type="cluster",
            region=region,
            name=item["DBClusterIdentifier"],
            arn=item["DBClusterArn"],
            status=item["Status"],
            protected=item.get("DeletionProtection", False),
            engine=item["Engine"],
        )


def _asked(clients: Clients, service: str, operation: str, region: str) -> Mapping[str, Any]:
    return clients.call(service, operation, region, {}, changes=False)


def _go_on(item: _Left, all_: Sequence[_Left], clients: Clients) -> None:
    """Do the next thing that removes *item*."""

    def call(service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        changes = not operation.startswith("Describe")
        return clients.call(service, operation, item.region, parameters, changes=changes)

    match item.type:
        case "table":
            table = call("dynamodb", "DescribeTable", TableName=item.name)["Table"]
            if table["TableStatus"] != "ACTIVE":
                return
            if table.get("DeletionProtectionEnabled"):
                call("dynamodb", "UpdateTable", TableName=item.name, DeletionProtectionEnabled=False)
            else:
                call("dynamodb", "DeleteTable", TableName=item.name)
        case "instance":
            if item.status == "deleting" or (item.cluster and _AURORA not in item.engine):
                # The members of a Multi-AZ cluster go with it.
                return
            named = {"DBInstanceIdentifier": item.name}
            if item.protected and item.cluster is None:
                call("rds", "ModifyDBInstance", **named, DeletionProtection=False, ApplyImmediately=True)
            elif item.cluster is None:
                call("rds", "DeleteDBInstance", **named, SkipFinalSnapshot=True, DeleteAutomatedBackups=True)
            else:
                call("rds", "DeleteDBInstance", **named, SkipFinalSnapshot=True)
        case _:
            members = [other for other in all_ if other.cluster == item.name and _AURORA in other.engine]
            if item.status == "deleting" or members:
                return
            named = {"DBClusterIdentifier": item.name}
            if item.protected:
                call("rds", "ModifyDBCluster", **named, DeletionProtection=False, ApplyImmediately=True)
            else:
                call("rds", "DeleteDBCluster", **named, SkipFinalSnapshot=True, DeleteAutomatedBackups=True)


def _tagged(operation: str, regions: Sequence[str], clients: Clients) -> Iterator[str]:
    """Yield what still has the operation's tag.

    The tags' index is late, and may list what is gone: a table or a database that no listing has is gone.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    filters = {"TagFilters": [{"Key": OPERATION_TAG, "Values": [operation]}]}
    for region in regions:
        try:
            found = clients.call("resourcegroupstaggingapi", "GetResources", region, filters, changes=False)
            there = {item.name for item in _there(region, clients)}
        except (BotoCoreError, ClientError) as error:
            yield f"what has the tag {OPERATION_TAG} in {region} cannot be told ({error})"
            continue
        for item in found["ResourceTagMappingList"]:
            arn = str(item["ResourceARN"])
            kind, _, name = arn.split(":", 5)[-1].replace("/", ":").rpartition(":")
            if kind not in ("table", "db", "cluster") or name in there:
                yield f"{arn} has the tag {OPERATION_TAG}"
