"""Calls that AWS refuses because a service could not act: by a role's trust and policies, or by a key's policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.permissions import acts
from constructs_lib.emulator.permissions.in_force import InForce
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_BACKUP_GUIDE: Final = "https://docs.aws.amazon.com/aws-backup/latest/devguide"
#: What AWS Backup does to a table with a role; the actions of AWS's own managed policies.
_TABLE_ACTIONS: Final = {
    "StartBackupJob": "dynamodb:StartAwsBackupJob",
    "StartRestoreJob": "dynamodb:RestoreTableFromAwsBackup",
}
_ANY_CLUSTER: Final = "0" * 26


@rule(
    "dsql.key-closed-to-the-service",
    "dsql:CreateCluster UpdateCluster",
    code="ValidationException",
    code_from="memory",
    source="https://docs.aws.amazon.com/aurora-dsql/latest/userguide/data-encryption.html: key policies must give"
    " Aurora DSQL permission",
)
async def _dsql_key(asked: Asked, inquiry: Inquiry) -> str | None:
    key = asked.parameters.get("kmsEncryptionKey", "")
    if not key.startswith("arn:"):
        return None
    identifier = asked.parameters.get("identifier", _ANY_CLUSTER)
    cluster = f"arn:aws:dsql:{asked.region}:{inquiry.account}:cluster/{identifier}"
    return await acts.dsql_key(InForce(inquiry), key=key, account=inquiry.account, cluster=cluster)


@rule(
    "rds.key-closed-to-the-account",
    "rds:CreateDBInstance CreateDBInstanceReadReplica CreateDBCluster StartDBInstanceAutomatedBackupsReplication",
    code="KMSKeyNotAccessibleFault",
    code_from="api",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html: RDS uses the key by a"
    " grant of the caller",
)
async def _rds_key(asked: Asked, inquiry: Inquiry) -> str | None:
    return await _closed(asked, inquiry, [asked.parameters.get("KmsKeyId", "")])


@rule(
    "rds.key-that-cannot-be-used",
    "rds:CreateDBInstance CreateDBInstanceReadReplica CreateDBCluster StartDBInstanceAutomatedBackupsReplication",
    code="KMSKeyNotAccessibleFault",
    code_from="api",
    source="botocore rds KMSKeyNotAccessibleFault; the message in public reports of it",
)
async def _rds_unusable(asked: Asked, inquiry: Inquiry) -> str | None:
    key = asked.parameters.get("KmsKeyId", "")
    if key.split(":")[3:4] != [asked.region] or not await _unusable(inquiry, key):
        return None
    return f"The specified KMS key [{key}] does not exist, is not enabled or you do not have permissions to access it."


@rule(
    "dynamodb.key-that-cannot-be-used",
    "dynamodb:CreateTable UpdateTable",
    code="ValidationException",
    code_from="seen",
    source="https://github.com/aws-controllers-k8s/dynamodb-controller, docs/api-quirks/details/DDB-TABLE-020.md: what"
    " AWS answered for a key that is disabled, to be deleted, of another Region, or not there",
)
async def _table_unusable(asked: Asked, inquiry: Inquiry) -> str | None:
    key = asked.parameters.get("SSESpecification", {}).get("KMSMasterKeyId", "")
    if key.startswith("arn:") and key.split(":")[3] != asked.region:
        return f"KMS validation error: Invalid arn {key.split(':')[3]}"
    keys = [key, *(update.get("Create", {}).get("KMSMasterKeyId", "") for update in _updates(asked))]
    for one in keys:
        if one.startswith("arn:") and (why := await _unusable(inquiry, one)):
            return why
    return None


async def _unusable(inquiry: Inquiry, key: str) -> str | None:
    if ":key/" not in key:
        return None
    found = await inquiry("kms", "DescribeKey", key.split(":")[3], KeyId=key)
    if found is None:
        return f"KMS validation error: Key '{key}' does not exist"
    match found["KeyMetadata"]["KeyState"]:
        case "Disabled":
            return f"KMS key disabled error: {key} is disabled."
        case "PendingDeletion":
            return f"KMS validation error: {key} is pending deletion."
    return None


@rule(
    "dynamodb.key-closed-to-the-account",
    "dynamodb:CreateTable UpdateTable",
    code="AccessDeniedException",
    code_from="seen",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html: DynamoDB uses"
    " the key on the caller's behalf; code and message in https://github.com/aws/aws-cdk/issues/18616",
)
async def _table_key(asked: Asked, inquiry: Inquiry) -> str | None:
    missing = await _closed(asked, inquiry, _table_keys(asked.parameters))
    return f"KMS key access denied error: {missing}" if missing else None


def _updates(asked: Asked) -> Iterable[Mapping[str, Any]]:
    updates: Iterable[Mapping[str, Any]] = asked.parameters.get("ReplicaUpdates") or []
    return updates


def _table_keys(given: Mapping[str, Any]) -> Iterable[str]:
    yield given.get("SSESpecification", {}).get("KMSMasterKeyId", "")
    for update in given.get("ReplicaUpdates") or []:
        yield update.get("Create", {}).get("KMSMasterKeyId", "")


async def _closed(asked: Asked, inquiry: Inquiry, keys: Iterable[str]) -> str | None:
    for key in keys:
        # Another rule refuses a key of another Region; that a key exists is the emulator's to check.
        if not key.startswith("arn:") or await inquiry("kms", "DescribeKey", key.split(":")[3], KeyId=key) is None:
            continue
        missing = await acts.use_of_key(
            InForce(inquiry), key=key, account=inquiry.account, service=asked.service, region=key.split(":")[3]
        )
        if missing:
            return missing
    return None


@rule(
    "rds.monitoring-role",
    "rds:CreateDBInstance CreateDBInstanceReadReplica ModifyDBInstance CreateDBCluster ModifyDBCluster",
    code="InvalidParameterValue",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html; the message is"
    " what the Terraform provider waits for (internal/service/rds)",
)
async def _monitoring(asked: Asked, inquiry: Inquiry) -> str | None:
    role = asked.parameters.get("MonitoringRoleArn")
    if not role:
        return None
    identifier = asked.parameters.get("DBInstanceIdentifier") or asked.parameters.get("DBClusterIdentifier")
    source = f"arn:aws:rds:{asked.region}:{inquiry.account}:db:{identifier}"
    missing = await acts.monitoring_role(InForce(inquiry), role=role, account=inquiry.account, source=source)
    if missing is None:
        return None
    message = "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING"
    return f"{message}; {missing}"


@rule(
    "backup.role-cannot-be-assumed",
    "backup:CreateBackupSelection StartBackupJob StartCopyJob StartRestoreJob",
    code="InvalidParameterValueException",
    code_from="seen",
    source=f"{_BACKUP_GUIDE}/iam-service-roles.html; the message in public reports of CreateBackupSelection",
)
async def _backup_role(asked: Asked, inquiry: Inquiry) -> str | None:
    role = asked.parameters.get("IamRoleArn") or asked.parameters.get("BackupSelection", {}).get("IamRoleArn")
    return await acts.backup_role(InForce(inquiry), role=role) if role else None


@rule(
    "backup.role-lacks-permission",
    "backup:StartBackupJob StartRestoreJob",
    code="InvalidRequestException",
    code_from="memory",
    source=f"{_BACKUP_GUIDE}/security-iam-awsmanpol.html; AWS starts the job, and it fails",
)
async def _backup_permission(asked: Asked, inquiry: Inquiry) -> str | None:
    role, table = asked.parameters.get("IamRoleArn"), asked.parameters.get("ResourceArn", "")
    if asked.operation == "StartRestoreJob":
        target = asked.parameters.get("Metadata", {}).get("targetTableName")
        table = f"arn:aws:dynamodb:{asked.region}:{inquiry.account}:table/{target}" if target else ""
    if role and asked.operation == "StartBackupJob" and table.startswith("arn:aws:s3:::"):
        return await acts.bucket_backup(InForce(inquiry), role=role, bucket=table)
    if not role or ":dynamodb:" not in table:
        return None
    action = _TABLE_ACTIONS[asked.operation]
    return await acts.table_backup(InForce(inquiry), role=role, action=action, table=table)


@rule(
    "logs.key-closed-to-the-service",
    "logs:CreateLogGroup AssociateKmsKey",
    code="AccessDeniedException",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html; the message in public"
    " reports of CreateLogGroup",
)
async def _log_group_key(asked: Asked, inquiry: Inquiry) -> str | None:
    key, name = asked.parameters.get("kmsKeyId", ""), asked.parameters.get("logGroupName")
    if not key:
        return None
    group = f"arn:aws:logs:{asked.region}:{inquiry.account}:log-group:{name}"
    if key.startswith("arn:") and await acts.log_group_key(InForce(inquiry), key=key, group=group) is None:
        return None
    return f"The specified KMS key does not exist or is not allowed to be used with Arn '{group}'"


RULES: Final = (
    _dsql_key,
    _rds_unusable,
    _rds_key,
    _table_unusable,
    _table_key,
    _monitoring,
    _backup_role,
    _backup_permission,
    _log_group_key,
)
