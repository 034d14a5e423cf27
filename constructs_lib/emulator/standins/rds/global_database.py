"""RDS: what an Aurora global database is, and how it is described."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from constructs_lib.emulator.standins.rds import reply as rds_reply

if TYPE_CHECKING:
    from collections.abc import Container
    from xml.etree.ElementTree import Element


@attrs.define(kw_only=True)
class Failover:
    """A change of the writer that is under way, with the polls that are left of it."""

    status: str
    before: str
    after: str
    loses_data: bool


@attrs.define(kw_only=True)
class GlobalCluster:
    """A global database: its members by ARN, the writer among them, and how it was made.

    `loses_data` tells how the writer became the writer; `unplanned` names, by member, the snapshot of what was lost
    that is due once the member's Region is back.
    """

    identifier: str
    arn: str
    resource_id: str
    fields: dict[str, str]
    tags: dict[str, str]
    members: list[str]
    writer: str | None
    failover: Failover | None = None
    loses_data: bool = False
    unplanned: dict[str, str] = attrs.Factory(dict)


def show(element: Element, cluster: GlobalCluster, change: Failover | None, lost: Container[str]) -> None:
    """Fill the description of a global database, with the change of its writer that is under way."""
    identity = {
        "GlobalClusterIdentifier": cluster.identifier,
        "GlobalClusterResourceId": cluster.resource_id,
        "GlobalClusterArn": cluster.arn,
        "Status": change.status if change else "available",
        "Endpoint": f"{cluster.identifier}.global-{cluster.resource_id[-12:]}.global.rds.amazonaws.com",
    }
    rds_reply.filled(element, identity | cluster.fields)
    members = rds_reply.put(element, "GlobalClusterMembers")
    readers = [arn for arn in cluster.members if arn != cluster.writer]
    for arn in cluster.members:
        writes = arn == cluster.writer
        member = rds_reply.append(
            members, "GlobalClusterMember", {"DBClusterArn": arn, "IsWriter": str(writes).lower()}
        )
        rds_reply.replace_list(member, "Readers", readers if writes else [])
        if not writes:
            cut = region_of(arn) in lost or region_of(cluster.writer or arn) in lost
            synchronized = "pending-resync" if cut else "connected"
            rds_reply.filled(member, {"GlobalWriteForwardingStatus": "disabled", "SynchronizationStatus": synchronized})
    if change is not None:
        state = {
            "Status": change.status,
            "FromDbClusterArn": change.before,
            "ToDbClusterArn": change.after,
            "IsDataLossAllowed": str(change.loses_data).lower(),
        }
        rds_reply.filled(rds_reply.put(element, "FailoverState"), state)
    rds_reply.replace_tags(element, cluster.tags)


def region_of(arn: str) -> str:
    """Return the Region an ARN names."""
    return arn.split(":")[3]
