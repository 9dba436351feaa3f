"""A Freshdesk ticket export as a stream of cases: the wide table, with a status that is known for one moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import replace
from datetime import datetime

from servicekit.desk import Imported
from servicekit.errors import Problem
from servicekit.events import Cancelled, Case, CaseEvent, Closed, Opened, Reopened, Resolved, StatusChanged, arrange
from servicekit.importers.freshdesk.mapping import FreshdeskColumns, FreshdeskMapping
from servicekit.importers.records import RecordFile, TableSource
from servicekit.importers.table.cases import CaseTable
from servicekit.importers.table.mapping import CaseColumns, FactColumn, TableMapping
from servicekit.importers.tickets.columns import Header
from servicekit.importers.tickets.mapping import Meaning
from servicekit.importers.tickets.words import StatusWords

__all__ = ["FreshdeskTickets", "read_freshdesk"]

_NEEDED = ("case_id", "opened_at")
_OF_THE_EXPORT = ("status", "updated_at")
_STATUS, _UPDATED = "\x00status", "\x00updated"  # carried through the table as facts that no mapping can name


def read_freshdesk(path: TableSource, mapping: FreshdeskMapping | None = None) -> Iterator[Imported]:
    """The tickets of a Freshdesk export, one at a time; see :class:`FreshdeskTickets`.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "tickets.csv")
    ...     _ = file.write_text(
    ...         "Ticket ID,Status,Priority,Created time,Initial response time,Last update time\\n"
    ...         "7,Pending,High,2026-01-05 09:00:00,2026-01-05 09:20:00,2026-01-05 09:25:00\\n")
    ...     (ticket,) = read_freshdesk(file)
    >>> [type(event).__name__ for event in ticket.case.events]
    ['Opened', 'AgentReplied', 'StatusChanged']

    Raises:
        PolicyError: as :class:`FreshdeskTickets` does.
    """
    return iter(FreshdeskTickets(path, mapping or FreshdeskMapping()))


class FreshdeskTickets(CaseTable):
    """A Freshdesk ticket export, open for one reading: iterate over it once.

    It is a :class:`~servicekit.importers.CaseTable` with columns known by name. An export has no history: the status
    is the one at the export, and is told as of the last update. A ticket that is resolved or closed by its status and
    has no stamp for it was so at its last update.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "tickets.csv")
    ...     _ = file.write_text("Ticket ID,Created time\\n7,soon\\n")
    ...     (ticket,) = FreshdeskTickets(file, FreshdeskMapping())
    >>> ticket.case, ticket.problems[0].code, ticket.problems[0].path
    (None, 'table.bad-instant', 'row 2.Created time')

    Raises:
        PolicyError: the table cannot be read at all: no such file, no rows, a missing column. While
            reading: a bad row, where the mapping says ``on_bad_row: stop``.
    """

    def __init__(self, path: TableSource, mapping: FreshdeskMapping) -> None:
        file = RecordFile(path, delimiter=mapping.delimiter, encoding=mapping.encoding)
        header = Header(file.header)
        columns, facts = _columns(header, mapping.columns), header.facts(mapping)
        if header.problems:
            file.close()
        header.refuse(file.name, mapping.delimiter)
        self._begin(file, _as_table(mapping, columns, facts))
        self._words = StatusWords(mapping.all_statuses())
        self._columns = columns

    def __iter__(self) -> Iterator[Imported]:
        return map(self._with_status, super().__iter__())

    def _with_status(self, row: Imported) -> Imported:
        if row.case is None or row.case.opened is None:
            return row
        facts = dict(row.case.opened.facts)
        text, at = facts.pop(_STATUS, None), facts.pop(_UPDATED, None)
        bare = Opened(row.case.case_id, row.case.opened.at, facts, row.case.opened.customer_id)
        events = [bare if isinstance(event, Opened) else event for event in row.case.events]
        problems = list(row.problems)
        if isinstance(text, str):
            moment = at if isinstance(at, datetime) else None
            if moment is not None and moment < bare.at:
                words = f"updated before the opening at {bare.at.isoformat()}"
                problems.append(self._warning("ticket.before-opening", words, row, "updated_at"))
            events += self._status(text, moment, row, problems)
        return replace(row, case=Case(row.case.case_id, arrange(events)), problems=tuple(problems))

    def _status(self, text: str, at: datetime | None, row: Imported, problems: list[Problem]) -> list[CaseEvent]:
        """What the status at the export tells beside the stamps."""
        status = self._words(text)
        if not status.is_known:
            words = f"the mapping does not say what {text[:60]!r} means; read as open"
            problems.append(self._warning("ticket.unknown-status", words, row))
        if row.case is None:
            return []
        case_id, turn = row.case.case_id, _turn(status.means, {type(event) for event in row.case.events})
        if turn is Reopened:
            problems.append(self._warning("ticket.incomplete-history", f"resolved by its stamp, now {text!r}", row))
        elif turn is not None and at is None:
            words = f"it is {text!r}, and no stamp says since when; not told"
            problems.append(self._warning("ticket.incomplete-history", words, row))
        if at is None:
            return []
        changed: list[CaseEvent] = [StatusChanged(case_id, at, status.name)]
        return changed if turn is None else [*changed, turn(case_id, at)]

    def _warning(self, code: str, message: str, row: Imported, column: str = "status") -> Problem:
        path = f"row {row.row}.{self._columns.get(column, '')}"
        return Problem.warning(code, path, message)


def _turn(means: Meaning, told: Set[type[CaseEvent]]) -> Callable[[str, datetime], CaseEvent] | None:
    """What must have happened to a ticket of such a status, beside what its stamps tell."""
    match means:
        case "open":
            return Reopened if Resolved in told or Closed in told else None
        case "resolved":
            return None if Resolved in told or Closed in told else Resolved
        case "closed":
            return None if Closed in told else Closed
        case "cancelled":
            return None if Cancelled in told else Cancelled


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
    carried = dict(facts)
    if "status" in columns and "updated_at" in columns:
        carried[_UPDATED] = FactColumn(column=columns["updated_at"], type="instant")
    if "status" in columns:
        carried[_STATUS] = FactColumn(column=columns["status"])
    return TableMapping(
        timezone=mapping.timezone,
        as_of=mapping.as_of,
        dates=mapping.dates,
        missing=mapping.missing,
        delimiter=mapping.delimiter,
        encoding=mapping.encoding,
        on_bad_row=mapping.on_bad_row,
        columns=CaseColumns.model_validate({k: v for k, v in columns.items() if k not in _OF_THE_EXPORT}),
        facts=carried,
        constants=mapping.constants,
    )
