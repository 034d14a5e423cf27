"""AWS Backup in a Region: plans, what they select, vaults and opt-ins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.live.found import Found
from constructs_lib.live.region import REFUSED
from constructs_lib.live.terraform_names import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.live.region import Region

_RULE: Final = {
    "TargetBackupVaultName": "target_vault_name",
    "ScheduleExpression": "schedule",
    "StartWindowMinutes": "start_window",
    "CompletionWindowMinutes": "completion_window",
    "DeleteAfterDays": "delete_after",
    "MoveToColdStorageAfterDays": "cold_storage_after",
    "CopyActions": "copy_action",
    "DestinationBackupVaultArn": "destination_vault_arn",
}


def read_backups(region: Region) -> list[Found]:
    """Return plans, selections, vaults and opt-ins of *region*."""
    plans = region.pages("backup", "list_backup_plans", "BackupPlansList")
    found = [item for items in region.each(plans, lambda plan: list(_plan(region, plan))) for item in items]
    for given in region.pages("backup", "list_backup_vaults", "BackupVaultList"):
        name = str(given["BackupVaultName"])
        values = {
            "name": name,
            "id": name,
            "arn": given.get("BackupVaultArn"),
            "kms_key_arn": given.get("EncryptionKeyArn"),
        }
        found.append(Found(type="aws_backup_vault", name=name, region=region.name, values=values))
    settings = region.ask("backup", "describe_region_settings")
    if settings not in (None, REFUSED):
        values = {"resource_type_opt_in_preference": settings.get("ResourceTypeOptInPreference", {})}
        found.append(Found(type="aws_backup_region_settings", name=region.name, region=region.name, values=values))
    return found


def _plan(region: Region, listed: dict[str, Any]) -> Iterator[Found]:
    identity, name = str(listed["BackupPlanId"]), str(listed.get("BackupPlanName"))
    given = region.ask("backup", "get_backup_plan", name, BackupPlanId=identity)
    refused = given is REFUSED
    rules = [] if refused else [blocks(item, _RULE) for item in given["BackupPlan"].get("Rules", ())]
    yield Found(
        type="aws_backup_plan",
        name=name,
        region=region.name,
        values={"id": identity, "name": name, "arn": listed.get("BackupPlanArn"), "rule": rules},
        unknown=("rule",) if refused else (),
    )
    for item in region.pages("backup", "list_backup_selections", "BackupSelectionsList", BackupPlanId=identity):
        asked = region.ask(
            "backup", "get_backup_selection", name, BackupPlanId=identity, SelectionId=item["SelectionId"]
        )
        selection = {} if asked is REFUSED else asked["BackupSelection"]
        yield Found(
            type="aws_backup_selection",
            name=f"{name}-{item['SelectionId']}",
            region=region.name,
            values={
                "plan_id": identity,
                "id": item["SelectionId"],
                "iam_role_arn": selection.get("IamRoleArn"),
                "resources": selection.get("Resources", []),
                "not_resources": selection.get("NotResources", []),
                "selection_tag": [
                    {"type": tag["ConditionType"], "key": tag["ConditionKey"], "value": tag["ConditionValue"]}
                    for tag in selection.get("ListOfTags", ())
                ],
                "condition": [_conditions(selection["Conditions"])] if selection.get("Conditions") else [],
            },
            unknown=("resources", "selection_tag") if asked is REFUSED else (),
        )


def _conditions(given: dict[str, Any]) -> dict[str, Any]:
    names = {
        "StringEquals": "string_equals",
        "StringNotEquals": "string_not_equals",
        "StringLike": "string_like",
        "StringNotLike": "string_not_like",
    }
    return {
        names[name]: [{"key": item["ConditionKey"], "value": item["ConditionValue"]} for item in items]
        for name, items in given.items()
        if name in names
    }
