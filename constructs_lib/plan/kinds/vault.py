"""What a backup vault refuses: by its lock, and by its policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from constructs_lib.catalog.access.managed_policies import request_keys
from constructs_lib.plan.document.policy import acts, listed, principals, statements
from constructs_lib.plural import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.side import Side

__all__ = ["GAPPED", "INTO", "VAULT", "Vault", "refusals"]

VAULT: Final = "aws_backup_vault"
GAPPED: Final = "aws_backup_logically_air_gapped_vault"
_LOCK: Final = "aws_backup_vault_lock_configuration"
_POLICY: Final = "aws_backup_vault_policy"
_WHOSE: Final = "backup_vault_name"
INTO: Final = "backup:copyintobackupvault"


class Vault(NamedTuple):
    """A vault as a rule names it."""

    resource: Resource | None
    name: str | None = None
    region: str | None = None


def refusals(side: Side, vault: Vault, kept: int | None, *, copies: bool = False) -> tuple[list[str], list[str]]:
    """Return why a vault refuses what is kept for *kept* days, and why it may: that is known at apply only.

    Args:
        side: The side of the plan.
        vault: The vault.
        kept: The days; None where they are not known, and then its lock is not asked.
        copies: Whether it is copies from another vault, which its policy may deny. Default: backups.
    """
    known, loose = _parts(side, vault, _LOCK)
    closed = list(_by_lock(known, kept))
    perhaps = [f"{because}, and whose lock that is, is not known before apply" for because in _by_lock(loose, kept)]
    if copies:
        known, loose = _parts(side, Vault(vault.resource), _POLICY)
        denied = "the policy of the vault denies copies into it"
        closed += [f"{denied}: {name}" for name, asked in _denials(known) if not asked]
        # What hangs on a condition is told at apply, and so is whose a policy is that names its vault by a local value.
        perhaps += [
            f"whether {denied} {why}, and is not known before apply: {name}"
            for parts, why in ((known, "hangs on a condition"), (loose, "hangs on whose it is"))
            for name, asked in _denials(parts)
            if (asked or parts is loose) and not _never_met(asked)
        ]
    return closed, perhaps


def _parts(side: Side, vault: Vault, type: str) -> tuple[list[Resource], list[Resource]]:
    """Return the parts of a vault, and those that may be parts of it."""
    if vault.resource is not None and vault.resource.type == GAPPED and type == _LOCK:
        return [vault.resource], []
    if vault.resource is not None:
        known = side.parts(vault.resource.type, type, _WHOSE).get(vault.resource.address, [])
        return known, side.loose_parts(vault.resource, type, _WHOSE)
    named = [item for item in side.of(type) if vault.name == item.text(_WHOSE) is not None]
    return [item for item in named if vault.region == item.region is not None], []


def _by_lock(locks: Iterable[Resource], kept: int | None) -> Iterator[str]:
    """Yield why locks refuse what is kept for *kept* days: one demands longer, or allows less.

    AWS Backup fails the jobs (PutBackupVaultLockConfiguration); neither the plan nor the lock is refused.
    """
    for lock in locks:
        least, most = lock.number("min_retention_days"), lock.number("max_retention_days")
        if kept is not None and least is not None and kept < least:
            yield f"the vault refuses what is kept for less than {plural(least, 'day')}: {lock.address}"
        if kept is not None and most is not None and kept > most:
            yield f"the vault refuses what is kept for more than {plural(most, 'day')}: {lock.address}"


def _denials(policies: Iterable[Resource]) -> Iterator[tuple[str, object]]:
    """Yield the policies by which nobody may copy into a vault, whatever a role may do, and on what conditions."""
    for part in policies:
        for item in statements(part.text("policy")):
            if item.get("Effect") == "Deny" and acts(item, INTO) and "*" in principals(item, "AWS"):
                yield part.address, item.get("Condition")


def _never_met(conditions: object) -> bool:
    """Whether a statement asks for what the request of a service never is, as one without TLS."""
    asked = conditions.get("Bool") if isinstance(conditions, dict) else None
    return isinstance(asked, dict) and any(
        request_keys().get(str(key).lower()) not in (None, *(item.lower() for item in listed(asked, key)))
        for key in asked
    )
