"""An availability: the share of a period during which a service can be used, as an exact number."""

from __future__ import annotations

import re
from decimal import ROUND_DOWN, ROUND_UP, Context, Decimal
from fractions import Fraction

from attrs import field, frozen

from constructs_lib.errors import AvailabilityError
from constructs_lib.refusal import shown

__all__ = ["Availability", "parse_availability"]

_MOST_NINES = 100
_LONGEST_TEXT = 80
_EXACT_DECIMALS_SHOWN = 12

# The ambient decimal context is the caller's; its precision, rounding and traps must not change an answer.
_CONTEXT = Context(prec=50, rounding=ROUND_UP, Emin=-999_999_999, Emax=999_999_999, traps=[])
_UP = Context(prec=28, rounding=ROUND_UP, Emin=-999_999_999, Emax=999_999_999, traps=[])
_DOWN = Context(prec=28, rounding=ROUND_DOWN, Emin=-999_999_999, Emax=999_999_999, traps=[])

_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_PERCENTAGE = re.compile(r"(-?[0-9]+(?:[.,][0-9]+)?)\s*(?:%|percent|per cent)", re.IGNORECASE)
_BARE_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:e[+-]?[0-9]+)?", re.IGNORECASE)
# "39s" may be 39 seconds, so the short form needs a space or a hyphen where the long one does not.
_NINES = re.compile(rf"([0-9]{{1,9}}|{'|'.join(_WORDS)})(?:[\s-]*nines?|[\s-]+9'?s)", re.IGNORECASE)
_PART_OF_A_NINE = re.compile(r".*(?:[0-9][.,][0-9]+|half|quarter).*(?:nines?|9'?s)", re.IGNORECASE | re.DOTALL)

_ALLOWED = (
    "give a percentage between 0% and 100% with its % sign, such as 99.9%, or a number of nines, such as three nines"
)


@frozen(kw_only=True, order=True, repr=False)
class Availability:
    """The share of a period during which a service can be used; exact, ordered and hashable.

    Source of the definition: AWS Well-Architected Framework, Reliability Pillar, "Availability",
    https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/availability.html: available for use
    time divided by total time.

    `fraction` is a `fractions.Fraction` from 0 to 1, without default. `Availability.from_percent`,
    `from_fraction`, `from_nines` and `parse_availability` make one from other forms. Raises
    `AvailabilityError` for anything else.
    """

    fraction: Fraction = field()

    @fraction.validator
    def _lies_between_nothing_and_everything(self, _attribute: object, value: object) -> None:
        if not isinstance(value, Fraction):
            raise AvailabilityError(
                f"the fraction of an availability must be a fractions.Fraction, not {shown(value)}; "
                "use Availability.from_fraction, Availability.from_percent or parse_availability"
            )
        if not 0 <= value <= 1:
            raise _outside(f"{shown(value)} as a share of 1")

    @classmethod
    def from_fraction(cls, fraction: Fraction | Decimal | int) -> Availability:
        """Make an availability from a share of 1: `Decimal("0.999")` is 99.9 %.

        Raises `AvailabilityError` for a float, NaN, an infinity, or a value outside 0 to 1.
        """
        return cls(fraction=_exact(fraction))

    @classmethod
    def from_percent(cls, percent: Fraction | Decimal | int) -> Availability:
        """Make an availability from a percentage: `Decimal("99.9")` is 99.9 %.

        Raises `AvailabilityError` for a float, NaN, an infinity, or a value outside 0 to 100.
        """
        return cls(fraction=_exact(percent) / 100)

    @classmethod
    def from_nines(cls, nines: int | Decimal) -> Availability:
        """Make an availability from its number of nines: A = 1 - 10^-nines, so 3 is 99.9 %.

        Source: the short-hand "number of nines" ("five nines" is 99.999 %) of AWS Well-Architected Framework,
        Reliability Pillar, "Availability",
        https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/availability.html, extended to
        all numbers by its logarithm. A whole number of nines is exact. Any other is irrational: its
        unavailability is rounded up to 28 significant digits, so that the availability is never overstated.
        An infinite `Decimal` is 100 %. Raises `AvailabilityError` for NaN, a float, a negative number, or
        more than 100 nines.
        """
        if isinstance(nines, Decimal) and nines.is_infinite() and nines > 0:
            return cls(fraction=Fraction(1))
        exact = _exact(nines)
        if not 0 <= exact <= _MOST_NINES:
            raise AvailabilityError(
                f"a number of nines lies between 0 and {_MOST_NINES}, not {shown(nines)}; give one such as 3 for 99.9%"
            )
        if exact.denominator == 1:
            return cls(fraction=1 - Fraction(1, 10**exact.numerator))
        exponent = _CONTEXT.divide(Decimal(-exact.numerator), Decimal(exact.denominator))
        unavailability = _UP.plus(_CONTEXT.power(Decimal(10), exponent))
        return cls(fraction=1 - Fraction(min(unavailability, Decimal(1))))

    @property
    def unavailability(self) -> Fraction:
        """The share of a period during which the service cannot be used: F = 1 - A.

        Source: AWS whitepaper "Availability and Beyond", "Understanding availability", equation 3,
        https://docs.aws.amazon.com/whitepapers/latest/availability-and-beyond-improving-resilience/understanding-availability.html
        """
        return 1 - self.fraction

    @property
    def percent(self) -> Decimal:
        """The percentage, exact wherever it has an end.

        Where it has none (one third), the unavailability is rounded up to 28 significant digits, so that the
        percentage is never overstated and never reads 100 for less than 100 %.
        """
        return _decimal_or_near(self.fraction * 100)

    @property
    def nines(self) -> Decimal:
        """The number of nines, -log10(1 - A): 3 for 99.9 %, about 3.301 for 99.95 %, infinite for 100 %.

        Source: the inverse of `from_nines`. A whole number is exact, any other is rounded down to 28
        significant digits.
        """
        lost = self.unavailability
        if lost == 0:
            return Decimal("Infinity")
        if lost == 1:
            return Decimal(0)
        quotient = _CONTEXT.divide(Decimal(lost.numerator), Decimal(lost.denominator))
        exponent = _CONTEXT.minus(_CONTEXT.log10(quotient))
        whole = int(exponent)
        return Decimal(whole) if exponent == whole else _DOWN.plus(exponent)

    def rounded(self, *, decimals: int) -> str:
        """Return the percentage as text with at most `decimals` (0 to 100) places, such as `"99.69%"`.

        Rounded down, so that what is shown is never more than what is had. Raises `AvailabilityError` for a
        number of decimal places that is not allowed.
        """
        if isinstance(decimals, bool) or not isinstance(decimals, int) or not 0 <= decimals <= 100:
            raise AvailabilityError(
                f"decimals must be a whole number from 0 to 100, not {shown(decimals)}; give one such as 2"
            )
        return self._text(decimals)

    def _text(self, decimals: int) -> str:
        scaled = self.fraction * 100 * 10**decimals
        floor = Fraction(scaled.numerator // scaled.denominator, 10**decimals)
        return _percent_text(_decimal_or_near(floor)) + "%"

    def __str__(self) -> str:
        """Return the percentage as `parse_availability` reads it: exact up to 12 decimal places.

        A longer one is rounded down, keeping at least two significant digits of the unavailability.
        """
        exact = _decimal(self.fraction * 100)
        if exact is not None and -int(exact.as_tuple().exponent) <= _EXACT_DECIMALS_SHOWN:
            return _percent_text(exact) + "%"
        return self._text(max(_EXACT_DECIMALS_SHOWN, int(self.nines) + 1))

    def __repr__(self) -> str:
        """Return `Availability(99.9%)`; the digits of a composite's fraction may be thousands."""
        return f"Availability({self})"


def parse_availability(value: str | Decimal | Availability) -> Availability:
    """Read an availability as people write it.

    Understood, without regard to case and outer spaces: `"99.9%"`, `"99.9 %"`, `"99,9%"`, `"99.9 percent"`,
    `"three nines"`, `"3 nines"`, `"4 9s"`; 0 % and 100 % are legal. A `Decimal` above 1 can only be a
    percentage and is taken as one. An `Availability` is returned as it is.

    Raises `AvailabilityError` for everything else; above all for a number without its unit, since 0.999 may
    be 0.999 % or 99.9 %, and for a part of a nine ("three and a half nines"), since some mean 99.95 % by it
    and the logarithm 99.968 %.
    """
    return value if isinstance(value, Availability) else _read(value)


def _read(value: object) -> Availability:
    if isinstance(value, Decimal):
        if value.is_finite() and (value == 0 or value > 1):
            return Availability.from_percent(value)
        raise _without_unit(shown(value)) if value.is_finite() and value > 0 else _outside(shown(value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise _without_unit(shown(value))
    if not isinstance(value, str):
        raise AvailabilityError(f"an availability cannot be read from {shown(value)}; {_ALLOWED}")
    return _from_text(value)


def _from_text(value: str) -> Availability:
    text = value.strip()
    if not text:
        raise AvailabilityError(f"an availability is missing: {shown(value)} is empty; {_ALLOWED}")
    if len(text) > _LONGEST_TEXT:
        raise AvailabilityError(
            f"an availability of {len(text)} characters, {shown(text)}, is too long to be read; {_ALLOWED}"
        )
    if percentage := _PERCENTAGE.fullmatch(text):
        number = Fraction(percentage[1].replace(",", "."))
        if not 0 <= number <= 100:
            raise _outside(f"{percentage[1]}%")
        return Availability(fraction=number / 100)
    if nines := _NINES.fullmatch(text):
        count = nines[1].lower()
        return Availability.from_nines(_WORDS[count] if count in _WORDS else int(count))
    if _PART_OF_A_NINE.fullmatch(text):
        raise AvailabilityError(
            f"a part of a nine is ambiguous in {shown(text)}: three and a half nines mean 99.95% to some and "
            "99.968% by the "
            "logarithm; write the percentage you mean, such as 99.95%"
        )
    if _BARE_NUMBER.fullmatch(text):
        raise _without_unit(text)
    raise AvailabilityError(f"{shown(text)} is not an availability; {_ALLOWED}, in the digits 0 to 9")


def _without_unit(number: str) -> AvailabilityError:
    meant = f"{number}% if it is the percentage, or multiply it by 100 first if it is the share of 1"
    return AvailabilityError(
        f"the availability {number} has no unit, and a bare number may be a percentage or a share of 1; write {meant}"
    )


def _outside(shown: str) -> AvailabilityError:
    return AvailabilityError(f"an availability lies between 0% and 100%, not {shown}; give one such as 99.9%")


def _exact(value: Fraction | Decimal | int) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, (int, Fraction, Decimal)):
        raise AvailabilityError(
            f"an availability is computed from an int, a Decimal or a Fraction, not from {shown(value)}; "
            "wrap the digits, as in Decimal('99.9')"
        )
    if isinstance(value, Decimal) and not value.is_finite():
        raise _outside(shown(value))
    if isinstance(value, Decimal) and value and not -1000 <= value.adjusted() <= 1000:
        raise AvailabilityError(
            f"an availability cannot be computed from {shown(value)}, a number of more than a thousand "
            "places; "
            "give one such as Decimal('99.9')"
        )
    return Fraction(value)


def _decimal(value: Fraction) -> Decimal | None:
    """Return the fraction as a decimal of the fewest places, or None where it has no end."""
    denominator = value.denominator
    twos = (denominator & -denominator).bit_length() - 1
    rest = denominator >> twos
    fives = 0
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    if rest != 1:
        return None
    places = max(twos, fives)
    digits = Decimal(value.numerator * (10**places // denominator)).as_tuple()
    return Decimal((digits.sign, digits.digits, -places))


def _decimal_or_near(percent: Fraction) -> Decimal:
    exact = _decimal(percent)
    if exact is not None:
        return exact
    lost = 100 - percent
    near = _UP.divide(Decimal(lost.numerator), Decimal(lost.denominator))
    # The subtraction is exact: as rational numbers it has no precision to run out of.
    return _decimal(100 - Fraction(near)) or Decimal(0)


def _percent_text(percent: Decimal) -> str:
    text = format(percent, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
