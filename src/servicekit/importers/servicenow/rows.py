"""From the cells of one row to what the incident was after an update."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from servicekit.importers.cells import ReadCell, cell_reader
from servicekit.importers.delimited_file import Record, RecordFile
from servicekit.importers.faults import Faults
from servicekit.importers.servicenow.mapping import IncidentColumns, ServiceNowMapping
from servicekit.importers.tickets.column_mapping import Header
from servicekit.importers.timestamps import DayOrders, Localiser, stamp_reader
from servicekit.rules import Value

_NEEDED = ("case_id", "opened_at", "updated_at", "status")


class LogColumn(NamedTuple):
    """A column of the log: its name, and its place in a row; None: the log has no such column."""

    path: str
    place: int | None


class LogRow(NamedTuple):
    """One row of the log: its place in the order of the incident's rows, when it was written, the record itself, its
    status, and where its faults are noted."""

    place: int
    at: datetime
    record: Record
    status: str | None
    faults: Faults


class LogRowReader:
    """A mapping, compiled against the header of one log; it keeps nothing of a row.

    Raises:
        PolicyError: ``table.missing-column``, one problem per column that must be there; or ``table.delimiter``.
    """

    __slots__ = ("_facts", "_missing", "_read_stamp", "columns", "day_orders")

    def __init__(self, file: RecordFile, mapping: ServiceNowMapping) -> None:
        header = Header(file.header)
        named = mapping.columns.model_fields_set
        found = {
            name: header.column(getattr(mapping.columns, name), needed=name in _NEEDED or name in named)
            for name in IncidentColumns.model_fields
        }
        facts = header.facts(mapping)
        header.refuse(file.name, mapping.delimiter)
        localise, place = Localiser(mapping.timezone), file.header.index
        self.columns = {
            name: LogColumn(column or name, None if column is None else place(column)) for name, column in found.items()
        }
        self._missing = frozenset(mapping.missing)
        self.day_orders = DayOrders(mapping.dates, says="dates" in mapping.model_fields_set)
        self._read_stamp = stamp_reader(mapping.dates, localise, self.day_orders)
        self._facts: list[tuple[str, int, str, ReadCell]] = [
            (name, place(fact.column), fact.column, cell_reader(fact, mapping.dates, localise))
            for name, fact in facts.items()
        ]

    def text(self, record: Record, name: str) -> str | None:
        """The cell of a mapped column; None where it is missing."""
        place = self.columns[name].place
        return None if place is None else self._cell(record, place)

    def instant(self, record: Record, name: str, faults: Faults) -> datetime | None:
        """The cell of a mapped column as an instant; None where it is missing, or (with a fault) no time stamp."""
        return faults.instant(self.text(record, name), self.columns[name], self._read_stamp)

    def needed_instant(self, record: Record, name: str, faults: Faults) -> datetime | None:
        """The same, where a missing one is a fault."""
        if self.text(record, name) is None:
            faults.missing_instant(self.columns[name])
        return self.instant(record, name, faults)

    def facts(self, record: Record, before: Record | None, faults: Faults) -> dict[str, Value | None]:
        """The facts of a row, by name; beside the row ``before``, only those that differ."""
        facts: dict[str, Value | None] = {}
        for name, place, column, read in self._facts:
            text = self._cell(record, place)
            if before is not None and text == self._cell(before, place):
                continue
            try:
                facts[name] = None if text is None else read(text)
            except ValueError as error:
                faults.add("table.bad-value", column, str(error))
        return facts

    def _cell(self, record: Record, place: int) -> str | None:
        text = record.cells[place].strip()
        return None if text in self._missing else text
