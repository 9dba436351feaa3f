"""Strategies for calendar documents: weekly hours, breaks, exceptions, holidays and make-up days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from hypothesis import strategies as st

from servicekit.calendars import Calendar, CountryHolidays, FixedDays, HolidaySource, MarketHolidays, Window
from servicekit.testing.strategies.time import zone_names
from servicekit.timeline import IntervalSet

__all__ = ["Weekly", "calendars", "day_sources", "hours", "open_calendars", "weekly_breaks", "weekly_hours", "windows"]

Weekly = Mapping[str, tuple[Window, ...]]
"""Hours by day of the week, as a calendar document holds them."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TICK = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1)
_DAY_US = timedelta(days=1) // _TICK
_FIRST, _LAST = date(2024, 1, 1), date(2026, 12, 31)


@st.composite
def windows(
    draw: st.DrawFn,
    *,
    min_length: timedelta = _MINUTE,
    max_length: timedelta = timedelta(hours=24),
    overnight: bool = True,
    step: timedelta = _MINUTE,
) -> Window:
    """Windows of local time on multiples of ``step``, a whole number of seconds; ``overnight`` ones run past midnight.

    >>> from hypothesis import find
    >>> find(windows(step=timedelta(hours=1)), lambda window: window.crosses_midnight).end_us > _DAY_US
    True
    """
    unit, shortest, longest = step // _TICK, min_length // _TICK, max_length // _TICK
    last = _DAY_US - (unit if overnight else max(shortest, unit))
    start = draw(st.integers(0, last // unit)) * unit
    limit = _DAY_US - (unit if start else 0) if overnight else _DAY_US - start
    length = draw(st.integers(-(-max(shortest, unit) // unit), min(longest, limit) // unit)) * unit
    return Window(start, start + length)


def hours(
    *,
    min_size: int = 0,
    max_size: int = 3,
    windows: st.SearchStrategy[Window] = windows(),  # noqa: B008 - a value
) -> st.SearchStrategy[tuple[Window, ...]]:
    """The windows of one day, in any order; they may overlap.

    >>> from hypothesis import find
    >>> [str(window) for window in find(hours(), lambda day: len(day) == 2)]
    ['00:00-00:01', '00:00-00:01']
    """
    return st.lists(windows, min_size=min_size, max_size=max_size).map(tuple)


def weekly_hours(
    *,
    min_size: int = 0,
    hours: st.SearchStrategy[tuple[Window, ...]] = hours(),  # noqa: B008 - a value
) -> st.SearchStrategy[Weekly]:
    """Hours by day of the week: day by day, by ranges, or around the clock.

    >>> from hypothesis import find
    >>> sorted(find(weekly_hours(), lambda weekly: "sat,sun" in weekly))
    ['mon-fri', 'sat,sun']
    """
    by_day = st.dictionaries(st.sampled_from(_DAYS), hours, min_size=min_size)
    by_range = st.fixed_dictionaries({"mon-fri": hours}, optional={"sat,sun": hours})
    always = st.just({"mon-sun": (Window(0, _DAY_US),)})
    return st.one_of(by_day, by_range, always)


@st.composite
def day_sources(
    draw: st.DrawFn,
    *,
    dates: st.SearchStrategy[date] = st.dates(_FIRST, _LAST),  # noqa: B008 - a value
) -> HolidaySource:
    """Sources of holidays and make-up days: some of ``dates`` listed by hand, some countries, a market.

    >>> from hypothesis import find
    >>> find(day_sources(), lambda source: source.known_until is not None).to_dict()
    {'kind': 'country', 'country': 'CN'}
    """
    off = draw(st.sets(dates, max_size=6))
    worked = draw(st.sets(dates, max_size=3)) - off
    listed = FixedDays(dates=dict.fromkeys(off, "off"), working=dict.fromkeys(worked, "made up"))
    return draw(st.sampled_from((listed, *_PACKAGED)))


_PACKAGED: tuple[HolidaySource, ...] = (
    CountryHolidays(country="CN"),
    CountryHolidays(country="US"),
    CountryHolidays(country="DE", subdivision="BY"),
    MarketHolidays(market="XNYS"),
)


def calendars(
    *,
    zones: st.SearchStrategy[str] = zone_names(),  # noqa: B008 - a value
    min_date: date = _FIRST,
    max_date: date = _LAST,
    step: timedelta = _MINUTE,
) -> st.SearchStrategy[Calendar]:
    """Calendars with everything a calendar may have, in any combination; many make no sense, all are valid.

    Exceptions lie between ``min_date`` and ``max_date``: keep these close around what you ask about, or they are never
    met. Years that nobody has announced are assumed, so that no question is refused.

    >>> from hypothesis import find
    >>> find(calendars(), lambda calendar: calendar.cut == "calendar_date").cut
    'calendar_date'
    """
    weekly = weekly_hours(hours=hours(windows=windows(step=step)))
    return _calendars(zones, weekly, st.dates(min_date, max_date), step)


def open_calendars(
    *,
    zones: st.SearchStrategy[str] = zone_names(),  # noqa: B008 - a value
    min_date: date = _FIRST,
    max_date: date = _LAST,
    step: timedelta = _MINUTE,
) -> st.SearchStrategy[Calendar]:
    """Calendars that open an hour or more in every ordinary week, whatever their breaks.

    These are the ones to ask for open time: adding a few hours to a moment does not take a century.

    >>> from hypothesis import Phase, find, settings
    >>> calendar = find(open_calendars(), lambda calendar: True, settings=settings(phases=[Phase.generate]))
    >>> calendar.compile().never_opens
    False
    """
    longer = windows(min_length=timedelta(hours=1), step=step)
    weekly = weekly_hours(min_size=1, hours=hours(min_size=1, windows=longer))
    return _calendars(zones, weekly, st.dates(min_date, max_date), step).filter(_opens_every_week)


@st.composite
def _calendars(
    draw: st.DrawFn,
    zones: st.SearchStrategy[str],
    weekly: st.SearchStrategy[Weekly],
    on: st.SearchStrategy[date],
    step: timedelta,
) -> Calendar:
    day = hours(windows=windows(step=step))
    pauses = hours(max_size=2, windows=windows(step=step, max_length=timedelta(hours=3)))
    return Calendar(
        timezone=draw(zones),
        weekly=dict(draw(weekly)),
        breaks=dict(draw(weekly_breaks(hours=pauses))),
        dates=draw(st.dictionaries(on, day, max_size=3)),
        date_breaks=draw(st.dictionaries(on, pauses, max_size=2)),
        holidays=tuple(draw(st.lists(day_sources(dates=on), max_size=2))),
        extra_holidays=dict.fromkeys(draw(st.sets(on, max_size=2)), "extra"),
        not_holidays=frozenset(draw(st.sets(on, max_size=2))),
        make_up_as=draw(st.sampled_from(_DAYS)),
        unannounced="assume",
        cut=draw(st.sampled_from(("start_date", "calendar_date"))),
    )


def weekly_breaks(*, hours: st.SearchStrategy[tuple[Window, ...]]) -> st.SearchStrategy[Weekly]:
    """Breaks by day of the week, most often none."""
    none: Weekly = {}
    return st.just(none) | st.dictionaries(st.sampled_from(_DAYS), hours, max_size=3)


def _opens_every_week(calendar: Calendar) -> bool:
    """Whether the breaks of the week leave an hour of it."""
    return (_readings(calendar.weekly) - _readings(calendar.breaks)).total >= timedelta(hours=1)


def _readings(weekly: Weekly) -> IntervalSet:
    """The readings of a week that other weeks stand around, so that nights run into it and out of it."""
    marks = [
        (week * 7 + _DAYS.index(name), window)
        for week in range(3)
        for key, day in weekly.items()
        for name in _named(key)
        for window in day
    ]
    spans = ((day * _DAY_US + window.start_us, day * _DAY_US + window.end_us) for day, window in marks)
    return IntervalSet.from_us(spans) & IntervalSet.from_us([(7 * _DAY_US, 14 * _DAY_US)])


def _named(key: str) -> tuple[str, ...]:
    ranges = {"mon-sun": _DAYS, "mon-fri": _DAYS[:5], "sat,sun": _DAYS[5:]}
    return ranges.get(key, (key,))
