"""Whether the service that stands by finds all that it is given in its own Region, and reaches what starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.resources.container_needs import (
    BUCKET,
    CONNECTIONS,
    DEFINITIONS,
    REPOSITORY,
    SECRET,
    WHAT,
    buckets_named,
    containers_of,
    global_writers,
    needs_of,
    told_of,
)
from constructs_lib.catalog.resources.leading_home import leading_home
from constructs_lib.components import Kind
from constructs_lib.plan.document.arn import as_region
from constructs_lib.plan.kinds.key_secret_repository import FAILED, replicated_to
from constructs_lib.review.checks.way_out import WaysOut
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from constructs_lib.catalog.resources.container_needs import Need
    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview

__all__ = ["standby_closure"]

_REGISTRY: Final = "aws_ecr_replication_configuration"
_CLUSTER: Final = "aws_ecs_cluster"
_DEFINITION: Final = "aws_ecs_task_definition"
_DATABASES: Final = ("aws_db_instance", "aws_rds_cluster", "aws_rds_cluster_instance")
_KEYED: Final = (*WHAT, "aws_kms_key")


def standby_closure(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield what a standby is given that leads to the Region of its service, or is there alone, and who starts none."""
    plan, ways = under_review.plan, WaysOut(under_review)
    for address, original in plan.copies_after.items():
        reviewed = under_review.reviewed_components.get(original)
        standby = plan.resources_after.get(address)
        if reviewed is None or reviewed.kind is not Kind.SERVICE or standby is None:
            continue
        home, there = reviewed.region, standby.region
        definition = _definition(under_review, standby, original)
        if definition is None or home is None or there is None or home == there:
            continue
        for id, values in _found(under_review, definition, home, there):
            named = {"home": home, "region": there, **values}
            yield Found(id=id, address=definition.address, reviewed=reviewed, region=there, values=named)
        yield from ways.missing(reviewed, standby, definition)
    # A service that loses tasks starts others, and so does one that is put right.
    for address, reviewed in under_review.reviewed_components.items():
        service = plan.resources_after.get(address) if reviewed.kind is Kind.SERVICE else None
        definition = None if service is None else under_review.target(service, "task_definition", _DEFINITION)
        if service is not None and definition is not None:
            yield from ways.missing(reviewed, service, definition, at_home=True)


def _definition(under_review: PlanUnderReview, standby: Resource, original: str) -> Resource | None:
    """Return what the standby runs; a cluster stands for a definition beside it, of which no service is made yet."""
    if standby.type != _CLUSTER:
        return under_review.target(standby, "task_definition", _DEFINITION)
    members = (under_review.plan.resources_after.get(name) for name in under_review.plan.members_after[original])
    here = (item for item in members if item is not None and item.type == _DEFINITION)
    return next((item for item in here if item.region == standby.region), None)


def _found(
    under_review: PlanUnderReview, definition: Resource, home: str, there: str
) -> Iterator[tuple[str, dict[str, str]]]:
    if definition.is_unknown(DEFINITIONS):
        # What it is made of tells more than nothing.
        for address in under_review.plan.resolve(definition.address, DEFINITIONS):
            resource = under_review.plan.resources_after.get(address)
            if resource is not None and resource.region == home:
                if resource.type in _KEYED:
                    yield "RECOVERY-231", {"path": DEFINITIONS, "text": address}
                elif resource.type in _DATABASES:
                    yield "RECOVERY-233", {"path": DEFINITIONS, "text": address}
        return
    containers = containers_of(definition.text(DEFINITIONS))
    secret = definition.is_sensitive(DEFINITIONS)
    buckets = {item.text("bucket") or "" for item in under_review.after(BUCKET) if item.region == home} - {""}
    for path, text in _leading(definition.type, containers, home, buckets):
        id = "RECOVERY-233" if ".environment." in path else "RECOVERY-231"
        yield id, {"path": path, "text": "what is not shown, as it is sensitive" if secret else text}
    if next(under_review.after(*CONNECTIONS), None) is None:
        for name, text in (found for container in containers for found in global_writers(container)):
            shown = "what is not shown, as it is sensitive" if secret else text
            yield "RECOVERY-235", {"path": f"{DEFINITIONS}, {name}", "text": shown}
    for need in dict.fromkeys(item for container in containers for item in needs_of(container, there)):
        only = _only_at_home(under_review, need, home, there)
        if only is not None:
            yield "RECOVERY-232", {"what": WHAT[need.type], "only": only}


def _leading(
    type_: str, containers: list[dict[str, Any]], home: str, buckets: Collection[str]
) -> Iterator[tuple[str, str]]:
    for found in leading_home(type_, {DEFINITIONS: containers}, home):
        yield found.path, found.text
    for number, container in enumerate(containers):
        for path, name in buckets_named(container, buckets):
            yield f"{DEFINITIONS}.{number}.{path}", f"the bucket {name}"
        for path, name in told_of(container, home):
            named = path.startswith("environment")
            yield f"{DEFINITIONS}.{number}.{path}", f"{name} is {home}" if named else home


def _only_at_home(under_review: PlanUnderReview, need: Need, home: str, there: str) -> str | None:
    """Return the address of what is called so at home, where nothing of the name is, or comes to be, in *there*."""
    if need.region != there:
        return None
    named = [item for item in under_review.after(need.type) if need.is_called(item.text("name") or "")]
    at_home = next((item for item in named if item.region == home), None)
    # What has no Region may be in this one.
    if at_home is None or any(item.region in (there, None) for item in named):
        return None
    return None if _copied(under_review, at_home, home, there) else at_home.address


def _copied(under_review: PlanUnderReview, resource: Resource, home: str, there: str) -> bool:
    """Tell whether AWS copies it to *there*, or may."""
    if resource.type == SECRET:
        return resource.is_unknown("replica") or any(
            as_region(item.get("region")) in (there, None) and item.get("status") != FAILED
            for item in resource.blocks("replica")
        )
    if resource.type != REPOSITORY:
        return False
    registries = [item for item in under_review.after(_REGISTRY) if item.region in (home, None)]
    # There is one for each registry, which may be in another state.
    return not registries or any(
        region in (there, None) for item in registries for region in replicated_to(item, resource.text("name"))
    )
