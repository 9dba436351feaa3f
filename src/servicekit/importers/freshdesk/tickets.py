"""A Freshdesk ticket export as a stream of cases: the wide table, with a status that is known for one moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from servicekit.events import (
    Cancelled,
    Case,
    CaseEvent,
    Closed,
    Imported,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
    arrange,
)
from servicekit.importers.case_stream import ImportStream, case_stream
from servicekit.importers.delimited_file import Record, RecordFile
from servicekit.importers.faults import ROW, Faults
from servicekit.importers.freshdesk.mapping import FreshdeskColumns, FreshdeskMapping
from servicekit.importers.opened_file import TableSource
from servicekit.importers.table.mapping import CaseColumns, FactColumn, TableMapping
from servicekit.importers.table.rows import CaseRowReader, check_header
from servicekit.importers.tickets.column_mapping import Header
from servicekit.importers.tickets.mapping import Meaning
from servicekit.importers.tickets.statuses import StatusTable
from servicekit.importers.timestamps import Localiser, stamp_reader

_NEEDED = ("case_id", "opened_at")
_OF_THE_EXPORT = ("status", "updated_at")
_MakeEvent = Callable[[str, datetime], CaseEvent]


def read_freshdesk(path: TableSource, mapping: FreshdeskMapping | None = None) -> ImportStream[Case]:
    """The tickets of a Freshdesk export, one at a time.

    The export is a wide table (see :func:`~servicekit.importers.read_cases`) with columns known by name. It has no
    history: the status is the one at the export, as of the last update. A ticket that is resolved or closed by its
    status and has no time stamp for it was so at its last update.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "tickets.csv")
    ...     _ = file.write_text(
    ...         "Ticket ID,Status,Priority,Created time,Initial response time,Last update time\\n"
    ...         "7,Pending,High,2026-01-05 09:00:00,2026-01-05 09:20:00,2026-01-05 09:25:00\\n")
    ...     (ticket,) = read_freshdesk(file)
    >>> [type(event).__name__ for event in ticket.value.events]
    ['Opened', 'AgentReplied', 'StatusChanged']

    Raises:
        PolicyError: the table cannot be read at all: no such file, no rows, a missing column. While
            reading: a bad row, where the mapping says ``on_bad_row: stop``.
    """
    mapping = mapping or FreshdeskMapping()
    file = RecordFile(path, delimiter=mapping.delimiter, encoding=mapping.encoding)
    with file.closed_on_error():
        reader = _TicketReader(file, mapping)
    return case_stream(file, reader.read, kind=ROW, mapping=mapping, at_end=reader.day_orders.problems)


class _Column(NamedTuple):
    """A column of the export: its name, and where it stands in a row."""

    path: str
    place: int


class _TicketReader:
    """A mapping, compiled against the header of one export: the wide table reads the case, the status comes on top."""

    def __init__(self, file: RecordFile, mapping: FreshdeskMapping) -> None:
        header = Header(file.header)
        columns, facts = _columns(header, mapping.columns), header.facts(mapping)
        header.refuse(file.name, mapping.delimiter)
        table = _as_table(mapping, columns, facts)
        own = {name: column for name, column in columns.items() if name in _OF_THE_EXPORT and "status" in columns}
        check_header(file, table.column_names() | set(own.values()))
        self._rows = CaseRowReader(file.header, table)
        self.day_orders = self._rows.day_orders
        self._own = {name: _Column(column, file.header.index(column)) for name, column in own.items()}
        self._read_stamp = stamp_reader(mapping.dates, Localiser(mapping.timezone))
        self._statuses = StatusTable(mapping.all_statuses())
        self._missing = frozenset(mapping.missing)
        source = header.column(["Source"])
        self._source = None if source is None else file.header.index(source)
        self._outbound = frozenset(mapping.outbound_sources)

    def read(self, record: Record, faults: Faults) -> Imported[Case]:
        """The ticket of a row, with the status of the export as of its last update."""
        updated_at = self._updated_at(record, faults)
        imported = self._rows.read(record, faults)
        text = self._text(record, "status")
        if (case := imported.value) is None:
            return imported
        if self._source is not None and record.cells[self._source].strip() in self._outbound:
            case = replace(case, events=tuple(_by_agent(event) for event in case.events))
        return replace(imported, value=case if text is None else self._with_status(case, text, updated_at, faults))

    def _text(self, record: Record, name: str) -> str | None:
        text = record.cells[self._own[name].place].strip() if name in self._own else None
        return None if text in self._missing else text

    def _updated_at(self, record: Record, faults: Faults) -> datetime | None:
        text = self._text(record, "updated_at")
        try:
            return None if text is None else self._read_stamp(text).at
        except ValueError as error:
            faults.add("table.bad-value", self._own["updated_at"].path, str(error))
            return None

    def _with_status(self, case: Case, text: str, at: datetime | None, faults: Faults) -> Case:
        if case.opened is not None and at is not None:
            faults.check_order("ticket.before-opening", self._own["updated_at"], at, case.opened.at)
        turn = self._turn(case, text, at, faults)
        ends = [event.at for event in case.events if isinstance(event, Resolved | Closed)]
        if turn is Reopened:  # no earlier than it had ended
            at = max([*ends, at or max(ends)])
        if at is None:
            return case
        changed: list[CaseEvent] = [StatusChanged(case.case_id, at, self._statuses(text).name)]
        if turn is not None:
            changed.append(turn(case.case_id, at))
        if turn is Reopened and at in ends:
            before = [replace(event, sequence=0) if event.at == at else event for event in case.events]
            return Case(case.case_id, arrange([*before, *(replace(event, sequence=1) for event in changed)]))
        return Case(case.case_id, arrange([*case.events, *changed]))

    def _turn(self, case: Case, text: str, at: datetime | None, faults: Faults) -> _MakeEvent | None:
        """The event that the status implies and the time stamps do not give."""
        column = self._own["status"]
        turn = _turn(self._statuses.reported(text, column, faults).means, {type(event) for event in case.events})
        if turn is Reopened:
            faults.warn("ticket.incomplete-history", column.path, f"resolved by its stamp, now {text!r}")
        elif turn is not None and at is None:
            words = f"it is {text!r}, and no timestamp says since when, so the change is left out"
            faults.warn("ticket.incomplete-history", column.path, words)
        elif turn is not None:
            faults.unstamped_end(column, text)
        return turn


def _by_agent(event: CaseEvent) -> CaseEvent:
    return replace(event, by="agent") if isinstance(event, Opened) else event


def _turn(means: Meaning, known: Set[type[CaseEvent]]) -> _MakeEvent | None:
    """What must have happened to a ticket of such a status, beside its time stamps."""
    match means:
        case "open":
            return Reopened if Resolved in known or Closed in known else None
        case "resolved":
            return None if Resolved in known or Closed in known else Resolved
        case "closed":
            return None if Closed in known else Closed
        case "cancelled":
            return None if Cancelled in known else Cancelled


def _columns(header: Header, columns: FreshdeskColumns) -> dict[str, str]:
    """The columns that are there, by what they mean."""
    named = columns.model_fields_set
    found = {
        name: header.column(getattr(columns, name), needed=name in _NEEDED or name in named)
        for name in FreshdeskColumns.model_fields
    }
    return {name: column for name, column in found.items() if column is not None}


def _as_table(mapping: FreshdeskMapping, columns: Mapping[str, str], facts: Mapping[str, FactColumn]) -> TableMapping:
    """The same table for the importer of wide tables."""
    return TableMapping(
        timezone=mapping.timezone,
        as_of=mapping.as_of,
        dates=mapping.dates,
        missing=mapping.missing,
        delimiter=mapping.delimiter,
        encoding=mapping.encoding,
        on_bad_row=mapping.on_bad_row,
        columns=CaseColumns.model_validate({k: v for k, v in columns.items() if k not in _OF_THE_EXPORT}),
        facts=dict(facts),
        constants=mapping.constants,
    )
