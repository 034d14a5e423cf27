"""CloudFront: what a distribution may say of its behaviors, names, pages, logs and countries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.cloudfront.configurations import (
    GUIDE,
    OPERATIONS,
    behaviors_of,
    configuration_of,
    groups_of,
    origins_of,
)
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_METHODS: Final = (
    frozenset({"GET", "HEAD"}),
    frozenset({"GET", "HEAD", "OPTIONS"}),
    frozenset({"GET", "HEAD", "OPTIONS", *_WRITES}),
)
_ERRORS: Final = frozenset({400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504})


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
    groups = {group["Id"] for group in groups_of(configuration)}
    for behavior in behaviors_of(configuration):
        allowed = set(behavior.get("AllowedMethods", {}).get("Items", []))
        if behavior.get("TargetOriginId") in groups and allowed & _WRITES:
            return (
                "The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior"
                " associated with an origin group"
            )
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
    known = {origin["Id"] for origin in (*origins_of(configuration), *groups_of(configuration))}
    if all(behavior.get("TargetOriginId") in known for behavior in behaviors_of(configuration)):
        return None
    return "One or more of your cache behavior target origins or origin groups do not exist."


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
    _target,
    _alias,
    _countries,
    _list,
    _log,
    _methods,
    _root,
    _error,
    _page,
    _path,
    _quantity,
    _enabled,
    _twice,
)
