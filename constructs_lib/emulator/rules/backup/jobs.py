"""AWS Backup: what a plan may say, and jobs that a vault's lock or the Region's settings do not allow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_GUIDE: Final = "https://docs.aws.amazon.com/aws-backup/latest/devguide"
_PLANS: Final = "backup:CreateBackupPlan UpdateBackupPlan"
_JOBS: Final = "backup:StartBackupJob StartCopyJob"
_SEEN: Final = "https://github.com/badmintoncryer/cdk-preflight,"
_CRON: Final = re.compile(r"cron\(\S+( \S+){5}\)")
_LEAST_START_MINUTES: Final = 60
_COLD_DAYS: Final = 90
_CONTINUOUS_DAYS: Final = 35
#: The service in a resource's ARN, and what AWS Backup calls its type.
_TYPES: Final = {
    "dynamodb": "DynamoDB",
    "s3": "S3",
    "elasticfilesystem": "EFS",
    "dsql": "Aurora DSQL",
}


def _rules(asked: Asked) -> list[Mapping[str, Any]]:
    rules: list[Mapping[str, Any]] = asked.parameters.get("BackupPlan", {}).get("Rules", [])
    return rules


def _lifecycles(asked: Asked) -> Iterable[Mapping[str, Any]]:
    if "BackupPlan" not in asked.parameters:
        yield asked.parameters.get("Lifecycle", {})
    for one in _rules(asked):
        yield one.get("Lifecycle", {})
        yield from (copy.get("Lifecycle", {}) for copy in one.get("CopyActions", []))


@rule(
    "backup.start-window-of-an-hour",
    _PLANS,
    code="InvalidParameterValueException",
    code_from="api",
    source="botocore backup BackupRuleInput.StartWindowMinutes: at least 60 minutes",
)
async def _start_window(asked: Asked, _: Inquiry) -> str | None:
    for one in _rules(asked):
        if 0 < (minutes := one.get("StartWindowMinutes") or _LEAST_START_MINUTES) < _LEAST_START_MINUTES:
            return f"The start window of {one['RuleName']} is {minutes} minutes; it is at least {_LEAST_START_MINUTES}"
    return None


@rule(
    "backup.cold-storage-for-90-days",
    f"{_PLANS} StartBackupJob StartCopyJob",
    code="InvalidParameterValueException",
    code_from="api",
    source="botocore backup Lifecycle.DeleteAfterDays: at least 90 days after MoveToColdStorageAfterDays",
)
async def _cold(asked: Asked, _: Inquiry) -> str | None:
    for lifecycle in _lifecycles(asked):
        cold, end = lifecycle.get("MoveToColdStorageAfterDays"), lifecycle.get("DeleteAfterDays")
        if cold and end and 0 < end < cold + _COLD_DAYS:
            return f"DeleteAfterDays is {end}; it is at least {_COLD_DAYS} days after the move to cold storage ({cold})"
    return None


@rule(
    "backup.continuous-for-35-days",
    _PLANS,
    code="InvalidParameterValueException",
    code_from="api",
    source=f"{_GUIDE}/point-in-time-recovery.html: continuous backups are kept at most 35 days",
)
async def _continuous(asked: Asked, _: Inquiry) -> str | None:
    for one in _rules(asked):
        days = one.get("Lifecycle", {}).get("DeleteAfterDays")
        if one.get("EnableContinuousBackup") and not (days and 0 < days <= _CONTINUOUS_DAYS):
            return f"{one['RuleName']} keeps continuous backups for {days} days; give 1 to {_CONTINUOUS_DAYS}"
    return None


@rule(
    "backup.retention-outside-vault-lock",
    _JOBS,
    code="InvalidParameterValueException",
    code_from="api",
    source="botocore backup PutBackupVaultLockConfiguration.MinRetentionDays, MaxRetentionDays: the vault fails the"
    " job. AWS takes a plan that says so, and each of its jobs fails",
)
async def _lock(asked: Asked, inquiry: Inquiry) -> str | None:
    given = asked.parameters
    if arn := given.get("DestinationBackupVaultArn"):
        region, name = arn.split(":")[3], arn.split(":")[-1]
    else:
        region, name = asked.region, given["BackupVaultName"]
    vault = await inquiry("backup", "DescribeBackupVault", region, BackupVaultName=name)
    if not vault or not vault.get("Locked"):
        return None
    days = given.get("Lifecycle", {}).get("DeleteAfterDays") or float("inf")
    least, most = vault.get("MinRetentionDays") or 0, vault.get("MaxRetentionDays") or float("inf")
    if least <= days <= most:
        return None
    return f"A retention of {days} days is outside the lock of vault {name}, {least} to {most} days"


@rule(
    "backup.type-not-opted-in",
    "backup:StartBackupJob",
    code="InvalidRequestException",
    code_from="memory",
    source=f"{_GUIDE}/service-opt-in.html: a Region's opt-in for each resource type",
)
async def _opt_in(asked: Asked, inquiry: Inquiry) -> str | None:
    kind = _TYPES.get(asked.parameters["ResourceArn"].split(":")[2], "")
    settings = await inquiry("backup", "DescribeRegionSettings", asked.region) or {}
    if settings.get("ResourceTypeOptInPreference", {}).get(kind, True):
        return None
    return f"{kind} is not opted in to AWS Backup in {asked.region}"


@rule(
    "backup.table-copy-without-advanced-features",
    "backup:StartCopyJob",
    code="InvalidRequestException",
    code_from="memory",
    source=f"{_GUIDE}/advanced-ddb-backup.html: copies to another Region need the advanced features, of the Region's"
    " settings",
)
async def _advanced(asked: Asked, inquiry: Inquiry) -> str | None:
    point = asked.parameters["RecoveryPointArn"]
    destination = asked.parameters["DestinationBackupVaultArn"].split(":")[3]
    if destination == asked.region:
        return None
    vault = asked.parameters["SourceBackupVaultName"]
    described = await inquiry(
        "backup", "DescribeRecoveryPoint", asked.region, BackupVaultName=vault, RecoveryPointArn=point
    )
    if (described or {}).get("ResourceType") != "DynamoDB":
        return None
    settings = await inquiry("backup", "DescribeRegionSettings", asked.region) or {}
    if settings.get("ResourceTypeManagementPreference", {}).get("DynamoDB"):
        return None
    return f"The advanced features for DynamoDB are off in {asked.region}, so {point} cannot be copied to {destination}"


@rule(
    "backup.schedule-that-is-no-cron",
    _PLANS,
    code="InvalidParameterValueException",
    code_from="api",
    source="botocore backup BackupRuleInput.ScheduleExpression: a CRON expression; the message in"
    f" {_SEEN} rules/backup/pf-backup-schedule-expression-cron-only",
)
async def _schedule(asked: Asked, _: Inquiry) -> str | None:
    for one in _rules(asked):
        expression = one.get("ScheduleExpression")
        if expression and not _CRON.fullmatch(expression):
            return "Error in some rules due to : Cron expression is not valid: Invalid cron expression"
    return None


@rule(
    "backup.completion-after-the-start-window",
    _PLANS,
    code="InvalidParameterValueException",
    code_from="api",
    source="botocore backup BackupRuleInput.CompletionWindowMinutes; the message in"
    f" {_SEEN} rules/backup/pf-backup-completion-window-gt-start-window",
)
async def _completion(asked: Asked, _: Inquiry) -> str | None:
    for one in _rules(asked):
        start, end = one.get("StartWindowMinutes"), one.get("CompletionWindowMinutes")
        if start and end and end < start + _LEAST_START_MINUTES:
            return (
                "Error in some rules due to : CompleteWindowMinutes must be at least 60 minutes greater than"
                " StartWindowMinutes"
            )
    return None


@rule(
    "backup.vault-key-of-another-region",
    "backup:CreateBackupVault",
    code="InvalidParameterValueException",
    code_from="api",
    source="botocore backup CreateBackupVault.EncryptionKeyArn; the message in"
    f" {_SEEN} rules/backup/pf-backup-vault-encryption-key-region",
)
async def _vault_key(asked: Asked, inquiry: Inquiry) -> str | None:
    key = asked.parameters.get("EncryptionKeyArn", "")
    if not key.startswith("arn:"):
        return None
    if (region := key.split(":")[3]) != asked.region:
        return f"Invalid Key provided by the user. Invalid arn {region}"
    if await inquiry("kms", "DescribeKey", region, KeyId=key) is None:
        return f"Invalid Key provided by the user. Key '{key}' does not exist"
    return None


RULES: Final = (
    _start_window,
    _cold,
    _continuous,
    _schedule,
    _completion,
    _vault_key,
    _lock,
    _opt_in,
    _advanced,
)
