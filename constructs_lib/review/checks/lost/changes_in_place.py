"""Updates in place that the provider carries out by destroying something, or refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.review.checks.lost.remade import REMADE
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.catalog.resources.resource_types import OnChange
    from constructs_lib.components import Protection
    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview

_TYPES: Final = types_that("on_change")

_REPLICA: Final = "replica"
_APART: Final = "aws_dynamodb_table_replica"
ENDED: Final = "the plan ends it by an update in place"
REFUSED: Final = "the provider refuses the change that would make it"


def changes_in_place(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield every change of an argument that does more, or less, than the plan says."""
    for resource, change in dict.fromkeys((resource, change) for resource, change, _ in _changes(under_review)):
        concern, reviewed = under_review.concerns(resource.address)
        if concern:
            id = "RECOVERY-316" if change.refused else "RECOVERY-128"
            values = {"argument": change.argument, "does": change.does}
            yield Found(id=id, address=resource.address, reviewed=reviewed, values=values)
    for table, replica, region in _taken_replicas(under_review):
        concern, reviewed = under_review.concerns(table.address)
        if concern:
            does = (
                f"deletes the replica in {region}, which is that of {replica.address}; "
                "it reads it into the table, where the code has none"
            )
            yield Found(
                id="RECOVERY-128",
                address=table.address,
                reviewed=reviewed,
                values={"argument": _REPLICA, "does": does},
            )


def _taken_replicas(under_review: PlanUnderReview) -> Iterator[tuple[Resource, Resource, str]]:
    """Yield the replicas with a resource of their own that an update of their table takes away, and their Regions."""
    plan = under_review.plan
    for replica in under_review.after(_APART):
        table = plan.copies_after.get(replica.address, "")
        change, before, after = (
            under_review.changes.get(table),
            plan.resources_before.get(table),
            plan.resources_after.get(table),
        )
        if change is None or not change.updated or before is None or after is None or after.is_unknown(_REPLICA):
            continue
        was, now = ({block.get("region_name") for block in side.blocks(_REPLICA)} for side in (before, after))
        if replica.region is not None and replica.region in was - now:
            yield after, replica, replica.region


def undone(under_review: PlanUnderReview) -> dict[tuple[str | None, ...], str]:
    """Return the protections that do not outlive such a change, by what declares them and the Region of the copy."""
    changes = list(_changes(under_review))
    made_by: dict[str | None, list[Protection]] = {}
    of: dict[str, tuple[Protection, ...]] = {}
    for component in under_review.plan.after if changes else ():
        of[component.name] = component.protections
        for item in component.protections:
            made_by.setdefault(item.address, []).append(item)
    found: dict[tuple[str | None, ...], str] = {}
    for resource, change, block in changes:
        own = [*of.get(resource.address, ()), *made_by.get(resource.address, ())]
        own = [item for item in own if item.mechanism in change.voids]
        voided = [item for item in own if block in (None, item.region)]
        for item in (*voided, *(made_by.get(resource.address, ()) if change.refused else ())):
            found[item.address, item.region] = REFUSED if change.refused else REMADE if block else ENDED
    for table, replica, region in _taken_replicas(under_review):
        found[replica.address, region, table.address] = ENDED
    return found


def ended(under_review: PlanUnderReview, mechanism: str, *addresses: str | None) -> bool:
    """Whether such a change of one of these resources ends the protection, which is then said of the change."""
    changes = (change for address in addresses if address is not None for _, change, _ in _of(under_review, address))
    return any(mechanism in change.voids and not change.refused for change in changes)


def _changes(under_review: PlanUnderReview) -> Iterator[tuple[Resource, OnChange, str | None]]:
    for address in under_review.changes:
        yield from _of(under_review, address)


def _of(under_review: PlanUnderReview, address: str) -> Iterator[tuple[Resource, OnChange, str | None]]:
    """Yield what changes, and what tells the block that it changes in, where it stands in one of several."""
    planned = under_review.changes.get(address)
    known = None if planned is None or not planned.updated else _TYPES.get(planned.type)
    before = under_review.plan.resources_before.get(address)
    after = under_review.plan.resources_after.get(address)
    if known is None or before is None or after is None:
        return
    for change in known.on_change:
        for kind, block in _kinds(under_review, change, before, after):
            if kind == change.change:
                yield after, change, block


def _kinds(
    under_review: PlanUnderReview, change: OnChange, before: Resource, after: Resource
) -> Iterator[tuple[str | None, str | None]]:
    """Yield how the argument changes, of each block that is there on both sides."""
    if change.blocks is None:
        unknown = after.is_unknown(change.argument)
        if not (unknown and after.left_out(change.argument)):
            yield _kind(before.values, after.values, change.argument, unknown=unknown), None
        return
    name, same = change.blocks
    for index, block in enumerate(after.blocks(name)):
        # A block of a set is planned anew with whatever changes in it; what nobody gives the provider then finds empty.
        unknown = after.is_unknown(name, index, change.argument) and _to_come(under_review, after, change)
        for old in before.blocks(name):
            if old.get(same) == block.get(same):
                yield _kind(old, block, change.argument, unknown=unknown), str(block.get(same))


def _to_come(under_review: PlanUnderReview, resource: Resource, change: OnChange) -> bool:
    """Whether an argument of a block may get a value at apply: it is written or may be, and the plan makes keys."""
    new = any(item.type.startswith("aws_kms_") and "create" in item.actions for item in under_review.changes.values())
    return new and change.blocks is not None and under_review.plan.may_give(resource, change.blocks[0], change.argument)


def _kind(old: Mapping[str, Any], new: Mapping[str, Any], argument: str, *, unknown: bool) -> str | None:
    was, now = old.get(argument), new.get(argument)
    if unknown:
        return None if was else "set"
    if was and now:
        return "other" if was != now else None
    return "cleared" if was else "set" if now else None
