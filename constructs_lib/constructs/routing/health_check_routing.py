"""How traffic gets to the Region that can serve it."""

from __future__ import annotations

import re
from typing import Literal

import attrs

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.sites.hosted_zone import check_zone_id
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import check_flag, refuse
from constructs_lib.terraform.token import is_token

_PATH = re.compile(r"[!-~]+", re.ASCII)
_HOST = re.compile(
    r"(?=.{1,253}\.?$)([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?\.?", re.ASCII
)


def _same(one: str, other: str) -> bool:
    """Tell whether two names are one in DNS, where case and the last dot do not count."""
    return one.lower().rstrip(".") == other.lower().rstrip(".")


def _names(given: object) -> object:
    """Return a list of names as it is kept; what is none is refused with its field."""
    return tuple(given) if isinstance(given, (list, tuple)) else (given,)


@attrs.frozen(kw_only=True)
class HealthCheckRouting:
    """Route 53 failover: health checks on the primary endpoint, and a pair of failover or weighted records.

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
        data_path: What a second health check asks for at the same endpoint: a page that answers only while the
            application can use its data. Default: the service alone is asked.
        data_alarms: The names of CloudWatch alarms of the primary Region that tell that its data fail, each of which
            turns the record too: of one metric, by a standard statistic. Data that end turn nothing. Default: none.
        moves_when: Whether one of service and data that fails is enough (`any`), or both have to (`all`), which a
            glitch of one does not turn. Default `any`.
        recovery_share_percent: How much of the traffic the recovery Region serves every day, 1 to 99: weighted records
            in place of failover records, each with a health check of its own, so that what serves takes all. Default:
            none, and failover records.

    Raises:
        ConfigurationError: If a zone's id is none, or that of one endpoint alone is given, a name is not a DNS name,
            two names are the same, a path does not start with `/` or holds what a URL cannot, both paths are one, an
            alarm has no name, *fast* or *by_latch* is no truth value, *by_latch* goes with what turns a record by
            itself, or *moves_when* is `all` and no *data_path* says of what, or alarms do, which the loss of their
            Region silences.
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
    data_path: str | None = None
    data_alarms: tuple[str, ...] = attrs.field(default=(), converter=_names)
    moves_when: Literal["any", "all"] = "any"
    recovery_share_percent: int | None = None

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
        check_zone_id(self.zone_id, "zone_id")
        for field in ("primary_zone_id", "recovery_zone_id"):
            if getattr(self, field) is not None:
                check_zone_id(getattr(self, field), field)
        if (self.primary_zone_id is None) != (self.recovery_zone_id is None):
            msg = "primary_zone_id and recovery_zone_id go together: both records are aliases, or none is"
            raise ConfigurationError(msg)
        check_flag(self.fast, "fast")
        check_flag(self.by_latch, "by_latch")
        self._check_path("path", self.path)
        self._check_data()
        if self.recovery_share_percent is not None:
            limit("route53.recovery_share_percent").check(self.recovery_share_percent, "recovery_share_percent")

    def _check_data(self) -> None:
        if self.data_path is not None:
            self._check_path("data_path", self.data_path)
            if self.data_path == self.path:
                msg = f"data_path is {self.data_path}, as path is; name a page that answers while the data can be used"
                raise ConfigurationError(msg)
        for name in self.data_alarms:
            if not isinstance(name, str) or not name:
                refuse("data_alarms", self.data_alarms, 'names of alarms such as ["ledger-fails"]')
            if not is_token(name):
                limit("cloudwatch.alarm_name").check_length(name, "data_alarms")
        if self.moves_when not in ("any", "all"):
            refuse("moves_when", self.moves_when, '"any" or "all"')
        if self.moves_when == "all" and (self.data_path is None or self.data_alarms):
            msg = (
                'moves_when is "all", which is told by path and data_path alone: give data_path, and no data_alarms, '
                "since an alarm tells nothing once its Region is lost"
            )
            raise ConfigurationError(msg)
        for field in ("data_path", "data_alarms", "recovery_share_percent"):
            if self.by_latch and getattr(self, field):
                msg = f"by_latch has the record follow the latch alone, and {field} turns it too; leave one of them out"
                raise ConfigurationError(msg)

    @staticmethod
    def _check_path(field: str, value: object) -> None:
        if not isinstance(value, str):
            refuse(field, value, 'text such as "/health"')
        if is_token(value):
            return
        if not value.startswith("/"):
            msg = f'{field} is {value!r}; start it with "/"'
            raise ConfigurationError(msg)
        if not _PATH.fullmatch(value):
            msg = f"{field} is {value!r}; use ASCII characters without spaces, and percent-encode others"
            raise ConfigurationError(msg)
        limit("route53.health_check_path").check_length(value, field)

    @property
    def name(self) -> str:
        """The routing of the catalog that components may count on."""
        return "manual" if self.by_latch else self.checks

    @property
    def checks(self) -> str:
        """The routing of the catalog whose health check is built."""
        return "fast_health_check" if self.fast else "health_check"
