"""Strategies for instants, intervals, amounts of time and zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import get_args
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from servicekit.timeline import (
    BusinessDays,
    CalendarDays,
    DayRule,
    Duration,
    Interval,
    IntervalSet,
    Landing,
    Period,
    Start,
    TimeWindow,
    from_us,
    iso_week,
    month,
    quarter,
    to_us,
    zone,
)
from servicekit.timeline.zone import offset_segments

ZONES = (
    "UTC",
    "Asia/Shanghai",  # no daylight saving since 1991
    "America/New_York",
    "Europe/Paris",
    "Europe/Dublin",  # winter is the exception: negative daylight saving
    "Australia/Lord_Howe",  # moves by half an hour
    "Africa/Casablanca",  # pauses daylight saving for Ramadan
    "Pacific/Apia",  # skipped 2011-12-30 altogether
    "America/Sao_Paulo",  # changed at midnight, until 2019
    "America/Havana",  # repeats the first hour of a date
)
"""Zones that between them hold every oddity of clocks since 2010."""

_TICK = timedelta(microseconds=1)
_FIRST, _LAST = datetime(2010, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)


def zone_names() -> st.SearchStrategy[str]:
    """Names of IANA zones: those of :data:`ZONES`.

    >>> from hypothesis import find
    >>> find(zone_names(), lambda name: "/" in name)
    'Asia/Shanghai'
    """
    return st.sampled_from(ZONES)


def zones() -> st.SearchStrategy[ZoneInfo]:
    """The zones of :func:`zone_names`.

    >>> from hypothesis import find
    >>> find(zones(), lambda zone: True).key
    'UTC'
    """
    return zone_names().map(zone)


@st.composite
def instants(
    draw: st.DrawFn,
    *,
    min_value: datetime = _FIRST,
    max_value: datetime = _LAST,
    zones: st.SearchStrategy[ZoneInfo] | None = None,
    step: timedelta = _TICK,
) -> datetime:
    """Aware datetimes, each a real instant: never a reading that a clock skips, and with the right ``fold``.

    They lie on multiples of ``step`` since 1970 UTC, and are shown in UTC, or in a zone of ``zones``.

    >>> from hypothesis import find
    >>> find(instants(min_value=datetime(2026, 3, 1, tzinfo=UTC)), lambda moment: True).isoformat()
    '2026-03-01T00:00:00+00:00'
    """
    unit = step // _TICK
    count = draw(st.integers(-(-to_us(min_value) // unit), to_us(max_value) // unit))
    return from_us(count * unit, draw(zones) if zones is not None else UTC)


@st.composite
def instants_near_changes(
    draw: st.DrawFn,
    *,
    zone: ZoneInfo,
    years: range = range(2010, 2030),
    within: timedelta = timedelta(days=2),
    step: timedelta = _TICK,
) -> datetime:
    """Aware datetimes in ``zone``, close to a change of its offset; in a zone without any, close to a new year.

    >>> from hypothesis import find
    >>> paris = ZoneInfo("Europe/Paris")
    >>> find(instants_near_changes(zone=paris, years=range(2026, 2027), step=timedelta(hours=1)), lambda t: t.fold == 1)
    datetime.datetime(2026, 10, 25, 2, 0, fold=1, tzinfo=zoneinfo.ZoneInfo(key='Europe/Paris'))
    """
    segments = [segment for year in years for segment in offset_segments(year, zone)]
    changes = [b[0] for a, b in pairwise(segments) if a[2] != b[2]]
    near = draw(st.sampled_from(changes or [segment[0] for segment in segments]))
    steps = within // step
    return from_us(near + draw(st.integers(-steps, steps)) * (step // _TICK), zone)


@st.composite
def intervals(
    draw: st.DrawFn,
    *,
    min_length: timedelta = timedelta(0),
    max_length: timedelta = timedelta(days=30),
    instants: st.SearchStrategy[datetime] = instants(),  # noqa: B008 - strategies are values
) -> Interval:
    """Intervals that begin at one of ``instants``; an empty one is among them unless ``min_length`` forbids it.

    >>> from hypothesis import find
    >>> find(intervals(min_length=timedelta(hours=1)), lambda interval: True).length
    datetime.timedelta(seconds=3600)
    """
    start = to_us(draw(instants))
    return Interval(from_us(start), from_us(start) + draw(spans(min_value=min_length, max_value=max_length)))


def interval_sets(
    *,
    min_size: int = 0,
    max_size: int = 8,
    intervals: st.SearchStrategy[Interval] | None = None,
) -> st.SearchStrategy[IntervalSet]:
    """Sets made of ``min_size`` to ``max_size`` intervals, which may join; by default close together, so they do.

    >>> from hypothesis import find
    >>> find(interval_sets(), lambda found: len(found) > 1).spans_us
    ((0, 1), (2, 3))
    """
    if intervals is not None:
        return st.lists(intervals, min_size=min_size, max_size=max_size).map(IntervalSet)
    close = st.tuples(st.integers(0, 100), st.integers(0, 20)).map(lambda pair: (pair[0], pair[0] + pair[1]))
    return st.lists(close, min_size=min_size, max_size=max_size).map(IntervalSet.from_us)


def spans(
    *, min_value: timedelta = timedelta(0), max_value: timedelta = timedelta(days=30), step: timedelta = _TICK
) -> st.SearchStrategy[timedelta]:
    """Exact lengths on multiples of ``step``; negative ones where ``min_value`` is.

    >>> from hypothesis import find
    >>> find(spans(step=timedelta(minutes=1)), lambda length: length > timedelta(0))
    datetime.timedelta(seconds=60)
    """
    return st.integers(-(-min_value // step), max_value // step).map(lambda count: count * step)


def business_days(*, min_days: int = 0, max_days: int = 30) -> st.SearchStrategy[BusinessDays]:
    """Counts of business days, with and without choices of their own.

    >>> from hypothesis import find
    >>> find(business_days(min_days=2), lambda amount: True)
    BusinessDays(days=2, start=None, landing=None, end=None)
    """
    starts, landings = st.sampled_from((None, *get_args(Start))), st.sampled_from((None, *get_args(Landing)))
    return st.builds(BusinessDays, st.integers(min_days, max_days), starts, landings, st.none() | _ends())


def calendar_days(*, min_days: int = 0, max_days: int = 90) -> st.SearchStrategy[CalendarDays]:
    """Counts of calendar days.

    >>> from hypothesis import find
    >>> find(calendar_days(min_days=3), lambda amount: True)
    CalendarDays(days=3)
    """
    return st.builds(CalendarDays, st.integers(min_days, max_days))


def day_rules() -> st.SearchStrategy[DayRule]:
    """Every way of counting business days.

    >>> from hypothesis import find
    >>> find(day_rules(), lambda rule: rule.landing != "keep").landing
    'after_close'
    """
    return st.builds(DayRule, st.sampled_from(get_args(Start)), st.sampled_from(get_args(Landing)), _ends())


def durations() -> st.SearchStrategy[Duration]:
    """Amounts of time of all three kinds, as targets have them.

    >>> from hypothesis import find
    >>> find(durations(), lambda amount: isinstance(amount, CalendarDays))
    CalendarDays(days=0)
    """
    return spans(step=timedelta(seconds=1)) | business_days() | calendar_days()


def _ends() -> st.SearchStrategy[str | time]:
    minutes = st.integers(0, 24 * 60 - 1).map(lambda at: time(at // 60, at % 60))
    return st.sampled_from(("same_clock", "close")) | minutes


def periods(*, min_value: date = date(2025, 12, 20), max_value: date = date(2026, 5, 20)) -> st.SearchStrategy[Period]:
    """Months, quarters and weeks around the dates between two.

    >>> from hypothesis import find
    >>> find(periods(), lambda period: period.unit == "quarter").name
    '2025-Q4'
    """
    kinds = st.sampled_from((month, month, quarter, iso_week))
    return st.builds(lambda kind, day: kind(day), kinds, st.dates(min_value, max_value))


def moments_of_cases() -> st.SearchStrategy[datetime]:
    """Instants of the first months of 2026, in UTC, which the dates of :func:`periods` reach around.

    >>> from hypothesis import find
    >>> find(moments_of_cases(), lambda at: at.month == 2)
    datetime.datetime(2026, 2, 1, 0, 0, tzinfo=datetime.timezone.utc)
    """
    first, last = datetime(2026, 1, 1), datetime(2026, 4, 20)  # noqa: DTZ001 - clock readings, made aware below
    return st.datetimes(first, last).map(lambda at: at.replace(tzinfo=UTC))


def time_windows() -> st.SearchStrategy[TimeWindow]:
    """Windows of every unit: rolling, aligned to the calendar, and from a start of their own.

    >>> from hypothesis import find
    >>> find(time_windows(), lambda window: window.rolling).text[:8]
    'rolling '
    """
    lengths = st.builds("{}{}".format, st.integers(1, 40), st.sampled_from("mhdwMQY"))
    starts = st.none() | st.datetimes(datetime(1999, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001 - clock readings
        lambda at: at.replace(microsecond=0).isoformat(" ")
    )
    rolling = st.builds(TimeWindow, length=lengths, rolling=st.just(True))
    return rolling | st.builds(TimeWindow, length=lengths, start=starts)
