"""One calendar document, instant by instant: the local clock is read, and the layers are asked in their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count as counting
from typing import NamedTuple
from zoneinfo import ZoneInfo

from servicekit.calendars import Absolute, Calendar, DaySource, HalfDay, MonthDay, Season, SpecialDay, Window
from servicekit.calendars.explanation import LayerName
from servicekit.testing.slow.recurrence import recurs
from servicekit.timeline import from_us, to_us

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
_DAY_US, _HOUR_US = _DAY // _TICK, timedelta(hours=1) // _TICK

_Week = tuple[tuple[Window, ...], ...]


class _Plan(NamedTuple):
    """The hours of one date by the layer that decides it; ``week`` and ``breaks`` are those in force on it.

    ``weekday`` is the one whose breaks apply. An exceptional date is one that breaks the week.
    """

    layer: LayerName
    windows: tuple[Window, ...]
    weekday: int
    week: _Week
    breaks: _Week

    @property
    def exceptional(self) -> bool:
        return self.layer not in ("weekly", "season")


class SlowDocument:
    """Whether one calendar document is open at an instant, and why."""

    def __init__(self, calendar: Calendar, default: str | None, sources: Sequence[DaySource] = ()) -> None:
        self.calendar = calendar
        self.tz = self.dates_tz = ZoneInfo(calendar.timezone or default or "UTC")
        self._sources: tuple[DaySource, ...] = (*calendar.holidays, *sources)
        self._plans: dict[date, _Plan] = {}

    def is_open(self, at: int) -> bool:
        """A closure closes, an opening opens, and else the hours of the dates decide."""
        reading = self._reading(at)
        if _within(self.calendar.closures, at, reading):
            return False
        return _within(self.calendar.openings, at, reading) or self.is_open_at(reading.date(), _clock(reading))

    def is_open_at(self, on: date, clock: timedelta) -> bool:
        """Whether the hours of dates cover a local reading: a date and the time past its midnight."""
        at = clock // _TICK
        covered = self._has_hours(on, at) or self._has_hours(on - _DAY, at + _DAY_US)
        return covered and not self._has_break(on, at)

    def belongs(self, at: int, on: date) -> bool:
        """Whether the instant is open by a window that begins on the date, or by an opening that does."""
        reading = self._reading(at)
        if _within(self.calendar.closures, at, reading):
            return False
        if any(_within([each], at, reading) and self._opens_on(each, at) == on for each in self.calendar.openings):
            return True
        clock = (reading - _midnight(on)) // _TICK
        return 0 <= clock < 2 * _DAY_US and self._is_of(on, clock) and not self._has_break(on, clock)

    def _opens_on(self, stretch: Absolute, at: int) -> date:
        """The date on which the opening around an instant begins; it begins anew on each date that it covers whole."""
        start, end = (_on_wall(moment, self.tz) for moment in (stretch.start, stretch.end))
        today = self._reading(at).date()
        before = next(day for hours in counting(1) if (day := self._reading(at - hours * _HOUR_US).date()) < today)
        begins, goes_on = start >= _midnight(before + _DAY), end >= _midnight(today + _DAY)
        return today if begins or goes_on else before

    def _is_of(self, on: date, at: int) -> bool:
        """Whether hours of shifts that begin on the date cover ``at`` past its midnight, which may lie on the next.

        What a cut at midnight leaves of a night stays with the evening, if the date of the evening has one.
        """
        if not self._has_hours(on, at) and at < _DAY_US:
            return False
        if self.calendar.cut == "start_date":
            return self._has_hours(on, at)
        if at >= _DAY_US:
            return self._has_hours(on, at) or (self._has_night(on) and self._has_tail(on + _DAY, at - _DAY_US))
        return _covers(self._plan(on).windows, at) or not self._has_night(on - _DAY)

    def _has_night(self, on: date) -> bool:
        return any(window.end_us > _DAY_US for window in self._plan(on).windows)

    def _has_tail(self, on: date, at: int) -> bool:
        """Whether the week alone opens a reading of a date after the night before."""
        plan = self._plan(on)
        return not plan.exceptional and _covers(plan.week[(on.weekday() - 1) % 7], at + _DAY_US)

    def around(self, on: date) -> tuple[int, int]:
        """Two instants between which all open time of a date lies."""
        return around(on)

    def layer(self, at: int) -> LayerName:
        """The most specific layer that speaks about the instant: what covers it, or what left it closed."""
        reading = self._reading(at)
        if _within(self.calendar.closures, at, reading):
            return "closure"
        if _within(self.calendar.openings, at, reading):
            return "opening"
        on, clock = reading.date(), _clock(reading) // _TICK
        if not self._has_hours(on, clock) and not self._has_hours(on - _DAY, clock + _DAY_US):
            return self._plan(on).layer
        if self._has_break(on, clock):
            return "break"
        night = _covers(self._plan(on - _DAY).windows, clock + _DAY_US) and self._is_of(on - _DAY, clock + _DAY_US)
        return self._plan(on if self._is_of(on, clock) or not night else on - _DAY).layer

    def _reading(self, at: int) -> datetime:
        return from_us(at, self.tz).replace(tzinfo=None, fold=0)

    def _has_hours(self, on: date, at: int) -> bool:
        """Whether hours that belong to the date cover ``at`` past its midnight, which may lie on the next date."""
        plan, late = self._plan(on), at >= _DAY_US
        if self.calendar.cut == "start_date":
            return _covers(plan.windows, at)
        if late:
            return plan.exceptional and not self._plan(on + _DAY).exceptional and _covers(plan.windows, at)
        return _covers(plan.windows, at) or self._has_tail(on, at)

    def _has_break(self, on: date, at: int) -> bool:
        days = ((on + _DAY, at - _DAY_US), (on, at), (on - _DAY, at + _DAY_US))
        return any(_covers(self._breaks_of(day), clock) for day, clock in days)

    def _breaks_of(self, on: date) -> tuple[Window, ...]:
        plan = self._plan(on)
        weekly = () if on in self.calendar.no_breaks else plan.breaks[plan.weekday]
        return weekly + self.calendar.date_breaks.get(on, ())

    def _plan(self, on: date) -> _Plan:
        if on not in self._plans:
            self._plans[on] = self._decided(on)
        return self._plans[on]

    def _decided(self, on: date) -> _Plan:
        """The first layer that speaks about a date, from the most specific to the weekly hours."""
        ordinary = self._ordinary(on)
        for layer, windows, weekday in self._exceptions(on, ordinary):
            return ordinary._replace(layer=layer, windows=windows, weekday=weekday)
        return ordinary

    def _exceptions(self, on: date, ordinary: _Plan) -> Iterator[tuple[LayerName, tuple[Window, ...], int]]:
        calendar, weekday = self.calendar, on.weekday()
        if on in calendar.dates:
            yield "date", calendar.dates[on], weekday
        extra = calendar.extra_holidays.get(on)
        if extra is not None:
            yield "holiday", self._holiday_hours(SpecialDay(on, extra), ordinary), weekday
        for recurrence in reversed(calendar.recurring):
            if recurs(recurrence, on):
                yield "recurrence", recurrence.hours, weekday
        special = [day for source in self._sources for day in source.days(on.year) if day.on == on]
        if any(day.working for day in special) and calendar.make_up_as != "none":
            made_up = _DAYS.index(calendar.make_up_as)
            yield "make-up", ordinary.week[made_up], made_up
        for windows in self._by_holidays(on, special, ordinary):
            yield "holiday", windows, weekday

    def _by_holidays(self, on: date, special: Sequence[SpecialDay], ordinary: _Plan) -> Iterator[tuple[Window, ...]]:
        """The hours of a date that is a holiday of a source, or comes before one."""
        for day in special:
            if not day.working and on not in self.calendar.not_holidays:
                yield self._holiday_hours(day, ordinary)
        for rule in self.calendar.half_days:
            before = on + rule.days_before * _DAY
            if (
                rule.days_before
                and ordinary.windows
                and any(_suits(rule, day, on) for day in self._holidays_on(before))
            ):
                yield rule.hours

    def _holidays_on(self, on: date) -> Iterator[SpecialDay]:
        """The holidays on a date, by the calendar's own list and by the sources."""
        if on in self.calendar.extra_holidays:
            yield SpecialDay(on, self.calendar.extra_holidays[on])
        for source in self._sources:
            for day in source.days(on.year):
                if day.on == on and not day.working and on not in self.calendar.not_holidays:
                    yield day

    def _holiday_hours(self, day: SpecialDay, ordinary: _Plan) -> tuple[Window, ...]:
        """The hours of the first rule that fits; a date that the week closes has none."""
        for rule in self.calendar.half_days:
            if rule.days_before == 0 and _suits(rule, day, day.on):
                return rule.hours if ordinary.windows else ()
        return ()

    def _ordinary(self, on: date) -> _Plan:
        """The hours of the week in force: of the last season that covers the date, or the calendar's own."""
        layer: LayerName = "weekly"
        weekly, breaks = self.calendar.weekly, self.calendar.breaks
        for season in self.calendar.seasons:
            if _covers_date(season, on):
                layer, weekly = "season", season.weekly
                breaks = self.calendar.breaks if season.breaks is None else season.breaks
        week = _by_weekday(weekly)
        return _Plan(layer, week[on.weekday()], on.weekday(), week, _by_weekday(breaks))


def _suits(rule: HalfDay, day: SpecialDay, on: date) -> bool:
    """Whether a rule is about a holiday, and holds on the date whose hours are asked."""
    holds = not rule.valid or any(part.start_on <= on <= part.last_on for part in rule.valid)
    named = any(part.casefold() in day.name.casefold() for part in rule.names)
    return holds and (named or day.category in rule.categories)


def around(on: date) -> tuple[int, int]:
    """From a day before a date's midnight in UTC to three days after it: room for all zones and a night shift."""
    midnight = to_us(_midnight(on).replace(tzinfo=UTC))
    return midnight - _DAY_US, midnight + 3 * _DAY_US


def _on_wall(moment: datetime, tz: ZoneInfo) -> datetime:
    """The reading that a moment is, or that the clock in a zone shows at it."""
    return moment if moment.tzinfo is None else moment.astimezone(tz).replace(tzinfo=None, fold=0)


def _midnight(on: date) -> datetime:
    return datetime(on.year, on.month, on.day)  # noqa: DTZ001 - a reading of the wall clock


def _clock(reading: datetime) -> timedelta:
    return reading - _midnight(reading.date())


def _covers(windows: tuple[Window, ...], at: int) -> bool:
    return any(window.start_us <= at < window.end_us for window in windows)


def _within(stretches: Sequence[Absolute], at: int, reading: datetime) -> bool:
    """Whether a stretch holds the instant; one without an offset, whether it holds the reading."""
    return any(
        stretch.start <= reading < stretch.end
        if stretch.start.tzinfo is None
        else to_us(stretch.start) <= at < to_us(stretch.end)
        for stretch in stretches
    )


def _covers_date(season: Season, on: date) -> bool:
    first, last = season.start_on, season.last_on
    if isinstance(first, MonthDay) and isinstance(last, MonthDay):
        opens, closes, day = ((d.month, d.day) for d in (first, last, on))
        inside = (opens <= day, day <= closes)
        return all(inside) if opens <= closes else any(inside)
    return (first is None or str(first) <= on.isoformat()) and (last is None or on.isoformat() <= str(last))


def _by_weekday(weekly: Mapping[str, tuple[Window, ...]]) -> _Week:
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
