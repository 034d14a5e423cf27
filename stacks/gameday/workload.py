"""The workload of the game day: a table and a bucket that both Regions can write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import Bucket, KeyAttribute, Objective, Sites, Table, Workload
from stacks.declared import PRIMARY, RECOVERY

if TYPE_CHECKING:
    from constructs_lib.terraform.engine import App

__all__ = ["NAME", "build"]

NAME = "gameday"


def build(app: App) -> Workload:
    """Build the workload."""
    sites = Sites.per_region(app, NAME, primary=PRIMARY, recovery=RECOVERY)
    workload = Workload(sites, objective=Objective(rto="4h", rpo="4h"))
    Table(workload, "orders", partition_key=KeyAttribute(name="id", type="S"), pattern="global_table")
    Bucket(workload, "files", pattern="two_way_replication")
    return workload


if __name__ == "__main__":
    from constructs_lib.terraform.engine import App as _App

    _app = _App()
    build(_app)
    _app.synth()
