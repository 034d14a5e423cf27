"""Aurora DSQL clusters and the peering that makes them one database in two Regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.components import Kind
from constructs_lib.plan.arn import region_of_arn
from constructs_lib.plan.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.plan.resource import Resource
    from constructs_lib.plan.side import Side

_TYPE: Final = "aws_dsql_cluster"
_PEERING: Final = "aws_dsql_cluster_peering"


def read_dsql(side: Side) -> Iterator[Draft]:
    """Yield a draft for each DSQL cluster; peered clusters are equals, so each is a component."""
    peerings = side.parts(_TYPE, _PEERING, "identifier")
    for cluster in side.of(_TYPE):
        draft = Draft(main=cluster, kind=Kind.DATABASE, region=cluster.region, engine="dsql")
        for peering in peerings.get(cluster.address, []):
            draft.join(peering)
            _peers(side, draft, peering, peerings)
        yield draft


def _peers(side: Side, draft: Draft, peering: Resource, peerings: Mapping[str, list[Resource]]) -> None:
    others: dict[str, tuple[str | None, Resource | None]] = {}
    values = peering.get("clusters")
    for value in values if isinstance(values, list) else []:
        if isinstance(value, str) and value:
            target = side.find(_TYPE, value)
            others[target.address if target is not None else value] = (region_of_arn(value), target)
    if peering.is_unknown("clusters") or any(
        peering.is_unknown("clusters", index) for index in range(len(values) if isinstance(values, list) else 0)
    ):
        for target in side.referred(peering, ("clusters",)):
            if target.type == _TYPE:
                others[target.address] = (target.region, target)
    others.pop(draft.main.address, None)
    if not others:
        draft.protect(side.notes, "dsql_multi_region", peering, unknown=["enabled"])
    for region, target in others.values():
        doubts = []
        if target is not None and target.address not in peerings:
            doubts.append("the other cluster has no peering back, and both sides must name each other")
        where = region or (None if target is None else target.region)
        if where is not None and where == draft.region:
            doubts.append("the other cluster is in the same Region")
        if target is not None:
            draft.join(target)
        draft.protect(side.notes, "dsql_multi_region", peering, region=where, doubts=doubts)


def share_backups(drafts: Sequence[Draft]) -> None:
    """Give peered clusters each other's backups: both hold the same data."""
    clusters = {draft.main.address: draft for draft in drafts if draft.main.type == _TYPE}
    own = {
        address: [item for item in draft.protections if item.mechanism.startswith("backup")]
        for address, draft in clusters.items()
    }
    for draft in clusters.values():
        if any(item.mechanism == "dsql_multi_region" and not item.doubts for item in draft.protections):
            for peer in draft.members.keys() & clusters.keys():
                draft.protections += own[peer]
