"""Archive: days. Almost no one notices while it is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import Bucket, FileSystem, Heartbeat, KeyAttribute, Sites, Table, Workload
from stacks.declared import PRIMARY, RECOVERY, objective
from stacks.network import network, vpcs

if TYPE_CHECKING:
    from constructs_lib.terraform.engine import App


def archive(app: App) -> Workload:
    """Build the workload: documents, an index that backups bring to the other Region, and scans on a file system.

    Two patterns are forced, so that the four workloads show every way there is, and they are assessed like any other;
    left to itself the library takes a replica for the table, which costs less where little changes, and backups for the
    file system.
    """
    sites = Sites.per_region(app, "archive", primary=PRIMARY, recovery=RECOVERY)
    workload = Workload(sites, objective=objective("archive"))
    Bucket(workload, "documents")
    Table(workload, "index", partition_key=KeyAttribute(name="document_id", type="S"), pattern="backup_copy")
    FileSystem(
        workload, "scans", network=network(*vpcs(sites), port=2049, protocol="NFS", group="nfs"), pattern="replication"
    )
    Heartbeat(workload, "heartbeat")
    return workload
