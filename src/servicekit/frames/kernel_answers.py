"""Answers about whole arrays of instants, each from a kernel that covers just what is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeAlias

import numpy as np

from servicekit.calendars import Bias, CompiledCalendar
from servicekit.calendars.engine.horizon import unannounced
from servicekit.frames.array_chunks import Bools, Ints, bounds
from servicekit.frames.open_time_kernel import Kernel
from servicekit.timeline import BusinessDays, CalendarDays
from servicekit.timeline.instant import delta_to_us

Amount: TypeAlias = timedelta | BusinessDays | CalendarDays | Ints
"""A length of open time, a count of days, or an array of microseconds of open time."""
_FURTHEST = 1 << 61  # more open time than there is, and far from the end of 64 bits


class Kernels:
    """Kernels kept from batch to batch; a copy in another process starts without any.

    >>> from servicekit.calendars import Calendar
    >>> kernels, always = Kernels(), Calendar.always().compile()
    >>> kernels.over(always, 0, 1000) is kernels.over(always, 10, 20)
    True
    """

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: dict[CompiledCalendar, Kernel] = {}

    def __reduce__(self) -> tuple[Callable[[], Kernels], tuple[()]]:
        return Kernels, ()

    def over(self, calendar: CompiledCalendar, lo: int, hi: int) -> Kernel:
        """A kernel of the calendar that covers ``lo`` to ``hi``, and may cover more.

        Raises:
            CalendarHorizonError: a part of it lies past the calendar's horizon.
        """
        kept = self._kept.get(calendar)
        if kept is not None and kept.covers(lo, hi):
            return kept
        if kept is not None and kept.hi - kept.lo <= 2 * (hi - lo):
            # Batches from all over the years soon cover them all. Where each batch is later than the one before, as
            # in a sorted column, what is kept stays as small as the batches.
            lo, hi = min(lo, kept.lo), max(hi, kept.hi)
        self._kept[calendar] = kernel = Kernel.over(calendar, lo, hi)
        return kernel


@unannounced("warn")
def elapsed_of(calendar: CompiledCalendar, start: Ints, end: Ints, kernels: Kernels) -> Ints:
    """Open microseconds from each start to each end.

    Raises:
        CalendarHorizonError: an instant lies past the calendar's horizon.
    """
    if not len(start):
        return np.zeros(0, np.int64)
    return kernels.over(calendar, *bounds(start, end)).elapsed(start, end)


@unannounced("warn")
def is_open_of(calendar: CompiledCalendar, at: Ints, kernels: Kernels) -> Bools:
    """Whether each instant is open.

    Raises:
        CalendarHorizonError: an instant lies past the calendar's horizon.
    """
    if not len(at):
        return np.zeros(0, np.bool_)
    low, high = bounds(at)
    return kernels.over(calendar, low, high + 1).is_open(at)


@unannounced("warn")
def due_of(calendar: CompiledCalendar, start: Ints, amount: Amount, *, bias: Bias) -> Ints:
    """The instants an amount after those of an array; days are counted row by row.

    Raises:
        CalendarHorizonError: an instant or an answer lies past the calendar's horizon.
        NeverOpenError: the calendar has no hours at all.
    """
    if isinstance(amount, BusinessDays | CalendarDays):
        return np.fromiter((calendar.due_us(at, amount) for at in start.tolist()), np.int64, len(start))
    if isinstance(amount, timedelta):
        length = min(max(delta_to_us(amount), -_FURTHEST), _FURTHEST)
        amount = np.broadcast_to(np.int64(length), start.shape)
    if bias == "open" or np.count_nonzero(amount) == len(start):
        return _moved(calendar, start, amount, bias)
    found, some = start.copy(), amount != 0  # to add nothing needs no calendar
    found[some] = _moved(calendar, start[some], amount[some], bias)
    return found


def _moved(calendar: CompiledCalendar, start: Ints, amount: Ints, bias: Bias) -> Ints:
    """The answers to the rows that lie furthest are the scalar calendar's: it refuses them if it refuses any.

    Which rows these are is seen from the open time before their answers, and all other answers lie between theirs.
    """
    if not len(start):
        return np.zeros(0, np.int64)
    back, late = amount < 0, bias == "open"
    low, high = bounds(start - back, start + ~back)  # a row needs the microsecond before it, or the one after
    kernel = Kernel.over(calendar, low, high)
    goal = kernel.open_before(start)
    goal += amount
    ends = [calendar.add_us(int(start[row]), int(amount[row]), bias=bias) for row in _furthest(goal, back)]
    first, last = min(low, *ends), max(ends) + late  # late, it is an opening: its first microsecond is needed
    if not kernel.covers(first, last):
        kernel = kernel.reaching(calendar, first, last)
        goal += calendar.elapsed_us(kernel.lo, low)
    return kernel.reach(goal, back, late=late)


def _furthest(goal: Ints, back: Bools) -> tuple[int, int]:
    """The rows with the least and the most open time before their answers.

    Of rows with the same, one that goes backwards may have the earlier answer, and one that goes forwards the later.
    """
    least, most = np.flatnonzero(goal == goal.min()), np.flatnonzero(goal == goal.max())
    return int(least[back[least].argmax()]), int(most[back[most].argmin()])
