"""Encryption keys: deleted or disabled under what they encrypt, or in another Region than the copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.plan.document.arn import as_region, region_of_arn
from constructs_lib.review.checks.lost.found_apart import stays_at_home
from constructs_lib.review.finding import Found
from constructs_lib.review.reviewed_component import counted, leaves_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Change, Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

_KEYS: Final = tuple(name for name in types_that("read") if name.startswith("aws_kms_") and name.endswith("_key"))
"""Keys and replica keys, whose material KMS made or somebody brought."""
_SWITCHES: Final = ("is_enabled", "enabled")


def keys(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield keys that the plan deletes or disables, and copies whose key is in another Region."""
    yield from _lost(under_review)
    yield from _misplaced(under_review)


# ---------------------------------------------------------------- deleted and disabled


def _lost(under_review: PlanUnderReview) -> Iterator[Found]:
    gone = {key.address: does for key in under_review.before(*_KEYS) if (does := _does(under_review, key)) is not None}
    if not gone:
        return
    users = _users(under_review, gone)
    for address, does in gone.items():
        reviewed_components = [*users.get(address, []), *under_review.owners(address)]
        if not reviewed_components:
            continue
        used = f", which {users[address][0].address} uses" if users.get(address) else ""
        region = under_review.plan.resources_before[address].region
        yield Found(
            id="RECOVERY-120",
            address=address,
            reviewed=reviewed_components[0],
            values={"does": does, "used": used},
            region=region,
            # What encrypts in the component's own Region encrypts what all its copies are made of.
            ruins=tuple(item.address for item in users.get(address, []) if region == item.region),
        )


def _does(under_review: PlanUnderReview, key: Resource) -> str | None:
    change: Change | None = under_review.changes.get(key.address)
    if change is not None and change.deleted:
        return "schedules the deletion of"
    if change is not None and change.replaced:
        return "replaces, and so schedules the deletion of,"
    after = under_review.plan.resources_after.get(key.address)
    if after is not None and any(key.get(name) is True and after.get(name) is False for name in _SWITCHES):
        return "disables"
    if after is not None and any(after.get(name) is False for name in _SWITCHES):
        return "leaves disabled"
    return None


def _users(under_review: PlanUnderReview, gone: dict[str, str]) -> dict[str, list[ReviewedComponent]]:
    """Return the components that use each key, by what their resources say before the plan."""
    names = {
        text: address
        for address in gone
        for name in ("arn", "key_id")
        if (text := under_review.plan.resources_before[address].text(name)) is not None
    }
    found: dict[str, list[ReviewedComponent]] = {}
    for reviewed in under_review.reviewed_components.values():
        for member in reviewed.members:
            resource = under_review.plan.resources_before.get(member)
            if resource is None or resource.address in gone:
                continue
            for text in _texts(resource.values):
                if text in names and reviewed not in found.setdefault(names[text], []):
                    found[names[text]].append(reviewed)
    return found


def _texts(value: object) -> Iterator[str]:
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, str):
            yield here
        elif isinstance(here, dict):
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)


# ---------------------------------------------------------------- in the wrong Region


_PLACED: Final = types_that("key")
"""Resources that are in the Region their key must be in."""

_REPLICATED: Final = types_that("replica")


def _misplaced(under_review: PlanUnderReview) -> Iterator[Found]:
    for resource, path, expected, what in _placed(under_review):
        found = None if expected is None else _compared(under_review, resource, path, expected, what)
        if found is not None:
            yield found


def _placed(under_review: PlanUnderReview) -> Iterator[tuple[Resource, tuple[str | int, ...], str | None, str]]:
    """Yield each argument that may name a key, the Region that it must be in, and what needs it there."""
    for resource in under_review.after(*_PLACED):
        name = _PLACED[resource.type].key
        assert name is not None, "these are the types that have one"
        if resource.get(name) or resource.is_unknown(name):
            yield resource, (name,), resource.region, f"{name} of"
    for resource in under_review.after(*_REPLICATED):
        replica = _REPLICATED[resource.type].replica
        assert replica is not None, "these are the types that have one"
        for index, block in enumerate(resource.blocks(replica.block)):
            path = (replica.block, index, replica.key)
            yield resource, path, as_region(block.get(replica.region)), "a replica of"
    for resource in under_review.after("aws_s3_bucket_replication_configuration"):
        for index, _ in enumerate(resource.blocks("rule")):
            bucket = ("rule", index, "destination", 0)
            key = (*bucket, "encryption_configuration", 0, "replica_kms_key_id")
            if resource.get(*key) is not None or resource.is_unknown(*key):
                yield resource, key, _bucket_region(under_review, resource, bucket), "a rule of"


def _bucket_region(under_review: PlanUnderReview, resource: Resource, path: tuple[str | int, ...]) -> str | None:
    regions = {
        found.region
        for address in under_review.plan.resolve(resource.address, (*path, "bucket"))
        if (found := under_review.plan.resources_after.get(address)) is not None and found.type == "aws_s3_bucket"
    }
    return regions.pop() if len(regions) == 1 else None


def _compared(
    under_review: PlanUnderReview, resource: Resource, path: tuple[str | int, ...], expected: str, what: str
) -> Found | None:
    """Return that a key is in another Region than *expected*, where it is and that is anybody's concern."""
    region = region_of_arn(resource.get(*path))
    if region is None and resource.is_unknown(*path):
        regions = {
            found.region
            for address in under_review.plan.resolve(resource.address, path)
            if (found := under_review.plan.resources_after.get(address)) is not None and found.type in _KEYS
        }
        region = regions.pop() if len(regions) == 1 else None
    if region is None or region == expected:
        return None
    concern, reviewed = under_review.concerns(resource.address)
    if not concern or _stays_at_home(under_review, resource):
        return None
    values = {"what": f"{what} {resource.address}", "region": region, "expected": expected}
    return Found(id="RECOVERY-206", address=resource.address, reviewed=reviewed, values=values, region=expected)


def _stays_at_home(under_review: PlanUnderReview, resource: Resource) -> bool:
    """Whether it makes a copy in the original's own Region, the only one: that is found, and the key is right then."""
    for owner in under_review.owners(resource.address):
        if owner.after is None or owner.objective.region is None:
            continue
        after = owner.after
        doubts = [doubt for item in after.protections if item.address == resource.address for doubt in item.doubts]
        if any(map(stays_at_home, doubts)) and not any(leaves_region(after, item) for item in counted(after)):
            return True
    return False
