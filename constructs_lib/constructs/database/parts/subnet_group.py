"""The DB subnet group of a database: built of the network's subnets, or the one that runs already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.terraform.resource import AwsDataSource, AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.sites.network import Network
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.terraform.engine import Construct


def subnet_group(
    scope: Construct, site: Site, network: Network, *, name: str, tags: Mapping[str, str], role: str | None = None
) -> AwsResource | AwsDataSource:
    """Build an `aws_db_subnet_group` over the site's subnets, as child `Subnets` of *scope*, or look up the one named.

    Args:
        scope: Where to build it.
        site: The site it is for.
        network: The subnets.
        name: The group's name.
        tags: The component's tags.
        role: Whose subnets to take. Default: the site's role.
    """
    if network.subnet_group is not None and (role or site.role) == "primary":
        return AwsDataSource(
            scope, "Subnets", "aws_db_subnet_group", {"name": network.subnet_group}, provider=site.provider
        )
    return AwsResource(
        scope,
        "Subnets",
        "aws_db_subnet_group",
        {
            "name": name,
            "description": f"subnets of {name} in {site.region}",
            "subnet_ids": network.subnets_in(role or site.role),
            "tags": dict(tags),
        },
        provider=site.provider,
    )
