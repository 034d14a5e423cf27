"""Distributions that CloudFront refuses, and their good twins: what behaviors, origins and certificates name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.emulator.rules.account import HERE, Account
from tests.emulator.rules.example import Example
from tests.emulator.rules.examples import permit
from tests.emulator.rules.further_examples import CACHED, NOTHING, access_control, behavior, origin, page, served

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NO_IDENTITY: Final = {"OriginAccessIdentity": "origin-access-identity/cloudfront/E1234567890ABC"}
#: AWS's own AllViewerExceptHostHeader and SecurityHeadersPolicy.
ALL_VIEWER: Final = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
SECURITY: Final = "67f7725c-6f97-4210-82d7-5512b31e9d03"
_FORWARDED: Final = {"QueryString": False, "Cookies": {"Forward": "none"}}


def forwarded(**options: Any) -> dict[str, Any]:
    """Say of a behavior without a cache policy what is not the default."""
    values = _FORWARDED | options.pop("values", {})
    return behavior(CachePolicyId=None, ForwardedValues=values, **{"MinTTL": 0} | options)


def custom(**options: Any) -> dict[str, Any]:
    """Say of an origin that is no bucket what is not the default."""
    whole = {
        "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only",
        "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
    } | options  # fmt: skip
    given = origin(DomainName="one.example.net", CustomOriginConfig=whole)
    del given["Origins"]["Items"][0]["S3OriginConfig"]
    return given


def named(*names: str, certificate: str) -> dict[str, Any]:
    """Give a distribution names and a certificate."""
    viewer = {
        "ACMCertificateArn": certificate, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021",
    }  # fmt: skip
    return {"Aliases": {"Quantity": len(names), "Items": names}, "ViewerCertificate": viewer}


def waiting(account: Account, region: str = "us-east-1", method: str = "DNS") -> str:
    """Return the ARN of a certificate for which nobody has written a record."""
    made = account.client("acm", region).request_certificate(DomainName="waits.rules.test", ValidationMethod=method)
    arn: str = made["CertificateArn"]
    return arn


def restricted(kind: str, *countries: str) -> dict[str, Any]:
    given = {"RestrictionType": kind, "Quantity": len(countries), "Items": countries}
    return {"Restrictions": {"GeoRestriction": given}}


def at_the_edge(function: str) -> dict[str, Any]:
    given = {"LambdaFunctionARN": function, "EventType": "origin-request"}
    return behavior(LambdaFunctionAssociations={"Quantity": 1, "Items": [given]})


def function(account: Account, *, published: bool) -> dict[str, Any]:
    """Have a function run for viewers, one that is published or not."""
    cloudfront, name = account.client("cloudfront"), account.name()
    made = cloudfront.create_function(
        Name=name,
        FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"},
        FunctionCode=b"function handler(event) { return event.request; }",
    )
    if published:
        cloudfront.publish_function(Name=name, IfMatch=made["ETag"])
    given = {"FunctionARN": made["FunctionSummary"]["FunctionMetadata"]["FunctionARN"], "EventType": "viewer-request"}
    return behavior(FunctionAssociations={"Quantity": 1, "Items": [given]})


def requests(account: Account) -> str:
    """Return the id of a new origin request policy."""
    made = account.client("cloudfront").create_origin_request_policy(
        OriginRequestPolicyConfig={
            "Name": account.name(), "HeadersConfig": {"HeaderBehavior": "none"},
            "CookiesConfig": {"CookieBehavior": "none"}, "QueryStringsConfig": {"QueryStringBehavior": "all"},
        }
    )  # fmt: skip
    identifier: str = made["OriginRequestPolicy"]["Id"]
    return identifier


def headers(account: Account) -> str:
    """Return the id of a new response headers policy."""
    every = {"Quantity": 1, "Items": ["*"]}
    made = account.client("cloudfront").create_response_headers_policy(
        ResponseHeadersPolicyConfig={
            "Name": account.name(),
            "CorsConfig": {
                "AccessControlAllowOrigins": every, "AccessControlAllowHeaders": every,
                "AccessControlAllowMethods": {"Quantity": 1, "Items": ["GET"]},
                "AccessControlAllowCredentials": False, "OriginOverride": True,
            },
        }
    )  # fmt: skip
    identifier: str = made["ResponseHeadersPolicy"]["Id"]
    return identifier


def key_group(account: Account) -> str:
    """Return the id of a new group of a key that opens nothing."""
    cloudfront = account.client("cloudfront")
    key = cloudfront.create_public_key(
        PublicKeyConfig={"CallerReference": account.name(), "Name": account.name(), "EncodedKey": "not-a-key"}
    )["PublicKey"]["Id"]
    identifier: str = cloudfront.create_key_group(KeyGroupConfig={"Name": account.name(), "Items": [key]})["KeyGroup"][
        "Id"
    ]
    return identifier


def signed(*groups: str) -> dict[str, Any]:
    return behavior(TrustedKeyGroups={"Enabled": bool(groups), "Quantity": len(groups), "Items": groups})


def by_path(*patterns: str) -> dict[str, Any]:
    one = {"TargetOriginId": "one", "ViewerProtocolPolicy": "https-only", "CachePolicyId": CACHED}
    return {"CacheBehaviors": {"Quantity": len(patterns), "Items": [one | {"PathPattern": path} for path in patterns]}}


def identity(account: Account) -> dict[str, str]:
    """Return a new origin access identity, as a distribution names it."""
    made = account.client("cloudfront").create_cloud_front_origin_access_identity(
        CloudFrontOriginAccessIdentityConfig={"CallerReference": account.name(), "Comment": ""}
    )
    named = made["CloudFrontOriginAccessIdentity"]["Id"]
    return {"OriginAccessIdentity": f"origin-access-identity/cloudfront/{named}"}


def without_control(account: Account, *, used: bool) -> None:
    cloudfront, control = account.client("cloudfront"), access_control(account)
    if used:
        served(account, **origin(OriginAccessControlId=control))
    tag = cloudfront.get_origin_access_control(Id=control)["ETag"]
    cloudfront.delete_origin_access_control(Id=control, IfMatch=tag)


def logged(bucket: str) -> dict[str, Any]:
    return {"Logging": {"Enabled": True, "IncludeCookies": False, "Bucket": bucket, "Prefix": ""}}


EDGES: Final[Mapping[str, Example]] = {
    "cloudfront.origin-request-policy-that-does-not-exist": Example(
        lambda a: served(a, **behavior(OriginRequestPolicyId=NOTHING)),
        lambda a: [served(a, **behavior(OriginRequestPolicyId=one)) for one in (ALL_VIEWER, requests(a))],
    ),
    "cloudfront.response-headers-policy-that-does-not-exist": Example(
        lambda a: served(a, **behavior(ResponseHeadersPolicyId=NOTHING)),
        lambda a: [served(a, **behavior(ResponseHeadersPolicyId=one)) for one in (SECURITY, headers(a))],
    ),
    "cloudfront.cache-policy-beside-forwarded-values": Example(
        lambda a: served(a, **behavior(ForwardedValues=_FORWARDED)), lambda a: served(a, **forwarded())
    ),
    "cloudfront.times-out-of-order": Example(
        lambda a: served(a, **forwarded(MinTTL=60, DefaultTTL=30, MaxTTL=90)),
        lambda a: served(a, **forwarded(MinTTL=30, DefaultTTL=60, MaxTTL=90)),
    ),
    "cloudfront.function-of-the-edge": Example(
        lambda a: served(a, **at_the_edge(f"arn:aws:lambda:{HERE}:123456789012:function:it:1")),
        lambda a: served(a, **at_the_edge("arn:aws:lambda:us-east-1:123456789012:function:it:1")),
    ),
    "cloudfront.function-that-is-not-published": Example(
        lambda a: served(a, **function(a, published=False)), lambda a: served(a, **function(a, published=True))
    ),
    "cloudfront.key-group-that-does-not-exist": Example(
        lambda a: served(a, **signed(NOTHING)), lambda a: served(a, **signed(key_group(a)))
    ),
    "cloudfront.path-pattern-twice": Example(
        lambda a: served(a, **by_path("/a", "/a")), lambda a: served(a, **by_path("/a", "/b"))
    ),
    "cloudfront.headers-of-a-bucket": Example(
        lambda a: served(a, **forwarded(values={"Headers": {"Quantity": 1, "Items": ["Host"]}})),
        lambda a: served(a, **custom(), **forwarded(values={"Headers": {"Quantity": 1, "Items": ["Host"]}})),
    ),
    "cloudfront.two-ways-into-a-bucket": Example(
        lambda a: served(a, **origin(OriginAccessControlId=access_control(a), S3OriginConfig=identity(a))),
        lambda a: served(a, **origin(S3OriginConfig=identity(a))),
    ),
    "cloudfront.identity-that-does-not-exist": Example(
        lambda a: served(a, **origin(S3OriginConfig=_NO_IDENTITY)),
        lambda a: served(a, **origin(S3OriginConfig=identity(a))),
    ),
    "cloudfront.access-control-in-use": Example(
        lambda a: without_control(a, used=True), lambda a: without_control(a, used=False)
    ),
    "cloudfront.keep-alive-of-an-origin": Example(
        lambda a: served(a, **custom(OriginKeepaliveTimeout=121)),
        lambda a: served(a, **custom(OriginKeepaliveTimeout=120)),
    ),
    "cloudfront.countries": Example(
        lambda a: served(a, **restricted("whitelist")), lambda a: served(a, **restricted("whitelist", "DE"))
    ),
    "cloudfront.access-list-of-a-region": Example(
        lambda a: served(a, WebACLId=f"arn:aws:wafv2:{HERE}:123456789012:regional/webacl/it/{NOTHING}"),
        lambda a: served(a, WebACLId=f"arn:aws:wafv2:us-east-1:123456789012:global/webacl/it/{NOTHING}"),
    ),
    "cloudfront.log-into-nothing": Example(
        lambda a: served(a, **logged("logs")), lambda a: served(a, **logged("logs.s3.amazonaws.com"))
    ),
    "cloudfront.page-that-is-no-path": Example(
        lambda a: served(a, **page(404, ResponsePagePath="gone.html", ResponseCode="404")),
        lambda a: served(a, **page(404, ResponsePagePath="/gone.html", ResponseCode="404")),
    ),
    "cloudfront.alias-that-its-certificate-does-not-cover": Example(
        lambda a: served(a, **named("one.two.rules.test", certificate=a.certificate)),
        lambda a: served(a, **named(f"{a.name()}.rules.test", certificate=a.certificate)),
    ),
    "cloudfront.value-outside-the-model": Example(
        lambda a: served(a, PriceClass="PriceClass_50"), lambda a: served(a, PriceClass="PriceClass_100")
    ),
}

#: Further calls that a rule refuses, where it stands for many.
EDGE_BROTHERS: Final[Mapping[str, tuple[Callable[[Account], object], ...]]] = {
    "cloudfront.alias-without-certificate": (
        lambda a: served(a, **named("waits.rules.test", certificate=waiting(a))),
        lambda a: served(a, **named("waits.rules.test", certificate=waiting(a, method="EMAIL"))),
        lambda a: served(a, **named("waits.rules.test", certificate=waiting(a, region=HERE))),
        lambda a: served(
            a, **named("gone.rules.test", certificate=f"arn:aws:acm:us-east-1:123456789012:certificate/{NOTHING}")
        ),
    ),
    "cloudfront.alias-that-its-certificate-does-not-cover": (
        lambda a: served(a, **named("*.other.test", certificate=a.certificate)),
    ),
    "cloudfront.methods-of-a-behavior": (
        lambda a: served(
            a,
            **behavior(
                AllowedMethods={
                    "Quantity": 2,
                    "Items": ["GET", "HEAD"],
                    "CachedMethods": {"Quantity": 3, "Items": ["GET", "HEAD", "OPTIONS"]},
                }
            ),
        ),
    ),
    "cloudfront.page-without-a-status": (
        lambda a: served(a, **page(404, ResponsePagePath="/gone.html", ResponseCode="999")),
    ),
    "cloudfront.origin-that-is-none": (lambda a: served(a, **custom(HTTPSPort=22)),),
    "cloudfront.countries": (
        lambda a: served(a, **restricted("none", "DE")),
        lambda a: served(a, **restricted("blacklist", "Germany")),
    ),
    "cloudfront.times-out-of-order": (lambda a: served(a, **forwarded(DefaultTTL=90, MaxTTL=30)),),
    "cloudfront.function-of-the-edge": (
        lambda a: served(a, **at_the_edge("arn:aws:lambda:us-east-1:123456789012:function:it:$LATEST")),
        lambda a: served(a, **at_the_edge("arn:aws:lambda:us-east-1:123456789012:function:it")),
    ),
    "cloudfront.identity-that-does-not-exist": (
        lambda a: served(a, **origin(S3OriginConfig={"OriginAccessIdentity": "E1234567890ABC"})),
    ),
    "s3.principal-that-does-not-exist": (
        lambda a: permit(
            a, a.buckets[0], {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1234567890ABC"}
        ),
    ),
    "cloudfront.value-outside-the-model": (
        lambda a: served(a, HttpVersion="http4"),
        lambda a: served(a, **behavior(ViewerProtocolPolicy="tls-only")),
        lambda a: served(a, **custom(OriginProtocolPolicy="tls")),
    ),
}
