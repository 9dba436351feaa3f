"""The clocks of eligible cases, metric by metric: which rows start and end them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from servicekit.frames.array_chunks import Bools, Ints
from servicekit.frames.cases.event_log.event_kinds import Kind
from servicekit.frames.cases.fast.event_signals import EventRows

if TYPE_CHECKING:
    from servicekit.sla import Metric


READ, STOPPED, CANCELLED = 0, 1, 2
"""How a clock ended: it still runs and was read, it was stopped, or it was cancelled."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Clocks of one metric by case: instants from start to end, the last row that counts, and how each ended."""

    case: Ints
    instance: Ints
    start: Ints
    end: Ints
    row: Ints
    ending: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.case)

    def take(self, rows: Bools | Ints) -> Clocks:
        """Some of the clocks."""
        return Clocks(*(getattr(self, field.name)[rows] for field in fields(self)))


def clocks_of(events: EventRows, metric: Metric, now: int) -> Clocks:
    """The clocks of one metric: each starts with the opening, or one starts after another."""
    make: Callable[[EventRows, Metric], tuple[Ints, Ints, Ints]] = _each if metric.again == "each" else _once
    begins, stops, instance = make(events, metric)
    case = events.case[begins]
    cancelled = _cancelled(events)[case]
    ending = np.where(stops >= 0, STOPPED, np.where(cancelled >= 0, CANCELLED, READ)).astype(np.int8)
    row = np.where(stops >= 0, stops, np.where(cancelled >= 0, cancelled, events.last[case]))
    end = np.where(ending == READ, now, events.at[row])
    return Clocks(case, instance, events.at[begins], end, row, ending)


def _cancelled(events: EventRows) -> Ints:
    return events.first_of((events.kind == Kind.CANCELLED) | (events.kind == Kind.MERGED_INTO))


def _once(events: EventRows, metric: Metric) -> tuple[Ints, Ints, Ints]:
    """One clock, from the opening or from the first other start before the case is resolved."""
    is_stop = events.stops(metric) & (events.kind != Kind.OPENED)
    begin = events.first
    if not events.start_with_opening(metric):
        begin = events.first_of(events.starts(metric))
        later = begin[events.case]
        rows = np.arange(len(later))
        is_stop &= (later >= 0) & (rows > later)
        rests = _rests(events)
        begin = np.where((rests >= 0) & (rests < begin), -1, begin)
    begins, stops = begin[begin >= 0], events.first_of(is_stop)
    return begins, stops[events.case[begins]], np.zeros(len(begins), np.int64)


def _rests(events: EventRows) -> Ints:
    """By case the row that resolves it, or -1."""
    return events.first_of((events.kind == Kind.RESOLVED) | (events.kind == Kind.CLOSED))


def _each(events: EventRows, metric: Metric) -> tuple[Ints, Ints, Ints]:
    """Every start begins a clock, unless a clock runs that it does not stop, or the case is resolved."""
    stops, starts = events.stops(metric), events.starts(metric)
    rests = _rests(events)
    rows = np.flatnonzero(starts | stops)
    case = events.case[rows]
    rest = rests[case]
    can_start = starts[rows] & ((rest < 0) | (rows < rest))
    is_stop = stops[rows]
    runs = np.zeros(len(rows), np.bool_)  # before the row: what started last has not been stopped since
    runs[1:] = can_start[:-1] & (case[1:] == case[:-1])
    begins = np.flatnonzero(can_start & (is_stop | ~runs))
    return rows[begins], _next_stops(rows, case, is_stop, begins), instances(case[begins])


def _next_stops(rows: Ints, case: Ints, is_stop: Bools, begins: Ints) -> Ints:
    """The row of the next stop of the same case after each beginning, or -1."""
    places = np.where(is_stop, np.arange(len(rows)), len(rows))
    following = np.append(np.minimum.accumulate(places[::-1])[::-1], len(rows))[begins + 1]
    found = np.full(len(begins), -1)
    some = following < len(rows)
    some[some] = case[following[some]] == case[begins[some]]
    found[some] = rows[following[some]]
    return found


def instances(case: Ints) -> Ints:
    """How many clocks of the same case come before each."""
    heads = np.ones(len(case), np.bool_)
    heads[1:] = case[1:] != case[:-1]
    return np.arange(len(case)) - np.maximum.accumulate(np.where(heads, np.arange(len(case)), 0))
