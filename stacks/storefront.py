"""Storefront: minutes down, minutes lost. A site, its orders and its catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import (
    Acceptance,
    Bucket,
    Database,
    Distribution,
    HealthCheckRouting,
    Heartbeat,
    KeyAttribute,
    Sites,
    Table,
    Target,
    Workload,
)
from stacks.declared import PRIMARY, RECOVERY, hosted_zone, objective
from stacks.network import network

if TYPE_CHECKING:
    from constructs_lib.terraform.engine import App


def storefront(app: App) -> Workload:
    """Build the workload: pages behind CloudFront, orders in both Regions, a catalogue that a human fails over."""
    sites = Sites.per_region(app, "storefront", primary=PRIMARY, recovery=RECOVERY)
    zone_id, domain = hosted_zone()
    workload = Workload(
        sites,
        objective=objective("storefront"),
        routing=HealthCheckRouting(
            zone_id=zone_id,
            record_name=f"api.shop.{domain}",
            primary_endpoint=f"api-{PRIMARY}.shop.{domain}",
            recovery_endpoint=f"api-{RECOVERY}.shop.{domain}",
        ),
    )
    site = Bucket(
        workload,
        "site",
        accept=Acceptance(
            owner="web team",
            reason="pages are built from the repository; 15 minutes of them can be published again",
            region=Target(rto="15m", rpo="15m"),
        ),
    )
    Distribution(workload, "cdn", bucket=site)
    Table(workload, "orders", partition_key=KeyAttribute(name="order_id", type="S"))
    Database(
        workload,
        "catalogue",
        engine="aurora-postgresql",
        network=network(sites),
        accept=Acceptance(
            owner="catalogue team",
            reason="the shop sells from its cache while a human orders the failover of the catalogue",
            region=Target(rto="30m", rpo="5m"),
        ),
    )
    Heartbeat(workload, "heartbeat")
    return workload
