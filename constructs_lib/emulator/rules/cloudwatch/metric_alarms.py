"""CloudWatch: metric alarms whose periods, statistics or actions cannot be, and dashboards."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_PUT: Final = "cloudwatch:PutMetricAlarm"
_WHOLE: Final = 100
_PERCENTILE: Final = re.compile(r"p(?P<whole>\d+)(\.\d+)?")
_QUERY: Final = re.compile(r"[a-z][A-Za-z0-9_]*")
_API: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
_ERRORS: Final = "ValidationError in https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html"
_MISSING: Final = ("missing", "breaching", "notBreaching", "ignore")
_DASHBOARD: Final = re.compile(r"[A-Za-z0-9_-]+")
_SHORT: Final = (10, 20, 30)
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_ACTIONS: Final = ("AlarmActions", "OKActions", "InsufficientDataActions")


@rule(
    "cloudwatch.alarm-period",
    _PUT,
    code="ValidationError",
    code_from="seen",
    source=f"{_API}, Period: 10, 20, 30, and any multiple of 60; {_ERRORS}; the message in"
    " https://github.com/badmintoncryer/cdk-preflight, rules/cloudwatch/pf-cloudwatch-alarm-period",
)
async def _period(asked: Asked, _: Inquiry) -> str | None:
    period = asked.parameters.get("Period")
    if period is None or period in _SHORT or (period > 0 and period % _MINUTE == 0):
        return None
    return f"The period is {period}: it is 10, 20, 30 or a multiple of 60"


@rule(
    "cloudwatch.alarm-over-too-long-a-time",
    _PUT,
    code="ValidationError",
    code_from="seen",
    source=f"{_API}: seven days at the most, and one day where the period is shorter than an hour; {_ERRORS}",
)
async def _long(asked: Asked, _: Inquiry) -> str | None:
    period, periods = asked.parameters.get("Period"), asked.parameters.get("EvaluationPeriods", 1)
    if period is None:
        return None
    most = _DAY if period < _HOUR else 7 * _DAY
    if period * periods <= most:
        return None
    return f"Metrics cannot be checked over more than {most} seconds: {periods} periods of {period} s"


@rule(
    "cloudwatch.datapoints-beyond-the-periods",
    _PUT,
    code="ValidationError",
    code_from="seen",
    source="https://github.com/hashicorp/terraform/issues/24070",
)
async def _datapoints(asked: Asked, _: Inquiry) -> str | None:
    if asked.parameters.get("DatapointsToAlarm", 0) <= asked.parameters.get("EvaluationPeriods", 1):
        return None
    return "DatapointsToAlarm must be less than or equal to EvaluationPeriods"


@rule(
    "cloudwatch.alarm-statistic",
    _PUT,
    code="ValidationError",
    code_from="seen",
    source=f"{_API}, Statistic: with a metric's name either Statistic or ExtendedStatistic, but not both; {_ERRORS}",
)
async def _statistic(asked: Asked, _: Inquiry) -> str | None:
    given = [name for name in ("Statistic", "ExtendedStatistic") if asked.parameters.get(name)]
    if "MetricName" not in asked.parameters or len(given) == 1:
        return None
    return f"Exactly one of Statistic and ExtendedStatistic must be given, and {' and '.join(given) or 'neither'} is"


@rule(
    "cloudwatch.alarm-action-of-another-region",
    "cloudwatch:PutMetricAlarm PutCompositeAlarm",
    code="ValidationError",
    code_from="seen",
    source="https://github.com/cds-snc/notification-terraform/pull/128: `Invalid region ca-central-1 specified. Only"
    " us-west-2 is supported.`",
)
async def _action(asked: Asked, _: Inquiry) -> str | None:
    for arn in (arn for name in _ACTIONS for arn in asked.parameters.get(name, [])):
        region = arn.split(":")[3] if arn.count(":") > 3 else ""
        if region not in ("", asked.region):
            return f"Invalid region {region} specified. Only {asked.region} is supported."
    return None


@rule(
    "cloudwatch.alarm-that-is-not-whole",
    _PUT,
    code="ValidationError",
    code_from="seen",
    source=f"{_API}, MetricName, Metrics, EvaluationPeriods, Threshold, ThresholdMetricId; {_ERRORS}",
)
async def _whole(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters
    if ("MetricName" in given) is bool(given.get("Metrics")):
        return "Exactly one of MetricName and Metrics must be specified"
    if "MetricName" in given and not (given.get("Namespace") and given.get("Period")):
        return "Namespace and Period must be specified with MetricName"
    if ("Threshold" in given) is bool(given.get("ThresholdMetricId")):
        return "Exactly one of Threshold and ThresholdMetricId must be specified"
    if given.get("Metrics"):
        shown, wanted = (
            sum(one.get("ReturnData", True) for one in given["Metrics"]),
            2 if given.get("ThresholdMetricId") else 1,
        )
        if shown != wanted:
            return f"Exactly {'two elements' if wanted > 1 else 'one element'} of the metrics list should return data."
    return None if given.get("EvaluationPeriods") else "EvaluationPeriods must be specified"


@rule(
    "cloudwatch.alarm-missing-data",
    _PUT,
    code="ValidationError",
    code_from="seen",
    source=f"{_API}, TreatMissingData: breaching, notBreaching, ignore or missing; {_ERRORS}",
)
async def _missing(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters.get("TreatMissingData", _MISSING[0])
    return None if given in _MISSING else f"TreatMissingData is {given}: it is one of {', '.join(_MISSING)}"


@rule(
    "cloudwatch.alarm-action-that-is-no-arn",
    "cloudwatch:PutMetricAlarm PutCompositeAlarm",
    code="ValidationError",
    code_from="seen",
    source="https://github.com/hashicorp/terraform/issues/19015, the name of a policy instead of its ARN",
)
async def _arn(asked: Asked, _: Inquiry) -> str | None:
    for arn in (arn for name in _ACTIONS for arn in asked.parameters.get(name, [])):
        if not arn.startswith("arn:"):
            return f"Invalid arn syntax: {arn}"
    return None


@rule(
    "cloudwatch.dashboard-name",
    "cloudwatch:PutDashboard",
    code="InvalidParameterInput",
    code_from="api",
    source="botocore cloudwatch PutDashboard.DashboardName: A-Z, a-z, 0-9, - and _;"
    " https://github.com/badmintoncryer/cdk-preflight, rules/cloudwatch/pf-cloudwatch-dashboard-name",
)
async def _dashboard_name(asked: Asked, _: Inquiry) -> str | None:
    name = asked.parameters.get("DashboardName", "")
    return (
        None if _DASHBOARD.fullmatch(name) else f"The value {name} for field DashboardName contains invalid characters."
    )


@rule(
    "cloudwatch.dashboard-body",
    "cloudwatch:PutDashboard",
    code="InvalidParameterInput",
    code_from="api",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html;"
    " the messages in https://github.com/badmintoncryer/cdk-preflight, rules/cloudwatch/pf-cloudwatch-dashboard-*",
)
async def _dashboard(asked: Asked, _: Inquiry) -> str | None:
    try:
        body = json.loads(asked.parameters.get("DashboardBody", ""))
    except ValueError:
        return "The field DashboardBody must be a valid JSON object"
    if not isinstance(body, dict) or not isinstance(body.get("widgets"), list):
        return "The dashboard body is invalid, there are 1 validation errors: Should have required property 'widgets'"
    return next(filter(None, map(_widget_fault, body["widgets"])), None)


def _widget_fault(widget: Any) -> str | None:
    kind, shown = widget.get("type"), widget.get("properties", {})
    if kind == "text" and "markdown" not in shown:
        return "Should have required property 'markdown'"
    if kind == "alarm" and "alarms" not in shown:
        return "Should have required property 'alarms'"
    if kind == "metric" and not ("annotations" in shown or ("metrics" in shown and "region" in shown)):
        return "The metric widget should have specified a region and a data source or an alarm annotation"
    known = ("text", "metric", "log", "alarm", "explorer", "custom")
    return None if kind in known else f"Invalid value for type, expected one of {', '.join(known)}"


@rule(
    "cloudwatch.percentile-above-100",
    _PUT,
    code="ValidationError",
    code_from="seen",
    source=f"{_API}, ExtendedStatistic; https://github.com/badmintoncryer/cdk-preflight,"
    " rules/cloudwatch/pf-cloudwatch-extended-statistic, measured: to p100 and its fractions",
)
async def _percentile(asked: Asked, _: Inquiry) -> str | None:
    said = asked.parameters.get("ExtendedStatistic") or ""
    found = _PERCENTILE.fullmatch(said)
    if found is None or int(found["whole"]) <= _WHOLE:
        return None
    return f"The value {said} for parameter ExtendedStatistic is not supported."


@rule(
    "cloudwatch.id-of-a-metric",
    "cloudwatch:PutMetricAlarm GetMetricData",
    code="ValidationError",
    code_from="seen",
    source="botocore cloudwatch MetricDataQuery.Id: letters, numbers and underscore, of which the first is a lowercase"
    f" letter; each once; {_ERRORS}",
)
async def _identifier(asked: Asked, _: Inquiry) -> str | None:
    names = [
        one.get("Id", "") for one in asked.parameters.get("Metrics") or asked.parameters.get("MetricDataQueries") or ()
    ]
    if bad := next((name for name in names if not _QUERY.fullmatch(name)), None):
        return f"The value {bad} for parameter Id is not valid: it must start with a lowercase letter"
    twice = next((name for name in names if names.count(name) > 1), None)
    return None if twice is None else f"The values for parameter Id in parameter Metrics are not unique: {twice}"


RULES: Final = (
    _period,
    _long,
    _datapoints,
    _statistic,
    _action,
    _whole,
    _missing,
    _arn,
    _dashboard_name,
    _dashboard,
    _percentile,
    _identifier,
)
