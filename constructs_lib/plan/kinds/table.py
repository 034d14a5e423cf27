"""DynamoDB tables, their replicas written inside them and as resources of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.regions import region_sets
from constructs_lib.components import ENABLED, Kind
from constructs_lib.plan.document.arn import as_region
from constructs_lib.plan.kinds.component_builder import NOT_OFFERED, ComponentBuilder, too_long

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.side import Side

_TYPE: Final = "aws_dynamodb_table"
_REPLICA: Final = "aws_dynamodb_table_replica"
_LEGACY: Final = "aws_dynamodb_global_table"
_PITR: Final = "pitr"
_STRONG: Final = "STRONG"
_REPLICA_PITR: Final = "point_in_time_recovery"
_OTHERS_OF_STRONG: Final = 2
_IMAGES: Final = "NEW_AND_OLD_IMAGES"

NO_STREAM: Final = "the table has no stream, which replication needs"
HALF_STREAM: Final = "the table has a stream without new and old images, which replication needs"


def read_tables(side: Side, copies: dict[str, str]) -> Iterator[ComponentBuilder]:
    """Yield a builder for each table, and tell which replicas belong to which."""
    replicas = side.parts(_TYPE, _REPLICA, "global_table_arn")
    owned = {item.address for items in replicas.values() for item in items}
    for replica in side.of(_REPLICA):
        if replica.address not in owned:
            shown = None if replica.is_sensitive("global_table_arn") else replica.text("global_table_arn")
            copies[replica.address] = shown or "a table not known before apply"
    for table in side.of(_TYPE):
        builder = ComponentBuilder(main=table, kind=Kind.TABLE, region=table.region)
        _recovery(side, builder)
        apart = replicas.get(table.address, [])
        were = side.was.parts(_TYPE, _REPLICA, "global_table_arn").get(table.address, [])
        for replica in apart:
            copies[replica.address] = table.address
            builder.join(replica)
            _global_table(side, builder, replica, replica.region, "EVENTUAL", known=True)
        for loose in side.loose_parts(table, _REPLICA, "global_table_arn"):
            builder.perhaps(side.notes, "global_table", loose)
        _inline_replicas(side, builder, {item.region for item in (*apart, *were)})
        for legacy in side.of(_LEGACY):
            _legacy_global_table(side, builder, legacy)
        _recovery_of_replicas(side, builder, apart)
        yield builder


def _recovery(side: Side, builder: ComponentBuilder) -> None:
    table = builder.main
    block = ("point_in_time_recovery", 0)
    # Left out, it is computed for a new table; of one that is there it stays what it was, unless its block is dynamic.
    if table.is_unknown(*block, "enabled") and not (table.created and table.left_out(block[0], block=True)):
        builder.protect(side.notes, "pitr", table, unknown=[ENABLED])
    elif table.get(*block, "enabled") is True:
        # Left out, AWS keeps the longest it offers, which is the catalog's default.
        days = "recovery_period_in_days"
        unknown = table.is_unknown(*block, days) and days in side.block_arguments(table, block[0])
        builder.protect(
            side.notes,
            "pitr",
            table,
            parameters={"retention_days": table.number(*block, days)},
            doubts=too_long("dynamodb.recovery_period_days", table.number(*block, days)),
            unknown=["retention_days"] if unknown else [],
        )


def _recovery_of_replicas(side: Side, builder: ComponentBuilder, apart: Sequence[Resource]) -> None:
    """Count the point-in-time recovery of a replica where the table has none: it reaches back to the same items."""
    if any(item.mechanism == _PITR for item in builder.protections):
        return
    table = builder.main
    for replica in apart:
        if replica.get(_REPLICA_PITR) is True:
            builder.protect(side.notes, _PITR, replica, region=replica.region)
    said = {replica.region for replica in apart}
    for block in [] if table.is_unknown("replica") else table.blocks("replica"):
        region = as_region(block.get("region_name"))
        if block.get(_REPLICA_PITR) is True and region not in said:
            builder.protect(side.notes, _PITR, table, region=region)


def _legacy_global_table(side: Side, builder: ComponentBuilder, legacy: Resource) -> None:
    """Count the other Regions of a global table of version 2017.11.29: tables of one name that replicate each other."""
    table, name = builder.main, legacy.text("name")
    of_it = table.text("name") == name if name is not None else table in side.referred(legacy, ("name",))
    regions = [region for block in legacy.blocks("replica") if (region := as_region(block.get("region_name")))]
    if not of_it or builder.region not in regions:
        return
    # It makes no table: those that it names have to be there, with streams of their own.
    there = {other.region for other in side.of(_TYPE) if other.text("name") in (table.text("name"), name)}
    for region in regions:
        if region != builder.region:
            _global_table(side, builder, legacy, region, "EVENTUAL", known=True, there=region in there)


def _inline_replicas(side: Side, builder: ComponentBuilder, apart: set[str | None]) -> None:
    table = builder.main
    if table.is_unknown("replica"):
        # The provider computes none, so blocks that are not told are dynamic ones.
        builder.protect(side.notes, "global_table", table, unknown=[ENABLED])
        return
    witness = next((name for item in table.blocks("global_table_witness") if (name := item.get("region_name"))), None)
    replicas = list(enumerate(table.blocks("replica")))
    regions = {region for _, item in replicas if (region := as_region(item.get("region_name")))}
    told = [item.get("consistency_mode") for _, item in replicas if item.get("consistency_mode")]
    mixed = any(mode != told[0] for mode in told)
    third = "witness" if witness else "replica" if len(regions) > 1 else None
    for index, item in replicas:
        region = as_region(item.get("region_name"))
        if region is not None and region in apart:
            # The provider shows replicas with a resource of their own in the table as well, and there they go stale.
            continue
        consistency = item.get("consistency_mode") or "EVENTUAL"
        mode = "consistency_mode"
        known = not table.is_unknown("replica", index, mode) or mode not in side.block_arguments(table, "replica")
        strong = str(consistency) == _STRONG
        against = _against_strong(table) if strong and known else []
        if mixed and known:
            against.append("a table has one consistency, and its replicas are to have both")
        place = as_region(witness)
        _global_table(
            *(side, builder, table, region, str(consistency)), known=known, third=third, witness=place, against=against
        )


def _against_strong(table: Resource) -> list[str]:
    """Return why DynamoDB makes no strongly consistent table of it: its Regions, their set, its features."""
    regions = [as_region(item.get("region_name")) for item in table.blocks("replica")]
    witness = "global_table_witness"
    regions += [as_region(item.get("region_name")) for item in table.blocks(witness) if item.get("region_name")]
    found = []
    if len(regions) != _OTHERS_OF_STRONG and not table.is_unknown(witness):
        found.append("strong consistency takes exactly three Regions: two replicas, or one and a witness")
    named = {table.region, *regions} - {None}
    if not any(named <= set(one.regions) for one in region_sets("mrsc")):
        found.append(f"{NOT_OFFERED} strong consistency across {', '.join(sorted(map(str, named)))}")
    if table.get("ttl", 0, "enabled") is True:
        found.append("a strongly consistent table has no TTL")
    if table.blocks("local_secondary_index"):
        found.append("a strongly consistent table has no local secondary indexes")
    return found


def _global_table(
    side: Side,
    builder: ComponentBuilder,
    by: Resource,
    region: str | None,
    consistency: str,
    *,
    known: bool,
    there: bool = True,
    third: str | None = None,
    witness: str | None = None,
    against: Sequence[str] = (),
) -> None:
    table = builder.main
    doubts = list(against)
    if (region is not None or by is not table) and builder.shares_region(by, region):
        doubts.append("the replica is in the table's own Region")
    streams = table.get("stream_enabled")
    if consistency == "EVENTUAL" and streams is not True and not table.is_unknown("stream_enabled"):
        doubts.append(NO_STREAM)
    elif consistency == "EVENTUAL" and table.text("stream_view_type") not in (None, _IMAGES):
        doubts.append(HALF_STREAM)
    strong = consistency == _STRONG
    builder.protect(
        side.notes,
        "global_table",
        by,
        region=region,
        parameters={
            "consistency": consistency,
            "third": third if strong else None,
            "third_region": witness if strong else None,
        },
        doubts=doubts,
        unknown=[*([] if known else ["consistency"]), *([] if there else [ENABLED])],
    )
