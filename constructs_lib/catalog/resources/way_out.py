"""How tasks without a public address reach what starts them: an endpoint of each service, or a route that leads out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.resources.container_needs import LOG, PARAMETER, REPOSITORY, SECRET

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ASSOCIATIONS", "ROUTES", "SERVICES", "WAYS", "answers_for"]

SERVICES: Final = {
    REPOSITORY: ("ecr.api", "ecr.dkr", "s3"),
    LOG: ("logs",),
    SECRET: ("secretsmanager",),
    PARAMETER: ("ssm",),
}
"""The endpoints that stand for what a container needs; ECR keeps the layers of images in S3."""

ROUTES: Final = ("aws_route", "aws_route_table", "aws_default_route_table")
"""The types that hold routes."""

WAYS: Final = (
    "nat_gateway_id",
    "transit_gateway_id",
    "vpc_peering_connection_id",
    "network_interface_id",
    "core_network_arn",
)
"""What a route may lead through, beside the gateway that serves public addresses alone; tasks have none."""

ASSOCIATIONS: Final = ("aws_vpc_endpoint_route_table_association", "aws_vpc_endpoint_subnet_association")
"""The types that give an endpoint its subnets or route tables, apart from it."""


def answers_for(endpoint: Mapping[str, Any], region: str, *, apart: bool, named: bool) -> str | None:
    """Return the service of *region*, as `SERVICES` names it, that an `aws_vpc_endpoint` answers for; None for none.

    One of an interface is found by its private names alone, and is in the subnets that it is given; one of a gateway is
    in the route tables that it is given. ECR cannot use an interface of S3
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html). A private name is answered in a
    VPC that has `enable_dns_support` and `enable_dns_hostnames` (EC2 API, CreateVpcEndpoint, PrivateDnsEnabled).

    Args:
        endpoint: Its arguments.
        region: The Region of the network.
        apart: Whether subnets and route tables may be given by a resource of their own.
        named: Whether its VPC answers private names.
    """
    start, _, service = str(endpoint.get("service_name")).partition(f".{region}.")
    if start != "com.amazonaws":
        return None
    if endpoint.get("vpc_endpoint_type", "Gateway") == "Gateway":
        return service if apart or endpoint.get("route_table_ids") else None
    if service == "s3" or not named:
        return None
    return service if endpoint.get("private_dns_enabled") and (apart or endpoint.get("subnet_ids")) else None
