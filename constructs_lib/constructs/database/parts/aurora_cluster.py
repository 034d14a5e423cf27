"""What any Aurora cluster of ours is given, its members, and what is around it in its Region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.database.parts.final_snapshot import final_snapshot
from constructs_lib.constructs.database.parts.monitoring_role import monitoring_role_arn
from constructs_lib.constructs.database.parts.parameter_group import parameter_group
from constructs_lib.constructs.database.parts.subnet_group import subnet_group
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.database.settings import DatabaseSettings
    from constructs_lib.constructs.sites.network import Network
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.terraform.engine import Construct

_HOUR = 3600


class AuroraSurroundings:
    """What an Aurora cluster needs around it in one Region.

    Attributes:
        subnets: The `aws_db_subnet_group`, built or looked up.
        parameters: The `aws_rds_cluster_parameter_group`.
    """

    def __init__(
        self,
        scope: Construct,
        site: Site,
        settings: DatabaseSettings,
        network: Network,
        *,
        name: str,
        tags: dict[str, str],
        role: str,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        self._groups = network.security_groups_in(role)
        self.subnets = subnet_group(scope, site, network, name=name, tags=tags, role=role)
        self.parameters = parameter_group(scope, site, settings, name=name, tags=tags, cluster=True, extra=extra)

    @property
    def arguments(self) -> dict[str, object]:
        """The arguments that put a cluster into them."""
        return {
            "db_subnet_group_name": self.subnets.here("name"),
            "vpc_security_group_ids": self._groups,
            "db_cluster_parameter_group_name": self.parameters.here("name"),
        }


def aurora_arguments(
    site: Site, settings: DatabaseSettings, *, identifier: str, tags: Mapping[str, str]
) -> dict[str, object]:
    """Return what an Aurora cluster of ours is given, whether new, secondary or restored."""
    return {
        "cluster_identifier": identifier,
        "engine": settings.engine.name,
        "storage_encrypted": True,
        "kms_key_id": site.key_arn_of(site),
        "port": settings.port,
        "iam_database_authentication_enabled": True,
        "backup_retention_period": settings.backup_retention_days,
        "preferred_backup_window": settings.backup_window,
        "preferred_maintenance_window": settings.maintenance_window,
        "backtrack_window": settings.backtrack_hours * _HOUR or None,
        "serverlessv2_scaling_configuration": None
        if settings.capacity is None
        else {"min_capacity": float(settings.capacity.least), "max_capacity": float(settings.capacity.most)},
        "copy_tags_to_snapshot": True,
        "delete_automated_backups": False,
        "deletion_protection": settings.deletion_protection,
        **final_snapshot(identifier),
        "enabled_cloudwatch_logs_exports": settings.engine.logs,
        "tags": dict(tags),
    }


def aurora_members(
    scope: Construct,
    sites: Sites,
    site: Site,
    settings: DatabaseSettings,
    cluster: AwsResource,
    *,
    count: int,
    identifier: str,
    tags: Mapping[str, str],
    of_global: bool = False,
    own: tuple[str, ...] = (),
) -> tuple[AwsResource, ...]:
    """Build the instances of *cluster*, as children `Instance1` and so on of *scope*.

    All of them have the same class and may take over; which one writes is for Aurora to say. *own* are the names of
    those that are there already; the others are called after *identifier*. They have the version of their cluster,
    which RDS says is not theirs to ask for: one that is asked for and is not the cluster's is refused.
    """
    insights = settings.insights
    return tuple(
        AwsResource(
            scope,
            f"Instance{number}",
            "aws_rds_cluster_instance",
            {
                "identifier": name,
                "cluster_identifier": cluster.here("id"),
                "engine": settings.engine.name,
                "instance_class": settings.instance,
                "promotion_tier": 0,
                "publicly_accessible": False,
                "copy_tags_to_snapshot": True,
                # A member of a global database ignores it: both sides are upgraded by whoever runs them.
                "auto_minor_version_upgrade": settings.takes_minor_upgrades and not of_global,
                "monitoring_interval": settings.monitoring_seconds,
                "monitoring_role_arn": monitoring_role_arn(sites, site),
                "performance_insights_enabled": insights,
                "performance_insights_kms_key_id": site.key_arn_of(site) if insights else None,
                "performance_insights_retention_period": limit("rds.insights_retention_days").values[0]
                if insights
                else None,
                "ca_cert_identifier": settings.ca_certificate,
                "preferred_maintenance_window": settings.maintenance_window,
                "tags": dict(tags),
            },
            provider=site.provider,
        )
        for number, name in enumerate(
            [*own, *(f"{identifier}-{number}" for number in range(len(own) + 1, count + 1))], start=1
        )
    )
