"""Central backups of a whole workload, by its tag."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from constructs_lib.assessment import assess
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.limits import limit
from constructs_lib.catalog.resources.backup_type import backup_type
from constructs_lib.components import Kind, Protection
from constructs_lib.constructs.backup.backup_account import BackupAccountVault, check_vault_arn
from constructs_lib.constructs.backup.backup_plan import BackupPlan
from constructs_lib.constructs.backup.planned_backup import PlannedBackup
from constructs_lib.constructs.backup.restore_testing import RestoreTesting, restore_testing, restore_testing_name
from constructs_lib.constructs.backup.schedule import DEFAULT_BACKUP_HOUR, check_backup_hour, schedule_expression
from constructs_lib.constructs.backup.vault_lock import VaultLock
from constructs_lib.constructs.sites.component_name import build_component, check_component_name, claim_component_name
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.constructs.sites.names_in_region import NamesInRegion
from constructs_lib.constructs.sites.tags import checked_tags
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives import Disruption, Objective, Target, format_duration, parse_duration
from constructs_lib.refusal import check_flag, check_type, refuse
from constructs_lib.terraform.engine import Construct, Fn, Token
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.selection.decision import Decision

_testing_names = NamesInRegion()

_TAG = "recovery:workload"
_COPY = "backup_copy"


class _Whole(msgspec.Struct, frozen=True, kw_only=True):
    """A workload as what is backed up."""

    full_name: str
    tags: Mapping[str, str]
    kept: Objective


class BackupPolicy(Construct):
    """AWS Backup over all that carries the workload's tag, with copies in the recovery Region and in other accounts.

    ```python
    BackupPolicy(shop, "central", rpo="1d", lock=VaultLock(min_retention_days=14), restore_testing=RestoreTesting())
    ```

    The components have backups of their own where their patterns need them; this is the layer above, under one lock and
    one eye, which also takes what is tagged `recovery:workload` and built elsewhere. It is built after the components
    whose recovery point it keeps.

    The schedule is the longest with which the recovery point is kept at its worst: interval, start window, job and
    copy. A job that fails, does not start in time or is not copied, into whichever vault, rings an alarm.

    AWS Backup takes only resource types that the account has opted in to, in each Region: `BackupOptIns`.

    Args:
        workload: The workload, with its components.
        id: Construct id; the vaults are called `<sites>-<id>`.
        rpo: What the backups are to keep. Default: what the workload promises for the loss of a Region, of data where
            it promises nothing for that.
        hour: The UTC hour the schedule goes through. Default 3. RDS refuses jobs in its windows and in the hour before
            them: an RDS database of the workload without windows of its own is given some that keep clear.
        retention_days: How long a backup and its copies are kept. Default 35.
        continuous: Whether AWS Backup keeps every moment of what it can (S3, RDS, Aurora), 35 days at most; its copies
            are snapshots. It then owns the backup settings of RDS, so it is refused beside a `Database`, which sets
            them. Default: it does not.
        further_copies: Vaults of other accounts, in the primary Region or another one: `BackupAccountVault`, or the
            ARNs of such. Default: none.
        lock: A lock on both vaults. Governance: whoever may, removes it. Compliance (`changeable_for_days`): nobody
            can, once so many days have gone by, three at least. Default: none.
        restore_testing: Restores on schedule, timed against the RTO, in the recovery Region where there is one.
            Default: none.
        deletion_protection: Whether Terraform refuses to destroy the vaults. Default: as the sites say.
        tags: Extra tags.

    Attributes:
        backup: The `BackupPlan`: vaults, plan, selection, roles, locks, alarms.
        elsewhere: The `aws_backup_selection` of components that are managed elsewhere (`Table.existing` and the like),
            which have no tag of the workload; None without.
        interval_seconds: From one backup to the next.
        worst_rpo_seconds: How old the newest copy is at worst, by component.
        testing: The `aws_backup_restore_testing_plan`, or None.
        tested: Each `aws_backup_restore_testing_selection`.
        framework: The `aws_backup_framework` that holds restores against the RTO, or None.

    Raises:
        ConfigurationError: If an option is not what AWS takes, there is nothing to back up yet, or no schedule keeps
            the recovery point.
    """

    def __init__(
        self,
        workload: Workload,
        id: str,
        *,
        rpo: str | int | None = None,
        hour: int = DEFAULT_BACKUP_HOUR,
        retention_days: int = 35,
        continuous: bool = False,
        further_copies: Sequence[BackupAccountVault | str] = (),
        lock: VaultLock | None = None,
        restore_testing: RestoreTesting | None = None,
        deletion_protection: bool | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        check_type(workload, Workload, f"the workload of backup policy {id!r}", "a Workload")
        sites = workload.sites
        check_component_name(sites, id, "backup policy")
        own_tags = checked_tags(tags, f"backup policy {id!r}", {_TAG: sites.name})
        name = f"{sites.name}-{id}"
        vault_name = fitted_name(name, limit("backup.vault_name").most)
        check_backup_hour(hour)
        check_flag(continuous, "continuous")
        limit("backup.continuous_retention_days" if continuous else "backup.retention_days").check(
            retention_days, f"retention_days of backup policy {id!r}"
        )
        if lock is not None:
            check_type(lock, VaultLock, f"the lock of backup policy {id!r}", "VaultLock(min_retention_days=...)")
            lock.check_retention(retention_days)
        if deletion_protection is not None:
            check_flag(deletion_protection, f"deletion_protection of backup policy {id!r}")
        if not isinstance(further_copies, list | tuple):
            refuse(f"further_copies of backup policy {id!r}", further_copies, "a list of ARNs of vaults")
        for vault in further_copies:
            what = f"a further copy of backup policy {id!r}"
            check_vault_arn(_arn_of(vault), what=what)
            if isinstance(vault, BackupAccountVault) and vault.locked is not None:
                vault.locked.check_retention(retention_days)
        if restore_testing is not None:
            check_type(restore_testing, RestoreTesting, f"restore_testing of {id!r}", "RestoreTesting()")
            restore_testing.check_region(sites.recovery_region or sites.primary.region)
            _check_testing_name(sites, vault_name, id)
        backed = [decision for decision in workload.decisions if _type_of(decision) is not None]
        if not backed:
            msg = (
                f"{sites.name} has nothing that AWS Backup takes yet; build the components before backup policy {id!r}"
            )
            raise ConfigurationError(msg)
        if sites.recovery is not None or further_copies:
            _check_copied(backed, id)
        if continuous:
            _check_not_ours(sites, backed, id)
        overrides = {} if restore_testing is None else _overrides(workload, backed, id)
        target = _target(workload, rpo)
        self.interval_seconds, self.worst_rpo_seconds = _schedule(workload, backed, target.rpo, retention_days, id)
        start_window = load_catalog().mechanism("table", _COPY).defaults["start_window_seconds"]
        assert isinstance(start_window, int)
        # With point-in-time recovery AWS Backup takes the snapshots of RDS itself, in no window.
        windowed = [] if continuous else [sites.make_room[one.name] for one in backed if one.name in sites.make_room]
        kept_apart = [make_room(hour, self.interval_seconds, start_window) for make_room in windowed]
        sites.primary.check_providers()
        if sites.recovery is not None:
            sites.recovery.check_providers()

        build_component(self, sites, id)
        claim_component_name(sites, id)
        all_tags = {**sites.primary.tags, **own_tags}
        recovery = sites.recovery
        there = None if recovery is None else part(recovery.scope, id)
        for vault in further_copies:
            sites.primary.let_account_copy(_arn_of(vault).split(":")[4])
        for keep_apart in kept_apart:
            keep_apart()
        self.backup = BackupPlan(
            self,
            "Backup",
            sites,
            _Whole(full_name=name, tags=all_tags, kept=Objective(software=target, region=target if recovery else None)),
            PlannedBackup(
                vault_name=vault_name,
                copied=recovery is not None,
                schedule=schedule_expression(self.interval_seconds, hour=hour),
                interval_seconds=self.interval_seconds,
                start_window_seconds=start_window,
                retention_days=retention_days,
                lock=lock,
                deletion_protection=sites.protects(deletion_protection),
                continuous=continuous,
                further_copies=tuple(map(_arn_of, further_copies)),
            ),
            resource_arn=None,
            resource_type=sites.name,
            selected=(_TAG, sites.name),
            # Whatever has the tag is taken: buckets of documents, and those that others build.
            buckets=True,
            recovery_scope=there,
        )
        self.elsewhere: AwsResource | None = None
        # Nothing of theirs is changed, tags neither.
        if untagged := [sites.elsewhere[one.name]() for one in backed if one.name in sites.elsewhere]:
            self.elsewhere = AwsResource(
                self,
                "Elsewhere",
                "aws_backup_selection",
                {
                    "name": fitted_name(f"{name}-elsewhere", limit("backup.plan_name").most),
                    "plan_id": self.backup.plan.ref("id"),
                    "iam_role_arn": self.backup.backup_role_arn,
                    "resources": untagged,
                },
                provider=sites.primary.provider,
                depends_on=list(self.backup.backup_role.policies),
            )
        self.testing: AwsResource | None = None
        self.tested: tuple[AwsResource, ...] = ()
        self.framework: AwsResource | None = None
        if restore_testing is not None:
            _testing_names.claim(sites, sites.recovery or sites.primary, restore_testing_name(vault_name), repr(id))
            self._build_testing(
                workload,
                restore_testing,
                there,
                sorted(filter(None, {*map(_type_of, backed)})),
                overrides,
                target,
                all_tags,
            )

    def _build_testing(
        self,
        workload: Workload,
        testing: RestoreTesting,
        there: Construct | None,
        types: Sequence[str],
        overrides: Mapping[str, Mapping[str, str]],
        target: Target,
        tags: Mapping[str, str],
    ) -> None:
        sites = workload.sites
        vault = self.backup.recovery_vault or self.backup.vault
        site = sites.recovery or sites.primary
        role = self.backup.restore_role
        # The role is in the primary stack: IAM belongs to the account.
        arn = role.arn if site is sites.primary else f"arn:aws:iam::{site.account_id}:role/{role.name}"
        self.testing, self.tested, self.framework = restore_testing(
            self if there is None else there,
            site,
            testing,
            name=self.backup.planned.vault_name,
            vault_arn=vault.ref("arn"),
            role_arn=arn,
            resource_types=types,
            overrides=overrides,
            scoped=(_TAG, sites.name),
            rto_seconds=target.rto,
            tags=tags,
            continuous=self.backup.planned.continuous and self.backup.recovery_vault is None,
        )


def _check_testing_name(sites: Sites, name: str, id: str) -> None:
    called = restore_testing_name(name)
    other = _testing_names.owner(sites, sites.recovery or sites.primary, called)
    if other is not None:
        msg = (
            f"backup policies {id!r} and {other} would both have the restore tests {called!r}, as AWS Backup takes no "
            f"hyphens there; give one of the two another id"
        )
        raise ConfigurationError(msg)


def _check_not_ours(sites: Sites, backed: Sequence[Decision], id: str) -> None:
    for decision in backed:
        ours = decision.component.kind is Kind.DATABASE and decision.component.engine != "dsql"
        if ours and decision.name not in sites.elsewhere:
            msg = (
                f"backup policy {id!r} is continuous, so that AWS Backup owns the backup settings of {decision.name}, "
                f"which is built with settings of its own: RDS refuses to change them from then on; leave continuous "
                f"out, as RDS keeps every moment of {decision.name} by itself"
            )
            raise ConfigurationError(msg)


def _check_copied(backed: Sequence[Decision], id: str) -> None:
    for decision in backed:
        if decision.uses("multi_az_cluster"):
            msg = (
                f"backup policy {id!r} copies all that it backs up, and AWS Backup makes no copies of a Multi-AZ DB "
                f"cluster, as {decision.name} is; give {decision.name} pattern='multi_az_instance' or one that reaches "
                f"the recovery Region"
            )
            raise ConfigurationError(msg)


def _arn_of(vault: BackupAccountVault | str) -> str:
    return vault.arn if isinstance(vault, BackupAccountVault) else vault


def _type_of(decision: Decision) -> str | None:
    return backup_type(decision.component.kind, decision.component.engine)


def _overrides(workload: Workload, backed: Sequence[Decision], id: str) -> dict[str, dict[str, str]]:
    """Return into which subnet group and security groups each type is restored.

    AWS Backup's own guess is the default VPC. In an account that has none every test fails, and in one that has it the
    data is among strangers.

    Raises:
        ConfigurationError: If a database has neither in the Region of the tests.
    """
    sites = workload.sites
    role = "primary" if sites.recovery is None else "recovery"
    found: dict[str, dict[str, str]] = {}
    missing: dict[str, str] = {}
    for decision in backed:
        type_ = _type_of(decision)
        subnets, groups = sites.restored_into.get((role, decision.name), (None, None))
        if type_ is None or groups is None:
            continue
        if subnets is None:
            missing.setdefault(type_, decision.name)
        elif type_ not in found:
            found[type_] = {"dbSubnetGroupName": subnets.here("name"), "vpcSecurityGroupIds": _as_json(groups)}
    for type_, name in missing.items():
        if type_ not in found:
            msg = (
                f"restore_testing of backup policy {id!r} restores database {name!r} in {sites.recovery_region}, and "
                f"its network has nothing there, so that AWS Backup takes the default VPC, or fails without one; give "
                f"the network recovery_subnet_ids and recovery_security_group_ids"
            )
            raise ConfigurationError(msg)
    return found


def _as_json(groups: Sequence[str]) -> str:
    # A list that Terraform fills in later is one text, which only Terraform can write as JSON.
    return Token.as_string(Fn.jsonencode(list(groups))) if any("#{" in one for one in groups) else json.dumps([*groups])


def _target(workload: Workload, rpo: str | int | None) -> Target:
    objective = workload.objective
    promised = objective.target(Disruption.REGION) or objective.target(Disruption.SOFTWARE)
    if rpo is None:
        if promised is None:
            msg = (
                f"{workload.name} promises nothing for the loss of a Region or of data; say what backups keep with rpo="
            )
            raise ConfigurationError(msg)
        return promised
    seconds = parse_duration(rpo, name="rpo")
    return Target(format_duration(seconds if promised is None else promised.rto), format_duration(seconds))


def _schedule(
    workload: Workload, backed: Sequence[Decision], rpo: int, retention_days: int, id: str
) -> tuple[int, dict[str, int]]:
    """Return the longest interval that keeps *rpo*, and how old each component's newest backup is then at worst.

    Raises:
        ConfigurationError: If none does.
    """
    options = load_catalog().pattern("table", _COPY).options
    intervals = sorted((int(value) for option in options for value in option.values), reverse=True)
    worst: dict[str, int] = {}
    for interval in intervals:
        worst = {decision.name: _worst(workload, decision, interval, retention_days) for decision in backed}
        if max(worst.values()) <= rpo:
            return interval, worst
    latest = max(worst, key=lambda name: worst[name])
    msg = (
        f"no schedule of AWS Backup keeps a recovery point of {format_duration(rpo)} for {latest}: the shortest keeps "
        f"{format_duration(worst[latest])}; give backup policy {id!r} rpo={format_duration(worst[latest])!r}, beside "
        f"what the components keep themselves"
    )
    raise ConfigurationError(msg)


def _worst(workload: Workload, decision: Decision, interval: int, retention_days: int) -> int:
    # Without a recovery Region there is no copy to wait for; counted all the same, it is never too little.
    region = workload.sites.recovery_region
    disruption = Disruption.SOFTWARE if region is None else Disruption.REGION
    copy = Protection(
        mechanism=_COPY,
        region=region,
        parameters={"interval_seconds": interval, "retention_days": retention_days},
    )
    component = replace(decision.component, protections=(copy,))
    seconds = assess(component).estimates[disruption].rpo_seconds
    assert seconds is not None, f"{_COPY} of a {component.kind} has terms"
    return seconds
