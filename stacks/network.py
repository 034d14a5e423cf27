"""A network in each Region for what the reference workloads run in one; a team brings its own.

Tasks have no public address. They pull their image, write their log and read their secrets through endpoints, which
bill by the hour in each Availability Zone (`docs/service.md`); to call the internet a team adds NAT gateways.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib import Network, ServiceNetwork
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from constructs_lib import Sites
    from constructs_lib.constructs.sites.site import Site

PORT: Final = 8080
"""Where the reference services listen."""
_BLOCKS: Final = {"primary": "10.10", "recovery": "10.20"}
_EVERYWHERE: Final = "0.0.0.0/0"


class Vpc(msgspec.Struct, frozen=True, kw_only=True):
    """The network of one Region.

    Attributes:
        site: Whose it is.
        scope: Where it is built, and what belongs to it.
        id: Its id.
        block: Its addresses.
        route_table_id: The route table of its subnets.
        subnet_ids: Two subnets, each in an Availability Zone of its own.
    """

    site: Site
    scope: Construct
    id: str
    block: str
    route_table_id: str
    subnet_ids: tuple[str, ...]


def vpcs(sites: Sites, *, public: bool = False) -> tuple[Vpc, Vpc]:
    """Build the network of the primary and of the recovery Region, with a way in from the internet where *public*."""
    assert sites.recovery is not None, "the reference workloads have two Regions"
    return _vpc(sites.primary, public=public), _vpc(sites.recovery, public=public)


def network(
    here: Vpc, there: Vpc, *, port: int = 5432, protocol: str = "PostgreSQL", group: str = "database"
) -> Network:
    """Build a security group, which lets one port in from inside the network, in either Region."""
    what = f"{protocol} from inside the network"
    groups = []
    for vpc in (here, there):
        groups.append(_group(vpc, vpc.scope, "group", f"{vpc.site.name}-{group}", what))
        _rule(vpc, vpc.scope, protocol.lower(), "ingress", groups[-1], what, vpc.block, port)
    return Network(
        subnet_ids=here.subnet_ids,
        security_group_ids=groups[:1],
        recovery_subnet_ids=there.subnet_ids,
        recovery_security_group_ids=groups[1:],
    )


def service_network(vpc: Vpc, *, public: bool = False, reads: tuple[str, ...] = ()) -> ServiceNetwork:
    """Build the security groups of a service, and the endpoints through which its tasks reach what starts them.

    Args:
        vpc: The network.
        public: Whether callers are everywhere. Default: inside the network.
        reads: What holds its secrets: `secretsmanager`, `ssm`. Default: it has none.
    """
    scope = Construct(vpc.site.scope, "service-network")
    groups = {}
    callers = _EVERYWHERE if public else vpc.block
    for name, port, source in (("balancer", 443, callers), ("tasks", PORT, vpc.block)):
        what = f"HTTP to the {name} of {vpc.site.name}"
        groups[name] = _group(vpc, scope, name, f"{vpc.site.name}-{name}", what)
        _rule(vpc, scope, f"to-{name}", "ingress", groups[name], what, source, port)
    _rule(vpc, scope, "from-balancer", "egress", groups["balancer"], "HTTP to the tasks", vpc.block, PORT)
    _rule(vpc, scope, "from-tasks", "egress", groups["tasks"], "whatever the tasks call", _EVERYWHERE)
    _endpoints(vpc, scope, ("ecr.api", "ecr.dkr", "logs", *reads))
    return ServiceNetwork(
        vpc_id=vpc.id,
        load_balancer_subnet_ids=vpc.subnet_ids,
        load_balancer_security_group_ids=[groups["balancer"]],
        task_subnet_ids=vpc.subnet_ids,
        task_security_group_ids=[groups["tasks"]],
    )


def _endpoints(vpc: Vpc, scope: Construct, services: tuple[str, ...]) -> None:
    """Build an endpoint of each service in each subnet, and that of S3, where ECR keeps the layers of images."""
    what = f"TLS to the endpoints of {vpc.site.name}"
    group = _group(vpc, scope, "endpoints", f"{vpc.site.name}-endpoints", what)
    _rule(vpc, scope, "to-endpoints", "ingress", group, what, vpc.block, 443)
    given: dict[str, dict[str, object]] = {
        service: {
            "vpc_endpoint_type": "Interface",
            "private_dns_enabled": True,
            "subnet_ids": vpc.subnet_ids,
            "security_group_ids": [group],
        }
        for service in services
    }
    given["s3"] = {"vpc_endpoint_type": "Gateway", "route_table_ids": [vpc.route_table_id]}
    for service, arguments in given.items():
        named = {"vpc_id": vpc.id, "service_name": f"com.amazonaws.{vpc.site.region}.{service}"}
        tags = {"recovery:workload": vpc.site.name}
        AwsResource(
            scope,
            f"endpoint-{service.replace('.', '-')}",
            "aws_vpc_endpoint",
            {**named, **arguments, "tags": tags},
            provider=vpc.site.provider,
        )


def _vpc(site: Site, *, public: bool) -> Vpc:
    scope, block = Construct(site.scope, "network"), _BLOCKS[site.role]
    tags = {"recovery:workload": site.name}

    def build(id: str, type_: str, *after: AwsResource, **arguments: object) -> AwsResource:
        return AwsResource(scope, id, type_, arguments, provider=site.provider, depends_on=list(after))

    vpc = build(
        "vpc",
        "aws_vpc",
        cidr_block=f"{block}.0.0/16",
        enable_dns_support=True,
        enable_dns_hostnames=True,
        tags=tags,
    )
    # Without rules, so that nothing is reachable by what forgets to name a group.
    build("default-group", "aws_default_security_group", vpc_id=vpc.here("id"))
    gateways = []
    if public:
        gateways.append(build("gateway", "aws_internet_gateway", vpc_id=vpc.here("id"), tags=tags))
        build(
            "way-in",
            "aws_route",
            route_table_id=vpc.here("main_route_table_id"),
            destination_cidr_block=_EVERYWHERE,
            gateway_id=gateways[0].here("id"),
        )
    subnets = tuple(
        build(
            f"subnet-{zone}",
            "aws_subnet",
            # A load balancer with callers on the internet is refused where its network has no way in.
            *gateways,
            vpc_id=vpc.here("id"),
            cidr_block=f"{block}.{number}.0/24",
            availability_zone=f"{site.region}{zone}",
            tags=tags,
        ).here("id")
        for number, zone in enumerate("ab")
    )
    return Vpc(
        site=site,
        scope=scope,
        id=vpc.here("id"),
        block=f"{block}.0.0/16",
        route_table_id=vpc.here("main_route_table_id"),
        subnet_ids=subnets,
    )


def _group(vpc: Vpc, scope: Construct, id: str, name: str, what: str) -> str:
    arguments = {
        "name": name,
        "description": what,
        "vpc_id": vpc.id,
        "tags": {"recovery:workload": vpc.site.name},
    }
    return AwsResource(scope, id, "aws_security_group", arguments, provider=vpc.site.provider).here("id")


def _rule(
    vpc: Vpc, scope: Construct, id: str, direction: str, group: str, what: str, block: str, port: int | None = None
) -> None:
    ports = {"ip_protocol": "-1"} if port is None else {"from_port": port, "to_port": port, "ip_protocol": "tcp"}
    AwsResource(
        scope,
        id,
        f"aws_vpc_security_group_{direction}_rule",
        {"security_group_id": group, "description": what, "cidr_ipv4": block, **ports},
        provider=vpc.site.provider,
    )
