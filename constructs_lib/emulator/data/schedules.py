"""EventBridge: rules and schedules fire by the clock that the gateway keeps, and an event can go to another Region.

ministack fires by real time, and drops what is for a bus elsewhere. Such an event is handed to the gateway, which knows
whether its role may put it there, and gives it back as one that arrived.
"""

from __future__ import annotations

import time
from collections import Counter
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from constructs_lib.emulator.data.replacing import replace

if TYPE_CHECKING:
    from constructs_lib.emulator.data.links import Links


class Schedules:
    """Fires what is due when told the time; `fire` and `arrive` are called by the gateway."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._ahead = 0.0
        self._firing: float | None = None
        self._leaving: list[dict[str, Any]] = []
        self._counted: Counter[tuple[str, str, str]] = Counter()
        self._matched: tuple[str, str, str] | None = None

    def install(self) -> None:
        """Stop ministack's own firing and take our place in it."""
        self._rules = import_module("ministack.services.eventbridge")
        self._schedules = import_module("ministack.services.scheduler")
        self._scope = import_module("ministack.core.responses")
        self._invoke = self._rules._invoke_target
        replace(
            self._rules,
            {"start_scheduler": lambda: None, "_now_ts": self._now, "_invoke_target": self._invoke_target},
        )
        replace(self._schedules, {"start_scheduler": lambda: None, "time": SimpleNamespace(time=self._now)})

    def fire(self, now: float) -> dict[str, Any]:
        """Fire what is due at `now`; return the events that leave for another Region, and what rules did since."""
        self._ahead, self._firing = now - time.time(), now
        try:
            self._rules._tick_scheduled_rules()
            self._schedules._tick_schedules()
        finally:
            self._firing = None
        leaving, self._leaving = self._leaving, []
        counted, self._counted = self._counted, Counter()
        did = [
            {"region": region, "rule": rule, "metric": metric, "count": count}
            for (region, rule, metric), count in counted.items()
        ]
        return {"leaving": leaving, "did": did}

    def arrive(self, account: str, region: str, bus: str, event: dict[str, Any]) -> dict[str, bool]:
        """Put an event of another Region on a bus; tell whether there is such a bus."""
        with self._scope.request_scope(account, region):
            self._rules._ensure_default_bus()
            if bus not in self._rules._event_buses:
                return {"arrived": False}
            self._rules._dispatch_event(event | {"EventBusName": bus})
        return {"arrived": True}

    def _now(self) -> float:
        # Were it later by what the machine takes, what is due five minutes after would be due a step later still.
        return time.time() + self._ahead if self._firing is None else self._firing

    def _invoke_target(
        self, target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None
    ) -> None:
        region, name = self._scope.get_region(), rule.get("Name", "")
        if region in self._links.lost:
            return
        if (matched := (event.get("EventId", ""), region, name)) != self._matched:
            # A rule with several targets matches once.
            self._matched = matched
            self._counted[region, name, "MatchedEvents"] += 1
            self._counted[region, name, "TriggeredRules"] += 1
        self._counted[region, name, "Invocations"] += 1
        arn = target.get("Arn", "").split(":")
        if arn[2:3] == ["events"] and arn[5].startswith("event-bus/") and arn[3] != region:
            self._leaving.append(
                {
                    "role": target.get("RoleArn", ""),
                    "bus": target["Arn"],
                    "rule": name,
                    "source": rule.get("Arn", ""),
                    "region": region,
                    "event": {key: value for key, value in event.items() if key != "_DispatchPath"},
                }
            )
            return
        self._invoke(target, event, rule, view)
