"""Calendar periods: months, quarters, half-years, ISO weeks, years and rolling windows, as half-open runs of dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias
from zoneinfo import ZoneInfo

from servicekit.timeline.interval import Interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PeriodUnit: TypeAlias = Literal["day", "week", "month", "quarter", "half_year", "year"]
"""How long a period is; weeks are those of ISO 8601."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A run of whole dates, ``start <= day < end``, with the name people give it.

    >>> march = month(date(2026, 3, 8))
    >>> march.name, march.days, date(2026, 3, 31) in march
    ('2026-03', 31, True)

    Raises:
        ValueError: ``end`` is not after ``start``.
    """

    start: date
    end: date
    name: str

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a period holds at least one day: {self.start} .. {self.end}")

    @classmethod
    def parse(cls, text: str, *, first_month: int = 1) -> Period:
        """The period of that name: ``2026``, ``2026-H1``, ``2026-Q1``, ``2026-03``, ``2026-W09`` or ``2026-03-08``.

        ``first_month`` is the month in which the (fiscal) year of years, halves and quarters begins.

        >>> [Period.parse(name).start.isoformat() for name in ("2026-Q2", "2026-W09", "2026-03")]
        ['2026-04-01', '2026-02-23', '2026-03-01']
        >>> Period.parse("2025-Q4", first_month=4).end
        datetime.date(2026, 4, 1)

        Raises:
            ValueError: nothing is called that, or ``first_month`` is not a month.
        """
        unit = _unit_of(text)
        if unit is None:
            forms = "2026, 2026-H1, 2026-Q1, 2026-03, 2026-W09 or 2026-03-08"
            raise ValueError(f"no period is called {text!r:.60}; expected one written like {forms}")
        try:
            period = _NAMED[unit](text, first_month)
        except (ValueError, OverflowError) as error:
            raise ValueError(f"there is no period {text!r}: {error}") from None
        if not _FIRST_YEAR <= period.start.year <= _LAST_YEAR:
            raise ValueError(f"there is no period {text!r}: years are from {_FIRST_YEAR:04d} to {_LAST_YEAR}")
        return period

    @property
    def unit(self) -> PeriodUnit | None:
        """How long it is, by its name; ``None`` of a rolling window.

        >>> Period.parse("2026-Q1").unit, rolling(date(2026, 3, 31), days=30).unit
        ('quarter', None)
        """
        return _unit_of(self.name)

    @property
    def previous(self) -> Period:
        """The period before, of the same kind; before a rolling window lie as many days.

        >>> Period.parse("2026-Q1").previous.name, rolling(date(2026, 3, 31), days=30).previous.name
        ('2025-Q4', '2026-01-31 .. 2026-03-01')

        Raises:
            ValueError: time begins with the year 1.
        """
        return _earlier(self)

    @property
    def year_before(self) -> Period:
        """The same period a year before: the same dates, or the ISO week of the same number.

        Where the year before has no 29 February or no week 53, it is the day or the week before that.

        >>> [Period.parse(name).year_before.name for name in ("2026-03", "2026-W53", "2024-02-29")]
        ['2025-03', '2025-W52', '2023-02-28']

        Raises:
            ValueError: time begins with the year 1.
        """
        return _year_earlier(self)

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def __iter__(self) -> Iterator[date]:
        return (self.start + timedelta(days=n) for n in range(self.days))

    @property
    def days(self) -> int:
        """How many dates it holds."""
        return (self.end - self.start).days

    def interval(self, tz: ZoneInfo) -> Interval:
        """The real time from local midnight to local midnight in ``tz``.

        >>> month(date(2026, 3, 1)).interval(ZoneInfo("America/New_York")).length
        datetime.timedelta(days=30, seconds=82800)
        """
        return Interval(_midnight(self.start, tz), _midnight(self.end, tz))


def _midnight(day: date, tz: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=tz)


def month(day: date) -> Period:
    """The calendar month around ``day``.

    >>> month(date(2024, 2, 29)).end
    datetime.date(2024, 3, 1)
    """
    start = day.replace(day=1)
    return Period(start, _months_after(start, 1), start.isoformat()[:7])


def quarter(day: date, *, first_month: int = 1) -> Period:
    """The quarter around ``day``; ``first_month`` is the month in which the (fiscal) year begins.

    A fiscal year is named after the calendar year in which it begins.

    >>> quarter(date(2026, 5, 4)).name, quarter(date(2026, 2, 1), first_month=4).name
    ('2026-Q2', '2025-Q4')

    Raises:
        ValueError: ``first_month`` is not a month.
    """
    return _part_of_year(day, first_month, 3, "Q")


def half_year(day: date, *, first_month: int = 1) -> Period:
    """The half of the calendar or fiscal year around ``day``; ``first_month`` as in :func:`quarter`.

    >>> half_year(date(2026, 7, 1)).name, half_year(date(2026, 2, 1), first_month=4).start
    ('2026-H2', datetime.date(2025, 10, 1))

    Raises:
        ValueError: ``first_month`` is not a month.
    """
    return _part_of_year(day, first_month, 6, "H")


def _part_of_year(day: date, first_month: int, months: int, letter: str) -> Period:
    around = year(day, first_month=first_month)
    number = ((day.year - around.start.year) * 12 + day.month - around.start.month) // months
    start = _months_after(around.start, number * months)
    return Period(start, _months_after(start, months), f"{around.start.year:04d}-{letter}{number + 1}")


def year(day: date, *, first_month: int = 1) -> Period:
    """The calendar or fiscal year around ``day``, named after the calendar year in which it begins.

    >>> year(date(2026, 2, 1), first_month=4).start
    datetime.date(2025, 4, 1)

    Raises:
        ValueError: ``first_month`` is not a month.
    """
    if not 1 <= first_month <= 12:
        raise ValueError(f"a month is 1 to 12, not {first_month}")
    begins = day.year - (day.month < first_month)
    return Period(date(begins, first_month, 1), date(begins + 1, first_month, 1), f"{begins:04d}")


def iso_week(day: date) -> Period:
    """The ISO 8601 week (Monday to Sunday) around ``day``.

    >>> iso_week(date(2027, 1, 1)).name
    '2026-W53'
    """
    number = day.isocalendar()
    start = day - timedelta(days=number.weekday - 1)
    return Period(start, start + timedelta(days=7), f"{number.year:04d}-W{number.week:02d}")


def periods(unit: PeriodUnit, first: date, last: date, *, first_month: int = 1) -> tuple[Period, ...]:
    """The periods from the one around ``first`` to the one around ``last``, with none left out.

    >>> [each.name for each in periods("quarter", date(2025, 11, 30), date(2026, 4, 1))]
    ['2025-Q4', '2026-Q1', '2026-Q2']

    Raises:
        ValueError: ``first_month`` is not a month, there is no such unit, or ``last`` lies before ``first``.
    """
    if last < first:
        raise ValueError(f"periods run forward, not from {first} to {last}")
    if unit not in _AROUND:
        raise ValueError(f"unknown period {unit!r}; expected one of: {', '.join(_AROUND)}")
    around = _AROUND[unit]
    run = [around(first, first_month)]
    while run[-1].end <= last:
        run.append(around(run[-1].end, first_month))
    return tuple(run)


def day(day: date) -> Period:
    """One day.

    >>> day(date(2026, 3, 8)).name
    '2026-03-08'
    """
    return Period(day, day + timedelta(days=1), day.isoformat())


_AROUND: Mapping[PeriodUnit, Callable[[date, int], Period]] = {
    "day": lambda on, _: day(on),
    "week": lambda on, _: iso_week(on),
    "month": lambda on, _: month(on),
    "quarter": lambda on, first_month: quarter(on, first_month=first_month),
    "half_year": lambda on, first_month: half_year(on, first_month=first_month),
    "year": lambda on, first_month: year(on, first_month=first_month),
}


def rolling(last: date, *, days: int = 0, months: int = 0) -> Period:
    """The window that ends with ``last`` (inclusive) and reaches back ``days`` days or ``months`` months.

    With months it holds the days after the same day so many months earlier, which is clipped to its month's last day:
    what happened on 28 February 2023 is a year old on 28 February 2024 and no longer counts then.

    >>> rolling(date(2026, 3, 31), days=30).start, rolling(date(2024, 2, 28), months=12).start
    (datetime.date(2026, 3, 2), datetime.date(2023, 3, 1))

    Raises:
        ValueError: not exactly one of ``days`` and ``months`` is positive.
    """
    if (days > 0) == (months > 0) or min(days, months) < 0:
        raise ValueError("give either days or months, and a positive number")
    before = last - timedelta(days=days) if days else _months_after(last, -months)
    start = before + timedelta(days=1)
    return Period(start, last + timedelta(days=1), f"{start} .. {last}")


_FIRST_YEAR, _LAST_YEAR = 2, 9998
"""The years that have a day before and after them in every time zone."""

_NAMES: Mapping[PeriodUnit, re.Pattern[str]] = {
    "year": re.compile(r"\d{4}", re.ASCII),
    "half_year": re.compile(r"\d{4}-H[12]", re.ASCII),
    "quarter": re.compile(r"\d{4}-Q[1-4]", re.ASCII),
    "month": re.compile(r"\d{4}-\d\d", re.ASCII),
    "week": re.compile(r"\d{4}-W\d\d", re.ASCII),
    "day": re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
}
_NAMED: Mapping[PeriodUnit, Callable[[str, int], Period]] = {
    "year": lambda name, first_month: _numbered(name, first_month, 12),
    "half_year": lambda name, first_month: _numbered(name, first_month, 6),
    "quarter": lambda name, first_month: _numbered(name, first_month, 3),
    "month": lambda name, _: month(date(int(name[:4]), int(name[5:]), 1)),
    "week": lambda name, _: iso_week(date.fromisocalendar(int(name[:4]), int(name[6:]), 1)),
    "day": lambda name, _: day(date.fromisoformat(name)),
}
_MONTHS: Mapping[PeriodUnit | None, int] = {"year": 12, "half_year": 6, "quarter": 3, "month": 1}


def _unit_of(name: str) -> PeriodUnit | None:
    return next((unit for unit, pattern in _NAMES.items() if pattern.fullmatch(name)), None)


def _numbered(name: str, first_month: int, months: int) -> Period:
    """The year, or the part of a year that is so many months long, by its name."""
    around = year(date(int(name[:4]), first_month, 1), first_month=first_month)
    start = _months_after(around.start, months * (int(name[6:] or 1) - 1))
    return Period(start, _months_after(start, months), name)


def _earlier(period: Period) -> Period:
    unit = period.unit
    if unit in ("year", "half_year", "quarter"):
        return _months_earlier(period, _MONTHS[unit])
    try:
        last = period.start - timedelta(days=1)
        return _AROUND[unit](last, 1) if unit else rolling(last, days=period.days)
    except (ValueError, OverflowError):
        raise _no_earlier(period) from None


def _year_earlier(period: Period) -> Period:
    unit = period.unit
    if unit in ("year", "half_year", "quarter"):
        return _months_earlier(period, 12)
    try:
        if unit == "week":
            number = period.start.isocalendar()
            last = date(number.year - 1, 12, 28).isocalendar().week  # 28 December lies in the last week
            return iso_week(date.fromisocalendar(number.year - 1, min(number.week, last), 1))
        start, last_day = (_months_after(each, -12) for each in (period.start, period.end - timedelta(days=1)))
        return (
            _AROUND[unit](start, 1) if unit else Period(start, last_day + timedelta(days=1), f"{start} .. {last_day}")
        )
    except (ValueError, OverflowError):
        raise _no_earlier(period) from None


def _months_earlier(period: Period, months: int) -> Period:
    """A year or a part of one, so many months before: its dates move, and its name counts back."""
    try:
        start, end = _months_after(period.start, -months), _months_after(period.end, -months)
    except (ValueError, OverflowError):
        raise _no_earlier(period) from None
    length = _MONTHS[period.unit]
    part = int(period.name[6:] or 1) - 1 - months // length
    years, part = divmod(part + int(period.name[:4]) * (12 // length), 12 // length)
    return Period(start, end, f"{years:04d}{period.name[4:6]}{part + 1 if length < 12 else ''}")


def _no_earlier(period: Period) -> ValueError:
    return ValueError(f"there is no such period before {period.name}: time begins with the year 1")


def _months_after(day: date, months: int) -> date:
    from dateutil.relativedelta import relativedelta

    return day + relativedelta(months=months)
