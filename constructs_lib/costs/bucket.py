"""What a bucket and its protections bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalog.prices.usage import assumed_usage
from constructs_lib.costs.backup import bill_backups

if TYPE_CHECKING:
    from decimal import Decimal

    from constructs_lib.components import Protection
    from constructs_lib.costs.bill import Bill


def bill_bucket(bill: Bill) -> None:
    """Add storage, versions, requests and, for each copy, what replication bills."""
    usage, region = bill.usage, bill.region
    versioning = bill.component.protection("versioning")
    days = 0 if versioning is None else bill.days_kept(versioning, "noncurrent_days")
    for_good = "" if versioning is None else bill.for_good(versioning, "noncurrent_days")
    kept = usage.change_gb * days / assumed_usage().days_per_month
    puts = usage.writes_millions * 1_000_000
    bill.add("storage", "s3.storage.standard", usage.size_gb, region)
    bill.add(f"noncurrent versions{for_good}", "s3.storage.noncurrent", kept, region)
    bill.add("PUT requests", "s3.request.put", puts, region)
    bill.add("GET requests", "s3.request.get", usage.reads_millions * 1_000_000, region)
    bill.add_key(region)
    bill_backups(bill, "s3", full_each_time=False)
    for replication in bill.each("replication"):
        _bill_copy(bill, replication, kept, for_good)


def _bill_copy(bill: Bill, replication: Protection, kept: Decimal, for_good: str) -> None:
    usage, region, copy = bill.usage, bill.region, replication.region
    assert copy is not None, "a copy has a Region"
    puts = usage.writes_millions * 1_000_000
    directions = 2 if replication.parameters.get("two_way") else 1
    storage, noncurrent, put = "s3.storage.standard", "s3.storage.noncurrent", "s3.request.replication_put"
    if usage.copy_storage_class not in (None, "STANDARD"):
        # A version stays where it was written when the next one is.
        storage = noncurrent = f"s3.storage.{usage.copy_storage_class.lower()}"
        put = f"s3.request.put.{usage.copy_storage_class.lower()}"
    bill.add("storage of the copy", storage, usage.size_gb, copy)
    bill.add(f"noncurrent versions of the copy{for_good}", noncurrent, kept, copy)
    bill.add("replication PUT requests", put, puts, copy)
    if copy != region:
        bill.add_transfer("transfer between Regions", copy, usage.change_gb)
    metrics = assumed_usage().metrics_per_replication_rule * directions
    bill.add("replication metrics", "s3.replication.metrics", metrics, copy)
    bill.add_key(copy)
    if replication.parameters.get("rtc"):
        bill.add("Replication Time Control", "s3.replication.rtc", usage.change_gb, region)
