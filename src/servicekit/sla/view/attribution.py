"""A clock's elapsed time divided among those who had the case."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from operator import attrgetter

from servicekit.rules import Value
from servicekit.sla.compiled.compiled_pauses import Moment
from servicekit.sla.history.case_history import CaseHistory
from servicekit.sla.history.clock_reading import ClockReading, CountedPeriod
from servicekit.timeline.instant import us_to_delta


def shared_by(by: str, history: CaseHistory, reading: ClockReading) -> Mapping[Value | None, timedelta]:
    """The elapsed time by the values that a fact, or the status, had meanwhile, in order of first appearance."""
    found: dict[Value | None, int] = {}
    if reading.elapsed is None:  # past the horizon
        return {}
    for ran, moment in _shares(history, reading):
        if ran:
            value = _value(moment, "owner" if by == "assignee" else by)
            found[value] = found.get(value, 0) + ran
    return {value: us_to_delta(ran) for value, ran in found.items()}


def _value(moment: Moment, by: str) -> Value | None:
    return moment.status if by == "status" else moment.facts.get(by)


def _shares(history: CaseHistory, reading: ClockReading) -> Iterator[tuple[int, Moment]]:
    """The running time piece by piece, with how the case stood in each."""
    for part in reading.counted:
        for since, until in _running(part, reading.end):
            for low, high, moment in _moments(history.moments, since, until):
                yield part.hours.elapsed_us(low, high), moment


def _running(part: CountedPeriod, end: int) -> Iterator[tuple[int, int]]:
    """The spans of a period between its pauses, closed hours among them."""
    at, until = part.since, end if part.until is None else min(part.until, end)
    for since, over, _ in part.pauses:
        if at < since:
            yield at, min(since, until)
        at = until if over is None else over
    if at < until:
        yield at, until


def _moments(moments: Sequence[Moment], since: int, until: int) -> Iterator[tuple[int, int, Moment]]:
    """How the case stood from when to when in a span; only the moments of the span are looked at."""
    for number in range(max(bisect_right(moments, since, key=_at) - 1, 0), len(moments)):
        low = max(moments[number].at, since)
        if low >= until:
            return
        high = min(moments[number + 1].at, until) if number + 1 < len(moments) else until
        yield low, high, moments[number]


_at = attrgetter("at")
