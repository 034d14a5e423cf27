from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.errors import DurationError, InputError
from constructs_lib.objectives import format_duration, parse_duration
from constructs_lib.objectives.duration import LONGEST
from tests.each import each

UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("15m", 900),
        ("4h", 14_400),
        ("2d", 172_800),
        ("1w", 604_800),
        ("1h30m", 5_400),
        ("1h 30m", 5_400),
        ("1 h 30 m", 5_400),
        ("1w2d3h4m5s", 604_800 + 2 * 86_400 + 3 * 3_600 + 4 * 60 + 5),
        ("  15m\n", 900),
        ("15M", 900),
        ("015m", 900),
        ("1.5h", 5_400),
        ("0.5m", 30),
        ("15 min", 900),
        ("15 mins", 900),
        ("15 minutes", 900),
        ("1 minute", 60),
        ("1 hour 30 minutes", 5_400),
        ("2 hrs", 7_200),
        ("1 hr", 3_600),
        ("1 day", 86_400),
        ("3 days", 259_200),
        ("1 week", 604_800),
        ("2 Weeks", 1_209_600),
        ("30 sec", 30),
        ("30 seconds", 30),
        ("0", 0),
        ("0s", 0),
        ("0h", 0),
        ("PT15M", 900),
        ("PT0S", 0),
        ("P1DT12H", 129_600),
        ("P2W", 1_209_600),
        ("PT1H30M", 5_400),
        ("PT0.5M", 30),
        ("P1W1DT1H1M1S", 604_800 + 86_400 + 3_600 + 61),
        (" PT15M ", 900),
    ],
)
def test_what_people_write_is_read_as_its_seconds(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@each(
    "text",
    [
        "",
        " ",
        "m",
        "5",
        "60",
        "1.5",
        "5 parsecs",
        "5y",
        "5 months",
        "-5m",
        "- 5m",
        "+5m",
        "m5",
        "5mm",
        "30m1h",
        "1h1h",
        "1h60",
        "1m1m",
        "1s1ms",
        "5ms",
        ".5h",
        "5.h",
        "1,5h",
        "1_000s",
        "1e3s",
        "0x10s",
        "1:30",
        "01:30:00",
        "nan",
        "NaN",
        "inf",
        "infs",
        "nans",
        "yes",
        "none",
        "1h, 30m",
        "1h and 30m",
        "1h30m!",
        "٣h",
        "５m",
        "1h\x00",
        "P",
        "PT",
        "P1",
        "P1H",
        "PT1D",
        "P1M",
        "P1Y",
        "P1Y2M",
        "PT-5M",
        "-PT5M",
        "pt15m",
        "PT15m",
        "P1DT",
        "PT1M1H",
        "PT 15M",
        "9" * 13 + "s",
        "9" * 5_000 + "s",
        "1." + "0" * 7 + "s",
    ],
)
def test_what_is_no_duration_is_refused_with_the_forms_that_are(text: str) -> None:
    with pytest.raises(DurationError, match="is not a") as caught:
        parse_duration(text, name="RTO")
    assert str(caught.value).startswith("RTO '")
    assert '"15m"' in str(caught.value)
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["0.5s", "0.0001h", "PT0.5S", "1.000001m"])
def test_a_part_of_a_second_is_refused(text: str) -> None:
    with pytest.raises(DurationError, match="whole number of seconds"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["3651d", "522w", "999999999999h", "P3651D", f"{LONGEST + 1}s"])
def test_more_than_ten_years_is_refused(text: str) -> None:
    with pytest.raises(DurationError, match="longer than ten years"):
        parse_duration(text)


def test_ten_years_are_accepted() -> None:
    assert parse_duration("3650d") == LONGEST


@pytest.mark.parametrize("number", [1, -1, 60, 1.5, -0.5, 0.0, float("nan"), float("inf")])
def test_a_number_without_a_unit_is_refused(number: float) -> None:
    with pytest.raises(DurationError, match="has no unit"):
        parse_duration(number)


@pytest.mark.parametrize("value", [None, True, False, [], {}, b"15m", ("15m",), object, Decimal(0)])
def test_what_is_neither_text_nor_timedelta_is_refused(value: object) -> None:
    with pytest.raises(DurationError, match="is not a duration"):
        parse_duration(value)


def test_a_bare_zero_needs_no_unit() -> None:
    assert parse_duration(0) == 0


def test_a_negative_timedelta_is_refused() -> None:
    with pytest.raises(DurationError, match="is negative"):
        parse_duration(timedelta(seconds=-1))


def test_a_timedelta_with_microseconds_is_refused() -> None:
    with pytest.raises(DurationError, match="whole number of seconds"):
        parse_duration(timedelta(seconds=1, microseconds=1))


def test_the_largest_timedelta_is_refused_without_an_overflow() -> None:
    with pytest.raises(DurationError, match="longer than ten years"):
        parse_duration(timedelta.max - timedelta(microseconds=999_999))


def test_the_error_is_an_input_error_that_ends_the_command_with_2() -> None:
    assert issubclass(DurationError, InputError)
    assert DurationError.exit_code == 2


@given(st.integers(0, LONGEST))
def test_what_is_formatted_is_read_back(seconds: int) -> None:
    assert parse_duration(format_duration(seconds)) == seconds


@given(st.integers(0, LONGEST))
def test_a_timedelta_is_its_seconds(seconds: int) -> None:
    assert parse_duration(timedelta(seconds=seconds)) == seconds


@given(st.integers(0, LONGEST))
def test_the_format_is_unique_and_never_uses_a_unit_of_more_than_its_share(seconds: int) -> None:
    """No `90s`, no `25h`: two durations look alike exactly where they are alike."""
    text = format_duration(seconds)
    for unit, most in (("h", 23), ("m", 59), ("s", 59)):
        if unit in text:
            before = text.split(unit)[0]
            digits = before[len(before.rstrip("0123456789")) :]
            assert int(digits) <= most


@given(
    st.lists(st.sampled_from(list(UNITS)), min_size=1, unique=True).map(
        lambda units: [unit for unit in UNITS if unit in units]
    ),
    st.data(),
)
def test_any_sum_in_falling_order_is_the_sum_of_its_parts(units: list[str], data: st.DataObject) -> None:
    counts = [data.draw(st.integers(0, 50)) for _ in units]
    text = data.draw(st.sampled_from(["", " "])).join(
        f"{count}{unit}" for count, unit in zip(counts, units, strict=True)
    )
    assert parse_duration(text) == sum(count * UNITS[unit] for count, unit in zip(counts, units, strict=True))


@given(st.integers(0, 400), st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_iso_8601_is_the_sum_of_its_parts(days: int, hours: int, minutes: int, seconds: int) -> None:
    text = f"P{days}DT{hours}H{minutes}M{seconds}S"
    assert parse_duration(text) == ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def outcome(value: object) -> int | str:
    """Return the seconds, or the text of the error."""
    try:
        return parse_duration(value)
    except DurationError as error:
        return str(error)


@given(st.text())
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    read = outcome(text)
    assert read.isprintable() if isinstance(read, str) else 0 <= read <= LONGEST


@given(st.integers() | st.floats() | st.none() | st.booleans() | st.binary() | st.timedeltas())
def test_any_value_is_read_or_refused_in_one_line(value: object) -> None:
    read = outcome(value)
    assert read.isprintable() if isinstance(read, str) else 0 <= read <= LONGEST


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (1, "1s"),
        (90, "1m30s"),
        (3_600, "1h"),
        (86_400, "1d"),
        (86_401, "1d1s"),
        (604_800, "7d"),
    ],
)
def test_the_shortest_exact_form_is_written(seconds: int, text: str) -> None:
    assert format_duration(seconds) == text
