"""A clock's elapsed time divided among those who had the case."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import timedelta
from operator import attrgetter

from servicekit.rules import Value
from servicekit.sla.engine.life import Life
from servicekit.sla.engine.pausing import Moment
from servicekit.sla.engine.reading import Reading, Stretch
from servicekit.timeline.instant import us_to_delta

__all__ = ["shared_by"]


def shared_by(by: str, life: Life, reading: Reading) -> Mapping[Value | None, timedelta]:
    """The elapsed time by the values that a fact, or the status, had meanwhile, in order of first appearance."""
    found: dict[Value | None, int] = {}
    if reading.elapsed is None:  # past the horizon
        return {}
    for since, until, moment in _moments(life, reading.clock.started, reading.end):
        ran = sum(_ran_within(part, since, until, reading.end) for part in reading.stretches)
        if ran:
            value = _value(moment, "owner" if by == "assignee" else by)
            found[value] = found.get(value, 0) + ran
    return {value: us_to_delta(ran) for value, ran in found.items()}


def _value(moment: Moment, by: str) -> Value | None:
    return moment.status if by == "status" else moment.facts.get(by)


def _moments(life: Life, start: int, end: int) -> Iterator[tuple[int, int, Moment]]:
    moments = life.moments
    for number in range(max(bisect_right(moments, start, key=attrgetter("at")) - 1, 0), len(moments)):
        moment = moments[number]
        if moment.at >= end:
            return
        until = moments[number + 1].at if number + 1 < len(moments) else end
        yield moment.at, min(until, end), moment


def _ran_within(part: Stretch, since: int, until: int, end: int) -> int:
    """How much of a stretch's running time lies between two instants."""
    low, high = max(part.since, since), min(end if part.until is None else part.until, until)
    if low >= high:
        return 0
    paused = 0
    for start, over, _ in part.pauses:
        first, last = max(low, start), high if over is None else min(high, over)
        if first < last:
            paused += part.hours.elapsed_us(first, last)
    return part.hours.elapsed_us(low, high) - paused
