"""Importing a wide ticket table: one row in, one case out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicekit.desk import Imported
from servicekit.errors import Address, PolicyError, Problem
from servicekit.importers.records import Record, RecordFile, TableSource
from servicekit.importers.seen import SeenIds
from servicekit.importers.table.rows import RowFault, RowReader, check_header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servicekit.importers.table.mapping import TableMapping

__all__ = ["CaseTable", "read_cases", "wrong_width"]


def read_cases(path: TableSource, mapping: TableMapping) -> Iterator[Imported]:
    """The rows of a ticket export, one at a time; see :class:`CaseTable`.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from servicekit.importers import TableMapping
    >>> mapping = TableMapping.parse("columns: {case_id: id, opened_at: opened, resolved_at: done}")
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "tickets.csv")
    ...     _ = file.write_text("id,opened,done\\nA,2026-01-05T09:00,2026-01-05T10:00\\nB,soon,\\n")
    ...     rows = list(read_cases(file, mapping))
    >>> rows[0].case.case_id, rows[1].case, rows[1].problems[0].code, rows[1].problems[0].path
    ('A', None, 'table.bad-instant', 'row 3.opened')

    Raises:
        PolicyError: as :class:`CaseTable` does.
    """
    return iter(CaseTable(path, mapping))


class CaseTable:
    """A ticket export, open for one reading: iterate over it once. It is a file, or a stream of bytes.

    Every row below the header comes out as one :class:`~servicekit.desk.Imported`. A bad row has no case and
    a Problem that names its row, as a spreadsheet counts, and its column. Memory does not grow with the rows,
    but for 12 to 24 bytes a case number by which repeated ones are found.

    ``size`` and :meth:`position` tell how far the reading is, in bytes of the file on disk.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from servicekit.importers import TableMapping
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "tickets.csv")
    ...     _ = file.write_text("id,opened\\nA,2026-01-05T09:00\\n")
    ...     table = CaseTable(file, TableMapping.parse("columns: {case_id: id, opened_at: opened}"))
    ...     cases = [row.case.case_id for row in table]
    >>> cases, table.position() == table.size
    (['A'], True)

    Raises:
        PolicyError: the table cannot be read at all: no such file, no rows, a missing column. While
            reading: a bad row, where the mapping says ``on_bad_row: stop``.
    """

    def __init__(self, path: TableSource, mapping: TableMapping) -> None:
        self._begin(RecordFile(path, delimiter=mapping.delimiter, encoding=mapping.encoding), mapping)

    def _begin(self, file: RecordFile, mapping: TableMapping) -> None:
        self._file, self._name = file, file.name
        try:
            check_header(self._file.header, mapping, self._name)
        except PolicyError:
            self._file.close()
            raise
        self._reader = RowReader(self._file.header, mapping)
        self._stops = mapping.on_bad_row == "stop"
        self._seen = SeenIds()
        self.size = self._file.size

    def __iter__(self) -> Iterator[Imported]:
        rows = map(self._import, self._file)
        return map(_refuse_errors, rows) if self._stops else rows

    def position(self) -> int:
        """How many bytes of the file have been read so far."""
        return self._file.position()

    def close(self) -> None:
        """Let go of the file; reading it to the end does so too."""
        self._file.close()

    def _import(self, record: Record) -> Imported:
        row, _, cells, fault = record
        if fault is not None:
            return Imported(problems=(fault,), row=row)
        if len(cells) != self._reader.width and (bad := wrong_width(cells, self._reader.width)):
            return self._bad(record, [bad])
        if because := self._reader.reason_to_skip(cells):
            return Imported(left_out=because, row=row)
        return self._read(record)

    def _read(self, record: Record) -> Imported:
        reader, cells = self._reader, record.cells
        faults: list[RowFault] = []
        case_id = reader.case_id(cells)
        if not case_id:
            return self._bad(record, [RowFault("table.bad-value", "", "the case number is missing")])
        case = reader.read(case_id, cells, faults)
        if case is None:
            return self._bad(record, faults)
        if not self._seen.add(case_id):
            return self._bad(record, [RowFault("table.duplicate-case", "", f"case {case_id!r} came before")])
        problems = self._problems(record, faults) if faults else ()
        return Imported(case, problems, None, reader.reason_not_to_judge(cells), record.row)

    def _bad(self, record: Record, faults: list[RowFault]) -> Imported:
        return Imported(problems=self._problems(record, faults), row=record.row)

    def _problems(self, record: Record, faults: list[RowFault]) -> tuple[Problem, ...]:
        address = Address(self._name, record.line)
        return tuple(
            Problem(code, f"row {record.row}.{column}".rstrip("."), message, severity=severity, address=address)
            for code, column, message, severity in faults
        )


def wrong_width(cells: list[str], width: int) -> RowFault | None:
    """What is wrong with a row of another length than the header; empty cells at its end are nothing."""
    if len(cells) < width:
        return RowFault("table.short-row", "", f"only {len(cells)} of {width} cells")
    if any(cell.strip() for cell in cells[width:]):
        return RowFault("table.long-row", "", f"{len(cells)} cells, {width} in the header")
    return None


def _refuse_errors(row: Imported) -> Imported:
    errors = [problem for problem in row.problems if problem.is_error]
    if errors:
        raise PolicyError(errors)
    return row
