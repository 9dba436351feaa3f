"""Elapsed time and due moments of many clocks at once, by one calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from servicekit.errors import CalendarError
from servicekit.frames.cases.judging.clocks import Clocks
from servicekit.frames.cases.judging.pauses import Spans, rounds
from servicekit.frames.cases.reading.intake import NONE
from servicekit.frames.chunks import Bools, Ints
from servicekit.frames.kernel import Kernel
from servicekit.sla.compiled.compiled_target import CompiledTarget

if TYPE_CHECKING:
    from servicekit.calendars import CompiledCalendar

__all__ = ["Measured", "Owed", "Reach", "measured"]


@dataclass(frozen=True, slots=True)
class Owed:
    """The distinct goals of some clocks, and the number of each one's; -1 for none.

    ``due_at`` is what the field of a goal holds, :data:`NONE` where there is neither. If it is ``recorded``, it counts
    instead of whatever the goals say.
    """

    goals: Sequence[CompiledTarget]
    goal: Ints
    due_at: Ints
    recorded: bool = False

    @property
    def promised(self) -> Bools:
        """Whether anything is owed at all."""
        is_told: Bools = self.due_at != NONE
        if self.recorded:
            return is_told
        takes = np.array([*(goal.field is not None for goal in self.goals), False])
        promised: Bools = (self.goal >= 0) & (is_told | ~takes[self.goal])
        return promised

    @property
    def snaps(self) -> bool:
        """Whether a due moment at a closing is the next opening; one policy has one answer."""
        return any(goal.bias == "open" for goal in self.goals)

    @property
    def days(self) -> list[tuple[int, CompiledTarget]]:
        """The goals that are no lengths, with their numbers."""
        every = () if self.recorded else enumerate(self.goals)
        return [(number, goal) for number, goal in every if goal.length_us is None]

    def lengths(self) -> Ints:
        """The promised running time; :data:`NONE` where a moment is promised, or nothing."""
        if self.recorded:
            return np.full(len(self.goal), NONE)
        return np.array([*(NONE if each.length_us is None else each.length_us for each in self.goals), NONE])[self.goal]

    def those(self, rows: Ints) -> Owed:
        """What some of the clocks owe."""
        return Owed(self.goals, self.goal[rows], self.due_at[rows], self.recorded)


class Reach:
    """A calendar as far as it answers: what lies beyond is told, never guessed."""

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
        """No clock is due later than a pause's end and the longest target give; it may be too far to tell."""
        try:
            return self.hours.add_us(end, furthest, bias="open") + 1
        except (CalendarError, OverflowError):
            return end + furthest

    def misses(self, at: Ints) -> Bools:
        """The instants that are out of reach."""
        return (at < self.lo) | (at > self.hi)

    def open_before(self, at: Ints) -> Ints:
        """Open time before each instant, from the beginning of the reach on; its ends stand for what lies beyond."""
        return self.kernel.open_before(np.clip(at, self.lo, self.hi))

    def moved(self, at: Ints, amount: Ints, *, late: bool) -> tuple[Ints, Bools]:
        """The instant that each amount separates from each instant, and which of them are out of reach."""
        goal = self.open_before(at) + amount
        total = int(self.kernel.before[-1])
        beyond = self.misses(at) | (goal >= total if late else goal > total)
        if beyond.any():
            at, amount = np.where(beyond, self.lo, at), np.where(beyond, 0, amount)
        return self.kernel.move(at, amount, late=late), beyond


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


@dataclass(frozen=True, slots=True)
class Measured:
    """What clocks come to: lengths, due moments, whether they stand still; and which of them could not be told."""

    elapsed: Ints
    paused: Ints
    due: Ints
    stands: Bools
    beyond: Bools

    @classmethod
    def unknown(cls, rows: int) -> Measured:
        """Room for so many, none of them told yet."""
        lengths = (np.zeros(rows, np.int64), np.zeros(rows, np.int64), np.full(rows, NONE))
        return cls(*lengths, np.zeros(rows, np.bool_), np.ones(rows, np.bool_))

    def put(self, rows: Ints, part: Measured) -> None:
        """Some of them are told now."""
        for name in ("elapsed", "paused", "due", "stands", "beyond"):
            getattr(self, name)[rows] = getattr(part, name)


def measured(clocks: Clocks, spans: Spans, reach: Reach, owed: Owed) -> Measured:
    """The clocks of one metric and calendar, beside what each owes."""
    opened = _Opened(*map(reach.open_before, (clocks.start, clocks.end, spans.since, spans.until)))
    paused, stands = np.zeros(len(clocks), np.int64), np.zeros(len(clocks), np.bool_)
    for each in rounds(clocks, spans):
        rows = each.clocks
        length = np.minimum(opened.until[each.spans], opened.end[rows])
        length -= np.maximum(opened.since[each.spans], opened.start[rows])
        paused[rows] += np.maximum(length, 0)
        stands[rows] |= each.lasts
    due, beyond = _due_of_lengths(clocks, spans, reach, owed, opened)
    beyond |= reach.misses(clocks.start) | reach.misses(clocks.end)
    for number, goal in owed.days:
        rows = np.flatnonzero(owed.goal == number)
        moments = _moments(clocks.start[rows], goal, owed.due_at[rows], reach)
        due[rows], late = _moved_by_pauses(clocks.those(rows), spans, reach, moments, opened.those(rows))
        beyond[rows] |= late
    if owed.recorded:
        due = owed.due_at
    return Measured(opened.end - opened.start - paused, paused, due, stands, beyond)


@dataclass(frozen=True, slots=True)
class _Opened:
    """Open time before the starts and ends of clocks, and of the spans of all cases."""

    start: Ints
    end: Ints
    since: Ints
    until: Ints

    def those(self, rows: Ints) -> _Opened:
        return _Opened(self.start[rows], self.end[rows], self.since, self.until)


def _due_of_lengths(clocks: Clocks, spans: Spans, reach: Reach, owed: Owed, opened: _Opened) -> tuple[Ints, Bools]:
    length = owed.lengths()
    counts = length != NONE
    if not counts.any():
        return np.full(len(clocks), NONE), counts
    wanted, unknown = _wanted(clocks, spans, np.where(counts, length, 0), opened)
    due, beyond = reach.moved(clocks.start, wanted - opened.start, late=owed.snaps)
    told = counts & ~unknown
    return np.where(told, due, NONE), beyond & told


def _wanted(clocks: Clocks, spans: Spans, length: Ints, opened: _Opened) -> tuple[Ints, Bools]:
    """The open time before each due moment: the length after the start, and that of the pauses on the way."""
    wanted, unknown = opened.start + length, np.zeros(len(clocks), np.bool_)
    for each in rounds(clocks, spans):
        rows, start = each.clocks, np.maximum(opened.since[each.spans], opened.start[each.clocks])
        met = (start < wanted[rows]) & ~unknown[rows]
        rows, start, span, lasts = rows[met], start[met], each.spans[met], each.lasts[met]
        unknown[rows] |= lasts
        wanted[rows] += np.minimum(opened.until[span], opened.end[rows]) - start
    return wanted, unknown


class _Moments(NamedTuple):
    """Due moments before any pause, those that there are not, and those that cannot be told."""

    due: Ints
    absent: Bools
    beyond: Bools


def _moments(start: Ints, goal: CompiledTarget, recorded: Ints, reach: Reach) -> _Moments:
    if goal.within is not None:
        due = _days(start, goal)
        return _Moments(due, np.zeros(len(due), np.bool_), due == NONE)
    absent = recorded == NONE
    if not goal.snaps:
        return _Moments(recorded.copy(), absent, np.zeros(len(absent), np.bool_))
    due, late = reach.moved(np.where(absent, reach.lo, recorded), np.zeros(len(absent), np.int64), late=True)
    return _Moments(due, absent, late & ~absent)


def _days(start: Ints, goal: CompiledTarget) -> Ints:
    """The days after each start, :data:`NONE` where nobody can tell; a calendar is asked once for each that differs."""
    distinct, places = np.unique(start, return_inverse=True)
    found = np.full(len(distinct), NONE)
    for number, at in enumerate(distinct.tolist()):
        try:
            due = goal.moment_us(at, None)
        except (CalendarError, OverflowError):
            continue
        found[number] = NONE if due is None else due
    return found[places.reshape(-1)]


def _moved_by_pauses(
    clocks: Clocks, spans: Spans, reach: Reach, moments: _Moments, opened: _Opened
) -> tuple[Ints, Bools]:
    """The open time of pauses that begin before a due moment moves it on; and which of them cannot be told."""
    due, unknown, beyond = moments.due, moments.absent.copy(), moments.beyond.copy()
    over = np.zeros(len(clocks), np.bool_)
    for each in rounds(clocks, spans):
        rows, since = each.clocks, np.maximum(spans.since[each.spans], clocks.start[each.clocks])
        over[rows] |= since >= due[rows]
        met = ~(over[rows] | unknown[rows] | beyond[rows])
        rows, span = rows[met], each.spans[met]
        unknown[rows] |= each.lasts[met]
        length = np.minimum(opened.until[span], opened.end[rows]) - np.maximum(opened.since[span], opened.start[rows])
        moving = length > 0
        due[rows[moving]], late = reach.moved(due[rows[moving]], length[moving], late=False)
        beyond[rows[moving]] |= late & ~unknown[rows[moving]]
    return np.where(unknown | beyond, NONE, due), beyond
