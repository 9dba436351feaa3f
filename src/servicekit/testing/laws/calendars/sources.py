"""What a source of exceptional days owes the calendars that ask it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import get_args

from servicekit.calendars import DaySource, SpecialDay
from servicekit.calendars.special_days import Knowledge, knowledge_of
from servicekit.testing.laws.law_broken import demand


def check_day_source(source: DaySource, *, years: Iterable[int] = range(2020, 2027)) -> None:
    """Everything that calendars rely on, over some years; also years past ``known_until``, which must not raise.

    The days of a year lie in it and are :class:`~servicekit.calendars.SpecialDay`; no date is closed and worked at
    once; two questions have one answer; ``known_until`` is a year or None, and nothing is announced past it.

    >>> from servicekit.calendars import CountryHolidays, FixedDays
    >>> check_day_source(CountryHolidays(country="CN"))
    >>> check_day_source(FixedDays(dates=["2026-05-01"], working=["2026-05-01"]))
    Traceback (most recent call last):
    servicekit.testing.laws.law_broken.LawBroken: broken: no date is both a day off and a working day
      year = 2026
      dates = ['2026-05-01']

    Raises:
        LawBroken: the source breaks one of them.
    """
    demand(isinstance(source, DaySource), "a source has days(year) and known_until", source=source)
    limit = source.known_until
    is_year = limit is None or (type(limit) is int and 1 <= limit <= 9999)
    demand(is_year, "known_until is a year, or None where every year is known", known_until=limit)
    for year in years:
        days = list(source.days(year))
        _check_year(days, year)
        knows = knowledge_of(source, year)
        demand(knows in get_args(Knowledge), "what is known of a year is one of four words", year=year, knows=knows)
        late = limit is not None and year > limit
        demand(not late or knows != "announced", "nothing is announced past known_until", year=year, limit=limit)
        again = list(source.days(year))
        demand(sorted(days) == sorted(again), "the same year has the same days", year=year, first=days, second=again)


def _check_year(days: Sequence[object], year: int) -> None:
    known = [day for day in days if isinstance(day, SpecialDay)]
    demand(len(known) == len(days), "every day is a SpecialDay", year=year, days=days)
    strays = [day for day in known if day.on.year != year or type(day.on) is not date]
    demand(not strays, "the days of a year are dates in that year", year=year, days=strays)
    kinds = Counter(on for on, _ in {(day.on, day.working) for day in known})
    both = [on.isoformat() for on, count in sorted(kinds.items()) if count > 1]
    demand(not both, "no date is both a day off and a working day", year=year, dates=both)
