"""Scheduled backups of one component by AWS Backup, with a copy in the recovery Region where the pattern has one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.limits import limit
from constructs_lib.catalog.mechanism import parameter
from constructs_lib.constructs.backup.backup_role import BackupRole
from constructs_lib.constructs.backup.schedule import DEFAULT_BACKUP_HOUR, schedule_expression
from constructs_lib.constructs.sites.alarm import alarm
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.components import Protection
    from constructs_lib.constructs.backup.vault_lock import VaultLock
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.workload.settlement import Settlement

_MINUTE = 60
_HOUR = 3600
_DAY = 24 * _HOUR
_VAULT_NAME = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


class BackupPlan(Construct):
    """A vault, a plan that fills it on schedule, the roles AWS Backup takes, and alarms on what does not happen.

    With a copy: a second vault of the same name in the recovery Region, encrypted with that Region's key. Each vault is
    in its own Region's stack, and the plan names the other by an ARN computed from its name.

    Every component has vaults of its own: AWS Backup publishes its metrics by vault, so that an alarm tells whose
    backup is missing, and a lock and an access policy then hold for one component.

    Args:
        scope: The component, in the primary Region's scope.
        id: Construct id.
        settlement: The component's settlement.
        protection: The settlement's protection `backup_copy` or `backup`; its parameters are those of the catalog.
        resource_arn: What to back up, as the primary stack may name it.
        resource_type: What AWS Backup calls the kind of resource, such as `DynamoDB` or `RDS`.
        recovery_scope: Where the recovery Region's resources are built; needed for a protection that has a Region.
        hour: The UTC hour the schedule goes through. Default 3.
        lock: A lock on the vaults. Default: none.
        deletion_protection: Whether Terraform refuses to destroy the vaults. Default: it does.

    Attributes:
        vault: The `aws_backup_vault` in the primary Region.
        recovery_vault: The one in the recovery Region, or None.
        backup_role: The role that backs up and copies.
        restore_role: The role for restores. It is there before it is needed: IAM cannot be changed while its one
            control plane is down.
        plan: The `aws_backup_plan`.
        selection: The `aws_backup_selection`.
        alarms: The `aws_cloudwatch_metric_alarm` of the primary Region.
        locks: The `aws_backup_vault_lock_configuration`, primary Region first.
        schedule: The cron expression, in UTC.

    Raises:
        ConfigurationError: If a parameter is outside what AWS Backup accepts, the lock does not admit the retention,
            or the component's name has characters that a vault's name cannot have.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        settlement: Settlement,
        protection: Protection,
        *,
        resource_arn: str,
        resource_type: str,
        recovery_scope: Construct | None = None,
        hour: int = DEFAULT_BACKUP_HOUR,
        lock: VaultLock | None = None,
        deletion_protection: bool = True,
    ) -> None:
        super().__init__(scope, id)
        interval = backup_setting(settlement, protection, "interval_seconds")
        start_window = backup_setting(settlement, protection, "start_window_seconds")
        retention = backup_setting(settlement, protection, "retention_days")
        limit("backup.start_window_minutes").check(start_window // _MINUTE, "the start window of a backup")
        limit("backup.retention_days").check(retention, "the retention of a backup")
        if lock is not None:
            lock.check_retention(retention)
        self.schedule = schedule_expression(interval, hour=hour)
        self._settlement = settlement
        self._primary = settlement.sites.primary
        self._recovery = settlement.sites.recovery if protection.region is not None else None
        self._lifecycle = {"prevent_destroy": True} if deletion_protection else None

        self.vault_name = _vault_name(settlement)
        self.vault = self._build_vault(self, "Vault", self._primary)
        self.locks = () if lock is None else (self._build_lock(self, "VaultLock", self._primary, self.vault, lock),)
        self.recovery_vault: AwsResource | None = None
        if self._recovery is not None:
            if recovery_scope is None:
                msg = f"the backup of {settlement.full_name} has a copy in {self._recovery.region}; give recovery_scope"
                raise ConfigurationError(msg)
            there = Construct(recovery_scope, id)
            self.recovery_vault = self._build_vault(there, "Vault", self._recovery)
            if lock is not None:
                recovery_lock = self._build_lock(there, "VaultLock", self._recovery, self.recovery_vault, lock)
                self.locks = (*self.locks, recovery_lock)
        self.backup_role, self.restore_role = (
            BackupRole(
                self,
                f"{job.capitalize()}Role",
                self._primary,
                name=settlement.full_name,
                job=job,
                tags=settlement.tags,
            )
            for job in ("backup", "restore")
        )
        self.plan = self._build_plan(interval, start_window, retention)
        self.selection = AwsResource(
            self,
            "Selection",
            "aws_backup_selection",
            {
                "name": self._plan_name,
                "plan_id": self.plan.ref("id"),
                "iam_role_arn": self.backup_role.arn,
                "resources": [resource_arn],
            },
            provider=self._primary.provider,
            # The first job must not start before the role may do anything.
            depends_on=[self.backup_role.policy],
        )
        self.alarms = tuple(self._build_alarms(interval, start_window, resource_type))

    @property
    def vault_arn(self) -> str:
        """The ARN of the vault in the primary Region."""
        return self.vault.ref("arn")

    @property
    def recovery_vault_arn(self) -> str | None:
        """The ARN of the vault in the recovery Region, computed from its name; None where there is no copy."""
        if self._recovery is None:
            return None
        account = self._primary.account_id
        return f"arn:aws:backup:{self._recovery.region}:{account}:backup-vault:{self.vault_name}"

    @property
    def recovery_vault_name(self) -> str | None:
        """The name of the vault in the recovery Region; None where there is no copy."""
        return None if self._recovery is None else self.vault_name

    @property
    def backup_role_arn(self) -> str:
        """The ARN of the role that backs up and copies."""
        return self.backup_role.arn

    @property
    def restore_role_arn(self) -> str:
        """The ARN of the role to give to a restore job, in either Region."""
        return self.restore_role.arn

    @property
    def _plan_name(self) -> str:
        return fitted_name(self._settlement.full_name, limit("backup.plan_name").most)

    def _build_vault(self, scope: Construct, id: str, site: Site) -> AwsResource:
        return AwsResource(
            scope,
            id,
            "aws_backup_vault",
            {"name": self.vault_name, "kms_key_arn": site.key_arn, "tags": self._settlement.tags},
            provider=site.provider,
            lifecycle=self._lifecycle,
        )

    def _build_lock(
        self,
        scope: Construct,
        id: str,
        site: Site,
        vault: AwsResource,
        lock: VaultLock,
    ) -> AwsResource:
        return AwsResource(
            scope,
            id,
            "aws_backup_vault_lock_configuration",
            {
                "backup_vault_name": vault.ref("name"),
                "min_retention_days": lock.min_retention_days,
                "max_retention_days": lock.max_retention_days,
                "changeable_for_days": lock.changeable_for_days,
            },
            provider=site.provider,
            lifecycle=self._lifecycle,
        )

    def _build_plan(self, interval: int, start_window: int, retention: int) -> AwsResource:
        lifecycle = {"delete_after": retention}
        copies = {"destination_vault_arn": self.recovery_vault_arn, "lifecycle": lifecycle}
        # Within one stack the order can be said; with a stack per Region the plan may be made first, and the first
        # copy runs hours later.
        together = self._recovery is not None and self._recovery.stack is self._primary.stack
        return AwsResource(
            self,
            "Default",
            "aws_backup_plan",
            {
                "name": self._plan_name,
                "rule": [
                    {
                        "rule_name": "scheduled",
                        "target_vault_name": self.vault.ref("name"),
                        "schedule": self.schedule,
                        "start_window": start_window // _MINUTE,
                        # A job that still runs when the next is due has broken the schedule: let it fail, and say so.
                        # A weekly job is not given a week.
                        "completion_window": (start_window + min(interval, _DAY)) // _MINUTE,
                        "lifecycle": lifecycle,
                        "copy_action": None if self._recovery is None else [copies],
                        "recovery_point_tags": self._settlement.tags,
                    }
                ],
                "tags": self._settlement.tags,
            },
            provider=self._primary.provider,
            depends_on=[self.recovery_vault] if together and self.recovery_vault is not None else [],
        )

    def _build_alarms(self, interval: int, start_window: int, resource_type: str) -> list[AwsResource]:
        name = self._settlement.full_name
        alarms = [
            self._alarm(
                "BackupFailed",
                f"{name}-backup-failed",
                f"a backup job of {name} ({resource_type}) failed: see the job's message in AWS Backup",
                "NumberOfBackupJobsFailed",
            )
        ]
        # The window a backup is due in, and an hour for the job: longer without one and the recovery point is at risk,
        # though nothing failed; a resource type that the account has not opted in to is skipped without a word.
        hours = -(-(interval + start_window) // _HOUR) + 1
        if hours * _HOUR <= (limit("cloudwatch.alarm_evaluation_seconds").most or 0):
            alarms.append(
                self._alarm(
                    "BackupLate",
                    f"{name}-backup-late",
                    f"no backup of {name} ({resource_type}) was completed within {hours} hours",
                    "NumberOfBackupJobsCompleted",
                    comparison="LessThanThreshold",
                    threshold=1,
                    period=_HOUR,
                    periods=hours,
                    missing="breaching",
                )
            )
        else:
            alarms.append(
                self._alarm(
                    "BackupExpired",
                    f"{name}-backup-expired",
                    f"a backup job of {name} ({resource_type}) did not start within its window",
                    "NumberOfBackupJobsExpired",
                )
            )
        if self._recovery is not None:
            alarms.append(
                self._alarm(
                    "CopyFailed",
                    f"{name}-backup-copy-failed",
                    f"a backup of {name} ({resource_type}) was not copied to {self._recovery.region}: what that Region "
                    f"holds gets older",
                    "NumberOfCopyJobsFailed",
                )
            )
        return alarms

    def _alarm(
        self,
        id: str,
        name: str,
        description: str,
        metric: str,
        *,
        comparison: str = "GreaterThanThreshold",
        threshold: int = 0,
        period: int = 5 * _MINUTE,
        periods: int = 1,
        missing: str = "notBreaching",
    ) -> AwsResource:
        return alarm(
            self,
            id,
            self._primary,
            name=name,
            description=description,
            namespace="AWS/Backup",
            metric=metric,
            dimensions={"BackupVaultName": self.vault_name},
            threshold=threshold,
            statistic="Sum",
            comparison=comparison,
            period=period,
            periods=periods,
            missing=missing,
            tags=self._settlement.tags,
        )


def backup_setting(settlement: Settlement, protection: Protection, name: str) -> int:
    """Return the whole number that *protection* has for *name*, or else its mechanism's default.

    Raises:
        ConfigurationError: If it is none.
    """
    mechanism = load_catalog().mechanism(settlement.assessment.component.kind, protection.mechanism)
    given: Mapping[str, object] = protection.parameters
    value = parameter(name, given, mechanism)
    if isinstance(value, bool) or not isinstance(value, int):
        msg = f"{name} of {protection.mechanism} is {value!r}; the catalog or the protection must give a whole number"
        raise ConfigurationError(msg)
    return value


def _vault_name(settlement: Settlement) -> str:
    name = fitted_name(settlement.full_name, limit("backup.vault_name").most)
    if not _VAULT_NAME.fullmatch(name):
        msg = (
            f"the component is called {settlement.name!r}, and its backup vault {name!r}; a vault's name has letters, "
            f"digits, hyphens and underscores only, so give the construct such an id"
        )
        raise ConfigurationError(msg)
    return name
