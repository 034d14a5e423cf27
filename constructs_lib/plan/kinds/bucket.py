"""S3 buckets with the resources their settings are split into, and the older arguments inside the bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from constructs_lib.catalog.limits import limit
from constructs_lib.components import ENABLED, Kind
from constructs_lib.plan.document.arn import parse_arn
from constructs_lib.plan.document.resource import as_number, blocks_in
from constructs_lib.plan.kinds.component_builder import ComponentBuilder, forever
from constructs_lib.plan.kinds.open_destination import perhaps_copies
from constructs_lib.plan.side import first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.side import Side

_TYPE: Final = "aws_s3_bucket"
_VERSIONING: Final = "aws_s3_bucket_versioning"
REPLICATION: Final = "aws_s3_bucket_replication_configuration"
_LIFECYCLE: Final = "aws_s3_bucket_lifecycle_configuration"
_LOCK: Final = "aws_s3_bucket_object_lock_configuration"
_ENCRYPTION: Final = "aws_s3_bucket_server_side_encryption_configuration"
_TIERING: Final = "aws_s3_bucket_intelligent_tiering_configuration"
_REPLICATED: Final = "replication_configuration"
_TIERED: Final = "INTELLIGENT_TIERING"
_OTHER_PARTS: Final = (
    "aws_s3_bucket_accelerate_configuration",
    "aws_s3_bucket_metric",
    "aws_s3_bucket_notification",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    _ENCRYPTION,
    _TIERING,
)

_ARCHIVES: Final = limit("s3.archive_storage_class").values
_BUCKET: Final = ("destination", 0, "bucket")
_OF_VERSIONS: Final = "noncurrent_version_transition"
_ARCHIVE_TIERS: Final = {"ARCHIVE_ACCESS": "GLACIER", "DEEP_ARCHIVE_ACCESS": "DEEP_ARCHIVE"}
"""The tiers of S3 Intelligent-Tiering whose objects have to be restored, by the class that takes as long."""

Versioning = Literal["on", "off", "suspended", "unknown"]
_Block = dict[str, Any]
_Place = tuple["str | int", ...]


def read_buckets(side: Side, copies: dict[str, str]) -> Iterator[ComponentBuilder]:
    """Yield a builder for each bucket, and tell which buckets are one-way copies of which."""
    builders = {
        bucket.address: ComponentBuilder(main=bucket, kind=Kind.BUCKET, region=bucket.region)
        for bucket in side.of(_TYPE)
    }
    states = {address: versioning(side, builder.main) for address, builder in builders.items()}
    rules = {address: list(replication_rules(side, builder.main)) for address, builder in builders.items()}
    links: dict[str, dict[str, None]] = {}
    for builder in builders.values():
        _versioning(side, builder, *states[builder.main.address])
        _object_lock(side, builder)
        for rule in rules[builder.main.address]:
            if rule.enabled is True and rule.destination is not None:
                links.setdefault(builder.main.address, {})[rule.destination.address] = None
    for type in _OTHER_PARTS:
        for address, parts in side.parts(_TYPE, type, "bucket").items():
            builders[address].join(*parts)
    for builder in builders.values():
        _replication(side, builder, rules[builder.main.address], states, links)
    for source, destinations in links.items():
        for destination in destinations:
            if source not in links.get(destination, {}):
                copies.setdefault(destination, source)
    _of_others(side, copies)
    perhaps_copies(side, builders, copies, list(_to_somewhere(side, rules.values())))
    yield from builders.values()


def _of_others(side: Side, copies: dict[str, str]) -> None:
    """Tell which buckets are copies of one that is not in this plan, and only its replication is."""
    for part in side.of(REPLICATION):
        source = side.link(part, ("bucket",), _TYPE)
        if source.target is None and source.text:
            for index, written in enumerate(part.blocks("rule")):
                rule = ReplicationRule(side, part, written, ("rule", index))
                if rule.enabled is True and rule.destination is not None:
                    copies.setdefault(rule.destination.address, source.text)


def _to_somewhere(side: Side, rules: Iterable[Sequence[ReplicationRule]]) -> Iterator[tuple[Resource, _Place]]:
    """Yield what copies to a bucket that the plan does not tell, and where it says to which."""
    for rule in (rule for found in rules for rule in found):
        if rule.enabled is not False and rule.destination is None and rule.text is None:
            yield rule.by, (*rule.place, *_BUCKET)
    yield from ((part, ("rule", *_BUCKET)) for part in side.of(REPLICATION) if part.is_unknown("rule"))


def _parts(side: Side, bucket: Resource, type: str) -> list[Resource]:
    return side.parts(_TYPE, type, "bucket").get(bucket.address, [])


def _inline(side: Side, bucket: Resource, type: str, argument: str) -> bool:
    """Whether the argument inside the bucket counts.

    AWS has one setting, so the provider shows a split resource's setting in the bucket as well. There it goes stale: it
    still shows what the plan is about to remove. So it counts only where no split resource is or was.
    """
    return not side.has_part(bucket, type, "bucket") and not bucket.left_out(argument, block=True)


def versioning(side: Side, bucket: Resource) -> tuple[Versioning, Resource]:
    """Return the state of a bucket's versioning, and the resource that says so."""
    split = first(_parts(side, bucket, _VERSIONING))
    if split is not None:
        path = ("versioning_configuration", 0, "status")
        status = split.text(*path)
        if status is None:
            return ("unknown" if split.is_unknown(*path) else "off"), split
        return _STATES.get(status, "off"), split
    loose = first(side.loose_parts(bucket, _VERSIONING, "bucket"))
    if loose is not None:
        return "unknown", loose
    if not _inline(side, bucket, _VERSIONING, "versioning"):
        return "off", bucket
    if bucket.is_unknown("versioning", 0, "enabled"):
        return "unknown", bucket
    return ("on" if bucket.get("versioning", 0, "enabled") is True else "off"), bucket


_STATES: Final[dict[str, Versioning]] = {"Enabled": "on", "Suspended": "suspended", "Disabled": "off"}


def _versioning(side: Side, builder: ComponentBuilder, state: Versioning, by: Resource) -> None:
    builder.join(*_parts(side, builder.main, _VERSIONING))
    days, unknown = _noncurrent_days(side, builder)
    if state == "off":
        return
    builder.protect(
        side.notes,
        "versioning",
        by,
        parameters={"noncurrent_days": days, **_archived_versions(side, builder.main)},
        doubts=["versioning is suspended, so overwrites and deletes keep no version"] if state == "suspended" else [],
        unknown=[*unknown, *([ENABLED] if state == "unknown" else [])],
    )


def _noncurrent_days(side: Side, builder: ComponentBuilder) -> tuple[int | None, list[str]]:
    """Return for how many days noncurrent versions are kept: by the rule that removes them first, else for good."""
    bucket = builder.main
    found: list[object] = []
    parts = _parts(side, bucket, _LIFECYCLE)
    builder.join(*parts)
    perhaps = side.loose_parts(bucket, _LIFECYCLE, "bucket")
    unknown = any(rule.get("noncurrent_version_expiration") for part in perhaps for rule in part.blocks("rule"))
    for part in parts:
        unknown |= part.is_unknown("rule")
        for index, rule in enumerate(part.blocks("rule")):
            if rule.get("status") == "Enabled" or part.is_unknown("rule", index, "status"):
                unknown |= part.is_unknown("rule", index, "noncurrent_version_expiration", 0, "noncurrent_days")
                found += [item.get("noncurrent_days") for item in blocks_in(rule, "noncurrent_version_expiration")]
    if not parts and _inline(side, bucket, _LIFECYCLE, "lifecycle_rule"):
        unknown |= bucket.is_unknown("lifecycle_rule")
        for rule in bucket.blocks("lifecycle_rule"):
            if rule.get("enabled") is True:
                found += [item.get("days") for item in blocks_in(rule, "noncurrent_version_expiration")]
    days = [number for number in map(as_number, found) if number is not None]
    if unknown:
        return None, ["noncurrent_days"]
    return (min(days) if days else forever()), []


def _object_lock(side: Side, builder: ComponentBuilder) -> None:
    bucket = builder.main
    parts = _parts(side, bucket, _LOCK)
    builder.join(*parts)
    for part in parts:
        _lock(side, builder, part, blocks_in(part.get("rule", 0) or {}, "default_retention"))
    if not parts and _inline(side, bucket, _LOCK, "object_lock_configuration"):
        rule = bucket.get("object_lock_configuration", 0, "rule", 0) or {}
        _lock(side, builder, bucket, blocks_in(rule, "default_retention"))
        if bucket.is_unknown("object_lock_configuration"):
            builder.protect(side.notes, "object_lock", bucket, unknown=[ENABLED])


def _locks(side: Side, bucket: Resource) -> bool | None:
    """Whether a bucket has Object Lock; None where that is known at apply only."""
    name, inline = "object_lock_enabled", ("object_lock_configuration", 0, "object_lock_enabled")
    if bucket.get(name) is True or bucket.get(*inline) == "Enabled" or _parts(side, bucket, _LOCK):
        return True
    open_ = bucket.is_unknown(name) and not bucket.left_out(name)
    return None if open_ or side.loose_parts(bucket, _LOCK, "bucket") else False


def _lock(side: Side, builder: ComponentBuilder, by: Resource, retentions: list[_Block]) -> None:
    for retention in retentions:
        days, years = as_number(retention.get("days")), as_number(retention.get("years"))
        kept = days if days is not None else 365 * years if years is not None else None
        mode = retention.get("mode")
        parameters = {"mode": mode if isinstance(mode, str) else None, "retention_days": kept}
        unknown = [name for name, value in parameters.items() if value is None]
        builder.protect(side.notes, "object_lock", by, parameters=parameters, unknown=unknown)


# ---------------------------------------------------------------- replication


class ReplicationRule:
    """One replication rule, from either way of writing it."""

    __slots__ = (
        "among",
        "by",
        "destination",
        "enabled",
        "partial",
        "place",
        "priority",
        "region",
        "rtc",
        "storage_class",
        "text",
        "unknown",
        "with_kms",
    )

    def __init__(self, side: Side, by: Resource, rule: _Block, place: _Place) -> None:
        self.by = by
        self.place = place
        status = rule.get("status")
        self.enabled: bool | None = None if by.is_unknown(*place, "status") else status == "Enabled"
        self.unknown: list[str] = []
        self.partial = _is_partial(rule)
        self.priority = as_number(rule.get("priority")) or 0
        if by.is_unknown(*place, "filter") or by.is_unknown(*place, "prefix"):
            self.enabled = None
        block: _Block = first(blocks_in(rule, "destination")) or {}
        timing: _Block = first(blocks_in(block, "replication_time")) or {}
        self.rtc = timing.get("status") == "Enabled"
        self.with_kms = bool(rule.get("source_selection_criteria"))
        if by.is_unknown(*place, "destination", 0, "replication_time", 0, "status"):
            self.unknown.append("rtc")
        self.storage_class = block.get("storage_class")
        if by.is_unknown(*place, "destination", 0, "storage_class"):
            self.unknown.append("archive")
        link = side.link(by, (*place, *_BUCKET), _TYPE)
        self.destination = link.target
        self.among = [] if link.known else side.candidates(by, (*place, *_BUCKET), _TYPE)
        """Of several buckets any one, where a plan does not tell which."""
        regions = {item.region for item in (self.among or (link.target,)) if item is not None}
        self.region = next(iter(regions)) if len(regions) == 1 else side.buckets.get(link.text or "")
        self.text = link.text


def _is_partial(rule: _Block) -> bool:
    """Whether a rule is confined to objects with some prefix or tags."""
    if rule.get("prefix"):
        return True
    for item in blocks_in(rule, "filter"):
        if item.get("prefix") or item.get("tag") or item.get("tags"):
            return True
        if any(inner.get("prefix") or inner.get("tags") for inner in blocks_in(item, "and")):
            return True
    return False


def replication_rules(side: Side, bucket: Resource) -> Iterator[ReplicationRule]:
    """Yield the rules by which a bucket is replicated."""
    parts = _parts(side, bucket, REPLICATION)
    for part in parts:
        for index, rule in enumerate(part.blocks("rule")):
            yield ReplicationRule(side, part, rule, ("rule", index))
    if not parts and _inline(side, bucket, REPLICATION, _REPLICATED):
        for index, rule in enumerate(blocks_in(bucket.get(_REPLICATED, 0) or {}, "rules")):
            yield ReplicationRule(side, bucket, rule, (_REPLICATED, 0, "rules", index))


def _replication(
    side: Side,
    builder: ComponentBuilder,
    rules: list[ReplicationRule],
    states: Mapping[str, tuple[Versioning, Resource]],
    links: Mapping[str, Mapping[str, None]],
) -> None:
    """Add one protection for each bucket that is copied to."""
    bucket = builder.main
    builder.join(*_parts(side, bucket, REPLICATION))
    for part in _parts(side, bucket, REPLICATION):
        if part.is_unknown("rule"):
            builder.protect(side.notes, "replication", part, unknown=[ENABLED])
    for loose in side.loose_parts(bucket, REPLICATION, "bucket"):
        builder.protect(side.notes, "replication", loose, unknown=[ENABLED])
    if bucket.is_unknown(_REPLICATED) and _inline(side, bucket, REPLICATION, _REPLICATED):
        builder.protect(side.notes, "replication", bucket, unknown=[ENABLED])
    source, _ = states[bucket.address]
    for group in _by_destination(rules):
        # Of several rules to one bucket that are about an object the one of the highest priority counts. So what is
        # sure of all objects is the least of one for all of them, and of those for some that go before it.
        best = min(group, key=lambda rule: (rule.enabled is not True, rule.partial, -rule.priority, rule.rtc))
        before = [rule for rule in group if rule.enabled is True and rule.priority > best.priority]
        rtc = all(rule.rtc for rule in (best, *before))
        unknown = list(best.unknown)
        doubts = [] if source == "on" else [f"it needs versioning, which is {_SAID[source]} on this bucket"]
        if best.enabled is None:
            unknown.append(ENABLED)
        elif not best.enabled:
            doubts.append("its rule is disabled")
        if best.partial:
            doubts.append("its rule covers only objects with certain prefixes or tags")
        destination = best.destination
        if destination is None and best.text is not None and side.lacks(_TYPE, best.text):
            doubts.append("the bucket it copies to is not there")
        if destination is not None:
            builder.join(destination)
            if destination is bucket:
                doubts.append("it copies the bucket into itself")
            elif builder.shares_region(destination):
                doubts.append("the bucket it copies to is in the same Region")
            if _locks(side, bucket) and _locks(side, destination) is False:
                doubts.append("the bucket has Object Lock, which S3 then demands of the bucket it copies to as well")
            copied, _ = states[destination.address]
            if copied != "on" and destination is not bucket:
                doubts.append(f"it needs versioning, which is {_SAID[copied]} on the bucket it copies to")
        if best.among and best.region == builder.region is not None:
            doubts.append("the bucket it copies to is in the same Region")
        both = [source, *(states[item.address][0] for item in (destination, *best.among) if item is not None)]
        if any(state != "on" for state in both[1:]) and destination is None:
            unknown.append(ENABLED)
        if destination is not None and _may_be_archived(side, destination, (best, *before)):
            unknown.append("archive")
        if _may_leave_out(side, bucket, best):
            unknown.append(ENABLED)
        if "unknown" in both and len(doubts) == both.count("unknown"):
            # Nothing else speaks against it, so whether it works is open rather than doubted.
            unknown.append(ENABLED)
        two_way = destination is not None and bucket.address in links.get(destination.address, {})
        builder.protect(
            side.notes,
            "replication",
            best.by,
            region=best.region,
            parameters={"rtc": rtc, "two_way": two_way, "archive": _archive(side, bucket, (best, *before))},
            doubts=doubts,
            unknown=unknown,
        )


def _archive(side: Side, source: Resource, rules: Sequence[ReplicationRule]) -> str | None:
    """Return the slowest class in which objects of the copy lie, and those of the source do not; None for no such.

    What the source itself keeps in an archive, as soon or sooner, is no slower to get at in the copy.
    """
    destination = rules[0].destination
    kept, copied = _archived(side, source), {} if destination is None else _archived(side, destination)
    copied |= {str(rule.storage_class): 0 for rule in rules if rule.storage_class in _ARCHIVES}
    slower = [
        name
        for name, days in copied.items()
        if not any(_ARCHIVES.index(other) >= _ARCHIVES.index(name) and kept[other] <= days for other in kept)
    ]
    if destination is not None and _is_tiered(side, destination, rules):
        # Nobody reads a copy, so its objects all get there, those that the source still reads as well.
        slower += _archive_tiers(_parts(side, destination, _TIERING))
    return max(slower, key=_ARCHIVES.index, default=None)


def _is_tiered(side: Side, destination: Resource, rules: Sequence[ReplicationRule]) -> bool:
    """Whether objects of a copy are in S3 Intelligent-Tiering: they are written to it, or moved there."""
    written = any(rule.storage_class == _TIERED for rule in rules)
    return written or any(item.get("storage_class") == _TIERED for item in _transitions(side, destination))


def _archive_tiers(parts: Iterable[Resource]) -> list[str]:
    """Return the classes as slow as the archive tiers that objects are moved to when nobody reads them."""
    return [
        _ARCHIVE_TIERS[str(item.get("access_tier"))]
        for part in parts
        if part.get("status") in (None, "Enabled")
        for item in part.blocks("tiering")
        if item.get("access_tier") in _ARCHIVE_TIERS
    ]


def _may_be_archived(side: Side, destination: Resource, rules: Sequence[ReplicationRule]) -> bool:
    """Whether settings that may be the bucket's, or another's, move its objects to an archive."""
    lifecycles, tierings = (side.loose_parts(destination, type, "bucket") for type in (_LIFECYCLE, _TIERING))
    moved = list(_transitions_of(lifecycles))
    tiered = _is_tiered(side, destination, rules) or any(item.get("storage_class") == _TIERED for item in moved)
    tiers = (*tierings, *(_parts(side, destination, _TIERING) if moved else ()))
    return bool(_by_class(moved)) or (tiered and bool(_archive_tiers(tiers)))


def _archived(side: Side, bucket: Resource) -> dict[str, int]:
    """Return after how many days the bucket's lifecycle moves current objects to an archive, by class."""
    return _by_class(_transitions(side, bucket))


def _archived_versions(side: Side, bucket: Resource) -> dict[str, str | int]:
    """Return after how many days noncurrent versions move to an archive, and the slowest they get to; or nothing."""
    found = _by_class(_transitions(side, bucket, _OF_VERSIONS))
    if not found:
        return {}
    return {"cold_after_days": min(found.values()), "archive": max(found, key=_ARCHIVES.index)}


def _transitions(side: Side, bucket: Resource, block: str = "transition") -> Iterator[_Block]:
    parts = _parts(side, bucket, _LIFECYCLE)
    if not parts and _inline(side, bucket, _LIFECYCLE, "lifecycle_rule"):
        rules = [rule for rule in bucket.blocks("lifecycle_rule") if rule.get("enabled") is True]
        return (transition for rule in rules for transition in blocks_in(rule, block))
    return _transitions_of(parts, block)


def _transitions_of(parts: Iterable[Resource], block: str = "transition") -> Iterator[_Block]:
    rules = (rule for part in parts for rule in part.blocks("rule") if rule.get("status") == "Enabled")
    return (transition for rule in rules for transition in blocks_in(rule, block))


def _by_class(transitions: Iterable[_Block]) -> dict[str, int]:
    """Return after how many days transitions move objects, or versions, to an archive, by class."""
    found: dict[str, int] = {}
    for item in transitions:
        name = item.get("storage_class")
        if name in _ARCHIVES:
            days = as_number(item.get("days")) or as_number(item.get("noncurrent_days")) or 0
            found[str(name)] = min(found.get(str(name), forever()), days)
    return found


def _may_leave_out(side: Side, bucket: Resource, rule: ReplicationRule) -> bool:
    """Whether what may be the bucket's encryption is by a KMS key, and the rule leaves such objects out."""
    path = ("rule", 0, "apply_server_side_encryption_by_default", 0, "sse_algorithm")
    perhaps = [] if _parts(side, bucket, _ENCRYPTION) else side.loose_parts(bucket, _ENCRYPTION, "bucket")
    return not rule.with_kms and any(str(part.text(*path)).startswith("aws:kms") for part in perhaps)


_SAID: Final[dict[Versioning, str]] = {
    "on": "enabled",
    "off": "not enabled",
    "suspended": "suspended",
    "unknown": "not known before apply",
}


def _by_destination(rules: list[ReplicationRule]) -> list[list[ReplicationRule]]:
    groups: dict[str, list[ReplicationRule]] = {}
    for rule in rules:
        name = rule.text
        arn = parse_arn(name)
        if rule.destination is not None:
            name = rule.destination.address
        elif arn is not None:
            name = arn.resource
        groups.setdefault(name or "", []).append(rule)
    return list(groups.values())
