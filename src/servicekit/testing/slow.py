"""SlowCalendar: the same answers as a compiled calendar, found by walking and looking at the clock.

It shares nothing with the compiled form. It reads the document, steps through time minute by minute, reads the local
clock at each step, and asks the layers whether that reading is open. Use it to check an engine, a policy, or a doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from servicekit.calendars import Bias, Calendar, Window
from servicekit.errors import CalendarHorizonError
from servicekit.timeline import Interval, from_us, to_us

__all__ = ["SlowCalendar"]

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
_DAY_US = _DAY // _TICK


class _Plan(NamedTuple):
    """The hours of one date by the layer that decides it; ``weekday`` is the one whose breaks apply."""

    windows: tuple[Window, ...]
    weekday: int
    exceptional: bool


class SlowCalendar:
    """A calendar answered by walking: slow, short, and easy to believe.

    Exact where every instant asked about, every window and every change of offset lies on a multiple of ``step``.
    A walk that finds nothing within ``reach`` raises CalendarHorizonError. It knows no horizon of holidays: years
    that nobody has announced are assumed.

    >>> from datetime import UTC
    >>> desk = Calendar(timezone="America/New_York", weekly={"sun": "00:00-06:00"})
    >>> midnight = datetime(2026, 3, 8, 5, tzinfo=UTC)       # the night on which clocks skip an hour
    >>> slow, compiled = SlowCalendar(desk), desk.compile()
    >>> [str(hours.elapsed(midnight, midnight + timedelta(days=1))) for hours in (slow, compiled)]
    ['5:00:00', '5:00:00']
    """

    def __init__(
        self,
        calendar: Calendar,
        *,
        timezone: str = "UTC",
        step: timedelta = timedelta(minutes=1),
        reach: timedelta = timedelta(days=30),
    ) -> None:
        self.calendar = calendar
        self.timezone = ZoneInfo(calendar.timezone or timezone)
        self._step, self._reach = step // _TICK, reach // _TICK
        self._weekly = _by_weekday(calendar.weekly)
        self._breaks = _by_weekday(calendar.breaks)
        self._plans: dict[date, _Plan] = {}

    def is_open(self, moment: datetime) -> bool:
        """Whether the local clock shows an open reading."""
        return self._open(to_us(moment))

    def is_open_at(self, on: date, clock: timedelta) -> bool:
        """Whether hours cover a local reading: a date and the time past its midnight.

        >>> SlowCalendar(Calendar(weekly={"fri": "22:00-06:00"})).is_open_at(date(2026, 1, 3), timedelta(hours=5))
        True
        """
        at = clock // _TICK
        covered = self._has_hours(on, at) or self._has_hours(on - _DAY, at + _DAY_US)
        return covered and not self._has_break(on, at)

    def is_business_day(self, on: date) -> bool:
        """Whether a reading of the windows that begin on the date is left when the breaks are off."""
        readings = range(0, 2 * _DAY_US, self._step)
        return any(
            self._has_hours(on, at) and not self._has_break(on, at) and self._is_shown(on, at) for at in readings
        )

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

    def _open(self, at: int) -> bool:
        return self._open_reading(from_us(at, self.timezone).replace(tzinfo=None, fold=0))

    def _open_reading(self, reading: datetime) -> bool:
        midnight = reading.replace(hour=0, minute=0, second=0, microsecond=0)
        return self.is_open_at(reading.date(), reading - midnight)

    def _is_shown(self, on: date, at: int) -> bool:
        """Whether the local clock ever shows a reading; a gap of daylight saving skips some."""
        reading = datetime(on.year, on.month, on.day) + at * _TICK  # noqa: DTZ001 - a reading of the wall clock
        return (
            reading.replace(tzinfo=self.timezone).astimezone(UTC).astimezone(self.timezone).replace(tzinfo=None, fold=0)
            == reading
        )

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

    def _has_hours(self, on: date, at: int) -> bool:
        """Whether hours that belong to the date cover ``at`` past its midnight, which may lie on the next date."""
        plan, late = self._plan(on), at >= _DAY_US
        if self.calendar.cut == "start_date":
            return _covers(plan.windows, at)
        if late:
            return plan.exceptional and not self._plan(on + _DAY).exceptional and _covers(plan.windows, at)
        ordinary = () if plan.exceptional else self._weekly[(on.weekday() - 1) % 7]
        return _covers(plan.windows, at) or _covers(ordinary, at + _DAY_US)

    def _has_break(self, on: date, at: int) -> bool:
        days = ((on + _DAY, at - _DAY_US), (on, at), (on - _DAY, at + _DAY_US))
        return any(_covers(self._breaks_of(day), clock) for day, clock in days)

    def _breaks_of(self, on: date) -> tuple[Window, ...]:
        return self._breaks[self._plan(on).weekday] + self.calendar.date_breaks.get(on, ())

    def _plan(self, on: date) -> _Plan:
        if on not in self._plans:
            self._plans[on] = self._decided(on)
        return self._plans[on]

    def _decided(self, on: date) -> _Plan:
        calendar, weekday = self.calendar, on.weekday()
        special = [day for source in calendar.holidays for day in source.days(on.year) if day.on == on]
        if on in calendar.dates:
            return _Plan(calendar.dates[on], weekday, exceptional=True)
        if on in calendar.extra_holidays:
            return _Plan((), weekday, exceptional=True)
        if any(day.working for day in special) and calendar.make_up_as != "none":
            made_up = _DAYS.index(calendar.make_up_as)
            return _Plan(self._weekly[made_up], made_up, exceptional=True)
        if any(not day.working for day in special) and on not in calendar.not_holidays:
            return _Plan((), weekday, exceptional=True)
        return _Plan(self._weekly[weekday], weekday, exceptional=False)


def _covers(windows: tuple[Window, ...], at: int) -> bool:
    return any(window.start_us <= at < window.end_us for window in windows)


def _by_weekday(weekly: Mapping[str, tuple[Window, ...]]) -> tuple[tuple[Window, ...], ...]:
    """The windows of each weekday, Monday first, looked up key by key."""
    return tuple(
        tuple(window for key, windows in weekly.items() if _names(key, weekday) for window in windows)
        for weekday in range(7)
    )


def _names(key: str, weekday: int) -> bool:
    """Whether ``mon-fri``, ``sat`` or ``sat,sun`` names a weekday."""
    for part in key.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        low, high = _DAYS.index(first[:3]), _DAYS.index((last or first)[:3])
        if (weekday - low) % 7 <= (high - low) % 7:
            return True
    return False
