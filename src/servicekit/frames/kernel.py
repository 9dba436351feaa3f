"""The kernel: open time between whole columns of instants, exact to the microsecond.

Time is cut into cells of a power of two of microseconds. A cell knows the open time before it and the one open run in
it, so open time before an instant is a shift, a mask, three look-ups and a clip; nothing is searched. Where runs are
too short for any affordable cell, the sorted edges are searched instead. Both are done in chunks that fit the cache,
on two threads for long columns, and both agree with the scalar calendar to the last digit.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar

__all__ = ["Ints", "Kernel"]

Ints: TypeAlias = npt.NDArray[np.int64]

_CHUNK = 1 << 15
_LARGEST_SHIFT = 30
_SMALLEST_SHIFT = 20
_MOST_CELLS = 1 << 24
_PARALLEL_FROM = 1 << 19


class Kernel:
    """One calendar over ``[lo, hi]`` as arrays. Immutable, picklable, and small enough to send to other processes.

    >>> from datetime import UTC, datetime
    >>> from servicekit.calendars import Calendar
    >>> from servicekit.timeline import to_us
    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}).compile()
    >>> day = [to_us(datetime(2026, 1, d, 12, tzinfo=UTC)) for d in (5, 6)]
    >>> Kernel.over(desk, day[0], day[1]).elapsed(np.array(day[:1]), np.array(day[1:])) // 3_600_000_000
    array([8])
    """

    __slots__ = ("before", "cells", "ends", "hi", "lo", "shift", "starts")

    def __init__(self, lo: int, hi: int, spans: Sequence[tuple[int, int]], *, rows: int | None = None) -> None:
        self.lo, self.hi = lo, hi
        edges = np.array([(lo, lo), *spans], dtype=np.int64)
        self.starts, self.ends = np.ascontiguousarray(edges[:, 0]), np.ascontiguousarray(edges[:, 1])
        self.before: Ints = np.concatenate(([0], np.cumsum(self.ends - self.starts)))
        # A grid is worth its building for as many rows as it has cells; a few rows are sooner searched.
        wanted = rows is None or rows >= (hi - lo) >> _LARGEST_SHIFT
        self.shift, self.cells = _grid(lo, hi, self.starts[1:], self.ends[1:]) if wanted else (0, None)

    @classmethod
    def over(cls, calendar: CompiledCalendar, lo: int, hi: int, *, rows: int | None = None) -> Kernel:
        """The calendar's open time from ``lo`` to ``hi``, both UTC microseconds; for about so many ``rows``.

        Raises:
            CalendarHorizonError: a part of it lies past the calendar's horizon.
            HolidaysUnknownError: it needs holidays not announced yet, and the calendar says ``unannounced: raise``.
        """
        return cls(lo, hi, calendar.open_spans_us(lo, hi), rows=rows)

    @property
    def nbytes(self) -> int:
        """How much memory the arrays take."""
        return sum(a.nbytes for a in (self.starts, self.ends, self.before, *(self.cells or ())))

    def elapsed(self, start: Ints, end: Ints) -> Ints:
        """Open microseconds from each start to each end, negative where they are reversed."""
        found = np.empty(len(start), np.int64)

        def work(part: slice) -> None:
            out = found[part]
            self._open_before(end[part], out)
            scratch = np.empty(len(out), np.int64)
            self._open_before(start[part], scratch)
            np.subtract(out, scratch, out=out)

        _in_chunks(work, len(start))
        return found

    def is_open(self, at: Ints) -> npt.NDArray[np.bool_]:
        """Whether each instant lies in open time."""
        found = np.empty(len(at), np.bool_)

        def work(part: slice) -> None:
            found[part] = at[part] < self.ends[np.searchsorted(self.starts, at[part], "right") - 1]

        _in_chunks(work, len(at))
        return found

    def move(self, at: Ints, amount: Ints, *, late: bool) -> Ints:
        """The instant that each amount of open time separates from each instant; ``late`` means bias ``open``.

        The kernel must reach far enough; see :func:`servicekit.frames.due`.
        """
        found = np.empty(len(at), np.int64)

        def work(part: slice) -> None:
            goal = np.empty(len(found[part]), np.int64)
            self._open_before(at[part], goal)
            np.add(goal, amount[part], out=goal)
            found[part] = self._reach(at[part], amount[part], goal, late=late)

        _in_chunks(work, len(at))
        return found

    def _reach(self, at: Ints, amount: Ints, goal: Ints, *, late: bool) -> Ints:
        forward = amount >= 0
        early = np.searchsorted(self.before, goal, "left") - 1
        tardy = np.searchsorted(self.before, goal, "right") - 1
        i = np.where(forward != late, early, tardy)
        moved = self.starts[np.clip(i, 0, len(self.starts) - 1)] + goal - self.before[np.maximum(i, 0)]
        return moved if late else np.where(amount == 0, at, moved)

    def _open_before(self, at: Ints, out: Ints) -> None:
        if self.cells is None:
            i = np.searchsorted(self.starts, at, "right") - 1
            np.minimum(at, self.ends[i], out=out)
            out += self.before[i] - self.starts[i]
            return
        before, first, run = self.cells
        np.subtract(at, self.lo, out=out)
        cell = np.right_shift(out, self.shift)
        inside = np.bitwise_and(out, (1 << self.shift) - 1).astype(np.int32)
        part = first.take(cell, mode="clip")
        np.subtract(inside, part, out=inside)
        np.maximum(inside, 0, out=inside)
        run.take(cell, out=part, mode="clip")
        np.minimum(inside, part, out=inside)
        before.take(cell, out=out, mode="clip")
        np.add(out, inside, out=out)


_Cells: TypeAlias = tuple[Ints, npt.NDArray[np.int32], npt.NDArray[np.int32]]


def _grid(lo: int, hi: int, starts: Ints, ends: Ints) -> tuple[int, _Cells | None]:
    """The largest cells that hold one run each: open time before, where the run begins, how long it is."""
    for shift in range(_LARGEST_SHIFT, _SMALLEST_SHIFT - 1, -1):
        count = ((hi - lo) >> shift) + 1
        if count > _MOST_CELLS:
            break
        first, last = (starts - lo) >> shift, (ends - 1 - lo) >> shift
        if len(starts) < 2 or bool(np.all(first[1:] > last[:-1])):
            return shift, _cells(starts - lo, ends - lo, shift, count)
    return 0, None


def _cells(starts: Ints, ends: Ints, shift: int, count: int) -> _Cells:
    first, last = starts >> shift, (ends - 1) >> shift
    spread = last - first + 1
    owner = np.repeat(np.arange(len(starts)), spread)
    cell = first[owner] + np.arange(len(owner)) - np.repeat(np.cumsum(spread) - spread, spread)
    base = cell << shift
    begin = np.maximum(starts[owner] - base, 0)
    length = np.minimum(ends[owner] - base, 1 << shift) - begin
    run_start, run = np.zeros(count, np.int32), np.zeros(count, np.int32)
    run_start[cell], run[cell] = begin, length
    before = np.concatenate(([0], np.cumsum(run, dtype=np.int64)))[:-1]
    return before, run_start, run


def _in_chunks(work: Callable[[slice], None], length: int) -> None:
    """Do the work chunk by chunk; numpy lets two threads share a long column."""
    if length < _PARALLEL_FROM or (os.cpu_count() or 1) < 2:
        for part in _chunks(0, length):
            work(part)
        return
    half = length // 2
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(_each, work, *bounds) for bounds in ((0, half), (half, length))]:
            done.result()


def _each(work: Callable[[slice], None], start: int, stop: int) -> None:
    for part in _chunks(start, stop):
        work(part)


def _chunks(start: int, stop: int) -> Iterator[slice]:
    return (slice(at, min(at + _CHUNK, stop)) for at in range(start, stop, _CHUNK))
