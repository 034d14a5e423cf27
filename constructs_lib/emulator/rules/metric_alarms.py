"""CloudWatch: metric alarms whose periods, statistics or actions cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_PUT: Final = "cloudwatch:PutMetricAlarm"
_API: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
_SHORT: Final = (10, 20, 30)
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_ACTIONS: Final = ("AlarmActions", "OKActions", "InsufficientDataActions")


@rule(
    "cloudwatch.alarm-period",
    _PUT,
    code="ValidationError",
    code_from="memory",
    source=f"{_API}, Period: 10, 20, 30, and any multiple of 60",
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
    code_from="memory",
    source=f"{_API}: seven days at the most, and one day where the period is shorter than an hour",
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
    code_from="memory",
    source=f"{_API}, Statistic: with a metric's name either Statistic or ExtendedStatistic, but not both",
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


RULES: Final = (_period, _long, _datapoints, _statistic, _action)
