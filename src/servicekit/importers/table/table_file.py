"""What the mapping of every table says of the file that the table is in."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from servicekit.document import Document
from servicekit.importers.table.date_formats import AsOf, DateFormats
from servicekit.timeline import SpanField, ZoneName

MISSING = ("", "NULL", "null", "?", "-", "--", "N/A", "n/a", "None", "NaT")
"""Cells that say nothing, in the words of databases, spreadsheets and data frames."""


class TableFile(Document):
    """A table as it is kept, whatever its columns mean: delimited text, a sheet of a workbook, or records of JSON.

    >>> TableFile(delimiter=";").encoding
    'utf-8-sig'
    """

    timezone: ZoneName = "UTC"
    """The IANA zone of stamps that carry no offset."""

    dates: DateFormats = ("iso",)
    """How stamps are written: a named format (``iso``, ``epoch_seconds``, ``epoch_milliseconds``, ``excel_1900``,
    ``excel_1904``), a ``strptime`` pattern, or several that are tried in turn."""

    missing: tuple[str, ...] = MISSING
    """Cells that say nothing."""

    delimiter: str = Field(default=",", pattern=r'^[^"\r\n]\z')
    """What stands between two cells: one character, no quote and no line break. A blank is any run of blanks, as in
    columns that are aligned; then no cell is empty unless it is quoted."""

    encoding: str = "utf-8-sig"
    """The text encoding of the file; the default is UTF-8 with or without a byte-order mark."""

    on_bad_row: Literal["skip", "stop"] = "skip"
    """Whether a bad row is reported and left out, or ends the run."""

    skip_lines: int = Field(default=0, ge=0, le=1000)
    """How many lines of title stand above the header. A first line ``sep=;`` is not one of them: it names the
    delimiter, as it does for Excel."""

    header: tuple[str, ...] | None = Field(default=None, min_length=1)
    """The names of the columns, where the file has no line of them; None: the first line is one."""

    sheet: str | None = None
    """The sheet of a workbook (xlsx) that is read; None: the only one that is not empty."""

    records: str | None = None
    """Where the list of records stands in a JSON document, as a path of keys joined by dots; None: it is a list, or has
    one record on each line."""


class CaseTable(TableFile):
    """A table of which cases are made.

    >>> CaseTable.parse("constants: {channel: phone}").constants
    {'channel': 'phone'}
    """

    as_of: AsOf | None = None
    """When the export was made, a reading in ``timezone`` unless it has an offset: open cases are judged then."""

    too_early: SpanField | None = None
    """From how long before the opening on a stamp is an error; None: it is a warning, and counts."""

    constants: dict[str, str] = Field(default_factory=dict)
    """Facts that are the same for every case of the table."""
