"""Exact numbers: which ones are refused, and how digits are given up."""

from __future__ import annotations

from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from fractions import Fraction
from math import ceil, floor, trunc
from typing import Literal, get_args

Rounding = Literal["half_even", "half_up", "half_down", "up", "down", "ceiling", "floor"]
"""How to give up digits: to the nearest (with ties to even, up, down), or away from zero, towards it, or one way."""

MAX_DIGITS = 400
EXACT = Context(prec=4 * MAX_DIGITS, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])
"""Decimal arithmetic that raises where a digit would be lost."""


def whole(value: object, what: str) -> int:
    """``value``, if it is a whole number; ``what`` names it in the error."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is not a whole number; {what} must be exact")
    return value


def rounded(value: Fraction, digits: int, rounding: Rounding) -> Decimal:
    """A fraction with so many decimal places.

    >>> rounded(Fraction(2, 3), 2, "half_even")
    Decimal('0.67')
    """
    return Decimal(_to_whole(value * 10**digits, rounding)).scaleb(-digits, EXACT)


def _to_whole(value: Fraction, rounding: Rounding) -> int:
    sign = -1 if value < 0 else 1
    match rounding:
        case "half_even":
            return round(value)
        case "half_up":
            return sign * floor(abs(value) + Fraction(1, 2))
        case "half_down":
            return sign * ceil(abs(value) - Fraction(1, 2))
        case "up":
            return sign * ceil(abs(value))
        case "down":
            return trunc(value)
        case "ceiling":
            return ceil(value)
        case "floor":
            return floor(value)
    raise ValueError(f"no rounding {rounding!r}; roundings: {', '.join(get_args(Rounding))}")
