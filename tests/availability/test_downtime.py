from __future__ import annotations

import calendar
import json
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.availability import (
    DAY,
    MONTH,
    MONTH_30D,
    PERIODS,
    QUARTER,
    WEEK,
    YEAR,
    Availability,
    Period,
    allowed_downtime,
    allowed_downtime_seconds,
    availability_from_downtime,
    calendar_month,
    calendar_quarter,
    calendar_year,
    exact_seconds,
    parse_availability,
    parse_period,
)
from constructs_lib.errors import AvailabilityError, DurationError
from tests.each import each

SECONDS = {
    "day": 86_400,
    "week": 604_800,
    "month_30d": 2_592_000,
    "month": 2_629_746,
    "quarter": 7_889_238,
    "year": 31_556_952,
}


def test_the_periods_have_their_stated_lengths() -> None:
    assert {period.name: period.seconds for period in PERIODS} == SECONDS
    assert (DAY, WEEK, MONTH_30D, MONTH, QUARTER, YEAR) == PERIODS


def test_the_mean_periods_are_exact_shares_of_the_gregorian_cycle() -> None:
    days = sum(366 if calendar.isleap(year) else 365 for year in range(2000, 2400))
    assert Fraction(days * 86_400, 400) == YEAR.seconds
    assert YEAR.seconds == 4 * QUARTER.seconds == 12 * MONTH.seconds


@each(("nines", "period"), product(range(13), PERIODS))
def test_allowed_downtime_agrees_with_exact_rationals_on_the_grid_of_nines(nines: int, period: Period) -> None:
    assert allowed_downtime(Availability.from_nines(nines), period) == Fraction(SECONDS[period.name], 10**nines)


def test_the_formula_of_the_seed_gives_7_2_hours_and_the_calendar_month_its_7_3() -> None:
    assert allowed_downtime("99%", MONTH_30D) == Fraction("7.2") * 3600
    assert allowed_downtime("99%", MONTH) == Fraction("7.30485") * 3600


def test_99_95_percent_of_a_month_is_21_6_minutes() -> None:
    assert allowed_downtime("99.95%", MONTH_30D) == Fraction("21.6") * 60


def test_all_is_allowed_at_0_percent_and_nothing_at_100() -> None:
    assert allowed_downtime("0%", WEEK) == WEEK.seconds
    assert allowed_downtime("100%", WEEK) == 0


def test_the_json_contract_holds_for_three_nines() -> None:
    assert json.dumps(allowed_downtime_seconds("99.9%")) == (
        '{"day": 86.4, "week": 604.8, "month_30d": 2592, "month": 2629.746, "quarter": 7889.238, "year": 31556.952}'
    )


@pytest.mark.parametrize(
    "percent",
    ["90%", "95%", "99%", "99.5%", "99.9%", "99.95%", "99.99%", "99.999%", "99.9999%", "0%", "100%"],
)
def test_the_json_numbers_are_written_with_the_exact_digits(percent: str) -> None:
    written = json.loads(json.dumps(allowed_downtime_seconds(percent)), parse_float=Decimal)
    assert {name: Fraction(value) for name, value in written.items()} == {
        period.name: allowed_downtime(percent, period) for period in PERIODS
    }


def test_a_bad_availability_is_refused_before_anything_is_computed() -> None:
    with pytest.raises(AvailabilityError):
        allowed_downtime("101%", DAY)
    with pytest.raises(AvailabilityError):
        allowed_downtime_seconds("99.9")


@given(st.fractions(min_value=0, max_value=1), st.sampled_from(PERIODS))
def test_an_availability_round_trips_through_its_allowed_downtime(fraction: Fraction, period: Period) -> None:
    availability = Availability(fraction=fraction)
    assert availability_from_downtime(allowed_downtime(availability, period), period) == availability


@pytest.mark.parametrize(
    ("downtime", "period", "attained"),
    [
        (0, MONTH_30D, "100%"),
        (2592, MONTH_30D, "99.9%"),
        (43.2 * 60, MONTH_30D, "99.9%"),
        (Decimal("86.4"), DAY, "99.9%"),
        (Fraction(604_800), WEEK, "0%"),
        (302_400, WEEK, "50%"),
    ],
)
def test_measured_downtime_gives_the_attained_availability(
    downtime: int | float | Decimal | Fraction, period: Period, attained: str
) -> None:
    assert availability_from_downtime(downtime, period) == parse_availability(attained)


def test_a_float_stands_for_the_decimal_it_is_written_as() -> None:
    assert exact_seconds(0.1, what="a downtime") == Fraction(1, 10)


def test_a_downtime_longer_than_the_period_is_refused() -> None:
    with pytest.raises(DurationError, match=r"86400\.5 seconds is longer than the period day, which has 86400"):
        availability_from_downtime(86400.5, DAY)


@pytest.mark.parametrize(
    "value",
    [
        -1,
        -0.001,
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("-Infinity"),
        Decimal("1E+999999"),
        True,
        "60",
        None,
    ],
)
def test_what_is_no_number_of_seconds_is_refused(value: object) -> None:
    with pytest.raises(DurationError, match="a downtime must be a number of seconds, zero or more"):
        availability_from_downtime(value, DAY)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [10**5000, Fraction(10**5000, 7), 1e300], ids=["int", "fraction", "float"])
def test_an_endless_downtime_is_refused_in_a_short_line(value: int | Fraction | float) -> None:
    with pytest.raises(DurationError, match="longer than the period") as refusal:
        availability_from_downtime(value, DAY)
    assert len(str(refusal.value)) < 250


@pytest.mark.parametrize("year", [1583, 1900, 2000, 2027, 2028, 2100, 9998])
def test_the_calendar_periods_agree_with_the_standard_library(year: int) -> None:
    months = [calendar.monthrange(year, month)[1] for month in range(1, 13)]
    assert [calendar_month(year, month).seconds // 86_400 for month in range(1, 13)] == months
    assert [calendar_quarter(year, quarter).seconds // 86_400 for quarter in range(1, 5)] == [
        sum(months[start : start + 3]) for start in (0, 3, 6, 9)
    ]
    assert calendar_year(year).seconds == sum(months) * 86_400


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("day", DAY),
        (" Week ", WEEK),
        ("month_30d", MONTH_30D),
        ("MONTH", MONTH),
        ("quarter", QUARTER),
        ("year", YEAR),
        ("2027-02", Period(name="2027-02", seconds=28 * 86_400)),
        ("2028-02", Period(name="2028-02", seconds=29 * 86_400)),
        ("2027-12", Period(name="2027-12", seconds=31 * 86_400)),
        ("2027-Q1", Period(name="2027-Q1", seconds=90 * 86_400)),
        ("2027-q4", Period(name="2027-Q4", seconds=92 * 86_400)),
        ("2028", Period(name="2028", seconds=366 * 86_400)),
    ],
)
def test_a_period_is_read_by_its_name(text: str, period: Period) -> None:
    assert parse_period(text) == period


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fortnight",
        "2027-13",
        "2027-00",
        "2027-Q5",
        "27-02",
        "2027-2",
        "\u0662\u0660\u0662\u0667",
        None,
        2027,
    ],
)
def test_what_is_no_period_is_refused_and_told_what_is(text: object) -> None:
    with pytest.raises(DurationError, match=r"is not a period; give one of day, week, month_30d.*2027-Q1"):
        parse_period(text)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["1582-10", "0001", "9999-12"])
def test_a_year_outside_the_gregorian_calendar_is_refused(text: str) -> None:
    with pytest.raises(DurationError, match="from 1583 to 9998"):
        parse_period(text)


def test_calendar_parts_out_of_range_are_refused() -> None:
    for month in (0, 13, 1.0, True):
        with pytest.raises(DurationError, match="a month of the calendar"):
            calendar_month(2027, month)  # type: ignore[arg-type]
    for quarter in (0, 5):
        with pytest.raises(DurationError, match="a quarter of the calendar"):
            calendar_quarter(2027, quarter)


@pytest.mark.parametrize("seconds", [0, -1, 1.5, True, "60", Fraction(1)])
def test_a_period_needs_a_whole_positive_length(seconds: object) -> None:
    with pytest.raises(DurationError, match="whole number of seconds above 0"):
        Period(name="outage window", seconds=seconds)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", "  ", None])
def test_a_period_needs_a_name(name: object) -> None:
    with pytest.raises(DurationError, match="needs a name"):
        Period(name=name, seconds=60)  # type: ignore[arg-type]
