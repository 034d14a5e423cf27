"""RDS: replication of automated backups to another Region, which no emulator has."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import attrs

from constructs_lib.emulator.standins import rds_reply

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from constructs_lib.emulator.call import Call, Reply
    from constructs_lib.emulator.standins import Forward

_INSTANCE_ARN: Final = re.compile(
    r"arn:(?P<partition>[^:]+):rds:(?P<region>[^:]+):(?P<account>\d{12}):db:(?P<identifier>[^:]+)"
)
_DEFAULT_RETENTION_DAYS: Final = "7"
_SHOWN: Final = (
    "DbiResourceId",
    "Engine",
    "EngineVersion",
    "MasterUsername",
    "LicenseModel",
    "StorageType",
    "AllocatedStorage",
)


@attrs.frozen(kw_only=True)
class _Replication:
    arn: str
    source_arn: str
    source_region: str
    region: str
    fields: dict[str, str]


class RdsAutomatedBackups:
    """Starts, describes and stops the replication of an instance's automated backups, in the destination Region.

    The source must exist, in another Region, with backups of its own; an encrypted one needs a key of the destination.
    The replication is `replicating` at once and shown in DescribeDBInstances of the source. Nothing is copied: the
    emulated database holds no data, and a restore from a replicated backup is not answered.
    """

    service = "rds"

    def __init__(self) -> None:
        self._replications: dict[str, _Replication] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Answer what concerns replicated backups; pass on the rest."""
        match call.operation:
            case "StartDBInstanceAutomatedBackupsReplication":
                return await self._start(call, forward)
            case "StopDBInstanceAutomatedBackupsReplication":
                return self._stop(call)
            case "DescribeDBInstanceAutomatedBackups":
                return await self._describe(call, forward)
            case "DescribeDBInstances":
                return self._with_replications(await forward(call), call.region)
            case _:
                return await forward(call)

    async def _start(self, call: Call, forward: Forward) -> Reply:
        source_arn = call.form.get("SourceDBInstanceArn", "")
        named = _INSTANCE_ARN.fullmatch(source_arn)
        if named is None or named["region"] == call.region:
            return rds_reply.failure("InvalidParameterValue", f"{source_arn} is not an instance of another Region")
        if any(known.source_arn == source_arn for known in self._replications.values()):
            return rds_reply.failure(
                "InvalidDBInstanceState", f"automated backups of {source_arn} are already replicated"
            )
        body = urlencode(
            {"Action": "DescribeDBInstances", "Version": "2014-10-31", "DBInstanceIdentifier": named["identifier"]}
        )
        described = await forward(call.instead(region=named["region"], body=body.encode()))
        if not described.succeeded:
            return described
        source = next(iter(rds_reply.resources(rds_reply.document(described), "DBInstance")))
        if rds_reply.value(source, "BackupRetentionPeriod") in ("", "0"):
            return rds_reply.failure("InvalidDBInstanceState", f"automated backups of {source_arn} are not enabled")
        encrypted = rds_reply.value(source, "StorageEncrypted") == "true"
        key = call.form.get("KmsKeyId", "")
        if encrypted and f":kms:{call.region}:" not in key:
            return rds_reply.failure(
                "KMSKeyNotAccessibleFault", f"{source_arn} is encrypted; give a key of {call.region}"
            )
        replication = _replication(call, source, named, key)
        self._replications[replication.arn] = replication
        root, result = rds_reply.answered(call.operation)
        rds_reply.filled(rds_reply.put(result, "DBInstanceAutomatedBackup"), replication.fields)
        return rds_reply.success(root)

    def _stop(self, call: Call) -> Reply:
        source_arn = call.form.get("SourceDBInstanceArn", "")
        found = next((known for known in self._in(call.region) if known.source_arn == source_arn), None)
        if found is None:
            return rds_reply.failure(
                "DBInstanceNotFound", f"no automated backups of {source_arn} are replicated here", status=404
            )
        del self._replications[found.arn]
        root, result = rds_reply.answered(call.operation)
        rds_reply.filled(rds_reply.put(result, "DBInstanceAutomatedBackup"), found.fields | {"Status": "deleting"})
        return rds_reply.success(root)

    async def _describe(self, call: Call, forward: Forward) -> Reply:
        if arn := call.form.get("DBInstanceAutomatedBackupsArn"):
            shown = [known for known in self._in(call.region) if known.arn == arn]
            if not shown:
                return rds_reply.failure(
                    "DBInstanceAutomatedBackupNotFound", f"there is no automated backup {arn}", status=404
                )
            root, result = rds_reply.answered(call.operation)
            return rds_reply.success(_listing(root, result, shown))
        reply = await forward(call)
        if not reply.succeeded:
            return reply
        root = rds_reply.document(reply)
        result = rds_reply.put(root, f"{call.operation}Result")
        wanted = call.form.get("DBInstanceIdentifier"), call.form.get("DbiResourceId")
        shown = [
            known
            for known in self._in(call.region)
            if wanted[0] in (None, known.fields["DBInstanceIdentifier"])
            and wanted[1] in (None, known.fields["DbiResourceId"])
        ]
        return rds_reply.rewritten(reply, _listing(root, result, shown))

    def _with_replications(self, reply: Reply, region: str) -> Reply:
        here = [known for known in self._replications.values() if known.source_region == region]
        if not reply.succeeded or not here:
            return reply
        root = rds_reply.document(reply)
        for instance in rds_reply.resources(root, "DBInstance"):
            arn = rds_reply.value(instance, "DBInstanceArn")
            for replication in (known for known in here if known.source_arn == arn):
                listed = rds_reply.put(instance, "DBInstanceAutomatedBackupsReplications")
                rds_reply.append(
                    listed, "DBInstanceAutomatedBackupsReplication", {"DBInstanceAutomatedBackupsArn": replication.arn}
                )
        return rds_reply.rewritten(reply, root)

    def _in(self, region: str) -> list[_Replication]:
        return [known for known in self._replications.values() if known.region == region]


def _replication(call: Call, source: Element, named: re.Match[str], key: str) -> _Replication:
    backup = f"ab-{uuid.uuid4().hex}"
    arn = f"arn:{named['partition']}:rds:{call.region}:{named['account']}:auto-backup:{backup}"
    fields = {
        "DBInstanceArn": named[0],
        "DBInstanceIdentifier": named["identifier"],
        "DBInstanceAutomatedBackupsArn": arn,
        "Region": named["region"],
        "Status": "replicating",
        "BackupRetentionPeriod": call.form.get("BackupRetentionPeriod", _DEFAULT_RETENTION_DAYS),
        "Encrypted": rds_reply.value(source, "StorageEncrypted"),
    } | {name: shown for name in _SHOWN if (shown := rds_reply.value(source, name))}
    if key:
        fields["KmsKeyId"] = key
    return _Replication(arn=arn, source_arn=named[0], source_region=named["region"], region=call.region, fields=fields)


def _listing(root: Element, result: Element, replications: list[_Replication]) -> Element:
    listed = rds_reply.put(result, "DBInstanceAutomatedBackups")
    for replication in replications:
        rds_reply.append(listed, "DBInstanceAutomatedBackup", replication.fields)
    return root
