"""The daily and the weekly window of RDS, and keeping them out of the way of AWS Backup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

import msgspec

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.backup.schedule import check_backup_hour
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

_TIME = r"([01][0-9]|2[0-3]):([0-5][0-9])"
_DAILY = re.compile(rf"{_TIME}-{_TIME}", re.ASCII)
_WEEKLY = re.compile(rf"(mon|tue|wed|thu|fri|sat|sun):{_TIME}-(mon|tue|wed|thu|fri|sat|sun):{_TIME}", re.ASCII)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SUNDAY = 6
_MINUTE = 60
_DAY = 24 * 60
_WEEK = 7 * _DAY
_LENGTH = 30
# Minutes from a run of the schedule to the start of a window, best first: the first of each suits runs four hours apart
# and more, the second three hours, the others less.
_BACKUP_OFFSETS = (-105, -45, 75)
_MAINTENANCE_OFFSETS = (135, 75, -45)


class BackupRuns(msgspec.Struct, frozen=True, kw_only=True):
    """When AWS Backup starts its jobs in a week.

    Args:
        hour: The UTC hour the schedule goes through.
        interval_seconds: From one run to the next; it divides a day, or is a week.
        start_window_seconds: How much later than scheduled a job may start.

    Raises:
        ConfigurationError: If *hour* is no hour of the day.
    """

    hour: int
    interval_seconds: int
    start_window_seconds: int

    def __post_init__(self) -> None:
        check_backup_hour(self.hour)

    @property
    def interval(self) -> int:
        """From one run to the next, in minutes."""
        return self.interval_seconds // _MINUTE

    @property
    def delay(self) -> int:
        """How much later a job may start, in minutes."""
        return self.start_window_seconds // _MINUTE

    @property
    def can_all_be_clear(self) -> bool:
        """Whether there is room for the shortest window between the latest start of one run and the next run."""
        return self.interval >= _before() + _LENGTH + self.delay

    def missed(self, backup: str | None, maintenance: str | None, *, delayed: bool) -> list[bool]:
        """Return for each run of a week whether RDS might refuse it.

        Args:
            backup: The daily window.
            maintenance: The weekly window.
            delayed: Whether a job may start as late as the start window lets it, or starts when it is due.
        """
        before = _before()
        closed = [(start - before, length + before) for start, length in _occurrences(backup, maintenance)]
        late = self.delay if delayed else 1
        return [
            any((run - start) % _WEEK < length or (start - run) % _WEEK < late for start, length in closed)
            for run in range(_SUNDAY * _DAY + self.hour * 60, (_SUNDAY + 7) * _DAY + self.hour * 60, self.interval)
        ]

    def suit(self, backup: str | None, maintenance: str | None) -> bool:
        """Tell whether RDS refuses no run, or where runs are too close for that, never two one after the other."""
        if self.can_all_be_clear:
            return not any(self.missed(backup, maintenance, delayed=True))
        missed = self.missed(backup, maintenance, delayed=False)
        return not any(one and other for one, other in zip(missed, [*missed[1:], missed[0]], strict=True))

    def windows(self, backup: str | None, maintenance: str | None) -> tuple[str | None, str | None]:
        """Return both windows, with one chosen for each that is None; None where the other one leaves no room."""
        if backup is None:
            backup = self._first(
                (window, maintenance)
                for window in self._written(_BACKUP_OFFSETS)
                if maintenance is None or not overlap(daily_window(window), weekly_window(maintenance))
            )[0]
        if maintenance is None:
            maintenance = self._first(
                (backup, window)
                for window in self._written(_MAINTENANCE_OFFSETS, weekly=True)
                if backup is None or not overlap(daily_window(backup), weekly_window(window))
            )[1]
        return backup, maintenance

    def check(self, backup: str | None, maintenance: str | None) -> None:
        """Check windows of the caller's own.

        Raises:
            ConfigurationError: If RDS would refuse runs that the recovery point rests on.
        """
        for name, own in (("backup_window", (backup, None)), ("maintenance_window", (None, maintenance))):
            if not self.suit(*own):
                self._refuse(f"{name} is {own[0] or own[1]}")
        if not self.suit(backup, maintenance):
            self._refuse(f"backup_window is {backup} and maintenance_window {maintenance}")

    def _refuse(self, what: str) -> NoReturn:
        every = f"every {self.interval // 60} hours" if self.interval < _DAY else "once a day or a week"
        msg = (
            f"{what}, but AWS Backup runs {every} through {self.hour:02}:00 UTC and may start {self.delay} minutes "
            f"later, and RDS refuses a job in a window or in the {_before()} minutes before it; move the window or "
            f"the hour, or leave the windows out to have them chosen"
        )
        raise ConfigurationError(msg)

    def _first(self, pairs: Iterator[tuple[str | None, str | None]]) -> tuple[str | None, str | None]:
        found: tuple[str | None, str | None] = (None, None)
        for pair in pairs:
            if not self.suit(*pair):
                continue
            # Every hour there is no room at all; every two hours there is some for jobs that start when they are due.
            best = self.can_all_be_clear or self.interval < _before() + _LENGTH
            if best or not any(self.missed(*pair, delayed=False)):
                return pair
            found = pair if found == (None, None) else found
        return found

    def _written(self, offsets: tuple[int, ...], *, weekly: bool = False) -> Iterator[str]:
        for run in range(0, _DAY, min(self.interval, _DAY)):
            for offset in offsets:
                start = _SUNDAY * _DAY + self.hour * 60 + run + offset
                first, last = _clock(start, weekly=weekly), _clock(start + _LENGTH, weekly=weekly)
                yield f"{first}-{last}"


def daily_window(window: str) -> tuple[int, int]:
    """Return start and length of a backup window, in minutes.

    Raises:
        ConfigurationError: If it is none, or its length is not allowed.
    """
    found = _DAILY.fullmatch(window)
    if found is None:
        refuse("backup_window", window, 'UTC times such as "01:15-01:45"')
    start, end = (int(found[i]) * 60 + int(found[i + 1]) for i in (1, 3))
    length = (end - start) % _DAY
    limit("rds.window_minutes").check(length, f"the length of backup_window {window}")
    return start, length


def weekly_window(window: str) -> tuple[int, int]:
    """Return start and length of a maintenance window, in minutes from Monday on.

    Raises:
        ConfigurationError: If it is none, or its length is not allowed.
    """
    found = _WEEKLY.fullmatch(window)
    if found is None:
        refuse("maintenance_window", window, 'a UTC window such as "sun:05:15-sun:05:45"')
    start, end = (_DAYS.index(found[i]) * _DAY + int(found[i + 1]) * 60 + int(found[i + 2]) for i in (1, 4))
    length = (end - start) % _WEEK
    limit("rds.window_minutes").check(length, f"the length of maintenance_window {window}")
    return start, length


def overlap(daily: tuple[int, int], weekly: tuple[int, int]) -> bool:
    """Tell whether a backup window and a maintenance window, as parsed, have a minute in common."""
    start, length = weekly
    days = (daily[0] + day * _DAY for day in range(7))
    return any((day - start) % _WEEK < length or (start - day) % _WEEK < daily[1] for day in days)


def _occurrences(backup: str | None, maintenance: str | None) -> list[tuple[int, int]]:
    found = [] if maintenance is None else [weekly_window(maintenance)]
    if backup is not None:
        start, length = daily_window(backup)
        found += [(start + day * _DAY, length) for day in range(7)]
    return found


def _clock(minutes: int, *, weekly: bool) -> str:
    day, minute = divmod(minutes % _WEEK, _DAY)
    time = f"{minute // 60:02}:{minute % 60:02}"
    return f"{_DAYS[day]}:{time}" if weekly else time


def _before() -> int:
    return limit("backup.rds_minutes_before_window").least or 0
