"""What a database and its protections bill."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING

from constructs_lib.catalog.databases.engines import engine as known_engine
from constructs_lib.catalog.databases.engines import serverless
from constructs_lib.catalog.limits import limit
from constructs_lib.catalog.prices.usage import assumed_usage
from constructs_lib.costs.backup import bill_backups
from constructs_lib.plural import plural

if TYPE_CHECKING:
    from constructs_lib.costs.bill import Bill


def bill_database(bill: Bill) -> None:
    """Add instances, storage, backups and, for the recovery Region, what each protection bills there."""
    engine = bill.component.engine or "postgres"
    if engine == "dsql":
        _bill_dsql(bill)
    elif engine.startswith("aurora"):
        _bill_aurora(bill, engine)
    else:
        _bill_rds(bill, engine)
    if engine != "dsql":
        bill.add("secret with the master user's password", "secretsmanager.secret", 1, bill.region)
    kind = "dsql" if engine == "dsql" else "aurora" if engine.startswith("aurora") else "rds"
    peer = bill.component.protection("dsql_multi_region")
    bill_backups(bill, kind, full_each_time=engine == "dsql", also_in=None if peer is None else peer.region)


def _bill_rds(bill: Bill, engine: str) -> None:
    if bill.component.protection("multi_az_cluster") is not None:
        rules = known_engine(engine)
        built = bill.usage.instance_class or rules.cluster_class or rules.instance_class
        price = bill.prices.multi_az_cluster_hour(engine, built, bill.region)
        bill.add_priced("writer and two readers", price, bill.prices.hours_per_month)
        node_gb = _storage_gb(bill, limit("rds.multi_az_cluster_gp3_gb").least or 0)
        bill.add("storage of three nodes", "rds.storage.multi_az_cluster_node", node_gb * 3, bill.region)
    else:
        multi_az = bill.component.protection("multi_az_instance") is not None
        _bill_instance(bill, engine, bill.region, multi_az=multi_az, what="instance")
    _bill_automated_backups(bill, bill.region)
    bill.add_key(bill.region)
    for replicated in bill.each("replicated_backups"):
        assert replicated.region is not None, "what is replicated has a Region"
        kept = bill.usage.size_gb + bill.changes_kept(replicated)
        bill.add("replicated backups", "rds.backup", kept, replicated.region)
        _bill_transfer(bill, replicated.region)
    for replica in bill.each("read_replica"):
        assert replica.region is not None, "a replica has a Region"
        rules = known_engine(engine)
        standby = rules.replica_standby and replica.parameters.get("standby") is True
        _bill_instance(bill, engine, replica.region, multi_az=standby, what="read replica")
        if rules.replica_standby:
            _bill_automated_backups(bill, replica.region)
        _bill_transfer(bill, replica.region)


def _bill_instance(bill: Bill, engine: str, region: str, *, multi_az: bool, what: str) -> None:
    standby = " with standby" if multi_az else ""
    price = bill.prices.instance_hour(engine, _instance_class(bill, engine), region, multi_az=multi_az)
    bill.add_priced(f"{what}{standby} in {region}", price, bill.prices.hours_per_month)
    storage = "rds.storage.gp3.multi_az" if multi_az else "rds.storage.gp3"
    least, _ = known_engine(engine).storage_gb or (0, 0)
    bill.add(f"storage of the {what}{standby}", storage, _storage_gb(bill, least), region)


def _storage_gb(bill: Bill, least: int) -> Decimal:
    """Return the storage of an instance or a node: all of it, in whole GB, is billed, however little is in it."""
    return Decimal(max(ceil(bill.usage.storage_gb or bill.usage.size_gb), least))


def _bill_automated_backups(bill: Bill, region: str) -> None:
    """Backups up to the size of the storage are free; beyond that the changes kept are billed."""
    backups = bill.component.protection("automated_backups")
    if backups is not None:
        bill.add(f"backups above the free amount in {region}", "rds.backup", bill.changes_kept(backups), region)


def _bill_transfer(bill: Bill, region: str) -> None:
    if region != bill.region:
        bill.add_transfer("transfer between Regions", region, bill.usage.change_gb)
    bill.add_key(region)


def _bill_aurora(bill: Bill, engine: str) -> None:
    readers = 1 if bill.component.protection("aurora_reader") is not None else 0
    secondaries = bill.each("global_database")
    usage = bill.usage
    writes = usage.writes_millions * 1_000_000
    if usage.is_serverless:
        # A reader that may take over has what the writer has, and no instance has less than its cluster's least.
        least = usage.least_capacity(global_primary=bool(secondaries))
        _bill_capacity(bill, bill.region, 1 + readers, max(usage.average_acus or least, least))
    else:
        _bill_members(bill, engine, bill.region, 1 + readers)
    bill.add("storage", "aurora.storage", usage.size_gb, bill.region)
    bill.add("I/O", "aurora.io", writes + usage.reads_millions * 1_000_000, bill.region)
    bill.add_key(bill.region)
    backups = bill.component.protection("cluster_backups")
    if backups is not None:
        bill.add("backups above the free amount", "aurora.backup", bill.changes_kept(backups), bill.region)
    for secondary in secondaries:
        assert secondary.region is not None, "a secondary cluster has a Region"
        members = 0 if secondary.parameters.get("headless") else bill.parameter(secondary, "instances")
        if secondary.parameters.get("serverless"):
            _bill_capacity(bill, secondary.region, members, usage.least_capacity(global_primary=False))
        else:
            _bill_members(bill, engine, secondary.region, members)
        bill.add("storage of the secondary", "aurora.storage", usage.size_gb, secondary.region)
        bill.add("replicated writes", "aurora.replicated_write_io", writes, secondary.region)
        _bill_transfer(bill, secondary.region)


def _bill_members(bill: Bill, engine: str, region: str, count: int) -> None:
    if count:
        price = bill.prices.instance_hour(engine, _instance_class(bill, engine), region)
        bill.add_priced(f"{plural(count, 'instance')} in {region}", price, bill.prices.hours_per_month * count)


def _bill_capacity(bill: Bill, region: str, count: int, acus: Decimal) -> None:
    what = f"{plural(count, f'{serverless().instance_class} instance')} at {acus:f} ACU in {region}"
    bill.add(what, "aurora.serverless.acu", bill.prices.hours_per_month * count * acus, region)


def _bill_dsql(bill: Bill) -> None:
    usage, dpu = bill.usage, assumed_usage()
    writes = usage.writes_millions * 1_000_000
    reads = usage.reads_millions * 1_000_000
    bill.add("work", "dsql.dpu", writes * dpu.dpu_per_write + reads * dpu.dpu_per_read, bill.region)
    bill.add("storage", "dsql.storage", usage.size_gb, bill.region)
    bill.add_key(bill.region)
    peer = bill.component.protection("dsql_multi_region")
    if peer is not None and peer.region is not None:
        # All work is billed to the Region that a write came from, and nothing for the transfer.
        bill.add("replicated work", "dsql.dpu", writes * dpu.dpu_per_replicated_write, bill.region)
        bill.add("storage of the peer", "dsql.storage", usage.size_gb, peer.region)
        bill.add_key(peer.region)


def _instance_class(bill: Bill, engine: str) -> str:
    """Return the class asked for, else the one that is built where nobody names any."""
    return bill.usage.provisioned_class or known_engine(engine).instance_class
