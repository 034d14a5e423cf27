"""Whether the tasks of a standby reach what starts them, from a network that the plans have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.resources.container_needs import DEFINITIONS, containers_of, needs_of
from constructs_lib.catalog.resources.made_on_the_day import LISTS
from constructs_lib.catalog.resources.way_out import ASSOCIATIONS, ROUTES, SERVICES, WAYS, answers_for
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

__all__ = ["no_way_out"]

_CLUSTER: Final = "aws_ecs_cluster"
_ENDPOINT: Final = "aws_vpc_endpoint"
_VPC: Final = "aws_vpc"
_TOLD_LATE: Final = ("private_dns_enabled", "subnet_ids", "route_table_ids")


def no_way_out(
    under_review: PlanUnderReview, reviewed: ReviewedComponent, standby: Resource, definition: Resource
) -> Iterator[Found]:
    """Yield the VPCs of a standby's tasks from which no way leads to what starts them.

    A VPC that the plan makes has what the plan gives it, and no more, and an endpoint that it takes away is gone
    (RECOVERY-239). Of a VPC that is there already another state may have the rest (RECOVERY-240, where the plans have
    some of it). Where they have nothing of it, nothing is said.
    """
    there = standby.region
    wanted = _wanted(under_review, definition, there)
    if there is None or not wanted:
        return
    apart = next(under_review.after(*ASSOCIATIONS), None) is not None
    for vpc in _vpcs(under_review, standby):
        here = [item for item in under_review.after(_ENDPOINT) if vpc.address in _vpcs_of(under_review, item)]
        reached = {answers_for(_given(item), there, apart=apart) for item in here}
        missing = [service for service in wanted if service not in reached]
        if not missing or _leads_out(under_review, vpc):
            continue
        gone = (item for item in under_review.before(_ENDPOINT) if item.text("vpc_id") in (vpc.text("id"), None))
        known = {answers_for(_given(item), there, apart=apart) for item in gone}
        change = under_review.changes.get(vpc.address)
        proven = (change is not None and change.actions == ("create",)) or not known.isdisjoint(missing)
        if proven or here:
            values = {"region": there, "vpc": vpc.address, "services": ", ".join(missing)}
            id = "RECOVERY-239" if proven else "RECOVERY-240"
            yield Found(id=id, address=standby.address, reviewed=reviewed, region=there, values=values)


def _wanted(under_review: PlanUnderReview, definition: Resource, there: str | None) -> list[str]:
    """Return the services that the containers need in *there*: by what they name, or by what they are made of."""
    types = [
        need.type
        for container in containers_of(definition.text(DEFINITIONS))
        for need in needs_of(container, there or "")
    ]
    if definition.is_unknown(DEFINITIONS):
        referred = map(
            under_review.plan.resources_after.get, under_review.plan.resolve(definition.address, DEFINITIONS)
        )
        types += [item.type for item in referred if item is not None]
    return list(dict.fromkeys(service for type_ in types for service in SERVICES.get(type_, ())))


def _vpcs(under_review: PlanUnderReview, standby: Resource) -> list[Resource]:
    """Return the VPCs of the plans that its tasks are in, or will be; none where they have a public address."""
    plan = under_review.plan
    if standby.type == _CLUSTER:
        named = plan.resolve(standby.address, "tags")
        ids = {value for key, value in standby.tags.items() if key.startswith(LISTS["task_subnets"])}
    elif standby.get("network_configuration", 0, "assign_public_ip"):
        return []
    else:
        named = plan.resolve(standby.address, ("network_configuration", "subnets"))
        ids = set(standby.get("network_configuration", 0, "subnets") or ())
    found = {plan.resources_after.get(address) for address in named}
    found |= {item for item in under_review.after("aws_subnet") if item.text("id") in ids}
    subnets = [item for item in found if item is not None and item.type == "aws_subnet"]
    vpcs = {address for subnet in subnets for address in _vpcs_of(under_review, subnet)}
    return [item for address in sorted(vpcs) if (item := plan.resources_after.get(address)) is not None]


def _vpcs_of(under_review: PlanUnderReview, resource: Resource) -> set[str]:
    """Return the addresses of the VPC of the plans that a resource is in."""
    found = under_review.target(resource, "vpc_id", _VPC)
    return set() if found is None else {found.address}


def _given(endpoint: Resource) -> Mapping[str, Any]:
    """Return the arguments of an endpoint; one that is set, and told only at apply, counts as given."""
    late = {
        name: True if endpoint.is_unknown(name) and not endpoint.left_out(name) else endpoint.get(name)
        for name in _TOLD_LATE
    }
    type_ = endpoint.text("vpc_endpoint_type") or "Gateway"
    return {**late, "service_name": endpoint.text("service_name"), "vpc_endpoint_type": type_}


def _leads_out(under_review: PlanUnderReview, vpc: Resource) -> bool:
    """Whether a route of the VPC, or one of which nothing tells whose it is, leads through something that leads out."""
    for route in under_review.after(*ROUTES):
        if route.region not in (vpc.region, None):
            continue
        blocks = [route.values] if route.type == "aws_route" else route.blocks("route")
        out = any(block.get(way) for block in blocks for way in WAYS) or any(
            route.is_unknown(way) and not route.left_out(way) for way in WAYS if route.type == "aws_route"
        )
        # The blocks of a table whose ways are told only at apply.
        out = out or any(
            route.is_unknown("route", index, way) for index, _ in enumerate(route.blocks("route")) for way in WAYS
        )
        if out and vpc.address in (_of_route(under_review, route) or {vpc.address}):
            return True
    return False


def _of_route(under_review: PlanUnderReview, route: Resource) -> set[str]:
    """Return the addresses of the VPCs that a route, or a table of routes, is of; none where nothing tells."""
    if route.type == "aws_route_table":
        return _vpcs_of(under_review, route)
    name = "route_table_id" if route.type == "aws_route" else "default_route_table_id"
    table = under_review.target(route, name, *ROUTES, _VPC)
    if table is None or table is route:
        return set()
    return {table.address} if table.type == _VPC else _of_route(under_review, table)
