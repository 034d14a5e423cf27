"""Copies that are declared and are no copies: partial, in the same Region, empty, expiring, or alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.assessment import Verdict
from constructs_lib.objectives import Disruption, format_duration
from constructs_lib.plan.resource import as_number, blocks_in
from constructs_lib.review.component_review import title
from constructs_lib.review.finding import Found
from constructs_lib.review.replication_permissions import PROVED
from constructs_lib.review.subject import counted, leaves_region

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.components import Component, Protection
    from constructs_lib.plan import Resource
    from constructs_lib.review.case import Case
    from constructs_lib.review.component_review import ComponentReview
    from constructs_lib.review.subject import Subject

_DAY: Final = 86_400
_RESTORES: Final = ("restore_to_point_in_time", "snapshot_identifier")


def copies(case: Case, reviewed: Mapping[str, ComponentReview]) -> Iterator[Found]:
    """Yield copies that look like copies."""
    for subject in case.subjects.values():
        if subject.after is None:
            continue
        if subject.address in reviewed:
            yield from _doubted(case, subject, subject.after, reviewed[subject.address])
        yield from _expiring(case, subject, subject.after)
        yield from _existing_objects(subject, subject.after)
    yield from _expiring_objects(case)
    yield from _without_backups(case)
    yield from _continuous(case)
    yield from _empty_selections(case)
    yield from _restored(case)


# ---------------------------------------------------------------- declared, and not counted


def _doubted(case: Case, subject: Subject, after: Component, reviewed: ComponentReview) -> Iterator[Found]:
    for item in after.protections:
        needed = _needed_for(case, subject, after, item)
        verdicts = {found.after_verdict for found in reviewed.disruptions if found.disruption in needed}
        if not item.doubts or not verdicts & {Verdict.BREACHED, Verdict.UNKNOWN}:
            continue
        for doubt in item.doubts:
            # What is not known yet is the verdict's matter; what was proved of a role has findings of its own.
            if "not known before apply" in doubt or doubt in PROVED:
                continue
            values = {
                "mechanism": title(case.catalog, after, item.mechanism),
                "region": after.region or "the Region",
                "doubt": doubt,
                "change": reviewed.cheapest_change or "make it work, or remove it",
            }
            yield Found(id=_rule(doubt), address=item.address or subject.address, subject=subject, values=values)


def _needed_for(case: Case, subject: Subject, after: Component, item: Protection) -> set[Disruption]:
    """Return the promised disruptions that the protection would recover from."""
    covers = case.catalog.mechanism(after.kind, item.mechanism).covers
    disruptions = {disruption for cover in covers for disruption in cover.disruptions}
    return {disruption for disruption in disruptions if subject.objective.target(disruption) is not None}


def _rule(doubt: str) -> str:
    if "prefixes or tags" in doubt:
        return "RECOVERY-207"
    if "same Region" in doubt or "own Region" in doubt:
        return "RECOVERY-208"
    return "RECOVERY-200"


# ---------------------------------------------------------------- copies that expire


def _expiring(case: Case, subject: Subject, after: Component) -> Iterator[Found]:
    """A recovery point must outlive the making of the next one, and the recovery itself."""
    for item in counted(after):
        days = item.parameters.get("retention_days")
        interval = item.parameters.get("interval_seconds")
        if not isinstance(days, int) or not isinstance(interval, int) or days * _DAY > interval:
            continue
        made = format_duration(interval)
        what = (
            f"{title(case.catalog, after, item.mechanism)} keeps a recovery point for {days} days, and makes the next "
            f"one after {made}"
        )
        values = {"what": what, "change": f"keep recovery points for longer than {made}"}
        yield Found(id="RECOVERY-125", address=item.address or subject.address, subject=subject, values=values)


def _expiring_objects(case: Case) -> Iterator[Found]:
    """A copy of a bucket must not expire its objects before the original does."""
    for address, original in case.plan.copies_after.items():
        copy, source = (case.plan.resources_after.get(name) for name in (address, original))
        subject = case.subjects.get(original)
        if copy is None or source is None or subject is None or copy.type != "aws_s3_bucket":
            continue
        expires, kept = _expiration(case, copy), _expiration(case, source)
        if expires is not None and (kept is None or expires < kept):
            whole = "never does" if kept is None else f"does after {kept} days"
            what = f"{address} expires objects after {expires} days, and the bucket it copies {whole}"
            values = {"what": what, "change": "expire objects of the copy no sooner than those of the original"}
            yield Found(id="RECOVERY-125", address=address, subject=subject, values=values)


def _expiration(case: Case, bucket: Resource) -> int | None:
    """Return after how many days current objects expire, whatever their prefix; None for never."""
    days = []
    for part in case.parts("aws_s3_bucket_lifecycle_configuration", "bucket").get(bucket.address, ()):
        if part.is_sensitive("rule"):
            continue
        for rule in part.blocks("rule"):
            if rule.get("status") == "Enabled":
                days += [as_number(item.get("days")) for item in blocks_in(rule, "expiration")]
    return min((number for number in days if number), default=None)


# ---------------------------------------------------------------- never copied


def _existing_objects(subject: Subject, after: Component) -> Iterator[Found]:
    if subject.before is None or subject.replaced or after.kind != "bucket":
        return
    old = {item.region for item in subject.before.protections if item.mechanism == "replication"}
    for item in counted(after):
        if item.mechanism == "replication" and leaves_region(after, item) and item.region not in old:
            values = {"address": subject.address}
            yield Found(id="RECOVERY-209", address=item.address or subject.address, subject=subject, values=values)


# ---------------------------------------------------------------- what the copy lacks


def _without_backups(case: Case) -> Iterator[Found]:
    for address, original in case.plan.copies_after.items():
        copy, subject = case.plan.resources_after.get(address), case.subjects.get(original)
        if copy is None or subject is None:
            continue
        if copy.type == "aws_db_instance":
            name = "backup_retention_period"
            if not (copy.is_unknown(name) and not copy.left_out(name)) and not copy.number(name):
                values = {"change": f"set {name} on it"}
                yield Found(id="RECOVERY-210", address=address, subject=subject, values=values)
        elif copy.type == "aws_dynamodb_table_replica" and _recoverable(subject):
            name = "point_in_time_recovery"
            if not (copy.is_unknown(name) and not copy.left_out(name)) and copy.get(name) is not True:
                values = {"change": f"set {name} = true on it"}
                yield Found(id="RECOVERY-210", address=address, subject=subject, values=values)
    for subject in case.subjects.values():
        table = case.plan.resources_after.get(subject.address)
        if table is None or table.type != "aws_dynamodb_table" or not _recoverable(subject):
            continue
        for index, block in enumerate(table.blocks("replica")):
            name = "point_in_time_recovery"
            unknown = table.is_unknown("replica", index, name)
            if block.get(name) is not True and not unknown and not _apart(case, subject, block.get("region_name")):
                values = {
                    "address": f"a replica of {subject.address}",
                    "change": f"set {name} = true in its replica block",
                }
                yield Found(id="RECOVERY-210", address=subject.address, subject=subject, values=values)


def _recoverable(subject: Subject) -> bool:
    return any(item.mechanism == "pitr" for item in counted(subject.after))


def _apart(case: Case, subject: Subject, region: object) -> bool:
    """Whether the replica in that Region is a resource of its own, which then says what it has."""
    return any(
        copy.region == region
        for address, original in case.plan.copies_after.items()
        if original == subject.address and (copy := case.plan.resources_after.get(address)) is not None
    )


# ---------------------------------------------------------------- AWS Backup


def _continuous(case: Case) -> Iterator[Found]:
    for plan in case.after("aws_backup_plan"):
        concern, subject = case.concerns(plan.address)
        if concern and any(
            rule.get("enable_continuous_backup") is True and blocks_in(rule, "copy_action")
            for rule in plan.blocks("rule")
        ):
            yield Found(id="RECOVERY-213", address=plan.address, subject=subject)


def _empty_selections(case: Case) -> Iterator[Found]:
    for line in case.plan.inventory:
        if line.type == "aws_backup_selection" and "selects nothing" in line.reason:
            for address in line.addresses:
                selection = case.plan.resources_after.get(address)
                if selection is not None and case.subjects and not _names_others(selection):
                    yield Found(id="RECOVERY-214", address=address)


def _names_others(selection: Resource) -> bool:
    """Whether it names resources by ARN, which may well be in another state; or is not known before apply."""
    named = selection.get("resources")
    if isinstance(named, list) and any(isinstance(item, str) and "*" not in item for item in named):
        return True
    return any(
        selection.is_unknown(name) and not selection.left_out(name)
        for name in ("resources", "selection_tag", "condition")
    )


# ---------------------------------------------------------------- restored databases


def _restored(case: Case) -> Iterator[Found]:
    for resource in case.before("aws_db_instance", "aws_rds_cluster"):
        change = case.changes.get(resource.address)
        if change is None or not change.replaced:
            continue
        for block in _RESTORES:
            if resource.get(block) and any(path.split(".")[0] == block for path in change.replace_paths):
                concern, subject = case.concerns(resource.address)
                if concern:
                    values = {"block": block, "does": "removes or changes it, and so replaces the database"}
                    yield Found(id="RECOVERY-215", address=resource.address, subject=subject, values=values)
