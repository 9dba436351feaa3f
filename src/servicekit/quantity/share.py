"""Shares of one, as exact fractions: read from percentages, decimals and fractions, and written back."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, TypeAlias

from servicekit.quantity.exact import MAX_DIGITS, rounded
from servicekit.quantity.field import TextForm
from servicekit.quantity.ratio import Ratio

if TYPE_CHECKING:
    from servicekit.document import DocumentValueError


Share: TypeAlias = str | int | Decimal | Fraction | Ratio
"""What can be read as a share of one; a float cannot, as it is not the number that was written."""

_NUMBER = r"[0-9]{1,60}(?:\.[0-9]{1,60})?"
_PERCENTAGE = re.compile(rf"({_NUMBER})\s*%", re.ASCII)
_FRACTION = re.compile(rf"({_NUMBER})(?: ?/ ?({_NUMBER}))?")
_HINT = "write a percentage such as 99.9%, a decimal such as 0.999, or a fraction such as 2/3"


def share(value: Share) -> Fraction:
    """The exact share of one that a text or a number names, from 0 to 1.

    >>> share("99.9%"), share("0.999"), share("2/3")
    (Fraction(999, 1000), Fraction(999, 1000), Fraction(2, 3))

    Raises:
        DocumentValueError: it names none, is a float, or lies outside 0 to 1 (code ``availability.share``).
    """
    named = exact_number(value)
    if not 0 <= named <= 1:
        hint = f"did you mean '{value}%'?" if 1 < named <= 100 and "%" not in str(value) else _HINT
        raise _refused(value, "is not between 0% and 100%", hint)
    return named


def exact_number(value: Share) -> Fraction:
    """The exact number, zero or more, that a text or a number names.

    >>> exact_number("14.4"), exact_number("150%")
    (Fraction(72, 5), Fraction(3, 2))

    Raises:
        DocumentValueError: it names none, is negative, or is a float (code ``availability.share``).
    """
    exact = _exact(value)
    if exact is None or exact < 0:
        raise _refused(value, "is not an exact share", _HINT)
    return exact


def percentage(text: str) -> Fraction | None:
    """The share that a percentage names, also one over 100%; None if the text is not a percentage.

    >>> percentage("75%"), percentage("250 %"), percentage("0.75")
    (Fraction(3, 4), Fraction(5, 2), None)
    """
    match = _PERCENTAGE.fullmatch(text)
    return None if match is None else Fraction(match[1]) / 100


def _exact(value: object) -> Fraction | None:
    match value:
        case bool() | float():
            return None
        case Ratio():
            return value.value
        case Decimal():
            is_near = value.is_finite() and abs(value.adjusted()) <= MAX_DIGITS  # 1e999999999 would fill the memory
            return Fraction(value) if is_near else None
        case int() | Fraction():
            return Fraction(value)
        case str():
            return _read(value.strip())
        case _:
            return None


def _read(text: str) -> Fraction | None:
    match = _FRACTION.fullmatch(text)
    if match is None:
        return percentage(text)
    divisor = Fraction(match[2] or 1)
    return Fraction(match[1]) / divisor if divisor else None


def _refused(value: object, why: str, hint: str) -> DocumentValueError:
    from servicekit.document import DocumentValueError  # loads pydantic

    return DocumentValueError("availability.share", f"{str(value)[:60]!r} {why}", hint=hint)


def decimal_text(value: Fraction) -> str | None:
    """All decimal digits of a fraction; None if they never end.

    >>> decimal_text(Fraction(999, 10)), decimal_text(Fraction(1, 3))
    ('99.9', None)
    """
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return None
    places = max(twos, fives)
    digits = str(value.numerator * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def share_text(value: Fraction, *, digits: int | None = None) -> str:
    """A share as text: exact, as documents hold it, or for people, with so many ``digits`` of a percentage.

    Exact, it is a percentage, or a fraction where the digits of the percentage never end. Never decide on the rounded
    text.

    >>> share_text(Fraction(9995, 10000)), share_text(Fraction(2, 3)), share_text(Fraction(2, 3), digits=2)
    ('99.95%', '2/3', '66.67%')
    """
    if digits is not None:
        return f"{rounded(value * 100, digits, 'half_even'):f}%"
    percent = decimal_text(value * 100)
    return f"{value.numerator}/{value.denominator}" if percent is None else f"{percent}%"


def percent_text(value: Fraction | None) -> str:
    """A share in per cent to one decimal, for people; ``n/a`` for None.

    Only all is 100.0 % and only none is 0.0 %: rounding never hides the last miss.

    >>> [percent_text(Fraction(good, 10_000)) for good in (10_000, 9_999, 8_017, 1)], percent_text(None)
    (['100.0 %', '99.9 %', '80.2 %', '0.1 %'], 'n/a')
    """
    if value is None:
        return "n/a"
    above, below = value.numerator, value.denominator  # whole numbers compare ten times as fast as fractions
    tenths = _half_even(1000 * abs(above), below)
    if 0 < above < below:
        tenths = min(max(tenths, 1), 999)
    return f"{'-' if above < 0 and tenths else ''}{tenths // 10}.{tenths % 10} %"


def _half_even(numerator: int, denominator: int) -> int:
    """The whole number next to a quotient; of two that are as near, the even one."""
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest > denominator or (2 * rest == denominator and whole % 2))


def points_text(difference: Fraction | None) -> str:
    """A difference in percentage points to one decimal, for people; ``n/a`` for None.

    Only no difference at all is 0.0.

    >>> points_text(Fraction(60, 17)), points_text(Fraction(-1, 900)), points_text(Fraction(0)), points_text(None)
    ('+3.5', '-0.1', '0.0', 'n/a')
    """
    if difference is None:
        return "n/a"
    if not difference:
        return "0.0"
    points = max(rounded(abs(difference), 1, "half_even"), Decimal("0.1"))
    return f"{'+' if difference > 0 else '-'}{points:f}"


def _number_text(value: Fraction) -> str:
    return decimal_text(value) or f"{value.numerator}/{value.denominator}"


ShareField = Annotated[
    Fraction, TextForm(share, share_text, {"type": ["string", "number"], "examples": ["99.9%", "0.999", "2/3"]})
]
"""A document field that holds a share of one."""

FactorField = Annotated[
    Fraction, TextForm(exact_number, _number_text, {"type": ["string", "number"], "examples": ["14.4", "1"]})
]
"""A document field that holds an exact number, such as a burn rate or a weight."""
