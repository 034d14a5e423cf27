"""What recovery works with, and the plan destroys.

Roles, vaults, global databases, zones, standbys of copies, what tasks are started with, what a failover leads to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.access.managed_policies import backup_needs
from constructs_lib.catalog.resources.container_needs import DEFINITIONS, REPOSITORY, WHAT, containers_of, needs_of
from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.plan.document.resource import listed_in
from constructs_lib.plan.kinds.key_secret_repository import replicated_to
from constructs_lib.review.checks.lost.lost_ground import lost_ground
from constructs_lib.review.checks.roles.granted import granted
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.catalog.resources.container_needs import Need
    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

_HOLDERS: Final = types_that("holds")
_ROLE: Final = "aws_iam_role"
_USERS: Final = types_that("role")
_WORKS_FOR: Final = {"backups": ("backup", "backup_copy"), "replication": ("replication",)}
"""The mechanisms that work with a role, by its purpose."""
_ATTACHED: Final = ("aws_iam_role_policy_attachment", "aws_iam_role_policy")
_INSTANCE: Final = "aws_rds_cluster_instance"
_DEFINITION: Final = "aws_ecs_task_definition"
_RECORD: Final = "aws_route53_record"
_REGISTRY: Final = "aws_ecr_replication_configuration"


def lost_parts(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield the parts of the recovery that the plan destroys."""
    if not under_review.changes:
        return
    for found in (
        *_holders(under_review),
        *_roles(under_review),
        *_standbys(under_review),
        *_given(under_review),
        *_endpoints(under_review),
        *lost_ground(under_review),
    ):
        # What served a component that is destroyed goes with it, and that is said.
        if found.reviewed is None or not found.reviewed.gone:
            yield found


def _does(under_review: PlanUnderReview, resource: Resource) -> str | None:
    change = under_review.changes.get(resource.address)
    if change is None or not (change.deleted or change.replaced):
        return None
    return change.does if change.deleted else f"{change.does} and creates anew"


def _holders(under_review: PlanUnderReview) -> Iterator[Found]:
    for resource in under_review.before(*_HOLDERS):
        does = _does(under_review, resource)
        if does is None or (does != "destroys" and _HOLDERS[resource.type].revised):
            continue
        concern, reviewed = under_review.concerns(resource.address)
        if concern and (reviewed is not None or not _HOLDERS[resource.type].of_component):
            values = {"does": does, "what": f"{resource.address}, {_HOLDERS[resource.type].holds}"}
            yield Found(
                id="RECOVERY-127", address=resource.address, reviewed=reviewed, values=values, region=resource.region
            )


# ---------------------------------------------------------------- roles


def _roles(under_review: PlanUnderReview) -> Iterator[Found]:
    used, idle = _used_roles(under_review)
    names: dict[str, tuple[str, ReviewedComponent | None]] = {}
    judged: set[str] = set()
    for role in under_review.before(_ROLE):
        text = {value for name in ("arn", "name", "id") if (value := role.text(name)) is not None}
        found = next((used[value] for value in (role.address, *sorted(text)) if value in used), None)
        if found is None and not idle.isdisjoint({role.address, *text}):
            continue  # what it worked for goes with it, and that is said
        if found is None and "recovery:workload" in role.tags:
            of_workload = under_review.by_workload.get(role.tags["recovery:workload"], ())
            found = ("recovery", next(iter(of_workload), None))
        if found is None:
            continue
        names.update(dict.fromkeys((*text, role.address), found))
        after = under_review.plan.resources_after.get(role.address)
        # What such a role may still do is proved from its policies, as far as they are known.
        if after is not None and _proved(under_review, found) and granted(under_review, after):
            judged |= text
        if (does := _does(under_review, role)) is not None and under_review.declared:
            judged |= text
            what = f"{role.address}, the role for {found[0]}"
            values = {"does": does, "what": what}
            by = _WORKS_FOR.get(found[0], ())
            yield Found(id="RECOVERY-127", address=role.address, reviewed=found[1], values=values, by=by)
    for part in under_review.before(*_ATTACHED):
        found = names.get(part.text("role") or "")
        does = _does(under_review, part)
        if part.text("role") in judged or found is None or found[0] == "replication":
            continue
        if does is not None and under_review.declared:
            values = {"does": does, "what": f"{part.address}, what lets the role for {found[0]} work"}
            by = _WORKS_FOR.get(found[0], ())
            yield Found(id="RECOVERY-127", address=part.address, reviewed=found[1], values=values, by=by)


def _proved(under_review: PlanUnderReview, use: tuple[str, ReviewedComponent | None]) -> bool:
    """Whether a check of its own proves what a role with that use may do."""
    purpose, reviewed = use
    if purpose != "backups" or reviewed is None:
        return purpose == "replication"
    main = under_review.resource(reviewed.address)
    return main is not None and main.type in backup_needs()


def _used_roles(
    under_review: PlanUnderReview,
) -> tuple[dict[str, tuple[str, ReviewedComponent | None]], frozenset[str]]:
    """Return what each role is for, by its ARN or its address, and those all of whose users the plan destroys.

    Only roles that are anybody's concern.
    """
    found: dict[str, tuple[str, ReviewedComponent | None]] = {}
    gone: set[str] = set()
    for user in under_review.before(*_USERS):
        role = _USERS[user.type].role
        assert role is not None, "these are the types that have one"
        concern, reviewed = under_review.concerns(user.address)
        named = {user.text(role.argument), *under_review.plan.resolve(user.address, role.argument, "before")} - {None}
        change = under_review.changes.get(user.address)
        if change is not None and change.deleted:
            gone |= {name for name in named if name}
        elif concern:
            found.update({name: (role.purpose, reviewed) for name in named if name})
    return found, frozenset(gone - found.keys())


# ---------------------------------------------------------------- standbys of copies


def _standbys(under_review: PlanUnderReview) -> Iterator[Found]:
    """An instance of a copy: the copy itself stays, and has a standby less when it is the original."""
    for instance in under_review.before(_INSTANCE):
        if _does(under_review, instance) != "destroys":
            continue
        for address in under_review.plan.resolve(instance.address, "cluster_identifier", "before"):
            reviewed = under_review.reviewed_components.get(under_review.plan.copies_before.get(address, ""))
            copy = under_review.changes.get(address)
            # That the copy itself goes is said.
            if reviewed is not None and not (copy is not None and copy.deleted):
                values = {"mechanism": f"{instance.address}, an instance of the copy {address},", "lost": "removed"}
                yield Found(id="RECOVERY-118", address=instance.address, reviewed=reviewed, values=values)


# ---------------------------------------------------------------- what is named, and not referred to


def _given(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield the images, secrets, parameters and logs that tasks of a service are started with, and still will be."""
    told = set()
    for definition in under_review.after(_DEFINITION):
        reviewed = under_review.concerns(definition.address)[1]
        if reviewed is None or definition.region is None:
            continue
        containers = containers_of(definition.text(DEFINITIONS))
        for need in dict.fromkeys(need for one in containers for need in needs_of(one, definition.region)):
            for part, what in _meant(under_review, need):
                does = _does(under_review, part) or _leaves_out(under_review, part, need)
                if does is not None and part.address not in told:
                    told.add(part.address)
                    text = f"{part.address}, {what} that the tasks of {definition.address} need to start"
                    values = {"does": does, "what": text}
                    yield Found(id="RECOVERY-127", address=part.address, reviewed=reviewed, values=values)


def _meant(under_review: PlanUnderReview, need: Need) -> Iterator[tuple[Resource, str]]:
    for part in under_review.before(need.type):
        if part.region in (need.region, None) and need.is_called(part.text("name") or ""):
            yield part, f"the {WHAT[need.type]}"
    if need.type == REPOSITORY:
        for registry in under_review.before(_REGISTRY):
            if need.region in replicated_to(registry, need.name):
                yield registry, "which brings the image"


def _leaves_out(under_review: PlanUnderReview, part: Resource, need: Need) -> str | None:
    """Return what a plan does to a registry that will bring an image no more."""
    after = under_review.plan.resources_after.get(part.address) if part.type == _REGISTRY else None
    if (
        after is None
        or after is part
        or any(region in (need.region, None) for region in replicated_to(after, need.name))
    ):
        return None
    return "changes"


def _endpoints(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield the records of the names that failover records lead to."""
    if not under_review.declared:
        return
    records = list(under_review.before(_RECORD))
    led_to = {
        name: record.address
        for record in records
        if record.blocks("failover_routing_policy") or record.blocks("weighted_routing_policy")
        for name in listed_in(record.values, "records")
        if isinstance(name, str)
    }
    for record in records:
        does, failover = _does(under_review, record), led_to.get(record.text("name") or "")
        if does is not None and failover is not None:
            values = {"does": does, "what": f"{record.address}, to which {failover} leads"}
            yield Found(id="RECOVERY-127", address=record.address, reviewed=None, values=values)
