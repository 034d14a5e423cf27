"""ECS services, and those of the same name that stand by in another Region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.resources.made_on_the_day import LISTS
from constructs_lib.components import ENABLED, Kind
from constructs_lib.plan.kinds.component_builder import ComponentBuilder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.side import Side

_TYPE: Final = "aws_ecs_service"
_PARTS: Final = {"cluster": "aws_ecs_cluster", "task_definition": "aws_ecs_task_definition"}
_TARGETS: Final = "aws_lb_target_group"
_LISTENER: Final = "aws_lb_listener"
_SCALING: Final = ("aws_appautoscaling_target", "aws_appautoscaling_policy")
_SITE: Final = "recovery:site"
_WORKLOAD: Final = "recovery:workload"
_COMPONENT: Final = "recovery:component"
_DEFINITIONS: Final = "container_definitions"
_OPEN: Final = "not known before apply"
_WHOLE: Final = 100


def read_services(
    side: Side, copies: dict[str, str], stateful: Sequence[ComponentBuilder]
) -> Iterator[ComponentBuilder]:
    """Yield a builder for each service, and tell which service of its name in another Region stands by for it.

    That is the one tagged so, or else the one with fewer tasks before the plan, which may change how many: where both
    run as many, the first by its address is taken for the one that stands by for none. Where none stands by, a task
    definition of its family may, tagged so.

    Args:
        side: Where they are.
        copies: What is a copy of what; those that stand by are added.
        stateful: What holds what they may be given.
    """
    given = _Given(side, copies, stateful)
    parts, defined = _Parts(side), _by_component(side)
    alike: dict[tuple[str, str], list[Resource]] = {}
    for service in side.of(_TYPE):
        name = service.text("name") or service.address
        alike.setdefault((service.tags.get(_WORKLOAD, ""), name), []).append(service)
    for services in alike.values():
        first, *others = sorted(services, key=lambda item: _order(side.was.resources.get(item.address, item)))
        standbys = [item for item in others if item.same_region(first) is False]
        for service in (first, *(item for item in others if item not in standbys)):
            builder = ComponentBuilder(main=service, kind=Kind.SERVICE, region=service.region)
            _revisions(side, builder, parts)
            for standby in standbys if service is first else ():
                copies[standby.address] = first.address
                _standby(side, builder, standby, parts, given)
            if service is first and not standbys:
                _defined(side, builder, defined, copies, given)
            yield builder


def _order(service: Resource) -> tuple[bool, int, str]:
    return service.tags.get(_SITE) == "recovery", -(service.number("desired_count") or 0), service.address


def _component(resource: Resource) -> tuple[str, str] | None:
    """Return the workload and the component that a resource is tagged with; None where one is missing."""
    workload, component = resource.tags.get(_WORKLOAD), resource.tags.get(_COMPONENT)
    return None if workload is None or component is None else (workload, component)


def _by_component(side: Side) -> dict[tuple[str, str], list[Resource]]:
    """Return what a service is defined by, by what it is tagged with."""
    found: dict[tuple[str, str], list[Resource]] = {}
    for item in (item for type_ in (*_PARTS.values(), _TARGETS) for item in side.of(type_)):
        if (component := _component(item)) is not None:
            found.setdefault(component, []).append(item)
    return found


def _defined(
    side: Side,
    builder: ComponentBuilder,
    defined: dict[tuple[str, str], list[Resource]],
    copies: dict[str, str],
    given: _Given,
) -> None:
    """Count a task definition of the service's family that stands by without a service, in a cluster that is ready."""
    service = builder.main
    mine = _component(service)
    alike = [] if mine is None else defined.get(mine, [])
    there = [item for item in alike if item.same_region(service) is False]
    definition = next((item for item in there if item.tags.get(_SITE) == "recovery"), None)
    ready = (item for item in there if any(tag.startswith(LISTS["task_subnets"]) for tag in item.tags))
    cluster = next(ready, None)
    if definition is not None and cluster is not None:
        # The cluster stands for it: each new revision replaces the definition.
        copies[cluster.address] = service.address
        builder.join(*there)
        doubts = given.doubts(service, definition)
        unknown = [ENABLED] if doubts else []
        builder.protect(side.notes, "service_defined", cluster, region=cluster.region, doubts=doubts, unknown=unknown)


class _Parts:
    """What stands around services: how callers reach them, and what scales them."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._listeners: dict[str, list[Resource]] = {}
        for listener in side.of(_LISTENER):
            for index, _ in enumerate(listener.blocks("default_action")):
                target = side.link(listener, ("default_action", index, "target_group_arn"), _TARGETS).target
                if target is not None:
                    self._listeners.setdefault(target.address, []).append(listener)
        self._scaling: dict[str, list[Resource]] = {}
        for resource in (item for type_ in _SCALING for item in side.of(type_)):
            self._scaling.setdefault(resource.text("resource_id") or "", []).append(resource)

    def of(self, service: Resource) -> Iterator[Resource]:
        side = self._side
        cluster = service.text("cluster") or "default"
        for argument, type_ in _PARTS.items():
            found = side.link(service, (argument,), type_).target
            if found is not None:
                yield found
                cluster = (argument == "cluster" and found.text("name")) or cluster
        for index, _ in enumerate(service.blocks("load_balancer")):
            target = side.link(service, ("load_balancer", index, "target_group_arn"), _TARGETS).target
            if target is None:
                continue
            yield target
            for listener in self._listeners.get(target.address, ()):
                yield listener
                balancer = side.link(listener, ("load_balancer_arn",), "aws_lb").target
                if balancer is not None:
                    yield balancer
        named = f"service/{cluster.rpartition('/')[2]}/{service.text('name')}"
        yield from (item for item in self._scaling.get(named, ()) if item.same_region(service) is not False)


class _Given:
    """What services are given that holds data, and whether it is the same on both sides."""

    def __init__(self, side: Side, copies: Mapping[str, str], stateful: Sequence[ComponentBuilder]) -> None:
        self._side = side
        self._copies = copies
        self._holding = {item.main.address: item for item in stateful}

    def doubts(self, service: Resource, definition: Resource | None) -> tuple[str, ...]:
        """Return that it is open whether what a standby is given is a copy; nothing where it is, or is given nothing.

        Args:
            service: What it stands by for.
            definition: What it runs.
        """
        named = [] if definition is None else self._side.resolve(definition, (_DEFINITIONS,))
        given = [self._holding[address] for address in named if address in self._holding]
        there = [item for item in given if item.main.same_region(service) is False]
        alone = self._alone(service, there) if there else None
        if alone is not None:
            return (f"whether anything copies to {alone}, which it is given, is {_OPEN}",)
        home = [item for item in given if item.kind is Kind.DATABASE and item.main.same_region(service) is True]
        if home and not there and not any(address in self._copies for address in named):
            return (f"whether it finds a database without {home[0].main.address}, which it is given, is {_OPEN}",)
        return ()

    def _alone(self, service: Resource, there: Sequence[ComponentBuilder]) -> str | None:
        """Return what the standby is given in its Region that no plan copies to from what the service is given.

        Whoever writes to both sides shows in no plan, so that is open.
        """
        own = self._side.link(service, ("task_definition",), _PARTS["task_definition"]).target
        named = [] if own is None else self._side.resolve(own, (_DEFINITIONS,))
        given = [self._holding[address] for address in named if address in self._holding]
        ours = [item for item in given if item.main.same_region(service) is True]
        for item in there:
            alike = [one for one in ours if one.kind is item.kind]
            if alike and item.main.address not in self._copies and not any(_linked(one, item) for one in alike):
                return item.main.address
        return None


def _linked(one: ComponentBuilder, other: ComponentBuilder) -> bool:
    """Whether one of two is a part of what protects the other."""
    return one.main.address in other.members or other.main.address in one.members


def _revisions(side: Side, builder: ComponentBuilder, parts: _Parts) -> None:
    """Count the revisions of the task definition, which a service has by itself."""
    service = builder.main
    builder.join(*parts.of(service))
    definition = side.link(service, ("task_definition",), _PARTS["task_definition"]).target
    parameters: dict[str, object] = {"tasks": service.number("desired_count")}
    if definition is not None:
        parameters |= {
            "cpu_units": definition.number("cpu"),
            "memory_mb": definition.number("memory"),
            "architecture": definition.text("runtime_platform", 0, "cpu_architecture"),
        }
    builder.protect(side.notes, "revisions", service, parameters=parameters)


def _standby(side: Side, builder: ComponentBuilder, standby: Resource, parts: _Parts, given: _Given) -> None:
    service = builder.main
    builder.join(*parts.of(standby))
    tasks, whole = standby.number("desired_count"), service.number("desired_count")
    share = 0 if tasks == 0 else None
    if tasks and whole is not None:
        share = tasks * _WHOLE // max(whole, 1)
    if share is None:
        side.notes.add(standby, "how many of the tasks it runs is not known, so nothing is counted on")
        return
    mechanism = _mechanism(share)
    shared = {"share_percent": share} if 0 < share < _WHOLE else {}
    doubts = given.doubts(service, side.link(standby, ("task_definition",), _PARTS["task_definition"]).target)
    builder.protect(
        side.notes,
        mechanism,
        standby,
        region=standby.region,
        parameters=shared,
        doubts=doubts,
        unknown=[ENABLED] if doubts else [],
    )


def _mechanism(share: int) -> str:
    if share == 0:
        return "service_at_zero"
    return "service_at_a_share" if share < _WHOLE else "service_in_full"
