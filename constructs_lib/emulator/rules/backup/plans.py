"""AWS Backup: plans, selections and settings that cannot be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_GUIDE: Final = "https://docs.aws.amazon.com/aws-backup/latest/devguide"
_PLANS: Final = "backup:CreateBackupPlan UpdateBackupPlan"
_SEEN: Final = "https://github.com/badmintoncryer/cdk-preflight, rules/backup/pf-backup-"
_VAULT: Final = re.compile(r"arn:aws[a-z-]*:backup:[a-z0-9-]+:\d{12}:backup-vault:\S+")
_PARTS_BEFORE_NAME: Final = 5
_TYPES: Final = frozenset(
    {
        "Aurora", "Aurora DSQL", "DSQL", "CloudFormation", "DocumentDB", "DynamoDB", "EBS", "EC2", "EFS", "EKS", "FSx",
        "Neptune", "RDS", "Redshift", "Redshift Serverless", "S3", "SAP HANA on Amazon EC2", "Storage Gateway",
        "Timestream", "VirtualMachine",
    }
)  # fmt: skip


def _rules(asked: Asked) -> list[Mapping[str, Any]]:
    rules: list[Mapping[str, Any]] = asked.parameters.get("BackupPlan", {}).get("Rules", [])
    return rules


@rule(
    "backup.plan-that-is-none",
    _PLANS,
    code="InvalidParameterValueException",
    code_from="api",
    source="botocore backup BackupPlanInput.Rules, BackupRuleInput.RuleName, Lifecycle.DeleteAfterDays and"
    f" ScheduleExpressionTimezone; {_GUIDE}/creating-a-backup-plan.html",
)
async def _plan(asked: Asked, _: Inquiry) -> str | None:
    rules = _rules(asked)
    names = [one["RuleName"] for one in rules]
    if not rules:
        return "A backup plan needs a rule"
    if twice := next((name for name in names if names.count(name) > 1), None):
        return f"Error in some rules due to : Duplicate rule name {twice}"
    for one in rules:
        lives = [one.get("Lifecycle", {}), *(copy.get("Lifecycle", {}) for copy in one.get("CopyActions", []))]
        if any(life.get("DeleteAfterDays") == 0 or life.get("MoveToColdStorageAfterDays") == 0 for life in lives):
            return f"Error in some rules due to : a lifecycle of {one['RuleName']} of 0 days"
        if (zone := one.get("ScheduleExpressionTimezone")) and not _is_zone(zone):
            return f"Error in some rules due to : Invalid timezone {zone}"
    return None


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        return False
    return True


@rule(
    "backup.advanced-settings",
    _PLANS,
    code="InvalidParameterValueException",
    code_from="api",
    source="botocore backup AdvancedBackupSetting: EC2 alone, with Windows VSS on or off; measured by"
    f" {_SEEN}advanced-setting-resource-type-ec2-only and -backup-options-values",
)
async def _advanced(asked: Asked, _: Inquiry) -> str | None:
    for one in asked.parameters.get("BackupPlan", {}).get("AdvancedBackupSettings", []):
        if one.get("ResourceType") != "EC2":
            return f"Advanced backup settings are for EC2, not for {one.get('ResourceType')}"
        options = one.get("BackupOptions") or {}
        if any(name != "WindowsVSS" or value not in ("enabled", "disabled") for name, value in options.items()):
            return f"Invalid backup options {options}: WindowsVSS is enabled or disabled"
    return None


@rule(
    "backup.plan-like-another",
    "backup:CreateBackupPlan",
    code="AlreadyExistsException",
    code_from="seen",
    source=f"{_GUIDE}/creating-a-backup-plan.html: identical to an existing plan; the message in"
    " https://github.com/ministryofjustice/modernisation-platform/pull/4909",
)
async def _same(asked: Asked, inquiry: Inquiry) -> str | None:
    wanted = asked.parameters.get("BackupPlan", {})
    listed = await inquiry("backup", "ListBackupPlans", asked.region) or {}
    for one in listed.get("BackupPlansList", []):
        if one["BackupPlanName"] != wanted.get("BackupPlanName"):
            continue
        found = await inquiry("backup", "GetBackupPlan", asked.region, BackupPlanId=one["BackupPlanId"]) or {}
        known = [_given(rule) for rule in found.get("BackupPlan", {}).get("Rules", [])]
        if known == [_given(rule) for rule in _rules(asked)]:
            return "Backup plan with the same plan document already exists"
    return None


def _given(rule: Mapping[str, Any]) -> dict[str, Any]:
    # What AWS Backup adds says nothing of the document.
    names = ("RuleName", "TargetBackupVaultName", "ScheduleExpression", "Lifecycle", "CopyActions")
    return {name: rule.get(name) or None for name in names}


@rule(
    "backup.vault-of-a-plan-that-does-not-exist",
    _PLANS,
    code="InvalidParameterValueException",
    code_from="api",
    source="botocore backup BackupRuleInput.TargetBackupVaultName: a vault of the account and Region; that a plan made"
    " before its vault fails: https://github.com/hashicorp/terraform-provider-aws/issues/8193",
)
async def _vault(asked: Asked, inquiry: Inquiry) -> str | None:
    for name in (one["TargetBackupVaultName"] for one in _rules(asked)):
        if name.startswith("arn:"):
            continue
        if await inquiry("backup", "DescribeBackupVault", asked.region, BackupVaultName=name) is None:
            return f"Error in some rules due to : Backup vault {name} does not exist"
    return None


@rule(
    "backup.copy-that-goes-nowhere",
    _PLANS,
    code="InvalidParameterValueException",
    code_from="api",
    source="botocore backup CopyAction.DestinationBackupVaultArn: the ARN of a vault, which is not the rule's own;"
    " whether it exists is asked when a copy starts",
)
async def _copy(asked: Asked, inquiry: Inquiry) -> str | None:
    for one in _rules(asked):
        own = f":backup:{asked.region}:{inquiry.account}:backup-vault:{one['TargetBackupVaultName']}"
        arns = [copy.get("DestinationBackupVaultArn", "") for copy in one.get("CopyActions", [])]
        for arn in arns:
            if not _VAULT.fullmatch(arn):
                return f"Error in some rules due to : Invalid destination backup vault ARN {arn}"
            if arn.endswith(own) or arns.count(arn) > 1:
                return f"Error in some rules due to : {arn} is the vault of the rule, or is named twice"
    return None


@rule(
    "backup.selection-of-nothing",
    "backup:CreateBackupSelection",
    code="InvalidParameterValueException",
    code_from="api",
    source=f"botocore backup BackupSelection: Resources or ListOfTags; the messages in {_SEEN}selection-*",
)
async def _selection(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters.get("BackupSelection", {})
    resources = [*given.get("Resources", []), *given.get("NotResources", [])]
    if not given.get("Resources") and not given.get("ListOfTags"):
        return "Invalid backup selection. Either 'ListOfTags' or 'Resources' section must be non-empty."
    if wrong := next((one for one in resources if one != "*" and not one.startswith("arn:")), None):
        return f"Invalid ARN: {wrong}"
    for conditions in (given.get("Conditions") or {}).values():
        for condition in conditions:
            if not condition.get("ConditionKey", "").startswith("aws:ResourceTag/"):
                return f"Condition key {condition.get('ConditionKey')} must start with aws:ResourceTag/"
    return None


@rule(
    "backup.deletion-of-a-plan-with-selections",
    "backup:DeleteBackupPlan",
    code="InvalidRequestException",
    code_from="api",
    source="botocore backup DeleteBackupPlan: only after all its selections; message in public reports of it",
)
async def _deleted(asked: Asked, inquiry: Inquiry) -> str | None:
    plan = asked.parameters["BackupPlanId"]
    found = await inquiry("backup", "ListBackupSelections", asked.region, BackupPlanId=plan)
    if not (found or {}).get("BackupSelectionsList"):
        return None
    return "Related backup plan selections must be deleted prior to backup plan deletion"


@rule(
    "backup.type-that-does-not-exist",
    "backup:UpdateRegionSettings",
    code="InvalidParameterValueException",
    code_from="api",
    source="botocore backup BackupJob.ResourceType and UpdateRegionSettings: the services that can be backed up",
)
async def _type(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters.get("ResourceTypeOptInPreference") or {}
    unknown = next((name for name in given if name not in _TYPES), None)
    return f"The resource type {unknown} is not supported" if unknown else None


@rule(
    "backup.resource-of-another-region",
    "backup:StartBackupJob",
    code="InvalidParameterValueException",
    code_from="api",
    source=f"{_GUIDE}/whatisbackup.html: a backup is made in the Region of the resource, and copied from there",
)
async def _elsewhere(asked: Asked, _: Inquiry) -> str | None:
    arn = asked.parameters["ResourceArn"]
    region = arn.split(":")[3] if arn.count(":") > 3 else ""
    return None if region in ("", asked.region) else f"{arn} is not a resource of {asked.region}"


@rule(
    "backup.name-where-an-arn-belongs",
    "backup:StartBackupJob StartCopyJob StartRestoreJob",
    code="InvalidParameterValueException",
    code_from="api",
    source="botocore backup StartBackupJob.ResourceArn, StartCopyJob.RecoveryPointArn and DestinationBackupVaultArn,"
    " IamRoleArn: the ARN of each",
)
async def _arns(asked: Asked, _: Inquiry) -> str | None:
    given = {name: value for name, value in asked.parameters.items() if name.endswith("Arn")}
    wrong = next((value for value in given.values() if len(value.split(":", 5)) <= _PARTS_BEFORE_NAME), None)
    return None if wrong is None else f"Invalid ARN: {wrong}"


RULES: Final = (_arns, _same, _plan, _advanced, _vault, _copy, _selection, _deleted, _type, _elsewhere)
