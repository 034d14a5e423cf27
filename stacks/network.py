"""A private network in each Region for the reference databases and file systems; a team brings its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import Network
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from constructs_lib import Sites
    from constructs_lib.constructs.sites.site import Site

BLOCKS = {"primary": "10.10", "recovery": "10.20"}


def network(sites: Sites, *, port: int = 5432, protocol: str = "PostgreSQL", group: str = "database") -> Network:
    """Build a VPC with two subnets and a security group, which lets one port in, in either Region."""
    assert sites.recovery is not None, "the reference workloads have two Regions"
    subnets, groups = _private(sites.primary, port, protocol, group)
    recovery_subnets, recovery_groups = _private(sites.recovery, port, protocol, group)
    return Network(
        subnet_ids=subnets,
        security_group_ids=groups,
        recovery_subnet_ids=recovery_subnets,
        recovery_security_group_ids=recovery_groups,
    )


def _private(site: Site, port: int, protocol: str, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    scope, block = Construct(site.scope, "network"), BLOCKS[site.role]
    tags = {"recovery:workload": site.name}
    vpc = AwsResource(
        scope,
        "vpc",
        "aws_vpc",
        {"cidr_block": f"{block}.0.0/16", "enable_dns_support": True, "enable_dns_hostnames": True, "tags": tags},
        provider=site.provider,
    )
    # Without rules, so that nothing is reachable by what forgets to name a group.
    AwsResource(scope, "default-group", "aws_default_security_group", {"vpc_id": vpc.ref("id")}, provider=site.provider)
    subnets = tuple(
        AwsResource(
            scope,
            f"subnet-{zone}",
            "aws_subnet",
            {
                "vpc_id": vpc.ref("id"),
                "cidr_block": f"{block}.{number}.0/24",
                "availability_zone": f"{site.region}{zone}",
                "tags": tags,
            },
            provider=site.provider,
        ).ref("id")
        for number, zone in enumerate("ab")
    )
    group = AwsResource(
        scope,
        "group",
        "aws_security_group",
        {
            "name": f"{site.name}-{name}",
            "description": f"{protocol} from inside the network",
            "vpc_id": vpc.ref("id"),
            "tags": tags,
        },
        provider=site.provider,
    )
    AwsResource(
        scope,
        protocol.lower(),
        "aws_vpc_security_group_ingress_rule",
        {
            "security_group_id": group.ref("id"),
            "description": f"{protocol} from inside the network",
            "cidr_ipv4": f"{block}.0.0/16",
            "from_port": port,
            "to_port": port,
            "ip_protocol": "tcp",
        },
        provider=site.provider,
    )
    return subnets, (group.ref("id"),)
