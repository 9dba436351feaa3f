"""Reading a delimited text file record by record: bytes in, cells and faults out.

Nothing here knows what a column means. A record that cannot be trusted comes back with its fault and
costs only itself: a lone quote that swallowed the lines behind it gives them back.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import StringIO
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TextIO

from servicekit.errors import Address, PolicyError, Problem
from servicekit.importers.delimiter import split_otherwise, wrong_delimiter
from servicekit.importers.opened_file import (
    UNREADABLE,
    TableSource,
    check_encoding,
    decoded,
    looks_like_json,
    name_of,
    opened,
    size_of,
    unusable,
)
from servicekit.importers.workbook import is_workbook, sheet_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


BROKEN_OFF = "table.broken-off"
"""The code of the one fault that ends a table early: the rest of the file cannot be read."""

_ENCODINGS = "cp1250 or cp1251 in its east, gb18030 or big5 in China, shift_jis in Japan, utf-16 from some spreadsheets"
_BLANK = " "
_LONGEST_LINE = 1 << 20
_MOST_TITLE = 30
MOST_BLANK_LINES = 1 << 20
"""How many blank lines may follow each other: as many as a spreadsheet has rows."""
TOO_EMPTY = f"more than {MOST_BLANK_LINES:,} blank lines one after another"
"""What is wrong with a file in which more follow."""
_LINE_OF_EXCEL = re.compile(r"\ufeff?(\"?)sep=([^\"\r\n])\1\r?\n?", re.IGNORECASE)
_BLANKS_APART = re.compile(r"(\"(?:[^\"]|\"\")*\"?)|[ \t]+")
_UNDECODED = re.compile("[\ud800-\udfff]")  # what errors="surrogateescape" leaves of undecodable bytes


class Record(NamedTuple):
    """One record: its row as a spreadsheet counts (the header is row 1), its line, its cells, its fault."""

    row: int
    line: int
    cells: list[str]
    fault: Problem | None = None


class TablePlace(NamedTuple):
    """Where in a file the table stands: under how many lines of title, and on which sheet of a workbook; and the names
    of its columns, where the file does not hold them."""

    skip_lines: int = 0
    sheet: str | None = None
    header: tuple[str, ...] | None = None


class _LineTooLongError(csv.Error):
    """A line without an end in sight; the rest of it has been passed over."""


@dataclass(slots=True)
class _Lines:
    """Lines of a text stream that are remembered per record and may be put back."""

    text: TextIO
    taken: list[str] = field(default_factory=list)
    back: deque[str] = field(default_factory=deque)

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.back.popleft() if self.back else self._read()
        self.taken.append(line)
        return line

    def _read(self) -> str:
        line = self.text.readline(_LONGEST_LINE)
        if not line:
            raise StopIteration
        if len(line) == _LONGEST_LINE and not line.endswith("\n"):
            self.taken.append(line)
            self._pass_over_the_rest()
        return line

    def _pass_over_the_rest(self) -> None:
        while (rest := self.text.readline(_LONGEST_LINE)) and not rest.endswith("\n"):
            pass
        raise _LineTooLongError(f"line longer than {_LONGEST_LINE} characters")

    def put_back_all_but_first(self) -> None:
        self.back.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


class RecordFile:
    """A CSV file or stream, or a sheet of a workbook (xlsx), open for one reading.

    It is plain, gzip, or alone in a zip, which its first bytes tell, not its name; a byte-order mark tells the encoding
    before ``encoding`` does, and a first line ``sep=;`` the delimiter before ``delimiter``. ``header`` holds the cells
    of the first row; iterating gives the records below it. ``size`` is the length of the file on disk and
    :meth:`position` how much of it has been read, both in bytes, for a progress bar. Blank lines are rows, so that row
    numbers agree with a spreadsheet, and are passed over. A ``delimiter`` that is a blank stands for any run of blanks
    and tabs. Where ``place`` names the columns, the first row is a record.

    Raises:
        PolicyError: there is no such file (``table.no-such-file``), it may not be read
            (``table.unreadable``) or is a zip of several files, its encoding has no such name
            (``table.encoding``), it is empty (``table.empty``), JSON (``table.json``), or a workbook without
            the sheet (``table.sheet``).
    """

    def __init__(
        self,
        source: TableSource,
        *,
        delimiter: str = ",",
        encoding: str = "utf-8-sig",
        place: TablePlace = TablePlace(),  # noqa: B008 - a frozen value
    ) -> None:
        self.name = name_of(source)
        check_encoding(self.name, encoding)
        self._raw = opened(source)
        self.size = size_of(source)
        self._row, self._line, self._width = 0, 1, 0
        self._lines = _Lines(StringIO())
        with self.closed_on_error():
            if is_workbook(self._raw):
                delimiter = "," if delimiter == _BLANK else delimiter
                self._lines = _Lines(sheet_text(self._raw, place.sheet, delimiter, self.name))
            else:
                self._lines = _Lines(decoded(self._raw, encoding, self.name))
                delimiter = self._line_of_excel() or delimiter
            self.delimiter = delimiter
            lines = self._lines if delimiter != _BLANK else map(_with_single_blanks, self._lines)
            self._reader = csv.reader(lines, delimiter=delimiter, strict=True)
            self._skip_lines(place.skip_lines)
            self._first: list[Record] = []
            self.header = self._read_header() if place.header is None else self._check_first(place.header)

    def __iter__(self) -> Iterator[Record]:
        """The records below the header. A file that breaks off ends with a ``table.broken-off`` fault."""
        try:
            while (record := self._first.pop() if self._first else self._next()) is not None:
                yield record
                if record.fault is not None and record.fault.code == BROKEN_OFF:
                    return
        finally:
            self.close()

    def position(self) -> int:
        """How many bytes of the file have been read so far; 0 for a pipe, which does not tell."""
        if self._raw.closed:
            return self.size
        return self._raw.tell() if self._raw.seekable() else 0

    def close(self) -> None:
        """Let go of the file; reading it to the end does so too."""
        self._lines.text.close()
        self._raw.close()

    @contextmanager
    def closed_on_error(self) -> Iterator[None]:
        """Let go of the file where a mapping does not fit its header."""
        try:
            yield
        except PolicyError:
            self.close()
            raise

    def header_below(self, wanted: frozenset[str]) -> str | None:
        """The hint where these columns stand under lines of title. It reads on: ask it of a file that is refused."""
        for above, line in enumerate(self._first_lines(_MOST_TITLE), self._row):
            with suppress(csv.Error):
                if wanted <= {cell.strip() for cells in csv.reader([line], delimiter=self.delimiter) for cell in cells}:
                    return f"the header stands lower: write skip_lines: {above} in the mapping"
        return None

    def _line_of_excel(self) -> str | None:
        """The delimiter that the first line names, if that is all it does; Excel does not show such a line as a row."""
        for line in self._first_lines(1):
            if delimiter := delimiter_of_excel(line):
                self._line += 1
                return delimiter
            self._lines.back.append(line)
        return None

    def _skip_lines(self, count: int) -> None:
        """Pass over lines of title; they count as rows."""
        passed = len(self._first_lines(count))
        self._row, self._line = self._row + passed, self._line + passed

    def _first_lines(self, count: int) -> list[str]:
        try:
            return list(islice(self._lines, count))
        except (*UNREADABLE, csv.Error):
            return []  # told at the header
        finally:
            self._lines.taken.clear()

    def _read_header(self) -> list[str]:
        record = self._read_first()
        if record.fault is not None:
            raise PolicyError([self._fault_of_delimiter() or record.fault])
        self._width = len(record.cells)
        return [cell.strip() for cell in record.cells]

    def _check_first(self, header: Sequence[str]) -> list[str]:
        """The header that the file lacks; its first row has to fit, or no row does."""
        self._width = len(header)
        self._first = [record := self._read_first()]
        if record.fault is not None and record.fault.code in ("table.short-row", "table.long-row"):
            raise PolicyError([self._fault_of_delimiter() or record.fault])
        return list(header)

    def _read_first(self) -> Record:
        record = self._next()
        if looks_like_json("".join(self._lines.taken)):
            hint = "give the CSV export, or the mapping of JSON that `servicekit columns` proposes"
            raise unusable("table.json", self.name, "this is JSON, and the mapping is one of a table", hint)
        if record is None:
            hint = "expected a header line and rows below it"
            raise unusable("table.empty", self.name, "the file is empty", hint)
        return record

    def _fault_of_delimiter(self) -> Problem | None:
        """Quoted names behind another delimiter item like broken quotes."""
        splits = split_otherwise("".join(self._lines.taken[:1]), self.delimiter)
        found = max(splits, key=lambda split: len(split.cells), default=None)
        return None if found is None else wrong_delimiter(found, self.name)

    def _next(self) -> Record | None:
        """The next record that is not blank, None at the end of the file."""
        for _ in range(MOST_BLANK_LINES + 1):
            self._lines.taken.clear()
            try:
                cells, oddity = self._next_cells()
            except StopIteration:
                return None
            except UNREADABLE as error:
                return self._record([], self._fault(BROKEN_OFF, f"the rest of the file cannot be read: {error}"))
            if cells or oddity:
                fault = self._fault_in(oddity)
                if fault is None and len(cells) != self._width:
                    fault = self._fault_of_width(cells)
                return self._record(cells, fault)
            self._record(cells, None)
        return self._record([], self._fault(BROKEN_OFF, TOO_EMPTY))

    def _next_cells(self) -> tuple[list[str], str | None]:
        cells, oddity = [], None
        try:
            cells = next(self._reader)
        except csv.Error as error:
            oddity = str(error)
        if len(self._lines.taken) > 1 and (oddity or len(cells) != (self._width or len(cells))):
            self._lines.put_back_all_but_first()
            oddity = "a quote is opened in this row and not closed in it"
        return cells, oddity

    def _record(self, cells: list[str], fault: Problem | None) -> Record:
        """Count the record that was just read."""
        self._row += 1
        line, self._line = self._line, self._line + len(self._lines.taken)
        return Record(self._row, line, cells, fault)

    def _fault_in(self, oddity: str | None) -> Problem | None:
        if oddity is not None:
            return self._fault("table.broken-row", oddity, "quote both ends of the field, double the quotes inside it")
        for text in self._lines.taken:
            if "\0" in text:
                return self._fault("table.bad-value", "a NUL character in the row", "is the file UTF-16 text?")
            if not text.isascii() and _UNDECODED.search(text):
                hint = f"say which encoding the file has: 'encoding: cp1252' in much of Europe, {_ENCODINGS}"
                return self._fault("table.encoding", "the row has bytes that are not text in its encoding", hint)
        return None

    def _fault_of_width(self, cells: list[str]) -> Problem | None:
        """A row of another length than the header; empty cells beyond it are nothing."""
        width = self._width or len(cells)
        if len(cells) < width:
            return self._fault("table.short-row", f"only {len(cells)} of {width} cells")
        if any(cell.strip() for cell in cells[width:]):
            return self._fault("table.long-row", f"{len(cells)} cells, {width} in the header")
        return None

    def _fault(self, code: str, message: str, hint: str | None = None) -> Problem:
        address = Address(self.name, self._line)
        return Problem(code, f"row {self._row + 1}", message, hint=hint, address=address)


def _with_single_blanks(line: str) -> str:
    """A line whose cells stand any number of blanks apart, with one blank between them; quoted cells are left alone."""
    if '"' not in line:
        return " ".join(line.split()) + "\n"
    return _BLANKS_APART.sub(lambda found: found[1] or " ", line.strip(" \t"))


def delimiter_of_excel(line: str) -> str | None:
    """The delimiter that a first line names, as Excel has it.

    >>> delimiter_of_excel("sep=;\\n"), delimiter_of_excel("sep=") is None
    (';', True)
    """
    found = _LINE_OF_EXCEL.fullmatch(line)
    return found and found[2]
