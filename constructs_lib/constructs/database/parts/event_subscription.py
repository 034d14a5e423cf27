"""RDS's own reports on a database, to the topic of its Region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.terraform.engine import Construct

# Not `backup`: it tells of each backup that begins and ends, every day.
_INSTANCE_EVENTS = (
    "availability",
    "deletion",
    "failover",
    "failure",
    "low storage",
    "maintenance",
    "notification",
    "read replica",
    "recovery",
)
_CLUSTER_EVENTS = ("deletion", "failover", "failure", "global-failover", "maintenance", "notification")


def database_events(
    scope: Construct,
    site: Site,
    *,
    name: str,
    identifiers: Sequence[str],
    tags: Mapping[str, str],
    cluster: bool = False,
) -> AwsResource | None:
    """Build an `aws_db_event_subscription`, as child `Events` (`ClusterEvents`) of *scope*.

    RDS publishes no metric for a failover, a failed backup or replication that stopped; it reports them as events.

    Args:
        scope: Where to build it.
        site: The site in whose Region the database is.
        name: The subscription's name.
        identifiers: The instances, or the cluster.
        tags: The component's tags.
        cluster: Whether *identifiers* are clusters. Default: instances.

    Returns:
        The subscription; None where the sites are without monitoring.
    """
    if not site.monitoring:
        return None
    return AwsResource(
        scope,
        "ClusterEvents" if cluster else "Events",
        "aws_db_event_subscription",
        {
            "name": name,
            "sns_topic": site.alarm_topic.here("arn"),
            "source_type": "db-cluster" if cluster else "db-instance",
            "source_ids": list(identifiers),
            "event_categories": _CLUSTER_EVENTS if cluster else _INSTANCE_EVENTS,
            "tags": dict(tags),
        },
        provider=site.provider,
    )
