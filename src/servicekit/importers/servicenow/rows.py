"""From the cells of one row to what the incident was after an update."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from servicekit.errors import Address, Problem, Severity
from servicekit.importers.cells import ReadCell, cell_reader
from servicekit.importers.records import Record
from servicekit.importers.servicenow.mapping import IncidentColumns, ServiceNowMapping
from servicekit.importers.stamps import Localiser, stamp_reader
from servicekit.importers.tickets.columns import Header
from servicekit.rules import Value

__all__ = ["Row", "RowReader"]

_NEEDED = ("case_id", "opened_at", "updated_at", "status")


class Row(NamedTuple):
    """One row of the log: when it was written, the record itself, and the state it tells."""

    at: datetime
    record: Record
    status: str | None


class RowReader:
    """A mapping, compiled against the header of one log; it keeps nothing of a row.

    Raises:
        PolicyError: ``table.missing-column``, one problem per column that must be there; or ``table.delimiter``.
    """

    __slots__ = ("_columns", "_facts", "_file", "_missing", "_places", "_read_stamp", "width")

    def __init__(self, header: Sequence[str], mapping: ServiceNowMapping, file: str) -> None:
        finder = Header(header)
        named = mapping.columns.model_fields_set
        self._columns = {
            name: finder.column(getattr(mapping.columns, name), needed=name in _NEEDED or name in named)
            for name in IncidentColumns.model_fields
        }
        facts = finder.facts(mapping)
        finder.refuse(file, mapping.delimiter)
        localise = Localiser(mapping.timezone)
        self._file, self.width, self._missing = file, len(header), frozenset(mapping.missing)
        self._places = {name: header.index(column) for name, column in self._columns.items() if column is not None}
        self._read_stamp = stamp_reader(mapping.dates, localise)
        self._facts: list[tuple[str, int, str, ReadCell]] = [
            (name, header.index(fact.column), fact.column, cell_reader(fact, mapping.dates, localise))
            for name, fact in facts.items()
        ]

    def text(self, record: Record, name: str) -> str | None:
        """The cell of a mapped column; None where it is missing."""
        place = self._places.get(name)
        return None if place is None else self._cell(record, place)

    def instant(self, record: Record, name: str, problems: list[Problem], *, needed: bool = False) -> datetime | None:
        """The cell of a mapped column as an instant; None where it is missing, or (with a problem) no stamp."""
        text = self.text(record, name)
        if text is None:
            if needed:
                problems.append(self.problem(record, "table.bad-instant", name, "the time stamp is missing"))
            return None
        try:
            stamp = self._read_stamp(text)
        except ValueError as error:
            problems.append(self.problem(record, "table.bad-instant", name, str(error)))
            return None
        if stamp.skipped:
            words = f"the clock skipped {text!r} on that day; read with the offset before the change"
            problems.append(self.problem(record, "table.skipped-local-time", name, words, "warning"))
        return stamp.at

    def facts(self, record: Record, before: Record | None, problems: list[Problem]) -> dict[str, Value | None]:
        """The facts of a row, by name; beside the row ``before``, only those that differ."""
        facts: dict[str, Value | None] = {}
        for name, place, column, read in self._facts:
            text = self._cell(record, place)
            if before is not None and text == self._cell(before, place):
                continue
            try:
                facts[name] = None if text is None else read(text)
            except ValueError as error:
                problems.append(self._problem(record, "table.bad-value", column, str(error)))
        return facts

    def problem(self, record: Record, code: str, name: str, message: str, severity: Severity = "error") -> Problem:
        """A problem in the mapped column ``name`` of a row."""
        return self._problem(record, code, self._columns.get(name) or name, message, severity)

    def _problem(self, record: Record, code: str, column: str, message: str, severity: Severity = "error") -> Problem:
        path, address = f"row {record.row}.{column}", Address(self._file, record.line)
        return Problem(code, path, message, severity=severity, address=address)

    def _cell(self, record: Record, place: int) -> str | None:
        text = record.cells[place].strip()
        return None if text in self._missing else text
