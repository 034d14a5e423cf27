"""RDS: an encrypted copy in another Region needs a key of that Region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules import rds_database
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.asked import Asked
    from constructs_lib.emulator.inquiry import Inquiry

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
    if asked.parameters.get("KmsKeyId") or rds_database.region_of(source, asked.region) == asked.region:
        return None
    found = await rds_database.instance(inquiry, asked.region, source)
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
        source = await rds_database.cluster(inquiry, asked.region, named)
    else:
        source = await rds_database.writer_joined(asked, inquiry)
    if not source or not source.get("StorageEncrypted"):
        return None
    if rds_database.region_of(source["DBClusterArn"], asked.region) == asked.region:
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
    found = await rds_database.instance(inquiry, asked.region, asked.parameters["SourceDBInstanceArn"])
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


RULES: Final = (_replica, _cluster, _backups, _foreign)
