"""Ratios: so many of so many."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Self

from servicekit.quantity.exact import Rounding, rounded, whole
from servicekit.quantity.field import text_schema

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


_RATIO = re.compile(r"(?P<numerator>-?[0-9]{1,400}) ?/ ?(?P<denominator>[0-9]{1,400})")


@dataclass(frozen=True, slots=True)
class Ratio:
    """So many of so many: a share with its evidence, or a sum over a count.

    Adding ratios adds counts, so a roll-up divides the sums and never averages averages.

    >>> Ratio(1, 2) + Ratio(9, 10)
    Ratio(numerator=10, denominator=12)
    >>> Ratio(1, 4).value, Ratio(0, 0).value is None
    (Fraction(1, 4), True)

    Raises:
        TypeError: a part is not a whole number.
        ValueError: the denominator is negative, or zero under a numerator that is not.
    """

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        if type(self.numerator) is not int or type(self.denominator) is not int:
            whole(self.numerator, "a numerator")
            whole(self.denominator, "a denominator")
        if self.denominator < 0 or (self.numerator and not self.denominator):
            raise ValueError(
                f"{self.numerator}/{self.denominator} is not a ratio: a count cannot be negative or be of nothing"
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """The ratio that a text such as ``3/4`` names; it is not reduced.

        >>> Ratio.parse("2/4")
        Ratio(numerator=2, denominator=4)

        Raises:
            ValueError: the text is not two whole numbers with a slash between them.
        """
        match = _RATIO.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text[:60]!r} is not a ratio; write two whole numbers, such as '3/4'")
        return cls(int(match["numerator"]), int(match["denominator"]))

    @property
    def value(self) -> Fraction | None:
        """The quotient; None where there is nothing to divide by."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    def percent(self, digits: int = 1, rounding: Rounding = "half_even") -> str:
        """The quotient in per cent, to so many decimal places; for people to read, never to judge by.

        >>> Ratio(2, 3).percent(), Ratio(1999, 2000).percent(0, "down"), Ratio(0, 0).percent()
        ('66.7 %', '99 %', 'n/a')
        """
        return "n/a" if self.value is None else f"{rounded(self.value * 100, digits, rounding):f} %"

    def __add__(self, other: Ratio) -> Self:
        if not isinstance(other, Ratio):
            raise TypeError(f"{other!r} is not a ratio")
        return type(self)(self.numerator + other.numerator, self.denominator + other.denominator)

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return text_schema(cls._from_document, _RATIO.pattern)

    @classmethod
    def _from_document(cls, value: object) -> Self:
        if isinstance(value, cls):
            return value
        match value:
            case str():
                return cls.parse(value)
            case {"numerator": int(numerator), "denominator": int(denominator), **rest} if not rest:
                return cls.parse(f"{numerator}/{denominator}")
            case _:
                raise ValueError("a ratio is written as a text such as '3/4', or with its numerator and denominator")
