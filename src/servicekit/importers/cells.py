"""Reading cells: the facts of a row, each by its declared type, and where its stamps stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from servicekit.importers.table.lengths import length_reader
from servicekit.importers.table.stamp_cell import StampCell
from servicekit.importers.timestamps import DayOrders, Localiser, stamp_reader
from servicekit.rules import Value
from servicekit.rules.field import fitted
from servicekit.vocabulary import FieldType

if TYPE_CHECKING:
    from servicekit.importers.faults import Faults
    from servicekit.importers.table.mapping import FactColumn, StampColumn
    from servicekit.importers.table.table_file import TableFile


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


class FactCell(NamedTuple):
    """A column of a fact: the name of the fact, its place in the row, and how its cells are read."""

    name: str
    place: int
    column: str
    read: ReadCell | None


def read_facts(
    facts: Iterable[FactCell], cells: Sequence[str], missing: Collection[str], faults: Faults
) -> dict[str, Value]:
    """The facts in a row; cells that say nothing make none."""
    found: dict[str, Value] = {}
    for name, place, column, read in facts:
        text = cells[place].strip()
        if text in missing:
            continue
        try:
            found[name] = text if read is None else read(text)
        except ValueError as error:
            faults.add("table.bad-value", column, str(error))
    return found


class CellCompiler:
    """Turns the columns of a mapping into places in the row with their readers; ``places`` are those of the header."""

    def __init__(self, places: Mapping[str, int], mapping: TableFile) -> None:
        self.places, self.dates = places, mapping.dates
        self.localise = Localiser(mapping.timezone)
        self.day_orders = DayOrders(mapping.dates, says="dates" in mapping.model_fields_set)

    def stamp(self, stamp: StampColumn) -> StampCell:
        """A column of stamps, or of lengths of time after the opening."""
        orders = self.day_orders if stamp.dates is None else None
        read = stamp_reader(stamp.dates or self.dates, self.localise, orders)
        time = None if stamp.time is None else self.places[stamp.time]
        length = None if stamp.after_opening is None else length_reader(stamp.after_opening)
        return StampCell(stamp.column, self.places[stamp.column], read, time, length)

    def facts(self, columns: Mapping[str, FactColumn]) -> list[FactCell]:
        """Columns of facts, by their names."""
        return [self._fact(name, fact) for name, fact in columns.items()]

    def _fact(self, name: str, fact: FactColumn) -> FactCell:
        plain = fact.type == "text" and not fact.values
        read = None if plain else cell_reader(fact, self.dates, self.localise)
        return FactCell(name, self.places[fact.column], fact.column, read)


def read_integer(text: str) -> int:
    """A whole number of any size."""
    if not _WHOLE_NUMBER.fullmatch(text):
        raise ValueError(f"{text[:60]!r} is not a whole number")
    return int(text)


def _decimal(text: str) -> Decimal:
    if not _PLAIN_DECIMAL.fullmatch(text):
        raise ValueError(f"{text[:60]!r} is not a plain decimal number, such as 99.90")
    return Decimal(text)


def read_boolean(text: str) -> bool:
    """True or false, as tables write it."""
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
    "boolean": read_boolean,
    "day": read_day,
}
