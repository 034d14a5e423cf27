"""An RDS Multi-AZ DB cluster: a writer and two readers, each in an Availability Zone of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.database.parts.event_subscription import database_events
from constructs_lib.constructs.database.parts.final_snapshot import final_snapshot, lifecycle_with_snapshot
from constructs_lib.constructs.database.parts.master_password import managed_password, managed_secret_arn
from constructs_lib.constructs.database.parts.monitoring_role import monitoring_role_arn
from constructs_lib.constructs.database.parts.parameter_group import parameter_group
from constructs_lib.constructs.database.parts.subnet_group import subnet_group
from constructs_lib.constructs.sites.alarm import alarm, built
from constructs_lib.errors import ConfigurationError
from constructs_lib.selection.lag_alarm import lag_alarm_seconds
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.database.adopted import Adopted
    from constructs_lib.constructs.database.settings import DatabaseSettings
    from constructs_lib.constructs.sites.network import Network
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.selection.decision import Decision
    from constructs_lib.terraform.engine import Construct

_MEMBERS = 3


def cluster_storage(settings: DatabaseSettings) -> dict[str, object]:
    """Return the storage of each member: gp3, from the size on at which it takes the IOPS that AWS wants to be told."""
    return {
        "storage_type": "gp3",
        "allocated_storage": settings.storage_gb,
        "iops": limit("rds.multi_az_cluster_gp3_iops").least,
    }


def check_cluster(settings: DatabaseSettings, network: Network) -> DatabaseSettings:
    """Return *settings* with the instance class of a Multi-AZ DB cluster.

    Raises:
        ConfigurationError: If there are too few subnets or too little storage, or an option is one that a cluster does
            not have.
    """
    network.check_subnets("rds.multi_az_cluster_subnets")
    if settings.storage_gb is not None:
        limit("rds.multi_az_cluster_gp3_gb").check(settings.storage_gb, "storage_gb")
    if settings.max_storage_gb is not None:
        msg = (
            f"max_storage_gb is {settings.max_storage_gb}, but Terraform has no storage of a Multi-AZ DB cluster that "
            f"grows by itself; leave it out, and give storage_gb with room"
        )
        raise ConfigurationError(msg)
    engine = settings.engine
    if engine.major(settings.version) not in engine.cluster_majors:
        msg = (
            f"engine_version is {settings.engine_version}, and RDS has Multi-AZ DB clusters of {engine.name} "
            f"{', '.join(engine.cluster_majors)}; take one of them, or pattern='multi_az_instance'"
        )
        raise ConfigurationError(msg)
    # The choice has refused a class without the local storage a cluster needs, and found one that the Region has.
    if settings.instance_class is not None:
        return settings
    return replace(settings, instance_class=engine.cluster_class)


def cluster_arguments(
    sites: Sites, site: Site, settings: DatabaseSettings, *, identifier: str, tags: Mapping[str, str]
) -> dict[str, object]:
    """Return what a Multi-AZ DB cluster of ours is given, whether new or restored."""
    insights = settings.insights
    return {
        "cluster_identifier": identifier,
        "engine": settings.engine.name,
        "db_cluster_instance_class": settings.instance,
        **cluster_storage(settings),
        "storage_encrypted": True,
        "kms_key_id": site.key_arn_of(site),
        "port": settings.port,
        "iam_database_authentication_enabled": True,
        "backup_retention_period": settings.backup_retention_days,
        "preferred_backup_window": settings.backup_window,
        "preferred_maintenance_window": settings.maintenance_window,
        "copy_tags_to_snapshot": True,
        "delete_automated_backups": False,
        "deletion_protection": settings.deletion_protection,
        **final_snapshot(identifier),
        "enabled_cloudwatch_logs_exports": settings.engine.logs,
        "monitoring_interval": settings.monitoring_seconds,
        "monitoring_role_arn": monitoring_role_arn(sites, site),
        "performance_insights_enabled": insights,
        "performance_insights_kms_key_id": site.key_arn_of(site) if insights else None,
        "performance_insights_retention_period": limit("rds.insights_retention_days").values[0] if insights else None,
        "ca_certificate_identifier": settings.ca_certificate,
        "tags": dict(tags),
    }


class MultiAzCluster:
    """The pattern `multi_az_cluster`.

    Attributes:
        cluster: The `aws_rds_cluster`; its three members are made by RDS.
        subnets: The `aws_db_subnet_group`, built or looked up.
        parameters: The `aws_rds_cluster_parameter_group`.
        events: The `aws_db_event_subscription` of the cluster.
        alarms: One for the lag of each member; the writer's has no data.
    """

    def __init__(
        self,
        scope: Construct,
        sites: Sites,
        decision: Decision,
        settings: DatabaseSettings,
        network: Network,
        *,
        identifier: str,
        adopted: Adopted,
    ) -> None:
        site = sites.primary
        own = adopted.primary or identifier
        tags = dict(decision.tags)
        self.subnets = subnet_group(scope, site, network, name=identifier, tags=tags, role="primary")
        self.parameters = parameter_group(scope, site, settings, name=identifier, tags=tags, cluster=True)
        self.cluster = AwsResource(
            adopted.scope(scope),
            "Default",
            "aws_rds_cluster",
            {
                **cluster_arguments(sites, site, settings, identifier=own, tags=tags),
                **final_snapshot(identifier, adopted=adopted.primary),
                **managed_password(site),
                "engine_version": settings.version,
                "database_name": settings.database_name,
                "master_username": settings.username,
                "db_subnet_group_name": self.subnets.here("name"),
                "vpc_security_group_ids": network.security_groups_in("primary"),
                "db_cluster_parameter_group_name": self.parameters.here("name"),
            },
            provider=site.provider,
            lifecycle=lifecycle_with_snapshot(settings, adopted=adopted.primary is not None),
        )
        self.events = database_events(
            scope, site, name=identifier, identifiers=[self.cluster.here("cluster_identifier")], tags=tags, cluster=True
        )
        limit_seconds = lag_alarm_seconds(
            decision.number("multi_az_cluster", "lag_seconds"),
            most=decision.number("multi_az_cluster", "most_lag_seconds"),
        )
        of_readers = (
            alarm(
                scope,
                f"ReaderLag{number}",
                site,
                name=f"{identifier}-reader-lag-{number}",
                description=f"member {number} of {identifier} is more than {limit_seconds} s behind: it must catch up "
                f"before it can take over, which would make a failover longer than planned",
                namespace="AWS/RDS",
                metric="ReplicaLag",
                # RDS names the members of a cluster itself, and in this way.
                dimensions={"DBInstanceIdentifier": f"{own}-instance-{number}"},
                threshold=limit_seconds,
                tags=tags,
            )
            for number in range(1, _MEMBERS + 1)
        )
        self.alarms = built(*of_readers)

    @property
    def main(self) -> AwsResource:
        """The cluster."""
        return self.cluster

    @property
    def recovery_main(self) -> AwsResource | None:
        """Nothing: the pattern is for one Region."""
        return None

    @property
    def secret_arn(self) -> str:
        """The ARN of the secret of the master user, which RDS manages."""
        return managed_secret_arn(self.cluster)

    def outputs(self) -> dict[str, str]:
        """Return what callers in the primary Region need."""
        return {
            "endpoint": self.cluster.ref("endpoint"),
            "reader-endpoint": self.cluster.ref("reader_endpoint"),
            "port": self.cluster.ref("port"),
            "arn": self.cluster.ref("arn"),
            "resource-id": self.cluster.ref("cluster_resource_id"),
            "secret-arn": self.secret_arn,
        }

    def recovery_outputs(self) -> dict[str, str]:
        """Return nothing: the pattern is for one Region."""
        return {}
