"""A ServiceNow incident log as a stream of cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from servicekit.errors import Problem
from servicekit.events import Case, Imported
from servicekit.importers.case_stream import ImportStream, case_stream
from servicekit.importers.delimited_file import Record, RecordFile
from servicekit.importers.duplicates import SeenIds
from servicekit.importers.faults import ROW, Faults, Origin
from servicekit.importers.opened_file import TableSource
from servicekit.importers.servicenow.incident import IncidentReader
from servicekit.importers.servicenow.mapping import ServiceNowMapping
from servicekit.importers.servicenow.rows import LogRowReader


def read_servicenow(path: TableSource, mapping: ServiceNowMapping | None = None) -> ImportStream[Case]:
    """The incidents of a log, one at a time.

    The log is a file or a stream of bytes: plain, gzip, or alone in a zip. Every incident comes out as one
    :class:`~servicekit.events.Imported`, and so does every row that cannot be read as one; ``row`` is its (first) row,
    as a spreadsheet counts. The rows of an incident count in the order of the log (by their stamps, where it is
    ``scattered``).

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
    >>> incident.value.opened.facts, [type(event).__name__ for event in incident.value.events]
    ({'priority': '3'}, ['Opened', 'StatusChanged', 'StatusChanged', 'Resolved', 'Closed'])

    Raises:
        PolicyError: the log cannot be read at all: no such file, no rows, a missing column. While
            reading: a bad row or incident, where the mapping says ``on_bad_row: stop``.
    """
    mapping = mapping or ServiceNowMapping()
    file = RecordFile(path, delimiter=mapping.delimiter, encoding=mapping.encoding)
    with file.closed_on_error():
        rows = LogRowReader(file, mapping)
    incidents = _IncidentSource(file, rows, scattered=mapping.rows == "scattered")
    read = _LogReader(rows, IncidentReader(mapping, rows)).read
    return case_stream(incidents, read, kind=ROW, mapping=mapping, at_end=rows.day_orders.problems)


class _Incident(NamedTuple):
    """The rows of one incident, under the number of the first; or a row that names no incident, with its fault."""

    row: int
    line: int
    case_id: str
    rows: list[Record]
    fault: Problem | None = None


class _IncidentSource:
    """The rows of a log, gathered by incident."""

    def __init__(self, file: RecordFile, rows: LogRowReader, *, scattered: bool) -> None:
        self._file, self._rows, self._scattered = file, rows, scattered
        self.name, self.size = file.name, file.size
        self.position, self.close = file.position, file.close

    def __iter__(self) -> Iterator[_Incident]:
        return self._gathered() if self._scattered else self._runs()

    def _runs(self) -> Iterator[_Incident]:
        """The incidents of a log in which the rows of one stand together."""
        run: list[Record] = []
        bad: list[_Incident] = []  # bad rows among the rows of one incident come out behind it
        current = ""
        for record in self._file:
            incident = self._incident(record)
            if incident.fault is not None:
                bad.append(incident)
            elif run and incident.case_id == current:
                run.append(record)
            else:
                yield from _finished(current, run)
                yield from bad
                current, run, bad = incident.case_id, incident.rows, []
        yield from _finished(current, run)
        yield from bad

    def _gathered(self) -> Iterator[_Incident]:
        incidents: dict[str, list[Record]] = {}
        for record in self._file:
            incident = self._incident(record)
            if incident.fault is not None:
                yield incident
            else:
                incidents.setdefault(incident.case_id, []).append(record)
        for case_id, rows in incidents.items():
            yield from _finished(case_id, rows)

    def _incident(self, record: Record) -> _Incident:
        """One row as an incident of its own."""
        fault, case_id = record.fault, None
        if fault is None and (case_id := self._rows.text(record, "case_id")) is None:
            faults = Faults(Origin(self.name, ROW), record.row, record.line)
            faults.add("table.bad-value", self._rows.columns["case_id"].path, "the incident's number is missing")
            fault = faults.problems[0]
        return _Incident(record.row, record.line, case_id or "", [record], fault)


def _finished(case_id: str, rows: list[Record]) -> Iterator[_Incident]:
    if rows:
        yield _Incident(rows[0].row, rows[0].line, case_id, rows)


class _LogReader:
    """Reads incidents, and finds those whose rows stand apart."""

    def __init__(self, rows: LogRowReader, reader: IncidentReader) -> None:
        self._rows, self._reader, self._seen = rows, reader, SeenIds()

    def read(self, incident: _Incident, faults: Faults) -> Imported[Case]:
        if not self._seen.add(incident.case_id):
            advice = "sort the log, or write rows: scattered in the mapping"
            words = f"rows of incident {incident.case_id!r} stand apart; {advice}"
            faults.add("table.duplicate-case", self._rows.columns["case_id"].path, words)
        return Imported(self._reader.read(incident.case_id, incident.rows, faults), row=incident.row)
