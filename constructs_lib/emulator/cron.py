"""Cron expressions of AWS: six fields, and whether a moment is one of theirs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

_MONTHS: Final = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"
_DAYS: Final = "SUN MON TUE WED THU FRI SAT"
_ENDS: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))


def fires(expression: str, moment: float, zone: str = "UTC") -> bool:
    """Tell whether a schedule such as "cron(0 5 ? * SUN *)" fires in the minute of a Unix time.

    The last day of a month, the nearest weekday and the nth weekday (L, W, #) are not known: such a field never fires.
    """
    fields = expression.removeprefix("cron(").removesuffix(")").upper().split()
    there = datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(zone))
    # Sunday is the first day.
    shown = (there.minute, there.hour, there.day, there.month, there.isoweekday() % 7 + 1, there.year)
    return len(fields) == len(_ENDS) and all(
        _among(field, value, *ends) for field, value, ends in zip(fields, shown, _ENDS, strict=True)
    )


def _among(field: str, value: int, least: int, most: int) -> bool:
    return any(_is_one(part, value, least, most) for part in field.split(","))


def _is_one(part: str, value: int, least: int, most: int) -> bool:
    span, _, step = part.partition("/")
    first, _, last = span.partition("-")
    if span in ("*", "?"):
        start, end = least, most
    else:
        start = _number(first)
        end = _number(last) if last else most if step else start
    return start <= value <= end and (value - start) % int(step or 1) == 0


def _number(text: str) -> int:
    for names in (_MONTHS, _DAYS):
        if text in names.split():
            return names.split().index(text) + 1
    return int(text) if text.isdigit() else -1
