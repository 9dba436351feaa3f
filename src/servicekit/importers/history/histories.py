"""A history of changes as a stream of cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from servicekit.errors import Problem
from servicekit.events import Case, Imported
from servicekit.importers.case_stream import ImportStream, case_stream
from servicekit.importers.delimited_file import Record, RecordFile
from servicekit.importers.faults import ROW, Faults, Origin, RecordKind
from servicekit.importers.history.changes import ChangesReader
from servicekit.importers.history.mapping import HistoryMapping
from servicekit.importers.opened_file import TableSource
from servicekit.importers.table.cases import open_table
from servicekit.importers.table.json_table import RECORD_OF_TABLE, JsonTable


def read_history(path: TableSource, mapping: HistoryMapping) -> ImportStream[Case]:
    """The cases of a history of changes, one at a time; the table may be kept as that of
    :func:`~servicekit.importers.read_cases`.

    Every case comes out as one :class:`~servicekit.events.Imported`, and so does every row that names none; ``row`` is
    its (first) row. A bad row costs its case.

    >>> from io import BytesIO
    >>> log = b'''ticket,field,from,to,when
    ... 7,Status,,New,2026-01-05 09:00
    ... 7,Status,New,Done,2026-01-05 11:00
    ... '''
    >>> mapping = HistoryMapping.parse('''
    ... columns: {case_id: ticket, at: when, field: field, old: from, new: to}
    ... statuses: {open: [New], resolved: [Done]}
    ... ''')
    >>> [(type(event).__name__, event.at.hour) for event in next(read_history(BytesIO(log), mapping)).value.events]
    [('Opened', 9), ('StatusChanged', 11), ('Resolved', 11)]

    Raises:
        PolicyError: the table cannot be read at all: no such file, no rows, a missing column. While reading: a bad
            case, where the mapping says ``on_bad_row: stop``.
    """
    table = open_table(path, mapping, mapping.column_names())
    kind = ROW if isinstance(table, RecordFile) else RECORD_OF_TABLE
    reader = ChangesReader(table.header, mapping)

    def read(log: _Log, faults: Faults) -> Imported[Case]:
        return Imported(reader.read(log.case_id, log.rows, faults), row=log.row)

    return case_stream(_Logs(table, reader, kind), read, kind=kind, mapping=mapping)


class _Log(NamedTuple):
    """The rows of one case, under the number of the first; or a row that names no case, with its fault."""

    row: int
    line: int
    case_id: str
    rows: list[Record]
    fault: Problem | None = None


class _Logs:
    """The rows of a history, gathered by case."""

    def __init__(self, table: RecordFile | JsonTable, reader: ChangesReader, kind: RecordKind) -> None:
        self._table, self._reader, self._kind = table, reader, kind
        self.name, self.size = table.name, table.size
        self.position, self.close = table.position, table.close

    def __iter__(self) -> Iterator[_Log]:
        logs: dict[str, _Log] = {}
        for record in self._table:
            fault, case_id = record.fault, None
            if fault is None and (case_id := self._reader.case_id(record)) is None:
                faults = Faults(Origin(self.name, self._kind), record.row, record.line)
                faults.add("table.bad-value", "", "the case number is missing")
                fault = faults.problems[0]
            if fault is not None or case_id is None:
                yield _Log(record.row, record.line, "", [], fault)
            else:
                logs.setdefault(case_id, _Log(record.row, record.line, case_id, [])).rows.append(record)
        yield from logs.values()
