"""What AWS Backup is told to do for one component, checked before anything is built."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.backup.schedule import DEFAULT_BACKUP_HOUR, check_backup_hour, schedule_expression
from constructs_lib.constructs.backup.vault_lock import VaultLock
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import refuse

if TYPE_CHECKING:
    from constructs_lib.selection.decision import Decision

_MINUTE = 60
_MECHANISMS = ("backup_copy", "backup")
_VAULT_NAME = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


class PlannedBackup(msgspec.Struct, frozen=True, kw_only=True):
    """Schedule, vault and lock of one component's backups; `planned_backup` makes it.

    Attributes:
        vault_name: The name of the vault, in both Regions.
        copied: Whether each backup is copied to the recovery Region.
        schedule: The cron expression, in UTC.
        interval_seconds: From one run to the next.
        start_window_seconds: How much later than scheduled a job may start.
        retention_days: How long a backup is kept.
        lock: The lock on the vaults, or None.
        deletion_protection: Whether Terraform refuses to destroy the vaults.
        continuous: Whether what AWS Backup can restore to any moment is backed up so, and the rest on schedule.
        further_copies: The ARNs of vaults of other accounts that each backup is copied to.
    """

    vault_name: str
    copied: bool
    schedule: str
    interval_seconds: int
    start_window_seconds: int
    retention_days: int
    lock: VaultLock | None
    deletion_protection: bool
    continuous: bool = False
    further_copies: tuple[str, ...] = ()


def planned_backup(
    decision: Decision,
    *,
    hour: int = DEFAULT_BACKUP_HOUR,
    lock: VaultLock | None = None,
    deletion_protection: bool = True,
) -> PlannedBackup | None:
    """Return what AWS Backup does by the pattern that was decided; None where the pattern does not use it.

    Args:
        decision: What was decided for the component.
        hour: The UTC hour the schedule goes through. Default 3.
        lock: A lock on the vaults. Default: none.
        deletion_protection: Whether Terraform refuses to destroy the vaults. Default: it does.

    Raises:
        ConfigurationError: If a parameter is outside what AWS Backup accepts, there is no vault for the lock or it does
            not admit the retention, or the component's name has characters that a vault's name cannot have.
    """
    check_backup_hour(hour)
    if lock is not None and not isinstance(lock, VaultLock):
        refuse("backup_lock", lock, "VaultLock(min_retention_days=...)")
    mechanism = next((name for name in _MECHANISMS if decision.uses(name)), None)
    if mechanism is None:
        if lock is not None:
            msg = (
                f"backup_lock is given, but {decision.pattern} does not use AWS Backup and has no vault to lock; leave "
                f"it out, or name a pattern that does"
            )
            raise ConfigurationError(msg)
        return None
    interval = decision.number(mechanism, "interval_seconds")
    start_window = decision.number(mechanism, "start_window_seconds")
    retention = decision.number(mechanism, "retention_days")
    limit("backup.start_window_minutes").check(start_window // _MINUTE, "the start window of a backup")
    limit("backup.retention_days").check(retention, "the retention of a backup")
    if lock is not None:
        lock.check_retention(retention)
    protection = decision.protection(mechanism)
    return PlannedBackup(
        vault_name=_vault_name(decision),
        copied=protection is not None and protection.region is not None,
        schedule=schedule_expression(interval, hour=hour),
        interval_seconds=interval,
        start_window_seconds=start_window,
        retention_days=retention,
        lock=lock,
        deletion_protection=deletion_protection,
    )


def _vault_name(decision: Decision) -> str:
    name = fitted_name(decision.full_name, limit("backup.vault_name").most)
    if not _VAULT_NAME.fullmatch(name):
        msg = (
            f"the component is called {decision.name!r}, and its backup vault {name!r}; a vault's name has letters, "
            f"digits, hyphens and underscores only, so give the construct such an id"
        )
        raise ConfigurationError(msg)
    return name
