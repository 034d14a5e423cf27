"""What AWS Backup bills for scheduled backups and their copies."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from constructs_lib.catalog.usage import assumed_usage

if TYPE_CHECKING:
    from constructs_lib.components import Protection
    from constructs_lib.costs.bill import Bill

_SECONDS_PER_DAY = Decimal(86_400)


def bill_backup(bill: Bill, protection: Protection, dimension: str, *, full_each_time: bool) -> None:
    """Add the backups kept in the Region and, where they are copied, the copies and their transfer.

    A DynamoDB backup is full each time; those of the other services hold what changed since the one before, after a
    first full one.
    """
    usage = bill.usage
    if full_each_time:
        interval = bill.parameter(protection, "interval_seconds") / _SECONDS_PER_DAY
        days = Decimal(bill.parameter(protection, "retention_days"))
        kept = usage.size_gb * max(days / interval, Decimal(1))
        moved = usage.size_gb * assumed_usage().days_per_month / interval
    else:
        kept = usage.size_gb + bill.changes_kept(protection)
        moved = usage.change_gb
    bill.add("backups", dimension, kept, bill.region)
    if protection.region is not None:
        bill.add("copies of backups", dimension, kept, protection.region)
        if protection.region != bill.region:
            bill.add_transfer("transfer of backups between Regions", protection.region, moved)
        bill.add("KMS key of the copies", "kms.key", 1, protection.region)
