"""SlowCalendar: the same answers as a compiled calendar, found by walking and looking at the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import count as counting
from itertools import groupby
from typing import Literal

from servicekit.calendars import AnyCalendar, Bias, DaySource
from servicekit.calendars.explanation import LayerName
from servicekit.errors import CalendarHorizonError
from servicekit.testing.slow.algebra import slow_hours
from servicekit.timeline import Interval, from_us, to_us

_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)


class SlowCalendar:
    """A calendar of any form answered by walking: slow, short, and easy to believe.

    It shares nothing with the compiled form. It reads the document, steps through time minute by minute, reads the
    local clock at each step, and asks the layers, or the parts of an algebra, whether that reading is open. Use it to
    check an engine, a policy, or a doubt.

    Exact where every instant asked about, every window, every absolute interval, every shift and every change of
    offset lies on a multiple of ``step``. A walk that finds nothing within ``reach`` raises CalendarHorizonError. It
    knows no horizon of holidays: years that nobody has announced are assumed. ``timezone`` is that of documents that
    name none, ``sources`` are further sources of exceptional days, as for ``compile``.

    >>> from datetime import UTC
    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="America/New_York", weekly={"sun": "00:00-06:00"})
    >>> midnight = datetime(2026, 3, 8, 5, tzinfo=UTC)       # the night on which clocks skip an hour
    >>> slow, compiled = SlowCalendar(desk), desk.compile()
    >>> [str(hours.elapsed(midnight, midnight + timedelta(days=1))) for hours in (slow, compiled)]
    ['5:00:00', '5:00:00']
    >>> str(SlowCalendar(~desk).elapsed(midnight, midnight + timedelta(days=1)))
    '19:00:00'
    """

    def __init__(
        self,
        calendar: AnyCalendar,
        *,
        timezone: str | None = None,
        sources: Iterable[DaySource] = (),
        step: timedelta = timedelta(minutes=1),
        reach: timedelta = timedelta(days=30),
    ) -> None:
        self.calendar = calendar
        self._step, self._reach = step // _TICK, reach // _TICK
        self._hours = slow_hours(calendar, timezone, tuple(sources), self._step)
        self.timezone = self._hours.tz
        self._open = self._hours.is_open

    def is_open(self, moment: datetime) -> bool:
        """Whether the local clock shows an open reading."""
        return self._open(to_us(moment))

    def layer(self, moment: datetime) -> LayerName:
        """The most specific layer that speaks about an instant; of a calendar made of calendars, ``algebra``.

        >>> from datetime import UTC
        >>> from servicekit.calendars import Calendar
        >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}, extra_holidays=["2026-01-05"])
        >>> SlowCalendar(desk).layer(datetime(2026, 1, 5, 10, tzinfo=UTC))
        'holiday'
        """
        return self._hours.layer(to_us(moment))

    def is_business_day(self, on: date) -> bool:
        """Whether some instant is open that counts as open time of the date."""
        low, high = self._hours.around(on)
        return any(self._hours.belongs(at, on) for at in range(low, high, self._step))

    def business_day(self, on: date, count: int) -> date:
        """Day by day from a date, until ``count`` business days are met; zero rolls a closed date on."""
        if count == 0:
            return on if self.is_business_day(on) else self.business_day(on, 1)
        way, left = (1 if count > 0 else -1), abs(count)
        for passed in counting(1):
            day = on + way * passed * _DAY
            left -= self.is_business_day(day)
            if left == 0:
                return day
            if passed * _DAY // _TICK > self._reach:
                raise CalendarHorizonError(f"walked from {on} to {day} and did not meet {count} business days")
        raise AssertionError("a walk ends with an answer or an error")

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """The open steps between two instants, counted; negative when they are reversed."""
        low, high = to_us(start), to_us(end)
        if high < low:
            return -self.elapsed(end, start)
        return sum(self._open(at) for at in range(low, high, self._step)) * self._step * _TICK

    def add(self, moment: datetime, amount: timedelta, *, bias: Bias = "close") -> datetime:
        """Step by step from ``moment``, until the open steps behind add up to ``amount``."""
        way = -1 if amount < timedelta(0) else 1
        left, at = abs(amount) // _TICK, to_us(moment)
        for reached in self._walk(at, way):
            passes = self._passes(reached, way)
            if left == 0 and (bias == "close" or passes):
                return from_us(reached)
            left -= self._step if passes else 0
        raise AssertionError("a walk ends with an answer or an error")

    def next_open(self, moment: datetime) -> datetime:
        """``moment`` itself when open, else the first open step after it."""
        return self._first(moment, 1, self._open)

    def next_start(self, moment: datetime) -> datetime:
        """The first step after ``moment`` that is open and follows a closed one."""
        return self._first(moment, 1, self._starts, strictly=True)

    def next_close(self, moment: datetime) -> datetime:
        """The first step after ``moment`` that is closed and follows an open one."""
        return self._first(moment, 1, self._ends, strictly=True)

    def previous_start(self, moment: datetime) -> datetime:
        """The last step before ``moment`` that is open and follows a closed one."""
        return self._first(moment, -1, self._starts, strictly=True)

    def previous_close(self, moment: datetime) -> datetime:
        """The last step up to ``moment`` that is closed and follows an open one."""
        return self._first(moment, -1, self._ends)

    def snap(self, moment: datetime, direction: Literal["forward", "backward"]) -> datetime:
        """The nearest step that is open (forward), or that follows an open one (backward)."""
        if direction == "forward":
            return self.next_open(moment)
        return self._first(moment, -1, lambda at: self._open(at - self._step))

    def open_between(self, start: datetime, end: datetime) -> Iterator[Interval]:
        """Runs of open steps between two instants; last first when they are reversed."""
        low, high = sorted((to_us(start), to_us(end)))
        runs = [list(run) for is_open, run in groupby(range(low, high, self._step), self._open) if is_open]
        found = [Interval(from_us(run[0]), from_us(min(run[-1] + self._step, high))) for run in runs]
        return iter(found if to_us(start) <= to_us(end) else found[::-1])

    def _starts(self, at: int) -> bool:
        return self._open(at) and not self._open(at - self._step)

    def _ends(self, at: int) -> bool:
        return self._open(at - self._step) and not self._open(at)

    def _passes(self, at: int, way: int) -> bool:
        """Whether the step that leads away from ``at`` is open."""
        return self._open(at if way > 0 else at - self._step)

    def _walk(self, at: int, way: int) -> Iterator[int]:
        yield from range(at, at + way * self._reach, way * self._step)
        raise CalendarHorizonError(f"walked {self._reach * _TICK} from {from_us(at)} and found no answer")

    def _first(self, moment: datetime, way: int, wanted: Callable[[int], bool], *, strictly: bool = False) -> datetime:
        at = to_us(moment)
        start = at + way * self._step if strictly else at
        return from_us(next(at for at in self._walk(start, way) if wanted(at)))
