"""Whether tasks can reach what starts them: ECR for the image, the log, and what holds their secrets.

Seen where the network is built beside them. Without a way to them no task starts, in either Region, and nothing tells
before the first one is tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.catalog.resources.container_needs import (
    DEFINITIONS,
    containers_of,
    needs_of,
)
from constructs_lib.catalog.resources.made_on_the_day import LISTS
from constructs_lib.catalog.resources.way_out import ASSOCIATIONS, SERVICES, WAYS, answers_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["cut_off"]


def cut_off(
    blocks: Sequence[tuple[str, str, Mapping[str, Any]]], named: Callable[[str], tuple[str, str] | None], region: str
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield the path of what tasks are started by, the VPC they are in, and the services that it has no way to.

    Args:
        blocks: Path, type and arguments of what the stack of one Region has.
        named: Tells path and type of what an argument refers to.
        region: The Region.
    """
    if any(route.get(way) for _, type_, content in blocks for route in _routes(type_, content) for way in WAYS):
        return
    vpc_of = {path: named(str(given.get("vpc_id"))) for path, type_, given in blocks if type_ == "aws_subnet"}
    apart = any(type_ in ASSOCIATIONS for _, type_, _ in blocks)
    # Terraform's default leaves a VPC without names for its hosts.
    silent = {
        (path, type_)
        for path, type_, given in blocks
        if type_ == "aws_vpc"
        if not given.get("enable_dns_support", True) or not given.get("enable_dns_hostnames", False)
    }
    endpoints = {
        (vpc := named(str(given.get("vpc_id"))), answers_for(given, region, apart=apart, named=vpc not in silent))
        for _, type_, given in blocks
        if type_ == "aws_vpc_endpoint"
    }
    needed = [
        (need.name, need.type)
        for _, type_, given in blocks
        if type_ == "aws_ecs_task_definition"
        for container in containers_of(given.get(DEFINITIONS))
        for need in needs_of(container, region)
    ]
    # A reference reads as the name of a parameter, and may be that of a secret.
    types = [(named(name) or ("", type_ if "${" not in name else ""))[1] for name, type_ in needed]
    wanted = dict.fromkeys(service for type_ in types for service in SERVICES.get(type_, ()))
    for path, type_, given in blocks:
        subnets = [found[0] for subnet in _subnets(type_, given) if (found := named(subnet)) is not None]
        for vpc in dict.fromkeys(vpc_of.get(subnet) for subnet in subnets):
            missing = tuple(service for service in wanted if (vpc, service) not in endpoints)
            if vpc is not None and missing:
                yield path, vpc[0], missing


def _routes(type_: str, content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if type_ == "aws_route":
        yield content
    elif type_ in ("aws_route_table", "aws_default_route_table"):
        routes = content.get("route") or []
        yield from routes if isinstance(routes, list) else [routes]


def _subnets(type_: str, content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the subnets of the tasks of a service, or of those that are made on the day in a cluster."""
    if type_ == "aws_ecs_service":
        configuration = content.get("network_configuration") or {}
        block = configuration[0] if isinstance(configuration, list) else configuration
        if not block.get("assign_public_ip"):
            yield from map(str, block.get("subnets") or ())
    elif type_ == "aws_ecs_cluster":
        tags = content.get("tags") or {}
        yield from (str(tags[key]) for key in tags if key.startswith(LISTS["task_subnets"]))
