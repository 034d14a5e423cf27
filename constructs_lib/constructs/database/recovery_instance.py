"""What stands for an RDS instance in the recovery Region: replicated backups, or a read replica with its alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.constructs.database.parts.instance import InstanceSurroundings, instance_arguments
from constructs_lib.constructs.sites.alarm import alarm, built
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.constructs.database.settings import DatabaseSettings
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.selection.decision import Decision
    from constructs_lib.terraform.engine import Construct


def source_arn(primary: Site, site: Site, identifier: str) -> str:
    """Return the ARN of the instance of the primary Region, as the stack of *site* may name it."""
    return f"arn:aws:rds:{primary.region}:{site.account_id}:db:{identifier}"


def replicated_backups(
    scope: Construct, recovery: Site, settings: DatabaseSettings, *, source: str, after: Sequence[AwsResource] = ()
) -> AwsResource:
    """Build the `aws_db_instance_automated_backups_replication`, as child `Default` of *scope*.

    Args:
        scope: Where to build it, in the recovery Region.
        recovery: The site of that Region.
        settings: The database's options.
        source: The ARN of the instance.
        after: What has to be there first. Default: nothing of this stack.
    """
    return AwsResource(
        scope,
        "Default",
        "aws_db_instance_automated_backups_replication",
        {
            "source_db_instance_arn": source,
            "kms_key_id": recovery.key_arn_of(recovery),
            "retention_period": settings.backup_retention_days,
        },
        provider=recovery.provider,
        depends_on=after,
        lifecycle=settings.lifecycle,
    )


def read_replica(
    scope: Construct,
    sites: Sites,
    recovery: Site,
    decision: Decision,
    settings: DatabaseSettings,
    surroundings: InstanceSurroundings,
    *,
    identifier: str,
    source: str,
    after: Sequence[AwsResource] = (),
    storage_is_known: bool = True,
) -> AwsResource:
    """Build the `aws_db_instance` that is a read replica, as child `Default` of *scope*.

    Args:
        scope: Where to build it, in the recovery Region.
        sites: The database's sites.
        recovery: The site of that Region.
        decision: What was decided.
        settings: The database's options.
        surroundings: Its groups.
        identifier: What it is called.
        source: The ARN of the instance that it follows.
        after: What has to be there first. Default: nothing of this stack.
        storage_is_known: Whether the source's storage is that of *settings*. RDS refuses a replica that may grow to
            less than its source has; where it is not known, the replica may grow as its source may. Default: it is.
    """
    arguments = instance_arguments(sites, recovery, settings, identifier=identifier, tags=decision.tags)
    ignored = ["replicate_source_db"]
    if not storage_is_known:
        del arguments["max_allocated_storage"]
        ignored.append("max_allocated_storage")
    if not settings.engine.replica_standby:
        arguments.update(backup_retention_period=None, backup_window=None)
    return AwsResource(
        scope,
        "Default",
        "aws_db_instance",
        {
            **arguments,
            **surroundings.arguments,
            # RDS makes an option group for a replica in another Region, which it never leaves.
            "option_group_name": None,
            "replicate_source_db": source,
            "replica_mode": settings.engine.replica_mode,
            "storage_encrypted": True,
            "kms_key_id": recovery.key_arn_of(recovery),
            "multi_az": decision.setting("read_replica", "standby") is True,
            # AWS refuses a final snapshot of a replica; once promoted, its automated backups outlive it.
            "skip_final_snapshot": True,
        },
        provider=recovery.provider,
        depends_on=after,
        # A promotion is done by the API, in the emergency; the next plan must not undo it.
        lifecycle={**settings.lifecycle, "ignore_changes": ignored},
    )


def replica_alarms(
    scope: Construct, recovery: Site, decision: Decision, replica: AwsResource, *, name: str
) -> tuple[AwsResource, ...]:
    """Build the alarms on a replica that is late, or stopped, as children of *scope*; *name* starts their names."""
    limit_seconds = decision.lag_alarm_seconds
    behind = alarm(
        scope,
        "ReplicaLag",
        recovery,
        name=f"{name}-replica-lag",
        description=f"the read replica {name} is more than {limit_seconds} s behind: look at writes and the size "
        f"of the replica before the RPO is not kept. No data: it is no replica any more, or gone",
        namespace="AWS/RDS",
        metric="ReplicaLag",
        dimensions={"DBInstanceIdentifier": replica.here("identifier")},
        threshold=limit_seconds,
        promised=decision.promised_lag_seconds,
        unit="s",
        tells_silence=True,
        tags=decision.tags,
    )
    stopped = alarm(
        scope,
        "ReplicationStopped",
        recovery,
        name=f"{name}-replication-stopped",
        description=f"RDS reports a lag of -1 for {name}: replication has stopped; look at the replica's events",
        namespace="AWS/RDS",
        metric="ReplicaLag",
        dimensions={"DBInstanceIdentifier": replica.here("identifier")},
        threshold=0,
        comparison="LessThanThreshold",
        statistic="Minimum",
        missing="missing",
        tags=decision.tags,
    )
    return built(behind, stopped)
