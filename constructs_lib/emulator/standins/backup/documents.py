"""AWS Backup: recovery points and jobs as the service describes them, and lists of them."""

from __future__ import annotations

import json
import time
import uuid
from datetime import datetime
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qs

from constructs_lib.emulator.calls.call import Call, Reply

_SECONDS_PER_DAY: Final = 86_400
_TYPES: Final = {"dynamodb": "DynamoDB", "rds": "RDS", "s3": "S3", "dsql": "Aurora DSQL", "elasticfilesystem": "EFS"}
#: What a list can be narrowed by: the query parameter, and the field it is compared with.
_EQUAL: Final = {
    "resourceArn": "ResourceArn",
    "resourceType": "ResourceType",
    "state": "State",
    "status": "Status",
    "backupVaultName": "BackupVaultName",
    "destinationVaultArn": "DestinationBackupVaultArn",
    "sourceRecoveryPointArn": "SourceRecoveryPointArn",
}
_TESTED: Final = "restoreTestingPlanArn"
_AFTER: Final = {"createdAfter": "CreationDate", "completeAfter": "CompletionDate"}
_BEFORE: Final = {"createdBefore": "CreationDate", "completeBefore": "CompletionDate"}

#: A point or a job as the service describes it.
Document: TypeAlias = dict[str, Any]


def point_of(account: str, vault: Document, resource: str, region: str, asked: Document) -> Document:
    """Return a new recovery point of `resource` in a vault."""
    now = time.time()
    point = {
        "RecoveryPointArn": f"arn:aws:backup:{region}:{account}:recovery-point:{uuid.uuid4()}",
        "BackupVaultName": vault["BackupVaultName"],
        "BackupVaultArn": vault["BackupVaultArn"],
        "ResourceArn": resource,
        "ResourceType": _type_of(resource),
        "ResourceName": resource.rpartition("/")[2].rpartition(":")[2],
        "IamRoleArn": asked["IamRoleArn"],
        "Status": "COMPLETED",
        "CreationDate": now,
        "CompletionDate": now,
        "BackupSizeInBytes": 0,
        "EncryptionKeyArn": vault.get("EncryptionKeyArn") or "",
        "IsEncrypted": True,
        "VaultType": "BACKUP_VAULT",
        "IsParent": False,
    }
    set_lifecycle(point, asked.get("Lifecycle"))
    return point


def waiting_copy(source: Document, destination: str, asked: Document, identifier: str, account: str) -> Document:
    """Return a job that copies a recovery point to the vault `destination`, and has not begun yet."""
    return {
        "CopyJobId": identifier,
        "AccountId": account,
        "SourceBackupVaultArn": source["BackupVaultArn"],
        "SourceRecoveryPointArn": source["RecoveryPointArn"],
        "DestinationBackupVaultArn": destination,
        "ResourceArn": source["ResourceArn"],
        "ResourceType": source["ResourceType"],
        "CreationDate": time.time(),
        "State": "CREATED",
        "BackupSizeInBytes": source["BackupSizeInBytes"],
        "IamRoleArn": asked["IamRoleArn"],
        "IsParent": False,
    }


def _type_of(resource: str) -> str:
    service, kind = resource.split(":")[2], resource.split(":")[5].partition("/")[0]
    return "Aurora" if (service, kind) == ("rds", "cluster") else _TYPES.get(service, service)


def set_lifecycle(point: Document, lifecycle: Document | None) -> None:
    """Give a point a lifecycle, and the moments that follow from it."""
    if not lifecycle:
        return
    point["Lifecycle"] = lifecycle
    days = {"MoveToColdStorageAt": "MoveToColdStorageAfterDays", "DeleteAt": "DeleteAfterDays"}
    point["CalculatedLifecycle"] = {
        moment: point["CreationDate"] + lifecycle[after] * _SECONDS_PER_DAY
        for moment, after in days.items()
        if lifecycle.get(after, -1) > 0
    }


def state_field(job: Document) -> str:
    """Return the field that holds the state of a job."""
    return "Status" if "RestoreJobId" in job else "State"


def started(job: Document) -> Document:
    """Return what the call that starts a job answers."""
    names = ("BackupJobId", "CopyJobId", "RestoreJobId", "RecoveryPointArn", "CreationDate", "IsParent")
    return {name: job[name] for name in names if name in job and ("RestoreJobId" not in job or name == "RestoreJobId")}


def page(call: Call, documents: list[Document], name: str) -> Reply:
    """Return the page of a list that a call asks for, narrowed as it asks."""
    query = {key: values[0] for key, values in parse_qs(call.query).items()}
    found = [document for document in documents if _matches(document, query)]
    start = int(query.get("nextToken", 0))
    end = start + int(query.get("maxResults", 1000))
    shown = [{key: value for key, value in one.items() if key != "Metadata"} for one in found[start:end]]
    return reply({name: shown} | ({"NextToken": str(end)} if end < len(found) else {}))


def _matches(document: Document, query: dict[str, str]) -> bool:
    equal = all(document.get(field) == query[name] for name, field in _EQUAL.items() if name in query)
    after = all((document.get(field) or 0) >= _moment(query[name]) for name, field in _AFTER.items() if name in query)
    before = all((document.get(field) or 0) <= _moment(query[name]) for name, field in _BEFORE.items() if name in query)
    tested = query.get(_TESTED) in (None, document.get("CreatedBy", {}).get("RestoreTestingPlanArn"))
    return equal and after and before and tested


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def reply(document: Document) -> Reply:
    """Return a reply with a document."""
    return Reply.of(200, {"Content-Type": "application/json"}, json.dumps(document))


def not_found(message: str) -> Reply:
    """Return the error for what does not exist."""
    return error("ResourceNotFoundException", message)


def error(code: str, message: str) -> Reply:
    """Return an error reply."""
    return Reply.of(
        400,
        {"Content-Type": "application/json", "x-amzn-ErrorType": code},
        json.dumps({"Code": code, "Message": message}),
    )
