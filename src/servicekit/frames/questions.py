"""The questions put to a calendar about whole columns, as objects that can be sent to other processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

import narwhals as nw
import numpy as np

from servicekit.calendars import CompiledCalendar
from servicekit.errors import UnknownNameError
from servicekit.frames.columns import Column, Mask, instants, integers, keys
from servicekit.frames.kernel import Ints, Kernel
from servicekit.timeline import BusinessDays, CalendarDays, DayRule
from servicekit.timeline.instant import delta_to_us

__all__ = ["Calendars", "Due", "Elapsed", "IsOpen"]

Calendars: TypeAlias = CompiledCalendar | Mapping[str, CompiledCalendar]
"""One calendar for all rows, or one per value of the key column."""


@dataclass(frozen=True, slots=True)
class _Question:
    """A question about the rows of a frame; ``by`` names the key column where there are several calendars."""

    calendar: Calendars
    by: str | None

    def groups(self, frame: nw.DataFrame[object]) -> Iterator[tuple[CompiledCalendar, Mask | None]]:
        """Each calendar with the rows it is for; None stands for all rows. Rows without a key have no calendar.

        Raises:
            UnknownNameError: a row's key names no calendar.
        """
        if isinstance(self.calendar, CompiledCalendar):
            yield self.calendar, None
            return
        values, codes = keys(frame, self.by or "")
        for number, value in enumerate(values):
            if value is None:
                continue
            if value not in self.calendar:
                raise UnknownNameError("calendar", str(value), self.calendar)
            yield self.calendar[str(value)], codes == number


@dataclass(frozen=True, slots=True)
class Elapsed(_Question):
    """Open time between two columns."""

    start: str
    end: str

    def __call__(self, frame: nw.DataFrame[object]) -> Column:
        """Microseconds per row."""
        (start, no_start), (end, no_end) = instants(frame, self.start), instants(frame, self.end)
        found, null = np.zeros(len(start), np.int64), np.ones(len(start), np.bool_)
        for calendar, rows in self.groups(frame):
            asked = _asked(no_start | no_end, rows)
            found[asked], null[asked] = elapsed_of(calendar, start[asked], end[asked]), False
        return Column(found, null)


@dataclass(frozen=True, slots=True)
class IsOpen(_Question):
    """Whether the instants of a column are open."""

    at: str

    def __call__(self, frame: nw.DataFrame[object]) -> Column:
        """True or false per row."""
        at, no_at = instants(frame, self.at)
        found, null = np.zeros(len(at), np.bool_), np.ones(len(at), np.bool_)
        for calendar, rows in self.groups(frame):
            asked = _asked(no_at, rows)
            found[asked], null[asked] = is_open_of(calendar, at[asked]), False
        return Column(found, null, "boolean")


@dataclass(frozen=True, slots=True)
class Due(_Question):
    """The due moments an amount after a column; the amount may be a column of microseconds."""

    start: str
    amount: timedelta | BusinessDays | CalendarDays | str
    rule: DayRule
    late: bool

    def __call__(self, frame: nw.DataFrame[object]) -> Column:
        """Instants per row."""
        start, null_in = instants(frame, self.start)
        amounts: Ints | None = None
        if isinstance(self.amount, str):
            amounts, no_amount = integers(frame, self.amount)
            null_in = null_in | no_amount
        found, null = np.zeros(len(start), np.int64), np.ones(len(start), np.bool_)
        for calendar, rows in self.groups(frame):
            asked = _asked(null_in, rows)
            amount = self.amount if amounts is None else amounts[asked]
            found[asked], null[asked] = due_of(calendar, start[asked], amount, self.rule, late=self.late), False
        return Column(found, null, "instant")


def _asked(null: Mask, rows: Mask | None) -> Mask | slice:
    if rows is None:
        return ~null if null.any() else slice(None)
    return rows & ~null


def elapsed_of(calendar: CompiledCalendar, start: Ints, end: Ints) -> Ints:
    """Open microseconds between arrays of instants."""
    if not len(start):
        return np.zeros(0, np.int64)
    low, high = min(start.min(), end.min()), max(start.max(), end.max())
    return Kernel.over(calendar, int(low), int(high), rows=len(start)).elapsed(start, end)


def is_open_of(calendar: CompiledCalendar, at: Ints) -> Mask:
    """Whether each instant of an array is open."""
    if not len(at):
        return np.zeros(0, np.bool_)
    return Kernel.over(calendar, int(at.min()), int(at.max()) + 1, rows=0).is_open(at)


def due_of(
    calendar: CompiledCalendar, start: Ints, amount: object, rule: DayRule, *, late: bool
) -> Ints:
    """The instants an amount after those of an array; the amount a length, days, or an array of microseconds."""
    if not len(start):
        return np.zeros(0, np.int64)
    if isinstance(amount, BusinessDays | CalendarDays):
        return np.fromiter((calendar.due_us(int(at), amount, rule=rule) for at in start), np.int64, len(start))
    amounts = np.full(len(start), delta_to_us(amount), np.int64) if isinstance(amount, timedelta) else amount
    assert isinstance(amounts, np.ndarray)
    low, high = _reached(calendar, start, amounts, late=late)
    return Kernel.over(calendar, low, high, rows=len(start)).move(start, amounts, late=late)


def _reached(calendar: CompiledCalendar, start: Ints, amounts: Ints, *, late: bool) -> tuple[int, int]:
    """Instants between which every answer lies: the farthest amounts from the outermost starts."""
    low, high = int(start.min()), int(start.max())
    least, most = int(amounts.min()), int(amounts.max())
    ends = [low, high]
    if most > 0 or late:
        ends.append(calendar.add_us(high, max(most, 0), bias="open"))
    if least < 0:
        ends.append(calendar.add_us(low, least, bias="open"))
    return min(ends), max(ends) + 1
