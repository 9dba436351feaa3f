"""Elapsed time and due moments of many clocks at once, by one calendar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from servicekit.errors import CalendarError
from servicekit.frames.array_chunks import Bools, Ints
from servicekit.frames.cases.event_log.checked_columns import NONE
from servicekit.frames.cases.fast.calendar_range import CalendarRange
from servicekit.frames.cases.fast.clock_targets import ClockTargets
from servicekit.frames.cases.fast.clocks import Clocks
from servicekit.frames.cases.fast.pauses import PauseSpans, pause_rounds

if TYPE_CHECKING:
    from servicekit.sla.compiled.compiled_target import CompiledTarget


@dataclass(frozen=True, slots=True)
class ClockAmounts:
    """The lengths and due moments of clocks, which of them are paused, and which are out of the calendar's range."""

    elapsed: Ints
    paused: Ints
    due: Ints
    is_paused: Bools
    out_of_range: Bools

    @classmethod
    def unknown(cls, rows: int) -> ClockAmounts:
        """Room for so many clocks, all of them out of range so far."""
        lengths = (np.zeros(rows, np.int64), np.zeros(rows, np.int64), np.full(rows, NONE))
        return cls(*lengths, np.zeros(rows, np.bool_), np.ones(rows, np.bool_))

    def put(self, rows: Ints, part: ClockAmounts) -> None:
        """Fill in some of the clocks."""
        for name in ("elapsed", "paused", "due", "is_paused", "out_of_range"):
            getattr(self, name)[rows] = getattr(part, name)


def amounts_of(clocks: Clocks, spans: PauseSpans, calendar: CalendarRange, targets: ClockTargets) -> ClockAmounts:
    """The amounts of clocks of one metric and calendar, given the target of each."""
    open_time = _OpenTime(*map(calendar.open_before, (clocks.start, clocks.end, spans.since, spans.until)))
    paused, is_paused = np.zeros(len(clocks), np.int64), np.zeros(len(clocks), np.bool_)
    for each in pause_rounds(clocks, spans):
        rows = each.clocks
        length = np.minimum(open_time.until[each.spans], open_time.end[rows])
        length -= np.maximum(open_time.since[each.spans], open_time.start[rows])
        paused[rows] += np.maximum(length, 0)
        is_paused[rows] |= each.lasts
    due, out_of_range = _due_of_lengths(clocks, spans, calendar, targets, open_time)
    out_of_range |= calendar.excludes(clocks.start) | calendar.excludes(clocks.end)
    for number, goal in targets.days:
        rows = np.flatnonzero(targets.goal == number)
        moments = _moments(clocks.start[rows], goal, targets.due_at[rows], calendar)
        due[rows], late = _moved_by_pauses(clocks.take(rows), spans, calendar, moments, open_time.take(rows))
        out_of_range[rows] |= late
    if targets.recorded:
        due = targets.due_at
    return ClockAmounts(open_time.end - open_time.start - paused, paused, due, is_paused, out_of_range)


@dataclass(frozen=True, slots=True)
class _OpenTime:
    """Open time before the starts and ends of clocks, and of the spans of all cases."""

    start: Ints
    end: Ints
    since: Ints
    until: Ints

    def take(self, rows: Ints) -> _OpenTime:
        return _OpenTime(self.start[rows], self.end[rows], self.since, self.until)


def _due_of_lengths(
    clocks: Clocks, spans: PauseSpans, calendar: CalendarRange, targets: ClockTargets, open_time: _OpenTime
) -> tuple[Ints, Bools]:
    length = targets.lengths()
    counts = length != NONE
    if not counts.any():
        return np.full(len(clocks), NONE), counts
    wanted, unknown = _open_before_due(clocks, spans, np.where(counts, length, 0), open_time)
    due, out_of_range = calendar.moved(clocks.start, wanted - open_time.start, late=targets.snaps)
    known = counts & ~unknown
    return np.where(known, due, NONE), out_of_range & known


def _open_before_due(clocks: Clocks, spans: PauseSpans, length: Ints, open_time: _OpenTime) -> tuple[Ints, Bools]:
    """The open time before each due moment: before the start, the promised length, and the pauses on the way."""
    wanted, unknown = open_time.start + length, np.zeros(len(clocks), np.bool_)
    for each in pause_rounds(clocks, spans):
        rows, start = each.clocks, np.maximum(open_time.since[each.spans], open_time.start[each.clocks])
        met = (start < wanted[rows]) & ~unknown[rows]
        rows, start, span, lasts = rows[met], start[met], each.spans[met], each.lasts[met]
        unknown[rows] |= lasts
        wanted[rows] += np.minimum(open_time.until[span], open_time.end[rows]) - start
    return wanted, unknown


class _Moments(NamedTuple):
    """Due moments before any pause, which of them do not exist, and which are out of range."""

    due: Ints
    absent: Bools
    out_of_range: Bools


def _moments(start: Ints, goal: CompiledTarget, recorded: Ints, calendar: CalendarRange) -> _Moments:
    if goal.within is not None:
        due = _days(start, goal)
        return _Moments(due, np.zeros(len(due), np.bool_), due == NONE)
    absent = recorded == NONE
    if not goal.snaps:
        return _Moments(recorded.copy(), absent, np.zeros(len(absent), np.bool_))
    due, late = calendar.moved(np.where(absent, calendar.lo, recorded), np.zeros(len(absent), np.int64), late=True)
    return _Moments(due, absent, late & ~absent)


def _days(start: Ints, goal: CompiledTarget) -> Ints:
    """The days after each start, :data:`NONE` out of range; the calendar is asked once for each distinct start."""
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
    clocks: Clocks, spans: PauseSpans, calendar: CalendarRange, moments: _Moments, open_time: _OpenTime
) -> tuple[Ints, Bools]:
    """Due moments moved on by the open time of each pause that begins before them, and which are out of range."""
    due, unknown, out_of_range = moments.due, moments.absent.copy(), moments.out_of_range.copy()
    passed = np.zeros(len(clocks), np.bool_)
    for each in pause_rounds(clocks, spans):
        rows, since = each.clocks, np.maximum(spans.since[each.spans], clocks.start[each.clocks])
        passed[rows] |= since >= due[rows]
        met = ~(passed[rows] | unknown[rows] | out_of_range[rows])
        rows, span = rows[met], each.spans[met]
        unknown[rows] |= each.lasts[met]
        length = np.minimum(open_time.until[span], open_time.end[rows]) - np.maximum(
            open_time.since[span], open_time.start[rows]
        )
        moving = length > 0
        due[rows[moving]], late = calendar.moved(due[rows[moving]], length[moving], late=False)
        out_of_range[rows[moving]] |= late & ~unknown[rows[moving]]
    return np.where(unknown | out_of_range, NONE, due), out_of_range
