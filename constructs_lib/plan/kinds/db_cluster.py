"""RDS clusters: Multi-AZ clusters, Aurora clusters and Aurora global databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.components import DEFAULT_SIZE_GB, ENABLED, Kind
from constructs_lib.plan.document.resource import as_number
from constructs_lib.plan.kinds.component_builder import ComponentBuilder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.side import Side

_TYPE: Final = "aws_rds_cluster"
_INSTANCE: Final = "aws_rds_cluster_instance"
_GLOBAL: Final = "aws_rds_global_cluster"
_PARAMETERS: Final = "aws_rds_cluster_parameter_group"
_LIMIT: Final = "rds.global_db_rpo"
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
    groups = _global_databases(side)
    secondary = {item.address: name for name, (_, others) in groups.items() for item in others}
    builders = {}
    for cluster in side.of(_TYPE):
        if cluster.text("replication_source_identifier") is not None and cluster.address not in secondary:
            side.notes.add(cluster, "it replicates from another database by its binary log, which is not judged")
        if cluster.address not in secondary:
            builders[cluster.address] = _draft(side, cluster, instances.get(cluster.address, []))
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
            _global_database(side, builder, other, instances)
        if builder is not None and name in side.resources:
            builder.join(side.resources[name])
    for cluster in side.of(_TYPE):
        group = side.link(cluster, ("db_cluster_parameter_group_name",), _PARAMETERS).target
        if group is not None and cluster.address in builders:
            builders[cluster.address].join(group)
    yield from builders.values()


def _engine(cluster: Resource) -> str:
    engine = cluster.text("engine") or "unknown"
    # The oldest name of Aurora MySQL.
    return "aurora-mysql" if engine == "aurora" else engine


def _draft(side: Side, cluster: Resource, instances: list[Resource]) -> ComponentBuilder:
    engine = _engine(cluster)
    builder = ComponentBuilder(
        main=cluster,
        kind=Kind.DATABASE,
        region=cluster.region,
        engine=engine,
        size_gb=cluster.number("allocated_storage") or DEFAULT_SIZE_GB,
    )
    builder.join(*instances)
    aurora = engine.startswith("aurora")
    name = "cluster_backups" if aurora else "automated_backups"
    retention = cluster.number("backup_retention_period")
    if cluster.is_unknown("backup_retention_period") and not cluster.left_out("backup_retention_period"):
        builder.protect(side.notes, name, cluster, unknown=["retention_days", *([] if aurora else [ENABLED])])
    elif retention or aurora:
        # Aurora's backups cannot be switched off, whatever is written.
        builder.protect(side.notes, name, cluster, parameters={"retention_days": retention or 1})
    if not aurora:
        if cluster.text("db_cluster_instance_class") or cluster.is_unknown("db_cluster_instance_class"):
            builder.protect(side.notes, "multi_az_cluster", cluster)
        return builder
    if len(instances) > 1:
        zones = {item.text("availability_zone") for item in instances}
        same = len(zones) == 1 and None not in zones
        doubts = ["all instances are in one Availability Zone"] if same else []
        reader = sorted(instances, key=lambda item: (item.number("promotion_tier") or 0, item.address))[-1]
        builder.protect(side.notes, "aurora_reader", reader, doubts=doubts)
    return builder


# ---------------------------------------------------------------- global databases

_Group = tuple["Resource | None", list["Resource"]]


def _global_databases(side: Side) -> dict[str, _Group]:
    """Return primary and secondaries of each global database, by its address or, where it is elsewhere, its name."""
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
    return {
        name: _group(side, name, named.get(name), clusters)
        for name, clusters in members.items()
        if clusters or named.get(name)
    }


def _group(side: Side, name: str, source: Resource | None, clusters: list[Resource]) -> _Group:
    if source is None:
        source = _primary(side, name, clusters)
    return source, [cluster for cluster in clusters if source is None or cluster.address != source.address]


def _primary(side: Side, name: str, clusters: list[Resource]) -> Resource | None:
    """Return the cluster that is written to: as the global database says, else the one with data of its own."""
    holder = side.resources.get(name)
    for member in [] if holder is None else holder.blocks("global_cluster_members"):
        arn = member.get("db_cluster_arn")
        if member.get("is_writer") is True and isinstance(arn, str):
            found = side.find(_TYPE, arn)
            if found is not None:
                return found
    own = [cluster for cluster in clusters if _has_own_data(cluster)]
    if len(own) == 1:
        return own[0]
    plain = [
        cluster
        for cluster in own or clusters
        if not cluster.text("source_region") and not cluster.text("replication_source_identifier")
    ]
    return plain[0] if len(plain) == 1 else None


def _has_own_data(cluster: Resource) -> bool:
    for name in _OWN_DATA:
        if cluster.arguments is not None:
            if name in cluster.arguments:
                return True
        elif cluster.get(name):
            return True
    return False


def _global_database(
    side: Side, builder: ComponentBuilder, secondary: Resource, instances: Mapping[str, list[Resource]]
) -> None:
    doubts = []
    region = secondary.region
    if builder.shares_region(secondary):
        doubts.append("the secondary cluster is in the same Region")
    open_instances = any(
        not side.link(item, ("cluster_identifier",), _TYPE).known and item.region in (None, region)
        for item in side.of(_INSTANCE)
    )
    headless = not instances.get(secondary.address)
    unknown = ["headless"] if headless and open_instances else []
    limit, missing = _enforced_limit(side, builder.main)
    builder.protect(
        side.notes,
        "global_database",
        secondary,
        region=region,
        parameters={"headless": headless, "enforced": limit is not None, "rpo_limit_seconds": limit},
        doubts=doubts,
        unknown=[*unknown, *missing],
    )


def _enforced_limit(side: Side, primary: Resource) -> tuple[int | None, list[str]]:
    """Return the seconds after which the primary blocks commits, if its parameter group says so."""
    if not _engine(primary).startswith("aurora-postgresql"):
        return None, []
    group = side.link(primary, ("db_cluster_parameter_group_name",), _PARAMETERS).target
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
