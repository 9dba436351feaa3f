"""Importing a wide ticket table: one row in, one case out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicekit.importers.case_stream import ImportStream, case_stream
from servicekit.importers.delimited_file import RecordFile, TableSource
from servicekit.importers.faults import ROW
from servicekit.importers.table.rows import CaseRowReader, check_header

if TYPE_CHECKING:
    from servicekit.events import Case
    from servicekit.importers.table.mapping import TableMapping


def read_cases(path: TableSource, mapping: TableMapping) -> ImportStream[Case]:
    """The rows of a ticket export, one at a time. The export is a file, or a stream of bytes.

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
    file = RecordFile(path, delimiter=mapping.delimiter, encoding=mapping.encoding)
    with file.closed_on_error():
        check_header(file, mapping.column_names())
    reader = CaseRowReader(file.header, mapping)
    return case_stream(file, reader.read, kind=ROW, mapping=mapping, at_end=reader.day_orders.problems)
