"""Scheduled backups: schedule, windows, copy, roles, lock and alarms."""

from __future__ import annotations

import json
import re
from typing import Any

import attrs
import pytest
from msgspec.structs import replace

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.components import Kind
from constructs_lib.constructs.backup.backup_plan import BackupPlan
from constructs_lib.constructs.backup.planned_backup import planned_backup
from constructs_lib.constructs.backup.schedule import schedule_expression
from constructs_lib.constructs.backup.vault_lock import VaultLock
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.table.key_attribute import KeyAttribute
from constructs_lib.constructs.table.table import Table
from constructs_lib.constructs.workload.decide import decide
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives import Objective
from constructs_lib.selection.decision import Decision
from constructs_lib.terraform import engine
from constructs_lib.terraform.engine import Construct, TerraformStack
from tests.provider_schemas.check import unknown_in, unknown_references

PRIMARY, RECOVERY = "eu-west-1", "eu-central-1"
ARN = "arn:aws:dynamodb:eu-west-1:111122223333:table/shop-orders"
DAY = 86400


def intervals() -> list[int]:
    """Every interval the catalog may choose, of every pattern."""
    catalog = load_catalog()
    values = {
        value
        for patterns in catalog.patterns.values()
        for pattern in patterns
        for option in pattern.options
        if option.parameter == "interval_seconds"
        for value in option.values
    }
    return sorted(value for value in values if isinstance(value, int))


def starts(expression: str) -> list[int]:
    """The seconds of a week at which the expression starts a job; written by AWS's own description of cron."""
    match = re.fullmatch(r"cron\(0 (\d+)(?:/(\d+))? (\*|\?) \* (\?|SUN) \*\)", expression)
    assert match, expression
    first, step, day_of_month, day_of_week = match.groups()
    hours = range(int(first), 24, int(step)) if step else [int(first)]
    assert (day_of_month == "?") != (day_of_week == "?"), "exactly one of the two is without meaning"
    days = range(7) if day_of_week == "?" else [0]
    return [day * DAY + hour * 3600 for day in days for hour in hours]


def sites_of(layout: str = "per_region") -> Sites:
    if layout == "per_region":
        return Sites.per_region(engine.Testing.app(), "shop", primary=PRIMARY, recovery=RECOVERY)
    stack = TerraformStack(engine.Testing.app(), "shop")
    return Sites.in_one_stack(stack, "shop", primary=PRIMARY, recovery=RECOVERY)


def decided(sites: Sites, name: str = "orders", rpo: str = "2d") -> Decision:
    return decide(
        sites,
        name,
        Kind.TABLE,
        objective=Objective(rto="2d", rpo=rpo),
        accept=None,
        pattern="backup_copy",
        usage=None,
        tags=None,
    )


def build(
    layout: str = "per_region",
    *,
    name: str = "orders",
    rpo: str = "2d",
    lock: VaultLock | None = None,
    sites: Sites | None = None,
) -> BackupPlan:
    sites = sites or sites_of(layout)
    assert sites.recovery is not None
    decision = decided(sites, name, rpo)
    planned = planned_backup(decision, lock=lock)
    assert planned is not None
    return BackupPlan(
        Construct(sites.primary.scope, name),
        "Backup",
        sites,
        decision,
        planned,
        resource_arn=ARN,
        resource_type="DynamoDB",
        recovery_scope=Construct(sites.recovery.scope, name),
    )


def synthesized(plan: BackupPlan) -> dict[str, Any]:
    configuration: dict[str, Any] = json.loads(engine.Testing.synth(TerraformStack.of(plan)))
    return configuration


def rule(plan: BackupPlan) -> dict[str, Any]:
    (found,) = plan.plan.arguments["rule"]
    return dict(found)


@pytest.mark.parametrize("hour", [0, 3, 23])
@pytest.mark.parametrize("interval", intervals())
def test_no_gap_between_two_starts_is_longer_than_the_interval(interval: int, hour: int) -> None:
    """That is what the estimate counts on, also over midnight and over the end of the week."""
    times = starts(schedule_expression(interval, hour=hour))
    gaps = {
        (later - earlier) % (7 * DAY) or 7 * DAY for earlier, later in zip(times, [*times[1:], times[0]], strict=True)
    }
    assert gaps == {interval}
    assert hour * 3600 in {time % DAY for time in times}


@pytest.mark.parametrize(
    ("interval", "expression"),
    [
        (604800, "cron(0 3 ? * SUN *)"),
        (86400, "cron(0 3 * * ? *)"),
        (43200, "cron(0 3/12 * * ? *)"),
        (10800, "cron(0 0/3 * * ? *)"),
        (3600, "cron(0 0/1 * * ? *)"),
    ],
)
def test_a_schedule_is_written_as_cron_in_utc(interval: int, expression: str) -> None:
    assert schedule_expression(interval) == expression


@pytest.mark.parametrize("interval", [0, -1, 300, 3599, 5400, 5 * 3600, 2 * DAY, 10**12, 3600.0, "3600", True])
def test_an_interval_that_no_schedule_keeps_is_refused(interval: Any) -> None:
    with pytest.raises(ConfigurationError, match="the interval between backups is"):
        schedule_expression(interval)


@pytest.mark.parametrize("hour", [-1, 24, 3.5, "3", True, None])
def test_an_hour_that_is_none_is_refused(hour: Any) -> None:
    with pytest.raises(ConfigurationError, match="the hour of the backup is"):
        schedule_expression(DAY, hour=hour)


@pytest.mark.parametrize("layout", ["per_region", "in_one_stack"])
def test_every_argument_and_reference_exists_in_the_provider(layout: str) -> None:
    sites = sites_of(layout)
    build(sites=sites, lock=VaultLock(min_retention_days=7, max_retention_days=90, changeable_for_days=3))
    for site in (sites.primary, sites.recovery, sites.global_):
        assert site is not None
        configuration = json.loads(engine.Testing.synth(site.stack))
        for provider in ("5.100.0", "6.25.0"):
            assert unknown_in(configuration, provider) == []
            assert unknown_references(configuration, provider) == []


def test_the_rule_follows_the_protections_parameters() -> None:
    plan = build(rpo="2d")
    assert rule(plan)["schedule"] == plan.planned.schedule == "cron(0 3 * * ? *)"
    assert rule(plan)["start_window"] == 60
    assert rule(plan)["lifecycle"] == {"delete_after": 35}
    assert rule(plan)["recovery_point_tags"]["recovery:component"] == "orders"


def test_a_job_must_be_done_when_the_next_is_due() -> None:
    assert rule(build(rpo="2d"))["completion_window"] == 60 + 24 * 60
    assert rule(build(rpo="4h"))["completion_window"] == 60 + 60


def test_a_weekly_job_is_not_given_a_week() -> None:
    assert rule(build(rpo="30d"))["schedule"] == "cron(0 3 ? * SUN *)"
    assert rule(build(rpo="30d"))["completion_window"] == 60 + 24 * 60


def test_copies_go_to_a_vault_of_the_same_name_in_the_recovery_region() -> None:
    plan = build()
    (written,) = synthesized(plan)["resource"]["aws_backup_plan"].values()
    (copy,) = written["rule"][0]["copy_action"]
    account = "${data.aws_caller_identity.RecoveryAccount.account_id}"
    assert copy["destination_vault_arn"] == f"arn:aws:backup:{RECOVERY}:{account}:backup-vault:shop-orders"
    assert copy["lifecycle"] == rule(plan)["lifecycle"]
    assert plan.recovery_vault is not None
    assert plan.recovery_vault.arguments["name"] == plan.vault.arguments["name"] == "shop-orders"


def test_the_recovery_stack_has_its_vault_and_key_and_no_role() -> None:
    """A plan of the recovery stack must not ask IAM, whose one control plane may be down with the primary Region."""
    sites = sites_of()
    build(sites=sites)
    recovery = sites.recovery
    assert recovery is not None
    configuration = json.loads(engine.Testing.synth(recovery.stack))
    assert set(configuration["resource"]) == {"aws_backup_vault", "aws_kms_key", "aws_kms_alias"}
    (vault,) = configuration["resource"]["aws_backup_vault"].values()
    assert vault["kms_key_arn"] == "${aws_kms_key.RecoveryKey.arn}"
    assert vault["lifecycle"] == {"prevent_destroy": True}
    assert [provider["region"] for provider in configuration["provider"]["aws"]] == [RECOVERY]


def test_in_one_stack_the_plan_waits_for_the_recovery_vault() -> None:
    plan = build("in_one_stack")
    configuration = synthesized(plan)
    (written,) = configuration["resource"]["aws_backup_plan"].values()
    (there,) = [name for name in configuration["resource"]["aws_backup_vault"] if name.startswith("Recovery_")]
    assert written["depends_on"] == [f"aws_backup_vault.{there}"]


def test_without_a_copy_nothing_is_built_in_the_recovery_region() -> None:
    sites = sites_of()
    decision = decided(sites)
    assert sites.recovery is not None
    here = tuple(attrs.evolve(item, region=None) for item in decision.component.protections)
    decision = attrs.evolve(decision, component=replace(decision.component, protections=here))
    planned = planned_backup(decision)
    assert planned is not None
    plan = BackupPlan(
        Construct(sites.primary.scope, "orders"),
        "Backup",
        sites,
        decision,
        planned,
        resource_arn=ARN,
        resource_type="Aurora DSQL",
    )
    assert "copy_action" not in rule(plan)
    assert (plan.recovery_vault, plan.recovery_vault_arn, plan.recovery_vault_name) == (None, None, None)
    assert "resource" not in json.loads(engine.Testing.synth(sites.recovery.stack))
    assert {alarm.arguments["metric_name"] for alarm in plan.alarms} == {
        "NumberOfBackupJobsFailed",
        "NumberOfBackupJobsCompleted",
    }


def test_the_role_that_backs_up_cannot_restore() -> None:
    plan = build()
    policies = {
        role.name: policy.arguments["policy_arn"]
        for role in (plan.backup_role, plan.restore_role)
        for policy in role.policies
    }
    assert policies == {
        "shop-orders-backup-eu-west-1": "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
        "shop-orders-restore-eu-west-1": "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores",
    }
    assert plan.selection.arguments["iam_role_arn"] == plan.backup_role_arn != plan.restore_role_arn


def test_only_aws_backup_can_take_the_roles() -> None:
    for role in (build().backup_role, build().restore_role):
        (statement,) = json.loads(role.role.arguments["assume_role_policy"])["Statement"]
        assert statement["Principal"] == {"Service": "backup.amazonaws.com"}
        assert statement["Action"] == "sts:AssumeRole"


def test_aws_backup_can_take_them_on_behalf_of_this_account_only() -> None:
    account = "${data.aws_caller_identity.RecoveryAccount.account_id}"
    for role in synthesized(build())["resource"]["aws_iam_role"].values():
        (statement,) = json.loads(role["assume_role_policy"])["Statement"]
        assert statement["Condition"] == {"StringEqualsIfExists": {"aws:SourceAccount": account}}


def test_the_selection_names_the_resource_and_waits_for_the_roles_permissions() -> None:
    resources = synthesized(build())["resource"]
    (selection,) = resources["aws_backup_selection"].values()
    (attachment,) = [name for name in resources["aws_iam_role_policy_attachment"] if "BackupRole" in name]
    assert selection["resources"] == [ARN]
    assert selection["depends_on"] == [f"aws_iam_role_policy_attachment.{attachment}"]


def test_failures_and_silence_ring_by_vault() -> None:
    alarms = {alarm.arguments["metric_name"]: alarm.arguments for alarm in build(rpo="2d").alarms}
    assert all(alarm["dimensions"] == {"BackupVaultName": "shop-orders"} for alarm in alarms.values())
    for metric in ("NumberOfBackupJobsFailed", "NumberOfCopyJobsFailed"):
        assert (alarms[metric]["threshold"], alarms[metric]["comparison_operator"]) == (0, "GreaterThanThreshold")
        assert alarms[metric]["treat_missing_data"] == "notBreaching"
    late = alarms["NumberOfBackupJobsCompleted"]
    assert (late["threshold"], late["comparison_operator"]) == (1, "LessThanThreshold")
    assert late["treat_missing_data"] == "breaching"
    assert late["period"] * late["evaluation_periods"] == (24 + 1 + 1) * 3600


def test_a_weekly_backup_is_watched_by_expiry_because_no_alarm_looks_back_so_far() -> None:
    alarms = {alarm.arguments["metric_name"] for alarm in build(rpo="30d").alarms}
    assert alarms == {"NumberOfBackupJobsFailed", "NumberOfBackupJobsExpired", "NumberOfCopyJobsFailed"}


def test_a_lock_is_on_both_vaults() -> None:
    plan = build(lock=VaultLock(min_retention_days=7, max_retention_days=90, changeable_for_days=3))
    assert len(plan.locks) == 2
    for lock in plan.locks:
        assert lock.arguments["min_retention_days"] == 7
        assert lock.arguments["max_retention_days"] == 90
        assert lock.arguments["changeable_for_days"] == 3


@pytest.mark.parametrize(
    "lock",
    [VaultLock(min_retention_days=36), VaultLock(min_retention_days=1, max_retention_days=34)],
)
def test_a_lock_under_which_every_job_would_fail_is_refused(lock: VaultLock) -> None:
    with pytest.raises(ConfigurationError, match="backups are kept 35 days, but the vault lock admits"):
        build(lock=lock)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_retention_days": 0}, "min_retention_days of the vault lock is 0; allowed: 1 to 36500"),
        ({"min_retention_days": 36501}, "allowed: 1 to 36500"),
        ({"min_retention_days": "7"}, "is '7'"),
        ({"min_retention_days": 7, "max_retention_days": 6}, "at least 7 and at most 6 days"),
        ({"min_retention_days": 7, "changeable_for_days": 2}, "changeable_for_days of the vault lock is 2; allowed: 3"),
    ],
)
def test_a_lock_that_aws_would_refuse_is_refused_first(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        VaultLock(**options)


def test_a_long_name_is_cut_to_what_a_vault_may_be_called_and_stays_its_own() -> None:
    one, other = build(name="a" * 45 + "-one"), build(name="a" * 45 + "-two")
    assert len(one.planned.vault_name) == len(other.planned.vault_name) == 50
    assert one.planned.vault_name != other.planned.vault_name
    assert one.planned.vault_name == build(name="a" * 45 + "-one").planned.vault_name
    assert one.plan.arguments["name"] == one.planned.vault_name
    assert len(one.backup_role.name) <= 64
    assert one.backup_role.name != other.backup_role.name != one.restore_role.name


@pytest.mark.parametrize(
    ("name", "most", "fitted"),
    [("shop", 4, "shop"), ("shop", None, "shop"), ("shop-orders-eu", 14, "shop-orders-eu")],
)
def test_a_name_that_fits_is_left_alone(name: str, most: int | None, fitted: str) -> None:
    assert fitted_name(name, most) == fitted


def test_an_id_that_no_vault_can_have_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"'orders\.v2'; use letters, digits"):
        build(name="orders.v2")


def test_a_table_names_the_backups_hour() -> None:
    table = Table(
        sites_of(),
        "orders",
        partition_key=KeyAttribute("id"),
        objective=Objective(rto="2d", rpo="2d"),
        pattern="backup_copy",
        backup_hour=22,
    )
    assert table.backup is not None
    assert table.backup.planned.schedule == "cron(0 22 * * ? *)"
