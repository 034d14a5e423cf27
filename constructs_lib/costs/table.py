"""What a table and its protections bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalog.prices.usage import assumed_usage
from constructs_lib.costs.backup import bill_backup
from constructs_lib.plural import plural

if TYPE_CHECKING:
    from constructs_lib.costs.bill import Bill


def bill_table(bill: Bill) -> None:
    """Add requests or the capacity that is bought, storage and, for each replica, what it bills."""
    region = bill.region
    pitr = bill.component.protection("pitr") is not None
    replica = bill.component.protection("global_table")
    replicated = replica is not None and replica.region is not None
    _bill_use(bill, replicated=replicated)
    _bill_storage(bill, region, pitr=pitr)
    if replica is not None and replica.region is not None:
        _bill_replica(bill, replica.region, pitr=pitr, stores=True)
        third = replica.parameters.get("third_region")
        if isinstance(third, str):
            _bill_replica(bill, third, pitr=pitr, stores=replica.parameters.get("third") == "replica")
    copy = bill.component.protection("backup_copy") or bill.component.protection("backup")
    if copy is not None:
        bill_backup(bill, copy, "dynamodb", full_each_time=True)


def _bill_use(bill: Bill, *, replicated: bool) -> None:
    usage, region = bill.usage, bill.region
    if usage.read_capacity is not None and usage.write_capacity is not None:
        # Not with replicas, which the constructs refuse for provisioned capacity.
        bill.add("write capacity", "dynamodb.write_capacity", usage.write_capacity, region)
        bill.add("read capacity", "dynamodb.read_capacity", usage.read_capacity, region)
        return
    writes = "dynamodb.replicated_write" if replicated else "dynamodb.write"
    bill.add("writes", writes, usage.writes_millions * 1_000_000, region)
    _bill_index_writes(bill, region)
    bill.add("reads", "dynamodb.read", usage.reads_millions * 1_000_000, region)


def _bill_index_writes(bill: Bill, region: str) -> None:
    """Add the write to each index that a write to the table is; what updates no attribute of one is not told apart."""
    indexes = bill.usage.indexes
    if indexes:
        what = f"writes to {plural(int(indexes), 'secondary index', 'secondary indexes')} in {region}"
        bill.add(what, "dynamodb.write", bill.usage.writes_millions * 1_000_000 * indexes, region)


def _bill_storage(bill: Bill, region: str, *, pitr: bool) -> None:
    bill.add(f"storage in {region}", "dynamodb.storage", bill.usage.size_gb, region)
    full = bill.usage.full_indexes
    if full:
        # Backups and point-in-time recovery hold none of the global ones, and are billed by the table.
        what = f"storage of {plural(int(full), 'secondary index', 'secondary indexes')} in {region}"
        bill.add(what, "dynamodb.storage", bill.usage.size_gb * full, region)
    if pitr:
        bill.add(f"point-in-time recovery in {region}", "dynamodb.pitr", bill.usage.size_gb, region)
    bill.add_key(region)


def _bill_replica(bill: Bill, region: str, *, pitr: bool, stores: bool) -> None:
    usage = bill.usage
    bill.add(
        f"replicated writes in {region}",
        "dynamodb.replicated_write",
        usage.writes_millions * 1_000_000,
        region,
    )
    if region != bill.region:
        moved = usage.writes_millions * assumed_usage().gb_per_million_writes
        bill.add_transfer(f"transfer to {region}", region, moved)
    if stores:
        _bill_index_writes(bill, region)
        _bill_storage(bill, region, pitr=pitr)
