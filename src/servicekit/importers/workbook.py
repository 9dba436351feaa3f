"""Reading a sheet of a workbook (xlsx) as the text of a table: what it shows, row by row."""

from __future__ import annotations

import csv
import zipfile
from datetime import date, datetime, time, timedelta
from io import BufferedReader, StringIO
from typing import TYPE_CHECKING, BinaryIO, cast

from servicekit._extras import require
from servicekit.document import did_you_mean
from servicekit.errors import Address, PolicyError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import ModuleType

_HALF_A_MILLISECOND = timedelta(microseconds=500)


def is_workbook(raw: BufferedReader) -> bool:
    """Whether an opened file is a workbook; where it is read from is as before."""
    if raw.peek(4)[:4] != b"PK\x03\x04" or not raw.seekable():
        return False
    try:
        with zipfile.ZipFile(raw) as archive:
            return any(name.startswith("xl/workbook.") for name in archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, OSError):
        return False
    finally:
        raw.seek(0)


def sheet_text(raw: BufferedReader, sheet: str | None, delimiter: str, name: str) -> StringIO:
    """The cells of a sheet as delimited text; true dates are ISO 8601, lengths of time hours, minutes and seconds.

    Raises:
        MissingExtraError: the extra ``xlsx`` is not installed.
        PolicyError: there is no such sheet, or none is named and several hold something (``table.sheet``); or the
            workbook cannot be read (``table.unreadable``).
    """
    calamine = require("python_calamine", extra="xlsx")
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    for row in _rows(calamine, raw, sheet, name):
        cells = [_cell(value) for value in row]
        writer.writerow(cells if any(cells) else [])
    text.seek(0)
    return text


def filled_sheets(raw: BufferedReader, name: str) -> dict[str, int]:
    """The sheets that hold something, with their numbers of rows.

    Raises:
        MissingExtraError: the extra ``xlsx`` is not installed.
        PolicyError: the workbook cannot be read (``table.unreadable``).
    """
    calamine = require("python_calamine", extra="xlsx")
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(cast("BinaryIO", raw))
        sheets = {title: workbook.get_sheet_by_name(title) for title in workbook.sheet_names}
    except (calamine.CalamineError, OSError) as error:
        raise _unusable("table.unreadable", name, f"the workbook cannot be read: {error}") from None
    return {title: sheet.height for title, sheet in sheets.items() if sheet.start is not None}


def _rows(calamine: ModuleType, raw: BufferedReader, sheet: str | None, name: str) -> Sequence[Iterable[object]]:
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(cast("BinaryIO", raw))
        sheets = {title: workbook.get_sheet_by_name(title) for title in workbook.sheet_names}
        filled = [title for title, found in sheets.items() if found.start is not None]
        chosen = sheet if sheet is not None else filled[0] if len(filled) == 1 else None
        if chosen in sheets:
            rows: Sequence[Iterable[object]] = sheets[chosen].to_python(skip_empty_area=False)
            return rows
    except (calamine.CalamineError, OSError) as error:
        raise _unusable("table.unreadable", name, f"the workbook cannot be read: {error}") from None
    if sheet is not None:
        hint = did_you_mean(sheet, sheets) or f"sheets: {', '.join(sheets)}"
        raise _unusable("table.sheet", name, f"no sheet named {sheet!r}", hint)
    if not filled:
        raise _unusable("table.empty", name, "the workbook is empty", "expected a header line and rows below it")
    hint = f"write sheet: {filled[0]!r} in the mapping, if that is the one"
    raise _unusable("table.sheet", name, f"several sheets hold something: {', '.join(filled)[:200]}", hint)


def _unusable(code: str, name: str, message: str, hint: str | None = None) -> PolicyError:
    return PolicyError(
        [Problem(code, "sheet" if code == "table.sheet" else "", message, hint, address=Address(name, 1))]
    )


def _cell(value: object) -> str:
    match value:
        case datetime():
            return (value + _HALF_A_MILLISECOND).isoformat(" ", "milliseconds").removesuffix(".000")
        case date() | time():
            return value.isoformat()
        case timedelta():
            seconds = round(value.total_seconds())
            return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
