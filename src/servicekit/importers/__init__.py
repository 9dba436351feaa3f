"""Tickets in: exports of other systems become cases.

What lives here: the wide ticket table (:class:`TableMapping` is its column mapping, :func:`read_cases` reads it), and
closures from iCalendar files (:func:`read_closures`).
Files are opened here and nowhere below. An importer gives one :class:`~servicekit.desk.Imported` per record, in a
stream: a case, or the reason why there is none, with a Problem that names the record. Nothing is dropped silently.

``records`` (bytes to cells), ``delimiter`` (which one was meant), ``stamps`` and ``cells`` (text to values) and
``rows`` (cells to events) each do one step; ``table`` puts them together. ``ical_events`` (text to events),
``ical_times`` (when they happen) and ``ical`` do the same for iCalendar. It may import every room up to
``desk``. To add the export of another system, write one file with a mapping document and a function like
:func:`read_cases`.
"""

from servicekit.desk import Imported
from servicekit.importers.ical import Closures, read_closures
from servicekit.importers.records import BROKEN_OFF
from servicekit.importers.table import (
    CaseColumns,
    CaseTable,
    FactColumn,
    PauseColumns,
    RowRule,
    StampColumn,
    TableMapping,
    as_of_instant,
    read_cases,
)

__all__ = [
    "BROKEN_OFF",
    "CaseColumns",
    "CaseTable",
    "Closures",
    "FactColumn",
    "Imported",
    "PauseColumns",
    "RowRule",
    "StampColumn",
    "TableMapping",
    "as_of_instant",
    "read_cases",
    "read_closures",
]
