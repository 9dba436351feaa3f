"""Strategies for the layers of a calendar document: seasons, half days, recurrences, absolute intervals, validity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo

from hypothesis import strategies as st

from servicekit.calendars import Absolute, HalfDay, MonthDay, Recurrence, Season, Validity, Window
from servicekit.testing.strategies.time import spans
from servicekit.testing.strategies.weeks import DAYS, FIRST, LAST, MINUTE, Weekly, hours, weekly_breaks, weekly_hours

_DAY = timedelta(days=1)
_SOME_DATES = st.dates(FIRST, LAST)


def seasons(
    *,
    dates: st.SearchStrategy[date] = _SOME_DATES,
    weekly: st.SearchStrategy[Weekly] = weekly_hours(),  # noqa: B008 - a value
    breaks: st.SearchStrategy[Weekly] = weekly_breaks(hours=hours(max_size=1)),  # noqa: B008 - a value
) -> st.SearchStrategy[Season]:
    """Seasons with hours of ``weekly``: between two of ``dates``, open at one end or both, or every year.

    >>> from hypothesis import find
    >>> closed = seasons(weekly=st.just({}), breaks=st.just({}))
    >>> str(find(closed, lambda season: isinstance(season.start_on, MonthDay)).start_on)
    '01-01'
    """
    limits = st.builds(_limits, st.sampled_from(("both", "start", "last", "none", "yearly")), dates, dates)
    names = st.sampled_from(("summer", "winter", "fair"))
    return st.builds(_season, names, limits, weekly, st.none() | breaks)


def _season(name: str, limits: dict[str, date | MonthDay], weekly: Weekly, breaks: Weekly | None) -> Season:
    return Season.model_validate({"name": name, **limits, "weekly": weekly, "breaks": breaks})


def _limits(kind: str, first: date, last: date) -> dict[str, date | MonthDay]:
    if kind == "yearly":
        start, end = (MonthDay(on.month, on.day) for on in (first, last))
        return {"start_on": start, "last_on": end}
    limits: dict[str, date | MonthDay] = {"start_on": min(first, last), "last_on": max(first, last)}
    left_out = {"both": (), "start": ("last_on",), "last": ("start_on",), "none": ("start_on", "last_on")}[kind]
    return {name: on for name, on in limits.items() if name not in left_out}


def half_days(
    *,
    dates: st.SearchStrategy[date] = _SOME_DATES,
    hours: st.SearchStrategy[tuple[Window, ...]] = hours(),  # noqa: B008 - a value
    names: Sequence[str] = ("off", "extra", "Christmas", "春节"),
    categories: Sequence[str] = ("half_day", "public"),
) -> st.SearchStrategy[HalfDay]:
    """Rules for holidays with hours, chosen by some of ``names``, by some of ``categories``, or by both.

    Some are about days before, some hold only between two of ``dates``.

    >>> from hypothesis import find
    >>> find(half_days(), lambda rule: rule.names and rule.categories).to_dict()
    {'hours': [], 'names': ['off'], 'categories': ['half_day']}
    """

    def some(values: Sequence[str], least: int) -> st.SearchStrategy[tuple[str, ...]]:
        return st.lists(st.sampled_from(values), min_size=least, max_size=2, unique=True).map(tuple)

    before, valid = st.integers(0, 2), st.lists(validities(dates=dates), max_size=1).map(tuple)
    given = {"hours": hours, "days_before": before, "valid": valid}
    by_name = st.builds(HalfDay, names=some(names, 1), categories=some(categories, 0), **given)
    return by_name | st.builds(HalfDay, categories=some(categories, 1), **given)


def rules() -> st.SearchStrategy[str]:
    """Recurrence rules of every frequency: by day of the week, counted from either end, by day of the month, by month.

    >>> from hypothesis import find
    >>> find(rules(), lambda rule: "BYDAY=-1" in rule)
    'FREQ=MONTHLY;BYDAY=-1MO'
    """
    day = st.sampled_from([name[:2].upper() for name in DAYS])
    days = st.lists(day, min_size=1, max_size=3, unique=True).map(",".join)
    nth = st.builds("{}{}".format, st.sampled_from((1, 2, 4, 5, -1, -2)), day)
    of_month = st.sampled_from((1, 2, 15, 28, 29, 30, 31, -1, -2)).map(str)
    month = st.integers(1, 12).map(str)
    every = st.one_of(
        st.sampled_from(("FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY")),
        st.builds("FREQ=DAILY;BYDAY={}".format, days),
        st.builds("FREQ=WEEKLY;BYDAY={}".format, days),
        st.builds("FREQ=MONTHLY;BYDAY={}".format, nth),
        st.builds("FREQ=MONTHLY;BYMONTHDAY={}".format, of_month),
        st.builds("FREQ=YEARLY;BYDAY={}".format, nth),
        st.builds("FREQ=YEARLY;BYMONTH={};BYMONTHDAY={}".format, month, of_month),
        st.builds("FREQ=YEARLY;BYMONTH={};BYDAY={}".format, month, nth),
    )
    interval = st.just("") | st.integers(2, 3).map(";INTERVAL={}".format)
    count = st.just("") | st.integers(1, 5).map(";COUNT={}".format)
    return st.builds("{}{}{}".format, every, interval, count)


def recurrences(
    *,
    dates: st.SearchStrategy[date] = _SOME_DATES,
    hours: st.SearchStrategy[tuple[Window, ...]] = hours(),  # noqa: B008 - a value
    max_days: int | None = None,
) -> st.SearchStrategy[Recurrence]:
    """Recurrences that begin on one of ``dates``, and end at most ``max_days`` later; without it some never end.

    >>> from hypothesis import find
    >>> fair = find(recurrences(max_days=14, hours=st.just(())), lambda recurrence: recurrence.dates(2024))
    >>> (fair.last_on - fair.start_on).days
    0
    """
    lasts = st.integers(0, 400 if max_days is None else max_days)
    names = st.sampled_from(("fair", "stocktaking"))
    return st.builds(_recurrence, names, rules(), dates, lasts if max_days is not None else st.none() | lasts, hours)


def _recurrence(name: str, rule: str, start: date, days: int | None, hours: tuple[Window, ...]) -> Recurrence:
    last = None if days is None else start + days * _DAY
    return Recurrence(name=name, rule=rule, start_on=start, last_on=last, hours=hours)


def absolutes(
    *,
    dates: st.SearchStrategy[date] = _SOME_DATES,
    max_length: timedelta = timedelta(days=3),
    step: timedelta = MINUTE,
) -> st.SearchStrategy[Absolute]:
    """Stretches of time that begin on one of ``dates``: readings of the calendar's clock, or instants in UTC.

    >>> from hypothesis import find
    >>> find(absolutes(), lambda stretch: stretch.start.tzinfo is not None).to_dict()
    {'start': '2024-01-01T00:00:00Z', 'end': '2024-01-01T00:01:00Z', 'reason': 'duty'}
    """
    clocks = spans(max_value=_DAY - step, step=step)
    lengths = spans(min_value=step, max_value=max_length, step=step)
    zones, reasons = st.sampled_from((None, UTC)), st.sampled_from(("duty", "move"))
    return st.builds(_absolute, dates, zones, clocks, lengths, reasons)


def _absolute(on: date, tz: tzinfo | None, clock: timedelta, length: timedelta, reason: str) -> Absolute:
    start = datetime(on.year, on.month, on.day, tzinfo=tz) + clock
    return Absolute(start=start, end=start + length, reason=reason)


def validities(*, dates: st.SearchStrategy[date] = _SOME_DATES) -> st.SearchStrategy[Validity]:
    """Ranges between two of ``dates``; some are open at one end.

    >>> from hypothesis import find
    >>> find(validities(), lambda valid: valid.last_on == date.max).to_dict()
    {'start_on': '2024-01-01'}
    """
    limits = st.builds(_limits, st.sampled_from(("both", "start", "last")), dates, dates)
    return limits.map(Validity.model_validate)
