"""Periods, the downtime an availability allows in them, and the availability a downtime amounts to."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import isfinite

from attrs import field, frozen

from constructs_lib.availability.availability import Availability, parse_availability
from constructs_lib.errors import DurationError
from constructs_lib.refusal import shown

__all__ = [
    "DAY",
    "MONTH",
    "MONTH_30D",
    "PERIODS",
    "QUARTER",
    "WEEK",
    "YEAR",
    "Period",
    "allowed_downtime",
    "allowed_downtime_seconds",
    "availability_from_downtime",
    "calendar_month",
    "calendar_quarter",
    "calendar_year",
    "exact_seconds",
    "parse_period",
]

_SECONDS_A_DAY = 24 * 60 * 60
_FIRST_YEAR = 1583
_LAST_YEAR = 9998
_CALENDAR = re.compile(r"([0-9]{4})(?:-(?:(0[1-9]|1[0-2])|[Qq]([1-4])))?")


@frozen(kw_only=True)
class Period:
    """A stretch of time over which an availability is promised or measured.

    `name` is how it is written (`"month"`, `"2027-02"`); `seconds` its length, a whole number above zero.
    Neither has a default. Days have 86,400 seconds: civil time in UTC, without leap seconds. `start` is the
    first day of one of the calendar, None for any other. Raises `DurationError` for anything else.
    """

    name: str = field()
    seconds: int = field()
    start: date | None = field(default=None, eq=False, repr=False)

    @name.validator
    def _has_a_name(self, _attribute: object, value: object) -> None:
        if not isinstance(value, str) or not value.strip():
            raise DurationError(f"a period needs a name, not {shown(value)}; give one such as 'month'")

    @seconds.validator
    def _lasts_whole_seconds(self, _attribute: object, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
            raise DurationError(
                f"a period must last a whole number of seconds above 0, not {shown(value)}; give one such as 2592000"
            )


DAY = Period(name="day", seconds=_SECONDS_A_DAY)
"""24 hours."""

WEEK = Period(name="week", seconds=7 * _SECONDS_A_DAY)
"""7 days."""

MONTH_30D = Period(name="month_30d", seconds=30 * _SECONDS_A_DAY)
"""30 days, as in the formula of "AWS : Business Objectives" (parisamoosavinezhad)."""

# The Gregorian calendar repeats every 400 years, and those have 400 * 365 + 97 = 146,097 days.
_MEAN_YEAR_SECONDS = 146_097 * _SECONDS_A_DAY // 400

MONTH = Period(name="month", seconds=_MEAN_YEAR_SECONDS // 12)
"""The mean calendar month: a twelfth of the mean Gregorian year, 30.436875 days or 2,629,746 seconds."""

QUARTER = Period(name="quarter", seconds=_MEAN_YEAR_SECONDS // 4)
"""The mean calendar quarter: a quarter of the mean Gregorian year, or 7,889,238 seconds."""

YEAR = Period(name="year", seconds=_MEAN_YEAR_SECONDS)
"""The mean Gregorian year: 365.2425 days or 31,556,952 seconds."""

PERIODS = (DAY, WEEK, MONTH_30D, MONTH, QUARTER, YEAR)
"""The periods of `drctl uptime`, in its order."""


def calendar_month(year: int, month: int) -> Period:
    """Return one month of the Gregorian calendar: `calendar_month(2027, 2)` is `"2027-02"`, of 28 days.

    Raises `DurationError` for a year outside 1583 to 9998 or a month outside 1 to 12.
    """
    _whole("a year", year, _FIRST_YEAR, _LAST_YEAR)
    _whole("a month", month, 1, 12)
    return _between(f"{year}-{month:02}", year, month, months=1)


def calendar_quarter(year: int, quarter: int) -> Period:
    """Return one quarter of the Gregorian calendar: `calendar_quarter(2027, 1)` is `"2027-Q1"`, of 90 days.

    Raises `DurationError` for a year outside 1583 to 9998 or a quarter outside 1 to 4.
    """
    _whole("a year", year, _FIRST_YEAR, _LAST_YEAR)
    _whole("a quarter", quarter, 1, 4)
    return _between(f"{year}-Q{quarter}", year, 3 * quarter - 2, months=3)


def calendar_year(year: int) -> Period:
    """Return one year of the Gregorian calendar: `calendar_year(2028)` is `"2028"`, of 366 days.

    Raises `DurationError` for a year outside 1583 to 9998.
    """
    _whole("a year", year, _FIRST_YEAR, _LAST_YEAR)
    return _between(str(year), year, 1, months=12)


def parse_period(text: str) -> Period:
    """Read a period: `day`, `week`, `month_30d`, `month`, `quarter`, `year`, or one of the calendar.

    Of the calendar: `2027-02` (a month), `2027-Q1` (a quarter), `2027` (a year). Raises `DurationError` for
    anything else.
    """
    if isinstance(text, str):
        wanted = text.strip()
        for period in PERIODS:
            if period.name == wanted.lower():
                return period
        if found := _CALENDAR.fullmatch(wanted):
            year, month, quarter = found.groups()
            if month:
                return calendar_month(int(year), int(month))
            return calendar_quarter(int(year), int(quarter)) if quarter else calendar_year(int(year))
    known = ", ".join(period.name for period in PERIODS)
    raise DurationError(
        f"{shown(text)} is not a period; give one of {known}, or a month, quarter or year of the calendar "
        "such as 2027-02, 2027-Q1 or 2027"
    )


def exact_seconds(value: int | float | Decimal | Fraction, *, what: str) -> Fraction:
    """Return a number of seconds, zero or more, as an exact fraction; `what` names it in the error.

    A float stands for the shortest decimal that is read as it (43.2 is 43.2, not its binary neighbor). Raises
    `DurationError` for a negative number, NaN, an infinity, or something that is not a number.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, Fraction)):
        raise _not_seconds(value, what)
    if isinstance(value, float) and isfinite(value):
        value = Decimal(repr(float(value)))
    # An exponent of a million would be written out into as many digits.
    if isinstance(value, Decimal) and value.is_finite() and -300 <= value.adjusted() <= 300:
        value = Fraction(value)
    if isinstance(value, (float, Decimal)):
        raise _not_seconds(value, what)
    seconds = Fraction(value)
    if seconds < 0:
        raise _not_seconds(value, what)
    return seconds


def allowed_downtime(availability: str | Decimal | Availability, period: Period) -> Fraction:
    """Return the seconds of downtime that an availability allows in a period, exactly.

    Source: "AWS : Business Objectives" (parisamoosavinezhad), "Uptime calculation": allowed downtime = period
    - period * availability, given there for a month of 30 days (`MONTH_30D`) and applied here to every
    period. By it 99 % allows 7.2 hours a month; the 7.3 hours of that text belong to the mean calendar month
    (`MONTH`, 7.30485 hours).

    Raises `AvailabilityError` for what `parse_availability` does not read.
    """
    return period.seconds * parse_availability(availability).unavailability


def allowed_downtime_seconds(availability: str | Decimal | Availability) -> dict[str, int | float]:
    """Return the allowed downtime of every period of `PERIODS` in seconds, ready for JSON.

    Keys: `day`, `week`, `month_30d`, `month`, `quarter`, `year`. A whole number is an int; any other the
    float nearest to the exact value of `allowed_downtime`, which is written with the exact decimal digits
    where those are at most 15. Formula and errors as in `allowed_downtime`.
    """
    exact = parse_availability(availability)
    return {period.name: _json_number(allowed_downtime(exact, period)) for period in PERIODS}


def availability_from_downtime(downtime: int | float | Decimal | Fraction, period: Period) -> Availability:
    """Return the availability that a downtime amounts to over a period: (period - downtime) / period.

    `downtime` is in seconds. From measured downtime it is the availability attained; from the downtime that
    is to be allowed, the one to promise. Downtime of overlapping interruptions counts once; adding it up is
    the caller's part.

    Source: AWS whitepaper "Availability and Beyond", "Understanding availability", equation 1 (uptime divided
    by uptime plus downtime),
    https://docs.aws.amazon.com/whitepapers/latest/availability-and-beyond-improving-resilience/understanding-availability.html

    Raises `DurationError` for a downtime that is negative, no number, or longer than the period.
    """
    seconds = exact_seconds(downtime, what="a downtime")
    if seconds > period.seconds:
        raise DurationError(
            f"a downtime of {shown(downtime)} seconds is longer than the period {period.name}, which has "
            f"{period.seconds} seconds; count only the downtime inside the period, and overlapping "
            "interruptions once"
        )
    return Availability(fraction=1 - seconds / period.seconds)


def _json_number(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)


def _between(name: str, year: int, month: int, *, months: int) -> Period:
    start = date(year, month, 1)
    end = date(year + (month + months > 12), (month + months - 1) % 12 + 1, 1)
    return Period(name=name, seconds=(end - start).days * _SECONDS_A_DAY, start=start)


def _whole(what: str, value: object, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise DurationError(
            f"{what} of the calendar must be a whole number from {least} to {most}, not {shown(value)}; give "
            f"one such as {least}"
        )


def _not_seconds(value: object, what: str) -> DurationError:
    return DurationError(f"{what} must be a number of seconds, zero or more, not {shown(value)}; give one such as 3600")
