"""Recurrences: dates by a rule of RFC 5545, closed or with hours of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Annotated

from pydantic import AfterValidator

from servicekit.calendars.layers.recurrence_rule import LONGEST_YEARS, checked_rule, moments
from servicekit.calendars.week import HoursField, overlap_problems
from servicekit.document import Document
from servicekit.errors import Problem

_FIRST_YEARS = 28
"""Counted out first, then twice as many, and so on: a rule is asked year by year."""


def _checked(text: str) -> str:
    return checked_rule(text)


@lru_cache(maxsize=256)
def _by_year(rule: str, start: date, last: date, years: int) -> Mapping[int, tuple[date, ...]]:
    """The dates of a rule within some years of its start, by year."""
    until = min(last, date(min(start.year + years, date.max.year), 12, 31))
    dates = (moment.date() for moment in moments(rule, _midnight(start), _midnight(until)))
    return {year: tuple(of_year) for year, of_year in groupby(dates, key=lambda on: on.year)}


def _midnight(on: date) -> datetime:
    return datetime(on.year, on.month, on.day)  # noqa: DTZ001 - rules are counted in naive readings


class Recurrence(Document):
    """Dates that come by a rule: closed, or open for ``hours`` instead of all others.

    The rule is RFC 5545's RRULE on dates alone, counted from ``start_on``; nothing recurs after ``last_on``, or for
    more than 200 years. A date override decides before it, a holiday after it.

    >>> stock = Recurrence(name="stocktaking", rule="FREQ=MONTHLY;BYDAY=-1FR", start_on="2026-01-01", hours=[])
    >>> [str(on) for on in stock.dates(2026)][:2]
    ['2026-01-30', '2026-02-27']
    """

    name: str
    """What people call it; explanations name it."""
    rule: Annotated[str, AfterValidator(_checked)]
    """The RRULE: ``FREQ=MONTHLY;BYDAY=-1FR`` is the last Friday of each month."""
    start_on: date
    """The date from which the rule counts; it recurs itself only where the rule says so."""
    last_on: date | None = None
    """The last date on which it may recur."""
    hours: HoursField = ()
    """The hours of those dates; none closes them."""

    def dates(self, year: int) -> tuple[date, ...]:
        """The dates of one year, in order."""
        ahead = year - self.start_on.year
        if not 0 <= ahead <= LONGEST_YEARS:
            return ()
        years = _FIRST_YEARS
        while years < ahead:
            years *= 2
        return self._known(years).get(year, ())

    def _known(self, years: int) -> Mapping[int, tuple[date, ...]]:
        return _by_year(self.rule, self.start_on, self.last_on or date.max, years)

    def own_problems(self) -> Iterable[Problem]:
        """Suspicions: a rule that no date fits, overlapping windows."""
        yield from overlap_problems("hours", self.hours)
        if self.last_on is not None and self.last_on < self.start_on:
            yield Problem("calendar.recurrence", "last_on", "it ends before it starts")
        elif not self._known(_FIRST_YEARS):
            message = f"no date fits {self.rule!r} within {_FIRST_YEARS} years"
            yield Problem.warning("calendar.empty-recurrence", "rule", message)
