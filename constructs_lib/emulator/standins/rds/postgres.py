"""RDS and Aurora PostgreSQL as PostgreSQL: what is made, restored, promoted and lost as a description is real data."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace
from multidict import CIMultiDict

from constructs_lib.emulator.standins.rds import reply as rds_reply
from constructs_lib.errors import EvaluationError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.postgres.fleet import Fleet
    from constructs_lib.emulator.postgres.server import Backup
    from constructs_lib.emulator.standins import Forward
    from constructs_lib.emulator.standins.rds.backups import RdsAutomatedBackups
    from constructs_lib.emulator.standins.rds.global_clusters import RdsGlobalClusters
    from constructs_lib.emulator.standins.rds.identities import RdsIdentities
    from constructs_lib.emulator.standins.rds.replicas import RdsReplicas
    from constructs_lib.emulator.world import World

_ENGINES: Final = ("postgres", "aurora-postgresql")
_KEYS: Final = {"DBInstance": "DbiResourceId", "DBCluster": "DbClusterResourceId"}
_DEFAULT_PORT: Final = 5432


class RdsPostgres:
    """Gives every database made while it is switched on a PostgreSQL, and shows its endpoint.

    A cluster is one server, whatever instances it has: its readers take writes, too. Passwords are as asked, or of the
    managed secret. TLS and IAM authentication are not offered. Engine versions other than 18 are 16.
    """

    service = "rds"

    def __init__(
        self,
        world: World,
        fleet: Fleet,
        emulators: Forward,
        identities: RdsIdentities,
        backups: RdsAutomatedBackups,
        replicas: RdsReplicas,
        databases: RdsGlobalClusters,
    ) -> None:
        self._world, self._fleet, self._emulators = world, fleet, emulators
        self._identities, self._backups = identities, backups
        self._replicas, self._global = replicas, databases
        self._clusters: dict[str, str] = {}
        world.listeners.append(self._regions_changed)

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Let the call do to the data what it does to the description."""
        if not self._world.settings.postgres and not self._fleet.databases:
            return await forward(call)
        reply = await forward(call)
        if not reply.succeeded:
            return reply
        try:
            return await self._with_data(call, reply)
        except EvaluationError as error:
            # No code of AWS's, and none that a client tries again: the description exists, its data cannot.
            return rds_reply.failure("EmulatorFailure", str(error))

    async def _with_data(self, call: Call, reply: Reply) -> Reply:
        root = rds_reply.document(reply)
        for kind, identity in _KEYS.items():
            for shown in rds_reply.resources(root, kind):
                key = rds_reply.value(shown, identity)
                if not call.operation.startswith("Describe") and rds_reply.value(shown, "Engine") in _ENGINES:
                    await self._act(call, key, shown)
                self._show(kind, shown, key, call.region)
        if call.operation in ("CreateDBSnapshot", "CreateDBClusterSnapshot"):
            await self._snapshot(call)
        elif call.operation in ("CopyDBSnapshot", "CopyDBClusterSnapshot"):
            self._copy_snapshot(call)
        await self._change_roles()
        return rds_reply.rewritten(reply, root)

    async def _act(self, call: Call, key: str, shown: Element) -> None:
        exists = key in self._fleet.databases
        match call.operation:
            case "CreateDBInstance" if not call.form.get("DBClusterIdentifier"):
                await self._create(call, key, shown)
            case "CreateDBCluster":
                await self._create_cluster(call, key, shown)
            case "CreateDBInstanceReadReplica":
                source = self._replicas.source_of(key) or ""
                if source in self._fleet.databases:
                    await self._fleet.follow(key, call.region, _port(shown), source)
            case "RestoreDBInstanceToPointInTime" | "RestoreDBClusterToPointInTime":
                await self._restore(call, key, shown)
            case "RestoreDBInstanceFromDBSnapshot" | "RestoreDBClusterFromSnapshot":
                named = call.form.get("DBSnapshotIdentifier") or call.form.get("SnapshotIdentifier", "")
                await self._restored(call, key, shown, self._fleet.snapshots.get(_snapshot_name(call, named)), None)
            case "PromoteReadReplica" if exists:
                await self._fleet.promote(key)
                await self._fleet.keep_backups(key)
            case "ModifyDBInstance" | "ModifyDBCluster" if exists:
                await self._modify(call, key, shown)
            case "StopDBInstance" | "StopDBCluster" if exists:
                await self._fleet.stop(key)
            case "StartDBInstance" | "StartDBCluster" if exists:
                await self._fleet.start(key)
            case "DeleteDBInstance" | "DeleteDBCluster" if exists:
                if final := call.form.get("FinalDBSnapshotIdentifier"):
                    await self._fleet.snapshot(_snapshot_name(call, final), key)
                await self._fleet.remove(key)

    async def _create(self, call: Call, key: str, shown: Element) -> None:
        major = int(rds_reply.value(shown, "EngineVersion").split(".")[0])
        server = await self._fleet.create(key, call.region, _port(shown), major)
        user = _quoted(rds_reply.value(shown, "MasterUsername"))
        password = await self._password(call, shown)
        await server.sql(f"create role {user} login createdb createrole password {_literal(password)}")
        await server.sql(f"grant pg_monitor, pg_signal_backend to {user}")
        await server.sql(f"alter database postgres owner to {user}")
        if name := rds_reply.value(shown, "DBName") or rds_reply.value(shown, "DatabaseName"):
            await server.sql(f"create database {_quoted(name)} owner {user}")
        if rds_reply.value(shown, "BackupRetentionPeriod") != "0":
            await self._fleet.keep_backups(key)

    async def _create_cluster(self, call: Call, key: str, shown: Element) -> None:
        arn = rds_reply.value(shown, "DBClusterArn")
        self._clusters[arn] = key
        joined = self._global.of_member(arn)
        if joined is None or joined.writer == arn:
            await self._create(call, key, shown)
        elif (source := self._clusters.get(joined.writer or "", "")) in self._fleet.databases:
            await self._fleet.follow(key, call.region, _port(shown), source)

    async def _restore(self, call: Call, key: str, shown: Element) -> None:
        form = call.form
        until = form.get("RestoreTime") or form.get("RestoreToTime")
        limit = datetime.fromisoformat(until).timestamp() if until else None
        if arn := form.get("SourceDBInstanceAutomatedBackupsArn"):
            source = self._backups.source_of(arn)
            kept = self._backups.restorable(arn, call.region)
            latest = kept[1].latest.timestamp() if isinstance(kept, tuple) else limit
            limit = min(limit, latest) if limit is not None and latest is not None else latest
        elif named := form.get("SourceDBInstanceIdentifier"):
            source = self._identities.of(call.region, named)
        elif named := form.get("SourceDBClusterIdentifier"):
            source = self._clusters.get(self._cluster_arn(call.region, named), "")
        else:
            source = form.get("SourceDbiResourceId") or form.get("SourceDbClusterResourceId", "")
        await self._fleet.flush(source)
        await self._restored(call, key, shown, self._fleet.backups.get(source), limit)

    async def _restored(self, call: Call, key: str, shown: Element, backup: Backup | None, until: float | None) -> None:
        if arn := rds_reply.value(shown, "DBClusterArn"):
            self._clusters[arn] = key
        if backup is None:  # of what was made before PostgreSQL was switched on
            return
        await self._fleet.restore(key, call.region, _port(shown), backup, until)
        if rds_reply.value(shown, "BackupRetentionPeriod") != "0":
            await self._fleet.keep_backups(key)

    async def _modify(self, call: Call, key: str, shown: Element) -> None:
        if "NewDBClusterIdentifier" in call.form:
            self._clusters = {arn: known for arn, known in self._clusters.items() if known != key}
            self._clusters[rds_reply.value(shown, "DBClusterArn")] = key
        database = self._fleet.databases[key]
        changes_password = "MasterUserPassword" in call.form or call.form.get("ManageMasterUserPassword") == "true"
        if not database.server.runs or database.source is not None:
            return
        if changes_password:
            user = _quoted(rds_reply.value(shown, "MasterUsername"))
            password = _literal(await self._password(call, shown))
            await database.server.sql(f"alter role {user} password {password}")
        if key not in self._fleet.backups and rds_reply.value(shown, "BackupRetentionPeriod") != "0":
            await self._fleet.keep_backups(key)

    async def _password(self, call: Call, shown: Element) -> str:
        secret = rds_reply.child(shown, "MasterUserSecret")
        if secret is None:
            return call.form.get("MasterUserPassword", "")
        scope = f"Credential={self._world.account}/20000101/{call.region}/secretsmanager/aws4_request"
        headers = {
            "Authorization": f"AWS4-HMAC-SHA256 {scope}",
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "secretsmanager.GetSecretValue",
        }
        body = json.dumps({"SecretId": rds_reply.value(secret, "SecretArn")}).encode()
        asked = replace(call, method="POST", path="/", query="", headers=CIMultiDict(headers), body=body)
        value: dict[str, Any] = json.loads((await self._emulators(asked)).body)
        password: str = json.loads(value["SecretString"])["password"]
        return password

    async def _snapshot(self, call: Call) -> None:
        name = call.form.get("DBSnapshotIdentifier") or call.form.get("DBClusterSnapshotIdentifier", "")
        if instance := call.form.get("DBInstanceIdentifier"):
            key = self._identities.of(call.region, instance)
        else:
            cluster = self._cluster_arn(call.region, call.form.get("DBClusterIdentifier", ""))
            key = self._clusters.get(cluster, "")
        if key in self._fleet.databases:
            await self._fleet.snapshot(_snapshot_name(call, name), key)

    def _copy_snapshot(self, call: Call) -> None:
        kind = "DBClusterSnapshotIdentifier" if "Cluster" in call.operation else "DBSnapshotIdentifier"
        source = self._fleet.snapshots.get(_snapshot_name(call, call.form.get(f"Source{kind}", "")))
        if source is not None:
            self._fleet.snapshots[_snapshot_name(call, call.form.get(f"Target{kind}", ""))] = source

    async def _regions_changed(self) -> None:
        await self._fleet.follow_regions()
        await self._change_roles()

    async def _change_roles(self) -> None:
        databases, lost = self._fleet.databases, self._world.lost
        for arn, key in self._clusters.items():
            joined = self._global.of_member(arn)
            if key not in databases or databases[key].region in lost:
                continue
            writer = self._clusters.get(joined.writer or "", "") if joined is not None else key
            if writer == key and databases[key].source is not None:
                await self._fleet.promote(key, lossless=joined is not None and not joined.loses_data)
                await self._fleet.keep_backups(key)
        for arn, key in self._clusters.items():
            joined = self._global.of_member(arn)
            writer = self._clusters.get(joined.writer or "", "") if joined is not None else key
            if key == writer or key not in databases or writer not in databases:
                continue
            is_cut = {databases[key].region, databases[writer].region} & lost.keys()
            if databases[key].source != writer and not is_cut:
                if joined is not None and (unplanned := joined.unplanned.get(arn)):
                    name = f"{databases[key].region}:cluster-snapshot:{unplanned}"
                    if name not in self._fleet.snapshots:
                        await self._fleet.snapshot(name, key)
                await self._fleet.replace(key, writer)

    def _show(self, kind: str, shown: Element, key: str, region: str) -> None:
        if kind == "DBInstance" and (cluster := rds_reply.value(shown, "DBClusterIdentifier")):
            key = self._clusters.get(self._cluster_arn(region, cluster), "")
        if (database := self._fleet.databases.get(key)) is None:
            return
        where = {"Address": database.server.address, "Port": str(database.server.port)}
        if kind == "DBInstance":
            rds_reply.filled(rds_reply.put(shown, "Endpoint"), where)
        else:
            for name in ("Endpoint", "ReaderEndpoint"):
                rds_reply.put(shown, name, where["Address"])
            rds_reply.put(shown, "Port", where["Port"])

    def _cluster_arn(self, region: str, identifier: str) -> str:
        if identifier.startswith("arn:"):
            return identifier
        return f"arn:aws:rds:{region}:{self._world.account}:cluster:{identifier.lower()}"


def _port(shown: Element) -> int:
    endpoint = rds_reply.child(shown, "Endpoint")
    text = rds_reply.value(shown, "Port") or (rds_reply.value(endpoint, "Port") if endpoint is not None else "")
    return int(text or _DEFAULT_PORT)


def _snapshot_name(call: Call, named: str) -> str:
    kind = "cluster-snapshot" if "Cluster" in call.operation else "snapshot"
    region, name = (named.split(":")[3], named.split(":", 6)[6]) if named.startswith("arn:") else (call.region, named)
    return f"{region}:{kind}:{name}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
