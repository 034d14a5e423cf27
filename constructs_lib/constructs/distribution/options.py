"""What a caller may say about a distribution, checked before anything is built."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import msgspec

from constructs_lib.catalog.limits import check_limit
from constructs_lib.constructs.distribution.cache_behavior import (
    CacheBehavior,
    behavior_arguments,
    check_methods,
    policy_id,
)
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import refuse
from constructs_lib.terraform.token import is_token

if TYPE_CHECKING:
    from collections.abc import Sequence

DistributionPattern = Literal[
    "single_origin",
    "origin_group",
]
"""The patterns of the catalog for a distribution."""

FAILOVER_CODES = (500, 502, 503, 504)
"""The answers that send a request to the copy unless told otherwise: those that put the fault on the primary."""

_CERTIFICATE = re.compile(r"arn:aws:acm:us-east-1:[0-9]{12}:certificate/[0-9a-z-]+", re.ASCII)
_WEB_ACL = re.compile(r"arn:aws:wafv2:us-east-1:[0-9]{12}:global/webacl/[\w-]+/[0-9a-f-]+", re.ASCII)
_ALIAS = re.compile(
    r"(?=.{1,253}$)(\*\.)?([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII
)
_LOG_BUCKET = re.compile(r"[a-z0-9.-]{3,63}\.s3(\.[a-z0-9-]+)?\.amazonaws\.com", re.ASCII)


class DistributionOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of a distribution, as `Distribution` takes and documents them.

    Raises:
        ConfigurationError: If CloudFront would not accept one of them, or two of them together.
    """

    aliases: Sequence[str]
    certificate_arn: str | None
    default_root_object: str | None
    failover_codes: Sequence[int]
    allowed_methods: Sequence[str]
    cache_policy: str
    response_headers_policy: str
    behaviors: Sequence[CacheBehavior]
    web_acl_arn: str | None
    log_bucket: str | None
    price_class: str
    error_rate_percent: float

    def __post_init__(self) -> None:
        _check_names(self.aliases, self.certificate_arn)
        _check_root(self.default_root_object, self.failover_codes)
        check_methods(self.allowed_methods, "of the distribution", from_buckets=True)
        policy_id("cloudfront.cache_policy", self.cache_policy, "cache_policy")
        policy_id("cloudfront.response_headers_policy", self.response_headers_policy, "response_headers_policy")
        _check_behaviors(self.behaviors)
        web_acl = "arn:aws:wafv2:us-east-1:<account>:global/webacl/<name>/<id>"
        _check_form(self.web_acl_arn, _WEB_ACL, "web_acl_arn", web_acl)
        logs = "the domain name of a bucket, <name>.s3.amazonaws.com"
        _check_form(self.log_bucket, _LOG_BUCKET, "log_bucket", logs)
        check_limit("cloudfront.price_class", self.price_class, "price_class")
        _check_percent(self.error_rate_percent)

    @property
    def hosts(self) -> list[str]:
        """The origins of the caller's own, each once."""
        return list(dict.fromkeys(behavior.origin for behavior in self.behaviors if behavior.origin is not None))

    def arguments(self, target: str, *, log_prefix: str) -> dict[str, object]:
        """Return the arguments of `aws_cloudfront_distribution` that the options make.

        Args:
            target: The id of the origin or origin group that requests go to.
            log_prefix: What the names of access logs start with.
        """
        return {
            "price_class": self.price_class,
            "aliases": list(self.aliases) or None,
            "default_root_object": self.default_root_object,
            "web_acl_id": self.web_acl_arn,
            "default_cache_behavior": behavior_arguments(
                target, tuple(self.allowed_methods), self.cache_policy, self.response_headers_policy
            ),
            "ordered_cache_behavior": [one.arguments(one.origin or target) for one in self.behaviors] or None,
            "viewer_certificate": _certificate(self.certificate_arn),
            "logging_config": None if self.log_bucket is None else {"bucket": self.log_bucket, "prefix": log_prefix},
        }


def _certificate(arn: str | None) -> dict[str, object]:
    if arn is None:
        return {"cloudfront_default_certificate": True}
    return {
        "acm_certificate_arn": arn,
        "ssl_support_method": "sni-only",
        "minimum_protocol_version": "TLSv1.2_2021",
    }


def _check_names(aliases: object, certificate_arn: str | None) -> None:
    if isinstance(aliases, str) or not isinstance(aliases, Iterable):
        refuse("aliases", aliases, "a list of DNS names")
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
        refuse("default_root_object", root, 'the name of an object, without "/" at its start, or None')
    if isinstance(codes, str) or not isinstance(codes, Iterable):
        refuse("failover_codes", codes, f"a list of status codes such as {FAILOVER_CODES}")
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
        refuse("behaviors", behaviors, "a list of CacheBehavior(...)")
    seen = set()
    for behavior in behaviors:
        if not isinstance(behavior, CacheBehavior):
            refuse("a behavior", behavior, "CacheBehavior(path_pattern=...)")
        path = behavior.path_pattern.removeprefix("/")
        if path in seen:
            msg = f"path_pattern {behavior.path_pattern!r} is there twice, and the second is never used; leave one out"
            raise ConfigurationError(msg)
        seen.add(path)


def _check_form(value: object, form: re.Pattern[str], name: str, allowed: str) -> None:
    if value is None or (isinstance(value, str) and (is_token(value) or form.fullmatch(value))):
        return
    refuse(name, value, allowed)


def _check_percent(value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 100:
        refuse("error_rate_percent", value, "a number above 0 and below 100")
