"""A ServiceNow incident log as a stream of cases."""

from __future__ import annotations

from collections.abc import Iterator

from servicekit.desk import Imported
from servicekit.errors import Address, PolicyError, Problem
from servicekit.importers.records import Record, RecordFile, TableSource
from servicekit.importers.seen import SeenIds
from servicekit.importers.servicenow.incident import IncidentTeller
from servicekit.importers.servicenow.mapping import ServiceNowMapping
from servicekit.importers.servicenow.rows import RowReader
from servicekit.importers.table.cases import wrong_width

__all__ = ["IncidentLog", "read_servicenow"]


def read_servicenow(path: TableSource, mapping: ServiceNowMapping | None = None) -> Iterator[Imported]:
    """The incidents of a log, one at a time; see :class:`IncidentLog`.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> log = '''number,incident_state,opened_at,sys_updated_at,priority,resolved_at,closed_at
    ... INC1,New,29/2/2016 01:16,29/2/2016 01:23,3 - Moderate,29/2/2016 11:29,5/3/2016 12:00
    ... INC1,Resolved,29/2/2016 01:16,29/2/2016 11:29,3 - Moderate,29/2/2016 11:29,5/3/2016 12:00
    ... '''
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "incident_event_log.csv")
    ...     _ = file.write_text(log)
    ...     (incident,) = read_servicenow(file)
    >>> incident.case.opened.facts, [type(event).__name__ for event in incident.case.events]
    ({'priority': '3'}, ['Opened', 'StatusChanged', 'StatusChanged', 'Resolved', 'Closed'])

    Raises:
        PolicyError: as :class:`IncidentLog` does.
    """
    return iter(IncidentLog(path, mapping or ServiceNowMapping()))


class IncidentLog:
    """An incident log, open for one reading: iterate over it once.

    It is a file or a stream of bytes: plain, gzip, or alone in a zip. Every incident comes out as one
    :class:`~servicekit.desk.Imported`, and so does every row that cannot be read as one; ``row`` is its (first) row,
    as a spreadsheet counts. The rows of an incident are told in the order of the log (by their stamps, where it is
    ``scattered``). ``size`` and :meth:`position` tell how far the reading is, in bytes of the file.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "log.csv")
    ...     _ = file.write_text("number,state,opened_at,sys_updated_on\\nINC1,New,5/1/2026 09:00,soon\\n")
    ...     (incident,) = IncidentLog(file, ServiceNowMapping())
    >>> incident.case, incident.problems[0].code, incident.problems[0].path
    (None, 'table.bad-instant', 'row 2.sys_updated_on')

    Raises:
        PolicyError: the log cannot be read at all: no such file, no rows, a missing column. While
            reading: a bad row or incident, where the mapping says ``on_bad_row: stop``.
    """

    __slots__ = ("_file", "_mapping", "_name", "_reader", "_seen", "_teller", "size")

    def __init__(self, path: TableSource, mapping: ServiceNowMapping) -> None:
        self._file = RecordFile(path, delimiter=mapping.delimiter, encoding=mapping.encoding)
        self._name, self._mapping = self._file.name, mapping
        try:
            self._reader = RowReader(self._file.header, mapping, self._name)
        except PolicyError:
            self._file.close()
            raise
        self._teller = IncidentTeller(mapping, self._reader)
        self._seen = SeenIds()
        self.size = self._file.size

    def __iter__(self) -> Iterator[Imported]:
        stops = self._mapping.on_bad_row == "stop"
        for imported in self._incidents():
            errors = [problem for problem in imported.problems if problem.is_error]
            if stops and errors:
                self.close()
                raise PolicyError(errors)
            yield imported

    def position(self) -> int:
        """How many bytes of the file have been read so far."""
        return self._file.position()

    def close(self) -> None:
        """Let go of the file; reading it to the end does so too."""
        self._file.close()

    def _incidents(self) -> Iterator[Imported]:
        if self._mapping.rows == "scattered":
            yield from self._gathered()
            return
        run: list[Record] = []
        bad: list[Imported] = []  # bad rows among the rows of one incident come out behind it
        current: str | None = None
        for record in self._file:
            case_id = self._case_id(record)
            if case_id is None:
                bad.append(self._bad_row(record))
            elif case_id == current:
                run.append(record)
            else:
                yield from self._finished(current, run)
                yield from bad
                current, run, bad = case_id, [record], []
        yield from self._finished(current, run)
        yield from bad

    def _finished(self, case_id: str | None, rows: list[Record]) -> Iterator[Imported]:
        if case_id is not None:
            yield self._incident(case_id, rows)

    def _gathered(self) -> Iterator[Imported]:
        incidents: dict[str, list[Record]] = {}
        for record in self._file:
            case_id = self._case_id(record)
            if case_id is None:
                yield self._bad_row(record)
            else:
                incidents.setdefault(case_id, []).append(record)
        for case_id, rows in incidents.items():
            yield self._incident(case_id, rows)

    def _case_id(self, record: Record) -> str | None:
        """The number of a row's incident; None where the row cannot be read."""
        if record.fault is not None or wrong_width(record.cells, self._reader.width):
            return None
        return self._reader.text(record, "case_id")

    def _bad_row(self, record: Record) -> Imported:
        if record.fault is not None:
            return Imported(problems=(record.fault,), row=record.row)
        if width := wrong_width(record.cells, self._reader.width):
            place = Address(self._name, record.line)
            problem = Problem(width.code, f"row {record.row}", width.message, address=place)
        else:
            problem = self._reader.problem(record, "table.bad-value", "case_id", "the incident's number is missing")
        return Imported(problems=(problem,), row=record.row)

    def _incident(self, case_id: str, rows: list[Record]) -> Imported:
        problems: list[Problem] = []
        if not self._seen.add(case_id):
            words = f"rows of incident {case_id!r} stand apart; sort the log, or write rows: scattered in the mapping"
            problems.append(self._reader.problem(rows[0], "table.duplicate-case", "case_id", words))
        case = self._teller.tell(case_id, rows, problems)
        return Imported(case, tuple(problems), row=rows[0].row)
