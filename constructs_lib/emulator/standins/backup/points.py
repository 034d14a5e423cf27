"""AWS Backup: recovery points and the jobs that make, copy and restore them; those of ministack do nothing."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

import attrs

from constructs_lib.emulator.calls.call import Reply
from constructs_lib.emulator.standins.backup import documents as backup_documents

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.emulator.calls.call import Call
    from constructs_lib.emulator.standins import Forward
    from constructs_lib.emulator.standins.backup.data import BackupData
    from constructs_lib.emulator.standins.backup.documents import Document
    from constructs_lib.emulator.world import World


@attrs.define
class _Kept:
    """Documents of one kind, by Region and identifier, and the tokens of the calls that made them."""

    documents: dict[tuple[str, str], Document] = attrs.Factory(dict)
    tokens: dict[tuple[str, str], str] = attrs.Factory(dict)

    def in_region(self, region: str) -> list[Document]:
        return [document for (place, _), document in self.documents.items() if place == region]


class BackupPoints:
    """Backs up, copies and restores: a table with its items of that moment, a database as its snapshot.

    Of other resources only the record is kept.
    A copy has the creation date of its source. A restore of what the emulator holds no data of fails, and says so.
    A job is RUNNING for as many polls as are set. Scheduled jobs do not run, and nothing expires.
    """

    service = "backup"

    def __init__(self, world: World, data: BackupData) -> None:
        self._world = world
        self._data = data
        self._points, self._backups, self._copies, self._restores = _Kept(), _Kept(), _Kept(), _Kept()

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Answer for recovery points, jobs and protected resources; pass on the rest."""
        match call.method, call.segments:
            case "PUT", ("backup-jobs" | "copy-jobs" | "restore-jobs",):
                return await self._start(call, forward)
            case "GET", ("backup-jobs",):
                return self._listed(call, self._backups, "BackupJobs")
            case "GET", ("copy-jobs",):
                return self._listed(call, self._copies, "CopyJobs")
            case "GET", ("restore-jobs",):
                return self._listed(call, self._restores, "RestoreJobs")
            case "GET", ("backup-jobs", job):
                return self._job(call, self._backups, job)
            case "GET", ("copy-jobs", job):
                return self._job(call, self._copies, job, wrapped="CopyJob")
            case "GET", ("restore-jobs", job):
                return self._job(call, self._restores, job)
            case "PUT", ("restore-jobs", job, "validations"):
                return self._validated(call, job)
            case "GET", ("restore-jobs", job, "metadata"):
                return self._job(call, self._restores, job, only=("RestoreJobId", "Metadata"))
            case "GET", ("resources",):
                return backup_documents.page(call, self._protected(call.region), "Results")
            case "GET", ("resources", arn):
                found = [one for one in self._protected(call.region) if one["ResourceArn"] == arn]
                return (
                    backup_documents.reply(found[0])
                    if found
                    else backup_documents.not_found(f"{arn} has no recovery point")
                )
            case "GET", ("resources", arn, "recovery-points"):
                points = [point for point in self._points.in_region(call.region) if point["ResourceArn"] == arn]
                return backup_documents.page(call, points, "RecoveryPoints")
            case "GET", ("restore-testing", "inferred-metadata"):
                return self._inferred(call)
            case _, ("backup-vaults", name, *rest):
                return await self._vault(call, forward, name, rest)
            case _:
                return await forward(call)

    async def _vault(self, call: Call, forward: Forward, name: str, rest: list[str]) -> Reply:
        match call.method, rest:
            case "GET", ["recovery-points"]:
                vault = await forward(call.instead(path=f"/backup-vaults/{quote(name)}"))
                return (
                    backup_documents.page(call, self._in_vault(call.region, name), "RecoveryPoints")
                    if vault.succeeded
                    else vault
                )
            case _, ["recovery-points", arn, *part]:
                point = self._points.documents.get((call.region, arn))
                if point is None or point["BackupVaultName"] != name:
                    return backup_documents.not_found(f"there is no recovery point {arn} in {name}")
                return await self._point(call, forward, point, part)
            case "DELETE", [] if self._in_vault(call.region, name):
                return backup_documents.error(
                    "InvalidRequestException", f"Backup vault {name} cannot be deleted: it is not empty"
                )
            case "GET", []:
                reply = await forward(call)
                if not reply.succeeded:
                    return reply
                count = {"NumberOfRecoveryPoints": len(self._in_vault(call.region, name))}
                return reply.with_body(json.dumps(json.loads(reply.body) | count).encode())
            case _:
                return await forward(call)

    async def _point(self, call: Call, forward: Forward, point: Document, part: list[str]) -> Reply:
        match call.method, part:
            case "GET", []:
                return backup_documents.reply(point | self._state(point, "Status"))
            case "GET", ["restore-metadata"]:
                return backup_documents.reply(
                    {name: point[name] for name in ("BackupVaultArn", "RecoveryPointArn", "ResourceType")}
                    | {"RestoreMetadata": await self._data.metadata(point, call.region)}
                )
            case "POST", []:
                backup_documents.set_lifecycle(point, json.loads(call.body).get("Lifecycle"))
                names = ("BackupVaultArn", "RecoveryPointArn", "Lifecycle", "CalculatedLifecycle")
                return backup_documents.reply({name: point[name] for name in names if name in point})
            case "DELETE", []:
                vault = await forward(call.instead(method="GET", path=f"/backup-vaults/{point['BackupVaultName']}"))
                if json.loads(vault.body).get("Locked"):
                    return backup_documents.error(
                        "InvalidRequestException", "The vault is locked: its recovery points cannot be deleted"
                    )
                del self._points.documents[call.region, point["RecoveryPointArn"]]
                return Reply.of(204, {}, "")
            case _:
                return await forward(call)

    async def _start(self, call: Call, forward: Forward) -> Reply:
        asked, kind = json.loads(call.body), call.segments[0]
        kept = {"backup-jobs": self._backups, "copy-jobs": self._copies, "restore-jobs": self._restores}[kind]
        token = asked.get("IdempotencyToken")
        if token and (known := kept.tokens.get((call.region, token))) is not None:
            return backup_documents.reply(backup_documents.started(kept.documents[call.region, known]))
        start = {"backup-jobs": self._backup, "copy-jobs": self._copy, "restore-jobs": self._restore}[kind]
        identifier = str(uuid.uuid4())
        job = await start(call, forward, asked, identifier)
        if isinstance(job, Reply):
            return job
        kept.documents[call.region, identifier] = job
        if token:
            kept.tokens[call.region, token] = identifier
        self._world.begin(("backup", identifier), "RUNNING")
        return backup_documents.reply(backup_documents.started(job))

    async def _backup(self, call: Call, forward: Forward, asked: Document, identifier: str) -> Document | Reply:
        name, resource = asked["BackupVaultName"], asked["ResourceArn"]
        vault = await forward(call.instead(method="GET", path=f"/backup-vaults/{quote(name)}", body=b""))
        if not vault.succeeded:
            return vault
        point = backup_documents.point_of(self._world.account, json.loads(vault.body), resource, call.region, asked)
        if complaint := await self._data.keep(point, call.region):
            return backup_documents.error("InvalidParameterValueException", complaint)
        self._points.documents[call.region, point["RecoveryPointArn"]] = point
        self._world.begin(("backup", point["RecoveryPointArn"]), "CREATING")
        shared = (
            "RecoveryPointArn",
            "BackupVaultName",
            "BackupVaultArn",
            "ResourceArn",
            "ResourceType",
            "ResourceName",
        )
        return {
            "BackupJobId": identifier,
            "AccountId": self._world.account,
            "State": "COMPLETED",
            "PercentDone": "100.0",
            "IamRoleArn": asked["IamRoleArn"],
            "CreationDate": point["CreationDate"],
            "CompletionDate": time.time(),
            "BackupSizeInBytes": point["BackupSizeInBytes"],
            "IsParent": False,
        } | {name: point[name] for name in shared}

    async def _copy(self, call: Call, forward: Forward, asked: Document, identifier: str) -> Document | Reply:
        source = self._points.documents.get((call.region, asked["RecoveryPointArn"]))
        if source is None or source["BackupVaultName"] != asked["SourceBackupVaultName"]:
            return backup_documents.not_found(f"there is no recovery point {asked['RecoveryPointArn']}")
        destination = asked["DestinationBackupVaultArn"]
        region, vault_name = destination.split(":")[3], destination.rpartition(":")[2]
        where = call.instead(region=region, method="GET", path=f"/backup-vaults/{quote(vault_name)}", body=b"")
        if region in self._world.lost:
            # AWS goes on trying for two hours; what it does not begin by then fails.
            return backup_documents.waiting_copy(source, destination, asked, identifier, self._world.account)
        vault = await forward(where)
        if not vault.succeeded:
            return vault
        made = backup_documents.point_of(
            self._world.account, json.loads(vault.body), source["ResourceArn"], region, asked
        )
        made |= {name: source[name] for name in ("CreationDate", "BackupSizeInBytes", "IamRoleArn")}
        made["SourceBackupVaultArn"] = source["BackupVaultArn"]
        backup_documents.set_lifecycle(made, asked.get("Lifecycle"))
        if complaint := await self._data.copy(source, made, region):
            return backup_documents.error("InvalidParameterValueException", complaint)
        self._points.documents[region, made["RecoveryPointArn"]] = made
        self._world.begin(("backup", made["RecoveryPointArn"]), "CREATING")
        job = backup_documents.waiting_copy(source, destination, asked, identifier, self._world.account)
        arrived = {"DestinationRecoveryPointArn": made["RecoveryPointArn"], "CompletionDate": time.time()}
        return job | arrived | {"State": "COMPLETED"}

    async def _restore(self, call: Call, forward: Forward, asked: Document, identifier: str) -> Document | Reply:
        point = self._points.documents.get((call.region, asked["RecoveryPointArn"]))
        if point is None:
            return backup_documents.not_found(f"there is no recovery point {asked['RecoveryPointArn']}")
        return await self._restored(call.region, point, asked.get("IamRoleArn", ""), asked["Metadata"], identifier)

    def in_region(self, region: str) -> list[Document]:
        """Return the recovery points of a Region."""
        return self._points.in_region(region)

    async def restore(
        self, region: str, point: Document, role: str, metadata: Mapping[str, str], refused: str
    ) -> Document:
        """Restore a point by a new job, which fails where something refuses it; return the job as it is kept."""
        identifier = str(uuid.uuid4())
        job = await self._restored(region, point, role, metadata, identifier, refused)
        self._restores.documents[region, identifier] = job
        self._world.begin(("backup", identifier), "RUNNING")
        return job

    async def _restored(
        self, region: str, point: Document, role: str, metadata: Mapping[str, str], identifier: str, refused: str = ""
    ) -> Document:
        job = {
            "RestoreJobId": identifier,
            "AccountId": self._world.account,
            "RecoveryPointArn": point["RecoveryPointArn"],
            "SourceResourceArn": point["ResourceArn"],
            "BackupVaultArn": point["BackupVaultArn"],
            "ResourceType": point["ResourceType"],
            "RecoveryPointCreationDate": point["CreationDate"],
            "CreationDate": time.time(),
            "CompletionDate": time.time(),
            "BackupSizeInBytes": point["BackupSizeInBytes"],
            "IamRoleArn": role,
            "Metadata": metadata,
            "IsParent": False,
        }
        arn, complaint = ("", refused) if refused else await self._data.restore(point, metadata, region)
        if complaint:
            return job | {"Status": "FAILED", "StatusMessage": complaint, "PercentDone": "0.0"}
        return job | {"Status": "COMPLETED", "PercentDone": "100.0", "CreatedResourceArn": arn}

    def _listed(self, call: Call, kept: _Kept, name: str) -> Reply:
        jobs = [job | self._state(job, backup_documents.state_field(job)) for job in kept.in_region(call.region)]
        return backup_documents.page(call, jobs, name)

    def _job(self, call: Call, kept: _Kept, job: str, *, wrapped: str | None = None, only: Iterable[str] = ()) -> Reply:
        found = kept.documents.get((call.region, job))
        if found is None:
            return backup_documents.not_found(f"there is no job {job}")
        document = found | self._state(found, backup_documents.state_field(found), polled=True)
        if names := {*only}:
            return backup_documents.reply({name: document[name] for name in names})
        document.pop("Metadata", None)
        return backup_documents.reply({wrapped: document} if wrapped else document)

    def _state(self, document: Document, field: str, *, polled: bool = False) -> Document:
        identifier = next(
            document[name]
            for name in ("BackupJobId", "CopyJobId", "RestoreJobId", "RecoveryPointArn")
            if name in document
        )
        ask = self._world.polled if polled or identifier.startswith("arn:") else self._world.under_way
        if (state := ask(("backup", identifier))) is None or document[field] == "FAILED":
            return {}
        return {field: state} if state == "CREATING" else {field: state, "PercentDone": "50.0", "CompletionDate": None}

    def _protected(self, region: str) -> list[Document]:
        last: dict[str, Document] = {}
        for point in sorted(self._points.in_region(region), key=lambda one: one["CreationDate"]):
            last[point["ResourceArn"]] = {
                "ResourceArn": point["ResourceArn"],
                "ResourceType": point["ResourceType"],
                "ResourceName": point["ResourceName"],
                "LastBackupTime": point["CreationDate"],
                "LastBackupVaultArn": point["BackupVaultArn"],
                "LastRecoveryPointArn": point["RecoveryPointArn"],
            }
        return list(last.values())

    def _inferred(self, call: Call) -> Reply:
        arn = parse_qs(call.query).get("RecoveryPointArn", [""])[0]
        point = self._points.documents.get((call.region, arn))
        if point is None:
            return backup_documents.not_found(f"there is no recovery point {arn}")
        return backup_documents.reply({"InferredMetadata": self.inferred(point)})

    def inferred(self, point: Document) -> dict[str, str]:
        """Return the metadata that a restore test of a point begins with."""
        target = f"awsbackup-restore-test-{uuid.uuid4()}"
        names = {"DynamoDB": "targetTableName", "RDS": "DBInstanceIdentifier", "Aurora": "DBClusterIdentifier"}
        name = names.get(point["ResourceType"])
        return {name: target} if name else {}

    def _validated(self, call: Call, job: str) -> Reply:
        found = self._restores.documents.get((call.region, job))
        if found is None:
            return backup_documents.not_found(f"there is no job {job}")
        if found.get("ValidationStatus") != "VALIDATING":
            return backup_documents.error("InvalidRequestException", f"{job} is no restore test that is validated")
        given = json.loads(call.body)
        names = ("ValidationStatus", "ValidationStatusMessage")
        found.update({name: given[name] for name in names if name in given})
        return Reply.of(204, {}, "")

    def _in_vault(self, region: str, name: str) -> list[Document]:
        return [
            point | self._state(point, "Status")
            for point in self._points.in_region(region)
            if point["BackupVaultName"] == name
        ]
