"""EFS file systems, and the replicas that are read only as long as they are replicated to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.limits import limit
from constructs_lib.components import ENABLED, Kind
from constructs_lib.plan.document.arn import as_region, region_of_zone
from constructs_lib.plan.kinds.component_builder import ComponentBuilder
from constructs_lib.plan.kinds.open_destination import perhaps_copies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.side import Side

_TYPE: Final = "aws_efs_file_system"
_REPLICATION: Final = "aws_efs_replication_configuration"
_DESTINATION: Final = ("destination", 0)
_SYSTEM: Final = "file_system_id"
_READ_ONLY: Final = ("DISABLED", "REPLICATING")
"""Protections against being overwritten that a file system has as long as it is a replica."""

_POLICY: Final = "aws_efs_backup_policy"
_DAY: Final = 86_400
_ZONE: Final = "availability_zone_name"


def read_filesystems(side: Side, copies: dict[str, str]) -> Iterator[ComponentBuilder]:
    """Yield a builder for each file system that is not a replica, and tell which replicas belong to which."""
    replications = side.parts(_TYPE, _REPLICATION, "source_file_system_id")
    replicas = {
        replica.address: source
        for source, items in replications.items()
        for item in items
        if (replica := side.link(item, (*_DESTINATION, _SYSTEM), _TYPE).target) is not None
    }
    # Where EFS makes the replica, what asks for it stands for it: made anew, it asks for another one.
    made = {item.address: source for source, items in replications.items() for item in items}
    copies |= {item: source for item, source in made.items() if source not in replicas.values()} | replicas
    builders: dict[str, ComponentBuilder] = {}
    for system in side.of(_TYPE):
        if system.address in replicas:
            continue
        if system.get("protection", 0, "replication_overwrite") in _READ_ONLY:
            copies[system.address] = "a file system that is not in this plan"
            continue
        builder = ComponentBuilder(main=system, kind=Kind.FILESYSTEM, region=system.region)
        if not system.text(_ZONE):
            told = system.left_out(_ZONE) or not system.is_unknown(_ZONE)
            builder.protect(side.notes, "regional_storage", system, unknown=[] if told else [ENABLED])
        _automatic_backups(side, builder)
        for item in replications.get(system.address, []):
            _replication(side, builder, item)
        for loose in side.loose_parts(system, _REPLICATION, "source_file_system_id"):
            builder.protect(side.notes, "replication", loose, unknown=[ENABLED])
        builders[system.address] = builder
    open_ = [
        (item, (*_DESTINATION, _SYSTEM))
        for item in side.of(_REPLICATION)
        if item.is_unknown(*_DESTINATION, _SYSTEM) and side.may_give(item, _DESTINATION[0], _SYSTEM)
    ]
    perhaps_copies(side, builders, copies, open_)
    yield from builders.values()


def _automatic_backups(side: Side, builder: ComponentBuilder) -> None:
    """Count the backups that EFS itself has AWS Backup make, in a vault of its own."""
    kept = {
        "interval_seconds": _DAY * int(limit("efs.automatic_backup_interval_days").values[0]),
        "retention_days": int(limit("efs.automatic_backup_retention_days").values[0]),
    }
    status = ("backup_policy", 0, "status")
    policies = side.parts(_TYPE, _POLICY, "file_system_id").get(builder.main.address, [])
    loose_policies = side.loose_parts(builder.main, _POLICY, "file_system_id")
    if builder.main.text(_ZONE) and not policies and not loose_policies:
        # Of a file system of one zone EFS makes backups unless it is told not to.
        builder.protect(side.notes, "backup", builder.main, parameters=kept)
    for policy in policies:
        builder.join(policy)
        if policy.is_unknown(*status):
            builder.protect(side.notes, "backup", policy, parameters=kept, unknown=[ENABLED])
        elif policy.get(*status) in ("ENABLED", "ENABLING"):
            builder.protect(side.notes, "backup", policy, parameters=kept)
    for loose in loose_policies:
        builder.protect(side.notes, "backup", loose, parameters=kept, unknown=[ENABLED])


def _replication(side: Side, builder: ComponentBuilder, item: Resource) -> None:
    replica = side.link(item, (*_DESTINATION, _SYSTEM), _TYPE).target
    if replica is not None:
        builder.join(replica)
    # A replica of one zone is named by it, and its Region is told only at apply.
    said = as_region(item.get(*_DESTINATION, "region")) or region_of_zone(item.get(*_DESTINATION, _ZONE))
    region = said or (None if replica is None else replica.region)
    inside = region == builder.region is not None or (
        said is None and replica is not None and builder.shares_region(replica)
    )
    doubts = ["the replica is in the file system's own Region"] if inside else []
    status = item.text(*_DESTINATION, "status")
    if status is not None and status not in limit("efs.replicating_status").values:
        doubts.append(f"EFS says that the replication is {_shown(item, status)}")
    builder.protect(side.notes, "replication", item, region=region, doubts=doubts)


def _shown(item: Resource, status: str) -> str:
    return "not working" if item.is_sensitive(*_DESTINATION, "status") else status
