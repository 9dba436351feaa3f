"""Strategies for the hours of a week: windows, days, weeks, breaks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from hypothesis import strategies as st

from servicekit.calendars import Window

Weekly = Mapping[str, tuple[Window, ...]]
"""Hours by day of the week, as a calendar document holds them."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TICK = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
DAY_US = timedelta(days=1) // TICK
FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)
"""Where the dates of exceptions lie unless told otherwise."""


@st.composite
def windows(
    draw: st.DrawFn,
    *,
    min_length: timedelta = MINUTE,
    max_length: timedelta = timedelta(hours=24),
    overnight: bool = True,
    step: timedelta = MINUTE,
) -> Window:
    """Windows of local time on multiples of ``step``, a whole number of seconds; ``overnight`` ones run past midnight.

    >>> from hypothesis import find
    >>> find(windows(step=timedelta(hours=1)), lambda window: window.crosses_midnight).end_us > DAY_US
    True
    """
    unit, shortest, longest = step // TICK, min_length // TICK, max_length // TICK
    last = DAY_US - (unit if overnight else max(shortest, unit))
    start = draw(st.integers(0, last // unit)) * unit
    limit = DAY_US - (unit if start else 0) if overnight else DAY_US - start
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
    by_day = st.dictionaries(st.sampled_from(DAYS), hours, min_size=min_size)
    by_range = st.fixed_dictionaries({"mon-fri": hours}, optional={"sat,sun": hours})
    always = st.just({"mon-sun": (Window(0, DAY_US),)})
    return st.one_of(by_day, by_range, always)


def weekly_breaks(*, hours: st.SearchStrategy[tuple[Window, ...]]) -> st.SearchStrategy[Weekly]:
    """Breaks by day of the week, most often none.

    >>> from hypothesis import find
    >>> find(weekly_breaks(hours=hours()), lambda breaks: True)
    {}
    """
    none: Weekly = {}
    return st.just(none) | st.dictionaries(st.sampled_from(DAYS), hours, max_size=3)
