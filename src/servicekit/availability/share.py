"""Shares: targets, bands and availabilities as exact fractions of one, read from their text."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, TypeAlias

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from servicekit.document import DocumentValueError
from servicekit.quantity import Ratio

__all__ = ["FactorField", "Share", "ShareField", "number", "share", "share_text"]

Share: TypeAlias = str | int | Decimal | Fraction | Ratio
"""What can be read as a share of one; a float cannot, as it is not the number that was written."""

_MOST_DIGITS = 400  # the fraction of 1e999999999 would fill the memory
_NUMBER = r"[0-9]{1,60}(?:\.[0-9]{1,60})?"
_TEXT = re.compile(rf"(?P<top>{_NUMBER}) ?(?:(?P<percent>%)|/ ?(?P<bottom>{_NUMBER}))?")
_HINT = "write a percentage such as 99.9%, a decimal such as 0.999, or a fraction such as 2/3"


def share(value: Share) -> Fraction:
    """The exact share of one that a text or a number names, from 0 to 1.

    >>> share("99.9%"), share("0.999"), share("2/3")
    (Fraction(999, 1000), Fraction(999, 1000), Fraction(2, 3))

    Raises:
        DocumentValueError: it names none, is a float, or lies outside 0 to 1 (code ``availability.share``).
    """
    named = number(value)
    if not 0 <= named <= 1:
        hint = f"did you mean '{value}%'?" if 1 < named <= 100 else _HINT
        raise DocumentValueError("availability.share", f"{_quoted(value)} is not between 0% and 100%", hint=hint)
    return named


def number(value: Share) -> Fraction:
    """The exact number, of any size and not negative, that a text or a number names.

    >>> number("14.4"), number("150%")
    (Fraction(72, 5), Fraction(3, 2))

    Raises:
        DocumentValueError: it names none, is negative, or is a float (code ``availability.share``).
    """
    exact = _exact(value)
    if exact is None or exact < 0:
        raise DocumentValueError("availability.share", f"{_quoted(value)} is no exact share", hint=_HINT)
    return exact


def _exact(value: object) -> Fraction | None:
    match value:
        case bool() | float():
            return None
        case Ratio():
            return value.value
        case Decimal():
            is_near = value.is_finite() and abs(value.adjusted()) <= _MOST_DIGITS
            return Fraction(value) if is_near else None
        case int() | Fraction():
            return Fraction(value)
        case str():
            return _read(value.strip())
        case _:
            return None


def _read(text: str) -> Fraction | None:
    match = _TEXT.fullmatch(text)
    if match is None:
        return None
    bottom = Fraction(100) if match["percent"] else Fraction(match["bottom"] or 1)
    return Fraction(match["top"]) / bottom if bottom else None


def _quoted(value: object) -> str:
    return repr(str(value)[:60])


def decimal_text(value: Fraction) -> str | None:
    """The decimal digits of a fraction, if they end.

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
    """A share as text: exact as documents hold it, or for people with so many ``digits`` of a percentage.

    Exact, it is a percentage where that ends, and a fraction where it does not; a verdict is never taken on the other.

    >>> share_text(Fraction(9995, 10000)), share_text(Fraction(2, 3)), share_text(Fraction(2, 3), digits=2)
    ('99.95%', '2/3', '66.67%')
    """
    if digits is not None:
        return Ratio(value.numerator, value.denominator).percent(digits).replace(" ", "")
    percent = decimal_text(value * 100)
    return f"{value.numerator}/{value.denominator}" if percent is None else f"{percent}%"


def _number_text(value: Fraction) -> str:
    return decimal_text(value) or f"{value.numerator}/{value.denominator}"


ShareField = Annotated[
    Fraction,
    PlainValidator(share),
    PlainSerializer(share_text, when_used="json"),
    WithJsonSchema({"type": ["string", "number"], "examples": ["99.9%", "0.999", "2/3"]}),
]
"""A document field that holds a share of one."""

FactorField = Annotated[
    Fraction,
    PlainValidator(number),
    PlainSerializer(_number_text, when_used="json"),
    WithJsonSchema({"type": ["string", "number"], "examples": ["14.4", "1"]}),
]
"""A document field that holds an exact number, such as a burn rate or a weight."""
