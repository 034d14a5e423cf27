"""AWS Backup: what recovery points hold. Tables are copied where they are stored; a database becomes a snapshot.

Of a bucket the newest versions are kept. File systems and clusters of DSQL hold nothing here: a restore makes a new
one, as empty as the original.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

from multidict import CIMultiDict

from constructs_lib.emulator.calls.asked import operation_of
from constructs_lib.emulator.calls.call import Call
from constructs_lib.emulator.standins.rds import reply as rds_reply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from constructs_lib.emulator.calls.call import Reply
    from constructs_lib.emulator.standins.backup.documents import Document

_RDS_VERSION: Final = "2014-10-31"
#: Metadata that is a list, written as JSON, with what the service calls a member of it.
_LISTS: Final = {"VpcSecurityGroupIds": "VpcSecurityGroupId", "EnableCloudwatchLogsExports": "member"}
#: What RDS and Aurora call the same things.
_NAMES: Final = {
    "RDS": {
        "create": "CreateDBSnapshot",
        "copy": "CopyDBSnapshot",
        "restore": "RestoreDBInstanceFromDBSnapshot",
        "describe": "DescribeDBInstances",
        "element": "DBInstance",
        "identifier": "DBInstanceIdentifier",
        "snapshot": "DBSnapshotIdentifier",
        "restored": "DBSnapshotIdentifier",
        "part": "snapshot",
    },
    "Aurora": {
        "create": "CreateDBClusterSnapshot",
        "copy": "CopyDBClusterSnapshot",
        "restore": "RestoreDBClusterFromSnapshot",
        "describe": "DescribeDBClusters",
        "element": "DBCluster",
        "identifier": "DBClusterIdentifier",
        "snapshot": "DBClusterSnapshotIdentifier",
        "restored": "SnapshotIdentifier",
        "part": "cluster-snapshot",
    },
}


#: What has no data here: the service and the path that make a new one, and what its ARN is called.
_EMPTY: Final = {
    "EFS": ("elasticfilesystem", "/2015-02-01/file-systems", "FileSystemArn"),
    "Aurora DSQL": ("dsql", "/cluster", "arn"),
}


class BackupData:
    """Keeps, copies and restores what is backed up; every method returns why it could not, "" where it could.

    `services` answers calls as the whole emulated AWS does. The recovery point of a database is its snapshot's ARN.
    """

    def __init__(self, account: str, services: Callable[[Call], Awaitable[Reply]]) -> None:
        self._account = account
        self._services = services
        #: What recovery points of buckets hold, by key; the newest versions alone.
        self._objects: dict[str, dict[str, bytes]] = {}
        #: The Region and the KMS key that they are encrypted with, where the bucket has one.
        self._keys: dict[str, tuple[str, str]] = {}

    async def keep(self, point: Document, region: str) -> str:
        """Fill a new recovery point with the resource as it is now."""
        kind = point["ResourceType"]
        if kind == "DynamoDB":
            copied = await self._table("PUT", point["RecoveryPointArn"], {"TableArn": point["ResourceArn"]})
            point["BackupSizeInBytes"] = json.loads(copied.body).get("Bytes", 0)
            return "" if copied.succeeded else f"There is no table {point['ResourceArn']}"
        if kind == "S3":
            held = await self._contents(point["ResourceName"], region)
            if held is None:
                return f"There is no bucket {point['ResourceName']}"
            self._objects[point["RecoveryPointArn"]] = held
            encryption = await self._s3(region, "GET", f"/{point['ResourceName']}", "encryption=")
            key = ElementTree.fromstring(encryption.body).findtext(".//{*}KMSMasterKeyID")
            if key:
                self._keys[point["RecoveryPointArn"]] = (region, key)
            point["BackupSizeInBytes"] = sum(map(len, held.values()))
            return ""
        if kind not in _NAMES:
            return ""
        names = _NAMES[kind]
        snapshot = f"awsbackup-job-{uuid.uuid4()}"
        parameters = {names["identifier"]: point["ResourceName"], names["snapshot"]: snapshot}
        made = await self._rds(region, names["create"], parameters)
        point["RecoveryPointArn"] = f"arn:aws:rds:{region}:{self._account}:{names['part']}:{snapshot}"
        return _complaint(made)

    async def copy(self, source: Document, made: Document, region: str) -> str:
        """Fill a new recovery point in `region` with what another holds."""
        kind = source["ResourceType"]
        if kind == "DynamoDB":
            await self._table("PUT", made["RecoveryPointArn"], {"Copy": source["RecoveryPointArn"]})
        if kind == "S3":
            self._objects[made["RecoveryPointArn"]] = self._objects[source["RecoveryPointArn"]]
            if source["RecoveryPointArn"] in self._keys:
                self._keys[made["RecoveryPointArn"]] = self._keys[source["RecoveryPointArn"]]
            return ""
        if kind not in _NAMES:
            return ""
        names = _NAMES[kind]
        snapshot = f"awsbackup-copyjob-{uuid.uuid4()}"
        parameters = {
            f"Source{names['snapshot']}": source["RecoveryPointArn"],
            f"Target{names['snapshot']}": snapshot,
        }
        if made["EncryptionKeyArn"]:
            parameters["KmsKeyId"] = made["EncryptionKeyArn"]
        made["RecoveryPointArn"] = f"arn:aws:rds:{region}:{self._account}:{names['part']}:{snapshot}"
        return _complaint(await self._rds(region, names["copy"], parameters))

    async def restore(self, point: Document, metadata: Mapping[str, str], region: str) -> tuple[str, str]:
        """Make a resource of what a recovery point holds; return its ARN, or why not."""
        kind = point["ResourceType"]
        if kind == "DynamoDB":
            wanted = {"Region": region, "Account": self._account, "Metadata": metadata}
            made = await self._table("POST", point["RecoveryPointArn"], wanted)
            answer = json.loads(made.body)
            return answer.get("TableArn", ""), answer.get("message", "")
        if kind in _EMPTY:
            service, path, named = _EMPTY[kind]
            made = await self._json(region, service, path, _asked(kind, metadata))
            answer = json.loads(made.body)
            return answer.get(named, ""), "" if made.succeeded else str(answer.get("Message") or answer.get("message"))
        if kind == "S3":
            return await self._bucket(point, metadata, region)
        if kind not in _NAMES:
            return "", f"the emulator holds no data of {kind} backups"
        names = _NAMES[kind]
        parameters = _parameters(metadata, names["restore"]) | {
            names["restored"]: point["RecoveryPointArn"].split(":", 6)[6]
        }
        if not parameters.get(names["identifier"]):
            return "", f"the metadata lacks {names['identifier']}"
        made = await self._rds(region, names["restore"], parameters)
        if not made.succeeded:
            return "", _complaint(made)
        restored = next(iter(rds_reply.resources(rds_reply.document(made), names["element"])))
        return rds_reply.value(restored, f"{names['element']}Arn"), ""

    async def metadata(self, point: Document, region: str) -> dict[str, str]:
        """Return what a restore can be told, as the resource has it."""
        kind = point["ResourceType"]
        if kind == "DynamoDB":
            return {"originalTableName": point["ResourceName"]}
        if kind == "EFS":
            return {"file-system-id": point["ResourceName"]}
        if kind not in _NAMES:
            return {}
        names = _NAMES[kind]
        described = await self._rds(region, names["describe"], {names["identifier"]: point["ResourceName"]})
        if not described.succeeded:
            return {}
        shown = next(iter(rds_reply.resources(rds_reply.document(described), names["element"])))
        wanted = (names["identifier"], "Engine", "EngineVersion", "DBInstanceClass", "MultiAZ", "StorageType")
        return {name: text for name in wanted if (text := rds_reply.value(shown, name))}

    async def _contents(self, bucket: str, region: str) -> dict[str, bytes] | None:
        """Return the newest versions of the objects of *bucket*; None where there is no such bucket."""
        listed = await self._s3(region, "GET", f"/{bucket}", "list-type=2")
        if not listed.succeeded:
            return None
        # One page is as much as anybody rehearses with.
        keys = [found.text or "" for found in ElementTree.fromstring(listed.body).iterfind(".//{*}Contents/{*}Key")]
        return {key: (await self._s3(region, "GET", f"/{bucket}/{quote(key)}")).body for key in keys}

    async def _bucket(self, point: Document, metadata: Mapping[str, str], region: str) -> tuple[str, str]:
        """Restore a bucket to the one that the metadata names, which is made where it is to be a new one."""
        bucket = metadata.get("DestinationBucketName")
        if bucket is None:
            return "", "the metadata lacks DestinationBucketName"
        if metadata.get("NewBucket") == "true":
            place = f"<LocationConstraint>{region}</LocationConstraint>" if region != "us-east-1" else ""
            body = f"<CreateBucketConfiguration>{place}</CreateBucketConfiguration>" if place else ""
            made = await self._s3(region, "PUT", f"/{bucket}", body=body.encode())
            if not made.succeeded:
                return "", f"the bucket {bucket} cannot be made: HTTP {made.status}"
        # By default each object is encrypted with the key it had, which S3 has in the Region of that key alone.
        of_the_original = metadata.get("EncryptionType", "original") == "original"
        if of_the_original and self._keys.get(point["RecoveryPointArn"], (region, ""))[0] != region:
            return "", (
                f"No objects were restored from {point['RecoveryPointArn']} to {bucket}. To get notified of these "
                "failures, enable SNS event notifications."
            )
        for key, content in self._objects[point["RecoveryPointArn"]].items():
            await self._s3(region, "PUT", f"/{bucket}/{quote(key)}", body=content)
        return f"arn:aws:s3:::{bucket}", ""

    async def _s3(self, region: str, method: str, path: str, query: str = "", *, body: bytes = b"") -> Reply:
        scope = f"Credential={self._account}/20000101/{region}/s3/aws4_request"
        headers = CIMultiDict({"Authorization": f"AWS4-HMAC-SHA256 {scope}"})
        return await self._services(Call(method=method, path=path, query=query, headers=headers, body=body))

    async def _table(self, method: str, arn: str, asked: dict[str, Any]) -> Reply:
        path = f"/_emulated/table-copies/{quote(arn, safe='')}"
        headers: CIMultiDict[str] = CIMultiDict()
        return await self._services(
            Call(method=method, path=path, query="", headers=headers, body=json.dumps(asked).encode())
        )

    async def _json(self, region: str, service: str, path: str, asked: dict[str, Any]) -> Reply:
        headers = CIMultiDict({"Content-Type": "application/json"})
        headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self._account}/20000101/{region}/{service}/aws4_request"
        )
        return await self._services(
            Call(method="POST", path=path, query="", headers=headers, body=json.dumps(asked).encode())
        )

    async def _rds(self, region: str, operation: str, parameters: Mapping[str, str]) -> Reply:
        body = urlencode({"Action": operation, "Version": _RDS_VERSION, **parameters})
        headers = CIMultiDict({"Content-Type": "application/x-www-form-urlencoded"})
        scope = f"Credential={self._account}/20000101/{region}/rds/aws4_request"
        headers["Authorization"] = f"AWS4-HMAC-SHA256 {scope}"
        return await self._services(Call(method="POST", path="/", query="", headers=headers, body=body.encode()))


def _asked(kind: str, metadata: Mapping[str, str]) -> dict[str, Any]:
    """Return what makes a new resource as the metadata of a restore says."""
    if kind == "EFS":
        names = ("CreationToken", "KmsKeyId", "PerformanceMode")
        return {"Encrypted": metadata.get("Encrypted") == "true"} | {
            name: metadata[name] for name in names if name in metadata
        }
    (config,) = json.loads(metadata["regionalConfig"])
    return {
        "deletionProtectionEnabled": config.get("isDeletionProtectionEnabled", False),
        "kmsEncryptionKey": config["kmsKeyId"],
    }


def _parameters(metadata: Mapping[str, str], operation: str) -> dict[str, str]:
    # What a restore test overrides is written dbSubnetGroupName; the case of keys does not matter.
    model = operation_of("rds", operation)
    assert model is not None, f"botocore knows no rds:{operation}"
    spelled = {member.lower(): member for member in model.input_shape.members}
    parameters = {}
    for key, text in metadata.items():
        name = spelled.get(key.lower(), key)
        if name in _LISTS:
            for number, member in enumerate(json.loads(text), start=1):
                parameters[f"{name}.{_LISTS[name]}.{number}"] = member
        else:
            parameters[name] = text
    return parameters


def _complaint(reply: Reply) -> str:
    if reply.succeeded:
        return ""
    error = next(iter(rds_reply.resources(rds_reply.document(reply), "Error")), None)
    return rds_reply.value(error, "Message") if error is not None else f"RDS answered with HTTP {reply.status}"
