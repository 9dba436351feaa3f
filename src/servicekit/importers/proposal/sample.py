"""What an export is like as a file: text, workbook or JSON, how it is split, and its first rows."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from io import BufferedReader, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import NamedTuple, cast

from servicekit.errors import PolicyError, Problem
from servicekit.importers.delimited_file import (
    UNREADABLE,
    RecordFile,
    TablePlace,
    decoded,
    delimiter_of_excel,
    is_json,
    let_go,
    opened,
    told_encoding,
)
from servicekit.importers.table.json_table import JsonTable, scalar_paths
from servicekit.importers.tickets.json_source import JsonSource
from servicekit.importers.workbook import filled_sheets, is_workbook, sheet_text

MOST_ROWS = 10_000
"""How many rows are looked at."""

_BYTES, _LINES, _MOST_TITLE = 1 << 18, 200, 30
_DELIMITERS = (",", ";", "\t", "|")
_ASCII = 127


class Sample(NamedTuple):
    """The start of an export: what a mapping says of its file, its columns with their cells, or its JSON values."""

    file: Mapping[str, object]
    columns: Mapping[str, Sequence[str]]
    rows: int
    values: Sequence[Mapping[str, object]] = ()
    notes: Mapping[str, str] = {}
    """What was guessed of the file, by the key of the mapping."""


def sample_of(path: Path) -> Sample:
    """The start of an export.

    Raises:
        PolicyError: there is no such file, or it cannot be read as a table or as JSON.
    """
    raw = opened(path)
    try:
        if not raw.seekable():
            problem = Problem("table.unreadable", "", f"{str(path)!r} can be read only once; give a file")
            raise PolicyError([problem])
        if is_workbook(raw):
            return _workbook_sample(path, raw)
        encoding, notes = _encoding(raw, path)
        if is_json(raw, encoding or "utf-8-sig", str(path)):
            return _json_sample(path)
        return _text_sample(path, raw, encoding, notes)
    finally:
        raw.close()


def _text_sample(path: Path, raw: BufferedReader, encoding: str | None, notes: Mapping[str, str]) -> Sample:
    text = decoded(raw, encoding or "utf-8-sig", str(path))
    try:
        lines = [line.lstrip("\ufeff") for line in islice(text, _LINES)]
    except UNREADABLE:
        lines = []
    named = next(filter(None, map(delimiter_of_excel, lines[:1])), None)
    lines = lines[1:] if named else lines
    delimiter = named or _delimiter(lines)
    skipped = _title_lines(lines, delimiter)
    file: dict[str, object] = {} if delimiter == "," or named else {"delimiter": delimiter}
    if encoding:
        file["encoding"] = encoding
    if skipped:
        file["skip_lines"] = skipped
    let_go(text, raw)
    table = RecordFile(path, delimiter=delimiter, encoding=encoding or "utf-8-sig", place=TablePlace(skipped))
    return _table_sample(table, file, notes)


def _workbook_sample(path: Path, raw: BufferedReader) -> Sample:
    sheets = filled_sheets(raw, str(path))
    sheet = max(sheets, key=lambda title: sheets[title], default=None)
    raw.seek(0)
    lines = list(islice(sheet_text(raw, sheet, ",", str(path)), _LINES))
    skipped = _title_lines(lines, ",")
    file: dict[str, object] = {"skip_lines": skipped} if skipped else {}
    notes = {}
    if len(sheets) > 1:
        file["sheet"] = sheet
        notes["sheet"] = f"guessed: the longest of {', '.join(sheets)[:100]}"
    return _table_sample(RecordFile(path, place=TablePlace(skipped, sheet)), file, notes)


def _table_sample(table: RecordFile | JsonTable, file: Mapping[str, object], notes: Mapping[str, str]) -> Sample:
    times = Counter(table.header)
    names = [(place, name) for place, name in enumerate(table.header) if name and times[name] == 1]
    columns: dict[str, list[str]] = {name: [] for _, name in names}
    rows = 0
    for record in islice(table, MOST_ROWS):
        rows += 1
        for place, name in names if record.fault is None else ():
            columns[name].append(record.cells[place].strip())
    table.close()
    return Sample(file, columns, rows, notes=notes)


def _json_sample(path: Path) -> Sample:
    source = JsonSource(path)
    values = [raw.value for raw in islice(source, MOST_ROWS) if isinstance(raw.value, Mapping)]
    source.close()
    place = next(iter(_places(values[0])), None) if len(values) == 1 else None
    records = [item for item in _at(values[0], place) if isinstance(item, Mapping)] if place else values
    paths = frozenset(path for record in records[:1000] for path in scalar_paths(record))
    file: dict[str, object] = {"records": place} if place else {}
    if not paths:
        return Sample(file, {}, len(values), values)
    sample = _table_sample(JsonTable(JsonSource(path), paths, place), file, {})
    return sample._replace(values=values)


def _places(document: Mapping[str, object], before: str = "", depth: int = 1) -> list[str]:
    """Where in a document lists of records stand."""
    found = [
        f"{before}{key}"
        for key, value in document.items()
        if isinstance(value, list) and value and isinstance(value[0], Mapping)
    ]
    for key, value in document.items():
        if isinstance(value, Mapping) and depth < 3:
            found += _places(value, f"{before}{key}.", depth + 1)
    return found


def _at(document: object, path: str) -> Sequence[object]:
    for key in path.split("."):
        document = document.get(key) if isinstance(document, Mapping) else None
    return document if isinstance(document, list) else []


def _encoding(raw: BufferedReader, path: Path) -> tuple[str | None, Mapping[str, str]]:
    """The encoding that the file must be said to have; None for UTF-8, and where a byte-order mark tells it."""
    text = cast("TextIOWrapper", decoded(raw, "latin-1", str(path)))
    try:
        data = bytes(text.buffer.read(_BYTES))
        told = told_encoding(data)
    except UNREADABLE:
        data, told = b"", None
    let_go(text, raw)
    if told or _decodes(data, "utf-8"):
        return None, {}
    for encoding in _without_mark(data):
        if _decodes(data, encoding):
            return encoding, {"encoding": "guessed from the bytes; confirm that names and accents read well"}
    return None, {}


def _without_mark(data: bytes) -> tuple[str, ...]:
    if data[1:200:2].count(0) > len(data[1:200:2]) // 2:
        return ("utf-16-le",)
    if data[:200:2].count(0) > len(data[:200:2]) // 2:
        return ("utf-16-be",)
    letters = [letter for letter in data.decode("gb18030", "ignore") if ord(letter) > _ASCII]
    if sum(map(_is_common_chinese, letters)) > len(letters) // 2:
        return ("gb18030",)
    cyrillic = len(re.findall(rb"[\xc0-\xff]{3,}", data))  # accents of the west seldom stand side by side
    return ("cp1251", "cp1252", "latin-1") if cyrillic > data.count(b"\n") // 2 + 1 else ("cp1252", "latin-1")


def _is_common_chinese(letter: str) -> bool:
    """Whether it is one of the 3,755 characters that GB 2312 puts first, or a sign that stands between them."""
    return b"\xb0" <= letter.encode("gb2312", "ignore")[:1] <= b"\xd7" or "\uff00" <= letter <= "\uffef"


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return len(data) == _BYTES and error.start > len(data) - 8  # cut in the middle of a letter
    return True


def _delimiter(lines: Sequence[str]) -> str:
    """The delimiter by which the most lines have one and the same number of cells, more than one."""

    def score(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=delimiter) if len(cells) > 1)
        width, times = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return times, width

    return max(_DELIMITERS, key=score)


def _title_lines(lines: Sequence[str], delimiter: str) -> int:
    """How many lines stand above the header: the first row that has most of the cells that any row has."""
    rows, reader = [], csv.reader(lines, delimiter=delimiter)
    for cells in reader:
        rows.append((sum(bool(cell.strip()) for cell in cells), reader.line_num))
    most = max((filled for filled, _ in rows), default=0)
    before = 0
    for filled, end in rows[:_MOST_TITLE]:
        if filled > 0.6 * most or filled == most:
            return before
        before = end
    return 0
