"""AWS Backup Vault Lock: backups that nobody deletes early, an administrator included."""

from __future__ import annotations

import attrs

from constructs_lib.catalog.limits import limit
from constructs_lib.errors import ConfigurationError
from constructs_lib.plural import plural


@attrs.frozen(kw_only=True)
class VaultLock:
    """A lock on the vaults of a backup plan, in both Regions.

    AWS Backup fails every job whose retention is outside the lock's range, so a range that the plan's own retention
    does not lie in is refused.

    Args:
        min_retention_days: Backups are kept at least so long. 1 to 36,500.
        max_retention_days: Backups are kept at most so long. Default: without a bound.
        changeable_for_days: After so many days nobody, AWS included, can change or remove the lock, nor delete a vault
            that holds a backup (compliance mode); 3 to 36,500. Default: the lock can be removed by whoever may do so
            (governance mode).

    Raises:
        ConfigurationError: If a number is outside what AWS allows, or the range is empty.
    """

    min_retention_days: int
    max_retention_days: int | None = None
    changeable_for_days: int | None = None

    def __attrs_post_init__(self) -> None:
        days = limit("backup.retention_days")
        days.check(self.min_retention_days, "min_retention_days of the vault lock")
        if self.max_retention_days is not None:
            days.check(self.max_retention_days, "max_retention_days of the vault lock")
            if self.max_retention_days < self.min_retention_days:
                msg = (
                    f"the vault lock keeps backups at least {self.min_retention_days} and at most "
                    f"{plural(self.max_retention_days, 'day')}; make the maximum the larger one"
                )
                raise ConfigurationError(msg)
        if self.changeable_for_days is not None:
            limit("backup.changeable_for_days").check(self.changeable_for_days, "changeable_for_days of the vault lock")

    @property
    def arguments(self) -> dict[str, int | None]:
        """The arguments of the `aws_backup_vault_lock_configuration`, without the vault."""
        return attrs.asdict(self)

    def check_retention(self, retention_days: int) -> None:
        """Check that AWS Backup would not fail every job of a plan that keeps its backups *retention_days*.

        Raises:
            ConfigurationError: If the lock does not admit it.
        """
        too_long = self.max_retention_days is not None and retention_days > self.max_retention_days
        if retention_days < self.min_retention_days or too_long:
            most = "without a bound" if self.max_retention_days is None else plural(self.max_retention_days, "day")
            msg = (
                f"backups are kept {plural(retention_days, 'day')}, but the vault lock admits "
                f"{plural(self.min_retention_days, 'day')} to "
                f"{most}, and AWS Backup would fail every job; widen the lock"
            )
            raise ConfigurationError(msg)
