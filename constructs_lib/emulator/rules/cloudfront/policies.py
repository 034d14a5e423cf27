"""CloudFront: what cache, origin request and response headers policies may say.

Most is measured by https://github.com/badmintoncryer/cdk-preflight, rules/cloudfront, on AWS in September 2026.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_MEASURED: Final = "https://github.com/badmintoncryer/cdk-preflight, rules/cloudfront"
_MODEL: Final = "botocore cloudfront"
_CACHE: Final = "cloudfront:CreateCachePolicy UpdateCachePolicy"
_BOTH: Final = "cloudfront:CreateCachePolicy UpdateCachePolicy CreateOriginRequestPolicy UpdateOriginRequestPolicy"
_RESPONSES: Final = "cloudfront:CreateResponseHeadersPolicy UpdateResponseHeadersPolicy"
#: What a policy chooses, the member that says how, and the one that names the chosen.
_CHOSEN: Final = (
    ("HeadersConfig", "HeaderBehavior", "Headers"),
    ("CookiesConfig", "CookieBehavior", "Cookies"),
    ("QueryStringsConfig", "QueryStringBehavior", "QueryStrings"),
)
_SOME: Final = ("whitelist", "allExcept", "allViewerAndWhitelistCloudFront")
_ZIPPED: Final = ("EnableAcceptEncodingGzip", "EnableAcceptEncodingBrotli")
#: What no policy sets or removes: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/
#: understanding-response-headers-policies.html, and cdk-preflight's pf-cloudfront-rhp-custom-header-blocklist.
_RESERVED: Final = frozenset(
    {
        *("connection", "content-encoding", "content-length", "expect", "host", "keep-alive", "proxy-authenticate"),
        *("proxy-authorization", "proxy-connection", "trailer", "transfer-encoding", "upgrade", "via", "warning"),
        *("x-accel-buffering", "x-accel-charset", "x-accel-limit-rate", "x-accel-redirect", "x-amzn-auth"),
        *("x-amzn-cf-billing", "x-amzn-cf-id", "x-amzn-cf-xff", "x-amzn-errortype", "x-amzn-fle-profile"),
        *("x-amzn-header-count", "x-amzn-header-order", "x-amzn-lambda-integration-tag", "x-amzn-requestid"),
        *("x-forwarded-proto", "x-real-ip"),
    }
)
_OF_CLOUDFRONT: Final = ("x-amz-cf-", "x-edge-")


def _cached(asked: Asked) -> Mapping[str, Any]:
    policy: Mapping[str, Any] = asked.parameters.get("CachePolicyConfig", {})
    return policy


def _keys(asked: Asked) -> Mapping[str, Any]:
    """Return what of a request a policy takes."""
    taken: Mapping[str, Any] = (
        _cached(asked).get("ParametersInCacheKeyAndForwardedToOrigin")
        or asked.parameters.get("OriginRequestPolicyConfig")
        or {}
    )
    return taken


def _choices(asked: Asked) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield, of headers, cookies and query strings, the member that says which, what it says, list and items."""
    for part, behavior, listed in _CHOSEN:
        given = _keys(asked).get(part, {})
        yield behavior, given.get(behavior, "none"), listed, (given.get(listed) or {}).get("Items", [])


@rule(
    "cloudfront.times-of-a-cache-policy",
    _CACHE,
    code="InvalidArgument",
    code_from="api",
    source=f"{_MODEL} CachePolicyConfig: the default between the least and the most; {_MEASURED}/"
    "pf-cloudfront-cache-policy-ttl-default-in-range",
)
async def _times(asked: Asked, _: Inquiry) -> str | None:
    names = [name for name in ("MinTTL", "DefaultTTL", "MaxTTL") if name in _cached(asked)]
    for less, more in pairwise(names):
        if _cached(asked)[less] > _cached(asked)[more]:
            return f"The parameter {less} is greater than {more}: {_cached(asked)[less]} > {_cached(asked)[more]}"
    return None


@rule(
    "cloudfront.keys-of-a-policy-without-caching",
    _CACHE,
    code="InvalidArgument",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-the-cache-key.html; code and"
    " message in https://github.com/aws/aws-cdk/issues/16977 and many public reports of HeaderBehavior and"
    " EnableAcceptEncodingGzip",
)
async def _uncached(asked: Asked, _: Inquiry) -> str | None:
    policy = _cached(asked)
    if policy.get("MaxTTL") != 0:
        return None
    named = [behavior for behavior, said, *_ in _choices(asked) if said != "none"]
    named += [name for name in _ZIPPED if _keys(asked).get(name)]
    return f"The parameter {named[0]} is invalid for policy with caching disabled" if named else None


@rule(
    "cloudfront.chosen-by-a-policy",
    _BOTH,
    code="InvalidArgument",
    code_from="api",
    source=f"{_MODEL} CachePolicyHeadersConfig and its like: a list where some are chosen, and none otherwise;"
    f" {_MEASURED}/pf-cloudfront-cache-policy-header-behavior-items and eight like it",
)
async def _chosen(asked: Asked, _: Inquiry) -> str | None:
    for behavior, said, listed, items in _choices(asked):
        if said in _SOME and not items:
            return f"The parameter {listed} is required where {behavior} is {said}"
        if said not in _SOME and items:
            return f"The parameter {listed} cannot be used where {behavior} is {said}"
    return None


@rule(
    "cloudfront.accept-encoding-in-a-policy",
    _BOTH,
    code="InvalidArgument",
    code_from="api",
    source=f"{_MODEL} ParametersInCacheKeyAndForwardedToOrigin.EnableAcceptEncodingGzip: not with Accept-Encoding in"
    f" the list; {_MEASURED}/pf-cloudfront-cache-policy-accept-encoding-conflict; and, of origin request policies,"
    " https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-request-understand-origin-request-policy"
    ".html: Accept-Encoding is for a cache policy",
)
async def _encodings(asked: Asked, _: Inquiry) -> str | None:
    headers = [name.lower() for *_, listed, items in _choices(asked) if listed == "Headers" for name in items]
    if "accept-encoding" not in headers:
        return None
    if "OriginRequestPolicyConfig" in asked.parameters:
        return "The parameter Headers contains Accept-Encoding that is not allowed; a cache policy has it"
    zipped = [name for name in _ZIPPED if _keys(asked).get(name)]
    return f"The parameter {zipped[0]} cannot be true with the header Accept-Encoding" if zipped else None


@rule(
    "cloudfront.headers-of-a-response",
    _RESPONSES,
    code="InvalidArgument",
    code_from="api",
    source=f"{_MODEL} ResponseHeadersPolicyConfig; {_MEASURED}/pf-cloudfront-rhp-custom-header-unique and"
    " -custom-header-blocklist",
)
async def _headers(asked: Asked, _: Inquiry) -> str | None:
    policy = asked.parameters.get("ResponseHeadersPolicyConfig", {})
    names = [item["Header"].lower() for item in (policy.get("CustomHeadersConfig") or {}).get("Items", [])]
    removed = [item["Header"].lower() for item in (policy.get("RemoveHeadersConfig") or {}).get("Items", [])]
    if twice := next((name for name in names if names.count(name) > 1), None):
        return f"The parameter CustomHeaders contains {twice} more than once"
    for name in (*names, *removed):
        if name in _RESERVED or name.startswith(_OF_CLOUDFRONT):
            return f"The parameter CustomHeaders contains {name} that is not allowed"
    return None


@rule(
    "cloudfront.security-headers-of-a-response",
    _RESPONSES,
    code="InvalidArgument",
    code_from="api",
    source=f"{_MODEL} ResponseHeadersPolicyXSSProtection and ResponseHeadersPolicyServerTimingHeadersConfig;"
    f" {_MEASURED}/pf-cloudfront-rhp-xss-protection-report-uri-mode-block, -report-uri-requires-protection and"
    " -server-timing-sampling-rate-required",
)
async def _security(asked: Asked, _: Inquiry) -> str | None:
    policy = asked.parameters.get("ResponseHeadersPolicyConfig", {})
    scripts = policy.get("SecurityHeadersConfig", {}).get("XSSProtection", {})
    timing = policy.get("ServerTimingHeadersConfig", {})
    if scripts.get("ReportUri") and (scripts.get("ModeBlock") or not scripts.get("Protection")):
        return "The parameter ReportUri is for a protection that is on, and without ModeBlock"
    if timing.get("Enabled") and "SamplingRate" not in timing:
        return "The parameter SamplingRate is required where ServerTimingHeadersConfig is enabled"
    return None


RULES: Final = (_uncached, _times, _chosen, _encodings, _headers, _security)
