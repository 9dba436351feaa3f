"""Business days and calendar days: dates are counted, hours are not."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, time
from zoneinfo import ZoneInfo

from servicekit.calendars.engine.horizon import Horizon, on_clock
from servicekit.calendars.engine.hours_source import HoursSource
from servicekit.calendars.engine.open_time import OpenTime
from servicekit.errors import CalendarHorizonError, NeverOpenError
from servicekit.timeline.duration import BusinessDays, CalendarDays, DayRule, End
from servicekit.timeline.instant import DAY_US, from_us
from servicekit.timeline.zone import local_us


class DayCount:
    """Day arithmetic of one calendar. Dates are ordinals, instants UTC microseconds.

    A business day is a date on which open time begins, after all layers and breaks. An instant after midnight that
    lies in a shift of the date before counts as one of that date.
    """

    __slots__ = ("_horizon", "_hours", "_time", "_tz", "_years")

    def __init__(self, hours: HoursSource, open_time: OpenTime, tz: ZoneInfo) -> None:
        self._hours, self._time, self._tz = hours, open_time, tz
        self._horizon: Horizon = open_time.horizon
        self._years: dict[int, tuple[int, ...]] = {}

    def add(self, at: int, days: BusinessDays | CalendarDays, rule: DayRule) -> int:
        """The instant ``days`` after ``at``; see :class:`~servicekit.timeline.DayRule`."""
        if isinstance(days, CalendarDays):
            return self._add_dates(at, days.days)
        if not isinstance(days, BusinessDays):
            raise TypeError(f"days are BusinessDays or CalendarDays, not {days!r}; parse_duration reads texts")
        rule = days.rule(rule)
        at = self._started(at, rule)
        ordinal, clock = self._shift(at)
        last = self.following(ordinal, days.days) if days.days else ordinal
        if rule.end == "same_clock":
            moment = at if last == ordinal else local_us(last, clock, self._tz)
        else:
            last = self.following(last - 1, 1)
            moment = self._ending(last, rule.end)
        return self._landed(moment, last, rule)

    def is_business_day(self, ordinal: int) -> bool:
        """Whether open time begins on the date."""
        dates = self._of_year(date.fromordinal(ordinal).year)
        i = bisect_left(dates, ordinal)
        return i < len(dates) and dates[i] == ordinal

    def following(self, ordinal: int, count: int) -> int:
        """The ``count``-th business day strictly after the date; ``count`` is at least 1.

        Raises:
            NeverOpenError: the calendar has no business days.
            CalendarHorizonError: the day lies past the horizon.
        """
        if self._hours.never_opens:
            raise NeverOpenError("the calendar never opens, so it has no business days")
        year = date.fromordinal(ordinal).year
        dates = self._of_year(year)
        i = bisect_right(dates, ordinal) + count - 1
        while i >= len(dates):
            i -= len(dates)
            year += 1
            if year > self._horizon.last_year:
                raise self._time.exhausted(later=True)
            dates = self._of_year(year)
        return dates[i]

    def nth(self, ordinal: int, count: int) -> int:
        """The ``count``-th business day after a date, before it for a negative count; zero rolls a closed date on."""
        if count > 0:
            return self.following(ordinal, count)
        return self.following(ordinal - 1, 1) if count == 0 else self._preceding(ordinal, -count)

    def between(self, start: int, end: int) -> int:
        """How many business days lie in ``start <= date < end``; negative when the two are reversed."""
        if end < start:
            return -self.between(end, start)
        years = range(date.fromordinal(start).year, date.fromordinal(max(start, end - 1)).year + 1)
        return sum(bisect_left(d, end) - bisect_left(d, start) for d in map(self._of_year, years))

    def opening(self, ordinal: int) -> int:
        """The first open instant of a business day."""
        return self._spans(ordinal)[0][0]

    def closing(self, ordinal: int) -> int:
        """The last closing of the windows that begin on a business day."""
        return self._spans(ordinal)[-1][1]

    def _preceding(self, ordinal: int, count: int) -> int:
        """The ``count``-th business day strictly before the date."""
        if self._hours.never_opens:
            raise NeverOpenError("the calendar never opens, so it has no business days")
        year = date.fromordinal(ordinal).year
        dates = self._of_year(year)
        left = bisect_left(dates, ordinal) - count
        while left < 0:
            year -= 1
            if year < self._horizon.first_year:
                raise self._time.exhausted(later=False)
            dates = self._of_year(year)
            left += len(dates)
        return dates[left]

    def _spans(self, ordinal: int) -> list[tuple[int, int]]:
        # A window wholly inside a daylight-saving gap leaves a business day without an instant: stand on its midnight.
        midnight = local_us(ordinal, 0, self._tz)
        return self._hours.on(ordinal) or [(midnight, midnight)]

    def _started(self, at: int, rule: DayRule) -> int:
        if rule.start == "as_is":
            return at
        if rule.start == "next_open":
            return self._time.next_open(at)
        ordinal, clock = self._shift(at)
        if self.is_business_day(ordinal) or self._time.at(at).is_open(at):
            return at
        first = self.following(ordinal, 1)
        return self.opening(first) if rule.start == "roll_to_open" else local_us(first, clock, self._tz)

    def _ending(self, last: int, end: End) -> int:
        if isinstance(end, time):
            seconds = end.hour * 3600 + end.minute * 60 + end.second
            moment, next_day = (local_us(last + days, seconds * 1_000_000, self._tz) for days in (0, 1))
            # Of a night, the reading that lies in it: by 05:00 is after midnight.
            return next_day if next_day <= self.closing(last) and moment < self.opening(last) else moment
        return self.closing(last)

    def _landed(self, moment: int, last: int, rule: DayRule) -> int:
        if rule.landing == "keep" or rule.end == "close":
            return moment
        if rule.landing == "next_open":
            return self._time.next_open(moment)
        if self.is_business_day(last) and moment < self.closing(last):
            return moment
        return self.opening(self.following(last, 1))

    def _add_dates(self, at: int, days: int) -> int:
        ordinal, clock = self._local(at)
        if ordinal + days > date(self._horizon.last_year, 12, 31).toordinal():
            raise CalendarHorizonError(f"{days} days after {from_us(at)} lie past {self._horizon.last_year}")
        return local_us(ordinal + days, clock, self._tz) if days else at

    def _shift(self, at: int) -> tuple[int, int]:
        """The date to which an instant belongs, and its reading past the midnight of that date."""
        ordinal, clock = self._local(at)
        known = self._horizon.first_year <= date.fromordinal(ordinal).year <= self._horizon.last_year
        begun = self._hours.date_of(at) if known else None
        return (ordinal, clock) if begun is None else (begun, clock + (ordinal - begun) * DAY_US)

    def _local(self, at: int) -> tuple[int, int]:
        local = on_clock(at, self._tz)
        reading = ((local.hour * 60 + local.minute) * 60 + local.second) * 1_000_000 + local.microsecond
        return local.toordinal(), reading

    def _of_year(self, year: int) -> tuple[int, ...]:
        self._horizon.admit_year(year)
        dates = self._years.get(year)
        if dates is None:
            dates = self._years[year] = self._hours.business_dates(year)
        return dates
