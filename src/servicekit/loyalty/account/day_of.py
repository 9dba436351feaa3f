"""The days of instants in a zone, where one asks for the same day again and again."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from servicekit.timeline import from_us, to_us


class DayOf:
    """The day of an instant in a zone; it remembers where the last day begins and ends."""

    __slots__ = ("_day", "_end_us", "_start_us", "_tz")

    def __init__(self, tz: tzinfo) -> None:
        self._tz, self._day = tz, date.min
        self._start_us = self._end_us = 0

    def of(self, moment_us: int) -> date:
        """The day of an instant in microseconds since 1970 UTC."""
        if not self._start_us <= moment_us < self._end_us:
            self._day = from_us(moment_us, self._tz).date()
            self._start_us, self._end_us = self._began_us(self._day), self._began_us(self._day + timedelta(1))
        return self._day

    def _began_us(self, day: date) -> int:
        return to_us(datetime(day.year, day.month, day.day, tzinfo=self._tz))
