from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.availability import Availability, parse_availability
from constructs_lib.errors import AvailabilityError, InputError

GRID = [(nines, Fraction(10**nines - 1, 10**nines)) for nines in range(13)]


@pytest.mark.parametrize(
    "text",
    [
        "99.9%",
        "99.9 %",
        "  99.9%\n",
        "99.90%",
        "099.9%",
        "99,9%",
        "99.9\u00a0%",
        "99.9\u202f%",
        "99.9 percent",
        "99.9 PERCENT",
        "99.9 per cent",
        "three nines",
        "Three Nines",
        "three-nines",
        "3 nines",
        "3nines",
        "3 9s",
        "three 9's",
    ],
)
def test_what_people_write_for_three_nines_is_read_as_999_in_1000(text: str) -> None:
    assert parse_availability(text).fraction == Fraction(999, 1000)


@pytest.mark.parametrize(
    ("text", "fraction"),
    [
        ("0%", Fraction(0)),
        ("100%", Fraction(1)),
        ("100.000 %", Fraction(1)),
        ("0.999%", Fraction(999, 100_000)),
        ("99,999%", Fraction(99_999, 100_000)),
        ("one nine", Fraction(9, 10)),
        ("1 nine", Fraction(9, 10)),
        ("five-nines", Fraction(99_999, 100_000)),
        ("eleven nines", Fraction(10**11 - 1, 10**11)),
        ("99.99999999999999999999%", Fraction(10**22 - 1, 10**22)),
    ],
)
def test_a_legal_text_is_read_exactly(text: str, fraction: Fraction) -> None:
    assert parse_availability(text).fraction == fraction


@pytest.mark.parametrize(("nines", "fraction"), GRID)
def test_the_grid_of_nines_agrees_with_exact_rationals_in_every_direction(nines: int, fraction: Fraction) -> None:
    availability = Availability.from_nines(nines)
    assert availability.fraction == fraction
    assert availability.unavailability == Fraction(1, 10**nines)
    assert availability.nines == nines
    assert Fraction(availability.percent) == 100 * fraction
    assert Availability.from_percent(availability.percent) == availability
    assert parse_availability(str(availability)) == availability
    assert parse_availability(f"{nines} nines") == availability


@pytest.mark.parametrize("bare", ["0.999", "99.9", "1", "99", ".999", "99.", "1e2", "+99.9", 99.9, 0.999, 1, 0])
def test_a_number_without_its_unit_is_refused_as_ambiguous(bare: object) -> None:
    with pytest.raises(AvailabilityError, match=r"has no unit.*percentage.*share of 1"):
        parse_availability(bare)  # type: ignore[arg-type]


@pytest.mark.parametrize("percent", ["99.9", "1.5", "100", "0", "99.90"])
def test_a_decimal_that_can_only_be_a_percentage_is_one(percent: str) -> None:
    assert parse_availability(Decimal(percent)).fraction == Fraction(percent) / 100


@pytest.mark.parametrize("share", ["0.999", "1", "1.0", "0.0001"])
def test_a_decimal_that_may_be_a_share_is_refused_as_ambiguous(share: str) -> None:
    with pytest.raises(AvailabilityError, match="has no unit"):
        parse_availability(Decimal(share))


@pytest.mark.parametrize("text", ["101%", "100.0000001%", "-1%", "-0.1 %", "1000 percent", "-99,9%"])
def test_a_percentage_outside_0_to_100_is_refused_with_its_value(text: str) -> None:
    number = text.split("%")[0].split("percent")[0].strip()
    with pytest.raises(AvailabilityError, match=f"between 0% and 100%, not {number}%"):
        parse_availability(text)


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity", "-1", "100.1", "1E+999999"])
def test_a_decimal_that_is_no_percentage_is_refused(value: str) -> None:
    with pytest.raises(AvailabilityError):
        parse_availability(Decimal(value))


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_an_empty_text_is_refused_as_missing(text: str) -> None:
    with pytest.raises(AvailabilityError, match="missing"):
        parse_availability(text)


@pytest.mark.parametrize(
    "text",
    [
        "nan",
        "NaN%",
        "inf%",
        "%",
        "nines",
        "many nines",
        "thirteen nines",
        "-3 nines",
        "39s",
        "99. 9%",
        "99.%",
        ".9%",
        "1e1%",
        "9_9%",
        "99.9%%",
        ">= 99.9%",
        "99.9.9%",
        "1,000.5%",
        "\u0669\u0669%",
        "\uff19\uff19%",
        "\u0663 nines",
        "99.9\uff05",
        "99.9%\x1b[31m",
        "<b>99.9%</b>",
    ],
)
def test_a_text_that_is_no_availability_is_refused_and_told_what_is_allowed(text: str) -> None:
    with pytest.raises(AvailabilityError, match=r"give a percentage between 0% and 100%.*three nines") as refusal:
        parse_availability(text)
    assert str(refusal.value).isascii()
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize("text", ["three and a half nines", "3.5 nines", "3,5 9s", "two and a quarter nines"])
def test_a_part_of_a_nine_is_refused_as_ambiguous(text: str) -> None:
    with pytest.raises(AvailabilityError, match="part of a nine is ambiguous"):
        parse_availability(text)


def test_the_two_meanings_in_the_message_about_a_part_of_a_nine_are_true() -> None:
    assert Availability.from_nines(Decimal("3.5")).rounded(decimals=3) == "99.968%"


@pytest.mark.parametrize("value", [None, True, False, b"99.9%", [], object()])
def test_what_is_no_text_and_no_number_is_refused(value: object) -> None:
    with pytest.raises(AvailabilityError, match="cannot be read from"):
        parse_availability(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["9" * 10_000 + "%", "0." + "9" * 10_000 + "%", "9" * 5_000 + " nines", "9" * 6_000])
def test_an_endless_text_is_refused_in_a_short_line(text: str) -> None:
    with pytest.raises(AvailabilityError, match="too long") as refusal:
        parse_availability(text)
    assert len(str(refusal.value)) < 250


@pytest.mark.parametrize("text", ["101 nines", "999999999 nines"])
def test_more_nines_than_can_be_meant_are_refused(text: str) -> None:
    with pytest.raises(AvailabilityError, match="between 0 and 100"):
        parse_availability(text)


def test_an_availability_is_read_as_itself() -> None:
    availability = Availability.from_nines(3)
    assert parse_availability(availability) is availability


def test_an_availability_error_is_bad_input_and_a_value_error() -> None:
    with pytest.raises(InputError):
        parse_availability("101%")
    with pytest.raises(ValueError, match="101%"):
        parse_availability("101%")


@pytest.mark.parametrize("fraction", [Fraction(-1, 10), Fraction(11, 10), Fraction(10**5000)])
def test_a_fraction_outside_0_to_1_is_refused(fraction: Fraction) -> None:
    with pytest.raises(AvailabilityError, match="between 0% and 100%"):
        Availability(fraction=fraction)


@pytest.mark.parametrize("value", [0.999, 1, "0.999", Decimal("0.999"), None])
def test_the_constructor_takes_a_fraction_only(value: object) -> None:
    with pytest.raises(AvailabilityError, match=r"must be a fractions\.Fraction"):
        Availability(fraction=value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [0.5, True, None, "0.5"])
def test_from_fraction_and_from_percent_refuse_what_is_not_exact(value: object) -> None:
    for make in (Availability.from_fraction, Availability.from_percent, Availability.from_nines):
        with pytest.raises(AvailabilityError, match="int, a Decimal or a Fraction"):
            make(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), -1, Decimal("-0.5")])
def test_from_fraction_percent_and_nines_refuse_what_is_no_number_or_negative(value: Decimal | int) -> None:
    for make in (Availability.from_fraction, Availability.from_percent, Availability.from_nines):
        with pytest.raises(AvailabilityError):
            make(value)


def test_from_fraction_and_from_percent_take_all_exact_numbers() -> None:
    three_nines = Availability(fraction=Fraction(999, 1000))
    assert Availability.from_fraction(Fraction(999, 1000)) == three_nines
    assert Availability.from_fraction(Decimal("0.999")) == three_nines
    assert Availability.from_percent(Decimal("99.9")) == three_nines
    assert Availability.from_percent(Fraction(999, 10)) == three_nines
    assert Availability.from_percent(100) == Availability.from_fraction(1)


def test_everything_has_infinite_nines_and_nothing_has_none() -> None:
    everything, nothing = parse_availability("100%"), parse_availability("0%")
    assert everything.nines == Decimal("Infinity")
    assert nothing.nines == 0
    assert Availability.from_nines(Decimal("Infinity")) == everything
    assert Availability.from_nines(0) == nothing


def test_nines_that_are_not_whole_are_the_logarithm() -> None:
    assert parse_availability("99.95%").nines.quantize(Decimal("0.000001")) == Decimal("3.301030")
    assert parse_availability("50%").nines.quantize(Decimal("0.000001")) == Decimal("0.301030")


def test_availabilities_are_ordered_hashable_and_frozen() -> None:
    low, high = parse_availability("99.9%"), parse_availability("99.99%")
    assert low < high <= high
    assert max(low, high) is high
    assert {low, parse_availability("three nines")} == {low}
    with pytest.raises(AttributeError):
        low.fraction = Fraction(1)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (Fraction(999, 1000), "99.9%"),
        (Fraction(1), "100%"),
        (Fraction(0), "0%"),
        (Fraction(1, 10), "10%"),
        (Fraction(1, 3), "33.333333333333%"),
        (1 - Fraction(1, 10**14), "99.999999999999%"),
        (1 - Fraction(1, 10**20), "99.999999999999999999%"),
        (1 - Fraction(1, 3 * 10**20), "99.999999999999999999666%"),
    ],
)
def test_the_text_is_exact_where_it_is_short_and_rounded_down_where_it_is_not(fraction: Fraction, text: str) -> None:
    assert str(Availability(fraction=fraction)) == text


def test_the_shown_value_of_a_composite_with_thousands_of_digits_is_short() -> None:
    assert len(repr(Availability(fraction=Fraction(999, 1000) ** 3000))) < 40


@pytest.mark.parametrize(
    ("text", "decimals", "shown"),
    [
        ("99.996%", 2, "99.99%"),
        ("99.996%", 3, "99.996%"),
        ("99.9%", 4, "99.9%"),
        ("99.99%", 0, "99%"),
        ("100%", 2, "100%"),
    ],
)
def test_rounding_never_overstates(text: str, decimals: int, shown: str) -> None:
    assert parse_availability(text).rounded(decimals=decimals) == shown


@pytest.mark.parametrize("decimals", [-1, 101, 1.5, True, "2"])
def test_rounding_to_a_strange_number_of_places_is_refused(decimals: object) -> None:
    with pytest.raises(AvailabilityError, match="decimals"):
        parse_availability("99.9%").rounded(decimals=decimals)  # type: ignore[arg-type]


def test_the_callers_decimal_context_changes_nothing() -> None:
    availability = parse_availability("99.95%")
    expected = (
        availability.percent,
        availability.nines,
        str(availability),
        Availability.from_nines(Decimal("2.5")),
    )
    with decimal.localcontext(decimal.Context(prec=1, rounding=decimal.ROUND_UP, traps=[decimal.Inexact])):
        again = parse_availability("99.95%")
        seen = (again.percent, again.nines, str(again), Availability.from_nines(Decimal("2.5")))
    assert seen == expected


@given(st.decimals(min_value=0, max_value=100, places=10))
def test_a_percentage_round_trips_through_text(percent: Decimal) -> None:
    availability = Availability.from_percent(percent)
    assert availability.fraction == Fraction(percent) / 100
    assert parse_availability(str(availability)) == availability
    assert parse_availability(f"{percent:f} %") == availability


@given(st.fractions(min_value=0, max_value=1))
def test_no_form_of_an_availability_overstates_it_or_turns_it_into_100_percent(fraction: Fraction) -> None:
    availability = Availability(fraction=fraction)
    assert Fraction(availability.percent) <= 100 * fraction
    assert 100 * fraction - Fraction(availability.percent) <= Fraction(1, 10**25)
    for shown in (str(availability), availability.rounded(decimals=3)):
        assert parse_availability(shown) <= availability
        assert fraction == 1 or shown != "100%"


@given(st.decimals(min_value=Decimal("0.001"), max_value=30, places=6))
def test_nines_round_trip_within_their_precision(nines: Decimal) -> None:
    assert abs(Availability.from_nines(nines).nines - nines) < Decimal("1e-20")


@given(st.text(max_size=100))
def test_any_text_is_read_or_refused_in_one_printable_line(text: str) -> None:
    try:
        parse_availability(text)
    except AvailabilityError as refusal:
        assert str(refusal).isprintable()  # noqa: PT017
