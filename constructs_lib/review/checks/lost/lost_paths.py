"""What the plan takes away: the ways back that are there before it, and not after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.components import ENABLED, Kind
from constructs_lib.objectives import Disruption
from constructs_lib.plan.document.arn import as_region
from constructs_lib.review.checks.lost.changes_in_place import ended
from constructs_lib.review.checks.lost.destroyed import destroyed
from constructs_lib.review.checks.lost.found_apart import found_apart
from constructs_lib.review.checks.lost.locks import locks
from constructs_lib.review.checks.lost.shorter_retention import in_days, shorter_retention
from constructs_lib.review.finding import Found
from constructs_lib.review.link import title
from constructs_lib.review.reviewed_component import counted, leaves_region

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from constructs_lib.components import Component, Protection
    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

_LOST: Final[Mapping[str, str]] = {
    "routing": "RECOVERY-122",
    "versions": "RECOVERY-115",
    "lock": "RECOVERY-123",
    "standby": "RECOVERY-118",
}
"""The finding for the loss of a mechanism, by its role; a copy's depends on whether another is left."""
_LEAVES_THE_REGION: Final = frozenset({"RECOVERY-113", "RECOVERY-114"})
_KEPT: Final = ("retention_days", "noncurrent_days")
"""The parameters that say for how many days back a protection reaches."""


def lost_paths(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield every way back that the plan takes away."""
    yield from destroyed(under_review)
    told = set()
    for reviewed in under_review.reviewed_components.values():
        if reviewed.before is not None and reviewed.after is not None and _touched(under_review, reviewed):
            for found in _lost(under_review, reviewed, reviewed.before, reviewed.after):
                told.add(found.address)
                yield found
    yield from _copies(under_review, told)
    yield from locks(under_review)
    yield from shorter_retention(under_review)
    yield from _in_other_states(under_review)


# ---------------------------------------------------------------- its protections


def _touched(under_review: PlanUnderReview, reviewed: ReviewedComponent) -> bool:
    """Whether the plan changes anything of a component, or of what protects it."""
    protections = () if reviewed.before is None else reviewed.before.protections
    return not reviewed.unchanged or any(item.address in under_review.changes for item in protections)


def _lost(
    under_review: PlanUnderReview, reviewed: ReviewedComponent, before: Component, after: Component
) -> Iterator[Found]:
    still = {(item.mechanism, item.region) for item in counted(after)}
    open_ = {item.mechanism for item in after.protections if ENABLED in item.unknown}
    standing = {(item.address, item.region) for item in counted(after) if leaves_region(after, item)}
    was = {(item.mechanism, item.region) for item in counted(before)}
    # What was there all along does not stand in for what is lost.
    new = {item.mechanism: item for item in counted(after) if (item.mechanism, item.region) not in was}
    seen: set[tuple[str, str | None]] = set()
    for item in counted(before):
        detects = under_review.catalog.mechanism(before.kind, item.mechanism).role == "detection"
        # Where the component itself is elsewhere after a failover, so is what protects it.
        if not detects and before.region == after.region and _left_elsewhere(under_review, item, after):
            yield _protection_lost(under_review, reviewed, item, before, after)
            continue
        place = item.region or _made_in(under_review.plan.resources_before, item)
        if detects or (item.mechanism, place) in seen:
            continue  # alarms are told of once for the workload
        seen.add((item.mechanism, place))
        if (item.mechanism, item.region) in still:
            yield from _shorter(under_review, reviewed, item, before, after)
        elif (item.mechanism, None) in still:
            continue  # it does the same, here or in a Region that the verdict says is not known
        elif item.mechanism in open_ or _let_go(under_review, item):
            continue  # the verdict says that it is not known any more
        elif item.address != reviewed.address and (item.address, item.region) in standing:
            continue  # what stands there does so with more or less than before, and the verdict says what that is worth
        elif ended(under_review, item.mechanism, item.address, reviewed.address):
            continue  # the change that ends it is found
        elif _for_want_of_versions(under_review, reviewed, item, after) or _said(after, item):
            continue  # that versioning is lost is said, and what hangs on it; so is what was proved apart
        elif (item.region, before.region) == (after.region, _region_of(new.get(item.mechanism))):
            continue  # both sides stay, and the other one is the first now
        elif _moved(item, new.get(item.mechanism), before):
            yield from _moves(under_review, reviewed, item, new[item.mechanism])
        else:
            yield _protection_lost(under_review, reviewed, item, before, after)


def _left_elsewhere(under_review: PlanUnderReview, item: Protection, after: Component) -> bool:
    """Tell whether what still does the same does it in another Region: a peer's backups are none of this cluster."""
    plan = under_review.plan
    was = _made_in(plan.resources_before, item)
    left = {_made_in(plan.resources_after, one) for one in counted(after) if one.mechanism == item.mechanism}
    return was is not None and bool(left) and None not in left and was not in left


def _made_in(resources: Mapping[str, Resource], item: Protection) -> str | None:
    """Return the Region of what protects a component where it is; None of what leaves it, and where it is not known."""
    made = resources.get(item.address or "")
    return None if item.region is not None or made is None else made.region


def _for_want_of_versions(
    under_review: PlanUnderReview, reviewed: ReviewedComponent, item: Protection, after: Component
) -> bool:
    """Whether a copy or backup is declared as before, and lost since the component, or its copy, keeps no versions."""

    def lost(of: ReviewedComponent) -> set[str]:
        was, now = ({one.mechanism for one in counted(side)} for side in (of.before, of.after))
        return {name for name in was - now if under_review.catalog.mechanism(of.kind, name).role == "versions"}

    declared = any((one.mechanism, one.region) == (item.mechanism, item.region) for one in after.protections)
    if not declared or item.mechanism in lost(reviewed):
        return False
    copies = under_review.copies.get(reviewed.address, ())
    there = (under_review.reviewed_components.get(copy.address) for copy in copies)
    return bool(lost(reviewed)) or any(one is not None and one.region == item.region and lost(one) for one in there)


def _said(after: Component, item: Protection) -> bool:
    """Whether it is declared as before, and each doubt on it has a finding of its own."""
    same = [one for one in after.protections if (one.mechanism, one.region) == (item.mechanism, item.region)]
    return bool(same) and all(one.doubts and all(map(found_apart, one.doubts)) for one in same)


def _covers_regions(under_review: PlanUnderReview, component: Component, item: Protection) -> bool:
    covers = under_review.catalog.mechanism(component.kind, item.mechanism).covers
    return any(Disruption.REGION in cover.disruptions for cover in covers)


def _let_go(under_review: PlanUnderReview, item: Protection) -> bool:
    change = under_review.changes.get(item.address or "")
    return change is not None and change.forgotten


def _moved(item: Protection, now: Protection | None, before: Component) -> bool:
    return now is not None and now.region is not None and item.region is not None and leaves_region(before, item)


def _region_of(item: Protection | None) -> str | None:
    return None if item is None else item.region


def _moves(
    under_review: PlanUnderReview, reviewed: ReviewedComponent, item: Protection, now: Protection
) -> Iterator[Found]:
    yield Found(
        id="RECOVERY-121",
        address=now.address or reviewed.address,
        reviewed=reviewed,
        disruptions=(Disruption.REGION,),
        values={
            "mechanism": title(under_review.catalog, reviewed.either, item.mechanism),
            "before": str(item.region),
            "after": str(now.region),
        },
    )


def _protection_lost(
    under_review: PlanUnderReview, reviewed: ReviewedComponent, item: Protection, before: Component, after: Component
) -> Found:
    doubts = [doubt for other in after.protections if other.mechanism == item.mechanism for doubt in other.doubts]
    values = {
        "mechanism": title(under_review.catalog, before, item.mechanism),
        "lost": f"no longer effective ({doubts[0]})" if doubts else "removed",
        "region": item.region or "another Region",
        "home": before.region or "its Region",
    }
    id, address = _rule(under_review, item, before, after), item.address or reviewed.address
    covers = under_review.catalog.mechanism(before.kind, item.mechanism).covers
    about = {Disruption.REGION} if id in _LEAVES_THE_REGION else {one for cover in covers for one in cover.disruptions}
    if Disruption.SOFTWARE in about:
        about = {Disruption.SOFTWARE}  # what is kept to go back to; the others have further ways
    return Found(
        id=id,
        address=address,
        reviewed=reviewed,
        values=values,
        disruptions=tuple(one for one in Disruption if one in about),
    )


def _rule(under_review: PlanUnderReview, item: Protection, before: Component, after: Component) -> str:
    mechanism = under_review.catalog.mechanism(before.kind, item.mechanism)
    if mechanism.role in _LOST:
        return _LOST[mechanism.role]
    # Where the copy is in another state, its Region is not known, and it is a copy all the same.
    unplaced = item.region is None and _covers_regions(under_review, before, item)
    if unplaced or leaves_region(before, item):
        left = any(
            leaves_region(after, other)
            for other in counted(after)
            if under_review.catalog.mechanism(after.kind, other.mechanism).role != "routing"
        )
        return "RECOVERY-113" if left else "RECOVERY-114"
    return "RECOVERY-116"


def _shorter(
    under_review: PlanUnderReview, reviewed: ReviewedComponent, item: Protection, before: Component, after: Component
) -> Iterator[Found]:
    made_in = _made_in(under_review.plan.resources_before, item)
    for name in _KEPT:
        was = _longest(before, item, name, under_review.plan.resources_before, made_in)
        now = _longest(after, item, name, under_review.plan.resources_after, made_in)
        if was is not None and now is not None and now < was:
            yield Found(
                id="RECOVERY-117",
                address=item.address or reviewed.address,
                reviewed=reviewed,
                values={
                    "mechanism": title(under_review.catalog, before, item.mechanism),
                    "before": in_days(was),
                    "after": in_days(now),
                },
            )


def _longest(
    component: Component, like: Protection, name: str, resources: Mapping[str, Resource], made_in: str | None
) -> int | None:
    found = [
        value
        for item in counted(component)
        if (item.mechanism, item.region) == (like.mechanism, like.region)
        and (made_in is None or _made_in(resources, item) in (None, made_in))
        for value in (item.parameters.get(name),)
        if isinstance(value, int)
    ]
    return max(found, default=None)


# ---------------------------------------------------------------- copies


_COPIED: Final = types_that("copies_at")


def _copies(under_review: PlanUnderReview, told: Container[str]) -> Iterator[Found]:
    for address, original in under_review.plan.copies_before.items():
        change = under_review.changes.get(address)
        if change is None or not (change.deleted or change.replaced) or address in under_review.reviewed_components:
            continue
        reviewed = under_review.reviewed_components.get(original)
        if reviewed is None and original in {item.name for item in under_review.plan.before}:
            continue
        if change.deleted and address in told:
            continue  # that the component loses this copy is said
        resource = under_review.plan.resources_before.get(address)
        region = None if resource is None else resource.region
        yield Found(
            id="RECOVERY-112",
            address=address,
            reviewed=reviewed,
            values={
                "does": change.does if change.deleted else f"{change.does} and creates anew",
                "original": original if reviewed is not None else "something in another state",
                "where": f" in {region}" if region else "",
            },
        )
    for resource in under_review.before(*_COPIED):
        yield from _regions_lost(under_review, resource)


def _regions_lost(under_review: PlanUnderReview, before: Resource) -> Iterator[Found]:
    after = under_review.plan.resources_after.get(before.address)
    concern, reviewed = under_review.concerns(before.address)
    if not concern or (after is None and before.address in under_review.reviewed_components):
        return
    copies = _COPIED[before.type].copies_at
    assert copies is not None, "these are the types that have them"
    path = copies.path
    if after is not None and any(after.is_unknown(*path[:depth]) for depth in range(1, len(path) + 1)):
        return
    was, now = _named_regions(before, path), set() if after is None else _named_regions(after, path)
    for region in sorted(was - now - {before.region}):
        yield Found(
            id="RECOVERY-113" if now - {before.region} else "RECOVERY-114",
            address=before.address,
            reviewed=reviewed,
            disruptions=(Disruption.REGION,),
            values={
                "mechanism": copies.what,
                "lost": "removed",
                "region": region,
                "home": before.region or "its Region",
            },
        )


def _named_regions(resource: Resource, path: tuple[str, ...]) -> set[str]:
    blocks: list[object] = [resource.values]
    for step in path:
        blocks = [
            inner
            for block in blocks
            if isinstance(block, dict)
            for value in (block.get(step),)
            for inner in (value if isinstance(value, list) else [value])
        ]
    return {region for block in blocks if isinstance(block, dict) and (region := as_region(block.get("region")))}


# ---------------------------------------------------------------- links that stand alone


_PROTECTIVE: Final = types_that("protective")


def _in_other_states(under_review: PlanUnderReview) -> Iterator[Found]:
    placed = frozenset(item.name for item in under_review.plan.before if item.kind is not Kind.RECORD)
    for address, change in under_review.changes.items():
        if not change.deleted or change.type not in _PROTECTIVE:
            continue
        resource = under_review.plan.resources_before.get(address)
        if (
            resource is not None
            and resource.type == "aws_route53_record"
            and not resource.get("failover_routing_policy")
            and not (resource.get("weighted_routing_policy") and resource.get("health_check_id"))
        ):
            continue
        if address in placed:
            continue
        concern, reviewed = under_review.concerns(address)
        if concern and reviewed is None:
            yield Found(id="RECOVERY-126", address=address)
