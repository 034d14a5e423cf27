"""What Terraform plans without a word, and AWS refuses at apply or quietly does not do."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.limits import limit
from constructs_lib.objectives import format_duration
from constructs_lib.plan.document.resource import as_number, blocks_in, text_in
from constructs_lib.plan.kinds.component_builder import too_long
from constructs_lib.plan.kinds.schedule import longest_gap
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview

    Check = Callable[[PlanUnderReview, Resource], Iterator[tuple[str, Mapping[str, str]]]]


def provider_accepts(under_review: PlanUnderReview, among: Container[str] | None = None) -> Iterator[Found]:
    """Yield what the provider accepts and AWS does not.

    Args:
        under_review: The plan.
        among: The addresses of the resources to look at. Default: all.
    """
    for type, check in _CHECKS.items():
        for resource in under_review.after(type):
            if among is not None and resource.address not in among:
                continue
            concern, reviewed = under_review.concerns(resource.address)
            if concern:
                for id, values in check(under_review, resource):
                    yield Found(id=id, address=resource.address, reviewed=reviewed, values=values)


def _refused(id: str, value: object) -> bool:
    """Whether a number lies outside a limit of the catalog."""
    found, number = limit(id), as_number(value)
    if number is None:
        return False
    if found.values:
        return number not in found.values
    return (found.least is not None and number < found.least) or (found.most is not None and number > found.most)


def _shown(resource: Resource, value: object, *path: str | int) -> str:
    return "a sensitive value" if resource.is_sensitive(*path) else str(value)


def _kept_too_long(resource: Resource, id: str, *path: str | int) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield backups that are to be kept for more days than the limit of that id allows."""
    if too_long(id, resource.number(*path)):
        most, named = limit(id).most, f"{path[-1]} of {resource.address}"
        values = {
            "mechanism": f"{named} of {_shown(resource, resource.get(*path), *path)} days",
            "doubt": f"AWS keeps backups for {most} days at most, and refuses more",
            "change": f"set {named} to {most} or less, and keep older recovery points with AWS Backup",
        }
        yield "RECOVERY-200", values


# ---------------------------------------------------------------- S3 replication


def _replication(under_review: PlanUnderReview, resource: Resource) -> Iterator[tuple[str, Mapping[str, str]]]:
    rules = resource.blocks("rule")
    priorities = Counter(as_number(rule.get("priority")) or 0 for rule in rules)
    former = [rule for rule in rules if not rule.get("filter")]
    buckets = {text_in(item, "bucket") for rule in former for item in blocks_in(rule, "destination")}
    if len(buckets - {None}) > 1:
        yield "RECOVERY-303", {"missing": "filter, without which all rules copy into one bucket"}
    for index, rule in enumerate(rules):
        place = ("rule", index)
        for number, destination in enumerate(blocks_in(rule, "destination")):
            yield from _time_control(resource, destination, (*place, "destination", number))
        missing = list(_missing(resource, rule, place))
        if rule.get("filter") and len(rules) > 1 and priorities[as_number(rule.get("priority")) or 0] > 1:
            missing.append("priority of its own")
        if missing:
            yield "RECOVERY-303", {"missing": " and no ".join(missing)}


def _missing(resource: Resource, rule: Mapping[str, Any], place: tuple[str | int, ...]) -> Iterator[str]:
    """Yield what a rule lacks: the current form of rules is all or nothing, and the former one knows only a prefix."""
    filtered = bool(blocks_in(rule, "filter")) or resource.is_unknown(*place, "filter")
    current = any(rule.get(name) for name in ("delete_marker_replication", "source_selection_criteria")) or any(
        destination.get(name)
        for destination in blocks_in(rule, "destination")
        for name in ("replication_time", "metrics")
    )
    if not filtered:
        if current:
            yield "filter"
        return
    if not rule.get("delete_marker_replication") and not resource.is_unknown(*place, "delete_marker_replication"):
        yield "delete_marker_replication"


def _time_control(
    resource: Resource, destination: Mapping[str, Any], place: tuple[str | int, ...]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    allowed = limit("s3.rtc_minutes").allowed
    metrics = blocks_in(destination, "metrics")
    for name, inner, blocks in (
        ("replication_time", "time", blocks_in(destination, "replication_time")),
        ("metrics", "event_threshold", metrics),
    ):
        for block in blocks:
            for item in blocks_in(block, inner):
                if _refused("s3.rtc_minutes", item.get("minutes")):
                    value = _shown(resource, item["minutes"], *place, name, 0, inner, 0, "minutes")
                    yield (
                        "RECOVERY-301",
                        {
                            "attribute": f"{name}.{inner}.minutes of {resource.address}",
                            "value": value,
                            "allowed": allowed,
                        },
                    )
    timed = any(item.get("status") == "Enabled" for item in blocks_in(destination, "replication_time"))
    measured = any(item.get("status") == "Enabled" for item in metrics) or resource.is_unknown(*place, "metrics")
    if timed and not measured:
        yield "RECOVERY-212", {}
    if (
        not timed
        and not resource.is_unknown(*place, "replication_time")
        and any(item.get("event_threshold") for item in metrics)
    ):
        yield "RECOVERY-326", {}


# ---------------------------------------------------------------- CloudFront


def _distribution(under_review: PlanUnderReview, resource: Resource) -> Iterator[tuple[str, Mapping[str, str]]]:
    codes = limit("cloudfront.failover_status_code")
    groups = resource.blocks("origin_group")
    for index, group in enumerate(groups):
        for criteria in blocks_in(group, "failover_criteria"):
            listed = criteria.get("status_codes")
            for code in sorted(filter(None, map(as_number, listed if isinstance(listed, list) else []))):
                if code not in codes.values:
                    value = _shown(resource, code, "origin_group", index, "failover_criteria")
                    yield "RECOVERY-304", {"value": value, "allowed": codes.allowed}
    methods = limit("cloudfront.origin_group_method")
    known = limit("cloudfront.method").values
    names = {text_in(group, "origin_id") for group in groups}
    for behavior in (*resource.blocks("default_cache_behavior"), *resource.blocks("ordered_cache_behavior")):
        if text_in(behavior, "target_origin_id") not in names:
            continue
        listed = behavior.get("allowed_methods")
        writes = sorted(
            {item for item in (listed if isinstance(listed, list) else []) if item in known} - {*methods.values}
        )
        if writes:
            yield "RECOVERY-305", {"value": ", ".join(map(str, writes)), "allowed": methods.allowed}
    timeout = limit("cloudfront.origin_read_timeout_seconds")
    for index, origin in enumerate(resource.blocks("origin")):
        for custom in blocks_in(origin, "custom_origin_config"):
            if _refused(timeout.id, custom.get("origin_read_timeout")):
                value = _shown(resource, custom["origin_read_timeout"], "origin", index, "custom_origin_config")
                yield "RECOVERY-306", {"value": value, "allowed": timeout.allowed}


# ---------------------------------------------------------------- DynamoDB


def _table(under_review: PlanUnderReview, resource: Resource) -> Iterator[tuple[str, Mapping[str, str]]]:
    apart = resource.address in under_review.originals
    replicas = resource.blocks("replica")
    eventual = [item for item in replicas if item.get("consistency_mode") in (None, "", "EVENTUAL")]
    name = resource.text("name")
    legacy = any(item.text("name") == name is not None for item in under_review.after("aws_dynamodb_global_table"))
    if (eventual or apart or legacy) and not resource.is_unknown("stream_enabled"):
        view = resource.get("stream_view_type")
        if resource.get("stream_enabled") is not True:
            yield "RECOVERY-307", {"missing": "no stream"}
        elif view != "NEW_AND_OLD_IMAGES" and not resource.is_unknown("stream_view_type"):
            yield "RECOVERY-307", {"missing": "a stream without new and old images"}
    block_name, name = "point_in_time_recovery", "recovery_period_in_days"
    yield from _kept_too_long(resource, "dynamodb.recovery_period_days", block_name, 0, name)
    for index, block in enumerate(resource.blocks(block_name)):
        days = as_number(block.get(name))
        if (
            days
            and block.get("enabled") is not True
            # Of a table whose recovery was once on, AWS reports a period that nobody has set.
            and (resource.configured is None or name in under_review.block_arguments(resource, block_name))
            and not resource.is_unknown(block_name, index, "enabled")
        ):
            yield "RECOVERY-308", {}


# ---------------------------------------------------------------- RDS and Aurora


def _instance(under_review: PlanUnderReview, resource: Resource) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield from _kept_too_long(resource, "rds.backup_retention_days", "backup_retention_period")


def _zoned(under_review: PlanUnderReview, resource: Resource) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield from _instance(under_review, resource)
    change = under_review.changes.get(resource.address)
    # Of an instance that is there, RDS tells in which zone it is; a replica may be placed.
    made = change is not None and (change.created or change.replaced) and not resource.get("replicate_source_db")
    if made and resource.get("multi_az") is True and resource.text("availability_zone") is not None:
        yield "RECOVERY-333", {}


def _cluster(under_review: PlanUnderReview, resource: Resource) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield from _instance(under_review, resource)
    window = resource.number("backtrack_window")
    name = "global_cluster_identifier"
    joined = resource.text(name) is not None or (resource.is_unknown(name) and not resource.left_out(name))
    if not joined:
        joined = bool(
            under_review.parts("aws_rds_global_cluster", "source_db_cluster_identifier").get(resource.address)
        )
    if window and joined:
        yield "RECOVERY-309", {}


def _replicated_backups(under_review: PlanUnderReview, resource: Resource) -> Iterator[tuple[str, Mapping[str, str]]]:
    name = "retention_period"
    if _refused("rds.backup_retention_days", resource.get(name)):
        yield (
            "RECOVERY-310",
            {
                "value": _shown(resource, resource.get(name), name),
                "allowed": limit("rds.backup_retention_days").allowed,
            },
        )
    for address in under_review.plan.resolve(resource.address, "source_db_instance_arn"):
        source = under_review.plan.resources_after.get(address)
        kept = "backup_retention_period"
        if (
            source is None
            or source.type != "aws_db_instance"
            or (source.is_unknown(kept) and not source.left_out(kept))
        ):
            continue
        if not source.number(kept):
            yield "RECOVERY-311", {"source": address}


# ---------------------------------------------------------------- AWS Backup


def _backup_plan(under_review: PlanUnderReview, resource: Resource) -> Iterator[tuple[str, Mapping[str, str]]]:
    for index, rule in enumerate(resource.blocks("rule")):
        place = ("rule", index)
        schedule = rule.get("schedule")
        gap = _gap_within_an_hour(schedule) if isinstance(schedule, str) else None
        if gap is not None and _refused("backup.interval_seconds", gap):
            value = _shown(resource, format_duration(gap), *place, "schedule")
            least = limit("backup.interval_seconds").least or 0
            yield "RECOVERY-312", {"value": value, "allowed": f"{format_duration(least)} or more"}
        window = rule.get("start_window")
        if as_number(window) != 0 and _refused("backup.start_window_minutes", window):
            value = f"{_shown(resource, window, *place, 'start_window')} minutes"
            yield "RECOVERY-313", {"value": value, "allowed": limit("backup.start_window_minutes").allowed}
        for lifecycle in blocks_in(rule, "lifecycle"):
            kept = lifecycle.get("delete_after")
            if rule.get("enable_continuous_backup") is True and _refused("backup.continuous_retention_days", kept):
                value = _shown(resource, kept, *place, "lifecycle")
                yield "RECOVERY-314", {"value": value, "allowed": limit("backup.continuous_retention_days").allowed}
            yield from _cold(resource, lifecycle, (*place, "lifecycle"))
        for action in blocks_in(rule, "copy_action"):
            for lifecycle in blocks_in(action, "lifecycle"):
                yield from _cold(resource, lifecycle, (*place, "copy_action"))


def _gap_within_an_hour(schedule: str) -> int | None:
    """Return the seconds between two runs in the same hour, or of a rate; the hours and days do not matter here."""
    form, _, fields = schedule.strip().partition("(")
    if form.strip().lower() == "cron" and fields.split():
        return longest_gap(f"cron({fields.split()[0]} * * * ? *)")
    return longest_gap(schedule)


def _cold(
    resource: Resource, lifecycle: Mapping[str, Any], place: tuple[str | int, ...]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    cold, kept = as_number(lifecycle.get("cold_storage_after")), as_number(lifecycle.get("delete_after"))
    if cold and kept and _refused("backup.cold_storage_days", kept - cold):
        allowed = limit("backup.cold_storage_days").allowed
        yield "RECOVERY-315", {"value": _shown(resource, kept - cold, *place), "allowed": allowed}


# ---------------------------------------------------------------- Route 53


def _zone(under_review: PlanUnderReview, resource: Resource) -> Iterator[tuple[str, Mapping[str, str]]]:
    name = _plain(resource.text("name"))
    reserved = [str(item) for item in limit("route53.reserved_zone").values]
    change = under_review.changes.get(resource.address)
    private = resource.get("vpc") or resource.is_unknown("vpc")
    if change is None or not change.created or private or name is None:
        return
    if any(name == item or name.endswith(f".{item}") for item in reserved):
        shown = _shown(resource, name, "name")
        yield "RECOVERY-330", {"what": f"{resource.address} is the zone {shown}, which AWS reserves"}


def _record(under_review: PlanUnderReview, resource: Resource) -> Iterator[tuple[str, Mapping[str, str]]]:
    name = _plain(resource.text("name"))
    if name is None or resource.text("type") != "CNAME":
        return
    listed = resource.get("records")
    if name in [_plain(item) for item in (listed if isinstance(listed, list) else []) if isinstance(item, str)]:
        yield "RECOVERY-330", {"what": f"{resource.address} is a CNAME that points at itself"}
    zone = under_review.target(resource, "zone_id", "aws_route53_zone")
    if zone is not None and _plain(zone.text("name")) == name:
        yield "RECOVERY-330", {"what": f"{resource.address} is a CNAME with the name of its zone"}


def _plain(name: str | None) -> str | None:
    return None if name is None else name.rstrip(".").lower()


_CHECKS: Final[dict[str, Check]] = {
    "aws_route53_zone": _zone,
    "aws_route53_record": _record,
    "aws_s3_bucket_replication_configuration": _replication,
    "aws_cloudfront_distribution": _distribution,
    "aws_dynamodb_table": _table,
    "aws_db_instance": _zoned,
    "aws_rds_cluster": _cluster,
    "aws_db_instance_automated_backups_replication": _replicated_backups,
    "aws_backup_plan": _backup_plan,
}
