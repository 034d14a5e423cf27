"""How what was given is refused: in one sentence that quotes it, short and printable, and says what is allowed."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import NoReturn

from constructs_lib.errors import ConfigurationError

__all__ = ["check_flag", "check_type", "is_words", "refuse", "shortened", "shown"]

_LONGEST = 60
_MOST_BITS = 1000
_NO_WORDS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters but line ends and tabulators, and halves of characters, which no file takes."""


def shown(value: object, most: int = _LONGEST) -> str:
    """Return *value* as printable ASCII of at most *most* characters.

    What is quoted comes from outside: control characters must not reach a terminal, and look-alikes are to be seen.
    """
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        # Python refuses to write whole numbers of more than 4,300 digits.
        bits = max(abs(value.numerator).bit_length(), value.denominator.bit_length())
        text = str(value) if bits <= _MOST_BITS else f"a number of {bits} bits"
    elif isinstance(value, Decimal):
        text = str(value)
    else:
        text = ascii(value)
    return shortened(text, most)


def shortened(text: str, most: int = _LONGEST) -> str:
    """Return *text*, or its start and three dots where it has more than *most* characters."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


def is_words(value: object) -> bool:
    """Tell whether *value* is text for people, as an owner or a reason: it ends up on terminals and in documents."""
    return isinstance(value, str) and bool(value.strip()) and _NO_WORDS.search(value) is None


def refuse(what: str, value: object, allowed: str) -> NoReturn:
    """Refuse an option.

    Args:
        what: What the user calls it.
        value: What the user gave.
        allowed: What may be given, as in `a text, or leave it out`.

    Raises:
        ConfigurationError: Always.
    """
    msg = f"{what} is {shown(value, 2 * _LONGEST)}; give {allowed}"
    raise ConfigurationError(msg)


def check_type(value: object, types: type | tuple[type, ...], what: str, allowed: str) -> None:
    """Check that an option is an instance of *types*; an option that may be left out is only checked where it is given.

    Raises:
        ConfigurationError: If it is not; *what* and *allowed* as `refuse` takes them.
    """
    if not isinstance(value, types):
        refuse(what, value, allowed)


def check_flag(value: object, what: str) -> None:
    """Check that an option is True or False: any other text would count as True, and None as False.

    Raises:
        ConfigurationError: If it is neither.
    """
    check_type(value, bool, what, "True or False")
