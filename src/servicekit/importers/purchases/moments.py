"""Where the moment of a purchase stands in a row, and whether it is an instant or a day alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from servicekit.importers.table.stamp_cell import stamp_text
from servicekit.importers.timestamps import DayOrders, Localiser, Stamp, parser, reading_reader

if TYPE_CHECKING:
    from servicekit.events import Moment
    from servicekit.importers.faults import Faults
    from servicekit.importers.table.mapping import StampColumn

_TIME_OF_DAY = re.compile(r"%-?[HIMSfpcXsT]")
_WHOLE_DAYS = re.compile(r"[0-9]+(\.0+)?")


class MomentCell(NamedTuple):
    """A column of moments: its name, and how its cells are read.

    >>> from servicekit.importers.faults import ROW, Faults, Origin
    >>> cell = MomentCell("day", 0, moment_reader(["iso"], Localiser("UTC")))
    >>> cell.moment(["19970101"], {""}, Faults(Origin("t.csv", ROW), 2, 2))
    datetime.date(1997, 1, 1)
    """

    path: str
    place: int
    read: Callable[[str], Stamp | date]
    time: int | None = None
    """Where the time of day stands, if not in the same cell."""

    def moment(self, cells: Sequence[str], missing: Collection[str], faults: Faults) -> Moment | None:
        """The moment in a row; None where there is nothing, or (with a fault) no moment."""
        text = stamp_text(self, cells, missing, faults)
        return None if text is None else faults.moment(text, self, self.read)

    def day(self, cells: Sequence[str], missing: Collection[str], faults: Faults) -> date | None:
        """The day in a row, such as a birthday: that of the cell, in whatever zone it was written."""
        found = self.moment(cells, missing, faults)
        if isinstance(found, datetime):
            faults.add("table.bad-value", self.path, "a day is expected, without a time of day")
            return None
        return found


def moment_cell(
    stamp: StampColumn, places: Mapping[str, int], formats: Sequence[str], localise: Localiser, orders: DayOrders
) -> MomentCell:
    """The column of a mapping in the header of one table; ``formats`` are those of the table, and so are ``orders``."""
    read = moment_reader(stamp.dates or formats, localise, orders if stamp.dates is None else None)
    return MomentCell(stamp.column, places[stamp.column], read, None if stamp.time is None else places[stamp.time])


def moment_reader(
    formats: Sequence[str], localise: Localiser, orders: DayOrders | None = None
) -> Callable[[str], Stamp | date]:
    """A reader of moments in any of ``formats``: what is written without a time of day is a day.

    >>> read = moment_reader(["iso", "%d/%m/%Y"], Localiser("Asia/Shanghai"))
    >>> read("05/01/2026"), read("2026-01-05T09:00").at.isoformat()
    (datetime.date(2026, 1, 5), '2026-01-05T01:00:00+00:00')
    """
    reading = reading_reader(formats, orders, _parser)

    def read(text: str) -> Stamp | date:
        found = reading(text)
        return localise(found) if isinstance(found, datetime) else found

    return read


def _parser(pattern: str) -> Callable[[str], date]:
    parse = parser(pattern)
    if pattern == "iso":
        return _iso
    if pattern.startswith("excel"):
        return lambda text: parse(text).date() if _WHOLE_DAYS.fullmatch(text) else parse(text)
    if "%" in pattern and not _TIME_OF_DAY.search(pattern):
        return lambda text: parse(text).date()
    return parse


def _iso(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(text)
