"""RDS: Aurora global databases, which moto can make and describe, but whose members never change their roles."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.standins.rds import reply as rds_reply
from constructs_lib.emulator.standins.rds.global_database import Failover, GlobalCluster, region_of, show

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward
    from constructs_lib.emulator.world import World

_ARN_PART: Final = ":global-cluster:"
_CLUSTER_ARN: Final = re.compile(r"arn:[^:]+:rds:(?P<region>[^:]+):\d{12}:cluster:(?P<identifier>.+)")
#: AWS's own name for the snapshot it takes of the volume of a primary that was failed over.
_UNPLANNED: Final = "rds:unplanned-global-failover-"
_DEFAULT_VERSIONS: Final = {"aurora-mysql": "8.0.mysql_aurora.3.08.0", "aurora-postgresql": "16.4"}


class RdsGlobalClusters:
    """Keeps global databases, and changes roles: switchover, failover and removal of a member.

    While a change is under way FailoverState shows it, the roles are the old ones and a second change is refused.
    A switchover needs the Region of the writer; a failover needs only the Region of its target.
    """

    service = "rds"

    def __init__(self, world: World) -> None:
        self._world = world
        self.known: dict[str, GlobalCluster] = {}
        self._taken: set[str] = set()

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Answer for global databases, and let their members show it; pass on the rest."""
        await self._take_unplanned_snapshots(call, forward)
        if _ARN_PART in (arn := call.form.get("ResourceName", "")):
            return self._tags(call, arn)
        match call.operation:
            case "CreateGlobalCluster":
                return await self._create(call, forward)
            case "DescribeGlobalClusters":
                return self._describe(call)
            case "ModifyGlobalCluster" | "DeleteGlobalCluster" | "RemoveFromGlobalCluster":
                return self._changed(call)
            case "SwitchoverGlobalCluster" | "FailoverGlobalCluster":
                return await self._change_writer(call, forward)
            case "DescribeDBClusterSnapshots":
                return await self._snapshots(call, forward)
            case "DeleteDBCluster":
                return await self._delete_member(call, forward)
            case _:
                return self._members_shown(call, await forward(call))

    def of_member(self, arn: str) -> GlobalCluster | None:
        """Return the global database a cluster belongs to."""
        return next((known for known in self.known.values() if arn in known.members), None)

    async def _create(self, call: Call, forward: Forward) -> Reply:
        identifier = call.form.get("GlobalClusterIdentifier", "").lower()
        if identifier in self.known:
            return rds_reply.failure("GlobalClusterAlreadyExistsFault", f"Global cluster {identifier} already exists.")
        source_arn = call.form.get("SourceDBClusterIdentifier", "")
        fields: dict[str, str] = {name: call.form[name] for name in _SETTABLE if name in call.form}
        if source_arn:
            source = await self._source(call, forward, source_arn)
            if isinstance(source, str):
                return rds_reply.failure("DBClusterNotFoundFault", source, status=404)
            if self.of_member(source_arn) is not None:
                return rds_reply.failure("InvalidDBClusterStateFault", f"{source_arn} is already in a global cluster.")
            fields |= {name: rds_reply.value(source, name) for name in ("Engine", "EngineVersion", "StorageEncrypted")}
        elif "Engine" not in fields:
            return rds_reply.failure("InvalidParameterValue", "Give Engine or SourceDBClusterIdentifier.")
        fields = {
            "EngineVersion": _DEFAULT_VERSIONS.get(fields["Engine"], ""),
            "StorageEncrypted": "false",
            "DeletionProtection": "false",
        } | fields
        self.known[identifier] = GlobalCluster(
            identifier=identifier,
            arn=f"arn:aws:rds::{self._world.account}{_ARN_PART}{identifier}",
            resource_id=f"cluster-{uuid.uuid4().hex[:16]}",
            fields=fields,
            tags=rds_reply.tags(call.form),
            members=[source_arn] if source_arn else [],
            writer=source_arn or None,
        )
        return self._answered(call, self.known[identifier])

    async def _source(self, call: Call, forward: Forward, arn: str) -> Element | str:
        if named := _CLUSTER_ARN.fullmatch(arn):
            asked = rds_reply.asking(
                call, "DescribeDBClusters", region=named["region"], DBClusterIdentifier=named["identifier"]
            )
            if (described := await forward(asked)).succeeded:
                return next(iter(rds_reply.resources(rds_reply.document(described), "DBCluster")))
        return f"There is no DB cluster {arn}."

    def _describe(self, call: Call) -> Reply:
        wanted = call.form.get("GlobalClusterIdentifier", "").lower()
        if wanted and wanted not in self.known:
            return _no_such_cluster(wanted)
        members = rds_reply.filters(call.form).get("db-cluster-id", [])
        root, result = rds_reply.answered(call.operation)
        listed = rds_reply.put(result, "GlobalClusters")
        for cluster in self.known.values():
            if wanted in ("", cluster.identifier) and (not members or {*members} & {*_names(cluster.members)}):
                change = self._settle(cluster, polled=True)
                show(rds_reply.append(listed, "GlobalClusterMember", {}), cluster, change, self._world.lost)
        return rds_reply.success(root)

    def _changed(self, call: Call) -> Reply:
        cluster = self.known.get(call.form.get("GlobalClusterIdentifier", "").lower())
        if cluster is None:
            return _no_such_cluster(call.form.get("GlobalClusterIdentifier", ""))
        if call.operation == "RemoveFromGlobalCluster":
            refusal = self._remove(cluster, call.form.get("DbClusterIdentifier", ""))
        elif call.operation == "DeleteGlobalCluster":
            refusal = self._delete(cluster)
        else:
            refusal = None
            cluster.fields |= {
                name: call.form[name] for name in ("DeletionProtection", "EngineVersion") if name in call.form
            }
            if new := call.form.get("NewGlobalClusterIdentifier", "").lower():
                self.known[new] = self.known.pop(cluster.identifier)
                cluster.identifier, cluster.arn = new, cluster.arn.rpartition(":")[0] + f":{new}"
        return refusal or self._answered(call, cluster)

    def _remove(self, cluster: GlobalCluster, arn: str) -> Reply | None:
        if arn not in cluster.members:
            return rds_reply.failure("DBClusterNotFoundFault", f"{arn} is not in {cluster.identifier}.", status=404)
        if arn == cluster.writer and len(cluster.members) > 1:
            return rds_reply.failure(
                "InvalidGlobalClusterStateFault", f"{arn} is the writer; remove the secondary clusters first."
            )
        cluster.members.remove(arn)
        cluster.writer = cluster.writer if cluster.members else None
        return None

    def _delete(self, cluster: GlobalCluster) -> Reply | None:
        if cluster.members:
            return rds_reply.failure("InvalidGlobalClusterStateFault", f"{cluster.identifier} is not empty.")
        if cluster.fields["DeletionProtection"] == "true":
            return rds_reply.failure("InvalidParameterCombination", f"{cluster.identifier} is protected from deletion.")
        del self.known[cluster.identifier]
        return None

    async def _change_writer(self, call: Call, forward: Forward) -> Reply:
        cluster = self.known.get(call.form.get("GlobalClusterIdentifier", "").lower())
        if cluster is None:
            return _no_such_cluster(call.form.get("GlobalClusterIdentifier", ""))
        target, fails_over = call.form.get("TargetDbClusterIdentifier", ""), call.form.get("AllowDataLoss") == "true"
        if fails_over and call.form.get("Switchover") == "true":
            return rds_reply.failure("InvalidParameterCombination", "Give either AllowDataLoss or Switchover.")
        if target not in cluster.members:
            return rds_reply.failure(
                "DBClusterNotFoundFault", f"{target} is no member of {cluster.identifier}; give its ARN.", status=404
            )
        if self._world.under_way(("global", cluster.resource_id)) is not None:
            return rds_reply.failure(
                "InvalidGlobalClusterStateFault", f"A change of the writer of {cluster.identifier} is under way."
            )
        if target == cluster.writer:
            return rds_reply.failure("InvalidDBClusterStateFault", f"{target} is the writer already.")
        if await self._is_headless(call, forward, target):
            return rds_reply.failure("InvalidDBClusterStateFault", f"{target} has no DB instance.")
        assert cluster.writer is not None
        if not fails_over and region_of(cluster.writer) in self._world.lost:
            return rds_reply.failure(
                "InvalidGlobalClusterStateFault", f"The primary cluster {cluster.writer} is not available."
            )
        cluster.failover = Failover(
            status="failing-over" if fails_over else "switching-over",
            before=cluster.writer,
            after=target,
            loses_data=fails_over,
        )
        self._world.begin(("global", cluster.resource_id), cluster.failover.status)
        answered = self._answered(call, cluster, cluster.failover)
        self._settle(cluster, polled=False)
        return answered

    async def _is_headless(self, call: Call, forward: Forward, arn: str) -> bool:
        cluster = await self._source(call, forward, arn)
        return not isinstance(cluster, str) and not rds_reply.children(cluster, "DBClusterMembers")

    def _settle(self, cluster: GlobalCluster, *, polled: bool) -> Failover | None:
        """Return the change under way, or carry out the one whose time has passed."""
        if (change := cluster.failover) is None:
            return None
        ask = self._world.polled if polled else self._world.under_way
        if ask(("global", cluster.resource_id)) is not None:
            return change
        cluster.writer, cluster.failover, cluster.loses_data = change.after, None, change.loses_data
        if change.loses_data:
            name = change.before.rpartition(":")[2]
            moment = datetime.now(tz=UTC).strftime("%Y-%m-%d-%H-%M-%S")
            cluster.unplanned[change.before] = f"{_UNPLANNED}{name}-{moment}"
        return None

    async def _take_unplanned_snapshots(self, call: Call, forward: Forward) -> None:
        for cluster in self.known.values():
            for arn, name in list(cluster.unplanned.items()):
                region = region_of(arn)
                if name in self._taken or region in self._world.lost:
                    continue
                self._taken.add(name)
                identifiers = {
                    "DBClusterIdentifier": arn.rpartition(":")[2],
                    "DBClusterSnapshotIdentifier": name,
                }
                await forward(rds_reply.asking(call, "CreateDBClusterSnapshot", region=region, **identifiers))

    async def _snapshots(self, call: Call, forward: Forward) -> Reply:
        # Unplanned ones are made as manual ones and shown as AWS's own, so moto cannot be asked for a type.
        others = {name: text for name, text in call.form.items() if name not in ("Action", "SnapshotType")}
        reply = await forward(rds_reply.asking(call, call.operation, **others))
        if not reply.succeeded:
            return reply
        root = rds_reply.document(reply)
        for listed in rds_reply.resources(root, "DBClusterSnapshots"):
            for snapshot in list(listed):
                if rds_reply.value(snapshot, "DBClusterSnapshotIdentifier").startswith(_UNPLANNED):
                    rds_reply.put(snapshot, "SnapshotType", "automated")
                if call.form.get("SnapshotType") not in (None, rds_reply.value(snapshot, "SnapshotType")):
                    listed.remove(snapshot)
        return rds_reply.rewritten(reply, root)

    async def _delete_member(self, call: Call, forward: Forward) -> Reply:
        region, identifier = call.region, call.form.get("DBClusterIdentifier", "").lower()
        for cluster in self.known.values():
            for arn in cluster.members:
                if (region_of(arn), *_names([arn])[-1:]) == (region, identifier):
                    message = "This cluster is a part of a global cluster, please remove it from globalcluster first"
                    return rds_reply.failure("InvalidDBClusterStateFault", message)
        return await forward(call)

    def _members_shown(self, call: Call, reply: Reply) -> Reply:
        if not reply.succeeded or "DBCluster" not in call.operation or "Snapshot" in call.operation:
            return reply
        root = rds_reply.document(reply)
        for cluster in rds_reply.resources(root, "DBCluster"):
            arn = rds_reply.value(cluster, "DBClusterArn")
            joined = self.known.get(call.form.get("GlobalClusterIdentifier", "").lower())
            if call.operation == "CreateDBCluster" and joined is not None:
                joined.members.append(arn)
                joined.writer = joined.writer or arn
            database = self.of_member(arn)
            if database is None:
                rds_reply.drop(cluster, rds_reply.child(cluster, "GlobalClusterIdentifier"))
                continue
            self._settle(database, polled=False)
            rds_reply.put(cluster, "GlobalClusterIdentifier", database.identifier)
            if database.writer not in (None, arn):
                rds_reply.put(cluster, "ReplicationSourceIdentifier", database.writer)
        return rds_reply.rewritten(reply, root)

    def _tags(self, call: Call, arn: str) -> Reply:
        cluster = next((known for known in self.known.values() if known.arn == arn), None)
        if cluster is None:
            return _no_such_cluster(arn)
        root, result = rds_reply.answered(call.operation)
        if call.operation == "AddTagsToResource":
            cluster.tags.update(rds_reply.tags(call.form))
        elif call.operation == "RemoveTagsFromResource":
            for name, key in call.form.items():
                if name.startswith("TagKeys."):
                    cluster.tags.pop(key, None)
        else:
            rds_reply.replace_tags(result, cluster.tags)
        return rds_reply.success(root)

    def _answered(self, call: Call, cluster: GlobalCluster, change: Failover | None = None) -> Reply:
        root, result = rds_reply.answered(call.operation)
        change = change or self._settle(cluster, polled=False)
        show(rds_reply.put(result, "GlobalCluster"), cluster, change, self._world.lost)
        return rds_reply.success(root)


_SETTABLE: Final = (
    "Engine",
    "EngineVersion",
    "EngineLifecycleSupport",
    "DatabaseName",
    "DeletionProtection",
    "StorageEncrypted",
)


def _no_such_cluster(named: str) -> Reply:
    return rds_reply.failure("GlobalClusterNotFoundFault", f"There is no global cluster {named}.", status=404)


def _names(arns: list[str]) -> list[str]:
    return [*arns, *(arn.rpartition(":")[2] for arn in arns)]
