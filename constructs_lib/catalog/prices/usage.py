"""What a bill depends on where nobody says: `usage.toml`, typed. Every figure is an assumption of ours."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import msgspec

from constructs_lib.catalog.document import read_document

_FILE = "prices/usage.toml"


class AssumedUsage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much a component is assumed to be used, and what use turns into on a bill.

    Attributes:
        size_gb: GB of a component.
        change_share: The share of the size that is written anew or changed in a month.
        writes_millions: Writes, or PUT requests, in a month, in millions.
        reads_millions: Reads in a month, in millions.
        transfer_gb: GB that a distribution sends to viewers in a month.
        days_per_month: Days of a mean month.
        gb_per_million_writes: GB that cross Regions with a million writes to a table.
        dpu_per_read: Distributed processing units that a read costs in Aurora DSQL.
        dpu_per_write: The same for a write.
        dpu_per_replicated_write: The same for a write's way to another Region.
        metrics_per_replication_rule: Metrics that S3 publishes for a replication rule.
        fast_interval_seconds: The interval of a Route 53 health check that is billed as one option more.
        load_balancer_units: Capacity units (LCU) that a load balancer which serves uses on average.
        kept_for_good_days: Days of changes that are billed of what is kept for good, and grows on.
        log_days: Days that a service's log is kept.
        sources: Where these figures come from, an id for each group of them.
    """

    size_gb: int
    change_share: Decimal
    writes_millions: Decimal
    reads_millions: Decimal
    transfer_gb: Decimal
    days_per_month: Decimal
    gb_per_million_writes: Decimal
    dpu_per_read: Decimal
    dpu_per_write: Decimal
    dpu_per_replicated_write: Decimal
    metrics_per_replication_rule: int
    fast_interval_seconds: int
    load_balancer_units: Decimal
    kept_for_good_days: int
    log_days: int
    sources: dict[str, str]


@cache
def assumed_usage() -> AssumedUsage:
    """Return the assumptions; the file is read once for the process.

    Raises:
        CatalogError: If the file is not well formed.
    """
    return read_document(_FILE, AssumedUsage)
