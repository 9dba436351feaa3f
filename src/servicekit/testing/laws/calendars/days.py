"""Laws of business days: every way of asking for them counts the same dates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Protocol

from servicekit.testing.laws.law_broken import demand

_DAY = timedelta(days=1)


class BusinessDates(Protocol):
    """What the laws of business days ask; compiled calendars answer."""

    def is_business_day(self, on: date, /) -> bool:
        """Whether open time begins on the date."""
        ...

    def business_day(self, on: date, count: int, /) -> date:
        """The ``count``-th business day after a date."""
        ...

    def business_days_between(self, start: date, end: date, /) -> int:
        """How many business days lie in ``start <= day < end``."""
        ...


def business_day_agrees_with_counting(hours: BusinessDates, on: date, count: int) -> None:
    """``business_day(d, n)`` is a business day, with ``n - 1`` others between it and ``d``; zero rolls on.

    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}).compile()
    >>> business_day_agrees_with_counting(desk, date(2026, 1, 3), -7)

    Raises:
        LawBroken: it is not.
    """
    found = hours.business_day(on, count)
    seen = {"on": on, "count": count, "found": found}
    demand(hours.is_business_day(found), "business_day(d, n) is a business day", **seen)
    if count == 0:
        closed = [day for day in _dates(on, found) if hours.is_business_day(day)]
        demand(found >= on and not closed, "business_day(d, 0) is d, or the first business day after it", **seen)
        return
    demand((found > on) == (count > 0) and found != on, "business_day(d, n) lies on the side of n", **seen)
    between = _dates(on + _DAY, found) if count > 0 else _dates(found + _DAY, on)
    passed = sum(hours.is_business_day(day) for day in between)
    demand(passed == abs(count) - 1, "business_day(d, n) has n - 1 others between", **seen, between=passed)


def business_days_between_counts(hours: BusinessDates, start: date, end: date) -> None:
    """``business_days_between`` is the number of dates that are business days, negative when reversed.

    Raises:
        LawBroken: it is not.
    """
    low, high = min(start, end), max(start, end)
    counted = sum(hours.is_business_day(day) for day in _dates(low, high))
    there, back = hours.business_days_between(low, high), hours.business_days_between(high, low)
    seen = {"start": low, "end": high, "counted": counted}
    demand(there == counted == -back, "business_days_between counts business days", **seen, there=there, back=back)


def _dates(start: date, end: date) -> list[date]:
    return [start + n * _DAY for n in range((end - start).days)]
