"""Durations as people write them, in whole seconds."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

from constructs_lib.errors import DurationError
from constructs_lib.refusal import shown

LONGEST = 10 * 365 * 86_400
"""The longest duration accepted, in seconds (ten years): more is a slip of the keyboard."""

_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_NAMES = {
    "week": "w", "weeks": "w", "day": "d", "days": "d", "hour": "h", "hours": "h", "hr": "h", "hrs": "h",
    "min": "m", "mins": "m", "minute": "m", "minutes": "m", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
}  # fmt: skip
_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,6})?"
_SHORT = re.compile(rf"({_NUMBER})\s*([a-z]+)\s*", re.ASCII)
_ISO = re.compile(
    rf"P(?:({_NUMBER})W)?(?:({_NUMBER})D)?(?:T(?=[0-9])(?:({_NUMBER})H)?(?:({_NUMBER})M)?(?:({_NUMBER})S)?)?",
    re.ASCII,
)
_FORMS = 'write it like "90s", "15m", "1h30m", "2d" or ISO 8601 "PT15M"'


def parse_duration(value: object, *, name: str = "duration") -> int:
    """Return *value* in whole seconds.

    Accepts `"90s"`, `"15m"`, `"4h"`, `"2d"`, `"1w"` and sums of them in falling order of unit (`"1h30m"`), ISO 8601
    (`"PT15M"`, `"P1DT12H"`; no months or years, whose length varies), `timedelta`, and a bare zero. A bare number
    other than zero is refused: its unit would be a guess.

    Raises:
        DurationError: If *value* is none of these, negative, not a whole number of seconds, or above ten years.
    """
    if isinstance(value, timedelta):
        return _whole(
            Decimal(value.days * 86_400 + value.seconds) + Decimal(value.microseconds) / 1_000_000,
            value,
            name,
        )
    if isinstance(value, str):
        return _parse_text(value, name)
    if isinstance(value, int) and not isinstance(value, bool) and value == 0:
        return 0
    if isinstance(value, int | float) and not isinstance(value, bool):
        msg = f"{name} {shown(value)} has no unit; {_FORMS}"
        raise DurationError(msg)
    msg = f"{name} {shown(value)} is not a duration; {_FORMS}"
    raise DurationError(msg)


@lru_cache(maxsize=1024)
def _parse_text(value: str, name: str) -> int:
    text = value.strip()
    if text == "0":
        return 0
    seconds = _parse_iso(text, value, name) if text.startswith("P") else _parse_short(text.lower(), value, name)
    return _whole(seconds, value, name)


def _parse_short(text: str, value: object, name: str) -> Decimal:
    total, position, last = Decimal(0), 0, None
    for match in _SHORT.finditer(text):
        unit = _NAMES.get(match[2], match[2])
        if match.start() != position or unit not in _UNITS or (last is not None and _UNITS[unit] >= _UNITS[last]):
            break
        total += Decimal(match[1]) * _UNITS[unit]
        position, last = match.end(), unit
    if last is None or position != len(text):
        msg = f"{name} {shown(value)} is not a duration; {_FORMS}"
        raise DurationError(msg)
    return total


def _parse_iso(text: str, value: object, name: str) -> Decimal:
    match = _ISO.fullmatch(text)
    if match is None or not any(match.groups()):
        msg = f"{name} {shown(value)} is not an ISO 8601 duration of weeks, days, hours, minutes and seconds; {_FORMS}"
        raise DurationError(msg)
    units = (604_800, 86_400, 3_600, 60, 1)
    return sum((Decimal(part) * unit for part, unit in zip(match.groups(), units, strict=True) if part), Decimal(0))


def _whole(seconds: Decimal, value: object, name: str) -> int:
    if seconds < 0:
        msg = f"{name} {shown(value)} is negative; a duration is zero or more"
        raise DurationError(msg)
    if seconds != int(seconds):
        msg = f'{name} {shown(value)} is not a whole number of seconds; round it, for example to "1s"'
        raise DurationError(msg)
    if seconds > LONGEST:
        msg = f"{name} {shown(value)} is longer than ten years; check its unit"
        raise DurationError(msg)
    return int(seconds)


def format_duration(seconds: int) -> str:
    """Return *seconds* in the shortest exact form that `parse_duration` reads back: `"0s"`, `"1m30s"`, `"2d"`."""
    if seconds == 0:
        return "0s"
    parts = []
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, length)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)
