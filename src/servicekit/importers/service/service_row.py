"""The cells of one row of a table of the service, read as its mapping says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from servicekit.importers.cells import CellCompiler, read_boolean, read_facts
from servicekit.importers.purchases.amounts import ReadNumber
from servicekit.importers.purchases.moments import MomentCell, moment_cell
from servicekit.importers.service.service_mapping import LengthColumn, ServiceTable
from servicekit.importers.table.lengths import ReadLength, length_reader
from servicekit.importers.table.mapping import StampColumn
from servicekit.importers.table.stamp_cell import StampCell
from servicekit.importers.timestamps import Localiser, stamp_reader

if TYPE_CHECKING:
    from servicekit.events import Moment
    from servicekit.importers.faults import Faults
    from servicekit.rules import Value

_NOTHING, _DAY, _LONGEST_NIGHT = timedelta(), timedelta(days=1), timedelta(hours=12)
_OF_A_DAY = re.compile(r"%-?[djcxsDFUW]")


class LengthCell(NamedTuple):
    """A column with a length of time, or two with its ends; ``path`` is where a fault is told."""

    path: str
    place: int = 0
    read: ReadLength | None = None
    ends: tuple[StampCell, StampCell] | None = None
    over_midnight: bool = False
    """The ends are times of day, so that the later one may be of the next day."""

    def length(self, cells: Sequence[str], missing: frozenset[str], faults: Faults) -> timedelta | None:
        """The length in a row; None where it is not recorded, or (with a fault) is none."""
        found = self._between(self.ends, cells, missing, faults) if self.ends else self._told(cells, missing, faults)
        return None if found is None or found < _NOTHING else found

    def _told(self, cells: Sequence[str], missing: frozenset[str], faults: Faults) -> timedelta | None:
        text = cells[self.place].strip()
        if self.read is None or text in missing:
            return None
        try:
            length = self.read(text)
        except ValueError as error:
            faults.add("table.bad-value", self.path, str(error))
            return None
        if length < _NOTHING:
            faults.add("table.bad-value", self.path, f"{text!r} is a length of time below zero")
        return length

    def _between(
        self, ends: tuple[StampCell, StampCell], cells: Sequence[str], missing: frozenset[str], faults: Faults
    ) -> timedelta | None:
        start, end = (stamp.instant(cells, missing, faults) for stamp in ends)
        if start is None or end is None:
            return None
        length = end - start
        if length < _NOTHING and self.over_midnight and length + _DAY <= _LONGEST_NIGHT:
            return length + _DAY
        if length < _NOTHING:
            faults.add("table.ends-before-start", self.path, "a length of time ends before it begins")
        return length


class RowLayout:
    """The columns of a mapping in the header of one table, each with its reader."""

    def __init__(self, header: Sequence[str], mapping: ServiceTable) -> None:
        self.places = {name: index for index, name in enumerate(header)}
        self.missing = frozenset(mapping.missing)
        self.constants: Mapping[str, Value] = mapping.constants
        self.compile = CellCompiler(self.places, mapping)
        columns = mapping.own_columns()
        given = {key: getattr(columns, key) for key in type(columns).model_fields}
        self.names: dict[str, tuple[str, ...]] = {
            key: (name,) if isinstance(name, str) else name
            for key, name in given.items()
            if isinstance(name, str | tuple)
        }
        self.stamps = {key: self._stamp(stamp) for key, stamp in given.items() if isinstance(stamp, StampColumn)}
        self.instants = {
            key: self.compile.stamp(stamp) for key, stamp in given.items() if isinstance(stamp, StampColumn)
        }
        self.lengths = {key: self._length(cell) for key, cell in given.items() if isinstance(cell, LengthColumn)}
        self.facts = self.compile.facts(mapping.facts)

    def _stamp(self, stamp: StampColumn) -> MomentCell:
        compiled = self.compile
        return moment_cell(stamp, self.places, compiled.dates, compiled.localise, compiled.day_orders)

    def _length(self, column: LengthColumn) -> LengthCell:
        if column.since is None or column.until is None:
            name = column.column or ""
            return LengthCell(name, self.places[name], length_reader(column.unit))
        formats = [stamp.dates or self.compile.dates for stamp in (column.since, column.until)]
        over_midnight = all("%" in each and not _OF_A_DAY.search(each) for dates in formats for each in dates)
        ends = self._end(column.since, over_midnight), self._end(column.until, over_midnight)
        return LengthCell(column.until.column, ends=ends, over_midnight=over_midnight)

    def _end(self, stamp: StampColumn, is_time_of_day: bool) -> StampCell:
        if not is_time_of_day:
            return self.compile.stamp(stamp)
        read = stamp_reader(stamp.dates or self.compile.dates, Localiser("UTC"))  # no clock changes between two times
        return StampCell(stamp.column, self.places[stamp.column], read)


class ServiceRow(NamedTuple):
    """One row of a table, its cells by the keys of the mapping; what is wrong with a cell is noted among the faults."""

    layout: RowLayout
    row: int
    line: int | None
    cells: Sequence[str]
    faults: Faults
    name: str
    """What the row is called, where it has no number: its mapped cells."""

    def cell(self, column: str) -> str | None:
        """The text in a column of the header; None where it says nothing."""
        text = self.cells[self.layout.places[column]].strip()
        return None if text in self.layout.missing else text

    def text(self, key: str) -> str | None:
        """The text under a key; of several columns all of them, joined."""
        names = self.layout.names.get(key, ())
        if len(names) == 1:
            return self.cell(names[0])
        texts = [text for name in names if (text := self.cell(name)) is not None]
        return "/".join(texts) if texts and len(texts) == len(names) else None

    def path(self, key: str) -> str:
        """Where a key stands, for messages."""
        return "/".join(self.layout.names.get(key, ()))

    def number_or_name(self, key: str) -> str:
        """The number of the record under a key, or what the row is called where no column has one."""
        if key not in self.layout.names:
            return self.name
        return self.needed(key) or ""

    def needed(self, key: str) -> str | None:
        """The text under a key that every row must have."""
        text = self.text(key)
        if text is None:
            self.faults.add("table.bad-value", self.path(key), f"the {key.replace('_', ' ')} is missing")
        return text

    def instant(self, key: str) -> datetime | None:
        """The instant under a key that every row must have."""
        before = len(self.faults.problems)
        at = self.instant_if_any(key)
        if at is None and len(self.faults.problems) == before:
            self.faults.missing_instant(self.layout.instants[key])
        return at

    def instant_if_any(self, key: str) -> datetime | None:
        """The instant under a key, where there is one."""
        stamp = self.layout.instants.get(key)
        return None if stamp is None else stamp.instant(self.cells, self.layout.missing, self.faults)

    def moment(self, key: str) -> Moment | None:
        """The instant or the day under a key, where there is one."""
        stamp = self.layout.stamps.get(key)
        return None if stamp is None else stamp.moment(self.cells, self.layout.missing, self.faults)

    def needed_moment(self, key: str) -> Moment | None:
        """The instant or the day under a key that every row must have."""
        before = len(self.faults.problems)
        at = self.moment(key)
        if at is None and len(self.faults.problems) == before:
            self.faults.missing_instant(self.layout.stamps[key])
        return at

    def length(self, key: str) -> timedelta | None:
        """The length of time under a key, where it is recorded."""
        cell = self.layout.lengths.get(key)
        return None if cell is None else cell.length(self.cells, self.layout.missing, self.faults)

    def number(self, column: str, read: ReadNumber) -> int | Decimal | None:
        """The number in a column, a whole one as an int; None where there is none, or (with a fault) it is not one."""
        text = self.cell(column)
        if text is None:
            return None
        try:
            return whole_or_decimal(read(text))
        except ValueError as error:
            self.faults.add("table.bad-value", column, str(error))
            return None

    def flag(self, key: str) -> bool | None:
        """True or false under a key."""
        text = self.text(key)
        try:
            return None if text is None else read_boolean(text)
        except ValueError as error:
            self.faults.add("table.bad-value", self.path(key), str(error))
            return None

    def facts(self) -> dict[str, Value]:
        """The facts in the row, and those of the whole table."""
        layout = self.layout
        return {**layout.constants, **read_facts(layout.facts, self.cells, layout.missing, self.faults)}


def whole_or_decimal(number: Decimal) -> int | Decimal:
    """A number as an int, if it is whole.

    >>> whole_or_decimal(Decimal("9.0")), whole_or_decimal(Decimal("6.5"))
    (9, Decimal('6.5'))
    """
    whole = int(number)
    return whole if whole == number else number
