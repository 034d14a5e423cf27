"""What a drill made, removed; and that nothing of it is left, by name and by tag."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import msgspec

from constructs_lib.operations.journal import now
from constructs_lib.operations.objects import empty_bucket
from constructs_lib.operations.trouble import needs_sign_in, passes, said_to
from constructs_lib.procedures.fill import NAME_TAG, OPERATION_TAG

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from constructs_lib.operations.clients import Clients

__all__ = ["Cleaned", "clean"]

_LIMIT: Final = 3600.0
"""Seconds after which what still goes is said to be left; RDS deletes a database in minutes."""
_TRIES: Final = 4
"""How often what AWS refuses is tried where nothing else goes on meanwhile."""
_AURORA: Final = "aurora"
_JOB: Final = "restore job"
_GOING_ON: Final = ("PENDING", "RUNNING")
"""What AWS Backup says of a restore that may still make something."""
_SETTLED: Final = ("ACTIVE", "FAILED", "IDLE", "INACTIVE")
"""What DSQL says of a cluster that can be deleted."""
_GONE: Final = "DELETED"
_USABLE: Final = ("available", "error")
"""What EFS says of a file system that can be deleted."""
_SIGNED_AS: Final = {"efs": "elasticfilesystem"}
"""What ARNs call a service, where that is another name than boto3's."""
_ARN_PARTS: Final = 5


class _Left(msgspec.Struct, frozen=True, kw_only=True):
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


class Cleaned(msgspec.Struct, frozen=True, kw_only=True):
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
    services: Collection[str] = (),
    jobs: Sequence[tuple[str, str]] = (),
    limit: float = _LIMIT,
    stop: Callable[[], bool] = bool,
    sleep: Callable[[float], None] = time.sleep,
) -> Cleaned:
    """Remove everything whose name begins with *prefix*, and prove that nothing of *operation* is left.

    It asks what is there, does the next thing for each, and asks again; so it can be interrupted and begun again at
    any moment, and finds also what was made by a call whose answer was lost.

    Args:
        prefix: What names begin with; nothing else is touched, but what a restore job of the drill has made.
        operation: The operation, whose tag the things have.
        regions: Where to look.
        clients: What calls.
        poll: Seconds between questions.
        services: Of which more than tables and databases of RDS may have been made: `s3`, `dsql`, `efs`.
        jobs: Region and id of each restore job of AWS Backup that the drill has begun. One that still runs is waited
            for: nothing shows yet of what it makes, and AWS has no call that stops it.
        limit: Seconds after which what still goes is said to be left.
        stop: Asked whether to leave off.
        sleep: What waits.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    seen: dict[str, _Left] = {}
    made: dict[tuple[str, str], str] = {}
    kept: dict[str, Exception] = {}
    hopeless = 0
    until = time.monotonic() + limit
    while True:
        left: list[_Left] = []
        untold: dict[str, Exception] = {}
        for region in regions:
            try:
                running = list(_running(region, jobs, made, clients))
                there = list(_there(region, prefix, services, clients))
                left += [item for item in there if item.name.startswith(prefix) or item.arn in made.values()]
                left += running
            except (BotoCoreError, ClientError) as error:
                untold[region] = error
        seen.update({item.arn: item for item in left if item.type != _JOB})
        kept = {item.arn: kept[item.arn] for item in left if item.arn in kept}
        errors = [*untold.values(), *kept.values()]
        # What AWS refuses for good is not asked for an hour.
        moving = any(item.arn not in kept for item in left) or any(passes(error) for error in errors)
        hopeless = 0 if moving else hopeless + 1
        over = stop() or time.monotonic() > until or hopeless >= _TRIES or any(map(needs_sign_in, errors))
        if over or not (left or untold):
            break
        for item in left:
            if item.type == _JOB:
                continue
            try:
                _go_on(item, left, clients, prefix, operation, stop)
            except (BotoCoreError, ClientError) as error:
                # It is asked for again; what keeps it there is said in the end.
                kept[item.arn] = error
            else:
                kept.pop(item.arn, None)
        sleep(poll)
    told = {item.arn: str(item) for item in left}
    tagged = [] if left or untold else list(_tagged(operation, regions, clients, prefix, services))
    return Cleaned(
        removed=tuple(
            sorted(
                f"{item.type} {item.name} in {item.region}"
                for item in seen.values()
                if item.arn not in told and item.region not in untold
            )
        ),
        left=(
            *told.values(),
            *(
                f"what is left in {region} cannot be told ({said_to(error, clients)})"
                for region, error in untold.items()
            ),
            *(f"{told[arn]} is not removed ({said_to(error, clients)})" for arn, error in kept.items()),
            *tagged,
        ),
        regions=tuple(regions),
        at=now(),
    )


def _running(
    region: str, jobs: Sequence[tuple[str, str]], made: dict[tuple[str, str], str], clients: Clients
) -> Iterator[_Left]:
    """Yield the restore jobs in *region* that have not ended; write down what the others have made."""
    for job in jobs:
        if job[0] != region or job in made:
            continue
        asked = {"RestoreJobId": job[1]}
        told = clients.call("backup", "DescribeRestoreJob", region, asked, changes=False)
        if told["Status"] in _GOING_ON:
            yield _Left(type=_JOB, region=region, name=job[1], arn=job[1], status=told["Status"])
        else:
            made[job] = told.get("CreatedResourceArn") or ""


def _there(region: str, prefix: str, services: Collection[str], clients: Clients) -> Iterator[_Left]:
    """Yield every table, database, cluster of DSQL and file system in *region*, and its buckets of the drill's name."""
    if "s3" in services:
        asked = {"Prefix": prefix, "BucketRegion": region}
        for item in clients.call("s3", "ListBuckets", region, asked, changes=False).get("Buckets", ()):
            name = item["Name"]
            yield _Left(type="bucket", region=region, name=name, arn=f"arn:aws:s3:::{name}", status="listed")
    if "dsql" in services:
        for item in _asked(clients, "dsql", "ListClusters", region).get("clusters", ()):
            asked = {"identifier": item["identifier"]}
            cluster = clients.call("dsql", "GetCluster", region, asked, changes=False)
            if cluster["status"] != _GONE:
                yield _Left(
                    type="DSQL cluster",
                    region=region,
                    # AWS gives it its identifier; the drill's name is a tag.
                    name=cluster.get("tags", {}).get(NAME_TAG) or cluster["identifier"],
                    arn=cluster["arn"],
                    status=cluster["status"],
                    protected=cluster.get("deletionProtectionEnabled", False),
                )
    if "efs" in services:
        for item in _asked(clients, "efs", "DescribeFileSystems", region)["FileSystems"]:
            yield _Left(
                type="file system",
                region=region,
                # EFS gives it its id; the drill's name is its token, and a tag without which nobody may delete it.
                name=item["CreationToken"],
                arn=item["FileSystemArn"],
                status=item["LifeCycleState"],
                protected={"Key": NAME_TAG, "Value": item["CreationToken"]} not in item["Tags"],
            )
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


def _go_on(
    item: _Left, all_: Sequence[_Left], clients: Clients, prefix: str, operation_id: str, stop: Callable[[], bool]
) -> None:
    """Do the next thing that removes *item*."""

    def call(service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        changes = not operation.startswith("Describe")
        return clients.call(service, operation, item.region, parameters, changes=changes)

    match item.type:
        case "bucket":
            if empty_bucket(clients, item.name, item.region, stop):
                call("s3", "DeleteBucket", Bucket=item.name)
        case "DSQL cluster":
            identifier = item.arn.rpartition("/")[2]
            if item.status not in _SETTLED:
                return
            if not item.name.startswith(prefix):
                # It was left before it got its tags, without which nobody may delete it.
                tags = {NAME_TAG: f"{prefix}untagged", OPERATION_TAG: operation_id}
                call("dsql", "TagResource", resourceArn=item.arn, tags=tags)
            elif item.protected:
                call("dsql", "UpdateCluster", identifier=identifier, deletionProtectionEnabled=False)
            else:
                call("dsql", "DeleteCluster", identifier=identifier)
        case "file system":
            identifier = item.arn.rpartition("/")[2]
            if item.status not in _USABLE:
                return
            if item.protected:
                own = [{"Key": NAME_TAG, "Value": item.name}, {"Key": OPERATION_TAG, "Value": operation_id}]
                call("efs", "TagResource", ResourceId=identifier, Tags=own)
            else:
                # What a check has mounted it at is the check's to remove: EFS keeps what is mounted, and it is said.
                call("efs", "DeleteFileSystem", FileSystemId=identifier)
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


def _tagged(
    operation: str, regions: Sequence[str], clients: Clients, prefix: str, services: Collection[str]
) -> Iterator[str]:
    """Yield what still has the operation's tag.

    The tags' index is late, and may list what is gone: what no listing has that lists its kind is gone.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    filters = {"TagFilters": [{"Key": OPERATION_TAG, "Values": [operation]}]}
    for region in regions:
        try:
            found = clients.call("resourcegroupstaggingapi", "GetResources", region, filters, changes=False)
            there = {found for item in _there(region, prefix, services, clients) for found in (item.name, item.arn)}
        except (BotoCoreError, ClientError) as error:
            yield f"what has the tag {OPERATION_TAG} in {region} cannot be told ({error})"
            continue
        for item in found["ResourceTagMappingList"]:
            arn = str(item["ResourceARN"])
            parts = arn.split(":", _ARN_PARTS)
            kind, _, name = parts[-1].replace("/", ":").rpartition(":")
            signed = {_SIGNED_AS.get(service, service) for service in ("dynamodb", "rds", *services)}
            listed = parts[2] in signed and kind in ("", "table", "db", "cluster", "file-system")
            if not listed or {name, arn} & there:
                yield f"{arn} has the tag {OPERATION_TAG}"
