"""Copies that are declared and are no copies: partial, in the same Region, empty, expiring, or alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from constructs_lib.assessment import Verdict
from constructs_lib.components import ENABLED, Kind
from constructs_lib.objectives import Disruption, format_duration
from constructs_lib.plan.document.resource import as_number, blocks_in
from constructs_lib.plural import plural
from constructs_lib.review.checks.lost.found_apart import found_apart, stays_at_home
from constructs_lib.review.finding import Found
from constructs_lib.review.link import title
from constructs_lib.review.reviewed_component import counted, leaves_region

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.components import Component, Protection
    from constructs_lib.plan import Resource
    from constructs_lib.review.component_review import ComponentReview
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

_DAY: Final = 86_400
_RESTORES: Final = ("restore_to_point_in_time", "snapshot_identifier")


def copies(under_review: PlanUnderReview, outcome: Mapping[str, ComponentReview]) -> Iterator[Found]:
    """Yield copies that look like copies."""
    for reviewed in under_review.reviewed_components.values():
        if reviewed.after is None:
            continue
        if reviewed.address in outcome:
            yield from _doubted(under_review, reviewed, reviewed.after, outcome[reviewed.address])
        yield from _existing_objects(under_review, reviewed, reviewed.after)
    yield from _records(under_review, outcome)
    yield from _without_backups(under_review)
    yield from _continuous(under_review)
    yield from _empty_selections(under_review)
    yield from _restored(under_review)


# ---------------------------------------------------------------- declared, and not counted


def _doubted(
    under_review: PlanUnderReview, reviewed: ReviewedComponent, after: Component, outcome: ComponentReview
) -> Iterator[Found]:
    doubted = [item for item in after.protections if item.doubts]
    if not doubted:
        return
    old = {(item.address, doubt) for item in _protections(reviewed.before) for doubt in item.doubts}
    new = _newly_lost(reviewed, after)
    told = set()
    for item in doubted:
        if (item.mechanism, item.region) in new:
            continue  # that the plan takes it away is said, and why
        needed = _needed_for(under_review, reviewed, after, item)
        verdicts = {found.after_verdict for found in outcome.disruptions if found.disruption in needed}
        if not verdicts & {Verdict.BREACHED, Verdict.UNKNOWN}:
            continue
        if Verdict.BREACHED not in verdicts and _is_left_to(after, item):
            continue  # whether it is missed is open with what may stand in for it
        for doubt in item.doubts:
            # What is not known yet is the verdict's matter; what was proved elsewhere has findings of its own.
            if "not known before apply" in doubt or found_apart(doubt) or (item.address, doubt) in told:
                continue
            told.add((item.address, doubt))
            values = {
                "mechanism": title(under_review.catalog, after, item.mechanism),
                "region": after.region or "the Region",
                "doubt": doubt,
                "change": outcome.cheapest_change or "make it work, or remove it",
            }
            address = item.address or reviewed.address
            yield Found(
                id=_rule(doubt),
                address=address,
                reviewed=reviewed,
                values=values,
                standing=(item.address, doubt) in old,
            )


def _is_left_to(after: Component, item: Protection) -> bool:
    """Whether another of the same mechanism, of which nothing is known yet, may do what *item* does not."""
    others = (one for one in after.protections if one.mechanism == item.mechanism and one is not item)
    return any(ENABLED in one.unknown or not (one.doubts or one.region) for one in others)


def _records(under_review: PlanUnderReview, outcome: Mapping[str, ComponentReview]) -> Iterator[Found]:
    """Yield failovers that cannot work, of records with an objective that no component in the plans answers for."""
    told = {(link.address, doubt) for item in outcome.values() for link in item.links_after for doubt in link.doubts}
    for reviewed in under_review.reviewed_components.values():
        if reviewed.kind is not Kind.RECORD:
            continue
        old = {(item.address, doubt) for item in _protections(reviewed.before) for doubt in item.doubts}
        # What a component answers for has this in its figures.
        if not any(link.address == reviewed.address for item in outcome.values() for link in item.links_after):
            yield from _slow(reviewed)
        for item in _protections(reviewed.after):
            for doubt in item.doubts:
                if (item.address, doubt) in told or found_apart(doubt):
                    continue
                values = {
                    "mechanism": title(under_review.catalog, reviewed.either, item.mechanism),
                    "doubt": doubt,
                    "change": f"repair it: {doubt}",
                }
                stands = (item.address, doubt) in old
                address = item.address or reviewed.address
                yield Found(id="RECOVERY-200", address=address, reviewed=reviewed, values=values, standing=stands)


def _slow(reviewed: ReviewedComponent) -> Iterator[Found]:
    """Yield a failover that comes too late: until the check tells, and until resolvers have forgotten the record."""
    target = reviewed.objective.target(Disruption.REGION)
    for item in _protections(reviewed.after):
        given = (item.parameters.get(name) for name in ("request_interval", "failure_threshold", "ttl"))
        interval, threshold, ttl = (value if isinstance(value, int) else 0 for value in given)
        told = interval * threshold
        if target is not None and told + ttl > target.rto:
            seconds = {"told": told, "ttl": ttl, "rto": target.rto}
            values = {name: format_duration(value) for name, value in seconds.items()}
            yield Found(id="RECOVERY-238", address=reviewed.address, reviewed=reviewed, values=values)


def _protections(component: Component | None) -> tuple[Protection, ...]:
    return () if component is None else component.protections


def _newly_lost(reviewed: ReviewedComponent, after: Component) -> set[tuple[str, str | None]]:
    was, now = ({(item.mechanism, item.region) for item in counted(side)} for side in (reviewed.before, after))
    return was - now


def _needed_for(
    under_review: PlanUnderReview, reviewed: ReviewedComponent, after: Component, item: Protection
) -> set[Disruption]:
    """Return the promised disruptions that the protection would recover from."""
    covers = under_review.catalog.mechanism(after.kind, item.mechanism).covers
    disruptions = {disruption for cover in covers for disruption in cover.disruptions}
    return {disruption for disruption in disruptions if reviewed.objective.target(disruption) is not None}


def _rule(doubt: str) -> str:
    if "prefixes or tags" in doubt:
        return "RECOVERY-207"
    if stays_at_home(doubt):
        return "RECOVERY-208"
    return "RECOVERY-200"


# ---------------------------------------------------------------- copies that expire


def expiring(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield the copies that are gone before they are needed."""
    for reviewed in under_review.reviewed_components.values():
        if reviewed.after is not None:
            yield from _expiring(under_review, reviewed, reviewed.after)
    yield from _expiring_objects(under_review)


def _expiring(under_review: PlanUnderReview, reviewed: ReviewedComponent, after: Component) -> Iterator[Found]:
    """A recovery point must outlive the making of the next one, and the recovery itself."""
    for item in after.protections:
        days = item.parameters.get("retention_days")
        interval = item.parameters.get("interval_seconds")
        if not isinstance(days, int) or not isinstance(interval, int) or days * _DAY > interval:
            continue
        if item not in counted(after):
            continue
        made = format_duration(interval)
        what = (
            f"{title(under_review.catalog, after, item.mechanism)} keeps a recovery point for "
            f"{plural(days, 'day')}, and makes the next one after {made}"
        )
        values = {"what": what, "change": f"keep recovery points for longer than {made}"}
        address = item.address or reviewed.address
        yield Found(id="RECOVERY-125", address=address, reviewed=reviewed, values=values, region=item.region)


def _expiring_objects(under_review: PlanUnderReview) -> Iterator[Found]:
    """A copy of a bucket must not expire its objects before the original does."""
    for copy, reviewed in under_review.copied("aws_s3_bucket"):
        source = under_review.plan.resources_after.get(reviewed.address)
        if source is None:
            continue
        kept = _expirations(under_review, source)
        for rule in _expirations(under_review, copy):
            if any(other.covers(rule) for other in kept):
                continue
            of_it = [other.said for other in kept if other.prefix == rule.prefix and other.tags == rule.tags]
            whole = f"does {min(of_it)}" if of_it else "never does"
            what = f"{copy.address} expires {rule.objects} {rule.said}, and the bucket it copies {whole}"
            values = {"what": what, "change": "expire objects of the copy no sooner than those of the original"}
            yield Found(id="RECOVERY-125", address=copy.address, reviewed=reviewed, values=values, region=copy.region)
            break


class _Expiration(NamedTuple):
    """A rule by which current objects expire.

    Attributes:
        prefix: Which objects, by how their keys begin.
        tags: Which objects, by the rest of the filter; empty for all of them.
        days: After how many days; 0 where a date is given.
        date: On which day, instead.
    """

    prefix: str
    tags: str
    days: int
    date: str | None

    def covers(self, other: _Expiration) -> bool:
        """Whether all that *other* expires is gone by this rule as soon."""
        whole = other.prefix.startswith(self.prefix) and self.tags in ("", other.tags)
        return whole and self.date == other.date and self.days <= other.days

    @property
    def objects(self) -> str:
        """What it is about, in words."""
        return "objects" if not self.prefix and not self.tags else "some objects"

    @property
    def said(self) -> str:
        """When, in words."""
        return f"after {plural(self.days, 'day')}" if self.date is None else f"on {self.date[:10]}"


def _expirations(under_review: PlanUnderReview, bucket: Resource) -> list[_Expiration]:
    """Return the rules by which a bucket expires current objects, its own or those inside it of former days."""
    found = []
    parts = under_review.parts("aws_s3_bucket_lifecycle_configuration", "bucket").get(bucket.address, ())
    for part in parts:
        if not part.is_sensitive("rule"):
            found += [
                item for rule in part.blocks("rule") if rule.get("status") == "Enabled" for item in _of_rule(rule)
            ]
    inside = "lifecycle_rule"
    if not parts and not bucket.left_out(inside, block=True) and not bucket.is_sensitive(inside):
        found += [item for rule in bucket.blocks(inside) if rule.get("enabled") is True for item in _of_rule(rule)]
    return found


def _of_rule(rule: dict[str, Any]) -> Iterator[_Expiration]:
    filters = blocks_in(rule, "filter")
    filters = [inner for item in filters for inner in (blocks_in(item, "and") or [item])] or [rule]
    for item in blocks_in(rule, "expiration"):
        days, date = as_number(item.get("days")), item.get("date")
        for one in filters:
            others = ("tag", "tags", "object_size_greater_than", "object_size_less_than")
            tags = ", ".join(f"{name} {one[name]}" for name in others if one.get(name))
            if days or (isinstance(date, str) and date):
                yield _Expiration(str(one.get("prefix") or ""), tags, days or 0, None if days else str(date))


# ---------------------------------------------------------------- never copied


def _existing_objects(under_review: PlanUnderReview, reviewed: ReviewedComponent, after: Component) -> Iterator[Found]:
    if reviewed.before is None or reviewed.replaced or after.kind != "bucket":
        return
    old = {item.region for item in counted(reviewed.before) if item.mechanism == "replication"}
    old -= _begun(under_review, reviewed)
    for item in counted(after):
        if item.mechanism == "replication" and leaves_region(after, item) and item.region not in old:
            values = {"address": reviewed.address}
            yield Found(id="RECOVERY-209", address=item.address or reviewed.address, reviewed=reviewed, values=values)


def _begun(under_review: PlanUnderReview, reviewed: ReviewedComponent) -> set[str | None]:
    """Return the Regions where the bucket is copied to another bucket than before, and no more to a former one."""
    former = under_review.plan.copies_before
    still, begun = set[str | None](), set[str | None]()
    for copy in under_review.copies.get(reviewed.address, ()):
        (still if former.get(copy.address) == reviewed.address else begun).add(copy.region)
    return begun - still


# ---------------------------------------------------------------- what the copy lacks


def _without_backups(under_review: PlanUnderReview) -> Iterator[Found]:
    name = "backup_retention_period"
    for copy, reviewed in under_review.copied("aws_db_instance"):
        if not copy.number(name) and not (copy.is_unknown(name) and not copy.left_out(name)):
            values = {"change": f"set {name} on it"}
            yield Found(id="RECOVERY-210", address=copy.address, reviewed=reviewed, values=values)
    name = "point_in_time_recovery"
    for copy, reviewed in under_review.copied("aws_dynamodb_table_replica"):
        told = copy.get(name) is True or (copy.is_unknown(name) and not copy.left_out(name))
        if not told and _recoverable(reviewed):
            values = {"change": f"set {name} = true on it"}
            yield Found(id="RECOVERY-210", address=copy.address, reviewed=reviewed, values=values)
    for table in under_review.after("aws_dynamodb_table"):
        owner = under_review.reviewed_components.get(table.address)
        if owner is None or not _recoverable(owner):
            continue
        for index, block in enumerate(table.blocks("replica")):
            told = block.get(name) is True or table.is_unknown("replica", index, name)
            if not told and not _apart(under_review, owner, block.get("region_name")):
                values = {
                    "address": f"a replica of {table.address}",
                    "change": f"set {name} = true in its replica block",
                }
                yield Found(id="RECOVERY-210", address=table.address, reviewed=owner, values=values)


def _recoverable(reviewed: ReviewedComponent) -> bool:
    return any(item.mechanism == "pitr" for item in counted(reviewed.after))


def _apart(under_review: PlanUnderReview, reviewed: ReviewedComponent, region: object) -> bool:
    """Whether the replica in that Region is a resource of its own, which then says what it has."""
    return any(copy.region == region for copy in under_review.copies.get(reviewed.address, ()))


# ---------------------------------------------------------------- AWS Backup


def _continuous(under_review: PlanUnderReview) -> Iterator[Found]:
    for plan in under_review.after("aws_backup_plan"):
        concern, reviewed = under_review.concerns(plan.address)
        if concern and any(
            rule.get("enable_continuous_backup") is True and blocks_in(rule, "copy_action")
            for rule in plan.blocks("rule")
        ):
            yield Found(id="RECOVERY-213", address=plan.address, reviewed=reviewed)


def _empty_selections(under_review: PlanUnderReview) -> Iterator[Found]:
    for line in under_review.plan.inventory:
        if line.type == "aws_backup_selection" and "selects nothing" in line.reason:
            for address in line.addresses:
                selection = under_review.plan.resources_after.get(address)
                if selection is not None and under_review.reviewed_components and not _names_others(selection):
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


def _restored(under_review: PlanUnderReview) -> Iterator[Found]:
    for resource in under_review.before("aws_db_instance", "aws_rds_cluster"):
        change = under_review.changes.get(resource.address)
        if change is None or not change.replaced:
            continue
        for block in _RESTORES:
            if resource.get(block) and any(path.split(".")[0] == block for path in change.replace_paths):
                concern, reviewed = under_review.concerns(resource.address)
                if concern:
                    values = {"block": block, "does": "removes or changes it, and so replaces the database"}
                    yield Found(id="RECOVERY-215", address=resource.address, reviewed=reviewed, values=values)
