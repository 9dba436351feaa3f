"""Which hours a date has, and which layer of the calendar decided.

The most specific layer wins: date override, then a holiday of the calendar's own list, then recurrence, then make-up
working day, then holiday of a source, then the day before a holiday, then season, then weekly hours. Breaks come off
last. Readings are local: microseconds that the clock on the wall shows past 1970-01-01.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import TypeAlias

from servicekit.calendars.calendar import Calendar
from servicekit.calendars.explanation import LayerName
from servicekit.calendars.layers import Recurrence
from servicekit.calendars.special_days import DaySource, SpecialDay, label_of
from servicekit.calendars.week import DAYS, Window, by_weekday
from servicekit.timeline.instant import DAY_US, EPOCH_ORDINAL
from servicekit.timeline.spans import Span, clip, merge, subtract

Week: TypeAlias = tuple[tuple[Window, ...], ...]


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The hours that begin on one date before breaks come off, the layer that decided, its reason and source.

    ``weekday`` (Monday is 0) is the one whose hours and breaks apply; on a make-up day not the date's own.

    >>> DayPlan((), "holiday", "Labour Day", "US", 4).windows
    ()
    """

    windows: tuple[Window, ...]
    layer: LayerName
    reason: str
    source: str | None
    weekday: int


class _Regime:
    """The weekly hours and breaks that hold at one time: the calendar's own, or a season's.

    Where hours are cut at midnight, ``tails`` are what the night before leaves on a day of the week; else none.
    """

    __slots__ = ("breaks", "heads", "plain", "plans", "tails")

    def __init__(self, week: Week, breaks: Week, *, cut: bool, season: str | None) -> None:
        layer: LayerName = "weekly" if season is None else "season"
        self.plans = tuple(DayPlan(windows, layer, season or DAYS[i], None, i) for i, windows in enumerate(week))
        longest = DAY_US if cut else 2 * DAY_US
        self.heads = [[(w.start_us, min(w.end_us, longest)) for w in windows] for windows in week]
        self.tails = [[(0, w.end_us - DAY_US) for w in week[i - 1] if cut and w.crosses_midnight] for i in range(7)]
        self.plain = [tail + head for tail, head in zip(self.tails, self.heads, strict=True)]
        self.breaks = breaks

    @property
    def holds_hours(self) -> bool:
        """Whether some hours are left by the breaks of their own day."""
        for plan, pairs, breaks in zip(self.plans, self.plain, self.breaks, strict=True):
            hours = merge([*pairs, *((w.start_us, w.end_us) for w in plan.windows)])
            if subtract(hours, merge((w.start_us, w.end_us) for w in breaks)):
                return True
        return False


class DateLayers:
    """All layers of one calendar that work on dates, resolved date by date; dates are ordinals.

    ``never_opens`` tells that no layer holds any hours, so that no open time can exist, ``has_nights`` that a window of
    some layer runs past midnight.
    """

    __slots__ = (
        "_base",
        "_calendar",
        "_cuts",
        "_date_breaks",
        "_dates",
        "_extra",
        "_has_breaks",
        "_no_breaks",
        "_regimes",
        "_sources",
        "_years",
        "has_nights",
        "never_opens",
    )

    def __init__(self, calendar: Calendar, sources: Iterable[DaySource] = ()) -> None:
        self._sources: tuple[DaySource, ...] = (*calendar.holidays, *sources)
        self._cuts, breaks = calendar.cut == "calendar_date", by_weekday(calendar.breaks)
        cut = self._cuts
        self._calendar = calendar
        self._base = _Regime(by_weekday(calendar.weekly), breaks, cut=cut, season=None)
        self._regimes = [
            (
                season,
                _Regime(
                    by_weekday(season.weekly),
                    breaks if season.breaks is None else by_weekday(season.breaks),
                    cut=cut,
                    season=season.name,
                ),
            )
            for season in reversed(calendar.seasons)
        ]
        self._date_breaks = {on.toordinal(): windows for on, windows in calendar.date_breaks.items()}
        self._no_breaks = frozenset(on.toordinal() for on in calendar.no_breaks)
        regimes = [self._base, *(regime for _, regime in self._regimes)]
        self._has_breaks = bool(self._date_breaks) or any(any(regime.breaks) for regime in regimes)
        self._dates, self._extra = _by_year(calendar.dates), _by_year(calendar.extra_holidays)
        self._years: dict[int, dict[int, DayPlan]] = {}
        self.never_opens = not self._holds_hours()
        self.has_nights = any(window.crosses_midnight for window in self._all_windows())

    def _holds_hours(self) -> bool:
        """Whether some hours are left by the breaks of their own day; for single dates, by all breaks."""
        calendar = self._calendar
        if any(regime.holds_hours for regime in (self._base, *(regime for _, regime in self._regimes))):
            return True
        if any(rule.hours for rule in calendar.recurring):
            return True
        single = [*(on for on, windows in calendar.dates.items() if windows), *calendar.no_breaks]
        return any(self.own_readings(on.toordinal()) for on in single)

    def _all_windows(self) -> Iterator[Window]:
        calendar = self._calendar
        for weekly in (calendar.weekly, *(season.weekly for season in calendar.seasons)):
            yield from chain.from_iterable(weekly.values())
        yield from chain.from_iterable(calendar.dates.values())
        yield from chain.from_iterable(rule.hours for rule in calendar.recurring)
        yield from chain.from_iterable(rule.hours for rule in calendar.half_days)

    def plan(self, ordinal: int) -> DayPlan:
        """The hours that begin on a date, and why."""
        special = self._special(date.fromordinal(ordinal).year).get(ordinal)
        return special or self._regime(ordinal).plans[(ordinal - 1) % 7]

    def runs_on(self, ordinal: int) -> bool:
        """Whether a window that begins on the date is written to end on the next."""
        return any(window.crosses_midnight for window in self.plan(ordinal).windows)

    def tails(self, ordinal: int) -> list[Span]:
        """The readings that a cut leaves on a date of the weekly hours of the night before."""
        if not self._cuts or ordinal in self._special(date.fromordinal(ordinal).year):
            return []
        midnight = _midnight(ordinal)
        return [(midnight + start, midnight + end) for start, end in self._regime(ordinal).tails[(ordinal - 1) % 7]]

    def window_readings(self, ordinal: int) -> list[Span]:
        """The readings of the windows that begin on one date, cut where the calendar cuts them, breaks still in.

        A night that is cut stays one shift, unless an exception has taken the evening before away.
        """
        if not self._cuts:
            return merge(self._windows(ordinal, ordinal + 1))
        if ordinal in self._special(date.fromordinal(ordinal).year):
            own = list(self._windows(ordinal, ordinal + 1))
        else:
            midnight = _midnight(ordinal)
            own = [(midnight + a, midnight + b) for a, b in self._regime(ordinal).heads[(ordinal - 1) % 7]]
        early = [] if self.runs_on(ordinal - 1) else self.tails(ordinal)
        late = self.tails(ordinal + 1) if self.runs_on(ordinal) else []
        return merge([*own, *early, *late])

    def own_readings(self, ordinal: int) -> list[Span]:
        """The open readings of the windows that begin on one date, breaks taken off."""
        spans = self.window_readings(ordinal)
        return subtract(spans, self.break_readings(ordinal - 1, ordinal + 2)) if self._has_breaks else spans

    def readings(self, first: int, last: int) -> list[Span]:
        """The open readings from midnight of the date ``first`` up to midnight of the date ``last``."""
        spans = merge(self._windows(first - 1, last))
        if self._has_breaks:
            spans = subtract(spans, self.break_readings(first - 1, last))
        return clip(spans, _midnight(first), _midnight(last))

    def business_dates(self, year: int) -> tuple[int, ...]:
        """The dates of one year whose own windows hold any open time, as ordinals in order."""
        first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        if self._cuts:
            return tuple(n for n in range(first, last + 1) if self.own_readings(n))
        starts = dict.fromkeys(start // DAY_US + EPOCH_ORDINAL for start, _ in self._windows(first, last + 1))
        return tuple(n for n in starts if self.own_readings(n)) if self._has_breaks else tuple(starts)

    def break_readings(self, first: int, last: int) -> list[Span]:
        """The break readings of the dates from ``first`` up to ``last``."""
        return merge(self._breaks(first, last)) if self._has_breaks else []

    def _regime(self, ordinal: int) -> _Regime:
        if not self._regimes:
            return self._base
        on = date.fromordinal(ordinal)
        return next((regime for season, regime in self._regimes if season.covers(on)), self._base)

    def _windows(self, first: int, last: int) -> Iterator[Span]:
        special, week, seasonal = self._specials(first, last), self._base.plain, bool(self._regimes)
        for ordinal in range(first, last):
            midnight = (ordinal - EPOCH_ORDINAL) * DAY_US
            plan = special.get(ordinal)
            if plan is not None:
                pairs = [(w.start_us, w.end_us) for w in plan.windows]
            else:
                pairs = (self._regime(ordinal).plain if seasonal else week)[(ordinal - 1) % 7]
            limit = DAY_US if self._cuts and ordinal + 1 in special else 2 * DAY_US
            for start, end in pairs:
                yield midnight + start, midnight + min(end, limit)

    def _breaks(self, first: int, last: int) -> Iterator[Span]:
        special = self._specials(first, last)
        for ordinal in range(first, last):
            midnight = _midnight(ordinal)
            plan = special.get(ordinal)
            weekly = self._regime(ordinal).breaks[(ordinal - 1) % 7 if plan is None else plan.weekday]
            usual = () if ordinal in self._no_breaks else weekly
            for window in usual + self._date_breaks.get(ordinal, ()):
                yield midnight + window.start_us, midnight + window.end_us

    def _specials(self, first: int, last: int) -> dict[int, DayPlan]:
        special: dict[int, DayPlan] = {}
        for year in range(date.fromordinal(first).year, date.fromordinal(last).year + 1):
            special |= self._special(year)
        return special

    def _special(self, year: int) -> dict[int, DayPlan]:
        known = self._years.get(year)
        if known is None:
            known = self._years[year] = {on.toordinal(): plan for on, plan in self._specials_of(year)}
        return known

    def _specials_of(self, year: int) -> Iterable[tuple[date, DayPlan]]:
        """The dates of one year that break the week; a later entry for a date is of a more specific layer."""
        calendar, days = self._calendar, self._days_of(year)
        yield from self._eves_of(year)
        for day, source in self._holidays_of(days):
            yield day.on, DayPlan(self._holiday_hours(day), "holiday", day.name, source, day.on.weekday())
        yield from self._make_ups_of(days)
        ruled: dict[date, Recurrence] = {}
        for recurrence in reversed(calendar.recurring):  # the last that names a date counts
            for on in recurrence.dates(year):
                ruled.setdefault(on, recurrence)
        for on, rule in ruled.items():
            yield on, DayPlan(rule.hours, "recurrence", rule.name, None, on.weekday())
        for day, source in self._own_holidays_of(year):
            yield day.on, DayPlan(self._holiday_hours(day), "holiday", day.name, source, day.on.weekday())
        for on in self._dates.get(year, ()):
            yield on, DayPlan(calendar.dates[on], "date", "override", None, on.weekday())

    def _days_of(self, year: int) -> list[tuple[SpecialDay, str]]:
        """The days off and on of one year, each with the label of its source."""
        labelled = ((source, label_of(source)) for source in self._sources)
        return [(day, label) for source, label in labelled for day in source.days(year)]

    def _holidays_of(self, days: Sequence[tuple[SpecialDay, str]]) -> list[tuple[SpecialDay, str]]:
        """The holidays among some days; the first source that knows a date comes last."""
        worked = self._calendar.not_holidays
        return [found for found in reversed(days) if not found[0].working and found[0].on not in worked]

    def _own_holidays_of(self, year: int) -> list[tuple[SpecialDay, str]]:
        extra = self._calendar.extra_holidays
        return [(SpecialDay(on, extra[on]), "extra_holidays") for on in self._extra.get(year, ())]

    def _eves_of(self, year: int) -> Iterator[tuple[date, DayPlan]]:
        """The days before holidays that have hours of their own, of this year or the next."""
        rules = [rule for rule in reversed(self._calendar.half_days) if rule.days_before]
        near = (year, year + 1) if rules else ()
        by_sources = ((self._holidays_of(self._days_of(y)), self._own_holidays_of(y)) for y in near)
        holidays = list(chain.from_iterable(chain.from_iterable(by_sources)))
        for rule in rules:
            for day, source in holidays:
                on = day.on - timedelta(days=rule.days_before)
                if on.year == year and rule.fits(day) and self._regime(on.toordinal()).plans[on.weekday()].windows:
                    yield on, DayPlan(rule.hours, "holiday", f"before {day.name}", source, on.weekday())

    def _make_ups_of(self, days: Iterable[tuple[SpecialDay, str]]) -> Iterator[tuple[date, DayPlan]]:
        if self._calendar.make_up_as == "none":
            return
        weekday = DAYS.index(self._calendar.make_up_as)
        for day, source in days:
            if day.working:
                windows = self._regime(day.on.toordinal()).plans[weekday].windows
                yield day.on, DayPlan(windows, "make-up", day.name, source, weekday)

    def _holiday_hours(self, day: SpecialDay) -> tuple[Window, ...]:
        """What a half day leaves; nothing on a date that would be closed anyhow."""
        if not self._calendar.half_days or not self._regime(day.on.toordinal()).plans[day.on.weekday()].windows:
            return ()
        rules = (rule for rule in self._calendar.half_days if not rule.days_before)
        return next((rule.hours for rule in rules if rule.fits(day)), ())


def _by_year(dates: Iterable[date]) -> dict[int, list[date]]:
    found: dict[int, list[date]] = {}
    for on in dates:
        found.setdefault(on.year, []).append(on)
    return found


def _midnight(ordinal: int) -> int:
    return (ordinal - EPOCH_ORDINAL) * DAY_US
