"""CloudFront: what a distribution with an origin group may say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.asked import Asked
    from constructs_lib.emulator.inquiry import Inquiry

_OPERATIONS: Final = "cloudfront:CreateDistribution CreateDistributionWithTags UpdateDistribution"
_GUIDE: Final = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide"
_WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_FAILOVER_STATUSES: Final = frozenset({400, 403, 404, 416, 429, 500, 502, 503, 504})


def _configuration(asked: Asked) -> Mapping[str, Any]:
    tagged = asked.parameters.get("DistributionConfigWithTags", asked.parameters)
    configuration: Mapping[str, Any] = tagged.get("DistributionConfig", {})
    return configuration


def _groups(configuration: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    groups: list[Mapping[str, Any]] = configuration.get("OriginGroups", {}).get("Items", [])
    return groups


@rule(
    "cloudfront.writes-to-an-origin-group",
    _OPERATIONS,
    code="InvalidArgument",
    code_from="seen",
    source=f"{_GUIDE}/high_availability_origin_failover.html: GET, HEAD and OPTIONS only; the message quoted in"
    " https://github.com/aws/aws-cdk/issues/32450",
)
async def _writes(asked: Asked, _: Inquiry) -> str | None:
    configuration = _configuration(asked)
    groups = {group["Id"] for group in _groups(configuration)}
    behaviors = [
        configuration.get("DefaultCacheBehavior", {}),
        *configuration.get("CacheBehaviors", {}).get("Items", []),
    ]
    for behavior in behaviors:
        allowed = set(behavior.get("AllowedMethods", {}).get("Items", []))
        if behavior.get("TargetOriginId") in groups and allowed & _WRITES:
            return (
                "The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior"
                " associated with an origin group"
            )
    return None


@rule(
    "cloudfront.failover-status-codes",
    _OPERATIONS,
    code="InvalidArgument",
    code_from="api",
    source=f"{_GUIDE}/high_availability_origin_failover.html: the status codes that can be chosen",
)
async def _statuses(asked: Asked, _: Inquiry) -> str | None:
    for group in _groups(_configuration(asked)):
        chosen = group.get("FailoverCriteria", {}).get("StatusCodes", {}).get("Items", [])
        if others := sorted(set(chosen) - _FAILOVER_STATUSES):
            return f"The parameter StatusCodes contains {others[0]}, which is not supported for failover"
    return None


RULES: Final = (_writes, _statuses)
