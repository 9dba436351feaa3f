"""Strategies for calendar documents: weekly hours with all their layers, and sources of holidays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from servicekit.calendars import Calendar, CountryHolidays, FixedDays, HolidaySource, MarketHolidays, Window
from servicekit.testing.strategies.layers import absolutes, half_days, recurrences, seasons, validities
from servicekit.testing.strategies.time import zone_names
from servicekit.testing.strategies.weeks import (
    DAY_US,
    DAYS,
    FIRST,
    LAST,
    MINUTE,
    Weekly,
    hours,
    weekly_breaks,
    weekly_hours,
    windows,
)
from servicekit.timeline import IntervalSet


def day_sources(
    *,
    dates: st.SearchStrategy[date] = st.dates(FIRST, LAST),  # noqa: B008 - a value
) -> st.SearchStrategy[HolidaySource]:
    """Sources of holidays and make-up days: some of ``dates`` listed by hand, some countries, a market.

    Some listed days are of the category ``half_day``, and some sources hold only between two of ``dates``.

    >>> from hypothesis import find
    >>> find(day_sources(), lambda source: source.known_until is not None).to_dict()
    {'kind': 'country', 'country': 'CN'}
    """
    listed = st.builds(_listed, st.sets(dates, max_size=6), st.sets(dates, max_size=3), st.integers(0, 2))
    ranges = st.lists(validities(dates=dates), max_size=2).map(tuple)
    sources: st.SearchStrategy[HolidaySource] = listed | st.sampled_from(_PACKAGED)
    return st.builds(lambda source, valid: source.replace(valid=valid) if valid else source, sources, ranges)


def _listed(off: set[date], worked: set[date], halves: int) -> FixedDays:
    return FixedDays(
        dates=dict.fromkeys(off, "off"),
        working=dict.fromkeys(worked - off, "made up"),
        categories=dict.fromkeys(sorted(off)[:halves], "half_day"),
    )


_PACKAGED: tuple[HolidaySource, ...] = (
    CountryHolidays(country="CN"),
    CountryHolidays(country="US"),
    CountryHolidays(country="DE", subdivision="BY"),
    CountryHolidays(country="CN", with_weekends=True),
    CountryHolidays(country="US", subdivision="MA", categories=("public", "government")),
    MarketHolidays(market="XNYS", categories=("public", "half_day")),
    MarketHolidays(market="XNYS"),
    CountryHolidays(country="US", without=("Columbus", "Christmas")),
    CountryHolidays(country="AE"),
)


def calendars(
    *,
    zones: st.SearchStrategy[str | None] = zone_names(),  # noqa: B008 - a value
    min_date: date = FIRST,
    max_date: date = LAST,
    step: timedelta = MINUTE,
    max_layers: int = 1,
) -> st.SearchStrategy[Calendar]:
    """Calendars with everything a calendar may have, in any combination; many make no sense, all are valid.

    Exceptions lie between ``min_date`` and ``max_date``: keep these close around what you ask about, or they are never
    met. There are up to ``max_layers`` seasons, recurrences, openings, closures and half-day rules each; with 0 none
    are drawn. Years that nobody has announced are assumed, so that no question is refused.

    >>> from hypothesis import Phase, find, settings
    >>> first = settings(phases=[Phase.generate], database=None, max_examples=2000)
    >>> calendar = find(calendars(), lambda calendar: calendar.seasons and calendar.openings, settings=first)
    >>> len(calendar.seasons), calendar.unannounced
    (1, 'assume')
    """
    weekly = weekly_hours(hours=hours(windows=windows(step=step)))
    return _calendars(zones, weekly, _Bounds(st.dates(min_date, max_date), step, max_layers))


def open_calendars(
    *,
    zones: st.SearchStrategy[str | None] = zone_names(),  # noqa: B008 - a value
    min_date: date = FIRST,
    max_date: date = LAST,
    step: timedelta = MINUTE,
    max_layers: int = 1,
) -> st.SearchStrategy[Calendar]:
    """Calendars that open an hour or more in every ordinary week of every season, whatever their breaks.

    These are the ones to ask for open time: adding a few hours to a moment does not take a century. Their recurrences
    end within two weeks, their closures within three days.

    >>> from hypothesis import Phase, find, settings
    >>> calendar = find(open_calendars(), lambda calendar: True, settings=settings(phases=[Phase.generate]))
    >>> calendar.compile().never_opens
    False
    """
    longer = windows(min_length=timedelta(hours=1), step=step)
    weekly = weekly_hours(min_size=1, hours=hours(min_size=1, windows=longer))
    bounds = _Bounds(st.dates(min_date, max_date), step, max_layers, max_days=14)
    return _calendars(zones, weekly, bounds).filter(_opens_every_week)


class _Bounds(NamedTuple):
    """What layers are drawn: on which dates, on multiples of what, how many of each, for how many days."""

    dates: st.SearchStrategy[date]
    step: timedelta
    max_layers: int
    max_days: int | None = None

    def day(self, *, max_size: int = 3) -> st.SearchStrategy[tuple[Window, ...]]:
        return hours(max_size=max_size, windows=windows(step=self.step))

    def pauses(self) -> st.SearchStrategy[tuple[Window, ...]]:
        return hours(max_size=2, windows=windows(step=self.step, max_length=timedelta(hours=3)))


def _calendars(
    zones: st.SearchStrategy[str | None], weekly: st.SearchStrategy[Weekly], bounds: _Bounds
) -> st.SearchStrategy[Calendar]:
    # Everything is put together once and not at each draw, which would take most of the time.
    on, day, pauses = bounds.dates, bounds.day(), bounds.pauses()
    fields: dict[str, st.SearchStrategy[object]] = {
        "timezone": zones,
        "weekly": weekly,
        "breaks": weekly_breaks(hours=pauses),
        "dates": st.dictionaries(on, day, max_size=3),
        "date_breaks": st.dictionaries(on, pauses, max_size=2),
        "no_breaks": st.sets(on, max_size=2),
        "holidays": st.lists(day_sources(dates=on), max_size=2),
        "extra_holidays": st.sets(on, max_size=2).map(lambda dates: dict.fromkeys(dates, "extra")),
        "not_holidays": st.sets(on, max_size=2),
        "make_up_as": st.sampled_from((*DAYS, "none")),
        "unannounced": st.just("assume"),
        "cut": st.sampled_from(("start_date", "calendar_date")),
    }
    return st.fixed_dictionaries(fields | _layers(weekly, bounds)).map(Calendar.model_validate)


def _layers(weekly: st.SearchStrategy[Weekly], bounds: _Bounds) -> dict[str, st.SearchStrategy[object]]:
    """Seasons, recurrences, openings, closures and rules for half days, as fields of a calendar."""
    on, day = bounds.dates, bounds.day(max_size=2)
    kinds: dict[str, st.SearchStrategy[object]] = {
        "seasons": seasons(dates=on, weekly=weekly, breaks=weekly_breaks(hours=bounds.pauses())),
        "recurring": recurrences(dates=on, hours=day, max_days=bounds.max_days),
        "openings": absolutes(dates=on, step=bounds.step),
        "closures": absolutes(dates=on, step=bounds.step),
        "half_days": half_days(dates=on, hours=day),
    }
    most = bounds.max_layers
    return {name: st.lists(kind, max_size=most) for name, kind in kinds.items()} if most else {}


def _opens_every_week(calendar: Calendar) -> bool:
    """Whether the breaks leave an hour of the week, and of the week of every season."""
    weeks = [(calendar.weekly, calendar.breaks)]
    weeks += [(s.weekly, calendar.breaks if s.breaks is None else s.breaks) for s in calendar.seasons]
    return all((_readings(week) - _readings(breaks)).total >= timedelta(hours=1) for week, breaks in weeks)


def _readings(weekly: Weekly) -> IntervalSet:
    """The readings of a week that other weeks stand around, so that nights run into it and out of it."""
    marks = [
        (week * 7 + DAYS.index(name), window)
        for week in range(3)
        for key, day in weekly.items()
        for name in _named(key)
        for window in day
    ]
    spans = ((day * DAY_US + window.start_us, day * DAY_US + window.end_us) for day, window in marks)
    return IntervalSet.from_us(spans) & IntervalSet.from_us([(7 * DAY_US, 14 * DAY_US)])


def _named(key: str) -> tuple[str, ...]:
    ranges = {"mon-sun": DAYS, "mon-fri": DAYS[:5], "sat,sun": DAYS[5:]}
    return ranges.get(key, (key,))
