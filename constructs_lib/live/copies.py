"""How old the newest backup of each resource in the vaults of a Region is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.live.keys import locked_keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.live.found import Observed
    from constructs_lib.live.region import Region

__all__ = ["AGE", "read_copies"]

AGE: Final = "CreationDate"
"""What tells the age: of a copy it is the moment of the backup that it is a copy of, not of the copying."""
_USABLE: Final = ("COMPLETED", "AVAILABLE")


def read_copies(region: Region, vaults: Iterable[str]) -> dict[tuple[str, str], Observed]:
    """Return the age of the newest usable recovery point, by the ARN of what was backed up and the Region asked.

    A call for 1,000 recovery points.

    Args:
        region: The Region.
        vaults: The names of its vaults.
    """
    newest: dict[str, Any] = {}
    vaulted = [point for points in region.each(vaults, lambda vault: _points(region, vault)) for point in points]
    locked = locked_keys(region, {arn for point in vaulted if (arn := point.get("EncryptionKeyArn"))})
    for point in vaulted:
        arn, moment = str(point.get("ResourceArn")), point.get("CreationDate")
        usable = point.get("Status") in _USABLE and point.get("EncryptionKeyArn") not in locked
        if usable and moment is not None:
            newest[arn] = max(moment, newest.get(arn, moment))
    ages = {(arn, region.name): region.age(moment, AGE) for arn, moment in newest.items()}
    return {key: seen for key, seen in ages.items() if seen is not None}


def _points(region: Region, vault: str) -> list[dict[str, Any]]:
    operation = "list_recovery_points_by_backup_vault"
    return region.pages("backup", operation, "RecoveryPoints", BackupVaultName=vault)
