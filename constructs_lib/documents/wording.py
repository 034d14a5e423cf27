"""Numbers as a reader who is no engineer reads them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from constructs_lib.objectives import Disruption

__all__ = ["FAILS", "downtime", "estimated", "in_words", "usd"]

FAILS = {
    Disruption.REGION: "a whole Region",
    Disruption.ZONE: "one Availability Zone",
    Disruption.HARDWARE: "one component",
    Disruption.SOFTWARE: "the data: a fault, an error or an attack destroys it",
}
"""What fails in each disruption."""

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def in_words(seconds: int | None, *, nothing: str = "no bound") -> str:
    """Return whole seconds as words: `1 hour 30 minutes`, `0 seconds`; *nothing* where there is no number."""
    if seconds is None:
        return nothing
    parts = []
    for length, unit in _UNITS:
        count, seconds = divmod(seconds, length)
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return " ".join(parts) or "0 seconds"


def downtime(seconds: Fraction) -> str:
    """Return an allowed downtime: `43 minutes 12 seconds`; parts of a second only where it is under a minute.

    Cut off, never rounded up, so that no more is allowed than the promise says. A negative one is none.
    """
    if seconds <= 0:
        return "none"
    if seconds < 60:
        hundredths = seconds * 100 // 1
        told = format((Decimal(int(hundredths)) / 100).normalize(), "f")
        return f"{told} second{'' if told == '1' else 's'}"
    return in_words(int(seconds))


def usd(amount: Decimal) -> str:
    """Return US dollars in cents: `USD 1,234.50`, and `-USD 3.00` below zero."""
    return f"{'-' if amount < 0 else ''}USD {abs(amount):,.2f}"


def estimated(seconds: int | None, *, lost: bool) -> str:
    """Return an estimate in words; without a number it is `never` where nothing brings it back, else `unknown`."""
    return in_words(seconds, nothing="never" if lost else "unknown")
