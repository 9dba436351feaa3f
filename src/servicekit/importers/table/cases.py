"""Importing a wide ticket table: one row in, one case out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicekit.importers.case_stream import ImportStream, case_stream
from servicekit.importers.delimited_file import RecordFile, TablePlace
from servicekit.importers.faults import ROW
from servicekit.importers.opened_file import TableSource, check_encoding, name_of
from servicekit.importers.table.json_table import RECORD_OF_TABLE, JsonTable, json_source
from servicekit.importers.table.rows import CaseRowReader, check_header

if TYPE_CHECKING:
    from servicekit.events import Case
    from servicekit.importers.table.mapping import TableMapping
    from servicekit.importers.table.table_file import TableFile


def read_cases(path: TableSource, mapping: TableMapping) -> ImportStream[Case]:
    """The rows of a ticket export, one at a time. The export is a file, or a stream of bytes: delimited text, a
    workbook (xlsx, with the extra of that name), or JSON, whose records are rows and whose fields are columns.

    Every row below the header comes out as one :class:`~servicekit.events.Imported`. A bad row has no case and
    a Problem that names its row, as a spreadsheet counts, and its column.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from servicekit.importers import TableMapping
    >>> mapping = TableMapping.parse("columns: {case_id: id, opened_at: opened, resolved_at: done}")
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "tickets.csv")
    ...     _ = file.write_text("id,opened,done\\nA,2026-01-05T09:00,2026-01-05T10:00\\nB,soon,\\n")
    ...     rows = list(read_cases(file, mapping))
    >>> rows[0].value.case_id, rows[1].value, rows[1].problems[0].code, rows[1].problems[0].path
    ('A', None, 'table.bad-instant', 'row 3.opened')

    Raises:
        PolicyError: the table cannot be read at all: no such file, no rows, a missing column. While
            reading: a bad row, where the mapping says ``on_bad_row: stop``.
    """
    table = open_table(path, mapping, mapping.column_names())
    reader = CaseRowReader(table.header, mapping)
    kind = ROW if isinstance(table, RecordFile) else RECORD_OF_TABLE
    return case_stream(table, reader.read, kind=kind, mapping=mapping, at_end=reader.day_orders.problems)


def open_table(source: TableSource, mapping: TableFile, columns: frozenset[str]) -> RecordFile | JsonTable:
    """The table as its mapping says it is kept; it has these columns.

    Raises:
        PolicyError: it cannot be read at all, or lacks a mapped column.
    """
    check_encoding(name_of(source), mapping.encoding)
    json, source = json_source(source, mapping.encoding)
    if json is not None:
        return JsonTable(json, columns, mapping.records)
    place = TablePlace(mapping.skip_lines, mapping.sheet, mapping.header)
    file = RecordFile(source, delimiter=mapping.delimiter, encoding=mapping.encoding, place=place)
    with file.closed_on_error():
        check_header(file, columns)
    return file
