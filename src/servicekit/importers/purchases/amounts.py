"""Reading amounts of money and quantities as tables write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Literal, TypeAlias

DecimalMark: TypeAlias = Literal[".", ","]
ReadNumber = Callable[[str], Decimal]
"""Turns the text of a cell into a number; raises ``ValueError`` where it cannot."""

_LONGEST = 60
_PLAIN = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?")
_BLANKS = "'’ \u00a0\u202f"
_EXAMPLES = {".": "1234.50 or 1,234.50", ",": "1234,50 or 1.234,50"}


def number_reader(decimal_mark: DecimalMark = ".", signs: Sequence[str] = ()) -> ReadNumber:
    """How to read numbers: digits, in groups or not, below zero with a minus before or behind, or in brackets.

    ``signs`` are texts around a number that say nothing.

    >>> read = number_reader(signs=["$"])
    >>> read("1,234.50"), read("-$5"), read("(12.00)"), read("7.25-")
    (Decimal('1234.50'), Decimal('-5'), Decimal('-12.00'), Decimal('-7.25'))
    >>> number_reader(",")("1.234,50")
    Decimal('1234.50')
    >>> read("12,5")
    Traceback (most recent call last):
    ValueError: '12,5' is not a number such as 1234.50 or 1,234.50
    """
    mark, other = re.escape(decimal_mark), "," if decimal_mark == "." else r"\."
    groups = rf"(?:(?P<apart>[{_BLANKS}{other}])[0-9]{{2,3}}(?:(?P=apart)[0-9]{{2,3}})*(?<=[0-9]{{3}}))?"
    grouped = re.compile(rf"(?P<whole>[0-9]{{1,3}}{groups}|[0-9]{{1,30}})(?:{mark}(?P<part>[0-9]{{1,30}}))?")
    is_plain = _PLAIN.fullmatch if decimal_mark == "." else re.compile(r"-?[0-9]{1,30}").fullmatch

    def read(text: str) -> Decimal:
        if is_plain(text):
            return Decimal(text)
        bare, below_zero = _without_sign(text, signs)
        found = grouped.fullmatch(bare)
        if found is None:
            raise ValueError(f"{text[:_LONGEST]!r} is not a number such as {_EXAMPLES[decimal_mark]}")
        number = Decimal(f"{re.sub('[^0-9]', '', found['whole'])}.{found['part'] or ''}")
        return -number if below_zero else number

    return read


def _without_sign(text: str, signs: Sequence[str]) -> tuple[str, bool]:
    """A number without what stands around it, and whether it is below zero."""
    bare = text
    for sign in signs:
        bare = bare.replace(sign, "", 1)
    bare = bare.replace("\u2212", "-").strip()
    if bare.startswith("(") and bare.endswith(")"):
        return bare[1:-1].strip(), True
    if bare.startswith(("-", "+")):
        return bare[1:].strip(), bare[0] == "-"
    return (bare[:-1].strip(), True) if bare.endswith("-") else (bare, False)
