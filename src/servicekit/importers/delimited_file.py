"""Reading a delimited text file record by record: bytes in, cells and faults out.

Nothing here knows what a column means. A record that cannot be trusted comes back with its fault and
costs only itself: a lone quote that swallowed the lines behind it gives them back.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import lzma
import re
import zipfile
import zlib
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BufferedReader, RawIOBase, StringIO, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, TextIO, TypeAlias, cast

from servicekit.errors import Address, PolicyError, Problem
from servicekit.importers.delimiter import split_otherwise, wrong_delimiter
from servicekit.importers.workbook import is_workbook, sheet_text

if TYPE_CHECKING:
    from collections.abc import Iterator


BROKEN_OFF = "table.broken-off"
"""The code of the one fault that ends a table early: the rest of the file cannot be read."""

_GZIP_MAGIC = b"\x1f\x8b"
_ZIP_MAGIC = b"PK\x03\x04"
_ENCODINGS = "cp1250 or cp1251 in its east, gb18030 or big5 in China, shift_jis in Japan, utf-16 from some spreadsheets"
_LONGEST_LINE, _LONGEST_LOOK = 1 << 20, 4096
_MOST_TITLE = 30
MOST_BLANK_LINES = 1 << 20
"""How many blank lines may follow each other: as many as a spreadsheet has rows."""
TOO_EMPTY = f"more than {MOST_BLANK_LINES:,} blank lines one after another"
"""What is wrong with a file in which more follow."""
_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_LINE_OF_EXCEL = re.compile(r"\ufeff?(\"?)sep=([^\"\r\n])\1\r?\n?", re.IGNORECASE)
_JSON = re.compile(r"\s*(\{\s*(\"|\}|$)|\[\s*(\[|\{|\]|\"|$))")
_ENCODINGS = "cp1250 or cp1251 in its east, gb18030 or big5 in China, shift_jis in Japan, utf-16 from some spreadsheets"
_UNDECODED = re.compile("[\ud800-\udfff]")  # what errors="surrogateescape" leaves of undecodable bytes


TableSource: TypeAlias = Path | str | BinaryIO
"""A file, by its path, or a stream of bytes that is open for reading."""

UNREADABLE = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, UnicodeError)
"""What reading a damaged file may raise."""


class Record(NamedTuple):
    """One record: its row as a spreadsheet counts (the header is row 1), its line, its cells, its fault."""

    row: int
    line: int
    cells: list[str]
    fault: Problem | None = None


class TablePlace(NamedTuple):
    """Where in a file the table stands: under how many lines of title, and on which sheet of a workbook."""

    skip_lines: int = 0
    sheet: str | None = None


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
    numbers agree with a spreadsheet, and are passed over.

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
                self._lines = _Lines(sheet_text(self._raw, place.sheet, delimiter, self.name))
            else:
                self._lines = _Lines(decoded(self._raw, encoding, self.name))
                delimiter = self._line_of_excel() or delimiter
            self.delimiter = delimiter
            self._reader = csv.reader(self._lines, delimiter=delimiter, strict=True)
            self._skip_lines(place.skip_lines)
            self.header = self._read_header()

    def __iter__(self) -> Iterator[Record]:
        """The records below the header. A file that breaks off ends with a ``table.broken-off`` fault."""
        try:
            while (record := self._next()) is not None:
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
        record = self._next()
        if _JSON.match("".join(self._lines.taken)[:_LONGEST_LOOK]):
            hint = (
                "give the CSV export, or map it as JSON: a column mapping reads records, zendesk/1 and jira/1 their own"
            )
            raise _unusable("table.json", self.name, "this is JSON, and the mapping is one of a table", hint)
        if record is None:
            hint = "expected a header line and rows below it"
            raise _unusable("table.empty", self.name, "the file is empty", hint)
        if record.fault is not None:
            raise PolicyError([self._fault_of_delimiter() or record.fault])
        self._width = len(record.cells)
        return [cell.strip() for cell in record.cells]

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


def delimiter_of_excel(line: str) -> str | None:
    """The delimiter that a first line names, as Excel has it.

    >>> delimiter_of_excel("sep=;\\n"), delimiter_of_excel("sep=") is None
    (';', True)
    """
    found = _LINE_OF_EXCEL.fullmatch(line)
    return found and found[2]


def check_encoding(name: str, encoding: str) -> None:
    """Refuse an encoding that has no such name, before anything is opened.

    Raises:
        PolicyError: there is none (``table.encoding``).
    """
    try:
        "".encode(encoding)
    except (LookupError, ValueError):
        raise _unusable("table.encoding", name, f"no text encoding is named {encoding!r}") from None


def name_of(source: TableSource) -> str:
    """What a source is called in addresses."""
    return str(source) if isinstance(source, Path | str) else str(getattr(source, "name", "<stream>"))


def size_of(source: TableSource) -> int:
    """The length of a file on disk, in bytes; 0 for a stream, which does not tell."""
    return Path(source).stat().st_size if isinstance(source, Path | str) else 0


def opened(source: TableSource) -> BufferedReader:
    """The bytes of a file, or of a stream of bytes.

    Raises:
        PolicyError: there is no such file (``table.no-such-file``), or it may not be read (``table.unreadable``).
    """
    if not isinstance(source, Path | str):
        return source if isinstance(source, BufferedReader) else BufferedReader(cast("RawIOBase", source))
    name = str(source)
    try:
        return Path(source).open("rb")
    except FileNotFoundError:
        raise _unusable("table.no-such-file", name, f"there is no file {name!r}") from None
    except (OSError, ValueError) as error:
        raise _unusable("table.unreadable", name, f"{name!r} cannot be read: {error}") from None


def decoded(raw: BufferedReader, encoding: str, name: str) -> TextIO:
    """The text of an opened file: what is zipped is unzipped, what cannot be decoded becomes lone surrogates.

    Raises:
        PolicyError: a zip file holds none or several files, or cannot be read (``table.unreadable``).
    """
    start, source = raw.peek(4)[:4], cast("BinaryIO", raw)
    if start.startswith(_GZIP_MAGIC):
        source = cast("BinaryIO", gzip.GzipFile(fileobj=raw))
    elif start == _ZIP_MAGIC:
        source = _only_file(raw, name)
    with suppress(*UNREADABLE):  # told when the text is read
        encoding = told_encoding(cast("BufferedReader", source).peek(3)) or encoding
    return TextIOWrapper(source, encoding=encoding, errors="surrogateescape", newline="")


def told_encoding(start: bytes) -> str | None:
    """The encoding that a byte-order mark tells.

    >>> told_encoding("id;opened".encode("utf-16")), told_encoding(b"id;opened")
    ('utf-16', None)
    """
    return next((encoding for mark, encoding in _BYTE_ORDER_MARKS.items() if start.startswith(mark)), None)


def is_json(raw: BufferedReader, encoding: str, name: str) -> bool:
    """Whether an opened file begins as JSON does; where it is read from is as before, if it can be.

    A stream that cannot be read twice is looked at only as far as it has come.
    """
    if not raw.seekable():
        return bool(_JSON.match(raw.peek(_LONGEST_LOOK)[:_LONGEST_LOOK].decode("latin-1").lstrip("ï»¿")))
    if is_workbook(raw):
        return False
    text = decoded(raw, encoding, name)
    try:
        return bool(_JSON.match(text.read(_LONGEST_LOOK)))
    except UNREADABLE:
        return False
    finally:
        let_go(text, raw)


def let_go(text: TextIO, raw: BufferedReader) -> None:
    """Take a text away from its file, and the file back to its start."""
    source = cast("TextIOWrapper", text).detach()
    if source is not raw:
        source.close()
    raw.seek(0)


def _only_file(raw: BufferedReader, name: str) -> BinaryIO:
    try:
        archive = zipfile.ZipFile(raw)
        names = [member.filename for member in archive.infolist() if not member.is_dir()]
        if len(names) == 1:
            return cast("BinaryIO", archive.open(names[0]))
        reason = f"it holds {len(names)} files, not one"
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        reason = str(error)
    raw.close()
    raise _unusable("table.unreadable", name, f"the zip file {name!r} cannot be read: {reason}")


def _unusable(code: str, name: str, message: str, hint: str | None = None) -> PolicyError:
    return PolicyError([Problem(code, "", message, hint=hint, address=Address(name, 1))])
