"""Reporting: RTO 8 hours, RPO 24 hours. Its data follows in the other Region, where nothing else runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import Bucket, Certificate, Database, Heartbeat, Service, Sites, Workload
from stacks.declared import PRIMARY, RECOVERY, hosted_zone, objective
from stacks.network import PORT, network, service_network, vpcs

if TYPE_CHECKING:
    from constructs_lib.terraform.engine import App

_IMAGE = f"111122223333.dkr.ecr.{PRIMARY}.amazonaws.com/viewer@sha256:{'0' * 64}"
"""Another team's image, in that team's account, which replicates it to the recovery Region."""


def reporting(app: App) -> Workload:
    """Build the workload: a warehouse with a replica, the reports made from it, and what shows them.

    Two patterns are forced, for a pilot light among the four workloads. Left to itself the library restores the
    warehouse from replicated backups and has definitions alone stand by for the viewer, which costs less and keeps the
    promise as well: backup and restore.
    """
    zone_id, domain = hosted_zone()
    sites = Sites.per_region(app, "reporting", primary=PRIMARY, recovery=RECOVERY)
    workload = Workload(sites, objective=objective("reporting"))
    here, there = vpcs(sites)
    Database(workload, "warehouse", engine="postgres", network=network(here, there), pattern="read_replica")
    Bucket(workload, "reports")
    Service(
        workload,
        "viewer",
        image=_IMAGE,
        port=PORT,
        network=service_network(here),
        recovery_network=service_network(there),
        certificate_arn=Certificate(workload, "certificate", domain=f"reporting.{domain}", zone_id=zone_id),
        internal=True,
        pattern="at_zero",
    )
    Heartbeat(workload, "heartbeat")
    return workload
