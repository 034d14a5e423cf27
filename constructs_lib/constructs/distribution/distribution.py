"""A CloudFront distribution over a bucket in each Region."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.limits import check_limit, limit
from constructs_lib.catalog.mechanism import parameter
from constructs_lib.components import Kind
from constructs_lib.constructs.bucket.bucket import Bucket
from constructs_lib.constructs.distribution.cache_behavior import (
    READS,
    CacheBehavior,
    behavior_arguments,
    check_methods,
    policy_id,
)
from constructs_lib.constructs.sites.alarm import alarm
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.constructs.sites.output import write_output
from constructs_lib.constructs.workload.settlement import settle
from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.resource import AwsResource
from constructs_lib.terraform.token import is_token

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.constructs.bucket.regional_bucket import RegionalBucket
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.constructs.workload.settlement import Settlement
    from constructs_lib.constructs.workload.workload import Workload
    from constructs_lib.costs import Usage
    from constructs_lib.objectives import Objective
    from constructs_lib.objectives.acceptance import Acceptance

FAILOVER_CODES = (500, 502, 503, 504)
"""The answers that send a request to the copy unless told otherwise: those that put the fault on the primary."""

_PRIMARY, _RECOVERY, _GROUP = "primary", "recovery", "primary-then-recovery"
_CERTIFICATE = re.compile(r"arn:aws:acm:us-east-1:[0-9]{12}:certificate/[0-9a-z-]+", re.ASCII)
_WEB_ACL = re.compile(r"arn:aws:wafv2:us-east-1:[0-9]{12}:global/webacl/[\w-]+/[0-9a-f-]+", re.ASCII)
_ALIAS = re.compile(
    r"(?=.{1,253}$)(\*\.)?([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII
)
_LOG_BUCKET = re.compile(r"[a-z0-9.-]{3,63}\.s3(\.[a-z0-9-]+)?\.amazonaws\.com", re.ASCII)
_MINUTE = 60


class Distribution(Construct):
    """A CloudFront distribution that reads a bucket and, where the objective asks for it, fails over to its copy.

    With the pattern `origin_group` each request tries the bucket of the primary Region first and the copy next:
    nothing has to be decided or changed when a Region is lost, and nothing to come back. Only reads fail over. How
    much of what was written last the copy lacks is the bucket's RPO, not the distribution's.

    All of it belongs to the global site, as CloudFront has its control plane and its metrics there.

    Args:
        place: The workload, or sites together with *objective*.
        id: The component's id.
        bucket: What is served; it must be built over the same sites.
        objective: A promise of its own. Default: the workload's.
        accept: A looser promise, accepted in writing. Default: none.
        pattern: `single_origin` or `origin_group`. Default: the cheapest that keeps the objective.
        usage: What its bill depends on. Default: the assumptions of `Usage`.
        tags: Extra tags.
        aliases: Names of your own, such as `www.example.com`. Needs *certificate_arn*. Default: none.
        certificate_arn: The certificate for them, in us-east-1. Default: CloudFront's own, with which CloudFront and
            not you sets the oldest TLS version.
        default_root_object: What `/` answers with. Default `index.html`. None: nothing; then S3 answers 403 for an
            object that is missing, since the permission to tell would also show the list of objects at `/`.
        failover_codes: The answers that send a request to the copy. Default 500, 502, 503 and 504; a primary that
            does not answer at all counts as 503 or 504. With 404 (or 403) each request for what exists nowhere asks
            both Regions, and a fault of the primary's policy is hidden; it pays only where the copy may hold what the
            primary lacks.
        allowed_methods: `GET` and `HEAD`, with or without `OPTIONS`. Default: with. Writes need a `CacheBehavior` with
            an origin.
        cache_policy: The name of a managed cache policy, or the id of one of your own. Default `CachingOptimized`.
        response_headers_policy: The same for response headers. Default `SecurityHeadersPolicy`.
        behaviors: What differs for some paths, in order. Default: none.
        web_acl_arn: A WAF web ACL of scope CLOUDFRONT. Default: none.
        log_bucket: Domain name of a bucket for access logs, such as `logs.s3.amazonaws.com`; it must allow access
            control lists. Default: no logs.
        price_class: The edge locations to use. Default `PriceClass_All`.
        error_rate_percent: The share of requests answered with 5xx that rings the alarm. Default 5.

    Attributes:
        settlement: What was decided, and why.
        bucket: What is served.
        origin_access_control: `aws_cloudfront_origin_access_control`.
        distribution: `aws_cloudfront_distribution`.
        error_alarm: The alarm on answers with 5xx.

    Raises:
        InfeasibleError: If no pattern keeps the objective.
        ConfigurationError: If an option is not allowed, or the objective needs a copy that the bucket does not have.
    """

    def __init__(
        self,
        place: Workload | Sites,
        id: str,
        *,
        bucket: Bucket,
        objective: Objective | None = None,
        accept: Acceptance | None = None,
        pattern: str | None = None,
        usage: Usage | None = None,
        tags: Mapping[str, str] | None = None,
        aliases: Sequence[str] = (),
        certificate_arn: str | None = None,
        default_root_object: str | None = "index.html",
        failover_codes: Sequence[int] = FAILOVER_CODES,
        allowed_methods: Sequence[str] = READS,
        cache_policy: str = "CachingOptimized",
        response_headers_policy: str = "SecurityHeadersPolicy",
        behaviors: Sequence[CacheBehavior] = (),
        web_acl_arn: str | None = None,
        log_bucket: str | None = None,
        price_class: str = "PriceClass_All",
        error_rate_percent: float = 5,
    ) -> None:
        settlement = settle(
            place,
            id,
            Kind.DISTRIBUTION,
            objective=objective,
            accept=accept,
            pattern=pattern,
            usage=usage,
            tags=tags,
        )
        site = settlement.sites.global_
        self.settlement = settlement
        self.bucket = _checked_bucket(bucket, settlement)
        _check_names(aliases, certificate_arn)
        _check_root(default_root_object, failover_codes)
        check_methods(allowed_methods, f"of distribution {id!r}", from_buckets=True)
        policy_id("cloudfront.cache_policy", cache_policy, "cache_policy")
        policy_id("cloudfront.response_headers_policy", response_headers_policy, "response_headers_policy")
        _check_behaviors(behaviors)
        _check_form(web_acl_arn, _WEB_ACL, "web_acl_arn", "arn:aws:wafv2:us-east-1:<account>:global/webacl/<name>/<id>")
        _check_form(log_bucket, _LOG_BUCKET, "log_bucket", "the domain name of a bucket, <name>.s3.amazonaws.com")
        check_limit("cloudfront.price_class", price_class, "price_class")
        _check_percent(error_rate_percent)

        super().__init__(site.scope, id)
        self.origin_access_control = AwsResource(
            self,
            "origin-access-control",
            "aws_cloudfront_origin_access_control",
            {
                "name": fitted_name(settlement.full_name, limit("cloudfront.origin_access_control_name").most),
                "description": fitted_name(
                    f"{settlement.full_name} reads its buckets",
                    limit("cloudfront.origin_access_control_description").most,
                ),
                "origin_access_control_origin_type": "s3",
                "signing_behavior": "always",
                "signing_protocol": "sigv4",
            },
            provider=site.provider,
        )
        copy = bucket.recovery if settlement.protection("origin_group") is not None else None
        target = _PRIMARY if copy is None else _GROUP
        group = {
            "origin_id": _GROUP,
            "failover_criteria": {"status_codes": sorted(failover_codes)},
            "member": [{"origin_id": _PRIMARY}, {"origin_id": _RECOVERY}],
        }
        origins = [self._origin(_PRIMARY, bucket.primary)]
        if copy is not None:
            origins.append(self._origin(_RECOVERY, copy))
        hosts = {behavior.origin: None for behavior in behaviors if behavior.origin is not None}
        origins += [_own_origin(host) for host in hosts]
        default = behavior_arguments(target, tuple(allowed_methods), cache_policy, response_headers_policy)
        self.distribution = AwsResource(
            self,
            "Default",
            "aws_cloudfront_distribution",
            {
                "comment": fitted_name(settlement.full_name, limit("cloudfront.comment").most),
                "enabled": True,
                "is_ipv6_enabled": True,
                "http_version": "http2and3",
                "price_class": price_class,
                "aliases": list(aliases) or None,
                "default_root_object": default_root_object,
                "web_acl_id": web_acl_arn,
                "origin": origins,
                "origin_group": None if copy is None else group,
                "default_cache_behavior": default,
                "ordered_cache_behavior": [one.arguments(one.origin or target) for one in behaviors] or None,
                "viewer_certificate": _certificate(certificate_arn),
                "restrictions": {"geo_restriction": {"restriction_type": "none"}},
                "logging_config": None
                if log_bucket is None
                else {"bucket": log_bucket, "prefix": f"{settlement.full_name}/"},
                "tags": settlement.tags,
            },
            provider=site.provider,
        )
        together = all(one is None or one.site.stack is site.stack for one in (bucket.primary, bucket.recovery))
        bucket.allow_distribution(
            self.distribution.ref("arn") if together else None, see_what_is_missing=default_root_object is not None
        )
        self.error_alarm = self._alarm(error_rate_percent)
        for label, value in (("url", self.url), ("distribution-id", self.distribution_id)):
            write_output(site, f"{settlement.full_name}-{label}", value, f"{label} of {id}")

    @property
    def domain_name(self) -> str:
        """CloudFront's own name for it, such as `d111111abcdef8.cloudfront.net`; the target of a DNS alias."""
        return self.distribution.ref("domain_name")

    @property
    def hosted_zone_id(self) -> str:
        """The hosted zone that a DNS alias to it names."""
        return self.distribution.ref("hosted_zone_id")

    @property
    def distribution_id(self) -> str:
        """CloudFront's id of it."""
        return self.distribution.ref("id")

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self.distribution.ref("arn")

    @property
    def url(self) -> str:
        """Where it answers: the first alias, else CloudFront's own name."""
        aliases = self.distribution.arguments.get("aliases")
        return f"https://{aliases[0] if aliases else self.domain_name}"

    def _origin(self, id_: str, bucket: RegionalBucket) -> dict[str, object]:
        protection = self.settlement.protection("origin_group")
        patience: dict[str, object] = {}
        if protection is not None:
            mechanism = load_catalog().mechanism("distribution", "origin_group")
            patience = {
                "connection_attempts": parameter("connection_attempts", protection.parameters, mechanism),
                "connection_timeout": parameter("connection_timeout_seconds", protection.parameters, mechanism),
            }
        return {
            "origin_id": id_,
            "domain_name": bucket.domain_name_in(self.settlement.sites.global_),
            "origin_access_control_id": self.origin_access_control.ref("id"),
            **patience,
        }

    def _alarm(self, percent: float) -> AwsResource:
        # The objective counts on hearing of it within its detection time.
        minutes = max(1, self.settlement.objective.assumptions.detection_time // _MINUTE)
        return alarm(
            self,
            "errors",
            self.settlement.sites.global_,
            name=f"{self.settlement.full_name}-5xx",
            description=(
                f"more than {percent:g} % of requests to {self.settlement.full_name} are answered with 5xx: "
                f"look whether the origins can be reached, and who may read the buckets and their keys"
            ),
            namespace="AWS/CloudFront",
            metric="5xxErrorRate",
            dimensions={"DistributionId": self.distribution_id, "Region": "Global"},
            threshold=percent,
            tags=self.settlement.tags,
            statistic="Average",
            period=_MINUTE,
            periods=minutes,
            # No requests, no data.
            missing="notBreaching",
        )


def _own_origin(host: str) -> dict[str, object]:
    return {
        "origin_id": host,
        "domain_name": host,
        "custom_origin_config": {
            "http_port": 80,
            "https_port": 443,
            "origin_protocol_policy": "https-only",
            "origin_ssl_protocols": ["TLSv1.2"],
        },
    }


def _certificate(arn: str | None) -> dict[str, object]:
    if arn is None:
        return {"cloudfront_default_certificate": True}
    return {
        "acm_certificate_arn": arn,
        "ssl_support_method": "sni-only",
        "minimum_protocol_version": "TLSv1.2_2021",
    }


def _checked_bucket(bucket: object, settlement: Settlement) -> Bucket:
    name = settlement.name
    if not isinstance(bucket, Bucket):
        msg = f"the bucket of distribution {name!r} is {bucket!r}; give a Bucket"
        raise ConfigurationError(msg)
    other = bucket.settlement
    if other.sites is not settlement.sites:
        msg = (
            f"distribution {name!r} is built over the sites {settlement.sites.name!r} and bucket {other.name!r} over "
            f"{other.sites.name!r}; build both in one workload"
        )
        raise ConfigurationError(msg)
    if settlement.protection("origin_group") is not None and bucket.recovery is None:
        msg = (
            f"distribution {name!r} needs an origin group to keep {settlement.assessment.objective}, and bucket "
            f"{other.name!r} (pattern {other.pattern}) has no copy in {settlement.sites.recovery_region} to fail over "
            f"to; give the bucket an objective, or a pattern, that replicates it, or accept a looser target for the "
            f"distribution"
        )
        raise ConfigurationError(msg)
    return bucket


def _check_names(aliases: object, certificate_arn: str | None) -> None:
    if isinstance(aliases, str) or not isinstance(aliases, Iterable):
        msg = f"aliases is {aliases!r}; give a list of DNS names"
        raise ConfigurationError(msg)
    names = list(aliases)
    for alias in names:
        if not isinstance(alias, str) or not (is_token(alias) or _ALIAS.fullmatch(alias)):
            msg = f"alias {alias!r} is not a DNS name in lower case; give one such as www.example.com"
            raise ConfigurationError(msg)
    if len(set(names)) != len(names):
        msg = f"aliases is {', '.join(names)}; name each once"
        raise ConfigurationError(msg)
    if names and certificate_arn is None:
        msg = (
            f"aliases is {', '.join(names)}, and CloudFront's own certificate does not cover them; give certificate_arn"
        )
        raise ConfigurationError(msg)
    _check_form(
        certificate_arn,
        _CERTIFICATE,
        "certificate_arn",
        "arn:aws:acm:us-east-1:<account>:certificate/<id>, as CloudFront reads certificates in us-east-1 only",
    )


def _check_root(root: object, codes: Sequence[int]) -> None:
    if root is not None and (not isinstance(root, str) or not root.strip() or root.startswith("/")):
        msg = f'default_root_object is {root!r}; give the name of an object, without "/" at its start, or None'
        raise ConfigurationError(msg)
    if isinstance(codes, str) or not isinstance(codes, Iterable):
        msg = f"failover_codes is {codes!r}; give a list of status codes such as {FAILOVER_CODES}"
        raise ConfigurationError(msg)
    given = list(codes)
    if not given:
        msg = f"failover_codes is empty, so no answer would fail over; give some, such as {FAILOVER_CODES}"
        raise ConfigurationError(msg)
    for code in given:
        check_limit("cloudfront.failover_status_code", code, "a status code in failover_codes")
    if len(set(given)) != len(given):
        msg = f"failover_codes is {', '.join(map(str, given))}; name each once"
        raise ConfigurationError(msg)
    if root is None and 404 in given:
        msg = (
            "failover_codes has 404, but without default_root_object S3 answers 403 for an object that is missing; "
            "give default_root_object, or use 403"
        )
        raise ConfigurationError(msg)


def _check_behaviors(behaviors: object) -> None:
    if isinstance(behaviors, str) or not isinstance(behaviors, Iterable):
        msg = f"behaviors is {behaviors!r}; give a list of CacheBehavior(...)"
        raise ConfigurationError(msg)
    seen = set()
    for behavior in behaviors:
        if not isinstance(behavior, CacheBehavior):
            msg = f"a behavior is {behavior!r}; give CacheBehavior(path_pattern=...)"
            raise ConfigurationError(msg)
        path = behavior.path_pattern.removeprefix("/")
        if path in seen:
            msg = f"path_pattern {behavior.path_pattern!r} is there twice, and the second is never used; leave one out"
            raise ConfigurationError(msg)
        seen.add(path)


def _check_form(value: object, form: re.Pattern[str], name: str, allowed: str) -> None:
    if value is None or (isinstance(value, str) and (is_token(value) or form.fullmatch(value))):
        return
    msg = f"{name} is {value!r}; give {allowed}"
    raise ConfigurationError(msg)


def _check_percent(value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 100:
        msg = f"error_rate_percent is {value!r}; give a number above 0 and below 100"
        raise ConfigurationError(msg)
