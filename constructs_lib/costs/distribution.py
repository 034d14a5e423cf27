"""What a distribution bills; the buckets behind it have bills of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalog.regions import global_services_region

if TYPE_CHECKING:
    from constructs_lib.costs.bill import Bill


def bill_distribution(bill: Bill) -> None:
    """Add transfer and requests, and the key of the topic that is told of errors; an origin group bills nothing."""
    bill.add("transfer to viewers", "cloudfront.transfer.internet", bill.usage.transfer_gb, bill.region)
    bill.add("HTTPS requests", "cloudfront.request.https", bill.usage.reads_millions * 1_000_000, bill.region)
    bill.add_key(global_services_region())
