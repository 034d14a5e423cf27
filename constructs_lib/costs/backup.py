"""What AWS Backup bills for scheduled backups and their copies."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from constructs_lib.catalog.prices.usage import assumed_usage

if TYPE_CHECKING:
    from constructs_lib.components import Protection
    from constructs_lib.costs.bill import Bill

_SECONDS_PER_DAY = Decimal(86_400)
_KEPT = "retention_days"

_OWN_TRANSFER = ("aurora", "dsql", "dynamodb")
"""What AWS Backup prices by itself when it is copied to another Region; RDS snapshots move as all data does."""


def bill_backups(bill: Bill, kind: str, *, full_each_time: bool, also_in: str | None = None) -> None:
    """Add the backups kept in the Region and, where they are copied, each of the copies and their transfer.

    *kind* is what AWS Backup's prices call the service. Backups of DynamoDB and DSQL are full each time, as AWS Backup
    documents (`dsql-region-sets` for DSQL); those of the other services hold what changed since the one before, after a
    first full one.
    *also_in* is the Region of a peer that is backed up there on the same schedule.
    """
    copies: dict[str | None, Protection] = {}
    for copy in bill.each("backup_copy"):
        # What further rules copy to the same Region builds on what is there.
        copies.setdefault(copy.region, copy)
    # The copies may be kept for another time than what they are copies of.
    own = bill.component.protection("backup") or bill.component.protection("backup_copy")
    if own is None:
        return
    dimension = f"backup.storage.{kind}"
    full = ", each a full one" if full_each_time else ""
    bill.add(f"backups{full}{bill.for_good(own, _KEPT)}", dimension, _kept_gb(bill, own, full_each_time), bill.region)
    if also_in is not None:
        bill.add(f"backups of the peer{full}", dimension, _kept_gb(bill, own, full_each_time), also_in)
    for protection in copies.values() or (own,):
        if protection.region is None:
            continue
        copied = _kept_gb(bill, protection, full_each_time)
        bill.add(f"copies of backups{full}{bill.for_good(protection, _KEPT)}", dimension, copied, protection.region)
        if protection.region != bill.region:
            moved_as = f"backup.copy.transfer.{kind}" if kind in _OWN_TRANSFER else "transfer.inter_region"
            moved = bill.usage.change_gb
            if full_each_time:
                moved = bill.usage.size_gb * assumed_usage().days_per_month / _days_apart(bill, protection)
            bill.add_transfer("transfer of backups between Regions", protection.region, moved, moved_as)
        bill.add_key(protection.region)


def _kept_gb(bill: Bill, protection: Protection, full_each_time: bool) -> Decimal:
    if not full_each_time:
        return bill.usage.size_gb + bill.changes_kept(protection)
    days = Decimal(bill.days_kept(protection, _KEPT))
    return bill.usage.size_gb * max(days / _days_apart(bill, protection), Decimal(1))


def _days_apart(bill: Bill, protection: Protection) -> Decimal:
    return bill.parameter(protection, "interval_seconds") / _SECONDS_PER_DAY
