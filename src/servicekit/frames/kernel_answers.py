"""Answers about whole arrays of instants, each from a kernel that covers just what is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeAlias

import numpy as np

from servicekit.calendars import Bias, CompiledCalendar
from servicekit.frames.array_chunks import Bools, Ints, bounds
from servicekit.frames.open_time_kernel import Kernel
from servicekit.timeline import BusinessDays, CalendarDays
from servicekit.timeline.instant import delta_to_us

Amount: TypeAlias = timedelta | BusinessDays | CalendarDays | Ints
"""A length of open time, a count of days, or an array of microseconds of open time."""


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


def elapsed_of(calendar: CompiledCalendar, start: Ints, end: Ints, kernels: Kernels) -> Ints:
    """Open microseconds from each start to each end.

    Raises:
        CalendarHorizonError: an instant lies past the calendar's horizon.
    """
    if not len(start):
        return np.zeros(0, np.int64)
    return kernels.over(calendar, *bounds(start, end)).elapsed(start, end)


def is_open_of(calendar: CompiledCalendar, at: Ints, kernels: Kernels) -> Bools:
    """Whether each instant is open.

    Raises:
        CalendarHorizonError: an instant lies past the calendar's horizon.
    """
    if not len(at):
        return np.zeros(0, np.bool_)
    low, high = bounds(at)
    return kernels.over(calendar, low, high + 1).is_open(at)


def due_of(calendar: CompiledCalendar, start: Ints, amount: Amount, *, bias: Bias) -> Ints:
    """The instants an amount after those of an array; days are counted row by row.

    Raises:
        CalendarHorizonError: an instant or an answer lies past the calendar's horizon.
        NeverOpenError: the calendar has no hours at all.
    """
    if not len(start):
        return np.zeros(0, np.int64)
    if isinstance(amount, BusinessDays | CalendarDays):
        return np.fromiter((calendar.due_us(at, amount) for at in start.tolist()), np.int64, len(start))
    amounts = np.full(len(start), delta_to_us(amount), np.int64) if isinstance(amount, timedelta) else amount
    low, high = _reached(calendar, start, amounts, bias)
    late = bias == "open"  # and then an answer is an opening, of which the kernel must see the first microsecond
    return Kernel.over(calendar, low, high + late).move(start, amounts, late=late)


def _reached(calendar: CompiledCalendar, start: Ints, amounts: Ints, bias: Bias) -> tuple[int, int]:
    """Instants between which all answers lie: later starts and larger amounts never give earlier answers."""
    (low, high), (least, most) = bounds(start), bounds(amounts)
    ends = [low, high]
    if most >= 0:
        ends.append(calendar.add_us(high, most, bias=bias))
    if least < 0:
        ends.append(calendar.add_us(low, least, bias=bias))
    return min(ends), max(ends)
