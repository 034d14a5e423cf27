"""What a table and its protections bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalog.prices.usage import assumed_usage
from constructs_lib.costs.backup import bill_backups
from constructs_lib.plural import plural

if TYPE_CHECKING:
    from constructs_lib.costs.bill import Bill


def bill_table(bill: Bill) -> None:
    """Add requests or the capacity that is bought, storage and, for each replica, what it bills."""
    region = bill.region
    pitr = bill.component.protection("pitr") is not None
    replicas = bill.each("global_table")
    _bill_use(bill, replicated=bool(replicas))
    _bill_storage(bill, region, pitr=pitr)
    there = dict.fromkeys(replica.region for replica in replicas if replica.region is not None)
    for place in there:
        _bill_replica(bill, place, pitr=pitr, stores=True)
    for replica in replicas[:1]:
        third = replica.parameters.get("third_region")
        if isinstance(third, str) and third not in there:
            _bill_replica(bill, third, pitr=pitr, stores=replica.parameters.get("third") == "replica")
    bill_backups(bill, "dynamodb", full_each_time=True)


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
