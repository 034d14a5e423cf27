"""The longest time between two runs of a schedule that AWS Backup takes, and whether there is any run."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEFAULT: Final = "cron(0 5 ? * * *)"
"""What AWS Backup runs where a rule has no schedule (Backup API, `ScheduleExpression`)."""

_HOUR: Final = 3_600
_DAY: Final = 86_400
_FORM: Final = re.compile(r"\s*(cron|rate)\s*\(([^()]*)\)\s*", re.IGNORECASE)
_UNITS: Final = {"minute": 60, "hour": _HOUR, "day": _DAY}
_MONTHS: Final = {
    name: index
    for index, name in enumerate(
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1
    )
}
_DAYS: Final = {name: index for index, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], 1)}
# A leap day and every day of the week on every date come round within 28 years, but for the turn of a century.
_FIRST_YEAR: Final = 2024
_YEARS: Final = 29
_LAST_CRON_YEAR: Final = 2199
_FIXED: Final = frozenset({"utc", "etc/utc", "gmt", "etc/gmt", "zulu", "etc/uct", "uct"})


@lru_cache(maxsize=1024)
def longest_gap(expression: str, timezone: str | None = None) -> int | None:
    """Return the longest time between two runs in seconds, or None if *expression* cannot be read or ends.

    Reads `cron(minutes hours day-of-month month day-of-week year)` with `*`, `?`, lists, ranges, steps, names, `L`, `W`
    and `#`, and `rate(n unit)`. In a time zone other than UTC one hour is added, since clocks may be put back between
    two runs.
    """
    form = _FORM.fullmatch(expression)
    if form is None:
        return None
    if form.group(1).lower() == "rate":
        return _rate(form.group(2))
    try:
        gap = _cron(form.group(2).upper().split())
    except (ValueError, KeyError):
        return None
    if gap is None or timezone is None or timezone.lower() in _FIXED:
        return gap
    return gap + _HOUR


@lru_cache(maxsize=1024)
def never_runs(expression: str) -> bool:
    """Whether *expression* can be read and names no day that there is, as 31 February, or only years long past."""
    form = _FORM.fullmatch(expression)
    if form is None or form.group(1).lower() == "rate":
        return False
    try:
        _, months, years, on_day = _parsed(form.group(2).upper().split())
    except (ValueError, KeyError):
        return False
    return next(_run_days(months, years, on_day), None) is None and (
        max(years) < _FIRST_YEAR or max(years) >= _FIRST_YEAR + _YEARS
    )


def _rate(text: str) -> int | None:
    match = re.fullmatch(r"\s*([0-9]{1,6})\s+(minute|hour|day)s?\s*", text.lower())
    if match is None or int(match.group(1)) == 0:
        return None
    return int(match.group(1)) * _UNITS[match.group(2)]


_Parsed = tuple["list[int]", "frozenset[int]", "frozenset[int]", "Callable[[date], bool]"]


def _parsed(fields: list[str]) -> _Parsed:
    """Return the times of a day, in seconds, the months and the years, and what tells whether a day is meant."""
    minute, hour, day_of_month, month, day_of_week, year = fields
    times = sorted(60 * (60 * one + other) for one in _numbers(hour, 0, 23) for other in _numbers(minute, 0, 59))
    months = _numbers(month, 1, 12, _MONTHS)
    years = _numbers(year, 1970, _LAST_CRON_YEAR)
    if day_of_month != "?" and day_of_week not in {"?", "*"} and day_of_month != "*":
        # AWS refuses both at once.
        raise ValueError
    on_day = _days_of_month(day_of_month) if day_of_week in {"?", "*"} else _days_of_week(day_of_week)
    return times, months, years, on_day


def _cron(fields: list[str]) -> int | None:
    times, months, years, on_day = _parsed(fields)
    if max(years) < _LAST_CRON_YEAR - 100:
        # It ends, so no promise can rest on it.
        return None
    return _longest(times, months, years, on_day)


def _longest(
    times: list[int], months: frozenset[int], years: frozenset[int], on_day: Callable[[date], bool]
) -> int | None:
    within = max((after - before for before, after in pairwise(times)), default=0)
    over_night = _DAY - times[-1] + times[0]
    days = max(((after - before).days for before, after in pairwise(_run_days(months, years, on_day))), default=0)
    if days == 0:
        return None
    return max(within, over_night + (days - 1) * _DAY)


def _run_days(months: frozenset[int], years: frozenset[int], on_day: Callable[[date], bool]) -> Iterator[date]:
    """Yield the days of the years that are tried on which it runs."""
    for year in range(_FIRST_YEAR, _FIRST_YEAR + _YEARS):
        if year not in years:
            continue
        for month in sorted(months):
            for number in range(1, monthrange(year, month)[1] + 1):
                day = date(year, month, number)
                if on_day(day):
                    yield day


def _numbers(field: str, least: int, most: int, names: dict[str, int] | None = None) -> frozenset[int]:
    """Return the numbers a field stands for."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        by = int(step) if step else 1
        if span in {"*", "?"}:
            first, last = least, most
        elif "-" in span:
            first, last = (_number(item, names) for item in span.split("-", 1))
        else:
            first = _number(span, names)
            last = most if step else first
        if by < 1 or not least <= first <= most or not least <= last <= most:
            raise ValueError
        if first > last:
            # Over the end and on, as in FRI-MON.
            found.update(range(first, most + 1, by), range(least, last + 1, by))
        else:
            found.update(range(first, last + 1, by))
    return frozenset(found)


def _number(text: str, names: dict[str, int] | None) -> int:
    if names is not None and text in names:
        return names[text]
    if not text.isascii() or not text.isdigit():
        raise ValueError
    return int(text)


def _days_of_month(field: str) -> Callable[[date], bool]:
    if field == "L":
        return lambda day: day.day == monthrange(day.year, day.month)[1]
    if field == "LW":
        return lambda day: day == _nearest_weekday(day, monthrange(day.year, day.month)[1])
    if field.endswith("W"):
        wanted = _number(field[:-1], None)
        if not 1 <= wanted <= 31:
            raise ValueError
        return lambda day: wanted <= monthrange(day.year, day.month)[1] and day == _nearest_weekday(day, wanted)
    numbers = _numbers(field, 1, 31)
    return lambda day: day.day in numbers


def _nearest_weekday(month: date, wanted: int) -> date:
    """Return the working day nearest to the day *wanted* of the month that *month* lies in, within that month."""
    last = monthrange(month.year, month.month)[1]
    day = date(month.year, month.month, min(wanted, last))
    if day.weekday() == 5:
        return day - timedelta(days=1) if day.day > 1 else day + timedelta(days=2)
    if day.weekday() == 6:
        return day + timedelta(days=1) if day.day < last else day - timedelta(days=2)
    return day


def _days_of_week(field: str) -> Callable[[date], bool]:
    if "#" in field:
        name, _, nth = field.partition("#")
        weekday, which = _number(name, _DAYS), _number(nth, None)
        if not 1 <= weekday <= 7 or not 1 <= which <= 5:
            raise ValueError
        return lambda day: _weekday(day) == weekday and (day.day - 1) // 7 + 1 == which
    if field.endswith("L"):
        weekday = _number(field[:-1], _DAYS) if len(field) > 1 else 7
        if not 1 <= weekday <= 7:
            raise ValueError
        if field == "L":
            return lambda day: _weekday(day) == weekday
        return lambda day: _weekday(day) == weekday and day.day > monthrange(day.year, day.month)[1] - 7
    numbers = _numbers(field, 1, 7, _DAYS)
    return lambda day: _weekday(day) in numbers


def _weekday(day: date) -> int:
    """Sunday is 1, as AWS counts."""
    return day.isoweekday() % 7 + 1
