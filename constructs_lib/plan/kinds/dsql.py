"""Aurora DSQL clusters and the peering that makes them one database in two Regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.regions import region_sets
from constructs_lib.components import ENABLED, Kind
from constructs_lib.plan.document.arn import region_of_arn
from constructs_lib.plan.kinds.component_builder import NOT_OFFERED, ComponentBuilder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.side import Side

_TYPE: Final = "aws_dsql_cluster"
_PEERING: Final = "aws_dsql_cluster_peering"


def read_dsql(side: Side) -> Iterator[ComponentBuilder]:
    """Yield a builder for each DSQL cluster; peered clusters are equals, so each is a component."""
    peerings = side.parts(_TYPE, _PEERING, "identifier")
    for cluster in side.of(_TYPE):
        builder = ComponentBuilder(main=cluster, kind=Kind.DATABASE, region=cluster.region, engine="dsql")
        for peering in peerings.get(cluster.address, []):
            builder.join(peering)
            _peers(side, builder, peering, peerings)
        for loose in side.loose_parts(cluster, _PEERING, "identifier"):
            builder.protect(side.notes, "dsql_multi_region", loose, unknown=[ENABLED])
        yield builder


def _peers(side: Side, builder: ComponentBuilder, peering: Resource, peerings: Mapping[str, list[Resource]]) -> None:
    others: dict[str, tuple[str | None, Resource | None]] = {}
    values = peering.get("clusters")
    for value in values if isinstance(values, list) else []:
        if isinstance(value, str) and value:
            target = side.find(_TYPE, value, document=peering.document)
            others[target.address if target is not None else value] = (region_of_arn(value), target)
    if peering.is_unknown("clusters") or any(
        peering.is_unknown("clusters", index) for index in range(len(values) if isinstance(values, list) else 0)
    ):
        for target in side.referred(peering, ("clusters",)):
            if target.type == _TYPE:
                others[target.address] = (target.region, target)
    others.pop(builder.main.address, None)
    if not others:
        builder.protect(side.notes, "dsql_multi_region", peering, unknown=[ENABLED])
    for name, (region, target) in others.items():
        doubts = []
        if target is None and side.lacks(_TYPE, name):
            doubts.append("the other cluster is not there")
        if target is not None and target.address not in peerings:
            doubts.append("the other cluster has no peering back, and both sides must name each other")
        where = region or (None if target is None else target.region)
        if builder.region == where is not None or (target is not None and builder.shares_region(target)):
            doubts.append("the other cluster is in the same Region")
        elif (
            builder.region
            and where
            and not any({builder.region, where} <= set(one.regions) for one in region_sets("dsql"))
        ):
            doubts.append(f"{NOT_OFFERED} peered clusters across {builder.region} and {where}")
        if target is not None:
            builder.join(target)
        builder.protect(side.notes, "dsql_multi_region", peering, region=where, doubts=doubts)


def share_backups(builders: Sequence[ComponentBuilder]) -> None:
    """Give peered clusters each other's backups: both hold the same data."""
    clusters = {builder.main.address: builder for builder in builders if builder.main.type == _TYPE}
    own = {
        address: [item for item in builder.protections if item.mechanism.startswith("backup")]
        for address, builder in clusters.items()
    }
    for builder in clusters.values():
        if any(item.mechanism == "dsql_multi_region" and not item.doubts for item in builder.protections):
            for peer in builder.members.keys() & clusters.keys():
                builder.protections += own[peer]
