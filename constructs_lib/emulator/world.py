"""What all stand-ins share: what a test has set, states that last for some polls, and Regions that are gone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import attrs

from constructs_lib.emulator.clock import Clock
from constructs_lib.emulator.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable


@attrs.frozen(kw_only=True)
class Settings:
    """What a test sets, before or while the emulator runs.

    `polls` is how many times a client that waits sees a state such as `creating` before it ends (0: never).
    `replication_delay` is how many seconds a write takes to the other Region (0: it is there when the call returns).
    `postgres` gives databases that are made from now on a PostgreSQL. `clock_speed` is how many seconds pass in one,
    for health checks, alarms, schedules and what is on the way. `db_instances` is the quota of RDS instances that an
    account is said to have in a Region.
    """

    polls: int = attrs.field(default=0, validator=attrs.validators.ge(0))
    replication_delay: float = attrs.field(default=0.0, validator=attrs.validators.ge(0))
    postgres: bool = False
    clock_speed: float = attrs.field(default=1.0, validator=attrs.validators.gt(0))
    db_instances: int = attrs.field(default=40, validator=attrs.validators.ge(0))


@attrs.define
class _Transition:
    state: str
    left: int


class World:
    """The settings in force, the transitions under way and the Regions that are gone, with the moment they went.

    `listeners` are called when a Region goes or returns.
    """

    def __init__(self, account: str) -> None:
        self.account = account
        self.settings = Settings()
        self.clock = Clock()
        self.metrics = Metrics(self.clock)
        self.lost: dict[str, float] = {}
        self.settled = 0.0
        self.listeners: list[Callable[[], Awaitable[None]]] = []
        self._transitions: dict[Hashable, _Transition] = {}

    def configure(self, **changes: Any) -> None:
        """Change settings; what waits for polls that are no longer set is over."""
        self.settings = attrs.evolve(self.settings, **changes)
        self.clock.set_speed(self.settings.clock_speed)
        if not self.settings.polls:
            self._transitions.clear()

    def begin(self, key: Hashable, state: str) -> None:
        """Let `key` be in `state` for as many polls as are set."""
        if self.settings.polls:
            self._transitions[key] = _Transition(state, self.settings.polls)

    def under_way(self, key: Hashable) -> str | None:
        """Return the state `key` is still in."""
        transition = self._transitions.get(key)
        return transition.state if transition is not None and transition.left else None

    def polled(self, key: Hashable) -> str | None:
        """Return the state to show for `key`, and count this poll."""
        if (transition := self._transitions.get(key)) is None:
            return None
        transition.left -= 1
        if transition.left < 0:
            del self._transitions[key]
            return None
        return transition.state

    def ended(self, key: Hashable) -> None:
        """Forget what `key` was doing."""
        self._transitions.pop(key, None)

    def arrived_until(self, region: str) -> float:
        """Return the time up to which what was written in `region` has reached other Regions, as a Unix time."""
        until = self.lost.get(region, time.time())
        delay = self.settings.replication_delay / self.settings.clock_speed
        return max(until - delay, min(self.settled, until))

    def lag(self, region: str) -> float:
        """Return how many seconds, of those that `clock_speed` makes faster, other Regions are behind `region`."""
        return max(0.0, time.time() - self.arrived_until(region)) * self.settings.clock_speed
