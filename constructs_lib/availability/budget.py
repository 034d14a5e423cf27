"""The error budget of a promise: what it allows, what is left of it, and how many failovers fit in."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from attrs import frozen

from constructs_lib.availability.availability import Availability, parse_availability
from constructs_lib.availability.downtime import (
    Period,
    allowed_downtime,
    availability_from_downtime,
    exact_seconds,
)
from constructs_lib.errors import DurationError
from constructs_lib.refusal import shown

__all__ = ["ErrorBudget", "error_budget"]


@frozen(kw_only=True)
class ErrorBudget:
    """The downtime that a promise allows in a period, against the downtime measured so far.

    Made by `error_budget`. `promise` is the availability promised, `period` the period it is promised for,
    `spent` the measured downtime in seconds. Source: Site Reliability Engineering (Google), chapter 3
    "Embracing Risk", https://sre.google/sre-book/embracing-risk/: the budget is the difference between 100 %
    and the objective, here in seconds by the formula of `allowed_downtime`.
    """

    promise: Availability
    period: Period
    spent: Fraction

    @property
    def allowed(self) -> Fraction:
        """The whole budget in seconds; zero for a promise of 100 %."""
        return allowed_downtime(self.promise, self.period)

    @property
    def left(self) -> Fraction:
        """The seconds left; negative once the promise is broken."""
        return self.allowed - self.spent

    @property
    def kept(self) -> bool:
        """Whether the measured downtime still keeps the promise; a budget used up to the last second does."""
        return self.left >= 0

    @property
    def attained(self) -> Availability:
        """The availability attained if no more downtime follows in the period.

        Source: see `availability_from_downtime`.
        """
        return availability_from_downtime(self.spent, self.period)

    def failovers(self, rto: int | float | Decimal | Fraction) -> int | None:
        """Return how many failovers, each as long as the RTO in seconds, fit in what is left.

        The whole part of left / RTO, and 0 once the promise is broken. None means any number: each takes no
        time, and the promise still holds. 0 is a contradiction to be reported: the first failover breaks the
        promise. Source: division of the budget, since an RTO is the maximum interruption, and each failover
        may take all of it.

        Raises `DurationError` for an RTO that is negative or no number.
        """
        seconds = exact_seconds(rto, what="an RTO")
        if not self.kept:
            return 0
        return None if seconds == 0 else self.left // seconds


def error_budget(
    promise: str | Decimal | Availability,
    period: Period,
    *,
    measured_downtime: int | float | Decimal | Fraction = 0,
) -> ErrorBudget:
    """Return the error budget of a promise over a period, after a measured downtime.

    `measured_downtime` is in seconds, by default 0. Formula and source: see `ErrorBudget`. Raises
    `AvailabilityError` for a promise that `parse_availability` does not read, `DurationError` for a downtime
    that is negative, no number, or longer than the period.
    """
    spent = exact_seconds(measured_downtime, what="a measured downtime")
    if spent > period.seconds:
        raise DurationError(
            f"a measured downtime of {shown(measured_downtime)} seconds is longer than the period "
            f"{period.name}, which has {period.seconds} seconds; count only the downtime inside the period, "
            "and overlapping interruptions once"
        )
    return ErrorBudget(promise=parse_availability(promise), period=period, spent=spent)
