"""Storefront: minutes down, minutes lost. A site, its orders and its catalogue, and what serves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import (
    Acceptance,
    Bucket,
    Certificate,
    Database,
    Distribution,
    HealthCheckRouting,
    Heartbeat,
    KeyAttribute,
    Parameter,
    Registry,
    Repository,
    Service,
    Sites,
    Table,
    Target,
    Workload,
)
from stacks.declared import PRIMARY, RECOVERY, account, hosted_zone, objective
from stacks.endpoints import name_endpoints
from stacks.network import PORT, network, service_network, vpcs

if TYPE_CHECKING:
    from constructs_lib.terraform.engine import App


def storefront(app: App) -> Workload:
    """Build the workload: pages behind CloudFront, orders in both Regions, a catalogue that a human fails over.

    The other workloads' images are in the same registries, so its `Registry` replicates theirs as well.
    """
    sites = Sites.per_region(app, "storefront", primary=PRIMARY, recovery=RECOVERY, account_id=account())
    zone_id, domain = hosted_zone()
    name = f"api.shop.{domain}"
    workload = Workload(
        sites,
        objective=objective("storefront"),
        routing=HealthCheckRouting(
            zone_id=zone_id,
            record_name=name,
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
    here, there = vpcs(sites, public=True)
    # The service waits for its data, and takes 3 of the 15 minutes itself: so a reader takes over within one.
    in_time = Target(rto="12m", rpo="5m")
    Database(
        workload,
        "catalogue",
        engine="aurora-postgresql",
        network=network(here, there),
        objective=workload.objective.with_targets(hardware=in_time, zone=in_time),
        accept=Acceptance(
            owner="catalogue team",
            reason="the shop sells from its cache while a human orders the failover of the catalogue",
            region=Target(rto="40m", rpo="5m"),
        ),
    )
    repository = Repository(workload, "web", registry=Registry(workload, "registry", prefixes=["payments/"]))
    api = Service(
        workload,
        "api",
        image=repository.image(f"sha256:{'0' * 64}"),
        port=PORT,
        network=service_network(here, public=True, reads=("ssm",)),
        recovery_network=service_network(there, public=True, reads=("ssm",)),
        certificate_arn=Certificate(workload, "certificate", domain=name, zone_id=zone_id),
        secrets={"LOG_LEVEL": Parameter(workload, "log-level", value="info")},
    )
    name_endpoints(workload, api)
    Heartbeat(workload, "heartbeat")
    return workload
