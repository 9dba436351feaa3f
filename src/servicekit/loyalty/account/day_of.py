"""The days of instants in a zone, where one asks for the same day again and again."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from servicekit.timeline import from_us, to_us


class DayOf:
    """The day of an instant in a zone; it remembers where the last day begins and ends. Threads may share it."""

    __slots__ = ("_last", "_tz")

    def __init__(self, tz: tzinfo) -> None:
        self._tz, self._last = tz, (0, 0, date.min)

    def of(self, moment_us: int) -> date:
        """The day of an instant in microseconds since 1970 UTC."""
        start_us, end_us, day = self._last
        if not start_us <= moment_us < end_us:
            day = from_us(moment_us, self._tz).date()
            self._last = self._began_us(day), self._began_us(day + timedelta(1)), day
        return day

    def _began_us(self, day: date) -> int:
        return to_us(datetime(day.year, day.month, day.day, tzinfo=self._tz))
