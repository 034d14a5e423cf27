"""Reporting: RTO 8 hours, RPO 24 hours. Backups and a manual recovery are enough, and save a lot of money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import Bucket, Database, Heartbeat, Service, Sites, Workload
from stacks.declared import PRIMARY, RECOVERY, objective
from stacks.network import network
from stacks.service_network import PORT, certificates, service_network

if TYPE_CHECKING:
    from constructs_lib.terraform.engine import App

_IMAGE = f"111122223333.dkr.ecr.{PRIMARY}.amazonaws.com/viewer@sha256:{'0' * 64}"
"""A team's own image, which ECR replicates to the recovery Region."""


def reporting(app: App) -> Workload:
    """Build the workload: a warehouse that is restored, the reports made from it, and what shows them."""
    sites = Sites.per_region(app, "reporting", primary=PRIMARY, recovery=RECOVERY)
    workload = Workload(sites, objective=objective("reporting"))
    private = network(sites)
    Database(workload, "warehouse", engine="postgres", network=private)
    Bucket(workload, "reports")
    assert sites.recovery is not None, "the reference workloads have two Regions"
    Service(
        workload,
        "viewer",
        image=_IMAGE,
        port=PORT,
        network=service_network(sites.primary, private.subnet_ids),
        recovery_network=service_network(sites.recovery, private.recovery_subnet_ids),
        certificate_arn=certificates(sites, "reporting.example.com"),
        internal=True,
    )
    Heartbeat(workload, "heartbeat")
    return workload
