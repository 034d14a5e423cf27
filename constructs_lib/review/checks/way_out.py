"""Whether the tasks of a service, or of its standby, reach what starts them, from a network that the plans have."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.resources.container_needs import DEFINITIONS, containers_of, needs_of
from constructs_lib.catalog.resources.made_on_the_day import LISTS
from constructs_lib.catalog.resources.way_out import ASSOCIATIONS, ROUTES, SERVICES, WAYS, answers_for
from constructs_lib.objectives import Disruption
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

__all__ = ["WaysOut"]

_CLUSTER: Final = "aws_ecs_cluster"
_ENDPOINT: Final = "aws_vpc_endpoint"
_DNS: Final = ("enable_dns_support", "enable_dns_hostnames")
_SUBNET: Final = "aws_subnet"
_VPC: Final = "aws_vpc"
_AT_HOME: Final = (Disruption.SOFTWARE, Disruption.HARDWARE, Disruption.ZONE)
"""What a service starts tasks in where it is."""
_TOLD_LATE: Final = ("private_dns_enabled", "subnet_ids", "route_table_ids")


class WaysOut:
    """The ways that lead out of the networks of a plan, looked up once for all its services."""

    def __init__(self, under_review: PlanUnderReview) -> None:
        self._under_review = under_review

    def missing(
        self, reviewed: ReviewedComponent, tasks: Resource, definition: Resource, *, at_home: bool = False
    ) -> Iterator[Found]:
        """Yield the VPCs of a service's tasks from which no way leads to what starts them.

        A VPC that the plan makes has what the plan gives it, and no more, and an endpoint or a route that it takes away
        is gone (RECOVERY-239). Of a VPC that is there already another state may have the rest (RECOVERY-240, where the
        plans have some of it). Where they have nothing of it, nothing is said.

        Args:
            reviewed: The component that the tasks are of.
            tasks: What starts them: the service, or the cluster in which it is made on the day.
            definition: What they run.
            at_home: Whether it is the service itself, which starts tasks every day: what may be elsewhere is there.
        """
        there = tasks.region
        wanted = _wanted(self._under_review, definition, there)
        if there is None or not wanted:
            return
        for vpc in self._vpcs(tasks):
            here = self._endpoints.get(vpc.address, [])
            named = not any(vpc.get(name) is False for name in _DNS)
            reached = {answers_for(_given(item), there, apart=self._apart, named=named) for item in here}
            missing = [service for service in wanted if service not in reached]
            if not missing or _leads_out(self._under_review, vpc):
                continue
            gone = [*self._former.get(vpc.text("id"), ()), *(self._former.get(None, ()) if vpc.text("id") else ())]
            known = {answers_for(_given(item), there, apart=self._apart, named=True) for item in gone}
            change = self._under_review.changes.get(vpc.address)
            made = change is not None and change.actions == ("create",)
            proven = made or not known.isdisjoint(missing) or _led_out(self._under_review, vpc)
            if proven or (here and not at_home):
                yield Found(
                    id="RECOVERY-239" if proven else "RECOVERY-240",
                    address=tasks.address,
                    reviewed=reviewed,
                    region=there,
                    disruptions=_AT_HOME if at_home else (),
                    values={"region": there, "vpc": vpc.address, "services": ", ".join(missing)},
                )

    def _vpcs(self, tasks: Resource) -> list[Resource]:
        """Return the VPCs of the plans that tasks are in, or will be; none where they have a public address."""
        plan = self._under_review.plan
        if tasks.type == _CLUSTER:
            named = plan.resolve(tasks.address, "tags")
            ids = {value for key, value in tasks.tags.items() if key.startswith(LISTS["task_subnets"])}
        elif tasks.get("network_configuration", 0, "assign_public_ip"):
            return []
        else:
            named = plan.resolve(tasks.address, ("network_configuration", "subnets"))
            given = tasks.get("network_configuration", 0, "subnets")
            ids = {item for item in given if isinstance(item, str)} if isinstance(given, list) else set()
        found = [plan.resources_after.get(address) for address in named]
        found += [subnet for id in ids for subnet in self._subnets.get(id, ())]
        subnets = [item for item in found if item is not None and item.type == _SUBNET]
        vpcs = {address for subnet in subnets for address in _vpcs_of(self._under_review, subnet)}
        return [item for address in sorted(vpcs) if (item := plan.resources_after.get(address)) is not None]

    @cached_property
    def _subnets(self) -> dict[str | None, list[Resource]]:
        """The subnets after the plan, by their id."""
        found: dict[str | None, list[Resource]] = {}
        for item in self._under_review.after(_SUBNET):
            found.setdefault(item.text("id"), []).append(item)
        return found

    @cached_property
    def _endpoints(self) -> dict[str, list[Resource]]:
        """The endpoints after the plan, by the address of their VPC."""
        found: dict[str, list[Resource]] = {}
        for item in self._under_review.after(_ENDPOINT):
            for vpc in _vpcs_of(self._under_review, item):
                found.setdefault(vpc, []).append(item)
        return found

    @cached_property
    def _former(self) -> dict[str | None, list[Resource]]:
        """The endpoints before the plan, by the id of their VPC; None is that of one that nothing tells."""
        found: dict[str | None, list[Resource]] = {}
        for item in self._under_review.before(_ENDPOINT):
            found.setdefault(item.text("vpc_id"), []).append(item)
        return found

    @cached_property
    def _apart(self) -> bool:
        return next(self._under_review.after(*ASSOCIATIONS), None) is not None


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


def _led_out(under_review: PlanUnderReview, vpc: Resource) -> bool:
    """Whether a route of the VPC led out before the plan, by the tables that the plans hold."""
    id = vpc.text("id")
    if id is None:
        return False
    tables = {item.text("id") for item in under_review.before(*ROUTES) if item.text("vpc_id") == id} - {None}
    for route in under_review.before(*ROUTES):
        apart = route.type == "aws_route"
        if (route.text("route_table_id") in tables) if apart else (route.text("vpc_id") == id):
            blocks = [route.values] if apart else route.blocks("route")
            if any(block.get(way) for block in blocks for way in WAYS):
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
