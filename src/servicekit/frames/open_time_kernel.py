"""The kernel: open time between whole columns of instants, exact to the microsecond.

``W(t)``, the open time before an instant, climbs by a microsecond a microsecond while the calendar is open and rests
while it is closed. Time is cut into cells of a power of two of microseconds, so large that each holds one open run at
most. Within a cell ``W(t)`` is then ``t`` less a constant, clipped to what ``W`` is at the run's two ends: a shift,
four look-ups and a clip, with nothing searched and nothing rounded. Where runs lie too close together for any cell
worth its memory, and where rows are few, the sorted edges are searched instead.

Both work chunk by chunk, in buffers that stay in the cache, on two threads for long columns; both agree with the
scalar calendar to the last digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from servicekit.frames.array_chunks import Bools, Ints, Room, in_chunks

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar


_SHIFTS = range(40, 19, -1)
_MOST_CELLS = 1 << 22
_FEW_ROWS, _NEVER = 256, 1 << 62
_CELLS_A_ROW = 8  # cutting so many cells takes less time than searching for one row


class Cells:
    """The grid: the number of each cell's run, and for each run the closed time before it and ``W`` at its ends.

    The cell of an instant is the quotient of its microseconds by ``2**shift``; ``first`` is that of the first cell. A
    cell without a run has the number of a neighbour, whose ends give the right ``W`` there too.

    >>> starts, ends = np.array([0, 5 << 38, 9 << 38]), np.array([0, 6 << 38, 10 << 38])
    >>> grid = Cells.over(0, 16 << 38, starts, ends)
    >>> grid.shift, grid.run.tolist()
    (40, [1, 1, 2, 2, 2])
    """

    __slots__ = ("before", "closed", "first", "run", "shift")

    def __init__(self, shift: int, first: int, run: npt.NDArray[np.int32], starts: Ints, ends: Ints) -> None:
        self.shift, self.first, self.run = shift, first, run
        self.before: Ints = np.concatenate(([0], np.cumsum(ends - starts)))
        self.closed = starts - self.before[:-1]

    @classmethod
    def over(cls, lo: int, hi: int, starts: Ints, ends: Ints, *, most: int = _MOST_CELLS) -> Cells | None:
        """The largest cells that hold one of the runs each; None where that takes more than ``most`` cells.

        The first run is the empty one that a kernel begins with.
        """
        for shift in _SHIFTS:
            numbers = range(lo >> shift, (hi >> shift) + 1)
            if len(numbers) > most:
                return None
            if bool(np.all(starts[2:] >> shift > (ends[1:-1] - 1) >> shift)):
                return cls(shift, numbers.start, _run_of_each(numbers, -(-ends[1:] >> shift)), starts, ends)
        return None

    @property
    def nbytes(self) -> int:
        """How much memory the arrays take."""
        return self.run.nbytes + self.before.nbytes + self.closed.nbytes

    def open_before(self, at: Ints, out: Ints, room: Room) -> None:
        """``W`` of each instant into ``out``."""
        self._climb(at, out, room)
        np.maximum(out, _taken(self.before[:-1], room), out=out)
        np.minimum(out, _taken(self.before[1:], room), out=out)

    def is_open(self, at: Ints, out: Bools, room: Room) -> None:
        """Whether the clip leaves ``W`` as it is, which it does within the run."""
        self._climb(at, room.result, room)
        np.greater_equal(room.result, _taken(self.before[:-1], room), out=out)
        out &= room.result < _taken(self.before[1:], room)

    def _climb(self, at: Ints, out: Ints, room: Room) -> None:
        np.right_shift(at, self.shift, out=room.index)
        np.subtract(room.index, self.first, out=room.index)
        # One look-up in a large table of small numbers; those that follow are in tables that fit the nearest cache.
        # With "clip", take writes right into the buffer it is given; with "raise", the default, it writes a copy first.
        np.copyto(room.index, self.run.take(room.index, out=room.short, mode="clip"))
        np.subtract(at, _taken(self.closed, room), out=out)


def _run_of_each(numbers: range, cell_after: Ints) -> npt.NDArray[np.int32]:
    """The run that each cell holds, or the next one, or the last; ``cell_after``: the first cell after each run."""
    ended = np.cumsum(np.bincount(cell_after - numbers.start, minlength=len(numbers))[: len(numbers)])
    return np.minimum(ended + 1, len(cell_after)).astype(np.int32)


def _taken(values: Ints, room: Room) -> Ints:
    return values.take(room.index, out=room.scratch, mode="clip")


def _edges(spans: Sequence[tuple[int, int]]) -> Ints:
    return np.fromiter(chain.from_iterable(spans), np.int64, 2 * len(spans)).reshape(-1, 2)


class Kernel:
    """One calendar over ``[lo, hi]`` as arrays: picklable, and small enough to send to other processes.

    Instants outside ``[lo, hi]`` must not be asked about. The grid is cut when the rows asked about are enough to be
    worth it; answers are the same without.

    >>> from datetime import UTC, datetime
    >>> from servicekit.calendars import Calendar
    >>> from servicekit.timeline import to_us
    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}).compile()
    >>> noons = np.array([to_us(datetime(2026, 1, day, 12, tzinfo=UTC)) for day in (5, 6)])
    >>> Kernel.over(desk, *noons.tolist()).elapsed(noons[:1], noons[1:]) // 3_600_000_000
    array([8])
    """

    __slots__ = ("_asked", "_cells", "_worth", "before", "ends", "hi", "lo", "starts")

    def __init__(self, lo: int, hi: int, spans: Sequence[tuple[int, int]] | Ints) -> None:
        self.lo, self.hi = lo, hi
        runs = spans if isinstance(spans, np.ndarray) else _edges(spans)
        edges = np.concatenate((_edges([(lo, lo)]), runs))  # an empty run first, so that every search finds one
        self.starts, self.ends = np.ascontiguousarray(edges[:, 0]), np.ascontiguousarray(edges[:, 1])
        self.before: Ints = np.concatenate(([0], np.cumsum(self.ends - self.starts)))
        self._cells: Cells | None = None
        self._asked, self._worth = 0, _FEW_ROWS

    @classmethod
    def over(cls, calendar: CompiledCalendar, lo: int, hi: int) -> Kernel:
        """The calendar's open time from ``lo`` to ``hi``, both UTC microseconds.

        Raises:
            CalendarHorizonError: a part of it lies past the calendar's horizon.
            HolidaysUnknownError: it needs holidays not announced yet, and the calendar says ``unannounced: raise``.
        """
        calendar.elapsed_us(lo, hi)  # refuses what lies past the horizon before any year up to it is compiled
        return cls(lo, hi, calendar.open_spans_us(lo, hi))

    def reaching(self, calendar: CompiledCalendar, lo: int, hi: int) -> Kernel:
        """The same calendar as far as ``lo`` and ``hi``, too; only what was not covered is asked for."""
        lo, hi = min(lo, self.lo), max(hi, self.hi)
        own = np.column_stack((self.starts, self.ends))[1:]
        more = [_edges(calendar.open_spans_us(*ends)) for ends in ((lo, self.lo), (self.hi, hi))]
        return Kernel(lo, hi, np.concatenate((more[0], own, more[1])))

    @property
    def nbytes(self) -> int:
        """How much memory the arrays take."""
        cells = self._cells.nbytes if self._cells else 0
        return cells + sum(array.nbytes for array in (self.starts, self.ends, self.before))

    def covers(self, lo: int, hi: int) -> bool:
        """Whether instants from ``lo`` to ``hi`` may be asked about."""
        return self.lo <= lo and hi <= self.hi

    def open_before(self, at: Ints) -> Ints:
        """``W`` of each instant: the open microseconds from ``lo`` to it."""
        cells, found = self._cells_for(len(at)), np.empty(len(at), np.int64)

        def work(part: slice, room: Room) -> None:
            self._open_before(at[part], found[part], cells, room.of(part))

        in_chunks(work, len(at))
        return found

    def elapsed(self, start: Ints, end: Ints) -> Ints:
        """Open microseconds from each start to each end, negative where they are reversed."""
        cells, found = self._cells_for(len(start)), np.empty(len(start), np.int64)

        def work(part: slice, room: Room) -> None:
            out, spare = found[part], room.of(part)
            self._open_before(end[part], out, cells, spare)
            self._open_before(start[part], spare.result, cells, spare)
            np.subtract(out, spare.result, out=out)

        in_chunks(work, len(start))
        return found

    def is_open(self, at: Ints) -> Bools:
        """Whether each instant lies in open time."""
        cells, found = self._cells_for(len(at)), np.empty(len(at), np.bool_)

        def work(part: slice, room: Room) -> None:
            if cells is None:
                np.less(at[part], self.ends[self._run(at[part])], out=found[part])
            else:
                cells.is_open(at[part], found[part], room.of(part))

        in_chunks(work, len(at))
        return found

    def move(self, at: Ints, amount: Ints, *, late: bool) -> Ints:
        """The instant that each amount of open time separates from each instant; ``late`` means bias ``open``.

        The kernel must cover the answers too.
        """
        moved = self.reach(self.open_before(at) + amount, amount < 0, late=late)
        return moved if late else np.where(amount == 0, at, moved)

    def reach(self, goal: Ints, back: Bools, *, late: bool) -> Ints:
        """Instants in the place of the open time before them; ``back`` marks those reached by going backwards.

        The kernel must cover them; :mod:`servicekit.frames.kernel_answers` sees to that.
        """
        # At a closing two runs answer: this one with its end, the next with its start. The bias tells which is meant,
        # and is mirrored where time runs backwards.
        ahead: Literal["left", "right"] = "right" if late else "left"
        behind: Literal["left", "right"] = "left" if late else "right"
        before, closed = self.before[:-1], self.starts - self.before[:-1]

        def work(part: slice, _: Room) -> None:
            goals, backwards = goal[part], back[part]
            run = np.searchsorted(before, goals, ahead)
            if backwards.any():
                run[backwards] = np.searchsorted(before, goals[backwards], behind)
            run = np.maximum(run - 1, 0)
            np.add(goals, closed[run], out=goals)

        in_chunks(work, len(goal))
        return goal

    def _open_before(self, at: Ints, out: Ints, cells: Cells | None, room: Room) -> None:
        if cells is not None:
            cells.open_before(at, out, room)
            return
        run = self._run(at)
        np.minimum(at, self.ends[run], out=out)
        out += (self.before[:-1] - self.starts)[run]

    def _run(self, at: Ints) -> npt.NDArray[np.intp]:
        return np.searchsorted(self.starts, at, "right") - 1

    def _cells_for(self, rows: int) -> Cells | None:
        self._asked += rows
        if self._cells is None and self._asked >= self._worth:
            most = min(self._asked * _CELLS_A_ROW, _MOST_CELLS)
            self._cells = Cells.over(self.lo, self.hi, self.starts, self.ends, most=most)
            self._worth = 2 * self._asked if most < _MOST_CELLS else _NEVER
        return self._cells
