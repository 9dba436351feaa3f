"""The clocks of plain cases, metric by metric: which rows start and end them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from servicekit.frames.cases.judging.signals import Lived
from servicekit.frames.cases.reading.log import Kind
from servicekit.frames.chunks import Bools, Ints
from servicekit.sla.metric import Metric
from servicekit.sla.signal import OPENED

__all__ = ["CANCELLED", "READ", "STOPPED", "Clocks", "clocks_of", "instances"]

READ, STOPPED, CANCELLED = 0, 1, 2
"""How the life of a clock ended: it was only read, was stopped, or called off."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Clocks of one metric by case: instants from start to end, the last row that counts, and how it ended."""

    case: Ints
    instance: Ints
    start: Ints
    end: Ints
    row: Ints
    ending: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.case)

    def those(self, rows: Bools | Ints) -> Clocks:
        """Some of them."""
        return Clocks(*(getattr(self, field.name)[rows] for field in fields(self)))


def clocks_of(lived: Lived, metric: Metric, now: int) -> Clocks:
    """The clocks of one metric; only such as start with the opening, or one after another."""
    make: Callable[[Lived, Metric], tuple[Ints, Ints, Ints]] = _once if metric.starts == {OPENED} else _each
    begins, stops, instance = make(lived, metric)
    case = lived.case[begins]
    called_off = _called_off(lived)[case]
    ending = np.where(stops >= 0, STOPPED, np.where(called_off >= 0, CANCELLED, READ)).astype(np.int8)
    row = np.where(stops >= 0, stops, np.where(called_off >= 0, called_off, lived.last[case]))
    end = np.where(ending == READ, now, lived.at[row])
    return Clocks(case, instance, lived.at[begins], end, row, ending)


def _called_off(lived: Lived) -> Ints:
    return lived.first_of((lived.kind == Kind.CANCELLED) | (lived.kind == Kind.MERGED_INTO))


def _once(lived: Lived, metric: Metric) -> tuple[Ints, Ints, Ints]:
    begins = lived.first[lived.first >= 0]
    stops = lived.first_of(lived.stops(metric) & (lived.kind != Kind.OPENED))
    return begins, stops[lived.case[begins]], np.zeros(len(begins), np.int64)


def _each(lived: Lived, metric: Metric) -> tuple[Ints, Ints, Ints]:
    """Whatever says start begins a clock, unless one runs that it does not stop, or the case rests."""
    stops, starts = lived.stops(metric), lived.starts(metric)
    rests = lived.first_of((lived.kind == Kind.RESOLVED) | (lived.kind == Kind.CLOSED))
    rows = np.flatnonzero(starts | stops)
    case = lived.case[rows]
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
