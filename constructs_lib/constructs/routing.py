"""How traffic gets to the Region that can serve it."""

from __future__ import annotations

import re

import attrs

from constructs_lib.errors import ConfigurationError

_HOST = re.compile(
    r"(?=.{1,253}\.?$)([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?\.?", re.ASCII
)


@attrs.frozen(kw_only=True)
class HealthCheckRouting:
    """Route 53 failover: health checks on the primary endpoint, and a pair of failover records.

    No control plane takes part in the failover. It comes back by itself as well, which is why components behind it are
    built so that both Regions can write.

    Args:
        zone_id: The hosted zone of the record.
        record_name: The name callers use, such as `shop.example.com`.
        primary_endpoint: What serves in the primary Region, such as the name of a load balancer.
        recovery_endpoint: What serves in the recovery Region.
        path: What the health check asks for, over HTTPS. Default `/health`.
        fast: Whether checkers ask every 10 s (billed) in place of every 30 s. Default: every 30 s.

    Raises:
        ConfigurationError: If a name is not a DNS name, both endpoints are the same, or the path does not start
            with `/`.
    """

    zone_id: str
    record_name: str
    primary_endpoint: str
    recovery_endpoint: str
    path: str = "/health"
    fast: bool = False

    def __attrs_post_init__(self) -> None:
        for field in ("record_name", "primary_endpoint", "recovery_endpoint"):
            value = getattr(self, field)
            if not isinstance(value, str) or ("${" not in value and not _HOST.fullmatch(value.lower())):
                msg = f"{field} is {value!r}; give a DNS name such as shop.example.com"
                raise ConfigurationError(msg)
        if self.primary_endpoint == self.recovery_endpoint:
            msg = f"both endpoints are {self.primary_endpoint}; the recovery endpoint must be in the other Region"
            raise ConfigurationError(msg)
        if not self.path.startswith("/"):
            msg = f'path is {self.path!r}; start it with "/"'
            raise ConfigurationError(msg)

    @property
    def name(self) -> str:
        """Its name in the catalog."""
        return "fast_health_check" if self.fast else "health_check"
