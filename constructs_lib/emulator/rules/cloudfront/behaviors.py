"""CloudFront: the policies, functions, keys and times that a distribution's behaviors name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.cloudfront.configurations import (
    GUIDE,
    OPERATIONS,
    behaviors_of,
    configuration_of,
    origins_of,
)
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.rules.rule import Rule

_ISSUES: Final = "https://github.com/terraform-aws-modules/terraform-aws-cloudfront/issues"
_EDGE_FUNCTION: Final = re.compile(r"arn:aws:lambda:us-east-1:\d{12}:function:[\w-]+:\d+")
#: CachingOptimized, CachingDisabled, CachingOptimizedForUncompressedObjects, Elemental-MediaPackage, Amplify,
#: UseOriginCacheControlHeaders and with query strings.
_CACHE: Final = frozenset(
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
#: AllViewer, AllViewerAndCloudFrontHeaders-2022-06, AllViewerExceptHostHeader, CORS-CustomOrigin, CORS-S3Origin,
#: Elemental-MediaTailor-PersonalizedManifests, HostHeaderOnly, UserAgentRefererHeaders.
_ORIGIN_REQUEST: Final = frozenset(
    {
        "216adef6-5c7f-47e4-b989-5492eafa07d3",
        "33f36d7e-f396-46d9-90e0-52428a34d9dc",
        "b689b0a8-53d0-40ab-baf2-68738e2966ac",
        "59781a5b-3903-41f3-afcb-af62929ccde1",
        "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
        "775133bc-15f2-49f9-abea-afb2e0bf67d2",
        "bf0718e1-ba1e-49d1-88b1-f726733018ae",
        "acba4595-bd28-49b8-b9fe-13317c0390fa",
    }
)
#: CORS-and-SecurityHeadersPolicy, CORS-With-Preflight, both, SecurityHeadersPolicy, SimpleCORS.
_RESPONSE_HEADERS: Final = frozenset(
    {
        "e61eb60c-9c35-4d20-a928-2b84e02af89c",
        "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
        "eaab4381-ed33-4a86-88ca-d9558dc6cd63",
        "67f7725c-6f97-4210-82d7-5512b31e9d03",
        "60669652-455b-4ae9-85a4-c4c02393f86c",
    }
)


def _policy(id: str, member: str, kind: str, known: frozenset[str], page: str) -> Rule:
    """Make a rule of a kind of policy that a behavior names by its id: AWS's own are `known`."""

    @rule(
        id,
        OPERATIONS,
        code=f"NoSuch{kind}",
        status=404,
        code_from="api",
        source=f"botocore cloudfront NoSuch{kind}: the policy does not exist; those of AWS in {GUIDE}/{page}.html",
    )
    async def _missing(asked: Asked, inquiry: Inquiry) -> str | None:
        for behavior in behaviors_of(configuration_of(asked)):
            named = behavior.get(member)
            if named and named not in known and not await inquiry("cloudfront", f"Get{kind}", asked.region, Id=named):
                return f"The policy {named} of {member} does not exist."
        return None

    return _missing


@rule(
    "cloudfront.cache-policy-beside-forwarded-values",
    OPERATIONS,
    code="InvalidArgument",
    code_from="seen",
    source=f"botocore cloudfront CacheBehavior.CachePolicyId and ForwardedValues; {_ISSUES}/40",
)
async def _both(asked: Asked, _: Inquiry) -> str | None:
    for behavior in behaviors_of(configuration_of(asked)):
        if behavior.get("CachePolicyId") and "ForwardedValues" in behavior:
            return (
                "The parameter ForwardedValues cannot be used when a cache policy is associated to the cache behavior."
            )
    return None


@rule(
    "cloudfront.times-out-of-order",
    OPERATIONS,
    code="InvalidTTLOrder",
    code_from="api",
    source=f"botocore cloudfront InvalidTTLOrder; {GUIDE}/DownloadDistValuesCacheBehavior.html, minimum, maximum and"
    " default TTL",
)
async def _order(asked: Asked, _: Inquiry) -> str | None:
    for behavior in behaviors_of(configuration_of(asked)):
        given = [behavior[name] for name in ("MinTTL", "DefaultTTL", "MaxTTL") if behavior.get(name) is not None]
        if given != sorted(given):
            return "The order of TTLs is invalid: MinTTL <= DefaultTTL <= MaxTTL."
    return None


@rule(
    "cloudfront.function-of-the-edge",
    OPERATIONS,
    code="InvalidLambdaFunctionAssociation",
    code_from="api",
    source="botocore cloudfront LambdaFunctionAssociation: the ARN of a version, neither alias nor $LATEST;"
    f" {GUIDE}/lambda-at-edge-function-restrictions.html: in us-east-1",
)
async def _lambda(asked: Asked, _: Inquiry) -> str | None:
    for given in _associations(asked, "LambdaFunctionAssociations"):
        arn = given.get("LambdaFunctionARN", "")
        if not _EDGE_FUNCTION.fullmatch(arn):
            return f"The function ARN must reference a specific function version of us-east-1: {arn}"
    return None


@rule(
    "cloudfront.function-that-is-not-published",
    OPERATIONS,
    code="InvalidFunctionAssociation",
    code_from="api",
    source=f"botocore cloudfront InvalidFunctionAssociation; {GUIDE}/associate-function.html: one that is published",
)
async def _function(asked: Asked, inquiry: Inquiry) -> str | None:
    for given in _associations(asked, "FunctionAssociations"):
        arn = given.get("FunctionARN", "")
        name = arn.rpartition("/")[2]
        if not await inquiry("cloudfront", "DescribeFunction", asked.region, Name=name, Stage="LIVE"):
            return f"The function {arn} does not exist, or is not published."
    return None


def _associations(asked: Asked, member: str) -> list[Mapping[str, Any]]:
    return [
        one for behavior in behaviors_of(configuration_of(asked)) for one in behavior.get(member, {}).get("Items", [])
    ]


@rule(
    "cloudfront.key-group-that-does-not-exist",
    OPERATIONS,
    code="TrustedKeyGroupDoesNotExist",
    code_from="api",
    source="botocore cloudfront TrustedKeyGroupDoesNotExist",
)
async def _keys(asked: Asked, inquiry: Inquiry) -> str | None:
    for behavior in behaviors_of(configuration_of(asked)):
        for group in behavior.get("TrustedKeyGroups", {}).get("Items", []):
            if not await inquiry("cloudfront", "GetKeyGroup", asked.region, Id=group):
                return f"The key group {group} does not exist."
    return None


@rule(
    "cloudfront.path-pattern-twice",
    OPERATIONS,
    code="InvalidArgument",
    code_from="api",
    source="https://github.com/badmintoncryer/cdk-preflight,"
    " rules/cloudfront/pf-cloudfront-cache-behavior-path-pattern-unique, which quotes message and status",
)
async def _twice(asked: Asked, _: Inquiry) -> str | None:
    patterns = [
        behavior["PathPattern"] for behavior in behaviors_of(configuration_of(asked)) if "PathPattern" in behavior
    ]
    return "The parameter path pattern must be unique." if len(set(patterns)) < len(patterns) else None


@rule(
    "cloudfront.headers-of-a-bucket",
    OPERATIONS,
    code="InvalidHeadersForS3Origin",
    code_from="api",
    source="botocore cloudfront InvalidHeadersForS3Origin; https://docs.aws.amazon.com/AmazonCloudFront/latest/"
    "DeveloperGuide/header-caching.html: to a bucket neither Host nor all headers",
)
async def _headers(asked: Asked, _: Inquiry) -> str | None:
    configuration = configuration_of(asked)
    buckets = {origin["Id"] for origin in origins_of(configuration) if "CustomOriginConfig" not in origin}
    for behavior in behaviors_of(configuration):
        headers = behavior.get("ForwardedValues", {}).get("Headers", {}).get("Items", [])
        if behavior.get("TargetOriginId") in buckets and {"host", "*"} & {header.lower() for header in headers}:
            return "The headers specified are not valid for an Amazon S3 origin."
    return None


RULES: Final = (
    _policy(
        "cloudfront.policy-that-does-not-exist", "CachePolicyId", "CachePolicy", _CACHE, "using-managed-cache-policies"
    ),
    _policy(
        "cloudfront.origin-request-policy-that-does-not-exist",
        "OriginRequestPolicyId",
        "OriginRequestPolicy",
        _ORIGIN_REQUEST,
        "using-managed-origin-request-policies",
    ),
    _policy(
        "cloudfront.response-headers-policy-that-does-not-exist",
        "ResponseHeadersPolicyId",
        "ResponseHeadersPolicy",
        _RESPONSE_HEADERS,
        "using-managed-response-headers-policies",
    ),
    _both,
    _order,
    _lambda,
    _function,
    _keys,
    _twice,
    _headers,
)
