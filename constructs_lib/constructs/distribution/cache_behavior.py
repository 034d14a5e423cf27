"""What a distribution does with the requests for some paths."""

from __future__ import annotations

import re

import attrs

from constructs_lib.catalog.limits import Limit, limit
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import refuse
from constructs_lib.terraform.token import is_token

READS = ("GET", "HEAD", "OPTIONS")
"""The methods an origin group can serve."""

_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_METHODS = (("GET", "HEAD"), READS, (*READS, "PUT", "PATCH", "POST", "DELETE"))


@attrs.frozen(kw_only=True)
class CacheBehavior:
    """What a `Distribution` does with the requests for some paths.

    Args:
        path_pattern: Such as `api/*` or `images/*.jpg`. `*` is the distribution's own behavior.
        origin: DNS name of an origin of your own, asked over HTTPS, for what no bucket can do, such as writes.
            CloudFront does not fail over for it: give a name that fails over by itself, such as that of a failover
            record. Default: the distribution's buckets.
        allowed_methods: `GET` and `HEAD`, with or without `OPTIONS`; for an origin of your own all seven as well.
            Default: reads from buckets, all for an origin.
        cache_policy: The name of a managed cache policy, or the id of one of your own. Default: `CachingOptimized`
            for buckets, `CachingDisabled` for an origin.
        response_headers_policy: The same for response headers. Default `SecurityHeadersPolicy`.

    Raises:
        ConfigurationError: If the path, the origin or a method is not allowed.
    """

    path_pattern: str
    origin: str | None = None
    allowed_methods: tuple[str, ...] | None = None
    cache_policy: str | None = None
    response_headers_policy: str = "SecurityHeadersPolicy"

    def __attrs_post_init__(self) -> None:
        pattern = self.path_pattern
        if not isinstance(pattern, str) or not pattern.isascii() or not pattern.isprintable() or " " in pattern:
            refuse("path_pattern", pattern, "a path of ASCII characters without spaces, such as 'api/*'")
        limit("cloudfront.path_pattern").check_length(pattern, "path_pattern")
        if pattern in ("*", "/*"):
            msg = f"path_pattern is {pattern!r}, which is all there is; that is set with the distribution's own options"
            raise ConfigurationError(msg)
        where = f"of {pattern!r}"
        if self.origin is not None and not _is_host(self.origin):
            refuse(f"the origin {where}", self.origin, "a DNS name such as api.example.com, without https://")
        check_methods(self.methods, where, from_buckets=self.origin is None)
        policy_id("cloudfront.cache_policy", self.cache, f"cache_policy {where}")
        policy_id(
            "cloudfront.response_headers_policy", self.response_headers_policy, f"response_headers_policy {where}"
        )

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods it allows."""
        if self.allowed_methods is not None:
            return self.allowed_methods
        return READS if self.origin is None else _METHODS[-1]

    @property
    def cache(self) -> str:
        """The cache policy it uses."""
        if self.cache_policy is not None:
            return self.cache_policy
        return "CachingOptimized" if self.origin is None else "CachingDisabled"

    def arguments(self, target: str) -> dict[str, object]:
        """Return the block of `aws_cloudfront_distribution`, with *target* as the id of its origin or origin group."""
        through = limit("cloudfront.origin_request_policy").identifiers["AllViewerExceptHostHeader"]
        return {
            "path_pattern": self.path_pattern,
            # A buckets' name would be refused by the origin, which expects its own.
            "origin_request_policy_id": None if self.origin is None else through,
            **behavior_arguments(target, self.methods, self.cache, self.response_headers_policy),
        }


def behavior_arguments(
    target: str, methods: tuple[str, ...], cache_policy: str, response_headers_policy: str
) -> dict[str, object]:
    """Return what a default and an additional behavior have in common."""
    return {
        "target_origin_id": target,
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": list(methods),
        "cached_methods": [method for method in methods if method in READS],
        "compress": True,
        "cache_policy_id": policy_id("cloudfront.cache_policy", cache_policy, "cache_policy"),
        "response_headers_policy_id": policy_id(
            "cloudfront.response_headers_policy", response_headers_policy, "response_headers_policy"
        ),
    }


def check_methods(methods: object, where: str, *, from_buckets: bool) -> None:
    """Check allowed methods.

    Raises:
        ConfigurationError: If they are not one of CloudFront's sets, or writes for an origin group.
    """
    what = f"allowed_methods {where}"
    if not isinstance(methods, tuple | list):
        refuse(what, methods, f"a tuple such as {READS}")
    allowed: Limit = limit("cloudfront.origin_group_method" if from_buckets else "cloudfront.method")
    for method in methods:
        allowed.check(method, f"a method in {what}")
    sets = _METHODS[:-1] if from_buckets else _METHODS
    if not any(sorted(methods) == sorted(one) for one in sets):
        msg = f"{what} is {', '.join(methods) or 'empty'}; allowed: {' or '.join(', '.join(one) for one in sets)}"
        raise ConfigurationError(msg)


def policy_id(limit_id: str, given: object, name: str) -> str:
    """Return the id of a managed policy by its name, or *given* itself where it is an id or a reference.

    Raises:
        ConfigurationError: If it is neither; the message lists the names there are.
    """
    if isinstance(given, str) and (is_token(given) or _ID.fullmatch(given)):
        return given
    return limit(limit_id).identifier(given, name)


def _is_host(value: object) -> bool:
    return isinstance(value, str) and (is_token(value) or _HOST.fullmatch(value) is not None)
