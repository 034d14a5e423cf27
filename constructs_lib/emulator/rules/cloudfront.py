"""CloudFront: what a distribution may say of its origins, origin groups and names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

OPERATIONS: Final = "cloudfront:CreateDistribution CreateDistributionWithTags UpdateDistribution"
GUIDE: Final = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide"
_WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_MEMBERS, _MOST_READ_SECONDS = 2, 120
_MOST_ATTEMPTS, _MOST_SECONDS = 3, 10
_HTTP, _HTTPS, _LEAST_PORT, _MOST_PORT = 80, 443, 1024, 65535
_HOST: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
_METHODS: Final = (
    frozenset({"GET", "HEAD"}),
    frozenset({"GET", "HEAD", "OPTIONS"}),
    frozenset({"GET", "HEAD", "OPTIONS", *_WRITES}),
)
_ERRORS: Final = frozenset({400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504})
_FAILOVER_STATUSES: Final = frozenset({400, 403, 404, 416, 429, 500, 502, 503, 504})

_RESERVED_HEADERS: Final = frozenset(
    {
        *("cache-control", "connection", "content-length", "cookie", "host", "if-match", "if-modified-since"),
        *("if-none-match", "if-range", "if-unmodified-since", "max-forwards", "pragma", "proxy-authenticate"),
        *("proxy-authorization", "proxy-connection", "range", "request-range", "te", "trailer", "transfer-encoding"),
        *("upgrade", "via", "x-real-ip"),
    }
)


def configuration_of(asked: Asked) -> Mapping[str, Any]:
    """Return the configuration of a distribution that is made or changed."""
    tagged = asked.parameters.get("DistributionConfigWithTags", asked.parameters)
    configuration: Mapping[str, Any] = tagged.get("DistributionConfig", {})
    return configuration


def origins_of(configuration: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the origins, of groups or not."""
    origins: list[Mapping[str, Any]] = configuration.get("Origins", {}).get("Items", [])
    return origins


def behaviors_of(configuration: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the default behavior and the others."""
    others: list[Mapping[str, Any]] = configuration.get("CacheBehaviors", {}).get("Items", [])
    return [configuration.get("DefaultCacheBehavior", {}), *others]


def _groups(configuration: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    groups: list[Mapping[str, Any]] = configuration.get("OriginGroups", {}).get("Items", [])
    return groups


@rule(
    "cloudfront.writes-to-an-origin-group",
    OPERATIONS,
    code="InvalidArgument",
    code_from="seen",
    source=f"{GUIDE}/high_availability_origin_failover.html: GET, HEAD and OPTIONS only; the message quoted in"
    " https://github.com/aws/aws-cdk/issues/32450",
)
async def _writes(asked: Asked, _: Inquiry) -> str | None:
    configuration = configuration_of(asked)
    groups = {group["Id"] for group in _groups(configuration)}
    for behavior in behaviors_of(configuration):
        allowed = set(behavior.get("AllowedMethods", {}).get("Items", []))
        if behavior.get("TargetOriginId") in groups and allowed & _WRITES:
            return (
                "The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior"
                " associated with an origin group"
            )
    return None


@rule(
    "cloudfront.failover-status-codes",
    OPERATIONS,
    code="InvalidArgument",
    code_from="api",
    source=f"{GUIDE}/high_availability_origin_failover.html: the status codes that can be chosen",
)
async def _statuses(asked: Asked, _: Inquiry) -> str | None:
    for group in _groups(configuration_of(asked)):
        chosen = group.get("FailoverCriteria", {}).get("StatusCodes", {}).get("Items", [])
        if others := sorted(set(chosen) - _FAILOVER_STATUSES):
            return f"The parameter StatusCodes cannot include {others} status codes for an origin group."
    return None


@rule(
    "cloudfront.behavior-of-no-origin",
    OPERATIONS,
    code="NoSuchOrigin",
    status=404,
    code_from="api",
    source="botocore cloudfront NoSuchOrigin; the message in https://github.com/badmintoncryer/cdk-preflight,"
    " rules/cloudfront/pf-cloudfront-cache-behavior-target-origin-exists",
)
async def _target(asked: Asked, _: Inquiry) -> str | None:
    configuration = configuration_of(asked)
    known = {origin["Id"] for origin in (*origins_of(configuration), *_groups(configuration))}
    if all(behavior.get("TargetOriginId") in known for behavior in behaviors_of(configuration)):
        return None
    return "One or more of your cache behavior target origins or origin groups do not exist."


@rule(
    "cloudfront.members-of-an-origin-group",
    OPERATIONS,
    code="InvalidArgument",
    code_from="api",
    source="botocore cloudfront OriginGroup.Members: two origins; the message in"
    " https://github.com/badmintoncryer/cdk-preflight, rules/cloudfront/pf-cloudfront-origin-group-member-origin",
)
async def _members(asked: Asked, _: Inquiry) -> str | None:
    configuration = configuration_of(asked)
    known = {origin["Id"] for origin in origins_of(configuration)}
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
    OPERATIONS,
    code="InvalidOriginReadTimeout",
    code_from="api",
    source=f"{GUIDE}/DownloadDistValuesOrigin.html: 1 to 120 s, more by a quota; both ends and the message in"
    " https://github.com/badmintoncryer/cdk-preflight, rules/cloudfront/pf-cloudfront-origin-read-timeout-range",
)
async def _read_timeout(asked: Asked, _: Inquiry) -> str | None:
    for origin in origins_of(configuration_of(asked)):
        seconds = origin.get("CustomOriginConfig", {}).get("OriginReadTimeout", 1)
        if not 1 <= seconds <= _MOST_READ_SECONDS:
            return f"Your request of setting originReadTimeout is not within the valid range: {seconds}."
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
    wanted = set(configuration_of(asked).get("Aliases", {}).get("Items", []))
    listed = await inquiry("cloudfront", "ListDistributions", asked.region) if wanted else None
    for one in (listed or {}).get("DistributionList", {}).get("Items", []):
        if taken := wanted.intersection(one.get("Aliases", {}).get("Items", [])):
            return f"One or more of the CNAMEs you provided are already associated with a different resource: {taken}"
    return None


@rule(
    "cloudfront.keep-alive-of-an-origin",
    OPERATIONS,
    code="InvalidOriginKeepaliveTimeout",
    code_from="api",
    source="botocore cloudfront CustomOriginConfig.OriginKeepaliveTimeout: 1 to 120 s; InvalidOriginKeepaliveTimeout",
)
async def _keepalive(asked: Asked, _: Inquiry) -> str | None:
    for origin in origins_of(configuration_of(asked)):
        seconds = origin.get("CustomOriginConfig", {}).get("OriginKeepaliveTimeout", 1)
        if not 1 <= seconds <= _MOST_READ_SECONDS:
            return f"The keep alive timeout specified for the origin is not valid: {seconds}."
    return None


@rule(
    "cloudfront.countries",
    OPERATIONS,
    code="InvalidGeoRestrictionParameter",
    code_from="api",
    source="botocore cloudfront InvalidGeoRestrictionParameter, GeoRestriction: countries by their two letters, and for"
    " none no items",
)
async def _countries(asked: Asked, _: Inquiry) -> str | None:
    given = configuration_of(asked).get("Restrictions", {}).get("GeoRestriction", {})
    countries = given.get("Items", [])
    listed = given.get("RestrictionType", "none") != "none"
    if listed == bool(countries) and all(re.fullmatch("[A-Z]{2}", country) for country in countries):
        return None
    return "The specified geo restriction parameter is not valid."


@rule(
    "cloudfront.access-list-of-a-region",
    OPERATIONS,
    code="InvalidWebACLId",
    code_from="api",
    source="botocore cloudfront DistributionConfig.WebACLId: the ARN of a global one, which is in us-east-1",
)
async def _list(asked: Asked, _: Inquiry) -> str | None:
    given = configuration_of(asked).get("WebACLId", "")
    if not given.startswith("arn:") or re.fullmatch(r"arn:aws:wafv2:us-east-1:\d{12}:global/webacl/.+", given):
        return None
    return f"The specified web ACL {given} is not valid for CloudFront."


@rule(
    "cloudfront.log-into-nothing",
    OPERATIONS,
    code="InvalidArgument",
    code_from="seen",
    source="botocore cloudfront LoggingConfig.Bucket: with its suffix .s3.amazonaws.com; code and message in public"
    " reports of CreateDistribution",
)
async def _log(asked: Asked, _: Inquiry) -> str | None:
    given = configuration_of(asked).get("Logging", {})
    if not given.get("Enabled") or re.fullmatch(r".+\.s3\..*amazonaws\.com", given.get("Bucket", "")):
        return None
    return "The parameter Logging Bucket does not refer to a valid S3 bucket."


@rule(
    "cloudfront.origin-that-is-none",
    OPERATIONS,
    code="InvalidArgument",
    code_from="seen",
    source="botocore cloudfront Origin.DomainName, OriginPath, ConnectionAttempts and ConnectionTimeout;"
    f" {GUIDE}/DownloadDistValuesOrigin.html, the ports; code and message in"
    " https://github.com/laurilehmijoki/s3_website/issues/83",
)
async def _origin(asked: Asked, _: Inquiry) -> str | None:
    origins = origins_of(configuration_of(asked))
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
        ports = [origin.get("CustomOriginConfig", {}).get(name, _HTTP) for name in ("HTTPPort", "HTTPSPort")]
        if not all(port in (_HTTP, _HTTPS) or _LEAST_PORT <= port <= _MOST_PORT for port in ports):
            return "The parameter HTTPPort or HTTPSPort is 80, 443, or 1024 to 65535."
        if "S3OriginConfig" in origin and "CustomOriginConfig" in origin:
            return "The parameter Origin has both S3OriginConfig and CustomOriginConfig."
    return None


@rule(
    "cloudfront.methods-of-a-behavior",
    OPERATIONS,
    code="InvalidArgument",
    code_from="api",
    source="botocore cloudfront AllowedMethods: GET and HEAD; with OPTIONS; or all seven; of which some are cached; and"
    " CacheBehavior: a cache policy or ForwardedValues; messages in https://github.com/badmintoncryer/cdk-preflight,"
    " rules/cloudfront/pf-cloudfront-cached-methods-subset",
)
async def _methods(asked: Asked, _: Inquiry) -> str | None:
    for behavior in behaviors_of(configuration_of(asked)):
        allowed = frozenset(behavior.get("AllowedMethods", {}).get("Items") or _METHODS[0])
        if allowed not in _METHODS:
            return f"The parameter AllowedMethods is not valid: {', '.join(sorted(allowed))}."
        cached = set(behavior.get("AllowedMethods", {}).get("CachedMethods", {}).get("Items", []))
        if more := sorted(cached - allowed):
            return f"The parameter CachedMethods {more[0]} does not exists in AllowedMethods."
        if not behavior.get("CachePolicyId") and "ForwardedValues" not in behavior:
            return "The parameter ForwardedValues is required."
    return None


@rule(
    "cloudfront.root-object-with-a-slash",
    OPERATIONS,
    code="InvalidDefaultRootObject",
    code_from="api",
    source="botocore cloudfront InvalidDefaultRootObject, DistributionConfig.DefaultRootObject: no / before it",
)
async def _root(asked: Asked, _: Inquiry) -> str | None:
    root = configuration_of(asked).get("DefaultRootObject", "")
    return "The default root object file name is too big or contains an invalid character." if root[:1] == "/" else None


@rule(
    "cloudfront.page-for-an-error",
    OPERATIONS,
    code="InvalidErrorCode",
    code_from="api",
    source=f"botocore cloudfront InvalidErrorCode; {GUIDE}/GeneratingCustomErrorResponses.html",
)
async def _error(asked: Asked, _: Inquiry) -> str | None:
    pages = configuration_of(asked).get("CustomErrorResponses", {}).get("Items", [])
    unknown = next((page["ErrorCode"] for page in pages if page["ErrorCode"] not in _ERRORS), None)
    return None if unknown is None else f"The error code {unknown} is not one of {sorted(_ERRORS)}."


@rule(
    "cloudfront.page-without-a-status",
    OPERATIONS,
    code="InvalidResponseCode",
    code_from="api",
    source="botocore cloudfront InvalidResponseCode, CustomErrorResponse: a path and a status, or neither; which, in"
    f" {GUIDE}/GeneratingCustomErrorResponses.html",
)
async def _page(asked: Asked, _: Inquiry) -> str | None:
    pages = configuration_of(asked).get("CustomErrorResponses", {}).get("Items", [])
    if not all(bool(page.get("ResponsePagePath")) is bool(page.get("ResponseCode")) for page in pages):
        return "A response page path and a response code are given together."
    given = (page["ResponseCode"] for page in pages if page.get("ResponseCode"))
    unknown = next((code for code in given if code != "200" and code not in map(str, _ERRORS)), None)
    return None if unknown is None else f"The response code {unknown} is not 200 or one of {sorted(_ERRORS)}."


@rule(
    "cloudfront.page-that-is-no-path",
    OPERATIONS,
    code="InvalidArgument",
    code_from="api",
    source="https://github.com/badmintoncryer/cdk-preflight,"
    " rules/cloudfront/pf-cloudfront-custom-error-response-page-path-format, which quotes message and status",
)
async def _path(asked: Asked, _: Inquiry) -> str | None:
    pages = configuration_of(asked).get("CustomErrorResponses", {}).get("Items", [])
    if all(page.get("ResponsePagePath", "")[:1] in ("", "/") for page in pages):
        return None
    return "The parameter ResponsePagePath is invalid."


@rule(
    "cloudfront.quantity-of-items",
    OPERATIONS,
    code="InconsistentQuantities",
    code_from="api",
    source="botocore cloudfront InconsistentQuantities: Quantity and the size of Items do not match",
)
async def _quantity(asked: Asked, _: Inquiry) -> str | None:
    return _uneven(configuration_of(asked))


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


@rule(
    "cloudfront.website-as-a-bucket",
    OPERATIONS,
    code="InvalidArgument",
    code_from="seen",
    source="https://github.com/hashicorp/terraform-provider-aws/issues/7847 and"
    " https://github.com/aws/aws-sdk-js/issues/2368 quote code and message: the endpoint of a website is an origin of"
    " its own",
)
async def _website(asked: Asked, _: Inquiry) -> str | None:
    origins = origins_of(configuration_of(asked))
    if any("S3OriginConfig" in origin and ".s3-website" in origin.get("DomainName", "") for origin in origins):
        return "The parameter Origin DomainName does not refer to a valid S3 bucket."
    return None


@rule(
    "cloudfront.header-of-an-origin",
    OPERATIONS,
    code="InvalidArgument",
    code_from="api",
    source=f"{GUIDE}/add-origin-custom-headers.html: headers that CloudFront does not add to requests",
)
async def _headers(asked: Asked, _: Inquiry) -> str | None:
    for origin in origins_of(configuration_of(asked)):
        for header in origin.get("CustomHeaders", {}).get("Items", []):
            name = header.get("HeaderName", "").lower()
            if name in _RESERVED_HEADERS or name.startswith(("x-amz-", "x-edge-")):
                return f"The parameter HeaderName contains {header['HeaderName']} that is not allowed."
    return None


@rule(
    "cloudfront.shield-of-no-region",
    OPERATIONS,
    code="InvalidArgument",
    code_from="api",
    source="botocore cloudfront OriginShield.OriginShieldRegion: when enabled, its Region is needed;"
    " https://github.com/badmintoncryer/cdk-preflight, rules/cloudfront/pf-cloudfront-origin-shield-region-required",
)
async def _shield(asked: Asked, _: Inquiry) -> str | None:
    shields = [origin.get("OriginShield") or {} for origin in origins_of(configuration_of(asked))]
    if all(shield.get("OriginShieldRegion") for shield in shields if shield.get("Enabled")):
        return None
    return "The parameter OriginShieldRegion is required when OriginShield is enabled."


@rule(
    "cloudfront.alias-twice",
    OPERATIONS,
    code="InvalidArgument",
    code_from="api",
    source="https://github.com/badmintoncryer/cdk-preflight, rules/cloudfront/pf-cloudfront-alias-unique; botocore"
    " cloudfront InvalidArgument",
)
async def _twice(asked: Asked, _: Inquiry) -> str | None:
    names = [name.lower() for name in configuration_of(asked).get("Aliases", {}).get("Items", [])]
    twice = next((name for name in names if names.count(name) > 1), None)
    return None if twice is None else f"The parameter Aliases contains {twice} more than once."


RULES: Final = (
    _writes,
    _statuses,
    _target,
    _members,
    _read_timeout,
    _alias,
    _keepalive,
    _countries,
    _list,
    _log,
    _origin,
    _methods,
    _root,
    _error,
    _page,
    _path,
    _quantity,
    _enabled,
    _website,
    _headers,
    _shield,
    _twice,
)
