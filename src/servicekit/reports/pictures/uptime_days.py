"""The days of a period, each with the time that a service was up, down and under maintenance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from servicekit.desk.service_period import MeasuredUptime
from servicekit.timeline import Interval, IntervalSet, zone
from servicekit.timeline.period import day as whole_day


@dataclass(frozen=True, slots=True)
class UptimeDay:
    """A day by the clock of the promise; what is closed or not known yet is in none of the three.

    >>> day = whole_day(date(2026, 3, 2)).interval(zone("UTC"))
    >>> UptimeDay(date(2026, 3, 2), day, IntervalSet([day]), IntervalSet(), IntervalSet()).downtime
    datetime.timedelta(0)
    """

    day: date
    span: Interval
    up: IntervalSet
    down: IntervalSet
    excluded: IntervalSet

    @property
    def downtime(self) -> timedelta:
        """How long it was down."""
        return self.down.total


def uptime_days(measured: MeasuredUptime) -> Iterator[UptimeDay]:
    """The days of the whole period, the last ones perhaps empty."""
    uptime, tz = measured.verdict.uptime, zone(measured.timezone)
    for day in measured.period:
        span = whole_day(day).interval(tz)
        yield UptimeDay(day, span, *(part.within(span) for part in (uptime.up, uptime.down, uptime.excluded)))
