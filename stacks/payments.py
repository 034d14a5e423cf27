"""Payments: RTO 5 minutes, RPO 0. Both Regions serve, and traffic fails over without a human."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import Acceptance, Bucket, Database, HealthCheckRouting, Sites, Target, Usage, Workload
from constructs_lib.terraform.resource import AwsResource
from stacks.declared import PRIMARY, RECOVERY, objective

if TYPE_CHECKING:
    from constructs_lib.terraform.engine import App


def payments(app: App) -> Workload:
    """Build the workload: a ledger that loses nothing, and receipts that can be rendered again."""
    sites = Sites.per_region(app, "payments", primary=PRIMARY, recovery=RECOVERY)
    zone = AwsResource(
        sites.global_.scope,
        "zone",
        "aws_route53_zone",
        {"name": "payments.example.com"},
        provider=sites.global_.provider,
    )
    workload = Workload(
        sites,
        objective=objective("payments"),
        routing=HealthCheckRouting(
            zone_id=zone.ref("zone_id"),
            record_name="api.payments.example.com",
            primary_endpoint="api-eu-west-1.payments.example.com",
            recovery_endpoint="api-eu-central-1.payments.example.com",
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
    return workload
