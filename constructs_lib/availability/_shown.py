"""How a refused value is quoted in an error message."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

__all__ = ["shown"]

_LONGEST = 40


def shown(value: object) -> str:
    """Return the value as short, printable ASCII.

    What is quoted comes from outside: its control characters must not reach a terminal as they are.
    """
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        # Python refuses to write whole numbers of more than 4,300 digits.
        bits = max(abs(value.numerator).bit_length(), value.denominator.bit_length())
        text = str(value) if bits <= 1000 else f"a number of {bits} bits"
    elif isinstance(value, Decimal):
        text = str(value)
    else:
        text = ascii(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
