"""Reading the cells of a fact column: text to the declared type of value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from servicekit.importers.timestamps import Localiser, stamp_reader
from servicekit.rules import Value
from servicekit.rules.field import fitted
from servicekit.vocabulary import FieldType

if TYPE_CHECKING:
    from servicekit.importers.table.mapping import FactColumn


ReadCell = Callable[[str], Value]
"""Turns the text of a cell into a value; raises ``ValueError`` where it cannot."""

_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,1000}")
_PLAIN_DECIMAL = re.compile(r"[+-]?[0-9]{1,400}(\.[0-9]{1,400})?")  # no exponents: 1e999999999 is a trap, not an amount
_BOOLEANS = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}


def cell_reader(fact: FactColumn, dates: tuple[str, ...], localise: Localiser) -> ReadCell:
    """How to read the cells of ``fact``; ``dates`` are the formats of the table.

    >>> from servicekit.importers.table.mapping import FactColumn
    >>> read = cell_reader(FactColumn(column="n", type="integer"), ("iso",), Localiser("UTC"))
    >>> read("17")
    17
    >>> read("17.5")
    Traceback (most recent call last):
    ValueError: '17.5' is not a whole number
    """
    read = _typed(fact, dates, localise)
    return read if not fact.values else _renamed(read, fact.values, keep=fact.unlisted == "keep")


def _typed(fact: FactColumn, dates: tuple[str, ...], localise: Localiser) -> ReadCell:
    if fact.type == "instant":
        read = stamp_reader(fact.dates or dates, localise)
        return lambda text: read(text).at
    return _READERS[fact.type]


def _renamed(read: ReadCell, values: Mapping[str, str], *, keep: bool) -> ReadCell:
    def renamed(text: str) -> Value:
        name = values.get(text)
        if name is None and not keep:
            raise ValueError(f"{text[:60]!r} is not among the listed values")
        return read(text if name is None else name)

    return renamed


def read_integer(text: str) -> int:
    """A whole number of any size."""
    if not _WHOLE_NUMBER.fullmatch(text):
        raise ValueError(f"{text[:60]!r} is not a whole number")
    return int(text)


def _decimal(text: str) -> Decimal:
    if not _PLAIN_DECIMAL.fullmatch(text):
        raise ValueError(f"{text[:60]!r} is not a plain decimal number, such as 99.90")
    return Decimal(text)


def _boolean(text: str) -> bool:
    try:
        return _BOOLEANS[text.lower()]
    except KeyError:
        raise ValueError(f"{text[:60]!r} is neither true nor false") from None


def read_day(text: str) -> date:
    """A day such as 2026-01-05."""
    day = fitted(text, "day")
    if not isinstance(day, date):
        raise ValueError(f"{text[:60]!r} is not a day such as 2026-01-05")
    return day


_READERS: Mapping[FieldType, ReadCell] = {
    "text": str,
    "integer": read_integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "day": read_day,
}
