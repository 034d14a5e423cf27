"""The way between two Regions: what was written arrives later, and waits while either of them is gone."""

from __future__ import annotations

import heapq
import itertools
import time
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import asdict

if TYPE_CHECKING:
    from collections.abc import Callable


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """From one resource to its copy: the service, what they are called, and their Regions.

    `rule` is the replication rule of a bucket, `metrics` whether it asks for metrics.
    """

    service: str
    name: str
    copy: str
    source: str
    destination: str
    rule: str = ""
    metrics: bool = True


class _Parcel(msgspec.Struct, frozen=True, kw_only=True):
    link: Link
    sent: float
    due: float
    size: int
    deliver: Callable[[], None]


class Links:
    """Delivers in the order of sending, `delay` seconds after it, while both Regions are there.

    `speed` is how many of those seconds pass in one.

    There is no clock at work: whoever looks at data lets `deliver_due` run first, and cannot tell the difference.
    """

    def __init__(self) -> None:
        self.delay = 0.0
        self.speed = 1.0
        self.lost: set[str] = set()
        self._number = itertools.count()
        self._on_the_way: list[tuple[float, int, _Parcel]] = []
        self._held: list[_Parcel] = []
        self._last_due: dict[Link, float] = {}
        self._took: dict[Link, float] = {}

    def send(self, link: Link, deliver: Callable[[], None], *, size: int = 0, at_once: bool = False) -> None:
        """Deliver by calling `deliver` when it is time; `at_once` for what is replicated before the write returns."""
        now = time.time()
        due = max(self._last_due.get(link, 0.0), now if at_once else now + self.delay / self.speed)
        self._last_due[link] = due
        parcel = _Parcel(link=link, sent=now, due=due, size=size, deliver=deliver)
        heapq.heappush(self._on_the_way, (due, next(self._number), parcel))
        self.deliver_due()

    def deliver_all(self) -> None:
        """Deliver what is on the way as if the delay had passed; what is held stays held."""
        self._deliver_until(float("inf"))

    def deliver_due(self) -> None:
        """Deliver what is due; what comes from a Region that is gone, or goes to one, is held."""
        self._deliver_until(time.time())

    def _deliver_until(self, now: float) -> None:
        while self._on_the_way and self._on_the_way[0][0] <= now:
            parcel = heapq.heappop(self._on_the_way)[2]
            if self._is_cut(parcel.link):
                self._held.append(parcel)
            else:
                self._deliver(parcel, parcel.due)

    def lose(self, region: str) -> None:
        """Hold everything from and to `region` from now on."""
        self.deliver_due()
        self.lost.add(region)

    def regain(self, region: str) -> None:
        """Deliver what was held and is due."""
        self.lost.discard(region)
        held, self._held = self._held, []
        now = time.time()
        for parcel in held:
            if self._is_cut(parcel.link):
                self._held.append(parcel)
            else:
                self._deliver(parcel, now)

    def report(self) -> list[dict[str, Any]]:
        """Return, for each link, what is under way, and the longest time that took, or takes, since the last report."""
        now = time.time()
        waiting: dict[Link, list[_Parcel]] = {link: [] for link in self._took}
        for parcel in [*self._held, *(parcel for *_, parcel in self._on_the_way)]:
            waiting.setdefault(parcel.link, []).append(parcel)
        report = [
            asdict(link)
            | {
                "pending": len(parcels),
                "bytes": sum(parcel.size for parcel in parcels),
                "seconds": max([self._took.get(link, 0.0), *(now - parcel.sent for parcel in parcels)]) * self.speed,
            }
            for link, parcels in waiting.items()
        ]
        self._took.clear()
        return report

    def _is_cut(self, link: Link) -> bool:
        return link.source in self.lost or link.destination in self.lost

    def _deliver(self, parcel: _Parcel, arrived: float) -> None:
        parcel.deliver()
        self._took[parcel.link] = max(self._took.get(parcel.link, 0.0), arrived - parcel.sent)
