"""A dashboard in each Region: how far copies are behind, how old backups are, and what was promised."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.sites.built_alarm import BuiltAlarm
from constructs_lib.constructs.sites.chart import Chart
from constructs_lib.constructs.sites.component_name import build_component, check_component_name, claim_component_name
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.costs.watching import DASHBOARD
from constructs_lib.objectives import format_duration
from constructs_lib.refusal import check_type
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.constructs.sites.site import Site

_ACROSS = 24
"""The units that a dashboard is wide."""

_CHART_HEIGHT = 6
_ALARMS_HEIGHT = 4
_START = "-PT24H"
_HOUR = 3600


class Dashboard(Construct):
    """A CloudWatch dashboard in each Region, of what the workload's copies there are worth now.

    ```python
    Dashboard(shop, "dashboard")
    ```

    It shows the state of every alarm that is about the Region, and for each copy how far it is behind, or how many
    hours ago its last backup was completed, with a line at what was promised and one where its alarm rings. Each stands
    in the stack of its own Region and shows metrics of that Region, so that the loss of the other takes nothing from
    it. Whatever is built over the workload's sites is shown, before this construct or after.

    AWS has no metric for the newest moment that a point-in-time recovery reaches: `drctl audit` asks for it.

    Args:
        workload: The workload.
        id: Construct id.

    Attributes:
        dashboards: The `aws_cloudwatch_dashboard` by Region; none without monitoring.

    Raises:
        ConfigurationError: If there is no workload, or the id cannot be one.
    """

    def __init__(self, workload: Workload, id: str) -> None:
        check_type(workload, Workload, f"the workload of dashboard {id!r}", "a Workload")
        sites = workload.sites
        check_component_name(sites, id, "dashboard")

        build_component(self, sites, id)
        claim_component_name(sites, id)
        self.dashboards: dict[str, AwsResource] = {}
        for site in (sites.primary, sites.recovery):
            if site is None or not site.monitoring:
                continue
            page = _Page(self if site is sites.primary else part(site.scope, id), workload, site, id)
            self.dashboards[site.region] = page.dashboard
            site.count(DASHBOARD, site.region)
            for source in (site, sites.global_):
                source.tell(page.add)


class _Page:
    """The dashboard of one site, written anew with what it gets to show."""

    def __init__(self, scope: Construct, workload: Workload, site: Site, id: str) -> None:
        self._workload = workload
        self._site = site
        self._alarms: list[str] = []
        self._charts: list[Chart] = []
        self.dashboard = AwsResource(
            scope,
            "Default",
            "aws_cloudwatch_dashboard",
            {
                # Dashboards belong to the account, not to a Region.
                "dashboard_name": fitted_name(
                    f"{site.name}-{id}-{site.region}", limit("cloudwatch.dashboard_name").most
                ),
                "dashboard_body": self._body(),
            },
            provider=site.provider,
        )

    def add(self, built: Iterable[object]) -> None:
        for item in built:
            if isinstance(item, Chart):
                self._charts.append(item)
            elif isinstance(item, BuiltAlarm) and (arn := self._arn(item)) is not None:
                self._alarms.append(arn)
        self.dashboard.override("dashboard_body", self._body())

    def _arn(self, built: BuiltAlarm) -> str | None:
        """Return the ARN of an alarm as this stack may name it; None where it is in the other Region."""
        sites = self._workload.sites
        others = {site.region for site in (sites.primary, sites.recovery) if site not in (None, self._site)}
        if built.watched.region in others:
            return None
        if built.site.stack is self._site.stack:
            return built.resource.here("arn")
        if built.name is None:
            return None
        return f"arn:aws:cloudwatch:{built.watched.region}:{self._site.account_id}:alarm:{built.name}"

    def _body(self) -> str:
        return json.dumps({"start": _START, "widgets": list(self._widgets())})

    def _widgets(self) -> Iterator[dict[str, Any]]:
        text = _widget("text", 0, 0, _ACROSS, _ALARMS_HEIGHT, {"markdown": self._text()})
        yield text
        top = _ALARMS_HEIGHT
        most = limit("cloudwatch.alarms_of_a_widget").most or 1
        for start in range(0, len(self._alarms), most):
            properties = {"title": "alarms", "alarms": self._alarms[start : start + most]}
            yield _widget("alarm", 0, top, _ACROSS, _ALARMS_HEIGHT, properties)
            top += _ALARMS_HEIGHT
        for number, chart in enumerate(self._charts):
            row, column = divmod(number, 2)
            width = _ACROSS // 2
            properties = _properties(chart, self._site.region)
            yield _widget("metric", column * width, top + row * _CHART_HEIGHT, width, _CHART_HEIGHT, properties)

    def _text(self) -> str:
        objective, site = self._workload.objective, self._site
        promises = "\n".join(
            f"| {disruption.value} | {format_duration(target.rto)} | {format_duration(target.rpo)} |"
            for disruption, target in objective.targets()
        )
        return (
            f"# {site.name} in {site.region}, the {site.role} Region\n\n"
            f"| loss of | back within | loses at most |\n|---|---|---|\n{promises}\n\n"
            f"The upper line of a chart is what was promised. What is lost now by a point-in-time recovery: "
            f"`drctl audit --region {site.region}`."
        )


def _widget(type_: str, x: int, y: int, width: int, height: int, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": type_, "x": x, "y": y, "width": width, "height": height, "properties": properties}


def _properties(chart: Chart, region: str) -> dict[str, Any]:
    lines = [{"label": "promised", "value": chart.promised}]
    if chart.rings is not None:
        lines.append({"label": "alarm", "value": chart.rings})
    return {
        "title": chart.title,
        "region": region,
        "view": "timeSeries",
        "stat": chart.statistic,
        "period": chart.period,
        "metrics": _metrics(chart),
        "yAxis": {"left": {"min": 0}},
        "annotations": {"horizontal": lines},
    }


def _metrics(chart: Chart) -> list[list[Any]]:
    if None in chart.dimensions.values():
        names = ",".join([chart.namespace, *chart.dimensions])
        known = " ".join(f'{name}="{value}"' for name, value in chart.dimensions.items() if value is not None)
        search = f"SEARCH('{{{names}}} MetricName=\"{chart.metric}\" {known}', '{chart.statistic}', {chart.period})"
        return [[{"expression": search}]]
    pairs = [text for name, value in chart.dimensions.items() for text in (name, value)]
    metric: list[Any] = [chart.namespace, chart.metric, *pairs]
    if not chart.since_last:
        return [metric]
    # A moment with a point is when something was completed; between two of them the earlier one counts.
    age = f"(EPOCH(done) - FILL(IF(done > 0, EPOCH(done)), REPEAT)) / {_HOUR}"
    return [[*metric, {"id": "done", "visible": False}], [{"expression": age, "label": "hours", "id": "age"}]]
