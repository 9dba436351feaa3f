"""Recurrences: dates by a rule of RFC 5545, closed or with hours of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Annotated, cast

from pydantic import AfterValidator

from servicekit.calendars.week import HoursField
from servicekit.document import Document, DocumentValueError
from servicekit.errors import Problem

if TYPE_CHECKING:
    from dateutil.rrule import rrule

__all__ = ["Recurrence"]

_PART = re.compile(r"[A-Z]+=[A-Z0-9,+\-]+")
_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
_CLOCK_PARTS = ("BYHOUR", "BYMINUTE", "BYSECOND")
_LONGEST_YEARS = 200


def _checked_rule(text: str) -> str:
    """The rule, if it names dates only."""
    parts = text.upper().removeprefix("RRULE:").split(";")
    given = dict(part.split("=", 1) for part in parts if _PART.fullmatch(part))
    if len(given) != len(parts):
        raise DocumentValueError("calendar.recurrence", f"{text!r} is not a recurrence rule", hint=_HINT)
    if given.get("FREQ") not in _FREQUENCIES:
        raise DocumentValueError("calendar.recurrence", f"FREQ is one of {', '.join(_FREQUENCIES)}", hint=_HINT)
    if clock := [name for name in _CLOCK_PARTS if name in given]:
        raise DocumentValueError("calendar.recurrence", f"{clock[0]} is about the clock; give 'hours' instead")
    if "UNTIL" in given:
        raise DocumentValueError("calendar.recurrence", "UNTIL is said by 'last_on'", hint="leave UNTIL out")
    _parsed(";".join(parts), date(2000, 1, 1), date(2001, 1, 1))
    return ";".join(parts)


_HINT = "write it as in RFC 5545, for example FREQ=MONTHLY;BYDAY=-1FR"


def _parsed(rule: str, start: date, until: date) -> rrule:
    from dateutil.rrule import rrulestr

    try:
        every = cast("rrule", rrulestr(rule, dtstart=_midnight(start)))
        # A count of dates that never come would be looked for up to the year 9999.
        return every.replace(count=None, until=_midnight(until))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DocumentValueError("calendar.recurrence", f"{rule!r} cannot be read: {error}", hint=_HINT) from None


def _midnight(on: date) -> datetime:
    return datetime(on.year, on.month, on.day)  # noqa: DTZ001 - dateutil counts dates as naive midnights


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
    rule: Annotated[str, AfterValidator(_checked_rule)]
    """The RRULE: ``FREQ=MONTHLY;BYDAY=-1FR`` is the last Friday of each month."""
    start_on: date
    """The date from which the rule counts; it recurs itself only where the rule says so."""
    last_on: date | None = None
    """The last date on which it may recur."""
    hours: HoursField = ()
    """The hours of those dates; none closes them."""

    def dates(self, year: int) -> tuple[date, ...]:
        """The dates of one year, in order."""
        if year < self.start_on.year:
            return ()
        return tuple(on for on in self._all(date(year, 12, 31)) if on.year == year)

    def _all(self, until: date) -> Iterator[date]:
        last = min(until, self.last_on or date.max, date(min(self.start_on.year + _LONGEST_YEARS, 9999), 12, 31))
        count = next((int(part[6:]) for part in self.rule.split(";") if part.startswith("COUNT=")), None)
        return islice((moment.date() for moment in _parsed(self.rule, self.start_on, last)), count)

    def own_problems(self) -> Iterable[Problem]:
        """Suspicions: a rule that no date fits."""
        if self.last_on is not None and self.last_on < self.start_on:
            yield Problem("calendar.recurrence", "last_on", "it ends before it starts")
        elif next(self._all(date(min(self.start_on.year + 28, 9999), 12, 31)), None) is None:
            message = f"no date fits {self.rule!r} within 28 years"
            yield Problem("calendar.empty-recurrence", "rule", message, severity="warning")
