"""RDS instances, their replicas and their replicated backups."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.databases.engines import load_engines
from constructs_lib.catalog.limits import limit
from constructs_lib.components import DEFAULT_SIZE_GB, ENABLED, Kind
from constructs_lib.plan.kinds.component_builder import NOT_OFFERED, ComponentBuilder, too_long

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.side import Side

_TYPE: Final = "aws_db_instance"
_CLUSTER: Final = "aws_rds_cluster"
_REPLICATED: Final = "aws_db_instance_automated_backups_replication"
_RESTORED: Final = ("snapshot_identifier", "restore_to_point_in_time", "s3_import")
_SOURCE: Final = "replicate_source_db"
_SENSITIVE: Final = "out of use"
OF_TWO_ACCOUNTS: Final = "the copy is in another account, and RDS replicates within one"
_NOT_TOLD: Final = "unknown"
"""An engine that is not known before apply. It must not pass for one that keeps several copies by nature."""


def read_instances(side: Side, copies: dict[str, str]) -> Iterator[ComponentBuilder]:
    """Yield a builder for each instance that is not a replica; tell which replicas belong to which."""
    links = {item.address: side.link(item, (_SOURCE,), _TYPE) for item in side.of(_TYPE) if _is_replica(item)}
    sources = {address: link.target for address, link in links.items()}
    of_clusters = {replica.address for replica, _ in replicas_of_clusters(side)}
    builders = {}
    for instance in side.of(_TYPE):
        if instance.address not in sources:
            builders[instance.address] = _draft(side, instance)
    for replica in side.of(_TYPE):
        if replica.address in sources and replica.address not in of_clusters:
            _replica(side, builders, copies, replica, _root(replica, sources))
            if not links[replica.address].known:
                for builder in builders.values():
                    if side.may_mean(replica, (_SOURCE,), builder.main):
                        builder.perhaps(side.notes, "read_replica", replica)
    for owner, parts in side.parts(_TYPE, _REPLICATED, "source_db_instance_arn").items():
        for part in parts:
            _replicated_backups(side, builders.get(owner), part)
    for builder in builders.values():
        for loose in side.loose_parts(builder.main, _REPLICATED, "source_db_instance_arn"):
            builder.perhaps(side.notes, "replicated_backups", loose)
    yield from builders.values()


def _is_replica(instance: Resource) -> bool:
    if instance.text(_SOURCE) is not None:
        return True
    return is_open(instance, _SOURCE)


def is_open(resource: Resource, name: str) -> bool:
    """Whether an argument that the provider does not compute has a value to come: only a reference leaves it open."""
    return resource.is_unknown(name) and not resource.left_out(name)


def replicas_of_clusters(side: Side) -> Iterator[tuple[Resource, Resource]]:
    """Yield the replicas whose source is a cluster, and that one."""
    for replica in side.of(_TYPE):
        cluster = side.link(replica, (_SOURCE,), _CLUSTER).target if _is_replica(replica) else None
        if cluster is not None:
            yield replica, cluster


def _root(replica: Resource, sources: dict[str, Resource | None]) -> Resource | None:
    """Follow replicas of replicas to the instance that is none; a circle has no root."""
    seen: set[str] = set()
    here: Resource | None = replica
    while here is not None and here.address in sources and here.address not in seen:
        seen.add(here.address)
        here = sources[here.address]
    return None if here is None or here.address in sources else here


def _draft(side: Side, instance: Resource) -> ComponentBuilder:
    builder = ComponentBuilder(
        main=instance,
        kind=Kind.DATABASE,
        region=instance.region,
        engine=instance.text("engine") or _NOT_TOLD,
        size_gb=instance.number("allocated_storage") or DEFAULT_SIZE_GB,
    )
    backups = _backups(instance)
    if backups is None:
        builder.protect(side.notes, "automated_backups", instance, unknown=[ENABLED, "retention_days"])
    elif backups:
        doubts = too_long("rds.backup_retention_days", backups)
        kept = {"retention_days": backups}
        builder.protect(side.notes, "automated_backups", instance, parameters=kept, doubts=doubts)
    if _open(instance, "multi_az"):
        builder.protect(side.notes, "multi_az_instance", instance, unknown=[ENABLED])
    elif instance.get("multi_az") is True:
        builder.protect(side.notes, "multi_az_instance", instance, doubts=_not_offered(builder, "multi_az_instance"))
    return builder


def _not_offered(builder: ComponentBuilder, mechanism: str) -> list[str]:
    """Return the doubt on a mechanism that patterns have for another edition of the engine only, as for Oracle EE."""
    engine = builder.engine or _NOT_TOLD
    return [f"{NOT_OFFERED} it for {engine}"] if _is_of_another_edition(mechanism, engine) else []


# A plan has many instances of few engines.
@lru_cache(maxsize=100)
def _is_of_another_edition(mechanism: str, engine: str) -> bool:
    patterns = [
        pattern
        for pattern in load_catalog().patterns[Kind.DATABASE]
        if any(part.mechanism == mechanism for part in pattern.protections)
    ]
    family = engine.partition("-")[0]
    editions = any(name.startswith(f"{family}-") for pattern in patterns for name in pattern.engines)
    return editions and engine in load_engines() and not any(pattern.exists_for(engine) for pattern in patterns)


def _backups(instance: Resource) -> int | None:
    """Return for how many days automated backups are kept, 0 for not at all; None is not known before apply.

    The provider's default for an instance that is not restored from something is 0, although a plan calls it unknown.
    """
    if _open(instance, "backup_retention_period"):
        return None
    return max(instance.number("backup_retention_period") or 0, 0)


def _open(instance: Resource, name: str) -> bool:
    """Whether an argument is known only after apply, and not just because it is left out of a new instance."""
    if not instance.is_unknown(name):
        return False
    plain = instance.created and not any(
        instance.get(how) or (instance.is_unknown(how) and not instance.left_out(how)) for how in _RESTORED
    )
    return not (plain and instance.left_out(name))


def _replica(
    side: Side,
    builders: dict[str, ComponentBuilder],
    copies: dict[str, str],
    replica: Resource,
    source: Resource | None,
) -> None:
    builder = None if source is None else builders.get(source.address)
    if source is None or builder is None:
        shown = None if replica.is_sensitive(_SOURCE) else replica.text(_SOURCE)
        copies[replica.address] = shown or "an instance not known before apply"
        side.notes.add(replica, "it is a replica of an instance that is not in this plan")
        return
    copies[replica.address] = source.address
    region = replica.region
    doubts = _not_offered(builder, "read_replica")
    if builder.shares_region(replica):
        doubts.append("the replica is in the same Region")
    if side.are_accounts_apart(source, replica):
        doubts.append(OF_TWO_ACCOUNTS)
    if _backups(source) == 0:
        doubts.append("the instance it copies has no automated backups, which a replica needs")
    if replica.text("status") in limit("rds.status_out_of_use").values:
        doubts.append(
            f"RDS says that the replica is {_SENSITIVE if replica.is_sensitive('status') else replica.text('status')}"
        )
    unknown = [ENABLED] if _backups(source) is None else []
    builder.protect(side.notes, "read_replica", replica, region=region, doubts=doubts, unknown=unknown)


def _replicated_backups(side: Side, builder: ComponentBuilder | None, part: Resource) -> None:
    if builder is None:
        side.notes.add(part, "the instance it copies is a replica, whose source is judged")
        return
    region = part.region
    doubts = _not_offered(builder, "replicated_backups")
    if builder.shares_region(part):
        doubts.append("the backups are copied within the same Region")
    if side.are_accounts_apart(builder.main, part):
        doubts.append(OF_TWO_ACCOUNTS)
    if _backups(builder.main) == 0:
        doubts.append("the instance keeps no automated backups, so there is nothing to copy")
    unknown = [ENABLED] if _backups(builder.main) is None else []
    if part.is_unknown("retention_period"):
        unknown.append("retention_days")
    builder.protect(
        side.notes,
        "replicated_backups",
        part,
        region=region,
        parameters={"retention_days": part.number("retention_period")},
        doubts=doubts,
        unknown=unknown,
    )
