"""CloudFront: what a distribution may say of its origins, origin groups and names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_OPERATIONS: Final = "cloudfront:CreateDistribution CreateDistributionWithTags UpdateDistribution"
_GUIDE: Final = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide"
_WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_MEMBERS, _MOST_READ_SECONDS = 2, 120
_FAILOVER_STATUSES: Final = frozenset({400, 403, 404, 416, 429, 500, 502, 503, 504})


def _configuration(asked: Asked) -> Mapping[str, Any]:
    tagged = asked.parameters.get("DistributionConfigWithTags", asked.parameters)
    configuration: Mapping[str, Any] = tagged.get("DistributionConfig", {})
    return configuration


def _origins(configuration: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    origins: list[Mapping[str, Any]] = configuration.get("Origins", {}).get("Items", [])
    return origins


def _behaviors(configuration: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    others: list[Mapping[str, Any]] = configuration.get("CacheBehaviors", {}).get("Items", [])
    return [configuration.get("DefaultCacheBehavior", {}), *others]


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
    for behavior in _behaviors(configuration):
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
            return f"The parameter StatusCodes cannot include {others} status codes for an origin group."
    return None


@rule(
    "cloudfront.behavior-of-no-origin",
    _OPERATIONS,
    code="NoSuchOrigin",
    status=404,
    code_from="api",
    source="botocore cloudfront NoSuchOrigin; the message in https://github.com/badmintoncryer/cdk-preflight,"
    " rules/cloudfront/pf-cloudfront-cache-behavior-target-origin-exists",
)
async def _target(asked: Asked, _: Inquiry) -> str | None:
    configuration = _configuration(asked)
    known = {origin["Id"] for origin in (*_origins(configuration), *_groups(configuration))}
    if all(behavior.get("TargetOriginId") in known for behavior in _behaviors(configuration)):
        return None
    return "One or more of your cache behavior target origins or origin groups do not exist."


@rule(
    "cloudfront.members-of-an-origin-group",
    _OPERATIONS,
    code="InvalidArgument",
    code_from="api",
    source="botocore cloudfront OriginGroup.Members: two origins; the message in"
    " https://github.com/badmintoncryer/cdk-preflight, rules/cloudfront/pf-cloudfront-origin-group-member-origin",
)
async def _members(asked: Asked, _: Inquiry) -> str | None:
    configuration = _configuration(asked)
    known = {origin["Id"] for origin in _origins(configuration)}
    for group in _groups(configuration):
        named = [member["OriginId"] for member in group.get("Members", {}).get("Items", [])]
        wrong = [one for one in named if one not in known or named.count(one) > 1]
        if wrong or len(named) != _MEMBERS:
            return (
                f"The parameter Members has one or more origins {wrong or named} for origin group {group['Id']} that"
                " aren't valid."
            )
    return None


@rule(
    "cloudfront.origin-read-timeout",
    _OPERATIONS,
    code="InvalidOriginReadTimeout",
    code_from="api",
    source=f"{_GUIDE}/DownloadDistValuesOrigin.html: 1 to 120 s, more by a quota; both ends and the message in"
    " https://github.com/badmintoncryer/cdk-preflight, rules/cloudfront/pf-cloudfront-origin-read-timeout-range",
)
async def _read_timeout(asked: Asked, _: Inquiry) -> str | None:
    for origin in _origins(_configuration(asked)):
        seconds = origin.get("CustomOriginConfig", {}).get("OriginReadTimeout", 1)
        if not 1 <= seconds <= _MOST_READ_SECONDS:
            return f"Your request of setting originReadTimeout is not within the valid range: {seconds}."
    return None


@rule(
    "cloudfront.alias-without-certificate",
    _OPERATIONS,
    code="InvalidViewerCertificate",
    code_from="seen",
    source=f"{_GUIDE}/cnames-and-https-requirements.html; the messages in many public reports of CreateDistribution",
)
async def _certificate(asked: Asked, _: Inquiry) -> str | None:
    configuration = _configuration(asked)
    viewer = configuration.get("ViewerCertificate", {})
    arn = viewer.get("ACMCertificateArn", "")
    if arn and arn.split(":")[3] != "us-east-1":
        return (
            "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a"
            " valid certificate chain."
        )
    if configuration.get("Aliases", {}).get("Items") and not arn and not viewer.get("IAMCertificateId"):
        return (
            "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted"
            " certificate that validates your authorization to use the domain name."
        )
    return None


@rule(
    "cloudfront.alias-in-use",
    "cloudfront:CreateDistribution CreateDistributionWithTags",
    code="CNAMEAlreadyExists",
    status=409,
    code_from="api",
    source="botocore cloudfront CNAMEAlreadyExists: the CNAME is already associated with another distribution",
)
async def _alias(asked: Asked, inquiry: Inquiry) -> str | None:
    wanted = set(_configuration(asked).get("Aliases", {}).get("Items", []))
    listed = await inquiry("cloudfront", "ListDistributions", asked.region) if wanted else None
    for one in (listed or {}).get("DistributionList", {}).get("Items", []):
        if taken := wanted.intersection(one.get("Aliases", {}).get("Items", [])):
            return f"One or more of the CNAMEs you provided are already associated with a different resource: {taken}"
    return None


RULES: Final = (_writes, _statuses, _target, _members, _read_timeout, _certificate, _alias)
