"""Route 53 health checks at work: they ask, count, and turn after as many answers in a row as their threshold says.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html. All of
Route 53's checkers see the same here, so that one stands for them all.
"""

from __future__ import annotations

import asyncio
import http.client
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import attrs

from constructs_lib.emulator.edges.places import Unreachable, Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.edges.places import Places

_HOME: Final = "us-east-1"
_SECURE_PORT: Final = 443
_TCP_SECONDS: Final = 10.0
_SEARCHED_BYTES: Final = 5120


@attrs.define
class Observed:
    """What the checkers saw: the state, how often in a row it was contradicted, the last result and failure."""

    healthy: bool = True
    against: int = 0
    asked: float = float("-inf")
    result: str = ""
    failure: str = ""
    failed: float = 0.0


class HealthChecks:
    """The state of every health check. `alarm` tells OK, ALARM or INSUFFICIENT_DATA by the data of an alarm."""

    def __init__(self, inquiry: Inquiry, places: Places, alarm: Callable[[str, str], str]) -> None:
        self._inquiry = inquiry
        self._places = places
        self._alarm = alarm
        # Nothing exists when the emulator starts, and nobody has to be asked.
        self._checks: dict[str, Mapping[str, Any]] | None = {}
        self._observed: dict[str, Observed] = {}
        self._last_known: dict[str, bool] = {}

    def forget(self) -> None:
        """Read the configurations again: they may have changed."""
        self._checks = None

    async def known(self) -> dict[str, Mapping[str, Any]]:
        """Return each health check's configuration by its id."""
        if self._checks is None:
            checks: dict[str, Mapping[str, Any]] = {}
            page: dict[str, Any] = {}
            while True:
                found = await self._inquiry("route53", "ListHealthChecks", _HOME, **page) or {}
                checks |= {check["Id"]: check["HealthCheckConfig"] for check in found.get("HealthChecks", [])}
                if not found.get("IsTruncated"):
                    break
                page = {"Marker": found["NextMarker"]}
            self._checks = checks
            self._observed = {identifier: self._observed.get(identifier, Observed()) for identifier in checks}
        return self._checks

    def observed(self, identifier: str) -> Observed:
        """Return what was seen of the endpoint of a check that `known` has returned."""
        return self._observed[identifier]

    async def step(self, now: float) -> None:
        """Ask the endpoints that are due."""
        due = [
            self._ask(identifier, check, now)
            for identifier, check in (await self.known()).items()
            if _asks(check) and now - self._observed[identifier].asked >= int(check.get("RequestInterval") or 30)
        ]
        await asyncio.gather(*due)

    async def healthy(self, identifier: str) -> bool:
        """Tell whether Route 53 takes the check, inverted where it says so, for healthy; one that is gone is."""
        check = (await self.known()).get(identifier)
        if check is None:
            return True
        return (await self._as_seen(identifier, check)) != bool(check.get("Inverted"))

    async def _as_seen(self, identifier: str, check: Mapping[str, Any]) -> bool:
        if check.get("Disabled"):
            return True
        if check["Type"] == "CALCULATED":
            children = [await self.healthy(child) for child in check.get("ChildHealthChecks", [])]
            return sum(children) >= int(check.get("HealthThreshold") or 0)
        if check["Type"] == "CLOUDWATCH_METRIC":
            return self._by_alarm(identifier, check)
        return self._observed[identifier].healthy

    def _by_alarm(self, identifier: str, check: Mapping[str, Any]) -> bool:
        state = self._alarm(check["AlarmIdentifier"]["Region"], check["AlarmIdentifier"]["Name"])
        if state == "INSUFFICIENT_DATA":
            # A new check is healthy: https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html.
            assumed = {"Healthy": True, "Unhealthy": False}
            return assumed.get(check.get("InsufficientDataHealthStatus", ""), self._last_known.get(identifier, True))
        self._last_known[identifier] = state == "OK"
        return self._last_known[identifier]

    async def _ask(self, identifier: str, check: Mapping[str, Any], now: float) -> None:
        observed = self._observed[identifier]
        observed.asked = now
        try:
            observed.result, well = await self._result(check), True
        except Unreachable as error:
            observed.result, well = f"Failure: {error}", False
            observed.failure, observed.failed = observed.result, now
        observed.against = 0 if well == observed.healthy else observed.against + 1
        if observed.against >= int(check.get("FailureThreshold") or 3):
            observed.healthy, observed.against = well, 0

    async def _result(self, check: Mapping[str, Any]) -> str:
        kind, name = check["Type"], check.get("FullyQualifiedDomainName", "")
        port = int(check.get("Port") or (_SECURE_PORT if kind.startswith("HTTPS") else 80))
        where = check.get("IPAddress") or name
        if kind == "TCP":
            await self._places.connect(where, port, _TCP_SECONDS)
            return "Success: TCP connection established."
        path = "/" + check.get("ResourcePath", "/").lstrip("/")
        reply = await self._places.visit(Visit(host=name or where, target=path), where, port)
        said = f"HTTP Status Code {reply.status}, {http.client.responses.get(reply.status, 'Unknown')}"
        if not HTTPStatus.OK <= reply.status < HTTPStatus.BAD_REQUEST:
            raise Unreachable(said)
        if kind.endswith("STR_MATCH") and check.get("SearchString", "").encode() not in reply.body[:_SEARCHED_BYTES]:
            raise Unreachable(f"{said}. The response body did not contain the search string")
        return f"Success: {said}"


def _asks(check: Mapping[str, Any]) -> bool:
    return not check.get("Disabled") and check["Type"].startswith(("HTTP", "TCP"))
