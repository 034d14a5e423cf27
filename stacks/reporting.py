"""Reporting: RTO 8 hours, RPO 24 hours. Backups and a manual recovery are enough, and save a lot of money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import Bucket, Database, Heartbeat, Sites, Workload
from stacks.declared import PRIMARY, RECOVERY, objective
from stacks.network import network

if TYPE_CHECKING:
    from constructs_lib.terraform.engine import App


def reporting(app: App) -> Workload:
    """Build the workload: a warehouse that is restored, and the reports made from it."""
    sites = Sites.per_region(app, "reporting", primary=PRIMARY, recovery=RECOVERY)
    workload = Workload(sites, objective=objective("reporting"))
    Database(workload, "warehouse", engine="postgres", network=network(sites))
    Bucket(workload, "reports")
    Heartbeat(workload, "heartbeat")
    return workload
