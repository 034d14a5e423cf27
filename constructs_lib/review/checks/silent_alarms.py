"""Alarms on metrics that are never there: they stay silent, or ring for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.metrics import Metric, metrics
from constructs_lib.plan.document.resource import blocks_in
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview

    Why = Callable[[PlanUnderReview, Resource, Mapping[str, Any]], tuple[Resource, str] | None]

_ALARM: Final = "aws_cloudwatch_metric_alarm"
_BUCKET: Final = "aws_s3_bucket"
_CLUSTER: Final = "aws_rds_cluster"
_INSTANCE: Final = "aws_db_instance"
_RULES: Final = "aws_s3_bucket_replication_configuration"
_REQUESTS: Final = "aws_s3_bucket_metric"
_SUBSCRIPTION: Final = "aws_cloudfront_monitoring_subscription"
_BREACHING: Final = "breaching"


def silent_alarms(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield the alarms whose metric nothing in the plans makes, or not where they are."""
    for alarm in under_review.after(_ALARM):
        for metric in metrics(alarm.text("namespace") or "", alarm.text("metric_name") or ""):
            found = _why(under_review, alarm, metric)
            if found is None:
                continue
            watched, why = found
            concern, reviewed = under_review.concerns(watched.address)
            if concern:
                does = "rings for ever" if alarm.get("treat_missing_data") == _BREACHING else "can never ring"
                values = {"does": does, "why": why, "change": metric.fix}
                yield Found(id="RECOVERY-222", address=alarm.address, reviewed=reviewed, values=values)
            break


def _why(under_review: PlanUnderReview, alarm: Resource, metric: Metric) -> tuple[Resource, str] | None:
    """Return what the alarm watches, and why that gives it no data; None where it does, or that cannot be told."""
    if metric.region is not None and alarm.region is not None and alarm.region != metric.region:
        return alarm, f"AWS publishes the metrics of {metric.namespace} in {metric.region}, and it is in {alarm.region}"
    dimensions = alarm.get("dimensions")
    check = _CHECKS.get(metric.made_by or "")
    if check is None or not isinstance(dimensions, dict):
        return None
    return check(under_review, alarm, dimensions)


def _named(under_review: PlanUnderReview, type: str, argument: str, name: object) -> Resource | None:
    found = under_review.naming(type, argument).get(name, ()) if isinstance(name, str) else ()
    return found[0] if len(found) == 1 else None


def _replicated(
    under_review: PlanUnderReview, alarm: Resource, dimensions: Mapping[str, Any]
) -> tuple[Resource, str] | None:
    bucket = _named(under_review, _BUCKET, "bucket", dimensions.get("SourceBucket"))
    rule_id = dimensions.get("RuleId")
    if bucket is None or not isinstance(rule_id, str):
        return None
    for rules in under_review.parts(_RULES, "bucket").get(bucket.address, ()):
        for index, rule in enumerate(rules.blocks("rule")):
            place = ("rule", index, "destination", 0, "metrics")
            measured = [item for to in blocks_in(rule, "destination") for item in blocks_in(to, "metrics")]
            known = rule.get("id") == rule_id and not rules.is_unknown(*place)
            if known and not any(item.get("status") == "Enabled" for item in measured):
                return bucket, f"the rule {rule_id!r} of {rules.address} has no metrics"
    return None


def _requested(
    under_review: PlanUnderReview, alarm: Resource, dimensions: Mapping[str, Any]
) -> tuple[Resource, str] | None:
    bucket = _named(under_review, _BUCKET, "bucket", dimensions.get("BucketName"))
    wanted = dimensions.get("FilterId")
    if bucket is None or not isinstance(wanted, str):
        return None
    made = under_review.parts(_REQUESTS, "bucket").get(bucket.address, ())
    if any(item.text("name") in (wanted, None) for item in made):
        return None
    return bucket, f"nothing in the plans makes the request metrics {wanted!r} of {bucket.address}"


def _subscribed(
    under_review: PlanUnderReview, alarm: Resource, dimensions: Mapping[str, Any]
) -> tuple[Resource, str] | None:
    distribution = under_review.target(alarm, "dimensions.DistributionId", "aws_cloudfront_distribution")
    if distribution is None:
        return None
    path = ("monitoring_subscription", 0, "realtime_metrics_subscription_config", 0)
    on = (
        item.get(*path, "realtime_metrics_subscription_status") == "Enabled"
        for item in under_review.parts(_SUBSCRIPTION, "distribution_id").get(distribution.address, ())
    )
    return None if any(on) else (distribution, f"the additional metrics of {distribution.address} are not switched on")


def _secondary(
    under_review: PlanUnderReview, alarm: Resource, dimensions: Mapping[str, Any]
) -> tuple[Resource, str] | None:
    """Whether only the primary is watched; one beside that of the secondary is for the time after a failover."""
    name = "DBClusterIdentifier"
    cluster = _named(under_review, _CLUSTER, "cluster_identifier", dimensions.get(name))
    copies = [
        copy for copy, original in under_review.plan.copies_after.items() if cluster and original == cluster.address
    ]
    if cluster is None or not copies:
        return None
    watched = {
        found.address
        for other in under_review.after(_ALARM)
        if other.get("metric_name") == alarm.get("metric_name")
        and (found := _named(under_review, _CLUSTER, "cluster_identifier", other.get("dimensions", name))) is not None
    }
    if watched & set(copies):
        return None
    return cluster, f"the metric is there for a secondary cluster only, and {cluster.address} is the primary"


def _replica(
    under_review: PlanUnderReview, alarm: Resource, dimensions: Mapping[str, Any]
) -> tuple[Resource, str] | None:
    source = "replicate_source_db"
    instance = _named(under_review, _INSTANCE, "identifier", dimensions.get("DBInstanceIdentifier"))
    if instance is None or instance.text(source) is not None or instance.is_unknown(source):
        return None
    return instance, f"{instance.address} is no replica"


_CHECKS: Final[Mapping[str, Why]] = {
    "replication_metrics": _replicated,
    "request_metrics": _requested,
    "monitoring_subscription": _subscribed,
    "secondary": _secondary,
    "replica": _replica,
}
