"""What any RDS instance of ours is given, and what is around it in its Region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.database.parts.monitoring_role import monitoring_role_arn
from constructs_lib.constructs.database.parts.parameter_group import option_group, parameter_group
from constructs_lib.constructs.database.parts.subnet_group import subnet_group

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.database.settings import DatabaseSettings
    from constructs_lib.constructs.sites.network import Network
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.terraform.engine import Construct


class InstanceSurroundings:
    """What an RDS instance needs around it in one Region: its subnet, parameter and option groups.

    Attributes:
        subnets: The `aws_db_subnet_group`, built or looked up.
        parameters: The `aws_db_parameter_group`.
        options: The `aws_db_option_group`, for Oracle; else None.
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
    ) -> None:
        self._network = network
        self._role = role
        self.subnets = subnet_group(scope, site, network, name=name, tags=tags, role=role)
        self.parameters = parameter_group(scope, site, settings, name=name, tags=tags)
        self.options = option_group(scope, site, settings, name=name, tags=tags)

    @property
    def arguments(self) -> dict[str, object]:
        """The arguments that put an instance into them."""
        return {
            "db_subnet_group_name": self.subnets.here("name"),
            "vpc_security_group_ids": self._network.security_groups_in(self._role),
            "parameter_group_name": self.parameters.here("name"),
            "option_group_name": None if self.options is None else self.options.here("name"),
            "publicly_accessible": False,
        }


def instance_arguments(
    sites: Sites, site: Site, settings: DatabaseSettings, *, identifier: str, tags: Mapping[str, str]
) -> dict[str, object]:
    """Return what any instance of ours is given, whether new, a replica or restored."""
    insights = settings.insights
    return {
        "identifier": identifier,
        "instance_class": settings.instance,
        "storage_type": "gp3",
        "max_allocated_storage": settings.max_storage_gb,
        "port": settings.port,
        "iam_database_authentication_enabled": True if settings.engine.iam_authentication else None,
        "backup_retention_period": settings.backup_retention_days,
        "backup_window": settings.backup_window,
        "maintenance_window": settings.maintenance_window,
        "copy_tags_to_snapshot": True,
        "delete_automated_backups": False,
        "deletion_protection": settings.deletion_protection,
        "auto_minor_version_upgrade": settings.takes_minor_upgrades,
        "enabled_cloudwatch_logs_exports": settings.engine.logs,
        "monitoring_interval": settings.monitoring_seconds,
        "monitoring_role_arn": monitoring_role_arn(sites, site),
        "performance_insights_enabled": insights,
        "performance_insights_kms_key_id": site.key_arn_of(site) if insights else None,
        "performance_insights_retention_period": limit("rds.insights_retention_days").values[0] if insights else None,
        "ca_cert_identifier": settings.ca_certificate,
        "tags": dict(tags),
    }
