"""The ground of a recovery site: networks, groups and rules in which what stands by runs, or is restored on the day.

Nothing refers to most of it until then, so that a plan destroys it without a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.objectives import Disruption
from constructs_lib.objectives.tags import COMPONENT, WORKLOAD
from constructs_lib.plan.document.resource import listed_in
from constructs_lib.review.finding import Found
from constructs_lib.review.reviewed_component import counted, leaves_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

__all__ = ["lost_ground"]

_GROUND: Final = types_that("ground")
_GROUP: Final = "aws_security_group"
_RULES: Final = ("aws_security_group_rule", "aws_vpc_security_group_ingress_rule")
_MOUNT: Final = "aws_efs_mount_target"
_SYSTEM: Final = "aws_efs_file_system"

_BEHIND: Final = (("vpc_security_group_ids",), ("network_configuration", "security_groups"))
"""Where databases and services name the security groups that they are behind."""

_Place = tuple[str | None, str | None, str | None]
"""A workload, a component or none, and a Region."""


def lost_ground(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield what a plan destroys of the ground of a recovery site, where no other of the kind is left there."""
    gone = [change for change in under_review.changes.values() if change.deleted and change.type in _ON_THE_GROUND]
    if not gone:
        return
    sites = _sites(under_review)
    for type_, facts in _GROUND.items():
        left = {_place(item) for item in under_review.after(type_)}
        for resource in under_review.before(type_):
            place = _place(resource)
            if _is_destroyed(under_review, resource) and place in sites and place not in left:
                yield _lost(resource, sites[place], f"{resource.address}, {facts.ground}")
    yield from _shut(under_review, sites)
    yield from _unreachable(under_review)


_ON_THE_GROUND: Final = frozenset({*_GROUND, *_RULES, _MOUNT})


def _sites(under_review: PlanUnderReview) -> dict[_Place, ReviewedComponent]:
    """Return the places of the recovery that there still are: of workloads, and of each of their components."""
    found: dict[_Place, ReviewedComponent] = {}
    for reviewed in under_review.reviewed_components.values():
        for item in counted(reviewed.after):
            if reviewed.after is not None and leaves_region(reviewed.after, item):
                found.setdefault((reviewed.workload, None, item.region), reviewed)
                found.setdefault((reviewed.workload, reviewed.name, item.region), reviewed)
    return found


def _place(resource: Resource) -> _Place:
    return resource.tags.get(WORKLOAD), resource.tags.get(COMPONENT), resource.region


def _is_destroyed(under_review: PlanUnderReview, resource: Resource) -> bool:
    change = under_review.changes.get(resource.address)
    return change is not None and change.deleted


def _lost(resource: Resource, reviewed: ReviewedComponent, what: str) -> Found:
    return Found(
        id="RECOVERY-127",
        address=resource.address,
        reviewed=reviewed,
        region=resource.region,
        disruptions=() if resource.region == reviewed.region else (Disruption.REGION,),
        values={"does": "destroys", "what": what},
    )


def _shut(under_review: PlanUnderReview, sites: dict[_Place, ReviewedComponent]) -> Iterator[Found]:
    """Yield the last rule by which anybody reaches what is behind a security group of the site, or of a copy."""
    before, after = _by_group(under_review, "before"), _by_group(under_review, "after")
    behind = _behind(under_review)
    for group in under_review.after(_GROUP):
        reviewed = sites.get(_place(group)) or behind.get(group.address)
        own = before.get(group.address, [])
        # What stands in the group itself is no rule of its own.
        if reviewed is None or not own or after.get(group.address) or "ingress" in (group.arguments or ()):
            continue
        yield _lost(own[-1], reviewed, f"{own[-1].address}, the last rule that lets anybody through {group.address}")


def _behind(under_review: PlanUnderReview) -> dict[str, ReviewedComponent]:
    """Return the components of which a copy is behind a security group, by its address."""
    groups = {item.text("id"): item.address for item in under_review.after(_GROUP)}
    found: dict[str, ReviewedComponent] = {}
    for name, reviewed in under_review.reviewed_components.items():
        for copy in under_review.copies.get(name, ()):
            for path in _BEHIND:
                named = [groups.get(id) for id in _ids(copy, path)]
                for group in (*named, *under_review.plan.resolve(copy.address, path)):
                    if group is not None:
                        found.setdefault(group, reviewed)
    return found


def _ids(resource: Resource, path: tuple[str, ...]) -> list[str]:
    *block, name = path
    holders = resource.blocks(*block) if block else [resource.values]
    return [id for holder in holders for id in listed_in(holder, name) if isinstance(id, str)]


def _by_group(under_review: PlanUnderReview, side: Literal["before", "after"]) -> dict[str, list[Resource]]:
    """Return the rules for what comes in, by the address of their group."""
    named = under_review.before if side == "before" else under_review.after
    groups = {item.text("id"): item.address for item in named(_GROUP)}
    found: dict[str, list[Resource]] = {}
    for rule in named(*_RULES):
        if rule.text("type") == "egress":
            continue
        address = groups.get(rule.text("security_group_id") or "")
        if address is None:
            referred = under_review.plan.resolve(rule.address, "security_group_id", side)
            address = next(iter(referred), None)
        if address is not None:
            found.setdefault(address, []).append(rule)
    return found


def _unreachable(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield the last mount target of a file system: without one nobody reaches it."""
    left = {item.text("file_system_id") for item in under_review.after(_MOUNT)}
    systems = {item.text("id"): item for item in under_review.after(_SYSTEM)}
    told = set()
    for target in under_review.before(_MOUNT):
        id = target.text("file_system_id")
        system = systems.get(id)
        if id is None or system is None or id in left or id in told or not _is_destroyed(under_review, target):
            continue
        concern, reviewed = under_review.concerns(system.address)
        if concern and reviewed is not None:
            told.add(id)
            yield _lost(target, reviewed, f"{target.address}, the last by which anybody reaches {system.address}")
