"""Archive: days. Almost no one notices while it is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import (
    Bucket,
    Certificate,
    FileSystem,
    Heartbeat,
    KeyAttribute,
    Service,
    Sites,
    Table,
    Workload,
)
from stacks.declared import PRIMARY, RECOVERY, hosted_zone, objective
from stacks.network import PORT, network, service_network, vpcs

if TYPE_CHECKING:
    from constructs_lib.terraform.engine import App


_IMAGE = f"111122223333.dkr.ecr.{PRIMARY}.amazonaws.com/reader@sha256:{'0' * 64}"
"""Another team's image, in that team's account, which replicates it to the recovery Region."""


def archive(app: App) -> Workload:
    """Build the workload: documents, an index that backups bring to the other Region, scans, and what finds them.

    Two patterns are forced, so that the four workloads show every way there is, and they are assessed like any other;
    left to itself the library takes a replica for the table, which costs less where little changes, and backups for the
    file system.
    """
    zone_id, domain = hosted_zone()
    sites = Sites.per_region(app, "archive", primary=PRIMARY, recovery=RECOVERY)
    workload = Workload(sites, objective=objective("archive"))
    Bucket(workload, "documents")
    Table(workload, "index", partition_key=KeyAttribute(name="document_id", type="S"), pattern="backup_copy")
    here, there = vpcs(sites)
    FileSystem(
        workload, "scans", network=network(here, there, port=2049, protocol="NFS", group="nfs"), pattern="replication"
    )
    Service(
        workload,
        "reader",
        image=_IMAGE,
        port=PORT,
        network=service_network(here),
        recovery_network=service_network(there),
        certificate_arn=Certificate(workload, "certificate", domain=f"archive.{domain}", zone_id=zone_id),
        internal=True,
    )
    Heartbeat(workload, "heartbeat")
    return workload
