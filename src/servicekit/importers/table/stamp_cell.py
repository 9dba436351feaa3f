"""Where an instant stands in a row: in a cell, in two, or as a length of time after the opening."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from servicekit.importers.faults import Faults
from servicekit.importers.table.lengths import ReadLength
from servicekit.importers.timestamps import ReadStamp


class StampCell(NamedTuple):
    """A column of instants: its name, and how its cells are read.

    >>> from servicekit.importers.timestamps import Localiser, stamp_reader
    >>> from servicekit.importers.faults import ROW, Origin
    >>> cell = StampCell("day", 0, stamp_reader(["iso"], Localiser("UTC")), time=1)
    >>> cell.instant(["2026-01-05", "09:30"], {""}, Faults(Origin("t.csv", ROW), 2, 2)).isoformat()
    '2026-01-05T09:30:00+00:00'
    """

    path: str
    place: int
    read: ReadStamp
    time: int | None = None
    """Where the time of day stands, if not in the same cell."""
    length: ReadLength | None = None
    """For a length of time after the opening."""

    def instant(
        self, cells: Sequence[str], missing: Collection[str], faults: Faults, opened_at: datetime | None = None
    ) -> datetime | None:
        """The instant in a row; None where there is nothing, or (with a fault) no instant."""
        if self.length is None:
            return faults.instant(stamp_text(self, cells, missing, faults), self, self.read)
        text = cells[self.place].strip()
        return None if text in missing else self._after(opened_at, text, self.length, faults)

    def _after(self, opened_at: datetime | None, text: str, read: ReadLength, faults: Faults) -> datetime | None:
        try:
            length = read(text)
            return None if opened_at is None else opened_at + length
        except (ValueError, OverflowError) as error:
            faults.add("table.bad-value", self.path, str(error))
            return None


class StampPlace(Protocol):
    """A column of stamps, or two: where they stand in a row."""

    @property
    def path(self) -> str:
        """The name of the column."""

    @property
    def place(self) -> int:
        """Its place in the row."""

    @property
    def time(self) -> int | None:
        """The place of the time of day, if that stands apart."""


def stamp_text(stamp: StampPlace, cells: Sequence[str], missing: Collection[str], faults: Faults) -> str | None:
    """The text of a stamp; None where there is nothing, or (with a fault) a day lacks its time."""
    text = cells[stamp.place].strip()
    if text in missing:
        return None
    if stamp.time is None:
        return text
    time = cells[stamp.time].strip()
    if time in missing:
        faults.missing_instant(stamp, "the day is there and the time of day is missing")
        return None
    return f"{text} {time}"
