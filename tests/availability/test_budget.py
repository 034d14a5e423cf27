from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.availability import (
    DAY,
    MONTH_30D,
    PERIODS,
    YEAR,
    Availability,
    Period,
    error_budget,
    parse_availability,
)
from constructs_lib.errors import AvailabilityError, DurationError


def test_an_rto_of_an_hour_contradicts_a_99_95_percent_month() -> None:
    budget = error_budget("99.95%", MONTH_30D)
    assert budget.allowed == Fraction("21.6") * 60
    assert budget.failovers(3600) == 0


@pytest.mark.parametrize(
    ("promise", "period", "rto", "fit"),
    [
        ("99.95%", MONTH_30D, 900, 1),
        ("99.95%", MONTH_30D, 300, 4),
        ("99.95%", MONTH_30D, 1296, 1),
        ("99.95%", MONTH_30D, Decimal("1296.001"), 0),
        ("99.95%", MONTH_30D, 648, 2),
        ("99.95%", YEAR, 3600, 4),
        ("99%", MONTH_30D, 3600, 7),
        ("100%", MONTH_30D, 1, 0),
        ("0%", DAY, 3600, 24),
    ],
)
def test_as_many_failovers_fit_as_the_budget_holds(promise: str, period: Period, rto: int | Decimal, fit: int) -> None:
    assert error_budget(promise, period).failovers(rto) == fit


def test_measured_downtime_is_taken_from_the_budget() -> None:
    budget = error_budget("99.9%", MONTH_30D, measured_downtime=1000)
    assert [budget.allowed, budget.spent, budget.left] == [2592, 1000, 1592]
    assert budget.kept
    assert budget.failovers(900) == 1


def test_a_budget_used_up_to_the_last_second_is_kept_and_holds_no_failover() -> None:
    budget = error_budget("99.9%", MONTH_30D, measured_downtime=2592)
    assert budget.left == 0
    assert budget.kept
    assert budget.failovers(1) == 0
    assert budget.attained == budget.promise


def test_a_broken_promise_has_less_than_nothing_left() -> None:
    budget = error_budget("99.9%", MONTH_30D, measured_downtime=2592.5)
    assert budget.left == Fraction(-1, 2)
    assert not budget.kept
    assert budget.failovers(1) == 0
    assert budget.attained < budget.promise


def test_failovers_that_take_no_time_fit_without_number_while_the_promise_holds() -> None:
    assert error_budget("100%", DAY).failovers(0) is None
    assert error_budget("99.9%", DAY, measured_downtime=10).failovers(0) is None
    assert error_budget("99.9%", DAY, measured_downtime=100).failovers(0) == 0


def test_the_attained_availability_is_that_of_the_measured_downtime() -> None:
    assert error_budget("99.9%", DAY, measured_downtime=864).attained == parse_availability("99%")


@given(
    st.fractions(min_value=0, max_value=1),
    st.sampled_from(PERIODS),
    st.fractions(min_value=0, max_value=1),
    st.integers(min_value=1, max_value=10**7),
)
def test_the_failovers_that_fit_keep_the_promise_and_one_more_breaks_it(
    promise: Fraction, period: Period, share: Fraction, rto: int
) -> None:
    budget = error_budget(Availability(fraction=promise), period, measured_downtime=share * period.seconds)
    fit = budget.failovers(rto)
    assert fit is not None
    assert budget.kept == (budget.attained >= budget.promise)
    assert fit == 0 or budget.spent + fit * rto <= budget.allowed
    assert budget.spent + (fit + 1) * rto > budget.allowed


@pytest.mark.parametrize("rto", [-1, float("nan"), float("inf"), "1h", None, True])
def test_what_is_no_rto_is_refused(rto: object) -> None:
    with pytest.raises(DurationError, match="an RTO must be a number of seconds"):
        error_budget("99.9%", DAY).failovers(rto)  # type: ignore[arg-type]
    with pytest.raises(DurationError, match="an RTO must be a number of seconds"):
        error_budget("99.9%", DAY, measured_downtime=86400).failovers(rto)  # type: ignore[arg-type]


@pytest.mark.parametrize("downtime", [-1, Decimal("NaN"), "10", True])
def test_what_is_no_measured_downtime_is_refused(downtime: object) -> None:
    with pytest.raises(DurationError, match="a measured downtime must be a number of seconds"):
        error_budget("99.9%", DAY, measured_downtime=downtime)  # type: ignore[arg-type]


def test_more_downtime_than_there_is_time_is_refused() -> None:
    with pytest.raises(DurationError, match="86401 seconds is longer than the period day, which has 86400"):
        error_budget("99.9%", DAY, measured_downtime=86401)


def test_a_promise_that_is_no_availability_is_refused() -> None:
    with pytest.raises(AvailabilityError):
        error_budget("101%", DAY)
