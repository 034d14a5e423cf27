"""An alarm in the Region where the metric is published, to the topic of that Region, and the chart beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.sites.built_alarm import BuiltAlarm
from constructs_lib.constructs.sites.chart import Chart
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.terraform.resource import AwsResource
from constructs_lib.terraform.token import is_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.terraform.engine import Construct


def alarm(
    scope: Construct,
    id: str,
    site: Site,
    *,
    name: str,
    description: str,
    namespace: str,
    metric: str,
    dimensions: Mapping[str, str],
    threshold: float,
    tags: Mapping[str, str],
    statistic: str = "Maximum",
    comparison: str = "GreaterThanThreshold",
    period: int = 60,
    periods: int = 5,
    missing: str = "missing",
    tells_silence: bool = False,
    watched: Site | None = None,
    at_risk: bool = True,
    promised: float | None = None,
    unit: str = "",
    needed: bool = False,
) -> AwsResource | None:
    """Build an `aws_cloudwatch_metric_alarm` that notifies the site's topic when it rings and when it is over.

    Nothing is built over sites without monitoring.

    Args:
        scope: Where to build it.
        id: Construct id.
        site: The site in whose stack it is built.
        name: The alarm's name; one that is too long is cut, with a digest at its end.
        description: What it means and what to do.
        namespace: The metric's namespace, such as `AWS/S3`.
        metric: The metric's name.
        dimensions: Its dimensions.
        threshold: In the metric's own unit.
        tags: The component's tags.
        statistic: Default `Maximum`.
        comparison: Default `GreaterThanThreshold`.
        period: Seconds a data point covers. Default 60.
        periods: How many data points in a row. Default 5.
        missing: What missing data means: `missing`, `breaching`, `notBreaching` or `ignore`. Default `missing`.
        tells_silence: Whether the topic is told, once, when data ends that was there: for a metric that AWS publishes
            for a copy only, and no more once the copy is promoted, where `breaching` would ring for ever. Default: not.
        watched: The site in whose Region AWS publishes the metric, and whose topic is told. Default: *site*.
        at_risk: Whether it tells that a recovery would not keep what was promised. Default; without it: that something
            is down.
        promised: The promise, in the metric's own unit, that dashboards draw with the threshold over the metric.
            Default: they show the alarm's state only.
        unit: What the metric is measured in, for dashboards.
        needed: Whether more than people listens to it: built without monitoring too, and then tells nobody.

    Returns:
        The alarm; None where the sites are without monitoring.
    """
    if not (site.monitoring or needed):
        return None
    watched = site if watched is None else watched
    topics = [site.alarm_topic_arn_of(watched)] if site.monitoring else None
    resource = AwsResource(
        scope,
        id,
        "aws_cloudwatch_metric_alarm",
        {
            "alarm_name": _fitted(name, "cloudwatch.alarm_name"),
            "alarm_description": _fitted(description, "cloudwatch.alarm_description"),
            "namespace": namespace,
            "metric_name": metric,
            "dimensions": dict(dimensions),
            "statistic": statistic,
            "comparison_operator": comparison,
            "threshold": threshold,
            "period": period,
            "evaluation_periods": periods,
            "treat_missing_data": missing,
            "alarm_actions": topics,
            "ok_actions": topics,
            "insufficient_data_actions": topics if tells_silence else None,
            "tags": dict(tags),
        },
        provider=site.provider_in(watched.region),
    )
    known = resource.arguments["alarm_name"]
    site.note(
        BuiltAlarm(
            resource=resource,
            name=None if is_token(known) else known,
            site=site,
            watched=watched,
            at_risk=at_risk,
        ),
    )
    if promised is not None:
        site.note(
            Chart(
                title=f"{name} ({unit})",
                namespace=namespace,
                metric=metric,
                dimensions=dimensions,
                statistic=statistic,
                period=period,
                promised=promised,
                rings=threshold,
            ),
        )
    return resource


def built(*alarms: AwsResource | None) -> tuple[AwsResource, ...]:
    """Return those of *alarms* that there are."""
    return tuple(one for one in alarms if one is not None)


def _fitted(text: str, limit_id: str) -> str:
    """Return *text* cut to what CloudWatch takes; a reference in it has another length, and must stay whole."""
    return text if is_token(text) else fitted_name(text, limit(limit_id).most)
