"""What a file system and its protections bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.costs.backup import bill_backups

if TYPE_CHECKING:
    from constructs_lib.costs.bill import Bill


def bill_filesystem(bill: Bill) -> None:
    """Add storage, backups and, for the replica, its storage and what is transferred to it."""
    usage, region = bill.usage, bill.region
    regional = bill.component.protection("regional_storage") is not None
    bill.add("storage", "efs.storage.standard" if regional else "efs.storage.one_zone", usage.size_gb, region)
    bill.add_key(region)
    bill_backups(bill, "efs", full_each_time=False)
    replication = bill.component.protection("replication")
    if replication is None or replication.region is None:
        return
    copy = replication.region
    bill.add("storage of the replica", "efs.storage.standard", usage.size_gb, copy)
    if copy != region:
        bill.add_transfer("transfer to the replica", copy, usage.change_gb)
    bill.add_key(copy)
