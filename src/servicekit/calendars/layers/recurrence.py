"""Recurrences: dates by a rule of RFC 5545, closed or with hours of their own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import takewhile
from typing import Annotated

from pydantic import AfterValidator

from servicekit.calendars.layers.recurrence_rule import LONGEST_YEARS, checked_rule
from servicekit.calendars.layers.rule_dates import dates_in
from servicekit.calendars.week import HoursField, overlap_problems
from servicekit.document import Document
from servicekit.errors import Problem

_FIRST_YEARS = 28
"""Where dates are looked for, before a rule is suspected to have none."""


def _checked(text: str) -> str:
    return checked_rule(text)


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
        if not 0 <= year - self.start_on.year <= LONGEST_YEARS:
            return ()
        dates = map(date.fromordinal, dates_in(self.rule, self.start_on, year))
        return tuple(dates if self.last_on is None else takewhile(self.last_on.__ge__, dates))

    def own_problems(self) -> Iterable[Problem]:
        """Suspicions: a rule that no date fits, overlapping windows."""
        yield from overlap_problems("hours", self.hours)
        if self.last_on is not None and self.last_on < self.start_on:
            yield Problem("calendar.recurrence", "last_on", "it ends before it starts")
        elif not any(self.dates(self.start_on.year + n) for n in range(_FIRST_YEARS)):
            message = f"no date fits {self.rule!r} within {_FIRST_YEARS} years"
            yield Problem.warning("calendar.empty-recurrence", "rule", message)
