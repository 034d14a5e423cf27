"""How traffic gets to the Region that can serve it."""

from __future__ import annotations

import re

import attrs

from constructs_lib.catalog.limits import limit
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import check_flag, refuse
from constructs_lib.terraform.token import is_token

_PATH = re.compile(r"[!-~]+", re.ASCII)
_ZONE = re.compile(r"[A-Z0-9]+", re.ASCII)
_HOST = re.compile(
    r"(?=.{1,253}\.?$)([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?\.?", re.ASCII
)


def _same(one: str, other: str) -> bool:
    """Tell whether two names are one in DNS, where case and the last dot do not count."""
    return one.lower().rstrip(".") == other.lower().rstrip(".")


@attrs.frozen(kw_only=True)
class HealthCheckRouting:
    """Route 53 failover: health checks on the primary endpoint, and a pair of failover records.

    No control plane takes part in the failover. It comes back by itself as well, which is why components behind it are
    built so that both Regions can write where they can. A database or file system that one Region writes to is refused
    behind it, unless traffic moves by the latch of `FailoverRecord` alone, or the component accepts it in writing; then
    hold it with the latch before the writer is moved, until the writer is back.

    Args:
        zone_id: The hosted zone of the record.
        record_name: The name callers use, such as `shop.example.com`.
        primary_endpoint: What serves in the primary Region, such as the name of a load balancer.
        recovery_endpoint: What serves in the recovery Region.
        path: What the health check asks for, over HTTPS. Default `/health`.
        fast: Whether checkers ask every 10 s (billed) in place of every 30 s. Default: every 30 s.
        by_latch: Whether traffic moves only when somebody sets the latch, and back when it is released; the health
            check then only rings. An estimate counts on people, as without a routing. Default: traffic moves by itself.
        primary_zone_id: The hosted zone of the primary endpoint itself, such as the `zone_id` of a load balancer: the
            records are then aliases, which alone may stand at the apex of a zone, and the primary one is answered only
            while its target is healthy. Default: CNAME records.
        recovery_zone_id: That of the recovery endpoint; both or none.

    Raises:
        ConfigurationError: If a zone's id is none, or that of one endpoint alone is given, a name is not a DNS name,
            two names are the same, the path does not start with `/` or holds what a URL cannot, or *fast* or *by_latch*
            is no truth value.
    """

    zone_id: str
    record_name: str
    primary_endpoint: str
    recovery_endpoint: str
    path: str = "/health"
    fast: bool = False
    by_latch: bool = False
    primary_zone_id: str | None = None
    recovery_zone_id: str | None = None

    def __attrs_post_init__(self) -> None:
        for field in ("record_name", "primary_endpoint", "recovery_endpoint"):
            value = getattr(self, field)
            if not isinstance(value, str) or ("${" not in value and not _HOST.fullmatch(value.lower())):
                refuse(field, value, "a DNS name such as shop.example.com")
        if _same(self.primary_endpoint, self.recovery_endpoint):
            msg = f"both endpoints are {self.primary_endpoint}; the recovery endpoint must be in the other Region"
            raise ConfigurationError(msg)
        for field in ("primary_endpoint", "recovery_endpoint"):
            if _same(getattr(self, field), self.record_name):
                msg = (
                    f"{field} is {getattr(self, field)}, as record_name is: the record would point at itself; give the "
                    f"name of what serves, such as that of a load balancer"
                )
                raise ConfigurationError(msg)
        self._check_zone("zone_id", self.zone_id)
        for field in ("primary_zone_id", "recovery_zone_id"):
            if getattr(self, field) is not None:
                self._check_zone(field, getattr(self, field))
        if (self.primary_zone_id is None) != (self.recovery_zone_id is None):
            msg = "primary_zone_id and recovery_zone_id go together: both records are aliases, or none is"
            raise ConfigurationError(msg)
        check_flag(self.fast, "fast")
        check_flag(self.by_latch, "by_latch")
        self._check_path()

    def _check_zone(self, field: str, value: object) -> None:
        if not isinstance(value, str) or not (is_token(value) or _ZONE.fullmatch(value)):
            refuse(field, value, "the id of a hosted zone such as Z0123456789ABCDEFGHIJ")
        if not is_token(value):
            limit("route53.zone_id").check_length(value, field)

    def _check_path(self) -> None:
        if not isinstance(self.path, str):
            refuse("path", self.path, 'text such as "/health"')
        if is_token(self.path):
            return
        if not self.path.startswith("/"):
            msg = f'path is {self.path!r}; start it with "/"'
            raise ConfigurationError(msg)
        if not _PATH.fullmatch(self.path):
            msg = f"path is {self.path!r}; use ASCII characters without spaces, and percent-encode others"
            raise ConfigurationError(msg)
        limit("route53.health_check_path").check_length(self.path, "path")

    @property
    def name(self) -> str:
        """The routing of the catalog that components may count on."""
        return "manual" if self.by_latch else self.checks

    @property
    def checks(self) -> str:
        """The routing of the catalog whose health check is built."""
        return "fast_health_check" if self.fast else "health_check"
