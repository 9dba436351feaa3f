"""A calendar over the range of instants that some clocks need, with what it cannot answer marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from servicekit.errors import CalendarError
from servicekit.frames.array_chunks import Bools, Ints
from servicekit.frames.open_time_kernel import Kernel

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar


class CalendarRange:
    """A calendar over the instants of some clocks, as far as it has answers; all beyond is out of range."""

    __slots__ = ("hi", "hours", "kernel", "lo")

    def __init__(self, hours: CompiledCalendar, start: Ints, end: Ints, furthest: int) -> None:
        anchor = int(np.partition(start, len(start) // 2)[len(start) // 2])
        self.hours = hours
        if not _answers(hours, anchor, anchor):  # nor, then, about most of the clocks
            self.lo, self.hi, self.kernel = anchor + 1, anchor, Kernel(anchor, anchor, ())
            return
        self.lo = _limit(hours, anchor, int(start.min()))
        self.hi = _limit(hours, anchor, max(int(end.max()), self._due(int(end.max()), furthest)))
        self.kernel = Kernel.over(hours, self.lo, self.hi)

    def _due(self, end: int, furthest: int) -> int:
        """The latest possible due moment: the longest target after the end of the last clock."""
        try:
            return self.hours.add_us(end, furthest, bias="open") + 1
        except (CalendarError, OverflowError):
            return end + furthest

    def excludes(self, at: Ints) -> Bools:
        """The instants that are out of range."""
        return (at < self.lo) | (at > self.hi)

    def open_before(self, at: Ints) -> Ints:
        """Open time before each instant, counted from the beginning of the range; instants beyond count as its ends."""
        return self.kernel.open_before(np.clip(at, self.lo, self.hi))

    def moved(self, at: Ints, amount: Ints, *, late: bool) -> tuple[Ints, Bools]:
        """The instant that each amount separates from each instant, and which of them are out of range."""
        goal = self.open_before(at) + amount
        total = int(self.kernel.before[-1])
        out_of_range = self.excludes(at) | (goal >= total if late else goal > total)
        if out_of_range.any():
            at, amount = np.where(out_of_range, self.lo, at), np.where(out_of_range, 0, amount)
        return self.kernel.move(at, amount, late=late), out_of_range


def _limit(hours: CompiledCalendar, anchor: int, wanted: int) -> int:
    """The instant nearest to the one wanted up to which a calendar answers, from one where it does."""
    if _answers(hours, anchor, wanted):
        return wanted
    near, far = anchor, wanted
    while abs(far - near) > 1:
        middle = (near + far) // 2
        near, far = (middle, far) if _answers(hours, anchor, middle) else (near, middle)
    return near


def _answers(hours: CompiledCalendar, start: int, end: int) -> bool:
    try:
        hours.elapsed_us(start, end)
    except (CalendarError, OverflowError):
        return False
    return True
