"""Which hours a date has, and which layer of the calendar decided.

The most specific layer wins: date override, then make-up working day, then holiday, then weekly hours. Breaks come
off last, whatever decided. Readings are local: microseconds that the clock on the wall shows past 1970-01-01 00:00.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, TypeAlias

from servicekit.calendars.week import DAYS, Window, by_weekday
from servicekit.timeline.instant import DAY_US, EPOCH_ORDINAL
from servicekit.timeline.spans import Span, clip, merge, subtract

if TYPE_CHECKING:
    from servicekit.calendars.calendar import Calendar

__all__ = ["DayPlan", "Layer", "Layers"]

Layer: TypeAlias = Literal["weekly", "holiday", "make-up", "date"]
"""The layers that can decide a date's hours, least specific first."""
Week: TypeAlias = tuple[tuple[Window, ...], ...]


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The hours that begin on one date before breaks come off, the layer that decided, and its reason.

    ``weekday`` (Monday is 0) is the one whose hours and breaks apply; on a make-up day not the date's own.

    >>> DayPlan((), "holiday", "Labour Day", 4).windows
    ()
    """

    windows: tuple[Window, ...]
    layer: Layer
    reason: str
    weekday: int


class Layers:
    """All layers of one calendar, resolved date by date; dates are ordinals. Only a cache of years ever changes.

    ``never_opens`` tells that no layer holds any hours, so that no open time can exist.
    """

    __slots__ = (
        "_breaks",
        "_calendar",
        "_cuts",
        "_date_breaks",
        "_has_breaks",
        "_plain",
        "_shown",
        "_years",
        "never_opens",
    )

    def __init__(self, calendar: Calendar) -> None:
        week = by_weekday(calendar.weekly)
        self._calendar = calendar
        self._shown = tuple(DayPlan(windows, "weekly", DAYS[i], i) for i, windows in enumerate(week))
        self._cuts = calendar.cut == "calendar_date"
        self._plain = tuple(_cut(week, i) if self._cuts else week[i] for i in range(7))
        self._breaks = by_weekday(calendar.breaks)
        self._date_breaks = {on.toordinal(): windows for on, windows in calendar.date_breaks.items()}
        self._has_breaks = any(self._breaks) or bool(self._date_breaks)
        self._years: dict[int, dict[int, DayPlan]] = {}
        self.never_opens = not self._holds_hours()

    def _holds_hours(self) -> bool:
        """Whether some hours are left by the breaks of their own day; for single dates, by all breaks."""
        for i, breaks in enumerate(self._breaks):
            taken = merge((w.start_us, w.end_us) for w in breaks)
            hours = merge((w.start_us, w.end_us) for w in self._plain[i] + self._shown[i].windows)
            if subtract(hours, taken):
                return True
        return any(self.own_readings(on.toordinal()) for on, windows in self._calendar.dates.items() if windows)

    def plan(self, ordinal: int) -> DayPlan:
        """The hours that begin on a date, and why."""
        special = self._special(date.fromordinal(ordinal).year).get(ordinal)
        return special or self._shown[(ordinal - 1) % 7]

    def own_readings(self, ordinal: int) -> list[Span]:
        """The open readings of the windows that begin on one date, breaks taken off."""
        spans = merge(self._windows(ordinal, ordinal + 1))
        return subtract(spans, merge(self._breaks_of(ordinal - 1, ordinal + 2))) if self._has_breaks else spans

    def readings(self, first: int, last: int) -> list[Span]:
        """The open readings from midnight of the date ``first`` up to midnight of the date ``last``."""
        spans = merge(self._windows(first - 1, last))
        if self._has_breaks:
            spans = subtract(spans, merge(self._breaks_of(first - 1, last)))
        return clip(spans, _midnight(first), _midnight(last))

    def business_dates(self, year: int) -> tuple[int, ...]:
        """The dates of one year whose own windows hold any open time, as ordinals in order."""
        first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        special = self._special(year)
        dates = (n for n in range(first, last + 1) if self._windows_on(n, special))
        return tuple(n for n in dates if self.own_readings(n)) if self._has_breaks else tuple(dates)

    def _windows_on(self, ordinal: int, special: dict[int, DayPlan]) -> tuple[Window, ...]:
        plan = special.get(ordinal)
        return self._plain[(ordinal - 1) % 7] if plan is None else plan.windows

    def _windows(self, first: int, last: int) -> Iterator[Span]:
        special = self._specials(first, last)
        week = [[(w.start_us, w.end_us) for w in windows] for windows in self._plain]
        for ordinal in range(first, last):
            midnight = (ordinal - EPOCH_ORDINAL) * DAY_US
            plan = special.get(ordinal)
            pairs = week[(ordinal - 1) % 7] if plan is None else [(w.start_us, w.end_us) for w in plan.windows]
            limit = DAY_US if self._cuts and ordinal + 1 in special else 2 * DAY_US
            for start, end in pairs:
                yield midnight + start, midnight + min(end, limit)

    def _breaks_of(self, first: int, last: int) -> Iterator[Span]:
        special = self._specials(first, last)
        for ordinal in range(first, last):
            midnight = _midnight(ordinal)
            plan = special.get(ordinal)
            weekly = self._breaks[(ordinal - 1) % 7 if plan is None else plan.weekday]
            for window in weekly + self._date_breaks.get(ordinal, ()):
                yield midnight + window.start_us, midnight + window.end_us

    def _specials(self, first: int, last: int) -> dict[int, DayPlan]:
        special: dict[int, DayPlan] = {}
        for year in range(date.fromordinal(first).year, date.fromordinal(last).year + 1):
            special |= self._special(year)
        return special

    def _special(self, year: int) -> dict[int, DayPlan]:
        known = self._years.get(year)
        if known is None:
            known = self._years[year] = dict(self._specials_of(year))
        return known

    def _specials_of(self, year: int) -> Iterable[tuple[int, DayPlan]]:
        calendar, makeup = self._calendar, DAYS.index(self._calendar.make_up_as)
        days = [day for source in calendar.holidays for day in source.days(year)]
        kept = (day for day in days if not day.working and day.on not in calendar.not_holidays)
        listed = ((on, name) for on, name in calendar.extra_holidays.items() if on.year == year)
        for on, name in (*((day.on, day.name) for day in kept), *listed):
            yield on.toordinal(), DayPlan((), "holiday", name, on.weekday())
        for day in days:
            if day.working:
                yield day.on.toordinal(), DayPlan(self._shown[makeup].windows, "make-up", day.name, makeup)
        for on, windows in calendar.dates.items():
            if on.year == year:
                yield on.toordinal(), DayPlan(windows, "date", on.isoformat(), on.weekday())


def _midnight(ordinal: int) -> int:
    return (ordinal - EPOCH_ORDINAL) * DAY_US


def _cut(week: Week, weekday: int) -> tuple[Window, ...]:
    """Weekly hours by calendar date: own windows up to midnight, and what the day before left over."""
    own = [Window(w.start_us, min(w.end_us, DAY_US)) for w in week[weekday]]
    tails = [Window(0, w.end_us - DAY_US) for w in week[weekday - 1] if w.crosses_midnight]
    return tuple(sorted(tails + own))
