"""Archive: days. Almost no one notices while it is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import Bucket, Heartbeat, KeyAttribute, Sites, Table, Workload
from stacks.declared import PRIMARY, RECOVERY, objective

if TYPE_CHECKING:
    from constructs_lib.terraform.engine import App


def archive(app: App) -> Workload:
    """Build the workload: documents, and an index of them that scheduled backups bring to the other Region.

    The pattern is forced, so that the four workloads show every way there is, and it is assessed like any other; left
    to itself the library takes a replica, which costs less for a table that changes little.
    """
    sites = Sites.per_region(app, "archive", primary=PRIMARY, recovery=RECOVERY)
    workload = Workload(sites, objective=objective("archive"))
    Bucket(workload, "documents")
    Table(workload, "index", partition_key=KeyAttribute(name="document_id", type="S"), pattern="backup_copy")
    Heartbeat(workload, "heartbeat")
    return workload
