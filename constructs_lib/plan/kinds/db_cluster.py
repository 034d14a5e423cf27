"""RDS clusters: Multi-AZ clusters, Aurora clusters and Aurora global databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.databases.engines import serverless
from constructs_lib.catalog.limits import limit
from constructs_lib.components import DEFAULT_SIZE_GB, ENABLED, Kind
from constructs_lib.plan.document.resource import as_number, text_in
from constructs_lib.plan.kinds.component_builder import NOT_OFFERED, ComponentBuilder, too_long
from constructs_lib.plan.kinds.db_instance import OF_TWO_ACCOUNTS, is_open, replicas_of_clusters

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.side import Link, Side

_TYPE: Final = "aws_rds_cluster"
_INSTANCE: Final = "aws_rds_cluster_instance"
_GLOBAL: Final = "aws_rds_global_cluster"
_PARAMETERS: Final = "aws_rds_cluster_parameter_group"
_GROUP: Final = "db_cluster_parameter_group_name"
_FORMAT: Final = "binlog_format"
_AURORA_POSTGRESQL: Final = "aurora-postgresql"
_BINLOG: Final = "replication_source_identifier"
_CLASS: Final = "instance_class"
_TIER: Final = "promotion_tier"
_FOLLOWS: Final = 1
"""The last promotion tier in which a serverless reader scales with its writer."""
_LIMIT: Final = "rds.global_db_rpo"
_OF_MULTI_AZ: Final = "read replicas of a Multi-AZ DB cluster in another Region"
_REFUSED_CLASSES: Final = tuple(map(str, limit("aurora.global_database_class_refused").values))

NOT_JOINED: Final = "the global database that joins them is not there"
BACKTRACKS: Final = "a cluster that backtracks cannot be in a global database"
_OWN_DATA: Final = (
    "master_username",
    "master_password",
    "master_password_wo",
    "manage_master_user_password",
    "snapshot_identifier",
    "restore_to_point_in_time",
    "s3_import",
    "database_name",
)
"""Arguments of a cluster that has data of its own, which a secondary must not have."""


def read_clusters(side: Side, copies: dict[str, str]) -> Iterator[ComponentBuilder]:
    """Yield a builder for each cluster that is not a secondary of a global database; tell which those are."""
    instances = side.parts(_TYPE, _INSTANCE, "cluster_identifier")
    groups, open_ = _global_databases(side)
    secondary = {item.address: name for name, (_, others) in groups.items() for item in others}
    sources = {
        item.address: link
        for item in side.of(_TYPE)
        if item.address not in secondary
        and ((link := side.link(item, (_BINLOG,), _TYPE)).text is not None or is_open(item, _BINLOG))
    }
    builders = {}
    for cluster in side.of(_TYPE):
        if cluster.address not in secondary and cluster.address not in sources:
            builders[cluster.address] = _draft(side, cluster, instances.get(cluster.address, []))
    for address, link in sources.items():
        _binlog_replica(side, builders, copies, side.resources[address], link, instances)
        if not link.known:
            for one in builders.values():
                if side.may_mean(side.resources[address], (_BINLOG,), one.main):
                    one.perhaps(side.notes, "read_replica", side.resources[address])
    for replica, cluster in replicas_of_clusters(side):
        source = builders.get(cluster.address)
        copies[replica.address] = cluster.address
        if source is not None:
            near = source.shares_region(replica)
            # CreateDBInstanceReadReplica: the source cluster must be in the same Region as the read replica.
            doubts = ["the replica is in the same Region" if near else f"{NOT_OFFERED} {_OF_MULTI_AZ}"]
            source.protect(side.notes, "read_replica", replica, region=replica.region, doubts=doubts)
    for name, (primary, others) in groups.items():
        builder = None if primary is None else builders.get(primary.address)
        for other in others:
            copies[other.address] = name if primary is None else primary.address
            if builder is None:
                side.notes.add(
                    other, "it is a secondary cluster of a global database whose primary is not in this plan"
                )
                continue
            builder.join(*instances.get(other.address, []))
            gone = name not in side.resources and side.lacks(_GLOBAL, name)
            _global_database(side, builder, other, instances, gone=gone)
        if builder is not None and name in side.resources:
            builder.join(side.resources[name])
    primaries = [primary for primary, _ in groups.values()]
    for cluster in open_:
        for builder in builders.values():
            if builder.main is not cluster and (builder.main in open_ or builder.main in primaries):
                builder.perhaps(side.notes, "global_database", cluster)
    for cluster in side.of(_TYPE):
        group = side.link(cluster, (_GROUP,), _PARAMETERS).target
        if group is not None and cluster.address in builders:
            builders[cluster.address].join(group)
    yield from builders.values()


def _binlog_replica(
    side: Side,
    builders: Mapping[str, ComponentBuilder],
    copies: dict[str, str],
    replica: Resource,
    link: Link,
    instances: Mapping[str, list[Resource]],
) -> None:
    """Count a cluster that follows another by its binary log as that one's read replica."""
    builder = None if link.target is None else builders.get(link.target.address)
    if builder is None or link.target is None:
        copies[replica.address] = "a database" if replica.is_sensitive(_BINLOG) else link.text or "a database"
        side.notes.add(replica, "it replicates by its binary log from a database that is no cluster in this plan")
        return
    copies[replica.address] = link.target.address
    builder.join(*instances.get(replica.address, []))
    doubts = ["the replica is in the same Region"] if builder.shares_region(replica) else []
    if side.are_accounts_apart(builder.main, replica):
        doubts.append(OF_TWO_ACCOUNTS)
    if not instances.get(replica.address) and not side.loose_parts(replica, _INSTANCE, "cluster_identifier"):
        doubts.append("the replica has no instance, so nothing in it replicates")
    if builder.engine == _AURORA_POSTGRESQL:
        # It is replicated across Regions in a global database only (Aurora user guide, AuroraPostgreSQL.Replication).
        doubts.append(f"{NOT_OFFERED} read replicas of {builder.engine} in another Region")
    elif _writes_no_binlog(side, link.target):
        doubts.append(f"the cluster it copies writes no binary log: {_FORMAT} is not set in its parameter group")
    builder.protect(side.notes, "read_replica", replica, region=replica.region, doubts=doubts)


def _writes_no_binlog(side: Side, source: Resource) -> bool:
    """Whether the cluster is known to have no binary log, which is off unless its parameter group switches it on."""
    group = side.link(source, (_GROUP,), _PARAMETERS).target
    if group is None:
        return source.created and source.left_out(_GROUP)
    given = {text_in(block, "name"): block.get("value") for block in group.blocks("parameter")}
    return not group.is_unknown("parameter") and str(given.get(_FORMAT, "OFF")).upper() == "OFF"


def _engine(cluster: Resource) -> str:
    engine = cluster.text("engine") or "unknown"
    # The oldest name of Aurora MySQL.
    return "aurora-mysql" if engine == "aurora" else engine


def _draft(side: Side, cluster: Resource, instances: list[Resource]) -> ComponentBuilder:
    engine = _engine(cluster)
    aurora = engine.startswith("aurora")
    builder = ComponentBuilder(
        main=cluster,
        kind=Kind.DATABASE,
        region=cluster.region,
        engine=engine,
        # Of Aurora AWS always tells 1, since its storage grows by itself (DBCluster of the RDS API).
        size_gb=(0 if aurora else cluster.number("allocated_storage")) or DEFAULT_SIZE_GB,
    )
    builder.join(*instances)
    name = "cluster_backups" if aurora else "automated_backups"
    retention = cluster.number("backup_retention_period")
    if cluster.is_unknown("backup_retention_period") and not cluster.left_out("backup_retention_period"):
        builder.protect(side.notes, name, cluster, unknown=["retention_days"])
    else:
        # They cannot be switched off, whatever is written, and a day is the least and the default (CreateDBCluster).
        doubts = too_long("rds.backup_retention_days", retention)
        builder.protect(side.notes, name, cluster, parameters={"retention_days": retention or 1}, doubts=doubts)
    if not aurora:
        if cluster.text("db_cluster_instance_class") or cluster.is_unknown("db_cluster_instance_class"):
            builder.protect(side.notes, "multi_az_cluster", cluster)
        return builder
    loose = side.loose_parts(cluster, _INSTANCE, "cluster_identifier")
    if len(instances) <= 1 < len(instances) + len(loose):
        builder.protect(side.notes, "aurora_reader", loose[-1], unknown=[ENABLED])
    if len(instances) > 1:
        zones = {item.text("availability_zone") for item in instances}
        same = len(zones) == 1 and None not in zones
        doubts = ["all instances are in one Availability Zone"] if same else []
        ordered = sorted(instances, key=lambda item: (item.number(_TIER) or 0, item.address))
        builder.protect(side.notes, "aurora_reader", ordered[-1], doubts=doubts, **_scales_alone(ordered[1], instances))
    return builder


def _is_serverless(instance: Resource) -> bool | None:
    """Tell whether *instance* is of Aurora Serverless v2; None where that is known at apply only."""
    return None if instance.is_unknown(_CLASS) else instance.text(_CLASS) == serverless().instance_class


def _scales_alone(next_writer: Resource, instances: list[Resource]) -> dict[str, Any]:
    """Return whether a serverless reader may have less than the writer when it takes over, or that it is not known.

    It has as much in the promotion tiers 0 and 1 of a cluster whose writer is serverless as well. Which instance writes
    is for Aurora to say, so any that is provisioned may.
    """
    kinds = {_is_serverless(item) for item in instances}
    if None in kinds:
        return {"unknown": ["scales_alone"]}
    follows = not next_writer.is_unknown(_TIER) and (next_writer.number(_TIER) or 0) <= _FOLLOWS
    alone = True in kinds and not (follows and kinds == {True})
    return {"parameters": {"scales_alone": True}} if alone else {}


# ---------------------------------------------------------------- global databases

_Group = tuple["Resource | None", list["Resource"]]


def _global_databases(side: Side) -> tuple[dict[str, _Group], list[Resource]]:
    """Return primary and secondaries of each global database, and the clusters of which it is open which they are in.

    A global database goes by its address or, where it is elsewhere, by its name.
    """
    open_: list[Resource] = []
    members: dict[str, list[Resource]] = {}
    named: dict[str, Resource | None] = {}
    for holder in side.of(_GLOBAL):
        members[holder.address] = []
        named[holder.address] = side.link(holder, ("source_db_cluster_identifier",), _TYPE).target
    for cluster in side.of(_TYPE):
        path = ("global_cluster_identifier",)
        if cluster.get(*path) in (None, "") and (not cluster.is_unknown(*path) or cluster.left_out(path[0])):
            continue
        link = side.link(cluster, path, _GLOBAL)
        if link.target is not None:
            members[link.target.address].append(cluster)
        elif link.text is not None and not cluster.is_sensitive(*path):
            members.setdefault(link.text, []).append(cluster)
        else:
            side.notes.add(cluster, "the global database it belongs to is not known before apply")
            open_.append(cluster)
    groups = {
        name: _group(side, name, named.get(name), clusters)
        for name, clusters in members.items()
        if clusters or named.get(name)
    }
    return groups, open_


def _group(side: Side, name: str, source: Resource | None, clusters: list[Resource]) -> _Group:
    source = _writer(side, name) or source or _primary(clusters)
    return source, [cluster for cluster in clusters if source is None or cluster.address != source.address]


def _writer(side: Side, name: str) -> Resource | None:
    """Return the cluster that the global database says is written to; after a failover that is not its source."""
    holder = side.resources.get(name)
    if holder is None:
        return None
    for member in holder.blocks("global_cluster_members"):
        arn = member.get("db_cluster_arn")
        if member.get("is_writer") is True and isinstance(arn, str):
            found = side.find(_TYPE, arn, document=holder.document)
            if found is not None:
                return found
    return None


def _primary(clusters: list[Resource]) -> Resource | None:
    """Return the cluster that has data of its own, or the only one that does not say it copies another.

    One module may make all of them, and give an argument to each that is null for some: what is known counts first. Of
    several that have data of their own RDS takes the first that is made, so one of them is the primary.
    """
    own = [cluster for cluster in clusters if has_own_data(cluster)]
    sure = [cluster for cluster in own if any(cluster.get(name) for name in _OWN_DATA)]
    candidates = sure or own or clusters
    plain = [cluster for cluster in candidates if not cluster.text("source_region") and not cluster.text(_BINLOG)]
    return plain[0] if len(plain) == 1 or (plain and own) else None


def has_own_data(cluster: Resource) -> bool:
    """Whether a cluster has data of its own, as a secondary cannot have."""
    return any(
        bool(cluster.get(name)) or (cluster.is_unknown(name) and not cluster.left_out(name))
        for name in _OWN_DATA
        if cluster.arguments is None or name in cluster.arguments
    )


def _global_database(
    side: Side, builder: ComponentBuilder, secondary: Resource, instances: Mapping[str, list[Resource]], *, gone: bool
) -> None:
    doubts = [NOT_JOINED] if gone else []
    region = secondary.region
    if builder.shares_region(secondary):
        doubts.append("the secondary cluster is in the same Region")
    if side.are_accounts_apart(builder.main, secondary):
        doubts.append(OF_TWO_ACCOUNTS)
    if builder.main.number("backtrack_window"):
        doubts.append(BACKTRACKS)
    if builder.main.text("engine_mode") == "serverless":
        doubts.append("a cluster of Aurora Serverless v1 cannot be in a global database")
    both = (*instances.get(builder.main.address, ()), *instances.get(secondary.address, ()))
    small = sorted({name for item in both if (name := item.text(_CLASS) or "").startswith(_REFUSED_CLASSES)})
    if small:
        hidden = any(item.is_sensitive(_CLASS) for item in both)
        doubts.append(f"a global database has no instances of class {'(sensitive)' if hidden else ', '.join(small)}")
    headless = not instances.get(secondary.address)
    unknown = ["headless"] if headless and side.loose_parts(secondary, _INSTANCE, "cluster_identifier") else []
    # On the day a secondary without instances gets one like those of the primary.
    standing = instances.get(secondary.address) or instances.get(builder.main.address, [])
    kinds = {_is_serverless(item) for item in standing}
    if None in kinds:
        unknown.append("serverless")
    most, missing = _enforced_limit(side, builder.main)
    builder.protect(
        side.notes,
        "global_database",
        secondary,
        region=region,
        parameters={
            "headless": headless,
            "enforced": most is not None,
            "rpo_limit_seconds": most,
            "serverless": True in kinds or None,
        },
        doubts=doubts,
        unknown=[*unknown, *missing],
    )


def _enforced_limit(side: Side, primary: Resource) -> tuple[int | None, list[str]]:
    """Return the seconds after which the primary blocks commits, if its parameter group says so."""
    if not _engine(primary).startswith(_AURORA_POSTGRESQL):
        return None, []
    group = side.link(primary, (_GROUP,), _PARAMETERS).target
    if group is None:
        return None, []
    if group.is_unknown("parameter"):
        return None, ["enforced"]
    for index, parameter in enumerate(group.blocks("parameter")):
        if parameter.get("name") == _LIMIT:
            if group.is_unknown("parameter", index, "value"):
                return None, ["enforced", "rpo_limit_seconds"]
            seconds = as_number(parameter.get("value"))
            return (seconds if seconds is not None and seconds > 0 else None), []
    return None, []
