"""Route 53: health checks whose settings do not go together, or that watch what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_API: Final = "https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html"
_SEEN: Final = "https://github.com/badmintoncryer/cdk-preflight, rules/route53/pf-route53-healthcheck-"
_SEARCHED: Final = ("HTTP_STR_MATCH", "HTTPS_STR_MATCH")
_OF_AN_ENDPOINT: Final = ("HTTP", "HTTPS", *_SEARCHED, "TCP")
_OF_A_REQUEST: Final = ("ResourcePath", "SearchString")
_OF_AN_ALARM: Final = "CLOUDWATCH_METRIC"
_STANDARD_SECONDS: Final = 60


def _config(asked: Asked) -> Mapping[str, Any]:
    config: Mapping[str, Any] = asked.parameters.get("HealthCheckConfig", {})
    return config


@rule(
    "route53.settings-of-another-check",
    "route53:CreateHealthCheck",
    code="InvalidInput",
    code_from="seen",
    source=f"{_API}; {_SEEN}insufficientdata-cloudwatch-only, -ipaddress-cloudwatch-metric",
)
async def _settings(asked: Asked, _: Inquiry) -> str | None:
    config = _config(asked)
    kind = config.get("Type", "")
    wrong = {
        "Basic health checks must not have an insufficient data health state specified.": (
            kind in _OF_AN_ENDPOINT and config.get("InsufficientDataHealthStatus")
        ),
        "a search string is for a type that ends in STR_MATCH, and such a type needs one": (
            bool(config.get("SearchString")) is not (kind in _SEARCHED)
        ),
        "a TCP check has a port and no path": kind == "TCP" and (not config.get("Port") or config.get("ResourcePath")),
        "a check of no endpoint has neither address, name, port nor path": kind not in _OF_AN_ENDPOINT
        and any(config.get(name) for name in ("IPAddress", "FullyQualifiedDomainName", "Port", *_OF_A_REQUEST)),
        "a check on an alarm names it": kind == _OF_AN_ALARM and not config.get("AlarmIdentifier"),
        "health checks are of CALCULATED alone": kind != "CALCULATED" and config.get("ChildHealthChecks"),
    }
    return next((f"Invalid parameter : {why}" for why, found in wrong.items() if found), None)


@rule(
    "route53.checks-that-do-not-exist",
    "route53:CreateHealthCheck UpdateHealthCheck",
    code="InvalidInput",
    code_from="api",
    source=f"{_API}, ChildHealthChecks: the health checks to be associated",
)
async def _children(asked: Asked, inquiry: Inquiry) -> str | None:
    named = _config(asked).get("ChildHealthChecks") or asked.parameters.get("ChildHealthChecks") or ()
    for identifier in named:
        if not await inquiry("route53", "GetHealthCheck", asked.region, HealthCheckId=identifier):
            return f"Invalid parameter : no health check exists with the specified ID {identifier}"
    return None


@rule(
    "route53.check-calculated-of-calculated-ones",
    "route53:CreateHealthCheck UpdateHealthCheck",
    code="InvalidInput",
    code_from="api",
    source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html, Health checks"
    " to monitor: a calculated health check cannot monitor other calculated ones",
)
async def _calculated(asked: Asked, inquiry: Inquiry) -> str | None:
    named = _config(asked).get("ChildHealthChecks") or asked.parameters.get("ChildHealthChecks") or ()
    for identifier in named:
        found = await inquiry("route53", "GetHealthCheck", asked.region, HealthCheckId=identifier) or {}
        if found.get("HealthCheck", {}).get("HealthCheckConfig", {}).get("Type") == "CALCULATED":
            return f"Invalid parameter : {identifier} is a calculated health check itself"
    return None


@rule(
    "route53.alarm-that-cannot-be-watched",
    "route53:CreateHealthCheck",
    code="InvalidInput",
    code_from="api",
    source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html,"
    " CloudWatch alarm: of one metric, by a standard statistic and resolution;"
    f" {_SEEN}alarm-extended-statistic, -metric-math, -high-resolution, by which Route 53 reads the alarm when the"
    " check is made; nothing says that it refuses one that is not there yet",
)
async def _alarm(asked: Asked, inquiry: Inquiry) -> str | None:
    given = _config(asked).get("AlarmIdentifier") or {}
    if _config(asked).get("Type") != _OF_AN_ALARM or not given.get("Name"):
        return None
    named = f"alarm {given['Name']} of {given['Region']}"
    found = await inquiry("cloudwatch", "DescribeAlarms", given["Region"], AlarmNames=[given["Name"]]) or {}
    alarm = next(iter(found.get("MetricAlarms", [])), None)
    if alarm and (alarm.get("ExtendedStatistic") or alarm.get("Metrics")):
        return f"Invalid parameter : {named} is not of one metric by a standard statistic"
    if alarm and alarm.get("Period", _STANDARD_SECONDS) < _STANDARD_SECONDS:
        return f"Invalid parameter : {named} is of high resolution; its period has to be {_STANDARD_SECONDS} s or more"
    return None


@rule(
    "route53.reference-of-another-check",
    "route53:CreateHealthCheck",
    code="HealthCheckAlreadyExists",
    status=409,
    code_from="api",
    source="botocore route53 HealthCheckAlreadyExists: the caller reference with other settings, or of a check that"
    " was deleted",
)
async def _reference(asked: Asked, inquiry: Inquiry) -> str | None:
    given, config = asked.parameters["CallerReference"], _config(asked)
    listed = await inquiry("route53", "ListHealthChecks", asked.region) or {}
    for one in listed.get("HealthChecks", []):
        known = one["HealthCheckConfig"]
        if one["CallerReference"] == given and any(known.get(name) != value for name, value in config.items()):
            return f"A health check with the caller reference {given} was made with other settings"
    return None


RULES: Final = (_settings, _calculated, _children, _alarm, _reference)
