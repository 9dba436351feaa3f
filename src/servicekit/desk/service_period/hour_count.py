"""Counting instants by weekday and hour."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from servicekit.desk.service_period.service_period import ByHour
from servicekit.timeline import Interval, to_us
from servicekit.timeline.instant import EPOCH, SECOND_US
from servicekit.timeline.zone import offset_segments

_WEEK = 7 * 24
_FIRST = EPOCH.weekday() * 24


class HourCount:
    """How many instants of a span fall into each hour of the week, by the clock of a zone; Monday's midnight is first.

    >>> from datetime import UTC
    >>> january = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
    >>> count = HourCount(january, ZoneInfo("Asia/Shanghai"))
    >>> count.add(datetime(2026, 1, 5, 1, 30, tzinfo=UTC))
    >>> count.told()[0][9]
    1
    """

    __slots__ = ("_counts", "_offset", "_zone")

    def __init__(self, span: Interval, tz: ZoneInfo) -> None:
        self._zone, self._offset = tz, _offset_of(span, tz)
        self._counts = [0] * _WEEK

    def add(self, at: datetime) -> None:
        """Count an instant of the span."""
        if self._offset is None:
            local = at.astimezone(self._zone)
            hour = 24 * local.weekday() + local.hour
        else:  # half the time, and the same
            since = at - EPOCH
            hour = (24 * since.days + (since.seconds + self._offset) // 3600 + _FIRST) % _WEEK
        self._counts[hour] += 1

    def told(self) -> ByHour:
        """The counts by weekday and hour."""
        return tuple(tuple(self._counts[day : day + 24]) for day in range(0, _WEEK, 24))


@lru_cache(maxsize=64)
def _offset_of(span: Interval, tz: ZoneInfo) -> int | None:
    """By how many seconds the clock is ahead of UTC in all of a span; None where that changes."""
    since, until = to_us(span.start), to_us(span.end)
    years = range(span.start.year, span.end.year + 1)
    offsets = {
        offset for year in years for start, end, offset in offset_segments(year, tz) if start < until and since < end
    }
    return offsets.pop() // SECOND_US if len(offsets) == 1 else None
