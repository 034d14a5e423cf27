"""Where the reference service lives: in the private network of its Region, with groups and a certificate of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib import InEachRegion, ServiceNetwork
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.resource import AwsResource
from stacks.network import BLOCKS

if TYPE_CHECKING:
    from constructs_lib import Sites
    from constructs_lib.constructs.sites.site import Site

PORT: Final = 8080


def service_network(site: Site, subnets: tuple[str, ...]) -> ServiceNetwork:
    """Build the security groups of a service whose callers are inside the network; a team lets its own in."""
    scope = Construct(site.scope, "service-network")
    vpc = site.scope.node.find_child("network").node.find_child("vpc")
    assert isinstance(vpc, AwsResource), "`network` has built it"
    balancer, tasks = (_group(scope, site, vpc, name, port) for name, port in (("balancer", 443), ("tasks", PORT)))
    return ServiceNetwork(
        vpc_id=vpc.ref("id"),
        load_balancer_subnet_ids=subnets,
        load_balancer_security_group_ids=[balancer],
        task_subnet_ids=subnets,
        task_security_group_ids=[tasks],
    )


def _group(scope: Construct, site: Site, vpc: AwsResource, name: str, port: int) -> str:
    what = f"HTTP to the {name} of {site.name}"
    group = AwsResource(
        scope,
        name,
        "aws_security_group",
        {
            "name": f"{site.name}-{name}",
            "description": what,
            "vpc_id": vpc.ref("id"),
            "tags": {"recovery:workload": site.name},
        },
        provider=site.provider,
    )
    AwsResource(
        scope,
        f"to-{name}",
        "aws_vpc_security_group_ingress_rule",
        {
            "security_group_id": group.ref("id"),
            "description": what,
            "cidr_ipv4": f"{BLOCKS[site.role]}.0.0/16",
            "from_port": port,
            "to_port": port,
            "ip_protocol": "tcp",
        },
        provider=site.provider,
    )
    return group.ref("id")


def certificates(sites: Sites, domain: str) -> InEachRegion:
    """Build a certificate in each Region; who has the domain validates it."""
    assert sites.recovery is not None, "the reference workloads have two Regions"
    arns = [
        AwsResource(
            site.scope,
            "certificate",
            "aws_acm_certificate",
            {
                "domain_name": domain,
                "validation_method": "DNS",
                "tags": {"recovery:workload": site.name},
            },
            provider=site.provider,
            lifecycle={"create_before_destroy": True},
        ).ref("arn")
        for site in (sites.primary, sites.recovery)
    ]
    return InEachRegion(primary=arns[0], recovery=arns[1])
