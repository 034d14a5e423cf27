"""Parameter and option groups: encryption in transit, logs, and the caller's own parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalog.databases.parameter_names import is_dynamic
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.database.settings import DatabaseSettings
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.terraform.engine import Construct

# Another major version needs another group, while the old one is still in use.
_REPLACED_BY = {"create_before_destroy": True}


def parameter_group(
    scope: Construct,
    site: Site,
    settings: DatabaseSettings,
    *,
    name: str,
    tags: Mapping[str, str],
    cluster: bool = False,
    extra: Mapping[str, str] | None = None,
) -> AwsResource:
    """Build the parameter group of an instance, or of a cluster, as child `Parameters` of *scope*.

    Args:
        scope: Where to build it.
        site: The site it is for.
        settings: The engine and the caller's parameters.
        name: The database's identifier; the group's name adds the family.
        tags: The component's tags.
        cluster: Whether it is for a cluster. Default: for an instance.
        extra: Parameters that the pattern needs.
    """
    required = {item.name: item.value for item in settings.engine.parameters}
    values = {**settings.parameters, **required, **(extra or {})}
    return AwsResource(
        scope,
        "Parameters",
        "aws_rds_cluster_parameter_group" if cluster else "aws_db_parameter_group",
        {
            "name": f"{name}-{settings.family.replace('.', '-')}",
            "description": f"parameters of {name} in {site.region}",
            "family": settings.family,
            "parameter": [
                # RDS refuses to apply a static parameter at once. What the engine requires is there when the database
                # starts: AWS keeps `pending-reboot` of what is its default anyway (as rds.force_ssl is since PostgreSQL
                # 15), and each plan would ask for something else anew.
                {
                    "name": key,
                    "value": value,
                    "apply_method": "immediate"
                    if key not in required and is_dynamic(settings.engine, key)
                    else "pending-reboot",
                }
                for key, value in sorted(values.items())
            ],
            "tags": dict(tags),
        },
        provider=site.provider,
        lifecycle=_REPLACED_BY,
    )


def option_group(
    scope: Construct, site: Site, settings: DatabaseSettings, *, name: str, tags: Mapping[str, str]
) -> AwsResource | None:
    """Build the option group, child `Options` of *scope*, where the engine encrypts in transit by an option."""
    engine = settings.engine
    if not engine.options:
        return None
    major = engine.major(settings.version)
    return AwsResource(
        scope,
        "Options",
        "aws_db_option_group",
        {
            "name": f"{name}-{engine.name}-{major.replace('.', '-')}",
            "option_group_description": f"options of {name} in {site.region}",
            "engine_name": engine.name,
            "major_engine_version": major,
            "option": [
                {
                    "option_name": option.name,
                    "option_settings": [
                        {"name": key, "value": value} for key, value in sorted(option.settings.items())
                    ],
                }
                for option in engine.options
            ],
            "tags": dict(tags),
        },
        provider=site.provider,
        lifecycle=_REPLACED_BY,
    )
