"""After a failover: what took over must not be destroyed by code that still calls it the copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.plan_under_review import PlanUnderReview

_CLUSTER: Final = "aws_rds_cluster"
_INSTANCE: Final = "aws_rds_cluster_instance"
_COPIED_BY: Final = {"aws_db_instance": "replicate_source_db", _CLUSTER: "global_cluster_identifier"}
"""What the code calls a copy of something by."""

OVERWRITTEN: Final = "the plan destroys what took over, and makes it a copy of the older one"
_FILES: Final = "aws_efs_replication_configuration"
_PROTECTED: Final = "ENABLED"
_BY_COPYING: Final = "replication"


def after_failover(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield what holds the newest data, and the plan destroys."""
    for address, original, does in (*_overwritten(under_review), *_destroyed(under_review)):
        reviewed = under_review.reviewed_components.get(original)
        values = {"original": original, "does": does}
        yield Found(id="RECOVERY-129", address=address, reviewed=reviewed, values=values, ruins=(address, original))
    yield from _without_instances(under_review)


def overwritten(under_review: PlanUnderReview) -> dict[tuple[str | None, ...], str]:
    """Return the protections that such a plan makes out of what took over."""
    copies = [(address, original) for address, original, _ in _overwritten(under_review)]
    return {
        (item.address, item.region): OVERWRITTEN
        for component in (under_review.plan.after if copies else ())
        for item in component.protections
        for address, original in copies
        if item.address == address or (component.name == original and item.mechanism == _BY_COPYING)
    }


def _overwritten(under_review: PlanUnderReview) -> Iterator[tuple[str, str, str]]:
    """Yield what holds data of its own before the plan, of what it is to be a copy after it, and what is done to it."""
    before = {item.name for item in under_review.plan.before}
    for address, original in under_review.plan.copies_after.items():
        if address not in before or address in under_review.plan.copies_before:
            continue
        change, does = under_review.changes.get(address), None
        if change is not None and change.replaced:
            does = "destroys it and creates it anew"
        elif _written_to(under_review, address):
            does = "writes over it"
        if does and (original in under_review.reviewed_components or address in under_review.reviewed_components):
            yield address, original, does


def _destroyed(under_review: PlanUnderReview) -> Iterator[tuple[str, str, str]]:
    """Yield what the state calls no copy, the code a copy, and the plan destroys, as a count of none does."""
    own = {item.name for item in under_review.plan.before} - under_review.plan.copies_before.keys()
    gone = [
        resource
        for resource in under_review.before(*_COPIED_BY)
        if (change := under_review.changes.get(resource.address)) is not None
        and change.deleted
        and not resource.text(_COPIED_BY[resource.type])
        and resource.address in own
    ]
    originals = _by_what_names_them(under_review) if gone else {}
    for resource in gone:
        argument = _COPIED_BY[resource.type]
        named = set(under_review.plan.resolve(resource.address, argument, "before"))
        written = under_review.naming(resource.type, "arn").get(resource.written(argument) or "", ())
        named |= {item.address for item in written}
        for original in sorted({found for name in named for found in originals.get((resource.type, name), ())}):
            if original != resource.address:
                yield resource.address, original, "destroys it"


def _by_what_names_them(under_review: PlanUnderReview) -> dict[tuple[str, str], list[str]]:
    """Return the originals with an objective by their type, and by what a copy of them names."""
    found: dict[tuple[str, str], list[str]] = {}
    for original in under_review.reviewed_components:
        main = under_review.plan.resources_after.get(original)
        if main is not None and main.type in _COPIED_BY:
            for name in {original, *under_review.plan.resolve(original, _COPIED_BY[main.type])}:
                found.setdefault((main.type, name), []).append(original)
    return found


def _written_to(under_review: PlanUnderReview, address: str) -> bool:
    """Whether it is a file system that is protected against being written over, as after a failover, and no more.

    Each is until its first replication. What took over is one whose replication somebody ended; and of one with an
    objective of its own the plan must not lift the protection.
    """
    system = under_review.plan.resources_before.get(address)
    if system is None or system.get("protection", 0, "replication_overwrite") != _PROTECTED:
        return False
    ended = {item.address for item in under_review.plan.drift if item.type == _FILES and item.deleted}
    members = {name for found in under_review.plan.members_after.values() if address in found for name in found}
    after = under_review.plan.resources_after.get(address)
    lifted = after is not None and after.get("protection", 0, "replication_overwrite") != _PROTECTED
    return bool(ended & members) or (lifted and address in under_review.reviewed_components)


def _without_instances(under_review: PlanUnderReview) -> Iterator[Found]:
    for cluster in under_review.after(_CLUSTER):
        reviewed = under_review.reviewed_components.get(cluster.address)
        # What Terraform lets go of has the instances that it had.
        if reviewed is None or reviewed.before is None or cluster.address not in under_review.plan.resources_after:
            continue
        before = instances_of(under_review, reviewed.address, "before")
        if before and not instances_of(under_review, reviewed.address, "after"):
            values = {"cluster": reviewed.address}
            yield Found(
                id="RECOVERY-130", address=before[-1], reviewed=reviewed, values=values, ruins=(reviewed.address,)
            )


def instances_of(under_review: PlanUnderReview, cluster: str, side: Literal["before", "after"]) -> list[str]:
    """Return the instances that are of the cluster itself, and not of a copy of it."""
    plan = under_review.plan
    after = side == "after"
    members, resources = (
        (plan.members_after, plan.resources_after) if after else (plan.members_before, plan.resources_before)
    )
    return [
        item
        for item in members.get(cluster, ())
        if (here := resources.get(item)) is not None
        and here.type == _INSTANCE
        and cluster in plan.resolve(item, "cluster_identifier", side)
    ]
