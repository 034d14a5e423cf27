"""Central backups: schedule, copies, locks, another account, tests of restores, opt-ins."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from botocore.loaders import Loader

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.constructs.backup.backup_account import BackupAccountVault
from constructs_lib.constructs.backup.backup_opt_ins import BackupOptIns
from constructs_lib.constructs.backup.backup_policy import BackupPolicy
from constructs_lib.constructs.backup.restore_testing import RestoreTesting
from constructs_lib.constructs.backup.vault_lock import VaultLock
from constructs_lib.constructs.bucket.bucket import Bucket
from constructs_lib.constructs.database.database import Database
from constructs_lib.constructs.evidence.document_store import DocumentStore
from constructs_lib.constructs.sites.network import Network
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.table.key_attribute import KeyAttribute
from constructs_lib.constructs.table.table import Table
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.costs import Usage
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives import Objective, Target
from constructs_lib.terraform import engine
from constructs_lib.terraform.engine import TerraformStack
from tests.provider_schemas.check import PROVIDERS, unknown_in, unknown_references

if TYPE_CHECKING:
    from pathlib import Path

PRIMARY, RECOVERY, ACCOUNT, OTHER = "eu-west-1", "eu-central-1", "111122223333", "999988887777"
ORGANIZATION = "o-a1b2c3d4e5"
HOUR = 3600


def workload(
    layout: str = "per_region", *, recovery: str | None = RECOVERY, rpo: str = "2d", size_gb: int = 100
) -> Workload:
    app = engine.Testing.app()
    if layout == "per_region":
        sites = Sites.per_region(app, "shop", primary=PRIMARY, recovery=recovery, account_id=ACCOUNT)
    else:
        sites = Sites.in_one_stack(
            TerraformStack(app, "shop"), "shop", primary=PRIMARY, recovery=recovery, account_id=ACCOUNT
        )
    objective = Objective("1d", rpo) if recovery else Objective(software=Target("1d", rpo))
    built = Workload(sites, objective=objective)
    Bucket(built, "files", usage=Usage(size_gb=size_gb))
    Table(built, "orders", partition_key=KeyAttribute(name="id", type="S"))
    return built


def stacks(built: Workload) -> dict[str, dict[str, Any]]:
    return {site.role: json.loads(engine.Testing.synth(site.stack)) for site in built.sites.all}


def only(configuration: dict[str, Any], type_: str) -> dict[str, Any]:
    (resource,) = configuration["resource"][type_].values()
    found: dict[str, Any] = resource
    return found


def central(configuration: dict[str, Any], type_: str) -> dict[str, Any]:
    (found,) = (one for name, one in configuration["resource"][type_].items() if name.startswith("central"))
    resource: dict[str, Any] = found
    return resource


def account_vault(stack: TerraformStack, **given: Any) -> BackupAccountVault:
    options = {"account_id": OTHER, "region": PRIMARY, "organization_id": ORGANIZATION} | given
    return BackupAccountVault(stack, "shop-copies", **options)


def test_all_with_the_workloads_tag_is_taken_and_copied_to_the_recovery_region() -> None:
    built = workload()
    BackupPolicy(built, "central")
    here, there = stacks(built)["primary"], stacks(built)["recovery"]

    selection = central(here, "aws_backup_selection")
    assert selection["selection_tag"] == {"type": "STRINGEQUALS", "key": "recovery:workload", "value": "shop"}
    assert "resources" not in selection
    (rule,) = central(here, "aws_backup_plan")["rule"]
    vault = f"arn:aws:backup:{RECOVERY}:{ACCOUNT}:backup-vault:shop-central"
    assert rule["copy_action"] == [{"destination_vault_arn": vault, "lifecycle": {"delete_after": 35}}]
    assert "enable_continuous_backup" not in rule
    assert central(there, "aws_backup_vault")["name"] == "shop-central"
    assert "aws_iam_role" not in there["resource"]
    policies = {
        one["policy_arn"].rpartition("/")[2]
        for name, one in here["resource"]["aws_iam_role_policy_attachment"].items()
        if name.startswith("central")
    }
    # Those for buckets are policies of their own.
    assert policies == {
        "AWSBackupServiceRolePolicyForBackup",
        "AWSBackupServiceRolePolicyForRestores",
        "AWSBackupServiceRolePolicyForS3Backup",
        "AWSBackupServiceRolePolicyForS3Restore",
    }
    assert "depends_on" in selection
    metrics = {one["metric_name"] for name, one in here["resource"]["aws_cloudwatch_metric_alarm"].items()
               if name.startswith("central")}  # fmt: skip
    # The backup of one resource in the vault hides that another's did not start.
    assert metrics == {
        "NumberOfBackupJobsFailed",
        "NumberOfBackupJobsCompleted",
        "NumberOfBackupJobsExpired",
        "NumberOfCopyJobsFailed",
    }


@pytest.mark.parametrize(
    ("rpo", "size_gb", "hours"),
    # Interval, an hour of start window, 30 min of job, an hour and 6 s a GB of copy, worked out by hand.
    [
        ("2d", 100, 24),
        ("1d", 100, 12),
        ("15h", 100, 12),
        ("14h", 100, 8),
        ("4h", 100, 1),
        ("1d", 6000, 8),
        ("14d", 1, 168),
    ],
)
def test_the_schedule_is_the_longest_that_keeps_the_recovery_point_at_its_worst(
    rpo: str, size_gb: int, hours: int
) -> None:
    policy = BackupPolicy(workload(rpo="20d", size_gb=size_gb), "central", rpo=rpo)

    assert policy.interval_seconds == hours * HOUR
    assert policy.worst_rpo_seconds["files"] == (hours + 1) * HOUR + 1800 + HOUR + 6 * size_gb


def test_a_recovery_point_that_no_schedule_keeps_is_refused_with_the_shortest_that_one_does() -> None:
    built = workload()
    with pytest.raises(ConfigurationError, match=r"keeps a recovery point of 1h for files: .* rpo='3h40m'"):
        BackupPolicy(built, "central", rpo="1h")
    assert BackupPolicy(built, "central", rpo="3h40m").interval_seconds == HOUR


def test_continuous_backups_are_kept_35_days_at_most() -> None:
    built = workload()
    with pytest.raises(ConfigurationError, match="1 to 35 days"):
        BackupPolicy(built, "central", continuous=True, retention_days=36)
    BackupPolicy(built, "central", continuous=True)
    (rule,) = central(stacks(built)["primary"], "aws_backup_plan")["rule"]
    assert (rule["enable_continuous_backup"], rule["lifecycle"]) == (True, {"delete_after": 35})


def test_another_account_takes_copies_of_its_organisation_and_nothing_else() -> None:
    built = workload()
    stack = TerraformStack(built.sites.root, "backups")
    vault = account_vault(stack, provider_arguments={"profile": "backups"}, lock=VaultLock(min_retention_days=30))
    BackupPolicy(built, "central", further_copies=[vault])

    (rule,) = central(stacks(built)["primary"], "aws_backup_plan")["rule"]
    assert [copy["destination_vault_arn"].split(":")[3:5] for copy in rule["copy_action"]] == [
        [RECOVERY, ACCOUNT],
        [PRIMARY, OTHER],
    ]
    there = json.loads(engine.Testing.synth(stack))
    (statement,) = json.loads(only(there, "aws_backup_vault_policy")["policy"])["Statement"]
    assert statement["Action"] == "backup:CopyIntoBackupVault"
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
    assert only(there, "aws_backup_vault")["kms_key_arn"].startswith("${aws_kms_key.")
    assert only(there, "aws_backup_vault_lock_configuration")["min_retention_days"] == 30
    (provider,) = there["provider"]["aws"]
    assert (provider["region"], provider["profile"]) == (PRIMARY, "backups")
    assert "changeable_for_days" not in only(there, "aws_backup_vault_lock_configuration")


def test_the_sites_key_lets_the_accounts_of_copies_use_it_and_nobody_else() -> None:
    built = workload()
    vaults = [f"arn:aws:backup:{PRIMARY}:{OTHER}:backup-vault:{name}" for name in ("one", "two")]
    BackupPolicy(built, "central", further_copies=vaults)
    found = stacks(built)

    def others(role: str) -> list[dict[str, Any]]:
        statements = json.loads(only(found[role], "aws_kms_key")["policy"])["Statement"]
        return [one for one in statements if OTHER in json.dumps(one["Principal"])]

    use, grants = others("primary")
    assert use["Principal"] == grants["Principal"] == {"AWS": [f"arn:aws:iam::{OTHER}:root"]}
    assert "kms:Decrypt" in use["Action"]
    assert grants["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    assert others("recovery") == []


def test_a_copy_that_fails_rings_by_the_name_of_the_vault_it_goes_into() -> None:
    built = workload()
    vaults = [f"arn:aws:backup:{PRIMARY}:{account}:backup-vault:{name}" for account, name in (
        (OTHER, "shop-copies"), ("999988886666", "shop-copies"), (OTHER, "shop-central"), (OTHER, "more"),
    )]  # fmt: skip
    BackupPolicy(built, "central", further_copies=vaults)
    here = stacks(built)["primary"]

    alarms = here["resource"]["aws_cloudwatch_metric_alarm"].values()
    rings = [one["dimensions"]["BackupVaultName"] for one in alarms if one["metric_name"] == "NumberOfCopyJobsFailed"]
    assert sorted(rings) == ["more", "shop-central", "shop-copies"]
    assert len({one["alarm_name"] for one in alarms}) == len(alarms)

    alone = workload(recovery=None)
    BackupPolicy(alone, "central", further_copies=vaults[:1])
    copied = central_alarms(stacks(alone)["primary"], "NumberOfCopyJobsFailed")
    assert [one["dimensions"] for one in copied] == [{"BackupVaultName": "shop-copies"}]


def central_alarms(stack: dict[str, Any], metric: str) -> list[dict[str, Any]]:
    alarms = stack["resource"]["aws_cloudwatch_metric_alarm"].items()
    return [one for name, one in alarms if name.startswith("central") and one["metric_name"] == metric]


def test_the_roles_may_back_up_whatever_has_the_tag(tmp_path: Path) -> None:
    app = engine.Testing.app()
    sites = Sites.per_region(app, "shop", primary=PRIMARY, recovery=RECOVERY, account_id=ACCOUNT)
    built = Workload(sites, objective=Objective("1d", "2d"))
    Table(built, "orders", partition_key=KeyAttribute(name="id", type="S"))
    (tmp_path / "runbook.md").write_text("-", encoding="utf-8")
    DocumentStore(built, "documents", files=[tmp_path / "runbook.md"])
    BackupPolicy(built, "central")
    here = stacks(built)["primary"]

    bucket = only(here, "aws_s3_bucket")
    assert bucket["tags"]["recovery:workload"] == central(here, "aws_backup_selection")["selection_tag"]["value"]
    attached = {
        one["policy_arn"].rpartition("/")[2] for one in here["resource"]["aws_iam_role_policy_attachment"].values()
    }
    assert attached >= {"AWSBackupServiceRolePolicyForS3Backup", "AWSBackupServiceRolePolicyForS3Restore"}


def test_what_is_managed_elsewhere_and_has_no_tag_is_selected_by_its_arn() -> None:
    built = workload()
    Table.existing(built, "old", name="their-table", stream=True, recovery_period_days=35)
    Bucket.existing(built, "drop", name="their-bucket", versioning=True)
    Database.existing(built, "stock", identifier="their-db", engine="postgres", backup_retention_days=7, multi_az=True,
                      network=HERE_AND_THERE)  # fmt: skip
    policy = BackupPolicy(built, "central")

    assert {"old", "drop", "stock"} <= set(policy.worst_rpo_seconds)
    selections = stacks(built)["primary"]["resource"]["aws_backup_selection"]
    (elsewhere,) = (one for name, one in selections.items() if name.startswith("central_Elsewhere"))
    assert elsewhere["resources"] == [
        f"arn:aws:dynamodb:{PRIMARY}:{ACCOUNT}:table/their-table",
        "arn:aws:s3:::their-bucket",
        f"arn:aws:rds:{PRIMARY}:{ACCOUNT}:db:their-db",
    ]
    assert elsewhere["plan_id"] == central_plan(selections)
    assert BackupPolicy(workload(), "central").elsewhere is None


def central_plan(selections: dict[str, Any]) -> str:
    (tagged,) = (one for name, one in selections.items() if name.startswith("central") and "selection_tag" in one)
    plan: str = tagged["plan_id"]
    return plan


def test_windows_of_rds_keep_clear_of_the_schedule() -> None:
    built = workload()
    Database(built, "ledger", engine="postgres", network=HERE_AND_THERE, pattern="replicated_backups")
    Database(built, "stock", engine="mysql", network=HERE_AND_THERE, pattern="backup_copy", backup_hour=3)
    Database(built, "carts", engine="aurora-mysql", network=HERE_AND_THERE, pattern="global_database")
    BackupPolicy(built, "central", hour=3)
    here = stacks(built)["primary"]["resource"]

    windows = {one["identifier"]: (one.get("backup_window"), one.get("maintenance_window"))
               for one in here["aws_db_instance"].values()}  # fmt: skip
    # Worked out by hand: jobs start from 3:00 to 4:00, and RDS refuses them from an hour before a window on.
    assert windows["shop-ledger"] == ("01:15-01:45", "sun:05:15-sun:05:45")
    assert windows["shop-stock"] == ("01:15-01:45", "sun:05:15-sun:05:45")
    assert not any("preferred_backup_window" in one for one in here["aws_rds_cluster"].values())

    alone = workload(recovery=None)
    Database(alone, "ledger", engine="postgres", pattern="multi_az_cluster", network=HERE_AND_THERE)
    BackupPolicy(alone, "central", hour=3)
    cluster = only(stacks(alone)["primary"], "aws_rds_cluster")
    assert cluster["preferred_backup_window"] == "01:15-01:45"


def test_windows_that_rds_refuses_jobs_in_are_refused_and_nothing_is_changed() -> None:
    built = workload()
    for name, window in (("stock", None), ("ledger", "03:30-04:00")):
        Database(built, name, engine="postgres", network=HERE_AND_THERE, pattern="replicated_backups",
                 backup_window=window)  # fmt: skip
    with pytest.raises(ConfigurationError, match="backup_window is 03:30-04:00, but AWS Backup runs once a day"):
        BackupPolicy(built, "central", hour=3)
    here = stacks(built)["primary"]["resource"]["aws_db_instance"].values()
    assert sorted(str(one.get("backup_window")) for one in here) == ["03:30-04:00", "None"]
    BackupPolicy(built, "other", hour=12)


def test_copies_that_would_all_fail_are_refused() -> None:
    built = workload()
    stack = TerraformStack(built.sites.root, "backups")
    vault = account_vault(stack, lock=VaultLock(min_retention_days=60, changeable_for_days=7))
    with pytest.raises(ConfigurationError, match="backups are kept 35 days, but the vault lock admits 60 days"):
        BackupPolicy(built, "central", further_copies=[vault])
    nowhere = f"arn:aws:backup:eu-middle-1:{OTHER}:backup-vault:shop"
    with pytest.raises(ConfigurationError, match="eu-middle-1"):
        BackupPolicy(built, "central", further_copies=[nowhere])
    assert "central" not in built.sites.names
    assert BackupPolicy(built, "central", retention_days=60, further_copies=[vault]).backup.locks == ()


def test_restores_of_the_copies_are_tested_in_the_recovery_region_against_the_rto() -> None:
    built = workload()
    policy = BackupPolicy(built, "central", restore_testing=RestoreTesting(hour=4, keep_hours=3))
    here, there = stacks(built)["primary"], stacks(built)["recovery"]

    plan = only(there, "aws_backup_restore_testing_plan")
    assert plan["schedule_expression"] == "cron(0 4 ? * SUN *)"
    (vault,) = plan["recovery_point_selection"]["include_vaults"]
    assert vault.startswith("${aws_backup_vault.central")
    selections = there["resource"]["aws_backup_restore_testing_selection"].values()
    assert {one["protected_resource_type"] for one in selections} == {"DynamoDB", "S3"}
    role = policy.backup.restore_role.name
    assert {one["iam_role_arn"] for one in selections} == {f"arn:aws:iam::{ACCOUNT}:role/{role}"}
    assert role in {one["name"] for one in here["resource"]["aws_iam_role"].values()}
    assert {one["validation_window_hours"] for one in selections} == {3}
    control = only(there, "aws_backup_framework")["control"]
    assert control["input_parameter"] == {"name": "maxRestoreTime", "value": str(24 * 60)}
    assert "aws_backup_framework" not in here["resource"]


@pytest.mark.parametrize(
    ("recovery", "continuous", "tested"),
    [(None, True, ["SNAPSHOT", "CONTINUOUS"]), (None, False, ["SNAPSHOT"]), (RECOVERY, True, ["SNAPSHOT"])],
)
def test_restores_are_tested_of_what_lies_in_the_vault(
    recovery: str | None, continuous: bool, tested: list[str]
) -> None:
    built = workload(recovery=recovery)
    BackupPolicy(built, "central", continuous=continuous, restore_testing=RestoreTesting())
    plan = only(stacks(built)["recovery" if recovery else "primary"], "aws_backup_restore_testing_plan")
    assert plan["recovery_point_selection"]["recovery_point_types"] == tested


def test_restores_that_are_to_take_less_than_a_minute_are_judged_by_the_minute() -> None:
    built = Workload(workload().sites, objective=Objective("30s", "1d"))
    Table(built, "carts", partition_key=KeyAttribute(name="id", type="S"), objective=Objective("1d", "1d"))
    BackupPolicy(built, "central", restore_testing=RestoreTesting())

    control = only(stacks(built)["recovery"], "aws_backup_framework")["control"]
    assert control["input_parameter"] == {"name": "maxRestoreTime", "value": "1"}


def test_backups_are_copied_to_another_account_in_another_region() -> None:
    built = workload()
    elsewhere = f"arn:aws:backup:eu-west-3:{OTHER}:backup-vault:shop"
    BackupPolicy(built, "central", further_copies=[elsewhere])

    (rule,) = central(stacks(built)["primary"], "aws_backup_plan")["rule"]
    assert elsewhere in {one["destination_vault_arn"] for one in rule["copy_action"]}


def test_a_cluster_that_aws_backup_does_not_copy_is_refused_where_it_would() -> None:
    built = workload()
    loose = Objective(zone=Target("1d", "1d"), software=Target("1d", "1d"))
    Database(built, "ledger", engine="postgres", pattern="multi_az_cluster", network=HERE_AND_THERE, objective=loose)
    with pytest.raises(ConfigurationError, match="AWS Backup makes no copies of a Multi-AZ DB cluster, as ledger is"):
        BackupPolicy(built, "central")
    assert "central" not in built.sites.names

    alone = workload(recovery=None)
    Database(alone, "ledger", engine="postgres", pattern="multi_az_cluster", network=HERE_AND_THERE)
    with pytest.raises(ConfigurationError, match="as ledger is"):
        BackupPolicy(alone, "central", further_copies=[f"arn:aws:backup:{PRIMARY}:{OTHER}:backup-vault:shop"])
    BackupPolicy(alone, "central")


def test_aws_backup_does_not_take_over_the_backups_of_a_database_that_is_built_here() -> None:
    built = workload()
    Database.existing(built, "old", identifier="old", engine="postgres", backup_retention_days=7, multi_az=True,
                      network=HERE_AND_THERE)  # fmt: skip
    BackupPolicy(built, "kept", continuous=True)
    Database(built, "ledger", engine="postgres", network=HERE_AND_THERE)
    with pytest.raises(ConfigurationError, match="AWS Backup owns the backup settings of ledger"):
        BackupPolicy(built, "central", continuous=True)
    BackupPolicy(built, "central")


def test_policies_whose_restore_tests_would_have_one_name_are_refused() -> None:
    built = workload()
    BackupPolicy(built, "a-b", restore_testing=RestoreTesting())
    with pytest.raises(ConfigurationError, match=r"'a_b' and 'a-b' would both have the restore tests 'shop_a_b'"):
        BackupPolicy(built, "a_b", restore_testing=RestoreTesting())
    BackupPolicy(built, "a_b")


HERE_AND_THERE = Network(
    subnet_ids=["subnet-1", "subnet-2", "subnet-3"],
    security_group_ids=["sg-1"],
    recovery_subnet_ids=["subnet-4", "subnet-5", "subnet-6"],
    recovery_security_group_ids=["sg-4", "sg-5"],
)


def overrides(stack: dict[str, Any]) -> dict[str, Any]:
    tested = stack["resource"]["aws_backup_restore_testing_selection"].values()
    return {one["protected_resource_type"]: one.get("restore_metadata_overrides") for one in tested}


def test_databases_are_restored_into_the_workloads_own_network_and_not_into_the_default_vpc() -> None:
    built = workload()
    Database(built, "stock", engine="mysql", network=HERE_AND_THERE, pattern="backup_copy")
    Database(built, "ledger", engine="postgres", network=HERE_AND_THERE)
    Database(built, "carts", engine="aurora-mysql", network=HERE_AND_THERE)
    BackupPolicy(built, "central", restore_testing=RestoreTesting())
    there = stacks(built)["recovery"]

    groups = {key: one["name"] for key, one in there["resource"]["aws_db_subnet_group"].items() if "carts" not in key}
    told = overrides(there)
    assert told["DynamoDB"] is None
    assert told["S3"] is None
    assert told["RDS"]["vpcSecurityGroupIds"] == '["sg-4", "sg-5"]'
    assert told["RDS"]["dbSubnetGroupName"] in {f"${{aws_db_subnet_group.{key}.name}}" for key in groups}
    assert told["Aurora"]["dbSubnetGroupName"].startswith("${aws_db_subnet_group.carts")
    assert unknown_references(there) == []


def test_a_database_of_somebody_else_and_one_in_one_region_are_restored_into_its_network_too() -> None:
    built = workload()
    Database.existing(built, "old", identifier="old", engine="postgres", backup_retention_days=7, multi_az=True,
                      network=HERE_AND_THERE)  # fmt: skip
    BackupPolicy(built, "central", restore_testing=RestoreTesting())
    assert overrides(stacks(built)["recovery"])["RDS"]["dbSubnetGroupName"].startswith("${aws_db_subnet_group.old")

    alone = workload(recovery=None)
    Database(alone, "ledger", engine="postgres", pattern="multi_az_cluster", network=HERE_AND_THERE)
    BackupPolicy(alone, "central", restore_testing=RestoreTesting())
    assert overrides(stacks(alone)["primary"])["RDS"]["vpcSecurityGroupIds"] == '["sg-1"]'


def test_groups_that_terraform_fills_in_are_written_as_json_by_terraform() -> None:
    built = workload()
    groups = engine.TerraformVariable(built.sites.all[1].stack, "groups", type="list(string)").list_value
    network = Network(
        subnet_ids=["subnet-1", "subnet-2"],
        security_group_ids=["sg-1"],
        recovery_subnet_ids=["subnet-4", "subnet-5"],
        recovery_security_group_ids=groups,
    )
    Database(built, "ledger", engine="postgres", network=network)
    BackupPolicy(built, "central", restore_testing=RestoreTesting())

    told = overrides(stacks(built)["recovery"])["RDS"]
    assert told["vpcSecurityGroupIds"] == "${jsonencode(var.groups)}"


def test_tests_of_a_database_that_has_no_network_in_their_region_are_refused() -> None:
    built = workload()
    here = Network(subnet_ids=["subnet-1", "subnet-2"], security_group_ids=["sg-1"])
    Database(built, "ledger", engine="postgres", network=here)
    with pytest.raises(ConfigurationError, match="give the network recovery_subnet_ids and recovery_security_group_id"):
        BackupPolicy(built, "central", restore_testing=RestoreTesting())
    BackupPolicy(built, "central")


def test_no_control_is_built_where_aws_has_no_rule_that_judges_restores() -> None:
    built = workload(recovery="il-central-1")
    with pytest.raises(ConfigurationError, match=r"il-central-1; give RestoreTesting\(audited=False\)"):
        BackupPolicy(built, "central", restore_testing=RestoreTesting())
    assert BackupPolicy(built, "central", restore_testing=RestoreTesting(audited=False)).testing is not None


def test_without_a_recovery_region_restores_are_tested_at_home_and_without_a_control_if_so_wished() -> None:
    built = workload(recovery=None)
    policy = BackupPolicy(built, "central", restore_testing=RestoreTesting(audited=False))
    here = stacks(built)["primary"]

    assert policy.framework is None
    assert "aws_backup_framework" not in here["resource"]
    assert len(policy.tested) == 2
    (rule,) = central(here, "aws_backup_plan")["rule"]
    assert "copy_action" not in rule


def test_restores_are_tested_of_all_that_aws_backup_takes_and_the_reference_of_its_api_names() -> None:
    model = Loader().load_service_model("backup", "service-2")
    told = model["shapes"]["RestoreTestingSelectionForCreate"]["members"]["ProtectedResourceType"]["documentation"]
    taken = {item.backup for item in types_that("backup").values()}

    assert {item.backup for item in types_that("backup_tests").values()} == taken & set(
        re.findall("<code>(.*?)<", told)
    )
    assert len(taken) > 4


def test_opt_ins_are_set_in_both_regions() -> None:
    built = workload()
    BackupOptIns(built.sites, "opt-ins", taken={"DynamoDB": True, "EFS": False, "S3": True})
    for role in ("primary", "recovery"):
        settings = only(stacks(built)[role], "aws_backup_region_settings")
        assert settings["resource_type_opt_in_preference"] == {"DynamoDB": True, "EFS": False, "S3": True}
        assert settings["resource_type_management_preference"] == {"DynamoDB": True}


def test_what_has_advanced_features_has_them_where_nobody_says_otherwise() -> None:
    built = workload()
    BackupOptIns(built.sites, "opt-ins", taken={"DynamoDB": True, "EFS": True, "S3": True})
    settings = only(stacks(built)["primary"], "aws_backup_region_settings")
    assert settings["resource_type_management_preference"] == {"DynamoDB": True, "EFS": True}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"taken": {}}, "a mapping such as"),
        ({"taken": {"S3": "yes"}}, "a mapping such as"),
        ({"taken": {"S3": True}, "advanced": ["S3"]}, "advanced features to 'S3'"),
        ({"taken": {"EFS": False}, "advanced": ["EFS"]}, "advanced features to 'EFS'"),
    ],
)
def test_opt_ins_that_say_nothing_are_refused(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        BackupOptIns(workload().sites, "opt-ins", **given)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"account_id": "12"}, "text of 12 digits"),
        ({"organization_id": "r-1"}, "the id of an organisation"),
        ({"lock": "governance"}, "VaultLock"),
    ],
)
def test_a_vault_of_another_account_that_cannot_be_is_refused(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        account_vault(TerraformStack(engine.Testing.app(), "backups"), **given)


def test_a_policy_without_anything_to_back_up_or_of_no_use_is_refused_and_leaves_nothing_behind() -> None:
    app = engine.Testing.app()
    empty = Workload(Sites.per_region(app, "shop", primary=PRIMARY, recovery=RECOVERY), objective=Objective("1d", "1d"))
    with pytest.raises(ConfigurationError, match="build the components before backup policy 'central'"):
        BackupPolicy(empty, "central")
    with pytest.raises(ConfigurationError, match="keep_hours of the restore testing"):
        RestoreTesting(keep_hours=169)
    built = workload()
    for given in ({"further_copies": "arn"}, {"further_copies": ["arn"]}, {"lock": 3}, {"hour": 24},
                  {"restore_testing": True}, {"continuous": "yes"}):  # fmt: skip
        with pytest.raises(ConfigurationError):
            BackupPolicy(built, "central", **given)
    assert "central" not in built.sites.names


def all_of_it(layout: str) -> list[dict[str, Any]]:
    built = workload(layout)
    stack = TerraformStack(built.sites.root, "backups")
    vault = account_vault(stack, lock=VaultLock(min_retention_days=30, changeable_for_days=7))
    BackupPolicy(
        built, "central", continuous=True, lock=VaultLock(min_retention_days=7), restore_testing=RestoreTesting(),
        further_copies=[vault],
    )  # fmt: skip
    BackupOptIns(built.sites, "opt-ins", taken={"DynamoDB": True, "S3": True})
    return [json.loads(engine.Testing.synth(one)) for one in (*{site.stack for site in built.sites.all}, stack)]


@pytest.mark.parametrize("layout", ["per_region", "in_one_stack"])
def test_its_arguments_exist_and_its_references_lead_somewhere(layout: str) -> None:
    for content in all_of_it(layout):
        assert unknown_references(content) == []
        for provider in PROVIDERS:
            assert unknown_in(content, provider) == []


def to_validate() -> dict[str, Any]:
    return {str(number): content for number, content in enumerate(all_of_it("in_one_stack"))}
