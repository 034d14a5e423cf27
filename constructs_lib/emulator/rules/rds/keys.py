"""RDS: an encrypted copy in another Region needs a key of that Region; of what is not encrypted there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rds import databases
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_ASKED: Final = "For encrypted cross-region replica, kmsKeyId should be explicitly specified"


@rule(
    "rds.replica-without-key",
    "rds:CreateDBInstanceReadReplica",
    code="InvalidParameterCombination",
    code_from="seen",
    source="botocore rds CreateDBInstanceReadReplica.KmsKeyId; code and message in"
    " https://github.com/terraform-aws-modules/terraform-aws-rds/pull/428",
)
async def _replica(asked: Asked, inquiry: Inquiry) -> str | None:
    source = asked.parameters.get("SourceDBInstanceIdentifier", "")
    if asked.parameters.get("KmsKeyId") or databases.region_of(source, asked.region) == asked.region:
        return None
    found = await databases.instance(inquiry, asked.region, source)
    return f"{_ASKED}; give a key of {asked.region}" if found and found.get("StorageEncrypted") else None


@rule(
    "rds.cluster-copy-without-key",
    "rds:CreateDBCluster",
    code="InvalidParameterCombination",
    code_from="seen",
    source="botocore rds CreateDBCluster.KmsKeyId; code and message in public reports of CreateDBCluster",
)
async def _cluster(asked: Asked, inquiry: Inquiry) -> str | None:
    if asked.parameters.get("KmsKeyId"):
        return None
    if named := asked.parameters.get("ReplicationSourceIdentifier"):
        source = await databases.cluster(inquiry, asked.region, named)
    else:
        source = await databases.writer_joined(asked, inquiry)
    if not source or not source.get("StorageEncrypted"):
        return None
    if databases.region_of(source["DBClusterArn"], asked.region) == asked.region:
        return None
    return f"{_ASKED}; give a key of {asked.region}"


@rule(
    "rds.replicated-backups-without-key",
    "rds:StartDBInstanceAutomatedBackupsReplication",
    code="KMSKeyNotAccessibleFault",
    code_from="api",
    source="botocore rds StartDBInstanceAutomatedBackupsReplication.KmsKeyId: the key in the destination Region",
)
async def _backups(asked: Asked, inquiry: Inquiry) -> str | None:
    if asked.parameters.get("KmsKeyId"):
        return None
    found = await databases.instance(inquiry, asked.region, asked.parameters["SourceDBInstanceArn"])
    if not found or not found.get("StorageEncrypted"):
        return None
    return f"{asked.parameters['SourceDBInstanceArn']} is encrypted; give a key of {asked.region}"


@rule(
    "rds.key-of-another-region",
    "rds:CreateDBInstance CreateDBInstanceReadReplica CreateDBCluster StartDBInstanceAutomatedBackupsReplication",
    code="KMSKeyNotAccessibleFault",
    code_from="api",
    source="botocore rds CreateDBInstanceReadReplica.KmsKeyId: a key of one Region cannot be used in another",
)
async def _foreign(asked: Asked, _: Inquiry) -> str | None:
    key = asked.parameters.get("KmsKeyId", "")
    if not key.startswith("arn:") or key.split(":")[3] == asked.region:
        return None
    return f"The key {key} is not in {asked.region}, where it is to encrypt"


@rule(
    "rds.snapshot-copy-without-key",
    "rds:CopyDBSnapshot CopyDBClusterSnapshot",
    code="KMSKeyNotAccessibleFault",
    code_from="api",
    source="botocore rds CopyDBSnapshotMessage.KmsKeyId, CopyDBClusterSnapshotMessage.KmsKeyId: a key of the"
    " destination Region must be specified for a copy of an encrypted snapshot to another Region",
)
async def _snapshot(asked: Asked, inquiry: Inquiry) -> str | None:
    cluster = "Cluster" if asked.operation == "CopyDBClusterSnapshot" else ""
    source = asked.parameters[f"SourceDB{cluster}SnapshotIdentifier"]
    region = databases.region_of(source, asked.region)
    if asked.parameters.get("KmsKeyId") or region == asked.region:
        return None
    identifier = {f"DB{cluster}SnapshotIdentifier": source.partition("snapshot:")[2]}
    found = await inquiry("rds", f"DescribeDB{cluster}Snapshots", region, **identifier)
    snapshot: Mapping[str, Any] = next(iter((found or {}).get(f"DB{cluster}Snapshots", [])), {})
    encrypted = snapshot.get("StorageEncrypted" if cluster else "Encrypted")
    return f"The snapshot {source} is encrypted; give a key of {asked.region}" if encrypted else None


@rule(
    "rds.encrypted-replica-of-an-open-source",
    "rds:CreateDBInstanceReadReplica",
    code="InvalidParameterCombination",
    code_from="memory",
    source="botocore rds CreateDBInstanceReadReplica.KmsKeyId: You can't create an encrypted read replica from an"
    " unencrypted DB instance",
)
async def _open(asked: Asked, inquiry: Inquiry) -> str | None:
    source = asked.parameters.get("SourceDBInstanceIdentifier", "")
    found = await databases.instance(inquiry, asked.region, source) if asked.parameters.get("KmsKeyId") else None
    if found is None or found.get("StorageEncrypted"):
        return None
    return f"{source} is not encrypted, and an encrypted read replica cannot be created from it"


RULES: Final = (_replica, _cluster, _backups, _foreign, _snapshot, _open)
