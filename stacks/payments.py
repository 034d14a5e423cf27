"""Payments: RTO 5 minutes, RPO 0. Both Regions serve, and traffic fails over without a human."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import (
    Acceptance,
    Bucket,
    Certificate,
    Database,
    External,
    HealthCheckRouting,
    Heartbeat,
    Repository,
    Secret,
    Service,
    Sites,
    Target,
    Usage,
    Workload,
)
from stacks.declared import PRIMARY, RECOVERY, account, hosted_zone, objective
from stacks.endpoints import name_endpoints
from stacks.network import PORT, service_network, vpcs

if TYPE_CHECKING:
    from constructs_lib.terraform.engine import App


def payments(app: App) -> Workload:
    """Build the workload: a ledger that loses nothing, receipts that can be rendered again, and what takes payments."""
    sites = Sites.per_region(app, "payments", primary=PRIMARY, recovery=RECOVERY, account_id=account())
    zone_id, domain = hosted_zone()
    name = f"api.payments.{domain}"
    workload = Workload(
        sites,
        objective=objective("payments"),
        routing=HealthCheckRouting(
            zone_id=zone_id,
            record_name=name,
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
    External(
        workload,
        "card-scheme",
        rto="1m",
        rpo=0,
        software=Target(rto="2h", rpo=0),
        owner="acquiring team",
        evidence="the scheme's service agreement, in force for ten years",
        expires="2036-12-31",
    )
    here, there = vpcs(sites, public=True)
    # Storefront has the one registry of the account, which replicates what starts with payments/.
    repository = Repository(workload, "front", registry="storefront")
    api = Service(
        workload,
        "api",
        image=repository.image(f"sha256:{'0' * 64}"),
        port=PORT,
        network=service_network(here, public=True, reads=("secretsmanager",)),
        recovery_network=service_network(there, public=True, reads=("secretsmanager",)),
        certificate_arn=Certificate(workload, "certificate", domain=name, zone_id=zone_id),
        secrets={"CARD_SCHEME_KEY": Secret(workload, "card-scheme-key")},
    )
    name_endpoints(workload, api)
    Heartbeat(workload, "heartbeat")
    return workload
