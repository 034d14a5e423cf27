"""CloudFront: what a distribution may say of its origins and origin groups."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.cloudfront.configurations import (
    GUIDE,
    OPERATIONS,
    configuration_of,
    groups_of,
    origins_of,
)
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_MEMBERS, _MOST_READ_SECONDS = 2, 120
_MOST_ATTEMPTS, _MOST_SECONDS = 3, 10
_HTTP, _HTTPS, _LEAST_PORT, _MOST_PORT = 80, 443, 1024, 65535
_HOST: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
_FAILOVER_STATUSES: Final = frozenset({400, 403, 404, 416, 429, 500, 502, 503, 504})

_RESERVED_HEADERS: Final = frozenset(
    {
        *("cache-control", "connection", "content-length", "cookie", "host", "if-match", "if-modified-since"),
        *("if-none-match", "if-range", "if-unmodified-since", "max-forwards", "pragma", "proxy-authenticate"),
        *("proxy-authorization", "proxy-connection", "range", "request-range", "te", "trailer", "transfer-encoding"),
        *("upgrade", "via", "x-real-ip"),
    }
)


@rule(
    "cloudfront.failover-status-codes",
    OPERATIONS,
    code="InvalidArgument",
    code_from="api",
    source=f"{GUIDE}/high_availability_origin_failover.html: the status codes that can be chosen",
)
async def _statuses(asked: Asked, _: Inquiry) -> str | None:
    for group in groups_of(configuration_of(asked)):
        chosen = group.get("FailoverCriteria", {}).get("StatusCodes", {}).get("Items", [])
        if others := sorted(set(chosen) - _FAILOVER_STATUSES):
            return f"The parameter StatusCodes cannot include {others} status codes for an origin group."
    return None


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
    for group in groups_of(configuration):
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


RULES: Final = (
    _statuses,
    _members,
    _read_timeout,
    _keepalive,
    _origin,
    _website,
    _headers,
    _shield,
)
