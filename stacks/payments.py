"""Payments: RTO 5 minutes, RPO 0. Both Regions serve, and traffic fails over without a human."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import Acceptance, Bucket, Database, HealthCheckRouting, Heartbeat, Sites, Target, Usage, Workload
from stacks.declared import PRIMARY, RECOVERY, hosted_zone, objective

if TYPE_CHECKING:
    from constructs_lib.terraform.engine import App


def payments(app: App) -> Workload:
    """Build the workload: a ledger that loses nothing, and receipts that can be rendered again."""
    sites = Sites.per_region(app, "payments", primary=PRIMARY, recovery=RECOVERY)
    zone_id, domain = hosted_zone()
    workload = Workload(
        sites,
        objective=objective("payments"),
        routing=HealthCheckRouting(
            zone_id=zone_id,
            record_name=f"api.payments.{domain}",
            primary_endpoint=f"api-{PRIMARY}.payments.{domain}",
            recovery_endpoint=f"api-{RECOVERY}.payments.{domain}",
        ),
    )
    Database(workload, "ledger", engine="dsql", usage=Usage(size_gb=20))
    # No Region pair of S3 has an RPO of 0: the refusal names 15 minutes as the nearest, and here it is accepted.
    Bucket(
        workload,
        "receipts",
        accept=Acceptance(
            owner="payments team",
            reason="a receipt can be rendered again from the ledger",
            region=Target(rto="5m", rpo="15m"),
        ),
    )
    Heartbeat(workload, "heartbeat")
    return workload
