"""CloudFront: what a distribution may say of its origins, origin groups and names."""

from __future__ import annotations

import re
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
_MOST_ATTEMPTS, _MOST_SECONDS = 3, 10
_HOST: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
_METHODS: Final = (
    frozenset({"GET", "HEAD"}),
    frozenset({"GET", "HEAD", "OPTIONS"}),
    frozenset({"GET", "HEAD", "OPTIONS", *_WRITES}),
)
_ERRORS: Final = frozenset({400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504})
#: AWS's own: CachingOptimized, CachingDisabled, CachingOptimizedForUncompressedObjects, Elemental-MediaPackage,
#: Amplify, UseOriginCacheControlHeaders and with query strings.
_CACHE_POLICIES: Final = frozenset(
    {
        "658327ea-f89d-4fab-a63d-7e88639e58f6",
        "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
        "08627262-05a9-4f76-9ded-b50ca2e3a84f",
        "2e54312d-136d-493c-8eb9-b001f22f67d2",
        "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
        "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
    }
)
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


@rule(
    "cloudfront.policy-that-does-not-exist",
    _OPERATIONS,
    code="NoSuchCachePolicy",
    status=404,
    code_from="api",
    source="botocore cloudfront NoSuchCachePolicy: the cache policy does not exist; those of AWS in"
    f" {_GUIDE}/using-managed-cache-policies.html",
)
async def _cache_policy(asked: Asked, inquiry: Inquiry) -> str | None:
    for behavior in _behaviors(_configuration(asked)):
        policy = behavior.get("CachePolicyId")
        if (
            policy
            and policy not in _CACHE_POLICIES
            and not await inquiry("cloudfront", "GetCachePolicy", asked.region, Id=policy)
        ):
            return f"The specified cache policy {policy} does not exist."
    return None


@rule(
    "cloudfront.access-control-that-does-not-exist",
    _OPERATIONS,
    code="InvalidOriginAccessControl",
    code_from="api",
    source="botocore cloudfront InvalidOriginAccessControl: the origin access control is not valid",
)
async def _access(asked: Asked, inquiry: Inquiry) -> str | None:
    for origin in _origins(_configuration(asked)):
        control = origin.get("OriginAccessControlId")
        if control and not await inquiry("cloudfront", "GetOriginAccessControl", asked.region, Id=control):
            return f"The origin access control {control} does not exist."
    return None


@rule(
    "cloudfront.origin-that-is-none",
    _OPERATIONS,
    code="InvalidArgument",
    code_from="seen",
    source="botocore cloudfront Origin.DomainName, OriginPath, ConnectionAttempts and ConnectionTimeout; code and"
    " message in https://github.com/laurilehmijoki/s3_website/issues/83",
)
async def _origin(asked: Asked, _: Inquiry) -> str | None:
    origins = _origins(_configuration(asked))
    names = [origin.get("Id") for origin in origins]
    if len(set(names)) < len(names):
        return "The parameter Origin Id must be unique."
    for origin in origins:
        path = origin.get("OriginPath", "")
        if not _HOST.fullmatch(origin.get("DomainName", "")):
            return "The parameter origin name must be a domain name."
        if path and (not path.startswith("/") or path.endswith("/")):
            return "The parameter OriginPath must begin with / and not end with it."
        if not 1 <= (origin.get("ConnectionAttempts") or _MOST_ATTEMPTS) <= _MOST_ATTEMPTS:
            return f"The parameter ConnectionAttempts is between 1 and {_MOST_ATTEMPTS}."
        if not 1 <= (origin.get("ConnectionTimeout") or _MOST_SECONDS) <= _MOST_SECONDS:
            return f"The parameter ConnectionTimeout is between 1 and {_MOST_SECONDS}."
        if "S3OriginConfig" in origin and "CustomOriginConfig" in origin:
            return "The parameter Origin has both S3OriginConfig and CustomOriginConfig."
    return None


@rule(
    "cloudfront.methods-of-a-behavior",
    _OPERATIONS,
    code="InvalidArgument",
    code_from="api",
    source="botocore cloudfront AllowedMethods: GET and HEAD; with OPTIONS; or all seven; and CacheBehavior: a cache"
    " policy or ForwardedValues",
)
async def _methods(asked: Asked, _: Inquiry) -> str | None:
    for behavior in _behaviors(_configuration(asked)):
        allowed = frozenset(behavior.get("AllowedMethods", {}).get("Items") or _METHODS[0])
        if allowed not in _METHODS:
            return f"The parameter AllowedMethods is not valid: {', '.join(sorted(allowed))}."
        if not behavior.get("CachePolicyId") and "ForwardedValues" not in behavior:
            return "The parameter ForwardedValues is required."
    return None


@rule(
    "cloudfront.root-object-with-a-slash",
    _OPERATIONS,
    code="InvalidDefaultRootObject",
    code_from="api",
    source="botocore cloudfront InvalidDefaultRootObject, DistributionConfig.DefaultRootObject: no / before it",
)
async def _root(asked: Asked, _: Inquiry) -> str | None:
    root = _configuration(asked).get("DefaultRootObject", "")
    return "The default root object file name is too big or contains an invalid character." if root[:1] == "/" else None


@rule(
    "cloudfront.page-for-an-error",
    _OPERATIONS,
    code="InvalidErrorCode",
    code_from="api",
    source=f"botocore cloudfront InvalidErrorCode; {_GUIDE}/GeneratingCustomErrorResponses.html",
)
async def _error(asked: Asked, _: Inquiry) -> str | None:
    pages = _configuration(asked).get("CustomErrorResponses", {}).get("Items", [])
    unknown = next((page["ErrorCode"] for page in pages if page["ErrorCode"] not in _ERRORS), None)
    return None if unknown is None else f"The error code {unknown} is not one of {sorted(_ERRORS)}."


@rule(
    "cloudfront.page-without-a-status",
    _OPERATIONS,
    code="InvalidResponseCode",
    code_from="api",
    source="botocore cloudfront InvalidResponseCode, CustomErrorResponse: a path and a status, or neither",
)
async def _page(asked: Asked, _: Inquiry) -> str | None:
    pages = _configuration(asked).get("CustomErrorResponses", {}).get("Items", [])
    if all(bool(page.get("ResponsePagePath")) is bool(page.get("ResponseCode")) for page in pages):
        return None
    return "A response page path and a response code are given together."


@rule(
    "cloudfront.quantity-of-items",
    _OPERATIONS,
    code="InconsistentQuantities",
    code_from="api",
    source="botocore cloudfront InconsistentQuantities: Quantity and the size of Items do not match",
)
async def _quantity(asked: Asked, _: Inquiry) -> str | None:
    return _uneven(_configuration(asked))


def _uneven(value: Any) -> str | None:
    if isinstance(value, dict):
        items = value.get("Items")
        if "Quantity" in value and isinstance(items, list) and len(items) != value["Quantity"]:
            return "The value of Quantity and the size of Items do not match."
        value = list(value.values())
    return next(filter(None, map(_uneven, value)), None) if isinstance(value, list) else None


@rule(
    "cloudfront.deletion-of-an-enabled-distribution",
    "cloudfront:DeleteDistribution",
    code="DistributionNotDisabled",
    status=409,
    code_from="api",
    source="botocore cloudfront DistributionNotDisabled",
)
async def _enabled(asked: Asked, inquiry: Inquiry) -> str | None:
    found = await inquiry("cloudfront", "GetDistribution", asked.region, Id=asked.parameters["Id"])
    enabled = (found or {}).get("Distribution", {}).get("DistributionConfig", {}).get("Enabled")
    return "The distribution you are trying to delete has not been disabled." if enabled else None


RULES: Final = (
    _writes,
    _statuses,
    _target,
    _members,
    _read_timeout,
    _certificate,
    _alias,
    _cache_policy,
    _access,
    _origin,
    _methods,
    _root,
    _error,
    _page,
    _quantity,
    _enabled,
)
