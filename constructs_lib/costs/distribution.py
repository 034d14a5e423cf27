"""What a distribution bills; the buckets behind it have bills of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.costs.bill import Bill


def bill_distribution(bill: Bill) -> None:
    """Add transfer and requests; an origin group bills nothing of its own."""
    bill.add("transfer to viewers", "cloudfront.transfer.internet", bill.usage.transfer_gb, bill.region)
    bill.add("HTTPS requests", "cloudfront.request.https", bill.usage.reads_millions * 1_000_000, bill.region)
